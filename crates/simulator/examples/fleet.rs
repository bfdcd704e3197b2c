//! What a synthetic fleet is like: `cargo run --release -p hailstream-simulator --example fleet [CABS] [MINUTES] [START_MS] [HISTORY_H] [OFFSET_H]`
//!
//! Prints how long the back-fill took and what came of it; a look at the numbers before they are believed.

use anyhow::{Context, Result};
use hailstream_geo::basemap::Basemap;
use hailstream_simulator::cabs::{Scenario, ScenarioConfig};
use hailstream_simulator::{OutRecord, zone_index};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<()> {
    let number = |place: usize, default: i64| {
        std::env::args().nth(place).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (entities, minutes, start_ms) =
        (number(1, 500), number(2, 60), number(3, 1_700_000_000_000));
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let basemap =
        std::fs::read(assets.join("maps/san-francisco/basemap.hsbm")).context("basemap")?;
    let basemap = Basemap::read(&basemap)?;
    let document =
        std::fs::read(assets.join("zones/sf-neighborhoods.geojson.gz")).context("zones")?;
    let zones = zone_index([document.as_slice()], "name")?;

    let began = Instant::now();
    let history_ms = number(4, 0) * 3_600_000;
    let config = ScenarioConfig {
        history_ms,
        utc_offset_ms: number(5, 0) * 3_600_000,
        ..ScenarioConfig::new(usize::try_from(entities)?, 1, start_ms)
    };
    let mut scenario = Scenario::new(config, &basemap.streets, zones)?;
    println!("fleet made in {:?}", began.elapsed());
    let began = Instant::now();
    let first = scenario.advance_to(start_ms - 1).count();
    println!("warmed up, history told in {:?} ({first} trips before the start)", began.elapsed());
    let began = Instant::now();
    let records: Vec<_> = scenario.advance_to(start_ms + minutes * 60_000).collect();
    println!("{} records of {minutes} min in {:?}", records.len(), began.elapsed());

    describe(&records)
}

fn describe(records: &[OutRecord]) -> Result<()> {
    let mut statuses: BTreeMap<String, u32> = BTreeMap::new();
    let mut zones: BTreeMap<String, u32> = BTreeMap::new();
    let mut events: BTreeMap<String, u32> = BTreeMap::new();
    let (mut waits, mut fares, mut km, mut durations) = (vec![], vec![], vec![], vec![]);
    let (mut speeds, mut idle, mut engine) = (vec![], vec![], vec![]);
    for record in records {
        let value: Value = serde_json::from_slice(&record.payload)?;
        let number = |name: &str| value[name].as_f64();
        if &*record.topic == "taxi.trips" {
            waits.extend(number("wait_s"));
            fares.extend(number("fare"));
            km.extend(number("distance_km"));
            durations.extend(number("duration_s"));
            *zones.entry(value["pickup_zone"].as_str().unwrap_or("-").to_owned()).or_default() += 1;
        } else if &*record.topic == "taxi.events" {
            *events.entry(value["event"].as_str().unwrap_or("-").to_owned()).or_default() += 1;
        } else {
            *statuses.entry(value["status"].as_str().unwrap_or("-").to_owned()).or_default() += 1;
            speeds.extend(number("speed"));
            idle.extend(number("idle_s"));
            engine.extend(number("engine_temp"));
        }
    }
    println!("{statuses:?}, {} trips, {events:?}", fares.len());
    for (name, values) in [
        ("wait_s", waits),
        ("fare", fares),
        ("distance_km", km),
        ("duration_s", durations),
        ("speed", speeds),
        ("idle_s", idle),
        ("engine_temp", engine),
    ] {
        println!("{name:12} {}", quantiles(values));
    }
    let mut zones: Vec<_> = zones.into_iter().collect();
    zones.sort_by_key(|(_, trips)| std::cmp::Reverse(*trips));
    println!("{:?}", zones.iter().take(12).collect::<Vec<_>>());
    for record in records.iter().take(2).chain(records.iter().rfind(|r| &*r.topic == "taxi.trips"))
    {
        println!("{}", String::from_utf8_lossy(&record.payload));
    }
    Ok(())
}

fn quantiles(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        values.get((values.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN)
    };
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    format!(
        "p5 {:.1}, median {:.1}, mean {mean:.1}, p95 {:.1}, p99.9 {:.1}",
        at(0.05),
        at(0.5),
        at(0.95),
        at(0.999)
    )
}
