//! A thousand viewers of one panel: does the engine notice? CPU time of the thread that owns the engine, and what the server
//! itself books on the view, with one viewer, with 1,000, and with one again, over the same stream at the same rate.
//!
//! The stretches with one viewer lie before and after, so that what changes by itself with time counts for neither side.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::budget::Measure;
use crate::process::{Running, wait_for};
use crate::viewer::Crowd;
use crate::{records, server};

const VIEWERS: usize = 1_000;
const PER_SECOND: u64 = 5_000;
/// The server tells costs as means of the last ten seconds.
const STRETCH: Duration = Duration::from_secs(12);

/// What a stretch cost, per record.
struct Stretch {
    engine_ns: f64,
    server_ns: f64,
    /// As the server books it on the view, microseconds per second.
    booked_us_s: u64,
    ticks_s: f64,
}

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    records::write(
        &folder.path().join("records.ndjson"),
        PER_SECOND * 120,
        PER_SECOND,
        1_700_000_000_000,
    )?;
    // By status, over time: a panel of a few lines that moves with every record.
    let panel = server::panels(3).split_off(2);
    let (running, url) = server::serve(&folder, &kafka, &panel)?;
    let _feed = Running::start(&mut server::replay(&folder, &kafka, "1"), "")?;
    wait_for("the stream to flow", Duration::from_secs(60), || {
        Ok((server::stream(&url)?.summary.account.consumed > 2 * PER_SECOND).then_some(()))
    })?;
    let before = watched_by(&running, &url, &panel, 1)?;
    let crowd = watched_by(&running, &url, &panel, VIEWERS)?;
    let after = watched_by(&running, &url, &panel, 1)?;
    println!(
        "| viewers | engine's thread, ns per record | server, ns per record | booked on the view, µs/s | ticks/s |"
    );
    println!("|---|---|---|---|---|");
    for (viewers, stretch) in [(1, &before), (VIEWERS, &crowd), (1, &after)] {
        let Stretch { engine_ns, server_ns, booked_us_s, ticks_s } = stretch;
        println!("| {viewers} | {engine_ns:.0} | {server_ns:.0} | {booked_us_s} | {ticks_s:.0} |");
    }
    let alone = (before.engine_ns + after.engine_ns) / 2.0;
    let name = format!("engine's CPU with {VIEWERS} viewers of a panel, beside one viewer");
    Ok(vec![Measure::new(&name, "×", crowd.engine_ns / alone, 1.1, 1.5)])
}

fn watched_by(running: &Running, url: &str, panel: &[Value], viewers: usize) -> Result<Stretch> {
    // Ended at the end of the stretch.
    let _crowd = Crowd::connect(url, panel, viewers)?;
    let consumed = || anyhow::Ok(server::stream(url)?.summary.account.consumed);
    let (records, threads, started) = (consumed()?, running.threads()?, Instant::now());
    std::thread::sleep(STRETCH);
    let threads = running.threads()?.since(&threads);
    let records = (consumed()? - records) as f64;
    let rate = records / started.elapsed().as_secs_f64();
    anyhow::ensure!(rate > PER_SECOND as f64 / 2.0, "the stream did not flow: {rate:.0} records/s");
    let info = server::stream(url)?;
    let watched = info.view_costs.iter().find(|cost| cost.watchers > 0);
    let watched = watched.context("a view that is watched")?;
    anyhow::ensure!(watched.watchers as usize == viewers, "{} watch", watched.watchers);
    let per_record = |prefix: &str| threads.of(prefix).as_secs_f64() * 1e9 / records;
    Ok(Stretch {
        engine_ns: per_record("stream-telem"),
        server_ns: per_record(""),
        booked_us_s: watched.cpu_us_s,
        ticks_s: watched.milli_updates_s as f64 / 1e3,
    })
}
