//! Record sent → painted: the producer's clock against the frame on the screen, at 5,000 records/s over a dashboard of twelve
//! panels in a real Chromium. Everything lies between: producer, Kafka, engine, hub, socket, store, layout, canvas.
//!
//! One panel is a table with the time of sending of the newest record. The records that a frame brings were sent between the
//! newest of the frame before and its own newest, so ages are taken evenly over that interval: those that waited longest
//! count as well.

use std::io::Read;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::budget::Measure;
use crate::process::Running;
use crate::server::LiveBoard;

const PER_SECOND: u64 = 5_000;
const SAMPLES_PER_FRAME: u32 = 8;

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let attributes =
        json!({"title": "Painted", "timeFrom": "now-1m", "timeTo": "now", "panels": panels()});
    let board = LiveBoard::start(PER_SECOND, None, &attributes)?;
    let url = format!("{}/d/bench?theme=light", board.url);
    let ask = json!({"url": url, "warmMs": 5_000, "seconds": 20});
    let (_browser, mut output) = Running::node("ages.js", &ask)?;
    let mut text = String::new();
    output.read_to_string(&mut text)?;
    let painted: Vec<(f64, f64)> = serde_json::from_str(&text)?;
    ensure!(painted.len() > 100, "only {} changes were painted", painted.len());
    let mut ages = ages(&painted);
    ages.sort_by(f64::total_cmp);
    let at = |share: f64| ages[((ages.len() - 1) as f64 * share) as usize];
    let name = |p: &str| format!("record sent → painted, {PER_SECOND} records/s, 12 panels, {p}");
    Ok(vec![
        Measure::new(&name("p50"), "ms", at(0.50), 40.0, 80.0),
        Measure::new(&name("p99"), "ms", at(0.99), 100.0, 200.0),
    ])
}

/// Ages of records evenly between the newest of one frame and the newest of the next.
fn ages(painted: &[(f64, f64)]) -> Vec<f64> {
    let between = |pair: &[(f64, f64)]| {
        let ((before, _), (newest, at)) = (pair[0], pair[1]);
        let step = (newest - before) / f64::from(SAMPLES_PER_FRAME);
        (1..=SAMPLES_PER_FRAME).map(move |i| at - (before + step * f64::from(i)))
    };
    painted.windows(2).flat_map(between).collect()
}

/// Eleven charts and numbers as a dashboard has them, and the table.
fn panels() -> Vec<Value> {
    let mut panels = charts(11, 4, 8);
    let metric = json!({"id": "max", "type": "max", "field": "ts"});
    let newest = json!({"stream": "telemetry", "metrics": [metric]});
    let columns = json!([{"id": "max", "title": "Newest", "format": {"decimals": 0}}]);
    panels.push(json!({
        "panelIndex": "newest",
        "gridData": {"x": 36, "y": 16, "w": 12, "h": 8},
        "visualization": {"title": "Newest", "type": "table", "query": newest, "params": {"columns": columns}},
    }));
    panels
}

/// So many panels in rows of `columns`, `height` rows of the grid high: charts and numbers of several kinds in turn.
pub(crate) fn charts(count: usize, columns: usize, height: usize) -> Vec<Value> {
    let seconds = json!({"id": "time", "type": "date_histogram", "fixed_interval": "1s"});
    let terms = |field: &str| json!({"id": field, "type": "terms", "field": field, "size": 8});
    let metric = |kind: &str, field: &str| json!({"id": kind, "type": kind, "field": field});
    let split = |field: &str| json!([terms(field), seconds]);
    let fares = json!([{"id": "fare", "type": "histogram", "field": "fare", "interval": 1}]);
    let mean_speed = json!([metric("avg", "speed")]);
    let fare_sum = json!([metric("sum", "fare")]);
    let shapes = [
        ("line", split("zone"), mean_speed.clone()),
        ("histogram", split("status"), json!([])),
        ("pie", json!([terms("status")]), json!([])),
        ("heatmap", split("zone"), fare_sum.clone()),
        ("metric", json!([]), fare_sum.clone()),
        ("line", split("status"), mean_speed.clone()),
        ("histogram", fares, json!([])),
        ("table", json!([terms("zone")]), fare_sum.clone()),
        ("line", json!([seconds]), mean_speed),
        ("histogram", split("zone"), fare_sum),
        ("metric", json!([]), json!([metric("max", "speed")])),
    ];
    let width = 48 / columns;
    let panel = |(index, (kind, buckets, metrics)): (usize, &(&str, Value, Value))| {
        let mut query = json!({"stream": "telemetry", "buckets": buckets});
        if *metrics != json!([]) {
            query["metrics"] = metrics.clone();
        }
        json!({
            "panelIndex": format!("panel{index}"),
            "gridData": {"x": index % columns * width, "y": index / columns * height, "w": width, "h": height},
            "visualization": {"title": kind, "type": kind, "query": query},
        })
    };
    shapes.iter().cycle().take(count).enumerate().map(panel).collect()
}
