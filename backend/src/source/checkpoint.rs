//! What a program that writes back to Kafka keeps there about itself: positions with a note, committed to a consumer
//! group, and headers of the newest records of its output.
//!
//! Every call asks the broker and blocks for [`PATIENCE`] at most.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Headers, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use thiserror::Error;

use super::client::{client_config, explain, log_line};
use super::topics::Topics;
use super::{PartitionId, SourceError, TopicSelector};

/// What is under way while records are read.
const READING: &str = "the records of the output topic";
/// How long the broker may take for an answer.
pub const PATIENCE: Duration = Duration::from_secs(10);

const DEFAULTS: [(&str, &str); 2] =
    [("client.id", "hailstream"), ("reconnect.backoff.max.ms", "1000")];
const FIXED: [(&str, &str); 4] = [
    ("enable.partition.eof", "true"),
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    ("auto.offset.reset", "earliest"),
];

/// What is kept in Kafka could not be read or written.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// Properties that cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The broker's answer, in people's words.
    #[error("{what}: {why}")]
    Kafka {
        /// What was asked.
        what: &'static str,
        /// Why it failed.
        why: String,
        /// The consumer group may not be used (ACL).
        is_refused: bool,
    },
}

impl CheckpointError {
    /// The consumer group may not be used.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Kafka { is_refused: true, .. })
    }
}

fn failed(what: &'static str) -> impl Fn(KafkaError) -> CheckpointError {
    move |error| CheckpointError::Kafka {
        what,
        why: explain(&error),
        is_refused: error.rdkafka_error_code() == Some(RDKafkaErrorCode::GroupAuthorizationFailed),
    }
}

struct Context;

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, reason);
    }
}

impl ConsumerContext for Context {}

/// See the module's words.
pub struct Checkpoint {
    consumer: BaseConsumer<Context>,
}

/// A position and what was noted with it.
pub type Noted = (i64, String);

impl Checkpoint {
    /// The checkpoint kept in `group`, which nobody else may use.
    ///
    /// # Errors
    /// Properties or certificate files that cannot be used.
    pub fn open(kafka: &BTreeMap<String, String>, group: &str) -> Result<Self, CheckpointError> {
        let mut config = client_config(kafka, &DEFAULTS, &FIXED)?;
        config.set("group.id", group);
        let consumer = config.create_with_context(Context).map_err(SourceError::from)?;
        Ok(Self { consumer })
    }

    /// The topics that are meant, as far as they exist; those named in full in any case.
    ///
    /// # Errors
    /// The broker is away, or a pattern is no regular expression.
    pub fn topics(&self, selectors: &[TopicSelector]) -> Result<Vec<String>, CheckpointError> {
        let topics = Topics::new(selectors)?;
        let mut names = topics.names.clone();
        if topics.has_patterns() {
            let all = self
                .consumer
                .fetch_metadata(None, PATIENCE)
                .map_err(failed("topics and partitions"))?;
            let found = all.topics().iter().map(|topic| topic.name().to_owned());
            names.extend(found.filter(|name| topics.contain(name)));
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The positions of a topic's partitions. One that does not exist has none.
    ///
    /// # Errors
    /// The broker is away, or does not permit it.
    pub fn load(&self, topic: &str) -> Result<BTreeMap<PartitionId, Noted>, CheckpointError> {
        let mut wanted = TopicPartitionList::new();
        for partition in self.partitions(topic)? {
            wanted.add_partition(topic, partition);
        }
        if wanted.count() == 0 {
            return Ok(BTreeMap::new());
        }
        let what = "committed positions";
        let committed = self.consumer.committed_offsets(wanted, PATIENCE).map_err(failed(what))?;
        let topic: Arc<str> = Arc::from(topic);
        let mut positions = BTreeMap::new();
        for element in committed.elements() {
            element.error().map_err(failed(what))?;
            if let Offset::Offset(offset) = element.offset() {
                let id = (Arc::clone(&topic), element.partition());
                positions.insert(id, (offset, element.metadata().to_owned()));
            }
        }
        Ok(positions)
    }

    /// Commits positions, all or none.
    ///
    /// # Errors
    /// The broker is away, or does not permit it.
    pub fn store(&self, positions: &BTreeMap<PartitionId, Noted>) -> Result<(), CheckpointError> {
        let what = "committing positions";
        let mut list = TopicPartitionList::with_capacity(positions.len());
        for ((topic, partition), (offset, note)) in positions {
            let mut element = list.add_partition(topic, *partition);
            element.set_offset(Offset::Offset(*offset)).map_err(failed(what))?;
            element.set_metadata(note);
        }
        self.consumer.commit(&list, CommitMode::Sync).map_err(failed(what))
    }

    fn partitions(&self, topic: &str) -> Result<Vec<i32>, CheckpointError> {
        let what = "topics and partitions";
        let metadata = self.consumer.fetch_metadata(Some(topic), PATIENCE).map_err(failed(what))?;
        Ok(metadata
            .topics()
            .iter()
            .filter(|found| found.name() == topic)
            .flat_map(|found| {
                found.partitions().iter().map(rdkafka::metadata::MetadataPartition::id)
            })
            .collect())
    }

    /// The values of `header` in the last `depth` records of each partition of a topic, in no order. The last records
    /// suffice; a few more are read so that a record someone else wrote there does no harm.
    ///
    /// # Errors
    /// The broker is away, or does not permit it.
    pub fn last_headers(
        &self,
        topic: &str,
        header: &str,
        depth: i64,
    ) -> Result<Vec<Vec<u8>>, CheckpointError> {
        let mut headers = Vec::new();
        self.tail(topic, header, depth, |_, header| headers.push(header.to_vec()))?;
        Ok(headers)
    }

    /// Hands over all records of a topic that have a value and `header`: value and header, those of a partition in order.
    ///
    /// # Errors
    /// The broker is away, or does not permit it.
    pub fn each(
        &self,
        topic: &str,
        header: &str,
        mut take: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), CheckpointError> {
        self.tail(topic, header, i64::MAX, |value, header| {
            if let Some(value) = value {
                take(value, header);
            }
        })
    }

    fn tail(
        &self,
        topic: &str,
        header: &str,
        depth: i64,
        take: impl FnMut(Option<&[u8]>, &[u8]),
    ) -> Result<(), CheckpointError> {
        let what = READING;
        let mut assignment = TopicPartitionList::new();
        let mut ends = BTreeMap::new();
        for partition in self.partitions(topic)? {
            let (low, end) =
                self.consumer.fetch_watermarks(topic, partition, PATIENCE).map_err(failed(what))?;
            if low < end {
                let start = Offset::Offset(low.max(end.saturating_sub(depth)));
                assignment.add_partition_offset(topic, partition, start).map_err(failed(what))?;
                ends.insert(partition, end);
            }
        }
        self.consumer.assign(&assignment).map_err(failed(what))?;
        let read = self.read_to(&ends, header, take);
        self.consumer.unassign().map_err(failed(what))?;
        read
    }

    fn read_to(
        &self,
        ends: &BTreeMap<i32, i64>,
        header: &str,
        mut take: impl FnMut(Option<&[u8]>, &[u8]),
    ) -> Result<(), CheckpointError> {
        let mut left = ends.clone();
        let mut heard = Instant::now();
        while !left.is_empty() {
            if heard.elapsed() > PATIENCE {
                let why = "no broker answers".to_owned();
                return Err(CheckpointError::Kafka { what: READING, why, is_refused: false });
            }
            let message = match self.consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => message,
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    left.remove(&partition);
                    continue;
                }
                Some(Err(error)) => {
                    tracing::debug!(%error, "librdkafka reports");
                    continue;
                }
                None => continue,
            };
            heard = Instant::now();
            if let Some(header) = message.headers().and_then(|all| find(all, header)) {
                take(message.payload(), header);
            }
            if ends.get(&message.partition()).is_some_and(|end| message.offset() + 1 >= *end) {
                left.remove(&message.partition());
            }
        }
        Ok(())
    }
}

fn find<'a, H: Headers>(headers: &'a H, name: &str) -> Option<&'a [u8]> {
    headers.iter().find(|header| header.key == name)?.value
}
