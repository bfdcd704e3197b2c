//! `heatmap`: a cell for each pair of keys of two buckets, darker for more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `heatmap`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HeatmapParams {
    /// Bucket id of the columns; the first `date_histogram` or `histogram` or else the second bucket where empty.
    pub x: String,
    /// Bucket id of the rows; the first other bucket where empty.
    pub y: String,
    /// Metric id of the cells; the first where empty.
    pub metric: String,
    /// How values are shown.
    pub format: Format,
}
