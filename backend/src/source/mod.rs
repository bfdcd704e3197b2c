//! Kafka, read and written: what the rest of the server knows of it.
//!
//! A source is one plain thread around librdkafka's consumer; it tells what it reads as [`SourceEvent`]s over a
//! bounded channel. When the channel is full the thread waits: Kafka is the buffer. Reading is by `assign` of all
//! partitions, never by group subscription: every replica needs all data, and most long stalls of Kafka consumers
//! are in group code. A group of the instance's own is committed to afterwards, only so that lag tools see us.
//!
//! `consumer.rs` and `checkpoint.rs` are the only files that name rdkafka's consumer, `producer.rs` its producer.

mod batch;
pub mod checkpoint;
mod client;
mod consumer;
mod link;
pub mod producer;
mod progress;
mod reading;
mod starting;
mod statistics;
mod surveyor;
mod topics;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hailstream_engine::RawRecord;
use hailstream_protocol::{Gap, TimestampType};

pub use client::SourceError;
pub use hailstream_engine::TopicSelector;

/// A partition's address.
pub type PartitionId = (Arc<str>, i32);

/// Records as they came, their bytes in one arena.
#[derive(Debug)]
pub struct SourceBatch {
    /// Topics that [`RecordRef::topic`] points to.
    pub topics: Arc<[Arc<str>]>,
    /// Keys and values of all records, one after another.
    pub bytes: Vec<u8>,
    /// The records; those of a partition in the order of their offsets.
    pub records: Vec<RecordRef>,
    /// When the batch was taken from librdkafka, epoch ms.
    pub received_ms: i64,
}

/// One record of a [`SourceBatch`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRef {
    /// Index into [`SourceBatch::topics`].
    pub topic: u16,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Record timestamp, epoch ms.
    pub timestamp_ms: Option<i64>,
    /// Who set it.
    pub timestamp_type: TimestampType,
    /// Where the key is in [`SourceBatch::bytes`].
    pub key: Option<Range<u32>>,
    /// Where the value is in [`SourceBatch::bytes`].
    pub value: Option<Range<u32>>,
}

impl SourceBatch {
    /// The bytes of a key or value.
    #[must_use]
    pub fn slice(&self, range: Option<&Range<u32>>) -> Option<&[u8]> {
        range.and_then(|range| self.bytes.get(range.start as usize..range.end as usize))
    }

    /// A record of it as the engine takes it; none where its topic is not one of the batch's.
    #[must_use]
    pub fn raw<'a>(&'a self, record: &'a RecordRef) -> Option<RawRecord<'a>> {
        Some(RawRecord {
            topic: self.topics.get(usize::from(record.topic))?,
            partition: record.partition,
            offset: record.offset,
            timestamp_ms: record.timestamp_ms,
            timestamp_type: record.timestamp_type,
            key: self.slice(record.key.as_ref()),
            value: self.slice(record.value.as_ref()),
        })
    }
}

/// What a source tells.
#[derive(Debug)]
pub enum SourceEvent {
    /// Reading of a partition starts at `offset`. Comes before its first record; comes again when the topic was
    /// truncated or created anew, its offsets starting over.
    Started {
        /// Topic.
        topic: Arc<str>,
        /// Partition.
        partition: i32,
        /// First offset that will be read.
        offset: i64,
        /// The partition is read from its very first record: nothing older ever existed.
        complete_from_start: bool,
    },
    /// Records.
    Batch(SourceBatch),
    /// End offsets, as far as the broker told. A partition whose last offsets hold no record for us (transaction
    /// markers, compaction) is told to end right after the last record read.
    Ends(Vec<(Arc<str>, i32, i64)>),
    /// All partitions were read to where they ended when reading began. Comes once.
    CaughtUp,
    /// Records that existed and cannot be read; reading goes on after them.
    Gap(Gap),
    /// The brokers of all partitions answer (again), and all topics are there.
    Connected,
    /// No answer from the broker of some partition. Reading goes on by itself when it returns.
    Disconnected {
        /// For people.
        why: String,
    },
    /// The stream cannot be read as configured: a topic is missing, credentials are refused. Heals by itself when
    /// the cause is gone.
    Failed {
        /// For people.
        why: String,
    },
}

/// What to read, and from where.
#[derive(Clone, Debug)]
pub struct SourceOptions {
    /// librdkafka properties.
    pub kafka: BTreeMap<String, String>,
    /// Topics.
    pub topics: Vec<TopicSelector>,
    /// Where to start.
    pub start: StartAt,
    /// Group under which positions are committed for lag tools; nothing is ever read back from it.
    pub group: String,
}

/// Where reading starts. Partitions that appear later are read from their beginning.
#[derive(Clone, Debug)]
pub enum StartAt {
    /// At the oldest record.
    Beginning,
    /// At the first record whose timestamp is not before this time, epoch ms. Where the broker cannot say (it knows
    /// no times), at the beginning.
    Time(i64),
    /// At these offsets; partitions not named, at the beginning.
    Offsets(BTreeMap<PartitionId, i64>),
}

/// A running source. Dropping it stops it.
#[derive(Debug)]
pub struct SourceHandle {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// librdkafka may wait for a broker that is gone while closing; process exit must not wait for that.
const STOP_WITHIN: Duration = Duration::from_millis(1_500);

impl SourceHandle {
    /// Stops the thread and waits for it, a few seconds at most. No event is sent afterwards.
    pub fn stop(mut self) {
        self.shut_down();
    }

    fn shut_down(&mut self) {
        self.stop.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else { return };
        thread.thread().unpark();
        let deadline = Instant::now() + STOP_WITHIN;
        while !thread.is_finished() {
            if Instant::now() > deadline {
                tracing::warn!("the Kafka consumer does not close; it is left behind");
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        if thread.join().is_err() {
            tracing::error!("the Kafka consumer thread panicked");
        }
    }
}

impl Drop for SourceHandle {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// Starts reading. `events` bounds what is under way between librdkafka and the engine: when it is full, reading
/// waits; records then wait in librdkafka's prefetch queue (32 MiB) and in Kafka.
///
/// # Errors
/// Properties, patterns or certificate files that cannot be used. A broker that cannot be reached is no error: it
/// is told as an event and waited for.
pub fn spawn(
    options: SourceOptions,
    events: SyncSender<SourceEvent>,
) -> Result<SourceHandle, SourceError> {
    let stop = Arc::new(AtomicBool::new(false));
    let reading = reading::Reading::new(options, events, Arc::clone(&stop))?;
    let thread =
        std::thread::Builder::new().name("kafka-source".to_owned()).spawn(move || reading.run())?;
    Ok(SourceHandle { stop, thread: Some(thread) })
}
