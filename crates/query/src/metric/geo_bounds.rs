//! `geo_bounds`: the box around all positions, `[west, south, east, north]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Parameters;
use crate::bucket::FilterQuery;

/// See the module's words. Null for an empty group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeoBounds {
    /// Column id.
    pub id: String,
    /// A `geo_point` field.
    pub field: String,
    /// Whether the box may cross the antimeridian (west is then greater than east) where that makes it narrower.
    #[serde(default = "yes")]
    pub wrap_longitude: bool,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

fn yes() -> bool {
    true
}

impl Parameters for GeoBounds {
    reads_one_field!();
}
