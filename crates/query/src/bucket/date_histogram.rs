//! `date_histogram`: fixed lengths of time. Keys: start, epoch ms. Ascending; empty buckets only between the first and
//! the last hit, and none at all with `min_doc_count: 1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::interval::Interval;

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
    /// Shifts the bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Interval>,
    /// 0: empty buckets between hits are rows too; 1: they are not.
    #[serde(default)]
    pub min_doc_count: u64,
}
