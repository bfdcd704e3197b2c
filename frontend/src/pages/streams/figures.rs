//! The server's answers about streams, read key by key, and figures in words.

use hailstream_chart::{Locale, Numbers};
use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{Format, FormatKind};
use serde_json::Value as Json;

use crate::zone;

/// Rates are means over this many seconds: what a person can read.
const MEAN_OVER: usize = 10;

/// The text under a key; empty where there is none.
pub(super) fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The number under a key.
pub(super) fn number(json: &Json, key: &str) -> Option<f64> {
    json.get(key)?.as_f64()
}

/// A counter; 0 where there is none.
pub(super) fn count(json: &Json, key: &str) -> u64 {
    json.get(key).and_then(Json::as_u64).unwrap_or(0)
}

/// The items under a key.
pub(super) fn items<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The first stream of the list that is not the server's own.
pub(super) fn first_name(list: &Json) -> Option<String> {
    let names = || list.as_array().into_iter().flatten().map(|stream| text(stream, "stream"));
    let first = names().find(|name| *name != "hailstream").or_else(|| names().next());
    first.map(str::to_owned)
}

/// A dash stands for what is not known.
pub(super) fn or_dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}

/// `448`, `0.40`, `1.2 M`.
pub(super) fn whole(value: f64) -> String {
    with(FormatKind::Number, |numbers| numbers.short(value).to_string())
}

/// A counter in full: `1,647,212`.
pub(super) fn counted(value: u64) -> String {
    written(value as f64, FormatKind::Number)
}

/// `4.2 MiB`.
pub(super) fn bytes(value: f64) -> String {
    written(value, FormatKind::Bytes)
}

/// `0.3 s`, `4 min`.
pub(super) fn duration(ms: f64) -> String {
    written(ms / 1_000.0, FormatKind::Duration)
}

/// `98 %`.
pub(super) fn percent(share: f64) -> String {
    written(share, FormatKind::Percent)
}

fn written(value: f64, kind: FormatKind) -> String {
    with(kind, |numbers| numbers.full(value))
}

fn with(kind: FormatKind, write: impl FnOnce(Numbers<'_>) -> String) -> String {
    let format = Format { kind, ..Format::default() };
    write(Numbers { format: &format, locale: Locale::default(), zone: &zone::offset_ms })
}

/// Records per second of every stream, for the last minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    streams: Vec<(String, Vec<u64>)>,
}

impl History {
    /// From the answer about the server's own stream: name, second, records. Seconds that were not told of yet are not
    /// taken for empty ones.
    pub(super) fn of(result: Option<&QueryResult>) -> Self {
        let mut history = Self::default();
        let Some(result) = result else { return history };
        let newest_ms = result.as_of.event_time_ms.unwrap_or(i64::MAX);
        for row in &result.rows {
            let [stream, time, records] = row.as_slice() else { continue };
            let Some(name) = stream.as_str() else { continue };
            if time.as_i64().is_none_or(|time| time > newest_ms) {
                continue;
            }
            let records = records.as_f64().unwrap_or(0.0) as u64;
            match history.streams.last_mut().filter(|(of, _)| of == name) {
                Some((_, seconds)) => seconds.push(records),
                None => history.streams.push((name.to_owned(), vec![records])),
            }
        }
        history
    }

    /// Seconds of a stream, oldest first.
    pub(super) fn seconds(&self, stream: &str) -> &[u64] {
        let found = self.streams.iter().find(|(name, _)| name == stream);
        found.map_or(&[], |(_, seconds)| seconds.as_slice())
    }

    /// Records per second, the mean of the last ones.
    pub(super) fn rate(&self, stream: &str) -> Option<f64> {
        let seconds = self.seconds(stream);
        let last = &seconds[seconds.len().saturating_sub(MEAN_OVER)..];
        let sum: u64 = last.iter().sum();
        (!last.is_empty()).then(|| sum as f64 / last.len() as f64)
    }
}
