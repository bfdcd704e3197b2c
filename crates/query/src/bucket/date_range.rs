//! `date_range`: named stretches of time, in the order given, empty ones kept. Ends are epoch ms, ISO 8601 or date math;
//! both round down, for `to` is the first instant outside. `now` is the stream's clock in whole seconds.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::range::{check_labels, label};
use crate::date_math::{TimePoint, resolve_first};
use crate::error::QueryError;
use crate::model::Query;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DateRange {
    /// Column id.
    pub id: String,
    /// A date field; the stream's event time where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// IANA name of the zone that rounds and in which keys are written; the query's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The stretches.
    pub ranges: Vec<TimeStretch>,
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeStretch {
    /// First instant inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TimePoint>,
    /// First instant outside again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TimePoint>,
    /// Its key in rows; `from-to` in ISO 8601 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A stretch of time at one moment: epoch ms, `to_ms` exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedStretch {
    /// First instant inside.
    pub from_ms: Option<i64>,
    /// First instant outside again.
    pub to_ms: Option<i64>,
    /// Its key in rows.
    pub key: String,
}

impl ResolvedStretch {
    /// Whether an instant lies inside.
    #[must_use]
    pub fn contains(&self, at_ms: i64) -> bool {
        self.from_ms.is_none_or(|from| at_ms >= from) && self.to_ms.is_none_or(|to| at_ms < to)
    }
}

impl DateRange {
    /// The stretches when the clock says `now_ms`.
    ///
    /// # Errors
    /// Which range, and what is wrong with it.
    pub fn resolve(&self, query: &Query, now_ms: i64) -> Result<Vec<ResolvedStretch>, QueryError> {
        let zone = query.zone_of(self.time_zone.as_deref())?;
        let now_ms = now_ms.div_euclid(1_000) * 1_000;
        let resolved = self.ranges.iter().enumerate().map(|(index, range)| {
            let end = |point: &Option<TimePoint>, name: &str| {
                let at = format!("ranges[{index}].{name}");
                let resolved = point.as_ref().map(|point| resolve_first(point, now_ms, &zone));
                resolved.transpose().map_err(|words| QueryError::invalid(at, words))
            };
            let (from_ms, to_ms) = (end(&range.from, "from")?, end(&range.to, "to")?);
            let written = |ms: Option<i64>| ms.map(|ms| written(ms, &zone));
            let key = label(range.key.as_deref(), written(from_ms), written(to_ms));
            Ok(ResolvedStretch { from_ms, to_ms, key })
        });
        resolved.collect()
    }

    pub(super) fn check(&self, at: &str, query: &Query) -> Result<(), QueryError> {
        let placed = |error: QueryError| QueryError { at: format!("{at}.{}", error.at), ..error };
        let ranges = self.resolve(query, 1_600_000_000_000).map_err(placed)?;
        check_labels(at, ranges.into_iter().map(|range| range.key))
    }

    /// Whether any end moves with the clock.
    #[must_use]
    pub fn moves(&self) -> bool {
        let ends = self.ranges.iter().flat_map(|range| [&range.from, &range.to]);
        ends.flatten().any(TimePoint::is_relative)
    }
}

/// ISO 8601 with milliseconds and the zone's offset.
fn written(ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else { return ms.to_string() };
    let at = at.to_zoned(zone.clone());
    let offset = if at.offset().is_zero() { "Z" } else { "%:z" };
    at.strftime(&format!("%Y-%m-%dT%H:%M:%S%.3f{offset}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_round_down_in_their_zone() {
        let query: Query = serde_json::from_str(r#"{"stream":"s"}"#).unwrap();
        let bucket: DateRange = serde_json::from_str(
            r#"{"id":"b","time_zone":"Europe/Prague","ranges":[{"to":"now-1d/d"},{"from":"2026-03-29","to":"now/d"},
                {"from":"2026-03-29T10:00:00Z||+1M/M","key":"later"}]}"#,
        )
        .unwrap();
        // 2026-03-30T10:00:00.5Z: the day before had 23 hours.
        let keys: Vec<String> =
            bucket.resolve(&query, 1_774_864_800_500).unwrap().into_iter().map(|r| r.key).collect();
        assert_eq!(
            keys,
            [
                "*-2026-03-29T00:00:00.000+01:00",
                "2026-03-29T00:00:00.000+01:00-2026-03-30T00:00:00.000+02:00",
                "later"
            ]
        );
    }
}
