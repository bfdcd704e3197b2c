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
}
