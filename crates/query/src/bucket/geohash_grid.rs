//! `geohash_grid`: cells of geohashes. Keys: geohashes; count descending, ties by key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{check_cells, most_cells};
use crate::error::QueryError;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeohashGrid {
    /// Column id.
    pub id: String,
    /// A `geo_point` field.
    pub field: String,
    /// Characters of a geohash, 1 to 12.
    #[serde(default = "default_precision")]
    pub precision: u8,
    /// How many cells are shown.
    #[serde(default = "most_cells")]
    pub size: u32,
    /// Only cells that touch `[west, south, east, north]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
}

impl GeohashGrid {
    pub(super) fn check(&self, at: &str) -> Result<(), QueryError> {
        check_cells(at, self.size, self.precision, 1..=12)
    }
}

fn default_precision() -> u8 {
    5
}
