//! librdkafka's consumer behind plain types. No decision is taken here: what a problem means for reading is decided
//! in `reading.rs`.
//!
//! `BaseConsumer` is polled by one plain thread: rdkafka's `StreamConsumer` and split partition queues can miss
//! wake-ups and then stall. Calls with a `patience` ask the broker and block for so long at most.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hailstream_protocol::TimestampType;
use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message, Timestamp};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::batch::BatchBuilder;
use super::client::{client_config, explain, log_line};
use super::statistics::Statistics;
use super::topics::{Bounds, Survey, Topics};
use super::{PartitionId, SourceError};

/// Overridable defaults.
const DEFAULTS: [(&str, &str); 8] = [
    ("client.id", "hailstream"),
    ("reconnect.backoff.max.ms", "1000"),
    ("reconnect.backoff.ms", "100"),
    ("socket.keepalive.enable", "true"),
    ("topic.metadata.refresh.interval.ms", "10000"),
    ("queued.max.messages.kbytes", "32768"),
    ("fetch.queue.backoff.ms", "10"),
    ("fetch.error.backoff.ms", "200"),
];

/// What correctness rests on.
const FIXED: [(&str, &str); 5] = [
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    ("auto.offset.reset", "error"),
    ("enable.partition.eof", "false"),
    ("statistics.interval.ms", "500"),
];

/// What went wrong while polling.
#[derive(Debug)]
pub(super) enum Problem {
    /// No broker can be reached.
    Unreachable(String),
    /// The broker will not serve us as configured.
    Refused(String),
    /// Some position is outside of what the broker still has.
    OutOfRange,
    /// The consumer cannot go on; a new one is needed.
    Fatal(String),
}

/// A consumer of explicitly assigned partitions. `patience` is how long a question to the broker may take.
pub(super) struct KafkaConsumer {
    consumer: BaseConsumer<Context>,
}

/// Collects what librdkafka says beside records.
#[derive(Default)]
struct Context {
    statistics: Mutex<Option<Statistics>>,
    /// Commits are refused: said once, then they end.
    commits_refused: AtomicBool,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(level, facility, line);
    }

    fn stats_raw(&self, json: &[u8]) {
        if let (Some(statistics), Ok(mut slot)) = (Statistics::parse(json), self.statistics.lock())
        {
            *slot = Some(statistics);
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, reason);
    }
}

impl ConsumerContext for Context {
    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            self.commit_failed(&error);
        }
    }
}

impl Context {
    fn commit_failed(&self, error: &KafkaError) {
        let refused = matches!(
            error.rdkafka_error_code(),
            Some(RDKafkaErrorCode::GroupAuthorizationFailed | RDKafkaErrorCode::InvalidGroupId)
        );
        if !refused {
            tracing::debug!(%error, "positions could not be committed this time");
        } else if !self.commits_refused.swap(true, Ordering::AcqRel) {
            tracing::warn!(%error, "positions are not committed: lag tools will not see this reader");
        }
    }
}

impl KafkaConsumer {
    /// # Errors
    /// Properties or certificate files that cannot be used.
    pub(super) fn new(kafka: &BTreeMap<String, String>, group: &str) -> Result<Self, SourceError> {
        let mut config: ClientConfig = client_config(kafka, &DEFAULTS, &FIXED)?;
        if config.get("group.id").is_none() {
            config.set("group.id", group);
        }
        let consumer = config.create_with_context(Context::default())?;
        Ok(Self { consumer })
    }

    /// What the cluster has of `topics`.
    pub(super) fn survey(&self, topics: &Topics, patience: Duration) -> KafkaResult<Survey> {
        let mut survey = Survey::default();
        let mut found = Vec::new();
        if topics.has_patterns() {
            self.look_for(None, topics, patience, &mut found, &mut survey)?;
        } else {
            for name in &topics.names {
                self.look_for(Some(name), topics, patience, &mut found, &mut survey)?;
            }
        }
        for name in &topics.names {
            if !survey.unreadable.contains_key(name) && !found.iter().any(|(has, _)| has == name) {
                survey.unreadable.insert(name.clone(), "does not exist".to_owned());
            }
        }
        let partitions: Vec<PartitionId> = found
            .into_iter()
            .flat_map(|(topic, count)| {
                let topic = Arc::<str>::from(topic);
                (0..count).map(move |partition| (topic.clone(), partition))
            })
            .collect();
        survey.partitions = self.bounds(&partitions, patience)?;
        Ok(survey)
    }

    fn look_for(
        &self,
        name: Option<&str>,
        topics: &Topics,
        patience: Duration,
        found: &mut Vec<(String, i32)>,
        survey: &mut Survey,
    ) -> KafkaResult<()> {
        let metadata = self.consumer.fetch_metadata(name, patience)?;
        for topic in metadata.topics().iter().filter(|topic| topics.contain(topic.name())) {
            let error = topic.error().map(RDKafkaErrorCode::from);
            let unreadable = match error {
                Some(
                    RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic,
                ) => "does not exist".to_owned(),
                Some(RDKafkaErrorCode::TopicAuthorizationFailed) => {
                    "may not be read (ACL: Read and Describe)".to_owned()
                }
                Some(error) => format!("cannot be read: {error}"),
                None if topic.partitions().is_empty() => "has no partitions".to_owned(),
                None => {
                    let count = topic.partitions().iter().map(|one| one.id() + 1).max();
                    found.push((topic.name().to_owned(), count.unwrap_or(0)));
                    continue;
                }
            };
            survey.unreadable.insert(topic.name().to_owned(), unreadable);
        }
        Ok(())
    }

    /// First and end offset of partitions; those the broker cannot tell of right now are left out.
    pub(super) fn bounds(
        &self,
        partitions: &[PartitionId],
        patience: Duration,
    ) -> KafkaResult<BTreeMap<PartitionId, Bounds>> {
        let lows = self.ask_offsets(partitions, Offset::Beginning, patience)?;
        let ends = self.ask_offsets(partitions, Offset::End, patience)?;
        Ok(lows
            .into_iter()
            .filter_map(|(id, low)| {
                let bounds = Bounds { low: low?, end: (*ends.get(&id)?)? };
                Some((id, bounds))
            })
            .collect())
    }

    /// First offset with a record timestamp of at least `time_ms`; `None` in a partition that has none.
    pub(super) fn offsets_at(
        &self,
        partitions: &[PartitionId],
        time_ms: i64,
        patience: Duration,
    ) -> KafkaResult<BTreeMap<PartitionId, Option<i64>>> {
        self.ask_offsets(partitions, Offset::Offset(time_ms), patience)
    }

    /// `ListOffsets`: a time, or one of the two special times.
    fn ask_offsets(
        &self,
        partitions: &[PartitionId],
        time: Offset,
        patience: Duration,
    ) -> KafkaResult<BTreeMap<PartitionId, Option<i64>>> {
        if partitions.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut wanted = TopicPartitionList::with_capacity(partitions.len());
        for (topic, partition) in partitions {
            wanted.add_partition_offset(topic, *partition, time)?;
        }
        let answer = self.consumer.offsets_for_times(wanted, patience)?.to_topic_map();
        let mut offsets = BTreeMap::new();
        for id in partitions {
            match answer.get(&(id.0.to_string(), id.1)) {
                Some(Offset::Offset(offset)) => offsets.insert(id.clone(), Some(*offset)),
                Some(Offset::End) => offsets.insert(id.clone(), None),
                _ => None,
            };
        }
        Ok(offsets)
    }

    /// Reads exactly these partitions from these offsets on, whatever was read before.
    pub(super) fn assign(&self, positions: &BTreeMap<PartitionId, i64>) -> KafkaResult<()> {
        let mut assignment = TopicPartitionList::with_capacity(positions.len());
        for ((topic, partition), offset) in positions {
            assignment.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
        }
        self.consumer.assign(&assignment)
    }

    /// Takes what is there, waiting at most `timeout` for the first record.
    pub(super) fn poll(&self, timeout: Duration, batch: &mut BatchBuilder) -> Result<(), Problem> {
        let mut wait = timeout;
        while !batch.is_full() {
            match self.consumer.poll(wait) {
                None => return Ok(()),
                Some(Ok(message)) => push(batch, &message),
                Some(Err(error)) => self.judge(&error)?,
            }
            wait = Duration::ZERO;
        }
        Ok(())
    }

    /// Serves librdkafka's events while nothing is assigned.
    pub(super) fn serve(&self) -> Result<(), Problem> {
        while let Some(polled) = self.consumer.poll(Duration::ZERO) {
            if let Err(error) = polled {
                self.judge(&error)?;
            }
        }
        Ok(())
    }

    fn judge(&self, error: &KafkaError) -> Result<(), Problem> {
        let why = explain(error);
        if matches!(error, KafkaError::MessageConsumptionFatal(_)) {
            return Err(Problem::Fatal(why));
        }
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
                Err(Problem::OutOfRange)
            }
            Some(RDKafkaErrorCode::AllBrokersDown) => Err(Problem::Unreachable(why)),
            Some(
                RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::SaslAuthenticationFailed
                | RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::ClusterAuthorizationFailed,
            ) => Err(Problem::Refused(why)),
            Some(RDKafkaErrorCode::GroupAuthorizationFailed) => {
                self.consumer.context().commit_failed(error);
                Ok(())
            }
            // One broker of several, a moved leader, a missing topic: the statistics and surveys tell what it means.
            _ => {
                tracing::debug!(%error, "librdkafka reports");
                Ok(())
            }
        }
    }

    /// The newest statistics, once.
    pub(super) fn take_statistics(&self) -> Option<Statistics> {
        self.consumer.context().statistics.lock().ok()?.take()
    }

    /// Commits positions for lag tools, without waiting.
    pub(super) fn commit(&self, positions: &BTreeMap<PartitionId, i64>) {
        if positions.is_empty() || self.consumer.context().commits_refused.load(Ordering::Acquire) {
            return;
        }
        let mut list = TopicPartitionList::with_capacity(positions.len());
        for ((topic, partition), offset) in positions {
            if list.add_partition_offset(topic, *partition, Offset::Offset(*offset)).is_err() {
                return;
            }
        }
        if let Err(error) = self.consumer.commit(&list, CommitMode::Async) {
            self.consumer.context().commit_failed(&error);
        }
    }
}

fn push(batch: &mut BatchBuilder, message: &BorrowedMessage<'_>) {
    // Only assigned topics are delivered, and the batch knows all assigned topics.
    let Some(topic) = batch.topic_index(message.topic()) else { return };
    let stamp = match message.timestamp() {
        Timestamp::NotAvailable => (None, TimestampType::None),
        Timestamp::CreateTime(time) => (Some(time), TimestampType::Create),
        Timestamp::LogAppendTime(time) => (Some(time), TimestampType::LogAppend),
    };
    let at = (topic, message.partition(), message.offset());
    batch.push(at, stamp, message.key(), message.payload());
}
