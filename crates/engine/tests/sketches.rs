//! Groups too large to be kept value by value: what the whole engine says of them lies within the stated errors, is marked
//! as an estimate, and does not depend on batches, panes or interleaving, nor on what was replaced.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use hailstream_engine::{Engine, RawRecord, StreamConfig};
use hailstream_protocol::{QueryResult, TimestampType};
use hailstream_query::Query;

const RECORDS: u64 = 12_000;
const QUERY: &str = r#"{"stream": "s", "time": {"from": "now-1h", "to": "now"}, "metrics": [
    {"id": "p", "type": "percentiles", "field": "x", "percents": [0, 1, 50, 99, 100]},
    {"id": "r", "type": "percentile_ranks", "field": "x", "values": [1, 10]},
    {"id": "mid", "type": "median", "field": "few"},
    {"id": "cabs", "type": "cardinality", "field": "cab"},
    {"id": "kinds", "type": "cardinality", "field": "kind"}]}"#;

/// Numbers between e⁻³ and e⁵, in the order of a hash.
fn number(index: u64) -> f64 {
    let hash = index.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d);
    (((hash >> 11) % 1_000_003) as f64 / 1_000_003.0 * 8.0 - 3.0).exp()
}

fn line(index: u64) -> String {
    let few = if index < 900 { format!(r#","few":{index}"#) } else { String::new() };
    let (ts, x, kind) = (index * 250, number(index), index % 3_000);
    format!(r#"{{"ts":{ts},"x":{x},"cab":"cab {index}","kind":"k{kind}"{few}}}"#)
}

/// Feeds records in batches of a size, partition by partition as `order` says, and asks.
fn answer(mode: &str, order: &[u64], batch: usize) -> QueryResult {
    let yaml = format!(
        "stream: s\ntopics: [t]\nmode: {mode}\nclock: stream\nlateness: 1h\ntime: {{field: ts, unit: ms}}\n\
         fields: {{x: double, cab: keyword, kind: keyword, few: double}}"
    );
    let config = StreamConfig::from_yaml(&yaml, "s.yaml").unwrap();
    let mut engine = Engine::new(Arc::new(config), "e");
    let (id, fill) = engine.open_view(&Query::from_text(QUERY).unwrap()).unwrap();
    engine.install(fill.unwrap().run());
    let lines: Vec<(String, String)> =
        order.iter().map(|index| (format!("{index}"), line(*index))).collect();
    for (part, lines) in lines.chunks(batch).enumerate() {
        let record = |(offset, (key, line)): (usize, &'_ (String, String))| {
            (offset, key.clone(), line.clone())
        };
        let owned: Vec<_> = lines.iter().enumerate().map(record).collect();
        let records: Vec<RawRecord<'_>> = owned
            .iter()
            .map(|(offset, key, line)| RawRecord {
                topic: "t",
                partition: 0,
                offset: (part * batch + offset) as i64,
                timestamp_ms: Some(1),
                timestamp_type: TimestampType::Create,
                key: Some(key.as_bytes()),
                value: Some(line.as_bytes()),
            })
            .collect();
        assert!(engine.ingest(&records, 1).is_empty());
    }
    engine.advance(1);
    QueryResult::clone(&engine.tick(id, 1).unwrap().result)
}

fn within(got: f64, low: f64, high: f64, error: f64) {
    assert!(low * (1.0 - error) <= got && got <= high * (1.0 + error), "{low} {got} {high}");
}

#[test]
fn estimates_are_within_their_errors_and_marked() {
    let order: Vec<u64> = (0..RECORDS).collect();
    let result = answer("append", &order, 1_000);
    let cell = |id: &str| {
        let column = result.columns.iter().position(|column| column == id).unwrap();
        result.rows[0][column].as_f64().unwrap()
    };
    let mut sorted: Vec<f64> = order.iter().map(|index| number(*index)).collect();
    sorted.sort_by(f64::total_cmp);
    for percent in [0, 1, 50, 99, 100] {
        let place = (sorted.len() - 1) as f64 * f64::from(percent) / 100.0;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        within(cell(&format!("p.{percent}")), low, high, 0.010_01);
    }
    let rank = |value: f64| {
        sorted.partition_point(|one| *one <= value) as f64 * 100.0 / sorted.len() as f64
    };
    for value in [1.0, 10.0] {
        let got = cell(&format!("r.{value}"));
        assert!(rank(value * 0.989) <= got && got <= rank(value * 1.011), "{value} {got}");
    }
    within(cell("cabs"), RECORDS as f64, RECORDS as f64, 3.0 * 0.0081);
    // What is small enough is exact, and not marked.
    assert_eq!(cell("mid"), 449.5);
    assert_eq!(cell("kinds"), 3_000.0);
    assert_eq!(result.approximate, ["p.0", "p.1", "p.50", "p.99", "p.100", "r.1", "r.10", "cabs"]);
}

#[test]
fn batches_order_and_replaced_rows_do_not_show() {
    let order: Vec<u64> = (0..RECORDS).collect();
    let whole = answer("append", &order, RECORDS as usize);
    let mut shuffled = order.clone();
    shuffled.sort_by_key(|index| index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7);
    let mut doubled = shuffled.clone();
    doubled.extend(&order);
    for other in [
        answer("append", &shuffled, 700),
        answer("upsert", &order, 5_000),
        answer("upsert", &doubled, 5_000),
    ] {
        assert_eq!((&whole.rows, &whole.approximate), (&other.rows, &other.approximate));
    }
}
