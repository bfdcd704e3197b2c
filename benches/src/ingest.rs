//! Records per second of about 200 bytes from a real Kafka into 20 panels, the broker on the same cores.

use anyhow::Result;

use crate::budget::Measure;
use crate::catch_up::CatchUp;
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
    let caught = CatchUp::measure(&running, &url, RECORDS * ROUNDS)?;
    println!(
        "ingest: {:.0} records of {size} B in {:.1} s, server CPU {:.0} ns per record: {}",
        caught.records,
        caught.seconds,
        caught.server_ns(),
        caught.by_stage()
    );
    let name =
        format!("real Kafka → {PANELS} panels, records of ~{size} B, 2 cores, broker included");
    let own =
        format!("real Kafka → {PANELS} panels, records of ~{size} B, without the broker's share");
    Ok(vec![
        Measure::new(&name, "/s", caught.records / caught.seconds, 500_000.0, 200_000.0),
        Measure::new(&own, "/s", caught.without_broker(), 1_000_000.0, 500_000.0),
    ])
}
