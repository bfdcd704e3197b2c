//! Which topics are meant, and what the cluster has of them.

use std::collections::BTreeMap;

use hailstream_engine::TopicSelector;
use regex::Regex;

use super::{PartitionId, SourceError};

/// The topics of a stream, patterns compiled.
#[derive(Debug)]
pub(super) struct Topics {
    pub(super) names: Vec<String>,
    patterns: Vec<Regex>,
}

impl Topics {
    pub(super) fn new(selectors: &[TopicSelector]) -> Result<Self, SourceError> {
        let mut topics = Self { names: Vec::new(), patterns: Vec::new() };
        for selector in selectors {
            match selector {
                TopicSelector::Name(name) => topics.names.push(name.clone()),
                TopicSelector::Regex(pattern) => {
                    topics.patterns.push(Regex::new(pattern).map_err(|error| {
                        SourceError::Pattern { pattern: pattern.clone(), detail: error.to_string() }
                    })?);
                }
            }
        }
        Ok(topics)
    }

    /// Whether the list of all topics of the cluster is needed.
    pub(super) fn has_patterns(&self) -> bool {
        !self.patterns.is_empty()
    }

    /// Whether a topic is meant. Kafka's own topics are only read when named in full.
    pub(super) fn contain(&self, topic: &str) -> bool {
        self.names.iter().any(|name| name == topic)
            || (!topic.starts_with("__")
                && self.patterns.iter().any(|pattern| pattern.is_match(topic)))
    }

    fn patterns_in_words(&self) -> String {
        self.patterns.iter().map(Regex::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// First offset there is, and the one after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) low: i64,
    pub(super) end: i64,
}

/// What the cluster has of what we want.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) partitions: BTreeMap<PartitionId, Bounds>,
    /// Why a topic cannot be read, by its name.
    pub(super) unreadable: BTreeMap<String, String>,
}

impl Survey {
    /// What is missing, in people's words; `None` when nothing is.
    pub(super) fn complaint(&self, topics: &Topics) -> Option<String> {
        if !self.unreadable.is_empty() {
            let all: Vec<_> =
                self.unreadable.iter().map(|(topic, why)| format!("topic {topic} {why}")).collect();
            return Some(all.join("; "));
        }
        (self.partitions.is_empty() && topics.has_patterns())
            .then(|| format!("no topic matches {}", topics.patterns_in_words()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_mirrored_topics_but_not_kafkas_own() {
        let selectors = [
            TopicSelector::Name("orders".to_owned()),
            TopicSelector::Regex(r"^(source\.)?taxi\..*".to_owned()),
            TopicSelector::Regex("^.*offsets$".to_owned()),
        ];
        let topics = Topics::new(&selectors).unwrap();
        let all = ["orders", "taxi.trips", "source.taxi.trips", "__consumer_offsets", "other"];
        let meant: Vec<_> = all.into_iter().filter(|topic| topics.contain(topic)).collect();
        assert_eq!(meant, ["orders", "taxi.trips", "source.taxi.trips"]);
    }

    #[test]
    fn a_wrong_pattern_is_named() {
        let error = Topics::new(&[TopicSelector::Regex("^(".to_owned())]).unwrap_err();
        assert!(error.to_string().starts_with("topics: ^( is not a regular expression"), "{error}");
    }
}
