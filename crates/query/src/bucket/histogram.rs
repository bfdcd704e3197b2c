//! `histogram`: fixed lengths of a number. Keys: lower bound. Ascending; empties as in `date_histogram`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Histogram {
    /// Column id.
    pub id: String,
    /// A numeric field.
    pub field: String,
    /// Length of a bucket, greater than 0.
    pub interval: f64,
    /// Shifts the bounds; within 0 and `interval`.
    #[serde(default)]
    pub offset: f64,
    /// 0: empty buckets between hits are rows too; 1: they are not.
    #[serde(default)]
    pub min_doc_count: u64,
}
