//! A first look at the whole engine: records in, results out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use hailstream_engine::{Engine, RawRecord, StreamConfig};
use hailstream_protocol::TimestampType;
use hailstream_query::Query;

const STREAM: &str = "
stream: cabs
topics: [cabs]
format: json
mode: append
time: {field: ts, unit: s}
clock: stream
entity: cab
fields:
  cab: keyword
  occupied: boolean
  position: {type: geo_point, lat: lat, lon: lon}
";

fn record(offset: i64, value: &str) -> RawRecord<'_> {
    RawRecord {
        topic: "cabs",
        partition: 0,
        offset,
        timestamp_ms: Some(1),
        timestamp_type: TimestampType::Create,
        key: None,
        value: Some(value.as_bytes()),
    }
}

fn answer(engine: &mut Engine, query: &str) -> String {
    let (id, fill) = engine.open_view(&Query::from_text(query).unwrap()).unwrap();
    if let Some(fill) = fill {
        engine.install(fill.run());
    }
    let tick = engine.tick(id, 0).unwrap();
    serde_json::to_string(&(&tick.result.columns, &tick.result.rows, tick.result.total)).unwrap()
}

#[test]
fn groups_hits_and_entities() {
    let mut engine =
        Engine::new(Arc::new(StreamConfig::from_yaml(STREAM, "cabs.yaml").unwrap()), "e");
    let lines = [
        r#"{"ts":60,"cab":"a","lat":37.7,"lon":-122.4,"occupied":true,"fare":1.5}"#,
        r#"{"ts":61,"cab":"b","lat":37.8,"lon":-122.4,"occupied":false,"fare":2}"#,
        r#"{"ts":180,"cab":"a","lat":37.8,"lon":-122.5,"occupied":false}"#,
        "nonsense",
        r#"{"cab":"a"}"#,
        r#"{"ts":181,"cab":"a","lat":97.8,"lon":-122.5}"#,
    ];
    let records: Vec<_> =
        lines.iter().enumerate().map(|(i, line)| record(i as i64, line)).collect();
    let letters = engine.ingest(&records, 1_000);
    let reasons: Vec<_> = letters.iter().map(|letter| letter.reason).collect();
    assert_eq!(reasons, ["not_json", "no_time", "off_globe"]);
    assert!(engine.account().is_balanced());
    engine.advance(1_000);
    let time = r#"{"stream":"cabs","buckets":[{"id":"t","type":"date_histogram","fixed_interval":"1m"}],"metrics":[{"id":"n","type":"count"},{"id":"f","type":"sum","field":"fare"},{"id":"avg","type":"avg","field":"occupied"}]}"#;
    assert_eq!(
        answer(&mut engine, time),
        r#"[["t","n","f","avg"],[[60000,2,3.5,0.5],[120000,0,0.0,null],[180000,1,0.0,0.0]],3]"#
    );
    let terms = r#"{"stream":"cabs","buckets":[{"id":"c","type":"terms","field":"cab","size":1,"other":true}]}"#;
    assert_eq!(answer(&mut engine, terms), r#"[["c","count"],[["a",2],[null,1]],3]"#);
    let tiles = r#"{"stream":"cabs","buckets":[{"id":"g","type":"geotile_grid","field":"position","precision":8}]}"#;
    assert_eq!(answer(&mut engine, tiles), r#"[["g","count"],[["8/40/98",2],["8/40/99",1]],3]"#);
    let fleet = r#"{"stream":"cabs","entities":{"fields":["position"]}}"#;
    assert_eq!(
        answer(&mut engine, fleet),
        r#"[["cab","_event_time","position"],[["a",180000,[-122.5,37.8]],["b",61000,[-122.4,37.8]]],2]"#
    );
    let status = r#"{"stream":"cabs","over":"entities","buckets":[{"id":"o","type":"terms","field":"occupied"}]}"#;
    assert_eq!(answer(&mut engine, status), r#"[["o","count"],[[false,2]],2]"#);
    let hits = r#"{"stream":"cabs","hits":{"size":1,"fields":["cab","ts"]}}"#;
    assert_eq!(
        answer(&mut engine, hits),
        r#"[["_topic","_partition","_offset","_timestamp","cab","ts"],[["cabs",0,2,1,"a",180000]],3]"#
    );
}
