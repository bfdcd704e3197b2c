//! Record received → frame at a client, at 5,000 records/s over 12 panels, one viewer.
//!
//! A delta tells when its newest record was received. The records that it brings were received between the newest of the
//! delta before and its own newest, so ages are taken evenly over that interval: the records that waited longest count.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use futures_util::StreamExt;
use hailstream_protocol::{AsOf, ServerMessage, frame};
use tokio_tungstenite::tungstenite::Message;

use crate::budget::Measure;
use crate::process::Running;
use crate::{records, server, viewer};

const PANELS: usize = 12;
const PER_SECOND: u64 = 5_000;
const STRETCH: Duration = Duration::from_secs(15);
const SAMPLES_PER_DELTA: i64 = 8;

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    let path = folder.path().join("records.ndjson");
    records::write(&path, PER_SECOND * 60, PER_SECOND, 1_700_000_000_000)?;
    let panels = server::panels(PANELS);
    let (_serving, url) = server::serve(&folder, &kafka, &panels)?;
    let _feed = Running::start(server::replay(&folder, &kafka, "1").arg("--loop"), "")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut ages = runtime.block_on(ages(&url, &panels))?;
    anyhow::ensure!(ages.len() > 1_000, "only {} samples: the stream did not flow", ages.len());
    ages.sort_unstable();
    let at = |share: f64| ages[((ages.len() - 1) as f64 * share) as usize] as f64;
    let name =
        |p: &str| format!("record received → frame at a client, {PER_SECOND} records/s, {p}");
    Ok(vec![
        Measure::new(&name("p50"), "ms", at(0.50), 10.0, 30.0),
        Measure::new(&name("p99"), "ms", at(0.99), 40.0, 100.0),
    ])
}

fn now_ms() -> Result<i64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH).context("a clock after 1970")?.as_millis()
        as i64)
}

async fn ages(url: &str, panels: &[serde_json::Value]) -> Result<Vec<i64>> {
    let mut socket = viewer::connect(url, panels).await?;
    let mut shown = std::collections::HashMap::<u32, AsOf>::new();
    let mut ages = Vec::new();
    let started = Instant::now();
    // The first seconds hold snapshots and the catching up.
    let warm = Duration::from_secs(3);
    while started.elapsed() < warm + STRETCH {
        let message = tokio::time::timeout(Duration::from_secs(10), socket.next()).await?;
        let Message::Binary(bytes) = message.context("the server ended the socket")?? else {
            continue;
        };
        let now = now_ms()?;
        for message in frame::decode_binary(&bytes)? {
            match message {
                ServerMessage::Snapshot { view, result } => {
                    shown.insert(view, result.as_of.clone());
                }
                ServerMessage::Delta { view, delta } => {
                    let as_of = shown.get_mut(&view).context("a delta follows a snapshot")?;
                    let before = as_of.received_ms;
                    as_of.apply(&delta.as_of);
                    let (Some(before), Some(newest)) = (before, as_of.received_ms) else {
                        continue;
                    };
                    let by = newest - before;
                    if by > 0 && started.elapsed() > warm {
                        ages.extend(
                            (1..=SAMPLES_PER_DELTA)
                                .map(|i| now - (before + by * i / SAMPLES_PER_DELTA)),
                        );
                    }
                }
                _ => {}
            }
        }
    }
    Ok(ages)
}
