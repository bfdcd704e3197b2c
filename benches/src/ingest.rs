//! Records per second of about 200 bytes from a real Kafka into 20 panels, the broker on the same cores.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::budget::Measure;
use crate::process::wait_for;
use crate::{records, server};

const RECORDS: u64 = 1_000_000;
const ROUNDS: u64 = 3;
const PANELS: usize = 20;

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    let path = folder.path().join("records.ndjson");
    // 10,000 a second of event time: the windows slide while the records come.
    records::write(&path, RECORDS, 10_000, 1_700_000_000_000)?;
    let size = std::fs::metadata(&path)?.len() / RECORDS;
    for _ in 0..ROUNDS {
        anyhow::ensure!(
            server::replay(&folder, &kafka, "max").status()?.success(),
            "replay failed"
        );
    }
    let (running, url) = server::serve(&folder, &kafka, &server::panels(PANELS))?;
    let all = RECORDS * ROUNDS;
    let consumed = || anyhow::Ok(server::stream(&url)?.summary.account.consumed);
    let first = wait_for("the first record", Duration::from_secs(60), || {
        Ok(Some(consumed()?).filter(|count| *count > 0))
    })?;
    let (started, cpu) = (Instant::now(), running.usage()?.cpu);
    wait_for("the last record", Duration::from_secs(300), || {
        Ok((consumed()? >= all).then_some(()))
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu = (running.usage()?.cpu - cpu).as_secs_f64();
    let counted = (all - first) as f64;
    println!(
        "ingest: {counted:.0} records of {size} B in {seconds:.1} s, server CPU {:.0} ns per record",
        cpu * 1e9 / counted
    );
    let account = server::stream(&url)?.summary.account;
    anyhow::ensure!(account.is_balanced(), "the account does not add up: {account:?}");
    let name =
        format!("real Kafka → {PANELS} panels, records of ~{size} B, 2 cores, broker included");
    Ok(vec![Measure::new(&name, "/s", counted / seconds, 500_000.0, 200_000.0)])
}
