//! `date_histogram`: fixed lengths of time. Keys: start, epoch ms. Ascending; empty buckets only between the first and
//! the last hit, and none at all with `min_doc_count: 1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::interval::{Interval, auto_interval_ms};

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
    /// A calendar unit (`minute` … `year`), in the query's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_interval: Option<String>,
    /// At most so many buckets of a natural length; needs a time range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<u32>,
    /// With `auto`: never finer than this, e.g. the window of the rollup that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_interval: Option<Interval>,
    /// Shifts the bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Interval>,
    /// 0: empty buckets between hits are rows too; 1: they are not.
    #[serde(default)]
    pub min_doc_count: u64,
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
}
