//! `geotile_grid`: map tiles (web mercator). Keys `z/x/y`; count descending, ties by key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::QueryError;
use crate::validate::size as check_size;

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
    #[serde(default = "default_size")]
    pub size: u32,
    /// Only tiles that touch `[west, south, east, north]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
}

impl GeotileGrid {
    pub(super) fn check(&self, at: &str) -> Result<(), QueryError> {
        check_size(&format!("{at}.size"), self.size)?;
        if self.precision > 29 {
            let words = "between 0 and 29";
            return Err(QueryError::invalid(format!("{at}.precision"), words));
        }
        Ok(())
    }
}

fn default_precision() -> u8 {
    7
}

fn default_size() -> u32 {
    10_000
}
