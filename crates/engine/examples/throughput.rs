//! How fast one core decodes and folds: records of about 200 bytes into 20 views, without Kafka.
//!
//! `cargo run --release -p hailstream-engine --example throughput`

#![allow(clippy::expect_used, reason = "a measurement that cannot start stops")]

use std::sync::Arc;
use std::time::Instant;

use hailstream_engine::{Engine, RawRecord, StreamConfig};
use hailstream_protocol::TimestampType;
use hailstream_query::Query;

const STREAM: &str = "
stream: telemetry
topics: [t]
mode: append
time: {field: ts, unit: ms}
clock: stream
entity: cab_id
retention: {memory: 5m, memory_bytes: 64MiB}
fields:
  cab_id: keyword
  status: keyword
  zone: keyword
  occupied: boolean
  speed: double
  fare: double
  position: {type: geo_point, lat: lat, lon: lon}
";

const SHAPES: [&str; 10] = [
    r#""buckets":[{"id":"t","type":"date_histogram","fixed_interval":"15s"}]"#,
    r#""buckets":[{"id":"z","type":"terms","field":"zone"}],"metrics":[{"id":"a","type":"avg","field":"speed"}]"#,
    r#""buckets":[{"id":"s","type":"terms","field":"status"},{"id":"t","type":"date_histogram","fixed_interval":"15s"}]"#,
    r#""buckets":[{"id":"f","type":"histogram","field":"fare","interval":2}]"#,
    r#""metrics":[{"id":"s","type":"sum","field":"fare"},{"id":"m","type":"max","field":"speed"}]"#,
    r#""buckets":[{"id":"t","type":"date_histogram","fixed_interval":"15s"}],"metrics":[{"id":"a","type":"avg","field":"speed"},{"id":"m","type":"min","field":"speed"}]"#,
    r#""buckets":[{"id":"c","type":"terms","field":"cab_id"}],"metrics":[{"id":"s","type":"sum","field":"fare"}]"#,
    r#""filters":[{"term":{"field":"status","value":"hired"}}],"buckets":[{"id":"t","type":"date_histogram","fixed_interval":"15s"}]"#,
    r#""filters":[{"range":{"field":"speed","gte":30}}],"buckets":[{"id":"z","type":"terms","field":"zone"}]"#,
    r#""buckets":[{"id":"g","type":"geotile_grid","field":"position","precision":13}]"#,
];

const RECORDS: usize = 500_000;
const BATCH: usize = 4_096;

fn lines() -> Vec<String> {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut line = |index: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let status = ["hired", "free", "off_duty"][(random % 3) as usize];
        format!(
            r#"{{"ts":{},"cab_id":"c{:04}","lat":{:.5},"lon":{:.5},"speed":{:.1},"heading":{},"status":"{status}","occupied":{},"fare":{:.2},"engine_temp":{},"idle_s":{},"fuel":{},"zone":"zone-{:02}"}}"#,
            1_700_000_000_000_u64 + index as u64 / 10,
            random % 500,
            37.70 + (random >> 8) as f64 % 1_000.0 / 10_000.0,
            -122.50 + (random >> 18) as f64 % 1_000.0 / 10_000.0,
            (random >> 28) as f64 % 600.0 / 10.0,
            (random >> 32) % 360,
            random.is_multiple_of(3),
            (random >> 36) as f64 % 4_000.0 / 100.0,
            70 + (random >> 40) % 50,
            (random >> 44) % 900,
            (random >> 50) % 100,
            (random >> 54) % 37,
        )
    };
    (0..RECORDS).map(&mut line).collect()
}

fn main() {
    let lines = lines();
    for views in [0, 10, 20] {
        let config =
            StreamConfig::from_yaml(STREAM, "stream.yaml").expect("the stream file is right");
        let mut engine = Engine::new(Arc::new(config), "epoch");
        for index in 0..views {
            let half = format!(
                r#","filters":[{{"term":{{"field":"occupied","value":{}}}}}]"#,
                index % 2 == 0
            );
            let shape = SHAPES[index % SHAPES.len()];
            let filters =
                if index < SHAPES.len() || shape.contains("filters") { "" } else { &half };
            let text = format!(
                r#"{{"stream":"telemetry","time":{{"from":"now-{}m","to":"now"}},{shape}{filters}}}"#,
                15 + index
            );
            let query = Query::from_text(&text).expect("the query is right");
            let (_, fill) = engine.open_view(&query).expect("the stream answers");
            engine.install(fill.expect("a new view").run());
        }
        let started = Instant::now();
        let mut ticks = 0;
        for (batch, chunk) in lines.chunks(BATCH).enumerate() {
            let records: Vec<RawRecord<'_>> = chunk
                .iter()
                .enumerate()
                .map(|(index, line)| RawRecord {
                    topic: "t",
                    partition: (index % 4) as i32,
                    offset: (batch * BATCH + index) as i64,
                    timestamp_ms: Some(1_700_000_000_000),
                    timestamp_type: TimestampType::Create,
                    key: None,
                    value: Some(line.as_bytes()),
                })
                .collect();
            engine.ingest(&records, 1_700_000_000_000);
            engine.advance(1_700_000_000_000);
            if batch % 12 == 0 {
                for id in engine.dirty() {
                    ticks += usize::from(engine.tick(id, 0).is_some());
                }
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{views:2} views: {:>9.0} records/s, {:.0} ns per record, {ticks} ticks",
            RECORDS as f64 / seconds,
            seconds * 1e9 / RECORDS as f64
        );
    }
}
