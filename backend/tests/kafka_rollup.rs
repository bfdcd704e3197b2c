//! The rollup as a process, against a real Apache Kafka: killed again and again, its aggregates are those of a plain
//! evaluation, and no value ever goes back.

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

const WINDOW_MS: i64 = 1_000;
const LATENESS_MS: i64 = 3_000;
const ZONES: [&str; 5] = ["Mission", "Castro", "Sunset", "a|b", ""];

fn rollup(kafka: &Kafka, name: &str, emit: &str) -> Derived {
    let stream = format!(
        "{{stream: {name}, topics: [{name}.in], time: {{field: ts, unit: ms}}, lateness: {LATENESS_MS}ms,\n\
         dedupe: {{by: [id], within: 5s}}, fields: {{id: long, zone: keyword, fare: double}}}}"
    );
    let rollup = format!(
        "rollup: {name}\nfrom: {name}\nwindow: {{tumbling: {WINDOW_MS}ms}}\nby: [zone]\nemit: {emit}\n\
         metrics: [{{id: n, type: count}}, {{id: fares, type: sum, field: fare}}]\nto: {name}.out\n"
    );
    Derived::new(kafka, "rollup", name, &stream, &rollup)
}

#[derive(Deserialize)]
struct Row {
    zone: Option<String>,
    window: i64,
    window_end: i64,
    n: i64,
    fares: f64,
}

type Rows = BTreeMap<(String, i64), (i64, f64)>;

/// The newest row of every key, and every count that was less than one before it.
fn rows_of(seen: &Seen) -> (Rows, Vec<String>) {
    let (mut rows, mut dips) = (Rows::new(), Vec::new());
    for (_, partition, offset, value) in &seen.records {
        let row: Row = serde_json::from_str(value).unwrap();
        assert_eq!(row.window_end, row.window + WINDOW_MS);
        let key = (row.zone.unwrap_or_default(), row.window);
        let before = rows.insert(key.clone(), (row.n, row.fares));
        if before.is_some_and(|(n, fares)| n > row.n || fares > row.fares) {
            dips.push(format!("{key:?} at {partition}/{offset}: {before:?} before {}", row.n));
        }
    }
    (rows, dips)
}

/// Writes events of 10 ms each, a few out of order, a few twice, one per thousand far too late; counts what must count.
struct Writer {
    producer: Producer,
    topic: String,
    origin_ms: i64,
    number: i64,
    expected: Rows,
}

impl Writer {
    fn write(&mut self, count: i64) {
        for number in self.number..self.number + count {
            let zone = ZONES[usize::try_from(number * 7 % 13).unwrap() % ZONES.len()];
            let is_late = number > 3_000 && number % 1_000 == 999;
            let jitter_ms = if is_late { 20_000 } else { number * 37 % 900 };
            let time_ms = self.origin_ms + number * 10 - jitter_ms;
            let fare = (number % 1_000) as f64 / 8.0 + 0.1;
            let value =
                format!(r#"{{"ts":{time_ms},"id":{number},"zone":"{zone}","fare":{fare}}}"#);
            let times = if number % 50 == 0 { 2 } else { 1 };
            for _ in 0..times {
                let record = Record {
                    topic: &self.topic,
                    // All records of a key are in one partition; late ones have an early record there too.
                    key: Some(zone.as_bytes()),
                    value: Some(value.as_bytes()),
                    timestamp_ms: Some(time_ms),
                    header: None,
                };
                self.producer.send(record).unwrap();
            }
            if !is_late {
                let window = time_ms.div_euclid(WINDOW_MS) * WINDOW_MS;
                let row = self.expected.entry((zone.to_owned(), window)).or_default();
                *row = (row.0 + 1, row.1 + fare);
            }
        }
        self.number += count;
        assert!(self.producer.flush(PATIENCE));
        assert_eq!(self.producer.deliveries().rejected, 0);
    }
}

fn writer(kafka: &Kafka, name: &str) -> Writer {
    Writer {
        producer: Producer::new(&kafka.properties()).unwrap(),
        topic: format!("{name}.in"),
        origin_ms: clock::now_ms() - 3_000_000,
        number: 0,
        expected: Rows::new(),
    }
}

fn output(kafka: &Kafka, name: &str) -> Reader {
    Reader::start(SourceOptions {
        kafka: kafka.properties(),
        topics: vec![TopicSelector::Name(format!("{name}.out"))],
        start: StartAt::Beginning,
        group: format!("test-{name}"),
    })
}

fn assert_equal(got: &Rows, expected: &Rows) {
    assert!(got.keys().eq(expected.keys()), "other keys: {} of {}", got.len(), expected.len());
    for (key, (n, fares)) in expected {
        let (got_n, got_fares) = got[key];
        assert_eq!(got_n, *n, "{key:?}");
        assert!((got_fares - fares).abs() <= 1e-9 * fares.abs(), "{key:?}: {got_fares} {fares}");
    }
}

#[test]
fn killed_ten_times_the_aggregates_are_exact_and_never_go_back() {
    let kafka = Kafka::shared();
    kafka.create_topic("killed.in", 4, &[]);
    kafka.create_topic("killed.out", 3, &[]);
    let mut writer = writer(&kafka, "killed");
    let mut rollup = rollup(&kafka, "killed", "update");
    let mut output = output(&kafka, "killed");
    for kill in 0..10 {
        rollup.start();
        // Killed at different stages: while it reads again, right after it began to write, later.
        // Of about 400 rows, which may well come in one round.
        let wanted = output.seen.records.len() + [0, 1, 40, 200][kill % 4];
        writer.write(8_000);
        output.read_until(|seen| seen.records.len() >= wanted);
        if kill % 2 == 1 {
            output.read_for(Duration::from_millis(137 * (kill as u64 % 5)));
        }
        rollup.kill();
    }
    rollup.start();
    writer.write(1_000);
    let expected = writer.expected.clone();
    output.read_until(|seen| rows_of(seen).0.values().map(|row| row.0).sum::<i64>() >= 81_000 - 78);
    // Nothing that comes after may take anything back.
    output.read_for(Duration::from_secs(2));
    let (rows, dips) = rows_of(&output.seen);
    assert_equal(&rows, &expected);
    assert_eq!(dips, Vec::<String>::new());
}

#[test]
fn rows_of_closed_windows_are_written_once_and_complete() {
    let kafka = Kafka::shared();
    kafka.create_topic("closed.in", 2, &[]);
    kafka.create_topic("closed.out", 2, &[]);
    let mut writer = writer(&kafka, "closed");
    let mut rollup = rollup(&kafka, "closed", "close");
    rollup.start();
    let mut output = output(&kafka, "closed");
    for _ in 0..4 {
        writer.write(5_000);
    }
    // The last windows stay open: records of them may still come.
    let closed = writer.origin_ms + 20_000 * 10 - LATENESS_MS - 2 * WINDOW_MS;
    let is_due = |key: &&(String, i64)| key.1 < closed - 2_000;
    let due: Vec<_> = writer.expected.keys().filter(is_due).cloned().collect();
    output.read_until(|seen| {
        let (rows, _) = rows_of(seen);
        due.iter().all(|key| rows.contains_key(key))
    });
    let (rows, _) = rows_of(&output.seen);
    assert_eq!(rows.len(), output.seen.records.len(), "some row was written twice");
    for (key, (n, _)) in &rows {
        assert_eq!(*n, writer.expected[key].0, "{key:?}");
    }
}
