//! Server CPU per delivered panel update: 1,000 viewers × 12 panels of one moving stream.
//!
//! The server's CPU time is taken with and without viewers over the same stretch of the same stream; the difference
//! belongs to the viewers. It includes the kernel's part of each send.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::budget::Measure;
use crate::process::Running;
use crate::viewer::Crowd;
use crate::{records, server};

const VIEWERS: usize = 1_000;
const PANELS: usize = 12;
const STRETCH: Duration = Duration::from_secs(8);

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    // 20 records a second: many quiet moments, so that ticks are those of a live stream, not of a flood.
    records::write(&folder.path().join("records.ndjson"), 20 * 120, 20, 1_700_000_000_000)?;
    let panels = server::panels(PANELS);
    let (running, url) = server::serve(&folder, &kafka, &panels)?;
    let _feed = Running::start(server::replay(&folder, &kafka, "1").arg("--loop"), "")?;
    let alone = cpu_over(&running, STRETCH)?;
    let crowd = Crowd::connect(&url, &panels, VIEWERS)?;
    let (before, cpu_before, started) =
        (crowd.delivered.counts(), running.usage()?.cpu, Instant::now());
    std::thread::sleep(STRETCH);
    let cpu = running.usage()?.cpu - cpu_before;
    let after = crowd.delivered.counts();
    let scale = STRETCH.as_secs_f64() / started.elapsed().as_secs_f64();
    let [updates, messages, bytes] = [0, 1, 2].map(|which| (after[which] - before[which]) * scale);
    let crowded = cpu.as_secs_f64() * scale;
    println!(
        "fan-out: {:.0} panel updates/s in {:.0} messages/s, {:.1} MB/s; server CPU {:.2} s without viewers, {:.2} s with, in {STRETCH:?}",
        updates / STRETCH.as_secs_f64(),
        messages / STRETCH.as_secs_f64(),
        bytes / STRETCH.as_secs_f64() / 1e6,
        alone,
        crowded
    );
    let micros = (crowded - alone).max(0.0) * 1e6 / updates;
    let name =
        format!("{VIEWERS} viewers × {PANELS} panels, server CPU per delivered panel update");
    Ok(vec![Measure::new(&name, "µs", micros, 1.0, 5.0)])
}

fn cpu_over(running: &Running, stretch: Duration) -> Result<f64> {
    let before = running.usage()?.cpu;
    std::thread::sleep(stretch);
    Ok((running.usage()?.cpu - before).as_secs_f64())
}
