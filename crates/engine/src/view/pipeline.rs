//! Metrics along a series, worked out of finished rows: nothing is kept from result to result, so that late records, moved
//! windows and replaced rows are right by themselves. A series is the rows of one group of the outer buckets; it costs a few
//! numbers per row while it is worked out.

use std::collections::{BTreeSet, VecDeque};

use hailstream_protocol::{Row, RowFlags, Value};
use hailstream_query::{
    COUNT_PATH, GapPolicy, Metric, MovingFn, MovingFunction, Query, pipelines_in_order,
};

use crate::exact_sum::ExactSum;

/// The metrics along the series of a query, in an order in which each comes after what it reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pipelines {
    steps: Vec<Step>,
    /// How many columns are keys.
    keys: usize,
}

#[derive(Clone, Debug)]
struct Step {
    metric: Metric,
    /// Its column.
    target: usize,
    /// The column it reads; none for the number of records.
    source: Option<usize>,
}

impl Pipelines {
    pub(crate) fn new(query: &Query) -> Self {
        let columns = query.metric_columns();
        let place = |id: &str| {
            columns.iter().position(|column| column == id).map(|place| query.buckets.len() + place)
        };
        let step = |index: usize| {
            let metric = query.metrics[index].clone();
            let path = metric.buckets_path().filter(|path| *path != COUNT_PATH);
            let (target, source) = (place(metric.id())?, path.and_then(place));
            Some(Step { metric, target, source })
        };
        let steps = pipelines_in_order(query).into_iter().filter_map(step).collect();
        Self { steps, keys: query.buckets.len() }
    }

    /// Fills their columns in; `counts` are the records of each row.
    pub(crate) fn apply(&self, rows: &mut [Row], flags: &[RowFlags], counts: &[u64]) {
        if self.steps.is_empty() {
            return;
        }
        let outer = self.keys.saturating_sub(1);
        let mut start = 0;
        while start < rows.len() {
            let is_same = |row: &usize| {
                rows[*row][..outer] == rows[start][..outer] && flags[*row] == flags[start]
            };
            let end = (start + 1..rows.len()).find(|row| !is_same(row)).unwrap_or(rows.len());
            for step in &self.steps {
                step.apply(&mut rows[start..end], &counts[start..end]);
            }
            start = end;
        }
    }

    /// Adds the columns that read estimates.
    pub(crate) fn spread_estimates(&self, columns: &[String], estimated: &mut BTreeSet<String>) {
        for step in &self.steps {
            let source = step.source.and_then(|place| columns.get(place));
            if source.is_some_and(|column| estimated.contains(column)) {
                estimated.insert(step.metric.id().to_owned());
            }
        }
    }
}

impl Step {
    fn apply(&self, series: &mut [Row], counts: &[u64]) {
        let policy = match &self.metric {
            Metric::Derivative(derivative) => derivative.gap_policy,
            Metric::SerialDiff(diff) => diff.gap_policy,
            Metric::MovingAvg(moving) => moving.gap_policy,
            _ => GapPolicy::Skip,
        };
        let values: Vec<Option<f64>> =
            series.iter().zip(counts).map(|(row, count)| self.read(row, *count, policy)).collect();
        let made = match &self.metric {
            Metric::Derivative(_) => differences(&values, 1),
            Metric::SerialDiff(diff) => differences(&values, diff.lag as usize),
            Metric::CumulativeSum(_) => sums_so_far(&values),
            Metric::MovingAvg(moving) => moved(&values, moving),
            _ => return,
        };
        for (row, value) in series.iter_mut().zip(made) {
            row[self.target] = value.map_or(Value::Null, Value::float);
        }
    }

    /// The value of a bucket; the number of records is never a gap.
    fn read(&self, row: &Row, count: u64, policy: GapPolicy) -> Option<f64> {
        let Some(source) = self.source else { return Some(count as f64) };
        let value = row.get(source).and_then(Value::as_f64).filter(|_| count > 0);
        value.or(match policy {
            GapPolicy::Skip => None,
            GapPolicy::InsertZeros => Some(0.0),
        })
    }
}

fn differences(values: &[Option<f64>], lag: usize) -> Vec<Option<f64>> {
    let earlier = std::iter::repeat_n(&None, lag.min(values.len())).chain(values);
    values.iter().zip(earlier).map(|(now, before)| Some((*now)? - (*before)?)).collect()
}

fn sums_so_far(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sum = ExactSum::default();
    let mut add = |value: &Option<f64>| {
        sum.add(value.unwrap_or(0.0));
        Some(sum.value())
    };
    values.iter().map(&mut add).collect()
}

/// Gaps have no place among the values, and no result. The windows only move on: what they hold is kept from one to the next.
fn moved(values: &[Option<f64>], asked: &MovingFn) -> Vec<Option<f64>> {
    let present: Vec<f64> = values.iter().flatten().copied().collect();
    let mut window = Window::default();
    let (mut from, mut to) = (0, 0);
    let mut place = 0_i64;
    let one = |value: &Option<f64>| {
        (*value)?;
        let end = (place + i64::from(asked.shift)).clamp(0, present.len() as i64) as usize;
        let start = place + i64::from(asked.shift) - i64::from(asked.window);
        let start = start.clamp(0, present.len() as i64) as usize;
        place += 1;
        present[to..end.max(to)].iter().for_each(|value| window.push(*value));
        present[from..start.max(from)].iter().for_each(|_| window.pop());
        (from, to) = (start.max(from), end.max(to));
        window.result(asked.script)
    };
    values.iter().map(one).collect()
}

/// The values that a function sees.
#[derive(Default)]
struct Window {
    values: VecDeque<f64>,
    sum: ExactSum,
}

impl Window {
    fn push(&mut self, value: f64) {
        self.values.push_back(value);
        self.sum.add(value);
    }

    fn pop(&mut self) {
        if let Some(value) = self.values.pop_front() {
            self.sum.subtract(value);
        }
    }

    fn result(&self, function: MovingFunction) -> Option<f64> {
        let values = || self.values.iter().copied();
        match function {
            MovingFunction::Sum => Some(self.sum.value()),
            _ if self.values.is_empty() => None,
            MovingFunction::UnweightedAvg => Some(self.sum.value() / self.values.len() as f64),
            MovingFunction::Min => Some(values().fold(f64::INFINITY, f64::min)),
            MovingFunction::Max => Some(values().fold(f64::NEG_INFINITY, f64::max)),
            MovingFunction::LinearWeightedAvg => {
                let mut sum = ExactSum::default();
                values()
                    .zip(1_u32..)
                    .for_each(|(value, weight)| sum.add_product(value, f64::from(weight)));
                // As OpenSearch has it: the weights' sum begins with 1.
                let count = self.values.len() as f64;
                Some(sum.value() / (1.0 + count * (count + 1.0) / 2.0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moving(window: u32, shift: i32, script: MovingFunction) -> MovingFn {
        let (id, buckets_path) = (String::new(), String::new());
        MovingFn { id, buckets_path, window, shift, script, gap_policy: GapPolicy::Skip }
    }

    #[test]
    fn gaps_are_as_in_opensearch() {
        let values = [Some(1.0), None, Some(4.0), Some(6.0), Some(11.0)];
        assert_eq!(differences(&values, 1), [None, None, None, Some(2.0), Some(5.0)]);
        assert_eq!(differences(&values, 2), [None, None, Some(3.0), None, Some(7.0)]);
        assert_eq!(differences(&values, 9), [None; 5]);
        assert_eq!(sums_so_far(&values), [1.0, 1.0, 5.0, 11.0, 22.0].map(Some));
    }

    #[test]
    fn windows_end_before_the_bucket_and_leave_gaps_out() {
        let values = [Some(1.0), None, Some(4.0), Some(6.0), Some(11.0)];
        let of = |window, shift, script| moved(&values, &moving(window, shift, script));
        use MovingFunction as F;
        assert_eq!(of(2, 0, F::UnweightedAvg), [None, None, Some(1.0), Some(2.5), Some(5.0)]);
        assert_eq!(of(2, 1, F::Sum), [Some(1.0), None, Some(5.0), Some(10.0), Some(17.0)]);
        assert_eq!(of(2, 1, F::Max), [Some(1.0), None, Some(4.0), Some(6.0), Some(11.0)]);
        assert_eq!(of(9, -2, F::Sum), [Some(0.0), None, Some(0.0), Some(0.0), Some(1.0)]);
        assert_eq!(of(1, 9, F::Min), [None, None, None, None, None]);
        assert_eq!(of(2, 0, F::LinearWeightedAvg)[3], Some(9.0 / 4.0));
    }
}
