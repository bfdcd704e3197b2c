//! Filling one [`SourceBatch`]: payloads are copied once, into an arena, so that librdkafka's buffers are free again
//! before anything is decoded.

use std::ops::Range;
use std::sync::Arc;

use hailstream_protocol::TimestampType;

use super::{RecordRef, SourceBatch};

/// A batch is handed on when it has so many records …
pub(super) const MAX_RECORDS: usize = 8_192;
/// … or bytes.
pub(super) const MAX_BYTES: usize = 2 << 20;

/// A batch that is being filled.
#[derive(Debug)]
pub(super) struct BatchBuilder {
    topics: Arc<[Arc<str>]>,
    bytes: Vec<u8>,
    records: Vec<RecordRef>,
    /// Topic of the last record: records come in runs of one topic.
    last_topic: u16,
}

impl BatchBuilder {
    pub(super) fn new(topics: Arc<[Arc<str>]>) -> Self {
        Self { topics, bytes: Vec::new(), records: Vec::new(), last_topic: 0 }
    }

    /// Index of a topic; `None` for one that was never assigned.
    pub(super) fn topic_index(&mut self, topic: &str) -> Option<u16> {
        if self.topics.get(usize::from(self.last_topic)).is_some_and(|last| **last == *topic) {
            return Some(self.last_topic);
        }
        let found = self.topics.iter().position(|known| **known == *topic)?;
        self.last_topic = u16::try_from(found).ok()?;
        Some(self.last_topic)
    }

    pub(super) fn push(
        &mut self,
        (topic, partition, offset): (u16, i32, i64),
        (timestamp_ms, timestamp_type): (Option<i64>, TimestampType),
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) {
        let key = key.map(|key| self.copy(key));
        let value = value.map(|value| self.copy(value));
        let record =
            RecordRef { topic, partition, offset, timestamp_ms, timestamp_type, key, value };
        self.records.push(record);
    }

    /// Kafka limits a record to 2 GiB and we limit a batch, so every position fits `u32`; a record that would not
    /// is cut rather than wrapped, and then fails to decode.
    fn copy(&mut self, bytes: &[u8]) -> Range<u32> {
        let start = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(bytes);
        start..u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn is_full(&self) -> bool {
        self.records.len() >= MAX_RECORDS || self.bytes.len() >= MAX_BYTES
    }

    pub(super) fn records(&self) -> &[RecordRef] {
        &self.records
    }

    /// The batch, if there is anything in it; the builder starts anew with room for as much again.
    pub(super) fn take(&mut self, received_ms: i64) -> Option<SourceBatch> {
        if self.records.is_empty() {
            return None;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let records = std::mem::take(&mut self.records);
        self.bytes.reserve(bytes.len());
        self.records.reserve(records.len());
        Some(SourceBatch { topics: Arc::clone(&self.topics), bytes, records, received_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_holds_what_was_pushed() {
        let topics: Arc<[Arc<str>]> = vec![Arc::from("a"), Arc::from("b")].into();
        let mut builder = BatchBuilder::new(topics);
        assert!(builder.take(1).is_none());
        let topic = builder.topic_index("b").unwrap();
        assert_eq!(builder.topic_index("c"), None);
        builder.push((topic, 3, 7), (Some(5), TimestampType::Create), Some(b"k"), Some(b"value"));
        builder.push((topic, 3, 8), (None, TimestampType::None), None, None);
        let batch = builder.take(99).unwrap();
        let read: Vec<_> = batch
            .records
            .iter()
            .map(|record| {
                let value = batch.slice(record.value.as_ref());
                (record.offset, batch.slice(record.key.as_ref()), value)
            })
            .collect();
        assert_eq!(read, [(7, Some(&b"k"[..]), Some(&b"value"[..])), (8, None, None)]);
        assert_eq!((batch.received_ms, &*batch.topics[1]), (99, "b"));
        assert!(builder.take(100).is_none());
    }
}
