//! Refused records on their way out: to the stream's dead-letter topic, if it names one, and sampled into the log.

use std::collections::BTreeMap;

use hailstream_engine::{DeadLetter, RawRecord};
use serde::Serialize;

use crate::source::SourceError;
use crate::source::producer::{Producer, Record};

/// One line of log per reason and this time.
const LOG_EVERY_MS: i64 = 10_000;
/// Header with the coordinates and the reason.
const HEADER: &str = "hailstream.dead_letter";

/// The header's content.
#[derive(Serialize)]
struct Coordinates<'a> {
    stream: &'a str,
    topic: &'a str,
    partition: i32,
    offset: i64,
    reason: &'a str,
    detail: &'a str,
}

#[derive(Default)]
struct Reason {
    logged_ms: i64,
    /// Not logged since.
    unlogged: u64,
}

/// The way out of one stream.
pub(super) struct DeadLetters {
    stream: String,
    topic: Option<(String, Producer)>,
    reasons: BTreeMap<&'static str, Reason>,
    /// Letters that the topic could not take.
    lost: u64,
}

impl DeadLetters {
    pub(super) fn new(
        stream: &str,
        topic: Option<&str>,
        kafka: &BTreeMap<String, String>,
    ) -> Result<Self, SourceError> {
        let topic = match topic {
            Some(topic) => Some((topic.to_owned(), Producer::new(kafka)?)),
            None => None,
        };
        Ok(Self { stream: stream.to_owned(), topic, reasons: BTreeMap::new(), lost: 0 })
    }

    /// Sends and logs; never waits. `records` are those that the letters' indices mean.
    pub(super) fn take(&mut self, letters: &[DeadLetter], records: &[RawRecord<'_>], now_ms: i64) {
        for letter in letters {
            self.log(letter, now_ms);
            if let Some(record) = records.get(letter.index) {
                self.send(letter, record);
            }
        }
    }

    fn send(&mut self, letter: &DeadLetter, record: &RawRecord<'_>) {
        let Some((topic, producer)) = &self.topic else { return };
        let coordinates = Coordinates {
            stream: &self.stream,
            topic: &letter.topic,
            partition: letter.partition,
            offset: letter.offset,
            reason: letter.reason,
            detail: &letter.detail,
        };
        let header = serde_json::to_vec(&coordinates).unwrap_or_default();
        let sent = producer.try_send(Record {
            topic,
            key: record.key,
            value: record.value,
            timestamp_ms: record.timestamp_ms,
            header: Some((HEADER, &header)),
        });
        if let Err(error) = sent {
            self.lost += 1;
            if self.lost.is_power_of_two() {
                tracing::error!(stream = %self.stream, %topic, lost = self.lost, %error, "dead letters are lost");
            }
        }
    }

    fn log(&mut self, letter: &DeadLetter, now_ms: i64) {
        let reason = self.reasons.entry(letter.reason).or_default();
        if now_ms - reason.logged_ms < LOG_EVERY_MS {
            reason.unlogged += 1;
            return;
        }
        tracing::warn!(
            stream = %self.stream,
            topic = %letter.topic,
            partition = letter.partition,
            offset = letter.offset,
            reason = letter.reason,
            detail = %letter.detail,
            more = reason.unlogged,
            "record refused"
        );
        *reason = Reason { logged_ms: now_ms, unlogged: 0 };
    }
}
