//! librdkafka's producer behind plain types: idempotent, acknowledged by all replicas, its queue bounded.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{
    BaseRecord, DeliveryResult, NoCustomPartitioner, Producer as _, ProducerContext,
    ThreadedProducer,
};
use thiserror::Error;

use super::SourceError;
use super::client::{client_config, explain, log_line};

/// Overridable defaults. The queue holds at most 100,000 records or 64 MiB; when it is full, [`Producer::send`] waits
/// and [`Producer::try_send`] refuses.
const DEFAULTS: [(&str, &str); 8] = [
    ("client.id", "hailstream"),
    ("reconnect.backoff.max.ms", "1000"),
    ("socket.keepalive.enable", "true"),
    ("linger.ms", "5"),
    ("compression.type", "lz4"),
    ("queue.buffering.max.messages", "100000"),
    ("queue.buffering.max.kbytes", "65536"),
    // Kafka's own default, so that keys land where those of Java producers do.
    ("partitioner", "murmur2_random"),
];

const FIXED: [(&str, &str); 2] = [("enable.idempotence", "true"), ("acks", "all")];

/// Wait for room in a full queue.
const QUEUE_FULL: Duration = Duration::from_millis(1);

/// A record to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// Topic.
    pub topic: &'a str,
    /// Records of one key go to one partition, in order; those without a key anywhere.
    pub key: Option<&'a [u8]>,
    /// Value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// Record timestamp, epoch ms; the time of sending where absent.
    pub timestamp_ms: Option<i64>,
    /// A header.
    pub header: Option<(&'a str, &'a [u8])>,
}

/// A record that was not taken.
#[derive(Debug, Error)]
pub enum SendError {
    /// The queue is full: the broker is away or slow.
    #[error("the producer's queue is full")]
    QueueFull,
    /// The record cannot be sent at all.
    #[error("{topic}: {why}")]
    Refused {
        /// Its topic.
        topic: String,
        /// Why.
        why: String,
    },
}

/// What became of the records so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// Taken by [`Producer::send`].
    pub sent: u64,
    /// Written by all in-sync replicas.
    pub acknowledged: u64,
    /// Given up.
    pub rejected: u64,
    /// Why the last one was given up.
    pub last_error: Option<String>,
}

/// A producer. It may be shared by threads.
pub struct Producer {
    producer: ThreadedProducer<Context>,
    sent: AtomicU64,
}

#[derive(Default)]
struct Context {
    acknowledged: AtomicU64,
    rejected: AtomicU64,
    last_error: Mutex<Option<String>>,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, reason);
    }
}

impl ProducerContext for Context {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(_) => self.acknowledged.fetch_add(1, Ordering::Relaxed),
            Err((error, _)) => {
                if let Ok(mut last) = self.last_error.lock() {
                    *last = Some(explain(error));
                }
                self.rejected.fetch_add(1, Ordering::Relaxed)
            }
        };
    }
}

impl Producer {
    /// A producer with these librdkafka properties.
    ///
    /// # Errors
    /// Properties or certificate files that cannot be used.
    pub fn new(kafka: &BTreeMap<String, String>) -> Result<Self, SourceError> {
        let config = client_config(kafka, &DEFAULTS, &FIXED)?;
        let producer: ThreadedProducer<Context, NoCustomPartitioner> =
            config.create_with_context(Context::default())?;
        Ok(Self { producer, sent: AtomicU64::new(0) })
    }

    /// Hands a record over for sending, waiting while the queue is full.
    ///
    /// # Errors
    /// A record that cannot be sent at all, e.g. one that is too large.
    pub fn send(&self, record: Record<'_>) -> Result<(), SendError> {
        loop {
            match self.try_send(record) {
                Err(SendError::QueueFull) => std::thread::sleep(QUEUE_FULL),
                done => return done,
            }
        }
    }

    /// Hands a record over for sending, unless the queue is full.
    ///
    /// # Errors
    /// As [`Producer::send`], and a full queue.
    pub fn try_send(&self, record: Record<'_>) -> Result<(), SendError> {
        let mut message = BaseRecord::<[u8], [u8], ()>::to(record.topic);
        message.key = record.key;
        message.payload = record.value;
        message.timestamp = record.timestamp_ms;
        message.headers = record.header.map(|(key, value)| {
            OwnedHeaders::new_with_capacity(1).insert(Header { key, value: Some(value) })
        });
        match self.producer.send(message) {
            Ok(()) => {
                self.sent.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err((error, _)) => Err(match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::QueueFull) => SendError::QueueFull,
                _ => SendError::Refused { topic: record.topic.to_owned(), why: explain(&error) },
            }),
        }
    }

    /// Waits until every record was acknowledged or rejected; false if that took longer than `timeout`.
    pub fn flush(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        while self.producer.in_flight_count() > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            // An error here is a timeout, and then the loop ends by its own.
            if let Err(error) = self.producer.flush(left.min(Duration::from_millis(500))) {
                tracing::trace!(%error, "still flushing");
            }
        }
        true
    }

    /// What became of the records so far.
    #[must_use]
    pub fn deliveries(&self) -> Deliveries {
        let context = self.producer.context();
        Deliveries {
            acknowledged: context.acknowledged.load(Ordering::Relaxed),
            rejected: context.rejected.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            last_error: context.last_error.lock().ok().and_then(|last| last.clone()),
        }
    }
}
