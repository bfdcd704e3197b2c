//! `date_histogram`: lengths of time, fixed or of the calendar. Keys: start, epoch ms. Ascending; empty buckets only
//! between the first and the last hit (or out to `extended_bounds`), and none at all with `min_doc_count: 1`.
//!
//! Buckets begin where the clocks of the zone say so: a day has 23 or 25 hours where they change.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::date_math::{TimePoint, resolve_first};
use crate::error::QueryError;
use crate::interval::{CalendarUnit, Interval, Offset, auto_interval_ms};
use crate::model::Query;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DateHistogram {
    /// Column id.
    pub id: String,
    /// A date field; the stream's event time where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Length of a bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_interval: Option<Interval>,
    /// A unit of the calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_interval: Option<CalendarUnit>,
    /// At most so many buckets of a natural length; needs a time range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<u32>,
    /// With `auto`: never finer than this, e.g. the window of the rollup that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_interval: Option<Interval>,
    /// IANA name of the zone in which buckets begin; the query's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Shifts the bounds, e.g. `+6h` for days that begin at six, `-30m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    /// Only buckets with so many records; 0: empty ones between hits are rows too.
    #[serde(default)]
    pub min_doc_count: u64,
    /// With `min_doc_count: 0`: empty buckets out to these times too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_bounds: Option<TimeBounds>,
    /// Only buckets that touch these times, `max` exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_bounds: Option<TimeBounds>,
}

/// Two points in time, either of which may be open. `now` is the stream's clock in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeBounds {
    /// The earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<TimePoint>,
    /// The later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<TimePoint>,
}

impl TimeBounds {
    /// Both ends, epoch ms, when the clock says `now_ms`.
    ///
    /// # Errors
    /// Words that say what is no time.
    pub fn resolve(
        &self,
        now_ms: i64,
        zone: &TimeZone,
    ) -> Result<(Option<i64>, Option<i64>), String> {
        let now_ms = now_ms.div_euclid(1_000) * 1_000;
        let end = |point: &Option<TimePoint>| {
            point.as_ref().map(|point| resolve_first(point, now_ms, zone)).transpose()
        };
        Ok((end(&self.min)?, end(&self.max)?))
    }

    fn moves(&self) -> bool {
        [&self.min, &self.max].into_iter().flatten().any(TimePoint::is_relative)
    }
}

impl DateHistogram {
    /// Length of a bucket in milliseconds for a time range of `range_ms`. `None` only for a calendar interval.
    #[must_use]
    pub fn interval_ms(&self, range_ms: i64) -> Option<i64> {
        if let Some(fixed) = self.fixed_interval {
            return Some(fixed.millis());
        }
        let at_least = self.minimum_interval.map_or(1, Interval::millis);
        self.auto.map(|buckets| auto_interval_ms(range_ms, buckets).max(at_least))
    }

    /// Whether its lengths or bounds move with the clock.
    #[must_use]
    pub fn moves(&self) -> bool {
        let bounds = [&self.extended_bounds, &self.hard_bounds];
        self.auto.is_some() || bounds.into_iter().flatten().any(TimeBounds::moves)
    }

    pub(super) fn check(&self, at: &str, query: &Query) -> Result<(), QueryError> {
        let wrong = |key: &str, words: &str| Err(QueryError::invalid(format!("{at}{key}"), words));
        let given =
            [self.fixed_interval.is_some(), self.calendar_interval.is_some(), self.auto.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            let words =
                "a date_histogram has exactly one of fixed_interval, calendar_interval, auto";
            return wrong("", words);
        }
        if self.minimum_interval.is_some() && self.auto.is_none() {
            return wrong(".minimum_interval", "goes with auto only");
        }
        if self.auto == Some(0) {
            return wrong(".auto", "at least one bucket");
        }
        if self.auto.is_some() && query.time.is_none() {
            return wrong(".auto", "auto needs a time range");
        }
        let zone = query
            .zone_of(self.time_zone.as_deref())
            .map_err(|error| QueryError { at: format!("{at}.{}", error.at), ..error })?;
        let bounds =
            [("extended_bounds", &self.extended_bounds), ("hard_bounds", &self.hard_bounds)];
        for (name, bounds) in bounds {
            let Some(bounds) = bounds else { continue };
            let ends = bounds.resolve(1_600_000_000_000, &zone);
            let (min, max) =
                ends.map_err(|words| QueryError::invalid(format!("{at}.{name}"), words))?;
            if min.zip(max).is_some_and(|(min, max)| min > max) {
                return wrong(&format!(".{name}"), "min is at most max");
            }
        }
        Ok(())
    }
}
