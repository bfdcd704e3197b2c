//! From source events to the state machine: records are judged as the stream's engine judges them, and what counts is
//! handed on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hailstream_engine::{Engine, Judged, RawRecord, StreamConfig, Where};

use super::{Derivation, Fact, Machine};
use crate::source::{PartitionId, SourceBatch, SourceEvent};

/// A partition that was read to its end and gave nothing for so long no longer keeps windows open. Long enough that a
/// writer that is merely slow, or a replay between two bursts, is not taken for silence.
const IDLE_AFTER: Duration = Duration::from_secs(30);
/// Looks are fractions of a second apart, unless a broker kept the run waiting.
const STOOD_STILL: Duration = Duration::from_secs(5);
/// Longer than the broker takes to tell the ends of partitions: who wakes up shows by then.
const SETTLE_AFTER: Duration = Duration::from_secs(15);

/// See the module's words.
pub(super) struct Input<M> {
    machine: M,
    judge: Engine,
    /// Fields whose values are wanted.
    fields: Vec<String>,
    /// The stream's and the derivation's own: what does not pass is read all the same, for it tells how far time has come.
    filters: Vec<Where>,
    partitions: BTreeMap<PartitionId, Partition>,
    has_begun: bool,
    looked: Instant,
    settled: Instant,
}

struct Partition {
    /// By which the state machine knows it.
    number: usize,
    start: i64,
    next: i64,
    end: Option<i64>,
    active: Instant,
}

impl<M: Machine> Input<M> {
    pub(super) fn new<D: Derivation>(what: &D, stream: Arc<StreamConfig>, machine: M) -> Self {
        let (stream, filter) = Arc::unwrap_or_clone(stream).unfiltered();
        let filters = [filter.as_deref(), what.filter()].into_iter().flatten();
        let fields = what.fields(&stream);
        Self {
            machine,
            // Checked when the files were read.
            filters: filters.filter_map(|text| Where::new(text, &stream).ok()).collect(),
            judge: Engine::new(Arc::new(stream), D::KIND),
            fields,
            partitions: BTreeMap::new(),
            has_begun: false,
            looked: Instant::now(),
            settled: Instant::now(),
        }
    }

    pub(super) fn machine(&mut self) -> &mut M {
        &mut self.machine
    }

    /// Where reading began, once it has begun everywhere.
    pub(super) fn starts(&self) -> BTreeMap<PartitionId, i64> {
        if !self.has_begun {
            return BTreeMap::new();
        }
        self.partitions.iter().map(|(id, own)| (id.clone(), own.start)).collect()
    }

    pub(super) fn take(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Started { topic, partition, offset, complete_from_start } => {
                self.judge.partition_started(&topic, partition, offset, complete_from_start);
                let number = self.machine.start(&topic, partition, offset);
                let (end, active) = (None, Instant::now());
                let started = Partition { number, start: offset, next: offset, end, active };
                self.partitions.insert((topic, partition), started);
            }
            SourceEvent::Batch(batch) => {
                self.has_begun = true;
                self.take_batch(&batch);
            }
            SourceEvent::Ends(ends) => {
                for (topic, partition, end) in ends {
                    if let Some(own) = self.partitions.get_mut(&(topic, partition)) {
                        own.end = Some(end);
                    }
                }
            }
            SourceEvent::CaughtUp => {
                self.has_begun = true;
                self.machine.caught_up();
            }
            // The source has said so in the log; what is worked out lacks it.
            SourceEvent::Gap(gap) => tracing::error!(
                topic = gap.topic,
                partition = gap.partition,
                "the output lacks offsets {} to {}: {}",
                gap.from_offset,
                gap.to_offset,
                gap.why
            ),
            SourceEvent::Connected => tracing::info!("connected"),
            SourceEvent::Disconnected { why } => tracing::warn!("disconnected: {why}"),
            SourceEvent::Failed { why } => tracing::warn!("the input cannot be read: {why}"),
        }
    }

    fn take_batch(&mut self, batch: &SourceBatch) {
        let records: Vec<RawRecord<'_>> =
            batch.records.iter().filter_map(|record| batch.raw(record)).collect();
        let numbers = self.numbers(batch);
        let number_of = |topic: u16, partition: i32| -> Option<usize> {
            *numbers.get(usize::from(topic))?.get(usize::try_from(partition).ok()?)?
        };
        let topic_of =
            |name: &str| batch.topics.iter().position(|topic| **topic == *name).unwrap_or(0);
        let fields: Vec<&str> = self.fields.iter().map(String::as_str).collect();
        let (machine, filters, received_ms) = (&mut self.machine, &self.filters, batch.received_ms);
        let letters = self.judge.judge_each(&records, received_ms, &fields, filters, |judged| {
            let topic = u16::try_from(topic_of(judged.topic)).unwrap_or_default();
            if let Some(number) = number_of(topic, judged.partition) {
                let Judged { offset, time_ms, passes, values, .. } = judged;
                machine.apply(number, Fact { offset, time_ms, passes, values });
            }
        });
        if !letters.is_empty() {
            tracing::debug!(count = letters.len(), "records that could not be understood");
            machine.refused(letters.len());
        }
        // What does not count is read all the same: positions are those behind the batch.
        let now = Instant::now();
        for record in &batch.records {
            if let Some(number) = number_of(record.topic, record.partition) {
                machine.pass(number, record.offset);
            }
        }
        for own in self.partitions.values_mut() {
            let next = machine.next_offset(own.number);
            if next != own.next {
                (own.next, own.active) = (next, now);
            }
        }
    }

    /// The state machine's numbers by topic of the batch and partition.
    fn numbers(&self, batch: &SourceBatch) -> Vec<Vec<Option<usize>>> {
        let mut numbers = vec![Vec::new(); batch.topics.len()];
        for ((topic, partition), own) in &self.partitions {
            let Some(place) = batch.topics.iter().position(|known| known == topic) else {
                continue;
            };
            let Ok(partition) = usize::try_from(*partition) else { continue };
            let of_topic: &mut Vec<Option<usize>> = &mut numbers[place];
            if of_topic.len() <= partition {
                of_topic.resize(partition + 1, None);
            }
            of_topic[partition] = Some(own.number);
        }
        numbers
    }

    /// Tells the state machine which partitions are behind, and which have been silent for long.
    pub(super) fn look_at_ends(&mut self) {
        let now = Instant::now();
        // A run that stood still itself has not listened: silence counts from now on.
        if now.duration_since(self.looked) > STOOD_STILL {
            self.partitions.values_mut().for_each(|own| own.active = now);
        }
        self.looked = now;
        if now.duration_since(self.settled) > SETTLE_AFTER {
            self.settled = now;
            self.machine.settle();
        }
        for own in self.partitions.values() {
            let is_behind = own.end.is_none_or(|end| own.next < end);
            let is_silent = now.duration_since(own.active) > IDLE_AFTER;
            // One that holds more and gives nothing, its broker being away, must not hold all others up.
            self.machine.behind(own.number, is_behind && !is_silent);
            self.machine.idle(own.number, !is_behind && is_silent);
        }
    }
}
