//! A time range in words.

use hailstream_chart::Precision;
use hailstream_client::time_range::TimeRange;

use crate::local_time::{instant_ms, time_of_day};

/// `last 15 min`, or its two ends.
pub(crate) fn range_words(range: &TimeRange) -> String {
    if let Some(words) = range.live_words() {
        return words;
    }
    let end = |text: &str| match instant_ms(text) {
        Some(at_ms) => time_of_day(at_ms, Precision::Minute),
        None => text.to_owned(),
    };
    format!("{} to {}", end(&range.from), end(&range.to))
}
