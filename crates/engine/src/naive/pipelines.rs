//! Metrics along a series: each cell from the cells of its series, looked at anew.

use std::collections::BTreeMap;

use hailstream_protocol::{Row, RowFlags, Value};
use hailstream_query::{GapPolicy, Metric, MovingFn, MovingFunction, Query};

use super::metric::sum_of;

/// Fills the columns in, those first that read what is there; `counts` are the records of each row.
pub(super) fn fill(query: &Query, rows: &mut [Row], flags: &[RowFlags], counts: &[usize]) {
    let columns: Vec<String> = query.metric_columns();
    let place = |id: &str| columns.iter().position(|column| column == id);
    let all_series = all_series(query, rows, flags);
    let mut waiting: Vec<&Metric> =
        query.metrics.iter().filter(|metric| metric.buckets_path().is_some()).collect();
    while !waiting.is_empty() {
        let (later, now): (Vec<&Metric>, Vec<&Metric>) = waiting.iter().partition(|metric| {
            waiting.iter().any(|other| metric.buckets_path() == Some(other.id()))
        });
        assert!(!now.is_empty(), "a valid query has no circles");
        for metric in now {
            let source = metric.buckets_path().and_then(place);
            let Some(target) = place(metric.id()) else { continue };
            for series in &all_series {
                let values: Vec<Option<f64>> = series
                    .iter()
                    .map(|row| {
                        let cell = source.map(|at| &rows[*row][query.buckets.len() + at]);
                        value(metric, cell, counts[*row])
                    })
                    .collect();
                for (place, row) in series.iter().enumerate() {
                    rows[*row][query.buckets.len() + target] = cell(metric, &values, place);
                }
            }
        }
        waiting = later;
    }
}

/// The rows of each series: those whose outer keys and flags are the same.
fn all_series(query: &Query, rows: &[Row], flags: &[RowFlags]) -> Vec<Vec<usize>> {
    let mut by_key: BTreeMap<(&[Value], bool), Vec<usize>> = BTreeMap::new();
    let outer = query.buckets.len().saturating_sub(1);
    for (index, (row, flags)) in rows.iter().zip(flags).enumerate() {
        by_key.entry((&row[..outer], flags.other)).or_default().push(index);
    }
    by_key.into_values().collect()
}

fn value(metric: &Metric, cell: Option<&Value>, count: usize) -> Option<f64> {
    let Some(cell) = cell else { return Some(count as f64) };
    let policy = match metric {
        Metric::Derivative(asked) => asked.gap_policy,
        Metric::SerialDiff(asked) => asked.gap_policy,
        Metric::MovingAvg(asked) => asked.gap_policy,
        _ => GapPolicy::InsertZeros,
    };
    match (cell.as_f64(), policy) {
        (Some(number), _) if count > 0 => Some(number),
        (_, GapPolicy::InsertZeros) => Some(0.0),
        (_, GapPolicy::Skip) => None,
    }
}

/// The cell of the bucket at `place` of a series.
fn cell(metric: &Metric, values: &[Option<f64>], place: usize) -> Value {
    let change = |lag: usize| {
        let before = place.checked_sub(lag).and_then(|place| values[place]);
        before.zip(values[place]).map(|(before, now)| now - before)
    };
    let made = match metric {
        Metric::Derivative(_) => change(1),
        Metric::SerialDiff(asked) => change(asked.lag as usize),
        Metric::CumulativeSum(_) => {
            Some(sum_of(&values[..=place].iter().flatten().copied().collect::<Vec<_>>()))
        }
        Metric::MovingAvg(asked) => moved(asked, values, place),
        _ => None,
    };
    made.map_or(Value::Null, Value::float)
}

fn moved(asked: &MovingFn, values: &[Option<f64>], place: usize) -> Option<f64> {
    values[place]?;
    let present: Vec<f64> = values.iter().flatten().copied().collect();
    let index = values[..place].iter().flatten().count() as i64;
    let window: Vec<f64> = (index - i64::from(asked.window)..index)
        .map(|at| at + i64::from(asked.shift))
        .filter_map(|at| present.get(usize::try_from(at).ok()?).copied())
        .collect();
    if window.is_empty() && asked.script != MovingFunction::Sum {
        return None;
    }
    Some(match asked.script {
        MovingFunction::Sum => sum_of(&window),
        MovingFunction::UnweightedAvg => sum_of(&window) / window.len() as f64,
        MovingFunction::Min => window.into_iter().fold(f64::INFINITY, f64::min),
        MovingFunction::Max => window.into_iter().fold(f64::NEG_INFINITY, f64::max),
        MovingFunction::LinearWeightedAvg => {
            // Each value as often as it weighs.
            let weighted = (1..).zip(&window).flat_map(|(weight, value)| vec![*value; weight]);
            let weights: usize = (1..=window.len()).sum();
            sum_of(&weighted.collect::<Vec<_>>()) / (1 + weights) as f64
        }
    })
}
