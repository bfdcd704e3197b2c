//! The synthetic fleet against what was promised of it: one history whoever looks when, cabs that stay on the streets, and
//! trips that the trip detector finds again in the telemetry alone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod san_francisco;

use hailstream_geo::basemap::{Basemap, Street};
use hailstream_geo::distance::{LocalPlane, haversine_m};
use hailstream_geo::{Bounds, LonLat};
use hailstream_simulator::cabs::{Scenario, ScenarioConfig};
use hailstream_simulator::trips::{Fix, Status, Trip, TripDetector};
use hailstream_simulator::{EVENTS_TOPIC, OutRecord, TELEMETRY_TOPIC, TRIPS_TOPIC};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A Friday noon in San Francisco.
const START_MS: i64 = 1_717_182_000_000;
const MINUTE_MS: i64 = 60_000;

static STREETS: LazyLock<Vec<Street>> = LazyLock::new(|| {
    Basemap::read(&san_francisco::read("maps/san-francisco/basemap.hsbm")).unwrap().streets
});

fn fleet(entities: usize, seed: u64) -> Scenario {
    let config = ScenarioConfig::new(entities, seed, START_MS);
    let zones = san_francisco::zones(&["sf-neighborhoods.geojson.gz"]);
    Scenario::new(config, &STREETS, zones).unwrap()
}

/// Two hours of forty cabs.
static RECORDS: LazyLock<Vec<OutRecord>> =
    LazyLock::new(|| fleet(40, 7).advance_to(START_MS + 120 * MINUTE_MS).collect());

fn values(topic: &str) -> Vec<Value> {
    let of_topic = RECORDS.iter().filter(|record| &*record.topic == topic);
    of_topic.map(|record| serde_json::from_slice(&record.payload).unwrap()).collect()
}

fn position(value: &Value) -> LonLat {
    LonLat::new(value["lon"].as_f64().unwrap(), value["lat"].as_f64().unwrap()).unwrap()
}

fn by_cab(values: &[Value]) -> BTreeMap<&str, Vec<&Value>> {
    let mut cabs: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for value in values {
        cabs.entry(value["cab_id"].as_str().unwrap()).or_default().push(value);
    }
    cabs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_history_does_not_depend_on_how_it_is_asked_for(
        seed in any::<u64>(),
        mut cuts in prop::collection::vec((0..20 * MINUTE_MS, 0_usize..40), 0..12),
    ) {
        cuts.sort_unstable();
        let until = START_MS + 20 * MINUTE_MS;
        let whole: Vec<OutRecord> = fleet(6, seed).advance_to(until).collect();
        let mut cut = fleet(6, seed);
        let mut records = Vec::new();
        for (offset_ms, taken) in cuts {
            records.extend(cut.advance_to(START_MS + offset_ms).take(taken));
        }
        records.extend(cut.advance_to(until));
        prop_assert!(records == whole, "{} records, not the same {}", records.len(), whole.len());
    }
}

#[test]
fn another_seed_is_another_fleet() {
    let of = |seed| fleet(3, seed).advance_to(START_MS + MINUTE_MS).collect::<Vec<_>>();
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn every_cab_reports_on_time_and_never_twice_at_once() {
    assert!(RECORDS.is_sorted_by_key(|record| record.timestamp_ms));
    let telemetry = values(TELEMETRY_TOPIC);
    let statuses: BTreeSet<&str> =
        telemetry.iter().map(|v| v["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, BTreeSet::from(["free", "hired", "off_duty"]));
    let cabs = by_cab(&telemetry);
    assert_eq!(cabs.len(), 40);
    for (cab, fixes) in cabs {
        let times: Vec<i64> = fixes.iter().map(|fix| fix["ts"].as_i64().unwrap()).collect();
        let gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let silences: Vec<i64> = gaps.iter().copied().filter(|gap| *gap > 5000).collect();
        let longest = 18 * MINUTE_MS + 5000;
        assert!(silences.iter().all(|gap| (2 * MINUTE_MS..longest).contains(gap)), "{silences:?}");
        assert!(gaps.iter().all(|gap| *gap > 0) && silences.len() <= 2, "{cab}: {gaps:?}");
        // A silence at the beginning or at the end is no gap.
        let ends = 120 * MINUTE_MS - (times[times.len() - 1] - times[0]);
        let unheard = silences.iter().sum::<i64>() + ends - 5000;
        assert!(times.len() as i64 >= 120 * 12 - 2 - unheard / 5000, "{cab}: {}", times.len());
    }
}

#[test]
fn cabs_keep_to_the_streets() {
    let bounds = Bounds::around(STREETS.iter().flat_map(|s| s.points.iter().copied())).unwrap();
    let plane = LocalPlane::around(bounds.center());
    let segments: Vec<[[f64; 2]; 2]> = STREETS
        .iter()
        .flat_map(|street| street.points.windows(2))
        .map(|pair| [plane.metres(pair[0]), plane.metres(pair[1])])
        .collect();
    for value in values(TELEMETRY_TOPIC).iter().step_by(41) {
        let at = plane.metres(position(value));
        let off = segments.iter().map(|segment| distance_m(at, *segment)).fold(f64::MAX, f64::min);
        assert!(off < 0.2, "{off} m off the street: {value}");
    }
}

/// Metres from a point to a segment.
fn distance_m([x, y]: [f64; 2], [[ax, ay], [bx, by]]: [[f64; 2]; 2]) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(1e-9)).clamp(0.0, 1.0);
    (x - ax - along * dx).hypot(y - ay - along * dy)
}

#[test]
fn cabs_move_no_farther_than_they_could_drive() {
    let telemetry = values(TELEMETRY_TOPIC);
    for pair in by_cab(&telemetry).values().flat_map(|fixes| fixes.windows(2)) {
        let seconds =
            (pair[1]["ts"].as_i64().unwrap() - pair[0]["ts"].as_i64().unwrap()) as f64 / 1000.0;
        let metres = haversine_m(position(pair[0]), position(pair[1]));
        assert!(metres <= seconds * 125.0 / 3.6 + 0.3, "{metres} m in {seconds} s: {pair:?}");
        assert!((0.0..=125.0).contains(&pair[1]["speed"].as_f64().unwrap()));
        if pair[1]["idle_s"].as_f64().unwrap() >= seconds + 1.0 {
            assert!(metres < 0.3, "standing, but moved {metres} m: {pair:?}");
        }
    }
}

#[test]
fn the_detector_finds_the_same_trips_in_the_telemetry() {
    let mut detector = TripDetector::default();
    let mut found: BTreeMap<String, Trip> = BTreeMap::new();
    for value in values(TELEMETRY_TOPIC) {
        let status = [Status::Free, Status::Hired, Status::OffDuty]
            .into_iter()
            .find(|status| value["status"] == status.as_str())
            .unwrap();
        assert_eq!(value["occupied"], status == Status::Hired);
        let at_ms = value["ts"].as_i64().unwrap();
        let fix = Fix { at_ms, position: position(&value), status };
        let seen = detector.observe(value["cab_id"].as_str().unwrap(), fix);
        found.extend(seen.finished.map(|trip| (trip.trip_id.clone(), trip)));
    }
    // Of trips that began before the first fix, or while a device was silent, the detector does not know all.
    let telemetry = values(TELEMETRY_TOPIC);
    let silences: Vec<(&str, i64, i64)> = by_cab(&telemetry)
        .into_iter()
        .flat_map(|(cab, fixes)| {
            let times: Vec<i64> = fixes.iter().map(|fix| fix["ts"].as_i64().unwrap()).collect();
            let gaps = times.windows(2).filter(|pair| pair[1] - pair[0] > 5000);
            gaps.map(|pair| (cab, pair[0], pair[1])).collect::<Vec<_>>()
        })
        .collect();
    let is_seen = |cab: &str, from_ms: i64, to_ms: i64| {
        let touches = |&(silent, from, to): &(&str, i64, i64)| {
            silent == cab && from <= to_ms && from_ms <= to
        };
        from_ms > START_MS + 5000 && !silences.iter().any(touches)
    };
    let known = |value: &Value| {
        let time = |name: &str| value[name].as_i64().unwrap();
        is_seen(value["cab_id"].as_str().unwrap(), time("pickup_ts"), time("ts"))
    };
    let sent: Vec<Value> = values(TRIPS_TOPIC).into_iter().filter(known).collect();
    assert!(sent.len() > 100, "{}", sent.len());
    for value in &sent {
        let trip = found.remove(value["trip_id"].as_str().unwrap());
        agree(value, &trip.unwrap_or_else(|| panic!("not found: {value}")));
    }
    found.retain(|id, trip| {
        let cab = id.split('-').next().unwrap();
        is_seen(cab, trip.pickup.at_ms, trip.dropoff.at_ms)
    });
    assert!(found.is_empty(), "found, but never sent: {found:?}");
}

/// The record says what the detector says; a straight line between fixes cuts corners that the odometer does not.
fn agree(value: &Value, trip: &Trip) {
    let number = |name: &str| value[name].as_f64().unwrap();
    assert_eq!(value["ts"], trip.dropoff.at_ms);
    assert_eq!(value["pickup_ts"], trip.pickup.at_ms);
    assert_eq!(number("duration_s"), trip.duration_ms() as f64 / 1000.0);
    assert_eq!(number("pickup_lat"), trip.pickup.position.lat());
    assert_eq!(number("dropoff_lon"), trip.dropoff.position.lon());
    assert_eq!(trip.jumps, 0);
    if let Some(wait_ms) = trip.wait_ms.filter(|wait| trip.pickup.at_ms - wait > START_MS + 5000) {
        assert_eq!(number("wait_s"), wait_ms as f64 / 1000.0);
    }
    let share = trip.distance_m / 1000.0 / number("distance_km");
    assert!((0.9..1.002).contains(&share), "{share}: {value}");
    assert!((-0.01..=0.91).contains(&(number("fare") - trip.fare)), "{} {value}", trip.fare);
}

#[test]
fn zones_are_those_of_the_positions() {
    let zones = san_francisco::zones(&["sf-neighborhoods.geojson.gz"]);
    for value in values(TELEMETRY_TOPIC).iter().step_by(17) {
        assert_eq!(value["zone"], zones.name_at(position(value)).unwrap_or("Elsewhere"));
    }
    for value in values(TRIPS_TOPIC) {
        let at = |lon: &str, lat: &str| {
            LonLat::new(value[lon].as_f64().unwrap(), value[lat].as_f64().unwrap()).unwrap()
        };
        let name = |at| zones.name_at(at).unwrap_or("Elsewhere");
        assert_eq!(value["pickup_zone"], name(at("pickup_lon", "pickup_lat")));
        assert_eq!(value["dropoff_zone"], name(at("dropoff_lon", "dropoff_lat")));
        assert_eq!(value["zone"], value["pickup_zone"]);
    }
}

#[test]
fn events_follow_from_what_happens() {
    let config = ScenarioConfig { interval_ms: 20_000, ..ScenarioConfig::new(200, 4, START_MS) };
    let zones = san_francisco::zones(&["sf-neighborhoods.geojson.gz"]);
    let mut fleet = Scenario::new(config, &STREETS, zones).unwrap();
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut hottest: BTreeMap<String, f64> = BTreeMap::new();
    let mut statuses: BTreeMap<String, String> = BTreeMap::new();
    for record in fleet.advance_to(START_MS + 300 * MINUTE_MS) {
        let value: Value = serde_json::from_slice(&record.payload).unwrap();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| value[name].as_f64().unwrap();
        if &*record.topic == TELEMETRY_TOPIC {
            hottest.insert(text("cab_id"), number("engine_temp"));
            statuses.insert(text("cab_id"), text("status"));
            let above = number("speed") - number("speed_limit") - 8.0;
            assert!(above.abs() <= 0.1 || value["speeding"] == (above > 0.0), "{value}");
        } else if &*record.topic == EVENTS_TOPIC {
            assert!(ids.insert(text("event_id")), "told twice: {value}");
            let (cab, event) = (text("cab_id"), text("event"));
            match event.as_str() {
                "breakdown" => {
                    assert!(number("value") > 115.0 && statuses[&cab] == "off_duty", "{value}");
                }
                "engine_hot" => assert!(hottest[&cab] >= 105.0, "{value}"),
                "device_back" => assert!(number("value") >= 110.0, "{value}"),
                "hired" | "free" | "off_duty" => assert_eq!(statuses[&cab], event),
                _ => {}
            }
            *kinds.entry(event).or_default() += 1;
        }
    }
    for kind in ["hired", "free", "on_duty", "off_duty", "engine_hot", "breakdown", "device_back"] {
        assert!(kinds.contains_key(kind), "{kinds:?}");
    }
}
