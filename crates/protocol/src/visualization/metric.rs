//! `metric`: one number, with a sparkline from the extra query `sparkline` (a `date_histogram` and one metric).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `metric`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MetricParams {
    /// Metric id to show; the first where empty.
    pub metric: String,
    /// How the number is shown.
    pub format: Format,
    /// Words under the number.
    pub note: String,
    /// How the number differs from that of the extra query `before`, shown under it.
    pub change: Option<Change>,
}

/// A difference to an earlier number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// How it is shown.
    pub kind: ChangeKind,
    /// Which way is good.
    pub good: Good,
    /// What it is compared with, e.g. `vs the 5 min before`.
    pub label: String,
}

/// How a difference is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// In percent of the earlier number.
    #[default]
    Percent,
    /// In the number's own format; of percentages, in points.
    Difference,
}

/// Which way a number should go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Good {
    /// More is better.
    #[default]
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neither,
}
