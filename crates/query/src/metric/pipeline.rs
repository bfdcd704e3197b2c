//! Metrics along a series: they read a column of the same query, bucket after bucket of the innermost `date_histogram` or
//! `histogram`, and are worked out of the finished groups, so that a late record mends them too. As in OpenSearch a bucket
//! without records, or without a value, is a gap.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Metric, Parameters};
use crate::bucket::Bucket;
use crate::error::QueryError;
use crate::model::Query;
use crate::near::nearest;

/// The path of the number of records.
pub const COUNT_PATH: &str = "_count";
/// The longest window and lag, in buckets.
const MOST: u32 = 10_000;

/// What a gap is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapPolicy {
    /// No value: nothing is made of it.
    #[default]
    Skip,
    /// 0.
    InsertZeros,
}

/// `derivative`: the value less that of the bucket before; null in the first bucket, and in a gap and behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Derivative {
    /// Column id.
    pub id: String,
    /// A column of the query's metrics, or `_count`.
    pub buckets_path: String,
    /// What a gap is taken for.
    #[serde(default)]
    pub gap_policy: GapPolicy,
}

/// `cumulative_sum`: the sum of all values so far; gaps add nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CumulativeSum {
    /// Column id.
    pub id: String,
    /// A column of the query's metrics, or `_count`.
    pub buckets_path: String,
}

/// `serial_diff`: the value less that of `lag` buckets before; null where one of both is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SerialDiff {
    /// Column id.
    pub id: String,
    /// A column of the query's metrics, or `_count`.
    pub buckets_path: String,
    /// How many buckets before; at least 1.
    #[serde(default = "one")]
    pub lag: u32,
    /// What a gap is taken for.
    #[serde(default)]
    pub gap_policy: GapPolicy,
}

/// `moving_avg`, `moving_fn`: what a function makes of the `window` values before; with a `shift` of 1 the bucket's own is the
/// last of them. Gaps are left out: the window then reaches further back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MovingFn {
    /// Column id.
    pub id: String,
    /// A column of the query's metrics, or `_count`.
    pub buckets_path: String,
    /// How many values; at least 1.
    #[serde(default = "five")]
    pub window: u32,
    /// How many values later the window ends.
    #[serde(default)]
    pub shift: i32,
    /// The function.
    #[serde(default)]
    pub script: MovingFunction,
    /// What a gap is taken for.
    #[serde(default)]
    pub gap_policy: GapPolicy,
}

fn one() -> u32 {
    1
}

fn five() -> u32 {
    5
}

/// The functions over a window, as OpenSearch's scripts call them. Of no values: null, their sum 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MovingFunction {
    /// The average.
    #[default]
    #[serde(rename = "MovingFunctions.unweightedAvg(values)")]
    UnweightedAvg,
    /// The average, the newest weighing most.
    #[serde(rename = "MovingFunctions.linearWeightedAvg(values)")]
    LinearWeightedAvg,
    /// The sum.
    #[serde(rename = "MovingFunctions.sum(values)")]
    Sum,
    /// The smallest.
    #[serde(rename = "MovingFunctions.min(values)")]
    Min,
    /// The largest.
    #[serde(rename = "MovingFunctions.max(values)")]
    Max,
}

impl Parameters for Derivative {
    fn id(&self) -> &str {
        &self.id
    }

    fn buckets_path(&self) -> Option<&str> {
        Some(&self.buckets_path)
    }
}

impl Parameters for CumulativeSum {
    fn id(&self) -> &str {
        &self.id
    }

    fn buckets_path(&self) -> Option<&str> {
        Some(&self.buckets_path)
    }
}

impl Parameters for SerialDiff {
    fn id(&self) -> &str {
        &self.id
    }

    fn buckets_path(&self) -> Option<&str> {
        Some(&self.buckets_path)
    }

    fn check(&self, at: &str) -> Result<(), QueryError> {
        length(&format!("{at}.lag"), self.lag)
    }
}

impl Parameters for MovingFn {
    fn id(&self) -> &str {
        &self.id
    }

    fn buckets_path(&self) -> Option<&str> {
        Some(&self.buckets_path)
    }

    fn check(&self, at: &str) -> Result<(), QueryError> {
        length(&format!("{at}.window"), self.window)
    }
}

fn length(at: &str, length: u32) -> Result<(), QueryError> {
    if (1..=MOST).contains(&length) {
        return Ok(());
    }
    Err(QueryError::invalid(at, format!("{length} is not between 1 and {MOST}")))
}

/// The metrics along a series in an order in which each comes after what it reads, by index.
#[must_use]
pub fn in_order(query: &Query) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    let is_along = |index: &usize| query.metrics[*index].buckets_path().is_some();
    let mut waiting: Vec<usize> = (0..query.metrics.len()).filter(is_along).collect();
    let first = (0..query.metrics.len()).filter(|index| !is_along(index));
    known.extend(first.flat_map(|index| query.metrics[index].columns()));
    known.push(COUNT_PATH.to_owned());
    loop {
        let is_ready = |index: &usize| {
            let path = query.metrics[*index].buckets_path();
            path.is_some_and(|path| known.iter().any(|column| column == path))
        };
        let (ready, rest): (Vec<usize>, Vec<usize>) = waiting.into_iter().partition(is_ready);
        if ready.is_empty() {
            return order;
        }
        known.extend(ready.iter().flat_map(|index| query.metrics[*index].columns()));
        order.extend(ready);
        waiting = rest;
    }
}

/// Whether the metrics along a series have a series, and something to read.
pub(crate) fn check(query: &Query) -> Result<(), QueryError> {
    let order = in_order(query);
    for (index, metric) in query.metrics.iter().enumerate() {
        let Some(path) = metric.buckets_path() else { continue };
        let at = format!("metrics[{index}]");
        match query.buckets.last() {
            Some(Bucket::DateHistogram(date)) if date.min_doc_count == 0 => {}
            Some(Bucket::Histogram(histogram)) if histogram.min_doc_count == 0 => {}
            Some(Bucket::DateHistogram(_) | Bucket::Histogram(_)) => {
                let place = format!("buckets[{}].min_doc_count", query.buckets.len() - 1);
                let detail = format!("{} needs empty buckets too: 0", metric.name());
                return Err(QueryError::invalid(place, detail));
            }
            _ => {
                let detail = format!(
                    "{} goes along a series: the last bucket is a date_histogram or histogram",
                    metric.name()
                );
                return Err(QueryError::invalid(at, detail));
            }
        }
        if order.contains(&index) {
            continue;
        }
        let columns = query.metric_columns();
        let at = format!("{at}.buckets_path");
        if columns.iter().any(|column| column == path) {
            let detail = format!("\"{path}\" reads this one in turn");
            return Err(QueryError::invalid(at, detail));
        }
        let near = nearest(path, columns.iter().map(String::as_str))
            .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        let detail = format!("\"{path}\" is neither {COUNT_PATH} nor the column of a metric{near}");
        return Err(QueryError::invalid(at, detail));
    }
    Ok(())
}

impl Metric {
    /// The column it reads, where it goes along a series.
    #[must_use]
    pub fn buckets_path(&self) -> Option<&str> {
        self.parameters().buckets_path()
    }
}
