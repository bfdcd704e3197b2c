//! `pie`: shares of a whole, one slice per key of the first bucket.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `pie`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PieParams {
    /// Metric id of the size; the first where empty.
    pub metric: String,
    /// A ring instead of a disc.
    pub donut: bool,
    /// Word under the sum in the middle of a donut.
    pub label: String,
    /// How values are shown.
    pub format: Format,
}

impl Default for PieParams {
    fn default() -> Self {
        Self { metric: String::new(), donut: true, label: String::new(), format: Format::default() }
    }
}
