//! Buckets: how records are grouped. One file each; [`Bucket`] is the registry.

mod date_histogram;
mod date_range;
mod filters;
mod geohash_grid;
mod geotile_grid;
mod histogram;
mod ip_range;
mod pattern;
mod range;
mod terms;

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use date_histogram::{DateHistogram, TimeBounds};
pub use date_range::{DateRange, ResolvedStretch, TimeStretch};
pub use filters::{FilterQuery, Filters};
pub use geohash_grid::GeohashGrid;
pub use geotile_grid::GeotileGrid;
pub use histogram::{Histogram, NumberBounds};
pub use ip_range::{AddressRange, IpRange, address_number};
pub use pattern::Keys;
pub use range::{NumberRange, Range};
pub use terms::{Direction, Order, Terms};

use crate::error::QueryError;
use crate::model::Query;
use crate::validate::size as check_size;

/// Ranges of one bucket at most.
const MAX_RANGES: usize = 1_000;

/// A bucket aggregation, with OpenSearch's names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Bucket {
    /// Lengths of time.
    DateHistogram(DateHistogram),
    /// Named stretches of time.
    DateRange(DateRange),
    /// Fixed lengths of a number.
    Histogram(Histogram),
    /// The values of a field.
    Terms(Terms),
    /// Named filters; a record may match several.
    Filters(Filters),
    /// Named stretches of a number.
    Range(Range),
    /// Named stretches of addresses.
    IpRange(IpRange),
    /// Map tiles.
    GeotileGrid(GeotileGrid),
    /// Cells of geohashes.
    GeohashGrid(GeohashGrid),
}

/// Bucket types that OpenSearch has and we do not yet.
pub(crate) const NOT_YET: [&str; 2] = ["significant_terms", "rare_terms"];

/// What is wrong within a bucket that cannot be read: the key below it, and serde's words. Serde itself names no place
/// inside a tagged enum, so the bucket is read again as what it says it is.
pub(crate) fn fault_within(json: &Json) -> Option<(String, String)> {
    let mut keys = json.as_object()?.clone();
    let kind = keys.remove("type")?;
    let json = Json::Object(keys);
    match kind.as_str()? {
        "date_histogram" => fault_of::<DateHistogram>(&json),
        "date_range" => fault_of::<DateRange>(&json),
        "range" => fault_of::<Range>(&json),
        "ip_range" => fault_of::<IpRange>(&json),
        "geohash_grid" => fault_of::<GeohashGrid>(&json),
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
            Self::DateRange(bucket) => &bucket.id,
            Self::Range(bucket) => &bucket.id,
            Self::IpRange(bucket) => &bucket.id,
            Self::GeohashGrid(bucket) => &bucket.id,
            Self::Histogram(bucket) => &bucket.id,
            Self::Terms(bucket) => &bucket.id,
            Self::Filters(bucket) => &bucket.id,
            Self::GeotileGrid(bucket) => &bucket.id,
        }
    }

    /// The field it groups by. `None` for `filters`, and for times that are the stream's own.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::DateHistogram(bucket) => bucket.field.as_deref(),
            Self::DateRange(bucket) => bucket.field.as_deref(),
            Self::Range(bucket) => Some(&bucket.field),
            Self::IpRange(bucket) => Some(&bucket.field),
            Self::GeohashGrid(bucket) => Some(&bucket.field),
            Self::Histogram(bucket) => Some(&bucket.field),
            Self::Terms(bucket) => Some(&bucket.field),
            Self::Filters(_) => None,
            Self::GeotileGrid(bucket) => Some(&bucket.field),
        }
    }

    /// What a bucket that reads well must also satisfy. Filters are checked where all filters are.
    pub(crate) fn check(&self, at: &str, query: &Query) -> Result<(), QueryError> {
        match self {
            Self::DateHistogram(bucket) => bucket.check(at, query),
            Self::DateRange(bucket) => bucket.check(at, query),
            Self::Histogram(bucket) => bucket.check(at),
            Self::Terms(bucket) => bucket.check(at, query),
            Self::Filters(_) => Ok(()),
            Self::Range(bucket) => bucket.check(at),
            Self::IpRange(bucket) => bucket.check(at),
            Self::GeotileGrid(bucket) => bucket.check(at),
            Self::GeohashGrid(bucket) => bucket.check(at),
        }
    }
}

/// Cells of a grid that are shown where no size is given.
fn most_cells() -> u32 {
    10_000
}

/// What is checked of every grid.
fn check_cells(
    at: &str,
    size: u32,
    precision: u8,
    precisions: RangeInclusive<u8>,
) -> Result<(), QueryError> {
    check_size(&format!("{at}.size"), size)?;
    if precisions.contains(&precision) {
        return Ok(());
    }
    let words = format!("between {} and {}", precisions.start(), precisions.end());
    Err(QueryError::invalid(format!("{at}.precision"), words))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Query;

    #[test]
    fn errors_in_buckets_name_the_place_and_near_names() {
        let terms = |extra: serde_json::Value| {
            let mut bucket = json!({"id": "b", "type": "terms", "field": "status"});
            bucket.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            json!({"stream": "s", "buckets": [bucket]})
        };
        for (json, want) in [
            (
                terms(json!({"order": {"by": "_cout"}})),
                "buckets[0].order.by: \"_cout\" is neither _count, _key nor the column of a metric; \
                 did you mean `_count`?",
            ),
            (
                terms(json!({"include": "a("})),
                "buckets[0].include: /a(/ cannot be read: unclosed group",
            ),
            (terms(json!({"exclude": 3})), "buckets[0].exclude: data did not match"),
            (
                terms(json!({"type": "range", "ranges": [{"from": 3, "to": 2}]})),
                "buckets[0].ranges[0]: the range ends before it starts",
            ),
            (
                terms(json!({"type": "range", "ranges": [{"to": 2}, {"to": 2.0}]})),
                "buckets[0].ranges[1].key: key \"*-2.0\" is taken",
            ),
            (
                terms(json!({"type": "range", "ranges": [{"form": 2}]})),
                "buckets[0].ranges[0].form: unknown field `form`, expected one of `from`, `to`, `key`; did you mean `from`?",
            ),
            (
                terms(json!({"type": "date_range", "ranges": [{"from": "tomorrow"}]})),
                "buckets[0].ranges[0].from: \"tomorrow\" is not a time",
            ),
            (
                terms(
                    json!({"type": "date_range", "time_zone": "Mars", "ranges": [{"to": "now"}]}),
                ),
                "buckets[0].time_zone: \"Mars\" is not an IANA time zone",
            ),
            (
                terms(json!({"type": "ip_range", "ranges": [{"mask": "10.0.0.0"}]})),
                "buckets[0].ranges[0]: \"10.0.0.0\" is not a network",
            ),
            (
                terms(json!({"type": "date_histogram", "calendar_interval": "mont"})),
                "buckets[0].calendar_interval: \"mont\" is not a unit of the calendar: expected one of minute, hour, day, \
                 week, month, quarter, year; did you mean `month`?",
            ),
            (
                terms(json!({"type": "date_histogram", "fixed_interval": "1h", "offset": "6"})),
                "buckets[0].offset: \"6\" is not a length of time",
            ),
            (
                terms(json!({"type": "geohash_grid", "precision": 13})),
                "buckets[0].precision: between 1 and 12",
            ),
        ] {
            let got = Query::from_json(&json).unwrap_err().to_string();
            assert!(got.contains(want), "{json}\n got {got}\nwant {want}");
        }
    }
}
