//! A record as Kafka gives it, and one that was refused.

use hailstream_protocol::TimestampType;

/// A record, borrowed from whoever read it.
#[derive(Clone, Copy, Debug)]
pub struct RawRecord<'a> {
    /// Topic.
    pub topic: &'a str,
    /// Partition.
    pub partition: i32,
    /// Offset in the partition.
    pub offset: i64,
    /// Record timestamp, epoch ms.
    pub timestamp_ms: Option<i64>,
    /// Who set it.
    pub timestamp_type: TimestampType,
    /// Key.
    pub key: Option<&'a [u8]>,
    /// Value; none is a tombstone.
    pub value: Option<&'a [u8]>,
}

/// A refused record, for the dead-letter topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Index in the slice that was ingested.
    pub index: usize,
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Stable word.
    pub reason: &'static str,
    /// What exactly, for people.
    pub detail: String,
}
