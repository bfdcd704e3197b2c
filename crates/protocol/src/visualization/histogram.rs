//! `histogram`: vertical bars over a `date_histogram`, `histogram` or `terms` bucket, split by a second one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `histogram`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HistogramParams {
    /// Bucket id of the x axis; the first `date_histogram` or else the first bucket where empty.
    pub x: String,
    /// Bucket id that splits bars; the first other bucket where empty.
    pub series: String,
    /// Metric id of the height; the first where empty.
    pub metric: String,
    /// How split bars stand.
    pub mode: BarMode,
    /// How values are shown.
    pub format: Format,
    /// How numbers of the x axis are shown.
    pub x_format: Format,
}

/// How split bars stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BarMode {
    /// On top of each other.
    #[default]
    Stacked,
    /// Beside each other.
    Grouped,
}
