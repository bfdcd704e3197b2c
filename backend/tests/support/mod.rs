//! A reader that collects what a source tells, with a deadline on every wait.

#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod derived;
pub(crate) mod http;
pub(crate) mod kafka;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use hailstream::source::{SourceEvent, SourceHandle, SourceOptions, spawn};
use hailstream_protocol::Gap;

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A source and all it told.
pub(crate) struct Reader {
    handle: Option<SourceHandle>,
    events: Receiver<SourceEvent>,
    pub(crate) seen: Seen,
}

/// What was told so far.
#[derive(Default)]
pub(crate) struct Seen {
    /// Topic, partition, offset, value.
    pub(crate) records: Vec<(String, i32, i64, String)>,
    /// Topic, partition, offset, complete from start.
    pub(crate) starts: Vec<(String, i32, i64, bool)>,
    pub(crate) ends: BTreeMap<(String, i32), i64>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) links: Vec<String>,
    pub(crate) is_caught_up: bool,
}

impl Reader {
    pub(crate) fn start(options: SourceOptions) -> Self {
        let (events, events_in) = sync_channel(4);
        let handle = spawn(options, events).unwrap();
        Self { handle: Some(handle), events: events_in, seen: Seen::default() }
    }

    /// Takes in whatever comes within so much time, be it nothing.
    pub(crate) fn read_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(event) =
            self.events.recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            self.seen.take(event);
        }
    }

    /// Reads until `done`, or fails telling how far it came.
    pub(crate) fn read_until(&mut self, done: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(&self.seen) {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(event) => self.seen.take(event),
                Err(RecvTimeoutError::Timeout) => panic!(
                    "still waiting: {} records, ends {:?}, links {:?}, gaps {:?}",
                    self.seen.records.len(),
                    self.seen.ends,
                    self.seen.links,
                    self.seen.gaps
                ),
                Err(RecvTimeoutError::Disconnected) => panic!("the source ended"),
            }
        }
    }

    /// Stops the source; what it had told before is taken in.
    pub(crate) fn stop(&mut self) {
        if let Some(handle) = self.handle.take() {
            handle.stop();
        }
        while let Ok(event) = self.events.try_recv() {
            self.seen.take(event);
        }
    }
}

impl Seen {
    fn take(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Started { topic, partition, offset, complete_from_start } => {
                self.starts.push((topic.to_string(), partition, offset, complete_from_start));
            }
            SourceEvent::Batch(batch) => {
                for record in &batch.records {
                    let value = batch.slice(record.value.as_ref()).unwrap_or_default();
                    self.records.push((
                        batch.topics[usize::from(record.topic)].to_string(),
                        record.partition,
                        record.offset,
                        String::from_utf8(value.to_vec()).unwrap(),
                    ));
                }
            }
            SourceEvent::Ends(ends) => {
                for (topic, partition, end) in ends {
                    self.ends.insert((topic.to_string(), partition), end);
                }
            }
            SourceEvent::CaughtUp => self.is_caught_up = true,
            SourceEvent::Gap(gap) => self.gaps.push(gap),
            SourceEvent::Connected => self.links.push("connected".to_owned()),
            SourceEvent::Disconnected { why } => self.links.push(format!("disconnected: {why}")),
            SourceEvent::Failed { why } => self.links.push(format!("failed: {why}")),
        }
    }

    /// The values, as numbers, sorted.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> =
            self.records.iter().map(|(_, _, _, value)| value.parse().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    }

    pub(crate) fn topics(&self) -> Vec<&str> {
        let mut topics: Vec<&str> = self.records.iter().map(|(topic, ..)| topic.as_str()).collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// Each partition's offsets run from 0 without a hole, in order, none twice.
    pub(crate) fn assert_offsets_without_holes(&self) {
        let mut next: BTreeMap<(&str, i32), i64> = BTreeMap::new();
        for (topic, partition, offset, _) in &self.records {
            let expected = next.entry((topic, *partition)).or_insert(0);
            assert_eq!(offset, expected, "{topic} {partition}");
            *expected += 1;
        }
    }
}
