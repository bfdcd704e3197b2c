//! `range`: named stretches of a number, in the order given, empty ones kept. A record counts in each that one of its
//! values lies in: `from` inclusive, `to` exclusive, either may be open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::QueryError;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Column id.
    pub id: String,
    /// A numeric field; booleans count as 0 and 1.
    pub field: String,
    /// The stretches.
    pub ranges: Vec<NumberRange>,
}

/// A stretch of a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberRange {
    /// First number inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// First number outside again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// Its key in rows; `from-to` where absent, as OpenSearch writes it: `*-10.0`, `10.0-20.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl NumberRange {
    /// The key in rows.
    #[must_use]
    pub fn label(&self) -> String {
        label(self.key.as_deref(), self.from.map(java_double), self.to.map(java_double))
    }

    /// Whether a number lies inside.
    #[must_use]
    pub fn contains(&self, number: f64) -> bool {
        self.from.is_none_or(|from| number >= from) && self.to.is_none_or(|to| number < to)
    }
}

impl Range {
    pub(super) fn check(&self, at: &str) -> Result<(), QueryError> {
        for (index, range) in self.ranges.iter().enumerate() {
            if range.from.zip(range.to).is_some_and(|(from, to)| from > to) {
                let at = format!("{at}.ranges[{index}]");
                return Err(QueryError::invalid(at, "the range ends before it starts"));
            }
        }
        check_labels(at, self.ranges.iter().map(NumberRange::label))
    }
}

/// The key given, or both ends with `*` for an open one.
pub(super) fn label(key: Option<&str>, from: Option<String>, to: Option<String>) -> String {
    let end = |end: Option<String>| end.unwrap_or_else(|| "*".to_owned());
    key.map_or_else(|| format!("{}-{}", end(from), end(to)), str::to_owned)
}

/// At least one range, and no two of one key.
pub(super) fn check_labels(
    at: &str,
    labels: impl Iterator<Item = String>,
) -> Result<(), QueryError> {
    let mut seen = std::collections::BTreeSet::new();
    for (index, label) in labels.enumerate() {
        if index >= super::MAX_RANGES {
            let words = format!("at most {} ranges", super::MAX_RANGES);
            return Err(QueryError::invalid(format!("{at}.ranges"), words));
        }
        if !seen.insert(label.clone()) {
            let at = format!("{at}.ranges[{index}].key");
            return Err(QueryError::invalid(at, format!("key \"{label}\" is taken")));
        }
    }
    if seen.is_empty() {
        return Err(QueryError::invalid(format!("{at}.ranges"), "at least one range"));
    }
    Ok(())
}

/// A number as Java's `Double.toString` writes it, which OpenSearch's keys are made of.
fn java_double(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
            Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
            None => text,
        };
    }
    format!("{number:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_opensearchs() {
        for (from, to, want) in [
            (None, Some(10.0), "*-10.0"),
            (Some(10.0), Some(20.5), "10.0-20.5"),
            (Some(1e7), None, "1.0E7-*"),
            (Some(-12_345_678.9), Some(0.0001), "-1.23456789E7-1.0E-4"),
            (Some(9_999_999.0), Some(0.001), "9999999.0-0.001"),
            (None, None, "*-*"),
        ] {
            assert_eq!(NumberRange { from, to, key: None }.label(), want);
        }
    }
}
