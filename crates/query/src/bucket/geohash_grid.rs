//! `geohash_grid`: cells of geohashes. Keys: geohashes; count descending, ties by key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::QueryError;
use crate::validate::size as check_size;

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
    #[serde(default = "default_size")]
    pub size: u32,
    /// Only cells that touch `[west, south, east, north]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
}

impl GeohashGrid {
    pub(super) fn check(&self, at: &str) -> Result<(), QueryError> {
        check_size(&format!("{at}.size"), self.size)?;
        if !(1..=12).contains(&self.precision) {
            let words = "between 1 and 12";
            return Err(QueryError::invalid(format!("{at}.precision"), words));
        }
        Ok(())
    }
}

fn default_precision() -> u8 {
    5
}

fn default_size() -> u32 {
    10_000
}
