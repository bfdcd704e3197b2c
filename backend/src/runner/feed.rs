//! From a source to the runners that read it. Streams on the same topics share one consumer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread::JoinHandle;

use hailstream_engine::{Clock, Mode, StreamConfig};
use hailstream_query::{Query, resolve_time};

use crate::source::{SourceEvent, StartAt, TopicSelector};

/// What reaches a runner.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// From the source.
    Source(Arc<SourceEvent>),
    /// Look at the other inputs.
    Wake,
}

/// Batches under way to a runner. When full, the source waits: Kafka is the buffer.
pub(crate) const INPUTS: usize = 8;

/// Passes everything on until the source ends; waits for the slowest runner.
pub(crate) fn forward(
    events: Receiver<SourceEvent>,
    runners: Vec<SyncSender<Input>>,
    name: &str,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(format!("feed-{name}")).spawn(move || {
        for event in events {
            let event = Arc::new(event);
            // A runner that is gone is not missed: the server is stopping, or it says itself why it ended.
            let alive = runners
                .iter()
                .filter(|runner| runner.send(Input::Source(Arc::clone(&event))).is_ok())
                .count();
            if alive == 0 {
                return;
            }
        }
    })
}

/// The stream's topics as its source takes them.
pub(crate) fn topics_of(config: &StreamConfig) -> Vec<TopicSelector> {
    let selector = |topic: &hailstream_engine::TopicSelector| match topic {
        hailstream_engine::TopicSelector::Name(name) => TopicSelector::Name(name.clone()),
        hailstream_engine::TopicSelector::Regex(pattern) => TopicSelector::Regex(pattern.clone()),
    };
    config.topics().iter().map(selector).collect()
}

/// Streams that read the same topics, by the words for those.
pub(crate) fn groups(streams: &[Arc<StreamConfig>]) -> BTreeMap<String, Vec<Arc<StreamConfig>>> {
    let mut groups = BTreeMap::<String, Vec<Arc<StreamConfig>>>::new();
    for stream in streams {
        let topics = format!("{:?}", topics_of(stream));
        groups.entry(topics).or_default().push(Arc::clone(stream));
    }
    groups
}

/// Where reading starts: far enough back for the longest range of a dashboard, where a stream is bound to the wall
/// clock and its rows do not replace each other; else at the beginning.
pub(crate) fn start_of(streams: &[Arc<StreamConfig>], standing: &[Query], now_ms: i64) -> StartAt {
    let from = streams.iter().map(|stream| start_ms(stream, standing, now_ms)).min().flatten();
    from.map_or(StartAt::Beginning, StartAt::Time)
}

/// None sorts before any time: it means the beginning.
fn start_ms(stream: &StreamConfig, standing: &[Query], now_ms: i64) -> Option<i64> {
    if stream.clock() == Clock::Stream || stream.mode() != Mode::Append {
        return None;
    }
    let of_stream = standing.iter().filter(|query| query.stream == stream.name());
    let mut earliest = None::<i64>;
    for query in of_stream {
        let from = match &query.time {
            Some(time) => resolve_time(&time.from, &time.to, now_ms, &query.zone().ok()?).ok()?.0,
            // About entities: those that are not expired.
            None => now_ms - stream.expire_ms().unwrap_or_else(|| stream.retention_ms()),
        };
        earliest = Some(earliest.map_or(from, |earliest| earliest.min(from)));
    }
    // Without dashboards nobody said how much is wanted.
    let wanted = earliest?.min(now_ms - stream.retention_ms());
    // Windows move in steps of up to a sixtieth of their length, and clocks differ.
    let margin_ms = (now_ms - wanted).max(0) / 50 + 60_000;
    Some(wanted - margin_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn stream(more: &str) -> Arc<StreamConfig> {
        let text = format!("stream: s\ntopics: [t]\nfields: {{cab: keyword}}\n{more}");
        Arc::new(StreamConfig::from_yaml(&text, "s.yaml").unwrap())
    }

    fn minutes_back(stream: &Arc<StreamConfig>, queries: &[&str]) -> String {
        let queries: Vec<Query> =
            queries.iter().map(|text| Query::from_text(text).unwrap()).collect();
        match start_of(std::slice::from_ref(stream), &queries, NOW_MS) {
            StartAt::Beginning => "beginning".to_owned(),
            StartAt::Time(time) => format!("{} s", (NOW_MS - time) / 1000),
            StartAt::Offsets(_) => "offsets".to_owned(),
        }
    }

    #[test]
    fn reading_starts_where_the_longest_range_does() {
        let hour = r#"{"stream":"s","time":{"from":"now-1h","to":"now"}}"#;
        let five = r#"{"stream":"s","time":{"from":"now-5m","to":"now"}}"#;
        let other = r#"{"stream":"t","time":{"from":"now-9d","to":"now"}}"#;
        let live = r#"{"stream":"s","over":"entities"}"#;
        let wall = stream("entity: cab\nexpire: 2h\n");
        assert_eq!(minutes_back(&wall, &[]), "beginning");
        assert_eq!(minutes_back(&wall, &[other]), "beginning");
        assert_eq!(minutes_back(&wall, &[five, other]), "978 s", "what memory keeps in any case");
        assert_eq!(minutes_back(&wall, &[five, hour]), "3732 s");
        assert_eq!(minutes_back(&wall, &[five, live]), "7404 s");
        assert_eq!(minutes_back(&stream("clock: stream\n"), &[hour]), "beginning");
        assert_eq!(minutes_back(&stream("mode: upsert\nkey: [cab]\n"), &[hour]), "beginning");
    }
}
