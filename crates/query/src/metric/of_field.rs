//! What a metric of one field takes that needs to be told no more: `sum`, `avg`, `min`, `max`, `median`, `value_count`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Parameters;
use crate::bucket::FilterQuery;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfField {
    /// Column id.
    pub id: String,
    /// The field it reads.
    pub field: String,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

impl Parameters for OfField {
    reads_one_field!();
}
