//! 10,000 moves a second to 500 viewers of one area: the server's CPU per message of frames beside [one plain send](super::plain)
//! of as many bytes.
//!
//! All viewers are connected all the time, first with one of them watching, then with all, over the same stream at the same
//! rate, turn by turn; the difference belongs to the further viewers' frames. What connections take by themselves is in both:
//! heartbeats, messages that are sent whether or not there are frames; with one connection beside it, it is told as well.
//!
//! The CPU time is that of the threads that send, the kernel's part included. The stream's thread works out and encodes a frame
//! once for all, and wakes who follows; that it takes more or less than in another turn says how busy the machine was, which is
//! many times what waking takes. The whole server's difference is printed beside it, turn by turn.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use super::fleet::Day;
use super::plain;
use crate::budget::Measure;
use crate::process::{Running, wait_for};
use crate::server;
use crate::viewer::Crowd;

const VIEWERS: usize = 500;
const MOVES_A_SECOND: u64 = 10_000;
/// Some 40,000 cabs, which tell of themselves 24 times as often as they did.
const LAYERS: i64 = 80;
const FASTER: i64 = 24;
const CAMERA_ZOOM: u8 = 14;
const LENGTH_S: i64 = 190;
/// So long is measured: whole beats of the heart, whole ticks.
const STRETCH: Duration = Duration::from_secs(12);
const TURNS: usize = 3;

/// What a stretch took.
#[derive(Clone, Copy, Default)]
struct Stretch {
    /// CPU time of the threads that send, and of all.
    senders_s: f64,
    cpu_s: f64,
    /// To all viewers.
    frames: f64,
    messages: f64,
    bytes: f64,
    /// Messages with frames.
    sends: f64,
    moves: f64,
}

/// Stretches one after the other.
struct Turn {
    /// One connection, which watches.
    one: Stretch,
    /// All are connected, one watches.
    idle: Stretch,
    /// All watch.
    crowd: Stretch,
    /// A plain send of as many bytes as a message had, beside the stream as the server sends.
    plain_us: f64,
}

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    write(&Day::read()?, &folder.path().join("records.ndjson"))?;
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
    let stretch = |idle, viewers| watched_by(&running, &url, &panels, idle, viewers);
    let turns = (0..TURNS).map(|_| {
        let (one, idle, crowd) = (stretch(0, 1)?, stretch(VIEWERS - 1, 1)?, stretch(0, VIEWERS)?);
        let frames = crowd.since(idle);
        let plain_us = plain::send_us(VIEWERS, (frames.bytes / frames.sends) as usize)?;
        Ok(Turn { one, idle, crowd, plain_us })
    });
    let turns = turns.collect::<Result<Vec<Turn>>>()?;
    let crowd = Stretch::sum(turns.iter().map(|turn| turn.crowd));
    let frames = crowd.since(Stretch::sum(turns.iter().map(|turn| turn.idle)));
    let all = crowd.since(Stretch::sum(turns.iter().map(|turn| turn.one)));
    let message_bytes = frames.bytes / frames.sends;
    let plain_us = turns.iter().map(|turn| turn.plain_us).sum::<f64>() / TURNS as f64;
    print(&turns);
    println!(
        "{:.2} frames a message of {message_bytes:.0} B; a message {:.1} µs, heartbeats included {:.1} µs, a plain send {plain_us:.1} µs",
        frames.frames / frames.sends,
        frames.senders_s * 1e6 / frames.sends,
        all.senders_s * 1e6 / frames.sends,
    );
    let of = |sent: Stretch, what: &str| {
        let name = format!("{MOVES_A_SECOND} moves/s to {VIEWERS} viewers, server CPU {what}");
        let ratio = sent.senders_s * 1e6 / frames.sends / plain_us;
        Measure::new(&name, "×", ratio, 1.5, 3.0)
    };
    Ok(vec![
        of(frames, "per message of frames beside a plain send"),
        of(all, "the same, all heartbeats counted to the frames"),
    ])
}

fn print(turns: &[Turn]) {
    println!(
        "| connected, watching | server CPU, s | threads that send, s | frames/s | messages/s | moves/s | a plain send, µs |"
    );
    println!("|---|---|---|---|---|---|---|");
    for Turn { one, idle, crowd, plain_us } in turns {
        let plain = format!("{plain_us:.1}");
        for (viewers, stretch, plain) in
            [("1, 1", one, ""), ("all, 1", idle, ""), ("all, all", crowd, plain.as_str())]
        {
            let Stretch { cpu_s, senders_s, .. } = stretch;
            let [frames, messages, moves] = [stretch.frames, stretch.messages, stretch.moves]
                .map(|count| count / STRETCH.as_secs_f64());
            println!(
                "| {viewers} | {cpu_s:.2} | {senders_s:.3} | {frames:.0} | {messages:.0} | {moves:.0} | {plain} |"
            );
        }
    }
}

impl Stretch {
    fn sum(stretches: impl Iterator<Item = Self>) -> Self {
        stretches.fold(Self::default(), |sum, one| sum.with(one, 1.0))
    }

    /// What this took more.
    fn since(self, other: Self) -> Self {
        self.with(other, -1.0)
    }

    fn with(self, other: Self, sign: f64) -> Self {
        Self {
            senders_s: self.senders_s + sign * other.senders_s,
            cpu_s: self.cpu_s + sign * other.cpu_s,
            frames: self.frames + sign * other.frames,
            messages: self.messages + sign * other.messages,
            bytes: self.bytes + sign * other.bytes,
            sends: self.sends + sign * other.sends,
            moves: self.moves + sign * other.moves,
        }
    }
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

/// A stretch with so many connections that watch nothing, and so many that watch the area.
fn watched_by(
    running: &Running,
    url: &str,
    panels: &[Value],
    idle: usize,
    viewers: usize,
) -> Result<Stretch> {
    let idle = Crowd::connect(url, &[], idle)?;
    let crowd = Crowd::connect(url, panels, viewers)?;
    // What connecting leaves to be done is done when they have had as many messages as an answer and something new for each.
    let settled = 2 * (panels.len() * viewers) as u64;
    wait_for("the viewers to be told", Duration::from_secs(60), || {
        Ok((crowd.delivered.updates.load(Ordering::Relaxed) >= settled).then_some(()))
    })?;
    let counts = || {
        let (idle, crowd) = (idle.delivered.counts(), crowd.delivered.counts());
        [0, 1, 2, 3].map(|which| idle[which] + crowd[which])
    };
    let consumed = || anyhow::Ok(server::stream(url)?.summary.account.consumed as f64);
    let (before, moves, threads, started) =
        (counts(), consumed()?, running.threads()?, Instant::now());
    std::thread::sleep(STRETCH);
    let threads = running.threads()?.since(&threads);
    let (after, moves) = (counts(), consumed()? - moves);
    let scale = STRETCH.as_secs_f64() / started.elapsed().as_secs_f64();
    let cpu_s = |prefix: &str| threads.of(prefix).as_secs_f64() * scale;
    let [frames, messages, bytes, sends] =
        [0, 1, 2, 3].map(|which| (after[which] - before[which]) * scale);
    Ok(Stretch {
        senders_s: cpu_s("tokio-rt"),
        cpu_s: cpu_s(""),
        frames,
        messages,
        bytes,
        sends,
        moves: moves * scale,
    })
}
