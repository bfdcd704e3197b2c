//! The simulated fleet beside the real one: three days of May 2008, Wednesday, Friday and Saturday.
//!
//! `cargo test --release -p hailstream-simulator --test believable -- --nocapture` prints every distance with its bound.
//! Both fleets are measured by the same code ([`figures`]). The simulated cabs report once a minute, as the real ones
//! did (how often they report is a setting, not a finding). Trips to the airport and out of town are left out: the streets
//! end at the county line. The real files may not be redistributed: `HAILSTREAM_DATA` says where they are.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod figures;
mod san_francisco;

use figures::{
    Figures, Hour, Observer, kolmogorov_smirnov, mean_difference, quantile, total_variation,
};
use hailstream_geo::basemap::{Basemap, Street};
use hailstream_geo::{LonLat, ZoneIndex};
use hailstream_simulator::cabs::{Scenario, ScenarioConfig};
use hailstream_simulator::meter::{Meter, UNIT_M, UNIT_S};
use hailstream_simulator::trips::{Fix, Status};
use hailstream_simulator::{TELEMETRY_TOPIC, TRIPS_TOPIC};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const HOUR_MS: i64 = 3_600_000;
/// Pacific Daylight Time.
const OFFSET_MS: i64 = -7 * HOUR_MS;
/// The midnights at which the recorded days begin: the name in the file, and epoch milliseconds.
const DAYS: [(&str, i64); 3] = [
    ("2008-05-21", 1_211_353_200_000),
    ("2008-05-23", 1_211_526_000_000),
    ("2008-05-24", 1_211_612_400_000),
];
const CABS: usize = 150;

static STREETS: LazyLock<Vec<Street>> = LazyLock::new(|| {
    Basemap::read(&san_francisco::read("maps/san-francisco/basemap.hsbm")).unwrap().streets
});
static ZONES: LazyLock<ZoneIndex> =
    LazyLock::new(|| san_francisco::zones(&["sf-neighborhoods.geojson.gz"]));
static REAL: LazyLock<Figures> = LazyLock::new(real);
static SIMULATED: LazyLock<Figures> = LazyLock::new(|| {
    let runs = DAYS.map(|(_, start_ms)| simulated(start_ms, OFFSET_MS));
    runs.into_iter().reduce(joined).unwrap()
});

fn data(file: &str) -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let file = std::env::var_os("HAILSTREAM_DATA").map_or_else(default, PathBuf::from).join(file);
    assert!(file.exists(), "{} is missing: set HAILSTREAM_DATA", file.display());
    file
}

fn real() -> Figures {
    let day = |(day, _): (&str, i64)| {
        let file = std::fs::File::open(data(&format!("taxi-sf/positions-{day}.csv.gz"))).unwrap();
        let mut rows = csv::Reader::from_reader(flate2::read::MultiGzDecoder::new(file));
        let mut observer = Observer::new(&ZONES, OFFSET_MS);
        for row in rows.records() {
            let row = row.unwrap();
            let number = |place: usize| row[place].parse::<f64>().unwrap();
            let status = if &row[4] == "1" { Status::Hired } else { Status::Free };
            let position = LonLat::new(number(3), number(2)).unwrap();
            observer.observe(&row[1], Fix { at_ms: (number(0) * 1000.0) as i64, position, status });
        }
        Figures { cabs: 499.0, days: 1.0, ..observer.figures }
    };
    DAYS.map(day).into_iter().reduce(joined).unwrap()
}

fn scenario(config: ScenarioConfig) -> Scenario {
    Scenario::new(config, &STREETS, ZONES.clone()).unwrap()
}

/// A day of the simulated fleet by these clocks, seen once a minute.
fn simulated(start_ms: i64, utc_offset_ms: i64) -> Figures {
    let config = ScenarioConfig {
        interval_ms: 60_000,
        history_ms: HOUR_MS,
        utc_offset_ms,
        ..ScenarioConfig::new(CABS, 2008, start_ms)
    };
    let mut observer = Observer::new(&ZONES, OFFSET_MS);
    for record in scenario(config).advance_to(start_ms + 24 * HOUR_MS) {
        if &*record.topic == TELEMETRY_TOPIC {
            let value: Value = serde_json::from_slice(&record.payload).unwrap();
            let status = [Status::Free, Status::Hired, Status::OffDuty]
                .into_iter()
                .find(|status| value["status"] == status.as_str());
            let degrees = |name: &str| value[name].as_f64().unwrap();
            let position = LonLat::new(degrees("lon"), degrees("lat")).unwrap();
            let fix = Fix { at_ms: record.timestamp_ms, position, status: status.unwrap() };
            observer.observe(value["cab_id"].as_str().unwrap(), fix);
        }
    }
    Figures { cabs: CABS as f64, days: 1.0, ..observer.figures }
}

fn joined(mut a: Figures, b: Figures) -> Figures {
    for (hour, other) in a.hours.iter_mut().zip(b.hours) {
        hour.road_s += other.road_s;
        hour.hired_s += other.hired_s;
        hour.idle_s += other.idle_s;
        hour.trips += other.trips;
    }
    a.days += b.days;
    a.speeds_km_h.extend(b.speeds_km_h);
    a.durations_s.extend(b.durations_s);
    a.distances_km.extend(b.distances_km);
    a.waits_s.extend(b.waits_s);
    a.fares.extend(b.fares);
    for (zone, count) in b.pickups {
        *a.pickups.entry(zone).or_default() += count;
    }
    a
}

fn hired_share(hour: &Hour) -> f64 {
    hour.hired_s / hour.road_s
}

fn trip_rate(hour: &Hour) -> f64 {
    hour.trips / hour.road_s * 3600.0
}

/// What is compared, how far apart the fleets are, and how far they may be.
fn distances(real: &Figures, simulated: &Figures) -> Vec<(&'static str, f64, f64)> {
    let by_hour = |of: fn(&Hour) -> f64| mean_difference(real.by_hour(of), simulated.by_hour(of));
    let ks = |of: fn(&Figures) -> &Vec<f64>| kolmogorov_smirnov(of(real), of(simulated));
    let relative = |of: fn(&Figures) -> f64| (of(simulated) / of(real) - 1.0).abs();
    vec![
        ("speed while moving, KS", ks(|of| &of.speeds_km_h), 0.12),
        ("trip duration, KS", ks(|of| &of.durations_s), 0.09),
        ("trip distance, KS", ks(|of| &of.distances_km), 0.09),
        ("wait for a fare, KS", ks(|of| &of.waits_s), 0.12),
        ("hired share by hour, mean difference", by_hour(hired_share), 0.06),
        ("trips per cab and hour, mean difference", by_hour(trip_rate), 0.4),
        ("trips per cab and hour, relative", relative(Figures::trip_rate), 0.10),
        ("idle share, difference", (real.idle_share() - simulated.idle_share()).abs(), 0.04),
        (
            "share of the fleet on the road by hour, mean difference",
            mean_difference(real.road_shares(), simulated.road_shares()),
            0.07,
        ),
        (
            "pick-ups by zone, total variation",
            total_variation(&real.pickups, &simulated.pickups),
            0.14,
        ),
    ]
}

#[test]
fn the_simulated_fleet_is_like_the_real_one() {
    let (real, simulated) = (&*REAL, &*SIMULATED);
    print_figures(real, simulated);
    let mut failed = Vec::new();
    for (what, distance, bound) in distances(real, simulated) {
        println!("{what:56} {distance:.3} (at most {bound})");
        if distance > bound {
            failed.push(format!("{what}: {distance:.3} > {bound}"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn a_fleet_by_the_wrong_clocks_is_told_apart() {
    let wrong = simulated(DAYS[0].1, OFFSET_MS + 9 * HOUR_MS);
    let too_far: Vec<&str> = distances(&REAL, &wrong)
        .into_iter()
        .filter(|(_, distance, bound)| distance > bound)
        .map(|(what, _, _)| what)
        .collect();
    println!("by clocks that are nine hours fast: {too_far:?}");
    assert!(too_far.iter().filter(|what| what.contains("by hour")).count() >= 2, "{too_far:?}");
}

fn print_figures(real: &Figures, simulated: &Figures) {
    println!("{:34} {:>24} {:>24}", "", "real", "simulated");
    for (what, of) in [
        ("speed while moving, km/h", (|of| &of.speeds_km_h) as fn(&Figures) -> &Vec<f64>),
        ("trip duration, s", |of| &of.durations_s),
        ("trip distance, km", |of| &of.distances_km),
        ("wait for a fare, s", |of| &of.waits_s),
        ("fare, $", |of| &of.fares),
    ] {
        let told = |figures| {
            let at = |share| quantile(of(figures), share);
            format!("{:.1} / {:.1} / {:.1} / {:.1}", at(0.05), at(0.25), at(0.5), at(0.95))
        };
        println!(
            "{:34} {:>24} {:>24}",
            format!("{what}: p5/25/50/95"),
            told(real),
            told(simulated)
        );
    }
    for (what, of) in [
        ("hired share", Figures::hired_share as fn(&Figures) -> f64),
        ("idle share", Figures::idle_share),
        ("trips per cab and hour", Figures::trip_rate),
    ] {
        println!("{what:34} {:>24.3} {:>24.3}", of(real), of(simulated));
    }
    let row = |name: &str, values: [f64; 24]| {
        let told: Vec<String> = values.iter().map(|value| format!("{value:.2}")).collect();
        println!("{name:20} {}", told.join(" "));
    };
    for (name, figures) in [("real", real), ("simulated", simulated)] {
        row(&format!("{name}: hired"), figures.by_hour(hired_share));
        row(&format!("{name}: trips/h"), figures.by_hour(trip_rate));
        row(&format!("{name}: on the road"), figures.road_shares());
    }
    let share = |figures: &Figures, zone: &str| {
        figures.pickups.get(zone).copied().unwrap_or(0.0) / figures.pickups.values().sum::<f64>()
    };
    for zone in real.pickups.keys().filter(|zone| share(real, zone) > 0.02) {
        println!("{zone:34} {:>24.3} {:>24.3}", share(real, zone), share(simulated, zone));
    }
}

/// Trips as the taximeter tells them, between two times: pick-up time, kilometres, seconds, wait, fare.
struct Told {
    rate: f64,
    distances_km: Vec<f64>,
    durations_s: Vec<f64>,
    waits_s: Vec<f64>,
    fares: Vec<f64>,
}

fn told(config: ScenarioConfig, from_ms: i64, until_ms: i64) -> Told {
    let mut told = Told {
        rate: 0.0,
        distances_km: Vec::new(),
        durations_s: Vec::new(),
        waits_s: Vec::new(),
        fares: Vec::new(),
    };
    for record in scenario(config).advance_to(until_ms) {
        if &*record.topic == TRIPS_TOPIC && record.timestamp_ms >= from_ms {
            let value: Value = serde_json::from_slice(&record.payload).unwrap();
            told.rate += 1.0;
            told.distances_km.extend(value["distance_km"].as_f64());
            told.durations_s.extend(value["duration_s"].as_f64());
            told.waits_s.extend(value["wait_s"].as_f64());
            told.fares.extend(value["fare"].as_f64());
        }
    }
    told
}

/// The history is the same model, seen less: the same hours, once told as history and once live.
#[test]
fn history_and_present_are_of_one_piece() {
    let (start_ms, end_ms) = (DAYS[0].1 + 17 * HOUR_MS, DAYS[0].1 + 21 * HOUR_MS);
    let live = ScenarioConfig { utc_offset_ms: OFFSET_MS, ..ScenarioConfig::new(300, 3, start_ms) };
    let past = ScenarioConfig { start_ms: end_ms, history_ms: end_ms - start_ms, ..live };
    let (live, past) = (told(live, start_ms, end_ms), told(past, start_ms, end_ms));
    assert!(live.rate > 2000.0, "{}", live.rate);
    let rate = (past.rate / live.rate - 1.0).abs();
    println!("trips live {}, as history {}: relative difference {rate:.3}", live.rate, past.rate);
    assert!(rate < 0.06, "{rate}");
    for (what, a, b) in [
        ("distance", &live.distances_km, &past.distances_km),
        ("duration", &live.durations_s, &past.durations_s),
        ("wait", &live.waits_s, &past.waits_s),
        ("fare", &live.fares, &past.fares),
    ] {
        let distance = kolmogorov_smirnov(a, b);
        println!("{what}, live and as history: KS {distance:.3} (at most 0.05)");
        assert!(distance < 0.05, "{what}: {distance}");
    }
}

/// Both meters count fifths of a mile or minutes of slow traffic. How many of them a trip comes to, compared with its
/// distance and its time taken as wholes, must not depend on the city: it says how cabs stop and go.
#[test]
fn meters_run_as_in_new_york() {
    let mut rows =
        csv::Reader::from_path(data("nyc-trips/yellow_tripdata_sample_2019-01.csv")).unwrap();
    let mut real: Vec<(f64, f64, f64)> = Vec::new();
    for row in rows.deserialize::<std::collections::HashMap<String, String>>() {
        let row = row.unwrap();
        let number = |name: &str| row[name].parse::<f64>().unwrap_or(0.0);
        let at = |name: &str| {
            let text = row[name].replace(' ', "T");
            text.parse::<jiff::civil::DateTime>().unwrap()
        };
        let seconds = (at("dropoff_datetime") - at("pickup_datetime"))
            .total(jiff::Unit::Second)
            .unwrap_or(0.0);
        let metres = number("trip_distance") * 5.0 * UNIT_M;
        // The standard rate: $2.50, and $0.50 for each unit.
        if row["rate_code_id"] == "1" && metres > 800.0 && (120.0..3600.0).contains(&seconds) {
            real.push((metres, seconds, (number("fare_amount") - 2.5) / 0.5));
        }
    }
    let config = ScenarioConfig {
        history_ms: 20 * HOUR_MS,
        utc_offset_ms: OFFSET_MS,
        ..ScenarioConfig::new(CABS, 5, DAYS[0].1 + 24 * HOUR_MS)
    };
    let trips = told(config, i64::MIN, DAYS[0].1 + 24 * HOUR_MS);
    let simulated: Vec<(f64, f64, f64)> = (0..trips.fares.len())
        .filter(|&trip| trips.distances_km[trip] > 0.8)
        .map(|trip| {
            let units = (trips.fares[trip] - Meter::default().fare()) / 0.45;
            (trips.distances_km[trip] * 1000.0, trips.durations_s[trip], units)
        })
        .collect();
    for (from, to) in [(10.0, 14.0), (14.0, 18.0), (18.0, 22.0), (22.0, 27.0)] {
        let ratio = |trips: &[(f64, f64, f64)]| {
            let chosen = trips.iter().filter(|(m, s, _)| (from..to).contains(&(m / s * 3.6)));
            let ratios = chosen.map(|(m, s, units)| units / (m / UNIT_M).max(s / UNIT_S));
            let ratios: Vec<f64> = ratios.collect();
            (ratios.len(), quantile(&ratios, 0.5))
        };
        let ((n, real), (m, simulated)) = (ratio(&real), ratio(&simulated));
        let distance = (simulated / real - 1.0).abs();
        println!(
            "{from} to {to} km/h: units per whole {real:.2} ({n} trips), simulated {simulated:.2} ({m}): {distance:.3} (at most 0.1)"
        );
        assert!(n > 50 && m > 50 && distance < 0.1, "{from} to {to} km/h: {real} and {simulated}");
    }
}
