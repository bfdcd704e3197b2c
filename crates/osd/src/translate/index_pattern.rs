//! `index-pattern`: the stream it stands for, and what it says of fields.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Context, Halt, Made, Ours};
use crate::embedded::{EmbeddedError, embedded_list, embedded_map};
use crate::loose;
use crate::read::RawObject;

/// What an index pattern says of its fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pattern {
    /// The field of the time range.
    pub(crate) time_field: Option<String>,
    /// Fields whose values are written in a way of their own.
    pub(crate) formatted: BTreeSet<String>,
    /// Fields that a script works out.
    pub(crate) scripted: BTreeSet<String>,
    /// Fields that are known not to be text.
    pub(crate) not_text: BTreeSet<String>,
    /// Fields that are known to be dates.
    pub(crate) dates: BTreeSet<String>,
}

impl Pattern {
    pub(crate) fn read(object: &RawObject) -> Result<Self, EmbeddedError> {
        let fields = embedded_list(object, "fields")?;
        let named = |wanted: &dyn Fn(&Json) -> bool| -> BTreeSet<String> {
            let found = fields.iter().filter(|field| wanted(field));
            found.filter_map(|field| Some(field.get("name")?.as_str()?.to_owned())).collect()
        };
        let time_field = object.attribute("timeFieldName").and_then(loose::text);
        Ok(Self {
            time_field: time_field.map(ToOwned::to_owned),
            formatted: embedded_map(object, "fieldFormatMap")?.keys().cloned().collect(),
            scripted: named(&|field| field.get("scripted").and_then(loose::flag) == Some(true)),
            dates: named(&|field| field.get("type").is_some_and(|kind| kind == "date")),
            not_text: named(&|field| {
                field.get("type").and_then(Json::as_str).is_some_and(|kind| kind != "string")
            }),
        })
    }
}

pub(super) fn made(object: &RawObject, context: &Context<'_>) -> Result<Made, Halt> {
    let pattern = context.pattern(object.id())?;
    let stream = context.stream_of(object.title())?;
    let formatted = pattern.formatted.iter().map(|field| format!("fieldFormatMap.{field}"));
    let scripted = pattern.scripted.iter().map(|field| format!("fields.{field}.script"));
    Ok(Made {
        ours: Ours::Stream(stream),
        ignored: formatted.chain(scripted).collect(),
        notes: Vec::new(),
    })
}

/// The plain rule by which an index pattern means a stream, by name: the stream of the pattern's title; else the stream whose name its
/// `*` match (of several the shortest name, then the first in the order of letters); else the stream whose name is the title
/// without its last `*` and what joins it (`logs-*` is `logs`). A title may list several, `a-*,b-*`: the first that finds one counts.
#[must_use]
pub fn stream_by_name(title: &str, streams: &[&str]) -> Option<String> {
    title.split(',').map(str::trim).filter(|one| !one.is_empty()).find_map(|one| {
        let stem = one.trim_end_matches(['*', '-', '_', '.']);
        let exact = streams.iter().find(|stream| **stream == one);
        let matching = || {
            let found = streams.iter().filter(|stream| matches(one, stream));
            found.min_by_key(|stream| (stream.len(), **stream))
        };
        let stemmed = || streams.iter().find(|stream| one.ends_with('*') && **stream == stem);
        let found = exact.or_else(matching).or_else(stemmed)?;
        Some((*found).to_owned())
    })
}

/// Whether a name is what a pattern with `*` says.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_streams_by_name() {
        let streams = ["logs", "logs-web", "logs-api", "metrics.cpu"];
        for (title, want) in [
            ("logs", Some("logs")),
            ("logs-*", Some("logs-api")),
            ("log*", Some("logs")),
            ("metrics-*", None),
            ("metrics.cpu-*", Some("metrics.cpu")),
            ("*.cpu", Some("metrics.cpu")),
            ("nothing-*, *web", Some("logs-web")),
            ("", None),
            ("other", None),
        ] {
            assert_eq!(stream_by_name(title, &streams).as_deref(), want, "{title}");
        }
    }
}
