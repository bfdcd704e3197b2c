//! Which streams index patterns mean: what somebody said, else what their names say.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use hailstream_osd::stream_by_name;
use hailstream_query::nearest;
use schemars::JsonSchema;
use serde::Serialize;

use super::store::Patterns;

/// Streams that are offered for a pattern.
const NEAR: usize = 3;

/// An index pattern that an import named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PatternInfo {
    /// Its title, or its id where only that was met.
    pub(crate) pattern: String,
    /// The stream that it means; null where none does.
    pub(crate) stream: Option<String>,
    /// Whether somebody said so; otherwise its name does.
    pub(crate) stated: bool,
    /// Whether there is such a stream.
    pub(crate) found: bool,
    /// Streams of similar names, the nearest first.
    pub(crate) near: Vec<String>,
}

/// What index patterns mean, and which were asked for.
pub(super) struct Meanings<'a> {
    stated: BTreeMap<String, String>,
    streams: Vec<&'a str>,
    met: RefCell<BTreeSet<String>>,
}

impl<'a> Meanings<'a> {
    pub(super) fn new(patterns: &Patterns, streams: &'a [String]) -> Self {
        let stated =
            patterns.iter().filter_map(|(pattern, of)| Some((pattern.clone(), of.clone()?)));
        let streams = streams.iter().map(String::as_str).collect();
        Self { stated: stated.collect(), streams, met: RefCell::default() }
    }

    /// The stream that a pattern means.
    pub(super) fn stream_of(&self, pattern: &str) -> Option<String> {
        self.met.borrow_mut().insert(pattern.to_owned());
        let stated = self.stated.get(pattern).cloned();
        stated.or_else(|| stream_by_name(pattern, &self.streams))
    }

    /// The patterns that were asked for.
    pub(super) fn met(&self) -> BTreeSet<String> {
        self.met.borrow().clone()
    }
}

/// What is told of patterns, by name.
pub(super) fn told(patterns: &Patterns, streams: &[String]) -> Vec<PatternInfo> {
    let meanings = Meanings::new(patterns, streams);
    let told = patterns.iter().map(|(pattern, stated)| {
        let stream = meanings.stream_of(pattern);
        PatternInfo {
            pattern: pattern.clone(),
            found: stream.as_ref().is_some_and(|stream| streams.contains(stream)),
            stream,
            stated: stated.is_some(),
            near: near(pattern, streams),
        }
    });
    told.collect()
}

fn near(pattern: &str, streams: &[String]) -> Vec<String> {
    let stem = pattern.trim_end_matches(['*', '-', '_', '.']);
    let mut left: Vec<&str> = streams.iter().map(String::as_str).collect();
    let mut near = Vec::new();
    while near.len() < NEAR
        && let Some(next) = nearest(stem, left.iter().copied())
    {
        left.retain(|stream| *stream != next);
        near.push(next.to_owned());
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_said_counts_before_names() {
        let streams = ["logs", "logs-web", "metrics"].map(str::to_owned).to_vec();
        let stated = |stream: Option<&str>| stream.map(ToOwned::to_owned);
        let patterns = Patterns::from([
            ("logs-*".to_owned(), stated(None)),
            ("old-*".to_owned(), stated(Some("metrics"))),
            ("gone-*".to_owned(), stated(Some("gone"))),
            ("1b2c".to_owned(), stated(None)),
        ]);
        let told = told(&patterns, &streams);
        let told: Vec<_> = told
            .iter()
            .map(|of| {
                (of.pattern.as_str(), of.stream.as_deref(), of.stated, of.found, of.near.join(" "))
            })
            .collect();
        let none = String::new;
        assert_eq!(
            told,
            [
                ("1b2c", None, false, false, none()),
                ("gone-*", Some("gone"), true, false, none()),
                ("logs-*", Some("logs-web"), false, true, "logs logs-web".to_owned()),
                ("old-*", Some("metrics"), true, true, none()),
            ]
        );
    }
}
