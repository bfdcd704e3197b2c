//! Buckets: how records are grouped. One file each; [`Bucket`] is the registry.

mod date_histogram;
mod filters;
mod geotile_grid;
mod histogram;
mod terms;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use date_histogram::DateHistogram;
pub use filters::{FilterQuery, Filters};
pub use geotile_grid::GeotileGrid;
pub use histogram::Histogram;
pub use terms::{Direction, Order, Terms};

/// A bucket aggregation, with OpenSearch's names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Bucket {
    /// Fixed lengths of time.
    DateHistogram(DateHistogram),
    /// Fixed lengths of a number.
    Histogram(Histogram),
    /// The values of a field.
    Terms(Terms),
    /// Named filters; a record may match several.
    Filters(Filters),
    /// Map tiles.
    GeotileGrid(GeotileGrid),
}

/// Bucket types that OpenSearch has and we do not yet.
pub(crate) const NOT_YET: [&str; 4] = ["range", "date_range", "geohash_grid", "significant_terms"];

/// What is wrong within a bucket that cannot be read: the key below it, and serde's words. Serde itself names no place
/// inside a tagged enum, so the bucket is read again as what it says it is.
pub(crate) fn fault_within(json: &Json) -> Option<(String, String)> {
    let mut keys = json.as_object()?.clone();
    let kind = keys.remove("type")?;
    let json = Json::Object(keys);
    match kind.as_str()? {
        "date_histogram" => fault_of::<DateHistogram>(&json),
        "histogram" => fault_of::<Histogram>(&json),
        "terms" => fault_of::<Terms>(&json),
        "filters" => fault_of::<Filters>(&json),
        "geotile_grid" => fault_of::<GeotileGrid>(&json),
        _ => None,
    }
}

fn fault_of<T: DeserializeOwned>(json: &Json) -> Option<(String, String)> {
    let error = serde_path_to_error::deserialize::<_, T>(json).err()?;
    Some((error.path().to_string(), error.inner().to_string()))
}

impl Bucket {
    /// Its id: the column of its keys.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::DateHistogram(bucket) => &bucket.id,
            Self::Histogram(bucket) => &bucket.id,
            Self::Terms(bucket) => &bucket.id,
            Self::Filters(bucket) => &bucket.id,
            Self::GeotileGrid(bucket) => &bucket.id,
        }
    }

    /// The field it groups by. `None` for `filters`, and for a `date_histogram` over the stream's own time.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::DateHistogram(bucket) => bucket.field.as_deref(),
            Self::Histogram(bucket) => Some(&bucket.field),
            Self::Terms(bucket) => Some(&bucket.field),
            Self::Filters(_) => None,
            Self::GeotileGrid(bucket) => Some(&bucket.field),
        }
    }
}
