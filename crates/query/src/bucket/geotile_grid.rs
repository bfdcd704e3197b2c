//! `geotile_grid`: map tiles (web mercator). Keys `z/x/y`; count descending, ties by key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{check_cells, most_cells};
use crate::error::QueryError;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeotileGrid {
    /// Column id.
    pub id: String,
    /// A `geo_point` field.
    pub field: String,
    /// Zoom, 0 to 29.
    #[serde(default = "default_precision")]
    pub precision: u8,
    /// How many tiles are shown.
    #[serde(default = "most_cells")]
    pub size: u32,
    /// Only tiles that touch `[west, south, east, north]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
}

impl GeotileGrid {
    pub(super) fn check(&self, at: &str) -> Result<(), QueryError> {
        check_cells(at, self.size, self.precision, 0..=29)
    }
}

fn default_precision() -> u8 {
    7
}
