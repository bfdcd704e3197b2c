//! Memory per idle viewer: resident bytes of the server before and after 4,000 more viewers of 12 panels that do not change.

use std::time::Duration;

use anyhow::Result;

use crate::budget::Measure;
use crate::process::wait_for;
use crate::{records, server, viewer};

/// Memory that was freed while starting is still resident; these viewers take it up before the others are measured.
const FIRST: usize = 4_000;
const VIEWERS: usize = 4_000;
const PANELS: usize = 12;
const RECORDS: u64 = 20_000;

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    records::write(&folder.path().join("records.ndjson"), RECORDS, 100, 1_700_000_000_000)?;
    anyhow::ensure!(server::replay(&folder, &kafka, "max").status()?.success(), "replay failed");
    let panels = server::panels(PANELS);
    let (running, url) = server::serve(&folder, &kafka, &panels)?;
    wait_for("all records", Duration::from_secs(60), || {
        Ok((server::stream(&url)?.summary.account.consumed >= RECORDS).then_some(()))
    })?;
    let runtime = tokio::runtime::Runtime::new()?;
    let per_viewer = runtime.block_on(async {
        let warm = viewer::connect_many(&url, &panels, FIRST).await?;
        settle(&running)?;
        let before = running.usage()?.rss;
        let sockets = viewer::connect_many(&url, &panels, VIEWERS).await?;
        settle(&running)?;
        let after = running.usage()?.rss;
        drop((warm, sockets));
        anyhow::Ok(after.saturating_sub(before) as f64 / VIEWERS as f64 / 1e3)
    })?;
    let name = format!("idle viewer of {PANELS} panels, resident memory ({VIEWERS} viewers)");
    Ok(vec![Measure::new(&name, "kB", per_viewer, 3.0, 8.0)])
}

/// Waits until the server's memory stands still.
fn settle(running: &crate::process::Running) -> Result<()> {
    let mut last = 0;
    let mut still = 0;
    wait_for("memory to settle", Duration::from_secs(30), || {
        let now = running.usage()?.rss;
        still = if now == last { still + 1 } else { 0 };
        last = now;
        Ok((still >= 50).then_some(()))
    })
}
