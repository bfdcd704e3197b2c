//! Where the engine's time goes: CPU time per record of reading and judging, of each bucket and metric alone, and of a tick
//! and its frame. In this process, without Kafka; what Kafka and the road cost by thread is printed by `ingest`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hailstream_engine::{Engine, RawRecord, StreamConfig};
use hailstream_protocol::frame::Encoding;
use hailstream_protocol::{ServerMessage, TimestampType};
use hailstream_query::Query;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::{records, server};

const RECORDS: u64 = 300_000;
const BATCH: usize = 4_096;
const BATCHES_A_TICK: usize = 4;
const NOW_MS: i64 = 1_700_000_000_000;

/// A panel of one bucket or one metric.
const PANELS: [(&str, &str, &str); 21] = [
    ("count, no bucket", "[]", ""),
    ("`sum`", "[]", r#"{"type":"sum","field":"fare"}"#),
    ("`avg`", "[]", r#"{"type":"avg","field":"fare"}"#),
    ("`max`", "[]", r#"{"type":"max","field":"fare"}"#),
    ("`std_dev`", "[]", r#"{"type":"std_dev","field":"fare"}"#),
    ("`percentiles`", "[]", r#"{"type":"percentiles","field":"fare"}"#),
    ("`cardinality` of 500", "[]", r#"{"type":"cardinality","field":"cab_id"}"#),
    ("`top_hits`", "[]", r#"{"type":"top_hits","field":"fare"}"#),
    ("`geo_centroid`", "[]", r#"{"type":"geo_centroid","field":"position"}"#),
    ("`date_histogram` 10 s", r#"[{"type":"date_histogram","fixed_interval":"10s"}]"#, ""),
    ("`terms` of 3", r#"[{"type":"terms","field":"status"}]"#, ""),
    ("`terms` of 37", r#"[{"type":"terms","field":"zone"}]"#, ""),
    ("`terms` of 500", r#"[{"type":"terms","field":"cab_id"}]"#, ""),
    ("`histogram` of 20", r#"[{"type":"histogram","field":"fare","interval":2}]"#, ""),
    ("`range` of 2", r#"[{"type":"range","field":"speed","ranges":[{"to":30},{"from":30}]}]"#, ""),
    (
        "`filters` of 2",
        r#"[{"type":"filters","filters":{"fast":{"range":{"field":"speed","gte":30}},"hired":{"term":{"field":"status","value":"hired"}}}}]"#,
        "",
    ),
    ("`geotile_grid`", r#"[{"type":"geotile_grid","field":"position","precision":13}]"#, ""),
    (
        "`date_histogram` × `terms` of 3",
        r#"[{"type":"date_histogram","fixed_interval":"10s"},{"type":"terms","field":"status"}]"#,
        "",
    ),
    (
        "`date_histogram` × `terms` of 37, `avg`",
        r#"[{"type":"date_histogram","fixed_interval":"10s"},{"type":"terms","field":"zone","size":50}]"#,
        r#"{"type":"avg","field":"fare"}"#,
    ),
    (
        "`terms` of 500 × `date_histogram`, `avg`",
        r#"[{"type":"terms","field":"cab_id","size":10},{"type":"date_histogram","fixed_interval":"10s"}]"#,
        r#"{"type":"avg","field":"fare"}"#,
    ),
    (
        "`terms` × `terms` × `terms` (55,000)",
        r#"[{"type":"terms","field":"status"},{"type":"terms","field":"zone"},{"type":"terms","field":"cab_id"}]"#,
        "",
    ),
];

/// What one panel costs. Times are CPU time.
#[derive(Clone, Copy)]
struct Cost {
    /// Reading, judging, keeping: all but the panel, per record.
    without_ns: f64,
    /// The panel's part, per record.
    fold_ns: f64,
    tick_us: f64,
    frame_us: f64,
    rows: usize,
    frame_bytes: usize,
}

/// Prints tables; what they should be is said of whole boards, by `further`.
pub(crate) fn measure(passes: usize) -> Result<()> {
    let folder = server::folder()?;
    let path = folder.path().join("records.ndjson");
    // A thousand a second of event time: a window of fifteen minutes fills in a few hundred thousand records.
    records::write(&path, RECORDS, 1_000, NOW_MS as u64)?;
    let text = std::fs::read_to_string(&path)?;
    let lines: Vec<&str> = text.lines().collect();
    let mut read_ns = f64::INFINITY;
    println!("| panel | fold, ns per record | tick, µs | frame, µs | rows | bytes of a delta |");
    println!("|---|---|---|---|---|---|");
    for (name, buckets, metric) in PANELS {
        let query = query(buckets, metric)?;
        let mut lowest = cost(&lines, &query)?;
        for _ in 1..passes {
            let again = cost(&lines, &query)?;
            lowest.without_ns = lowest.without_ns.min(again.without_ns);
            lowest.fold_ns = lowest.fold_ns.min(again.fold_ns);
            lowest.tick_us = lowest.tick_us.min(again.tick_us);
            lowest.frame_us = lowest.frame_us.min(again.frame_us);
        }
        let Cost { without_ns, fold_ns, tick_us, frame_us, rows, frame_bytes } = lowest;
        println!(
            "| {name} | {fold_ns:.0} | {tick_us:.0} | {frame_us:.1} | {rows} | {frame_bytes} |"
        );
        read_ns = read_ns.min(without_ns);
    }
    println!("\nread, judge and keep a record: {read_ns:.0} ns");
    Ok(())
}

fn query(buckets: &str, metric: &str) -> Result<Query> {
    let mut buckets: Vec<Value> = serde_json::from_str(buckets)?;
    for (index, bucket) in buckets.iter_mut().enumerate() {
        bucket["id"] = json!(format!("b{index}"));
    }
    let mut query = json!({
        "stream": "telemetry",
        "time": {"from": "now-15m", "to": "now"},
        "buckets": buckets,
    });
    if !metric.is_empty() {
        let mut metric: Value = serde_json::from_str(metric)?;
        metric["id"] = json!("m");
        query["metrics"] = json!([metric]);
    }
    Query::from_text(&query.to_string()).with_context(|| query.to_string())
}

/// CPU time of this thread, nanoseconds.
pub(crate) fn cpu_ns() -> u64 {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32).as_nanos() as u64
}

fn cost(lines: &[&str], query: &Query) -> Result<Cost> {
    let config = StreamConfig::from_yaml(records::STREAM, "telemetry.yaml")?;
    let mut engine = Engine::new(Arc::new(config), "bench").with_stopwatch(cpu_ns);
    let (view, fill) = engine.open_view(query)?;
    engine.install(fill.context("a new view")?.run());
    let (mut taking_in, mut folding, mut ticking, mut framing) = (0, 0, 0, 0);
    let (mut ticks, mut rows, mut frame_bytes) = (0, 0, 0);
    for (batch, chunk) in lines.chunks(BATCH).enumerate() {
        let records: Vec<RawRecord<'_>> = chunk
            .iter()
            .enumerate()
            .map(|(index, line)| line_record(batch * BATCH + index, line))
            .collect();
        let (began, spent) = (cpu_ns(), engine.spent_ns(view));
        engine.ingest(&records, NOW_MS);
        engine.advance(NOW_MS);
        taking_in += cpu_ns() - began;
        folding += engine.spent_ns(view) - spent;
        if batch % BATCHES_A_TICK != 0 {
            continue;
        }
        let began = cpu_ns();
        let Some(tick) = engine.tick(view, NOW_MS) else { continue };
        let ticked = cpu_ns();
        ticking += ticked - began;
        ticks += 1;
        rows = tick.result.rows.len();
        if let Some(delta) = tick.delta {
            let message = ServerMessage::Delta { view, delta };
            let began = cpu_ns();
            frame_bytes = Encoding::Binary.frame(&message)?.len();
            framing += cpu_ns() - began;
        }
    }
    let per_record = |ns: u64| ns as f64 / lines.len() as f64;
    let per_tick = |ns: u64| ns as f64 / 1e3 / f64::from(ticks);
    Ok(Cost {
        without_ns: per_record(taking_in - folding),
        fold_ns: per_record(folding),
        tick_us: per_tick(ticking),
        frame_us: per_tick(framing),
        rows,
        frame_bytes,
    })
}

fn line_record(index: usize, line: &str) -> RawRecord<'_> {
    RawRecord {
        topic: "bench.telemetry",
        partition: (index % 4) as i32,
        offset: index as i64,
        timestamp_ms: Some(NOW_MS),
        timestamp_type: TimestampType::Create,
        key: None,
        value: Some(line.as_bytes()),
    }
}
