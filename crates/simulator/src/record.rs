//! What leaves this crate: one record, ready for a topic.

use serde::Serialize;
use std::sync::Arc;

/// A record as a producer sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutRecord {
    /// The topic it belongs to.
    pub topic: Arc<str>,
    /// Its key, which chooses the partition; none spreads it.
    pub key: Option<String>,
    /// Its value: one JSON object.
    pub payload: Vec<u8>,
    /// The Kafka timestamp: the event time where the record has one, else the time it is sent; epoch milliseconds.
    pub timestamp_ms: i64,
}

impl OutRecord {
    /// A record whose value is this, as JSON.
    #[expect(
        clippy::expect_used,
        reason = "numbers, texts and maps with text keys always serialise"
    )]
    pub(crate) fn json(
        topic: Arc<str>,
        key: Option<String>,
        timestamp_ms: i64,
        value: &impl Serialize,
    ) -> Self {
        let payload = serde_json::to_vec(value).expect("plain data serialises");
        Self { topic, key, payload, timestamp_ms }
    }
}
