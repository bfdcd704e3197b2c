//! The geofence as a process, against a real Apache Kafka: killed again and again, it tells of each entering and leaving once,
//! as a plain evaluation of the same fixes does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use hailstream::clock;
use hailstream::source::producer::{Producer, Record};
use hailstream::source::{SourceOptions, StartAt, TopicSelector};
use serde::Deserialize;
use support::derived::Derived;
use support::kafka::Kafka;
use support::{PATIENCE, Reader, Seen};

const CABS: i64 = 40;
/// Three strips of a degree from west to east, the second half over the first, and one that is no area.
const AREAS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"title":"West"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}},
{"type":"Feature","properties":{"title":"Middle"},"geometry":{"type":"Polygon","coordinates":[[[0.5,0],[1.5,0],[1.5,1],[0.5,1],[0.5,0]]]}},
{"type":"Feature","properties":{"title":"Broken"},"geometry":{"type":"Polygon","coordinates":[[[5,5],[6,6],[5,5]]]}},
{"type":"Feature","properties":{"title":"East"},"geometry":{"type":"Polygon","coordinates":[[[3,0],[4,0],[4,1],[3,1],[3,0]]]}}]}"#;
const STRIPS: [(&str, f64, f64); 3] =
    [("West", 0.0, 1.0), ("Middle", 0.5, 1.5), ("East", 3.0, 4.0)];

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    cab: String,
    fence: String,
    event: String,
    ts: i64,
    lat: f64,
    lon: f64,
    #[serde(default)]
    first: bool,
    seconds: Option<f64>,
    reason: Option<String>,
}

/// Events by cab and area, in order.
type Told = BTreeMap<(String, String), Vec<Event>>;

fn told(seen: &Seen) -> Told {
    let mut told = Told::new();
    for (_, _, _, value) in &seen.records {
        let event: Event = serde_json::from_str(value).unwrap();
        told.entry((event.cab.clone(), event.fence.clone())).or_default().push(event);
    }
    told
}

fn count(told: &Told) -> usize {
    told.values().map(Vec::len).sum()
}

/// Writes fixes of cabs that go to and fro, one a second, and works out plainly what is to be told.
struct Writer {
    producer: Producer,
    origin_ms: i64,
    second: i64,
    inside: BTreeMap<(String, String), (i64, bool)>,
    expected: Told,
}

impl Writer {
    fn write(&mut self, seconds: i64) {
        for second in self.second..self.second + seconds {
            for number in 0..CABS {
                // From -0.5 to 4.5 and back, each cab at a pace of its own.
                let way = (second * (number % 7 + 1) + number * 13) % 100;
                let lon = (if way < 50 { way } else { 100 - way }) as f64 / 10.0 - 0.46;
                self.fix(&format!("c{number}"), self.origin_ms + second * 1_000, lon, second == 0);
            }
        }
        self.second += seconds;
        assert!(self.producer.flush(PATIENCE));
        assert_eq!(self.producer.deliveries().rejected, 0);
    }

    fn fix(&mut self, cab: &str, ts: i64, lon: f64, is_first_fix: bool) {
        self.send(cab, &format!(r#"{{"ts":{ts},"cab":"{cab}","at":[{lon},0.5]}}"#));
        if ts % 5_000 == 0 {
            // None of these says anything: older, nowhere, off the globe.
            self.send(cab, &format!(r#"{{"ts":{},"cab":"{cab}","at":[0.7,0.5]}}"#, ts - 500));
            self.send(cab, &format!(r#"{{"ts":{ts},"cab":"{cab}","at":[0,0]}}"#));
            self.send(cab, &format!(r#"{{"ts":{ts},"cab":"{cab}","at":[300,0.5]}}"#));
            self.send(cab, &format!(r#"{{"ts":{ts},"cab":"{cab}"}}"#));
        }
        for (fence, west, east) in STRIPS {
            let key = (cab.to_owned(), fence.to_owned());
            let is_in = (west..east).contains(&lon);
            let stay = self.inside.get(&key).copied();
            let (event, first, seconds) = match (stay, is_in) {
                (None, true) => {
                    self.inside.insert(key.clone(), (ts, is_first_fix));
                    ("enter", is_first_fix, None)
                }
                (Some((since, first)), false) => {
                    self.inside.remove(&key);
                    ("leave", first, Some((ts - since) as f64 / 1e3))
                }
                _ => continue,
            };
            let event = Event {
                cab: cab.to_owned(),
                fence: fence.to_owned(),
                event: event.to_owned(),
                ts,
                lat: 0.5,
                lon,
                first,
                seconds,
                reason: None,
            };
            self.expected.entry(key).or_default().push(event);
        }
    }

    fn send(&self, cab: &str, value: &str) {
        let record = Record {
            topic: "fixes",
            key: Some(cab.as_bytes()),
            value: Some(value.as_bytes()),
            timestamp_ms: None,
            header: None,
        };
        self.producer.send(record).unwrap();
    }
}

#[test]
fn killed_eight_times_each_crossing_is_told_once() {
    let kafka = Kafka::shared();
    kafka.create_topic("fixes", 4, &[]);
    kafka.create_topic("crossings", 3, &[]);
    let stream = "{stream: fixes, topics: [fixes], time: {field: ts, unit: ms}, entity: cab, expire: 20s,\n\
                  lateness: 10s, fields: {cab: keyword, at: geo_point}}";
    let file =
        "geofence: strips\nfrom: fixes\nfences: [areas.geojson]\nname: title\nto: crossings\n";
    let mut geofence = Derived::new(&kafka, "geofence", "strips", stream, file);
    geofence.put("areas.geojson", AREAS);
    let mut writer = Writer {
        producer: Producer::new(&kafka.properties()).unwrap(),
        // Fixes far apart are of the past, as those of a replay are.
        origin_ms: clock::now_ms() / 1_000 * 1_000 - 3_000_000,
        second: 0,
        inside: BTreeMap::new(),
        expected: Told::new(),
    };
    let mut output = Reader::start(SourceOptions {
        kafka: kafka.properties(),
        topics: vec![TopicSelector::Name("crossings".to_owned())],
        start: StartAt::Beginning,
        group: "test-crossings".to_owned(),
    });
    for kill in 0..8 {
        geofence.start();
        // Killed at different stages: while it reads again, right after it began to write, later.
        let wanted = output.seen.records.len() + [0, 1, 40, 200][kill % 4];
        writer.write(60);
        output.read_until(|seen| seen.records.len() >= wanted);
        if kill % 2 == 1 {
            output.read_for(Duration::from_millis(331 * (kill as u64 % 5)));
        }
        geofence.kill();
    }
    geofence.start();
    writer.write(10);
    output.read_until(|seen| seen.records.len() >= count(&writer.expected));
    // Nothing may come twice.
    output.read_for(Duration::from_secs(2));
    let told = told(&output.seen);
    assert!(told.keys().eq(writer.expected.keys()), "other cabs or areas");
    for (key, expected) in &writer.expected {
        assert_eq!(told[key], *expected, "{key:?}");
    }
}
