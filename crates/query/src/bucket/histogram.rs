//! `histogram`: fixed lengths of a number. Keys: lower bound. Ascending; empties as in `date_histogram`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::QueryError;

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
    /// Only buckets with so many records; 0: empty ones between hits are rows too.
    #[serde(default)]
    pub min_doc_count: u64,
    /// With `min_doc_count: 0`: empty buckets out to these numbers too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_bounds: Option<NumberBounds>,
    /// Only buckets that touch these numbers, `max` exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_bounds: Option<NumberBounds>,
}

/// Two numbers, either of which may be open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberBounds {
    /// The lower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The upper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

impl Histogram {
    pub(super) fn check(&self, at: &str) -> Result<(), QueryError> {
        if !(self.interval > 0.0 && self.interval.is_finite()) {
            return Err(QueryError::invalid(format!("{at}.interval"), "greater than 0"));
        }
        if !self.offset.is_finite() {
            return Err(QueryError::invalid(format!("{at}.offset"), "a finite number"));
        }
        let bounds = [("extended_bounds", self.extended_bounds), ("hard_bounds", self.hard_bounds)];
        for (name, bounds) in bounds {
            let ends = bounds.and_then(|bounds| bounds.min.zip(bounds.max));
            if ends.is_some_and(|(min, max)| min > max) {
                return Err(QueryError::invalid(format!("{at}.{name}"), "min is at most max"));
            }
        }
        Ok(())
    }
}
