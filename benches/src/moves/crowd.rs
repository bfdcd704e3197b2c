//! 10,000 moves a second to 500 viewers of one area: the server's CPU per delivered frame beside one plain send of the same
//! bytes.
//!
//! The server's CPU time is taken with one viewer and with all of them over the same stream at the same rate; the difference
//! belongs to the further viewers. A plain send is a `write` to a TCP connection of this machine, by a loop that does nothing
//! else; both sides include the kernel's part.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use super::fleet::Day;
use crate::budget::Measure;
use crate::process::{Running, wait_for};
use crate::viewer::Crowd;
use crate::{server, stages};

const VIEWERS: usize = 500;
const MOVES_A_SECOND: u64 = 10_000;
/// Some 40,000 cabs, which tell of themselves 24 times as often as they did.
const LAYERS: i64 = 80;
const FASTER: i64 = 24;
const CAMERA_ZOOM: u8 = 14;
const LENGTH_S: i64 = 90;
/// So long is measured.
const STRETCH: Duration = Duration::from_secs(12);
/// Plain sends to each viewer; those of the first round are not counted.
const ROUNDS: usize = 20;

/// What a stretch took.
struct Stretch {
    cpu_s: f64,
    frames: f64,
    messages: f64,
    bytes: f64,
    moves: f64,
}

pub(super) fn measure(day: &Day) -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    write(day, &folder.path().join("records.ndjson"))?;
    let panels: Vec<Value> = super::tiles(CAMERA_ZOOM)
        .into_iter()
        .map(|tile| super::tile_query(tile, CAMERA_ZOOM))
        .collect();
    let (running, url) = server::serve(&folder, &kafka, &panels)?;
    let _feed = Running::start(&mut server::replay(&folder, &kafka, "1"), "")?;
    wait_for("the stream to flow", Duration::from_secs(60), || {
        let consumed = server::stream(&url)?.summary.account.consumed;
        Ok((consumed > 6 * MOVES_A_SECOND).then_some(()))
    })?;
    let alone = watched_by(&running, &url, &panels, 1)?;
    let crowd = watched_by(&running, &url, &panels, VIEWERS)?;
    let frames = crowd.frames - alone.frames;
    let frame_us = (crowd.cpu_s - alone.cpu_s).max(0.0) * 1e6 / frames;
    let frame_bytes = crowd.bytes / crowd.frames;
    let plain_us = plain_send_us(frame_bytes as usize)?;
    println!(
        "moves: {:.0}/s; {VIEWERS} viewers of {} tiles: {:.0} frames/s in {:.0} messages/s, {frame_bytes:.0} B each, {:.2} B per moved vehicle",
        crowd.moves / STRETCH.as_secs_f64(),
        panels.len(),
        crowd.frames / STRETCH.as_secs_f64(),
        crowd.messages / STRETCH.as_secs_f64(),
        crowd.bytes / VIEWERS as f64 / crowd.moves,
    );
    println!(
        "server CPU {:.2} s with one viewer, {:.2} s with {VIEWERS}, in {STRETCH:?}; a frame {frame_us:.1} µs, a plain send {plain_us:.1} µs",
        alone.cpu_s, crowd.cpu_s
    );
    let name = format!(
        "{MOVES_A_SECOND} moves/s to {VIEWERS} viewers, server CPU per frame beside a plain send"
    );
    Ok(vec![Measure::new(&name, "×", frame_us / plain_us, 1.5, 3.0)])
}

/// Writes what the fleet tells, its seconds shortened.
fn write(day: &Day, path: &Path) -> Result<()> {
    let from_s = super::FROM_S;
    let mut out = BufWriter::new(File::create(path)?);
    let mut in_second = 0;
    let mut last = from_s;
    for told in day.fleet(LAYERS, from_s, from_s + LENGTH_S * FASTER) {
        // Times within a second follow one another; the stream's clock is theirs.
        in_second = if told.second == last { in_second + 1 } else { 0 };
        last = told.second;
        let ms = (told.second - from_s) * 1_000 / FASTER + in_second.min(60);
        let (_, rest) = told.json.split_once(',').unwrap_or_default();
        writeln!(out, "{{\"ts\":{},{rest}", 1_700_000_000_000 + ms)?;
    }
    Ok(out.flush()?)
}

fn watched_by(running: &Running, url: &str, panels: &[Value], viewers: usize) -> Result<Stretch> {
    let crowd = Crowd::connect(url, panels, viewers)?;
    let consumed = || anyhow::Ok(server::stream(url)?.summary.account.consumed as f64);
    let (before, moves, cpu, started) =
        (crowd.delivered.counts(), consumed()?, running.usage()?.cpu, Instant::now());
    std::thread::sleep(STRETCH);
    let cpu_s = (running.usage()?.cpu - cpu).as_secs_f64();
    let (after, moves) = (crowd.delivered.counts(), consumed()? - moves);
    let scale = STRETCH.as_secs_f64() / started.elapsed().as_secs_f64();
    let [frames, messages, bytes] = [0, 1, 2].map(|which| (after[which] - before[which]) * scale);
    Ok(Stretch { cpu_s: cpu_s * scale, frames, messages, bytes, moves: moves * scale })
}

/// CPU time of a `write` of so many bytes to one of as many connections as there are viewers, microseconds.
fn plain_send_us(bytes: usize) -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut sockets = Vec::new();
    for _ in 0..VIEWERS {
        let near = TcpStream::connect(address)?;
        near.set_nodelay(true)?;
        sockets.push((near, listener.accept()?.0));
    }
    let payload = vec![7_u8; bytes];
    let mut taken = vec![0_u8; bytes];
    let mut spent_ns = 0;
    for round in 0..ROUNDS {
        for (near, far) in &mut sockets {
            let began_ns = stages::cpu_ns();
            near.write_all(&payload)?;
            spent_ns += if round > 0 { stages::cpu_ns() - began_ns } else { 0 };
            far.read_exact(&mut taken)?;
        }
    }
    Ok(spent_ns as f64 / 1e3 / ((ROUNDS - 1) * VIEWERS) as f64)
}
