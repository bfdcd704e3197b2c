//! Metrics: what is computed of each group. [`MetricKind`] is the registry.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A metric and the column it fills.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Column id.
    pub id: String,
    /// Which metric.
    #[serde(rename = "type")]
    pub kind: MetricKind,
    /// The field it reads; absent for `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// The metrics, with OpenSearch's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// Records in the group.
    Count,
    /// Exact sum, correctly rounded; 0 for an empty group.
    Sum,
    /// Exact sum by count; null for an empty group. Booleans count as 0 and 1.
    Avg,
    /// Smallest value; null for an empty group.
    Min,
    /// Largest value; null for an empty group.
    Max,
    /// Distinct values, exact; 0 for an empty group.
    Cardinality,
}

/// Metrics that OpenSearch has and we do not yet.
pub(crate) const NOT_YET: [&str; 12] = [
    "median",
    "std_dev",
    "percentiles",
    "percentile_ranks",
    "top_hits",
    "geo_centroid",
    "derivative",
    "cumulative_sum",
    "moving_avg",
    "serial_diff",
    "avg_bucket",
    "sum_bucket",
];
