//! What the charts of a bench show: seeded curves, so that every program draws the same.

use hailstream_protocol::Value;
use hailstream_protocol::{Coverage, QueryResult, Range, Row};
use serde_json::json;

use super::Panel;

/// The large chart.
const SERIES: usize = 10;
const POINTS: usize = 600;
/// A line chart of the twelve.
const SMALL_SERIES: usize = 5;
const SMALL_POINTS: usize = 120;
/// A bucket; the charts slide by one each frame.
const BUCKET_MS: i64 = 1_000;

/// Lines as the others take them.
pub(super) struct Lines {
    pub(super) series: usize,
    pub(super) points: usize,
    pub(super) frames: usize,
}

pub(super) fn large_lines(frames: usize) -> Lines {
    Lines { series: SERIES, points: POINTS, frames }
}

pub(super) fn small_lines(frames: usize) -> Lines {
    Lines { series: SMALL_SERIES, points: SMALL_POINTS, frames }
}

impl Lines {
    /// Series by series, all points that are ever shown.
    pub(super) fn as_numbers(&self) -> Vec<f64> {
        let length = self.points + self.frames;
        (0..self.series).flat_map(|s| (0..length).map(move |at| value(s, at))).collect()
    }
}

/// Between 0 and 1, scattered.
fn scatter(a: usize, b: usize) -> f64 {
    let mut bits = (a as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (b as u64 + 1) << 17;
    for _ in 0..2 {
        bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    (bits >> 40) as f64 / (1u64 << 24) as f64
}

/// A series at a point: a slow wave with some noise, as averages have it.
fn value(series: usize, at: usize) -> f64 {
    let wave = (at as f64 / 40.0 + series as f64).sin();
    let value = 12.0 + 8.0 * series as f64 + 6.0 * wave + 2.0 * (scatter(series, at) - 0.5);
    (value * 1_000.0).round() / 1_000.0
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn answer(names: &[&str], rows: Vec<Row>, range: Range) -> QueryResult {
    QueryResult {
        columns: columns(names),
        total: 1_000 + rows.len() as u64,
        rows,
        range: Some(range),
        coverage: Coverage { from_ms: Some(range.from_ms), complete: true, gaps: Vec::new() },
        ..QueryResult::default()
    }
}

/// Keys of a bucket × times, as a query by key and time answers.
fn over_time(
    start_ms: i64,
    frame: usize,
    (keys, points, bucket_ms): (usize, usize, i64),
    cell: impl Fn(usize, usize) -> Value,
) -> QueryResult {
    let first_ms = start_ms / bucket_ms * bucket_ms - points as i64 * bucket_ms;
    let time = |at: usize| first_ms + at as i64 * bucket_ms;
    let mut rows = Vec::with_capacity(keys * points);
    for key in 0..keys {
        let name = Value::text(&format!("Zone {}", key + 1));
        rows.extend(
            (frame..frame + points)
                .map(|at| vec![name.clone(), Value::Int(time(at)), cell(key, at)]),
        );
    }
    let range = Range { from_ms: time(frame), to_ms: time(frame + points) - 1 };
    answer(&["zone", "time", "value"], rows, range)
}

/// The large chart.
pub(super) fn large(start_ms: i64, grid: [usize; 4]) -> Panel {
    lines("large".to_owned(), grid, start_ms, (SERIES, POINTS))
}

fn lines(id: String, grid: [usize; 4], start_ms: i64, (series, points): (usize, usize)) -> Panel {
    let shape = (series, points, BUCKET_MS);
    Panel {
        id,
        grid,
        visualization: json!({
            "title": "Waiting time", "type": "line",
            "query": {
                "buckets": [
                    {"id": "zone", "type": "terms", "field": "zone", "size": series},
                    {"id": "time", "type": "date_histogram", "fixed_interval": "1s"},
                ],
                "metrics": [{"id": "value", "type": "avg", "field": "value"}],
            },
            "params": {"x": "time", "series": "zone"},
        }),
        key_columns: 2,
        every: 1,
        result: Box::new(move |frame| {
            over_time(start_ms, frame, shape, |series, at| Value::Float(value(series, at)))
        }),
    }
}

fn stacked(id: String, grid: [usize; 4], start_ms: i64) -> Panel {
    Panel {
        id,
        grid,
        visualization: json!({
            "title": "Trips", "type": "histogram",
            "query": {
                "buckets": [
                    {"id": "zone", "type": "terms", "field": "zone", "size": 4},
                    {"id": "time", "type": "date_histogram", "fixed_interval": "1s"},
                ],
                "metrics": [{"id": "value", "type": "sum", "field": "value"}],
            },
            "params": {"x": "time", "series": "zone", "metric": "value"},
        }),
        key_columns: 2,
        every: 1,
        result: Box::new(move |frame| {
            let count = |key: usize, at: usize| Value::Int((40.0 * scatter(key, at)) as i64 + 10);
            over_time(start_ms, frame, (4, 60, BUCKET_MS), count)
        }),
    }
}

fn fares(id: String, grid: [usize; 4], start_ms: i64) -> Panel {
    Panel {
        id,
        grid,
        visualization: json!({
            "title": "Fares", "type": "histogram",
            "query": {
                "buckets": [{"id": "fare", "type": "histogram", "field": "fare", "interval": 2}],
                "metrics": [{"id": "value", "type": "count"}],
            },
            "params": {"x": "fare", "metric": "value"},
        }),
        key_columns: 1,
        every: 1,
        result: Box::new(move |frame| {
            let hump = |fare: usize| 900.0 * (-((fare as f64 - 12.0) / 8.0).powi(2)).exp();
            let row = |fare: usize| {
                let count = hump(fare) + 60.0 * scatter(fare, frame);
                vec![Value::Float(2.0 * fare as f64), Value::Int(count as i64)]
            };
            let range = Range { from_ms: start_ms - 600_000, to_ms: start_ms };
            answer(&["fare", "value"], (0..40).map(row).collect(), range)
        }),
    }
}

fn heat(id: String, grid: [usize; 4], start_ms: i64) -> Panel {
    Panel {
        id,
        grid,
        visualization: json!({
            "title": "Demand", "type": "heatmap",
            "query": {
                "buckets": [
                    {"id": "zone", "type": "terms", "field": "zone", "size": 8},
                    {"id": "time", "type": "date_histogram", "fixed_interval": "1s"},
                ],
                "metrics": [{"id": "value", "type": "sum", "field": "value"}],
            },
            "params": {"x": "time", "y": "zone", "metric": "value"},
        }),
        key_columns: 2,
        every: 1,
        result: Box::new(move |frame| {
            let count = |key: usize, at: usize| Value::Int((90.0 * scatter(key, at / 3)) as i64);
            over_time(start_ms, frame, (8, 48, BUCKET_MS), count)
        }),
    }
}

fn ring(id: String, grid: [usize; 4], start_ms: i64) -> Panel {
    Panel {
        id,
        grid,
        visualization: json!({
            "title": "Fleet", "type": "pie",
            "query": {
                "buckets": [{"id": "zone", "type": "terms", "field": "zone", "size": 6}],
                "metrics": [{"id": "value", "type": "count"}],
            },
            "params": {"donut": true, "label": "cabs"},
        }),
        key_columns: 1,
        every: 1,
        result: Box::new(move |frame| {
            let row = |key: usize| {
                let name = Value::text(&format!("Zone {}", key + 1));
                let wave = (frame as f64 / 30.0 + key as f64).sin();
                vec![name, Value::Int(400 - 40 * key as i64 + (30.0 * wave) as i64)]
            };
            let range = Range { from_ms: start_ms - 600_000, to_ms: start_ms };
            answer(&["zone", "value"], (0..6).map(row).collect(), range)
        }),
    }
}

fn number(id: String, grid: [usize; 4], start_ms: i64) -> Panel {
    Panel {
        id,
        grid,
        visualization: json!({
            "title": "Revenue", "type": "metric",
            "query": {"metrics": [{"id": "value", "type": "sum", "field": "fare"}]},
            "params": {"format": {"kind": "usd"}},
        }),
        key_columns: 0,
        every: 1,
        result: Box::new(move |frame| {
            let range = Range { from_ms: start_ms - 600_000, to_ms: start_ms };
            answer(&["value"], vec![vec![Value::Float(84_000.0 + 7.0 * frame as f64)]], range)
        }),
    }
}

/// A board of twelve, three in a row.
pub(super) fn twelve(start_ms: i64) -> Vec<Panel> {
    type Make = fn(String, [usize; 4], i64) -> Panel;
    let line: Make = |id, grid, start| lines(id, grid, start, (SMALL_SERIES, SMALL_POINTS));
    let kinds: [Make; 12] =
        [line, stacked, line, heat, ring, line, fares, stacked, line, number, heat, ring];
    let place = |index: usize| [index % 3 * 16, index / 3 * 6, 16, 6];
    kinds
        .iter()
        .enumerate()
        .map(|(index, make)| make(format!("panel{index}"), place(index), start_ms))
        .collect()
}
