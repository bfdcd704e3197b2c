//! A real day of San Francisco's cabs through the taxi preset's replay map. The expected sums were worked out from the CSV by
//! an independent program that follows the rules written down in `trips` and `meter`.
//!
//! The traces may not be redistributed: `HAILSTREAM_DATA` says where they are (default: `../shared/data` beside the project).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod san_francisco;

use hailstream_simulator::input::{self, FieldType, FieldTyping};
use hailstream_simulator::replay::{
    Order, Plan, Replay, ReplayMap, Speed, TimeField, TimeUnit, Times,
};
use hailstream_simulator::{EVENTS_TOPIC, TELEMETRY_TOPIC, TRIPS_TOPIC};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

fn day() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("HAILSTREAM_DATA").map_or_else(default, PathBuf::from);
    let file = data.join("taxi-sf/positions-2008-05-21.csv.gz");
    assert!(
        file.exists(),
        "{} is missing: set HAILSTREAM_DATA to the folder of test data",
        file.display()
    );
    file
}

fn replay(file: &Path, speed: Speed) -> Replay {
    let typing = FieldTyping::from([
        ("ts".to_owned(), FieldType::Date),
        ("cab_id".to_owned(), FieldType::Text),
        ("lat".to_owned(), FieldType::Double),
        ("lon".to_owned(), FieldType::Double),
        ("occupied".to_owned(), FieldType::Boolean),
    ]);
    let preset = san_francisco::assets().join("presets/taxis");
    let map =
        ReplayMap::parse(&std::fs::read_to_string(preset.join("replay.yaml")).unwrap()).unwrap();
    let files = map.polygons.as_ref().unwrap().files.clone();
    let names: Vec<&str> =
        files.iter().map(|file| file.strip_prefix("../../zones/").unwrap()).collect();
    let zones = san_francisco::zones(&names);
    let rows = input::open(file, &map.typing_of_input(&typing)).unwrap();
    let unit = TimeUnit::Milliseconds;
    let plan = Plan {
        topic: TELEMETRY_TOPIC.into(),
        key: Some("cab_id".to_owned()),
        time: Some(TimeField { field: "ts".to_owned(), unit, zone: TimeZone::UTC }),
        order: Order::Time,
        times: Times::Keep,
        speed,
        begin_ms: None,
        map: Some((map, zones)),
    };
    Replay::new(rows, plan)
}

#[test]
fn the_whole_day_has_the_known_trips() {
    let replay = replay(&day(), Speed::Times(60.0));
    assert_eq!((replay.rows_left(), replay.unreadable()), (456_453, 0));
    let (mut pickups, mut hired) = (0, HashMap::new());
    let mut statuses: BTreeMap<String, u32> = BTreeMap::new();
    let mut zones: BTreeMap<String, u32> = BTreeMap::new();
    let mut events: BTreeMap<String, u32> = BTreeMap::new();
    let mut sums = [0_i64; 6];
    let mut last_due_ms = 0;
    for due in replay {
        assert!(due.at_ms >= last_due_ms);
        last_due_ms = due.at_ms;
        let record = due.into_record(0);
        let value: Value = serde_json::from_slice(&record.payload).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        assert_eq!(record.timestamp_ms, 0, "when it was sent");
        if &*record.topic == TRIPS_TOPIC {
            let rounded = |name: &str, parts: f64| {
                (value[name].as_f64().unwrap_or(0.0) * parts).round() as i64
            };
            let found = [
                1,
                rounded("distance_km", 1000.0),
                rounded("fare", 100.0),
                rounded("jumps", 1.0),
                rounded("wait_s", 1.0),
                rounded("duration_s", 1.0),
            ];
            sums.iter_mut().zip(found).for_each(|(sum, value)| *sum += value);
            *zones.entry(text("pickup_zone")).or_default() += 1;
            assert_eq!(value["fare_derived"], true);
            continue;
        }
        if &*record.topic == EVENTS_TOPIC {
            *events.entry(text("event")).or_default() += 1;
            continue;
        }
        assert_eq!(record.key, Some(text("cab_id")));
        let is_hired = value["occupied"] == true;
        let before = hired.insert(text("cab_id"), is_hired);
        pickups += u32::from(before == Some(false) && is_hired);
        *statuses.entry(text("status")).or_default() += 1;
    }
    assert_eq!(pickups, 17_951);
    assert_eq!(events["hired"], 17_951);
    assert!(events["free"] >= 17_816 && events["device_back"] > 100, "{events:?}");
    assert_eq!(statuses.values().sum::<u32>(), 456_453);
    // Trips, metres, cents, jumps, seconds waited, seconds driven.
    assert_eq!(sums, [17_816, 93_059_841, 20_464_310, 1968, 11_961_927, 12_123_279]);
    let top =
        ["Financial District", "Downtown/Civic Center", "South of Market", "Airport", "Elsewhere"];
    assert_eq!(top.map(|zone| zones[zone]), [3628, 2339, 1649, 971, 230]);
    assert!((86_000_000 / 60..=86_400_000 / 60).contains(&last_due_ms), "{last_due_ms}");
}

#[test]
fn derived_motion_is_plausible() {
    let mut speeds = Vec::new();
    let mut known = [0_u32; 3];
    for due in replay(&day(), Speed::Max) {
        let record = due.into_record(0);
        if &*record.topic == TELEMETRY_TOPIC {
            let value: Value = serde_json::from_slice(&record.payload).unwrap();
            speeds.extend(value["speed"].as_f64());
            for (count, name) in known.iter_mut().zip(["heading", "idle_s", "fare"]) {
                *count += u32::from(value[name].is_number());
            }
        }
    }
    speeds.sort_by(f64::total_cmp);
    assert!(speeds.len() > 430_000, "{}", speeds.len());
    assert!(*speeds.last().unwrap() <= 150.0);
    let median = speeds[speeds.len() / 2];
    assert!((5.0..30.0).contains(&median), "{median}");
    let [headings, idle, fares] = known;
    assert!(headings > 400_000 && idle == 456_453 && fares > 150_000, "{known:?}");
}
