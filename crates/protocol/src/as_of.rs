//! As-of: which records a result covers, and the stamps from which a panel tells how old it is and why.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Next offset to be read, per topic and partition: everything before it is in the result's account.
pub type Offsets = BTreeMap<String, BTreeMap<i32, i64>>;

/// Advance of the offsets since the base result, per topic and partition. Partitions that did not move are absent.
pub type OffsetsDelta = BTreeMap<String, BTreeMap<i32, i64>>;

/// Who set the record timestamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimestampType {
    /// The record carries none.
    #[default]
    None,
    /// Kafka's CreateTime: the producer's clock.
    Create,
    /// Kafka's LogAppendTime: the broker's clock.
    LogAppend,
}

/// Which records a result covers and when they passed each station. All times are epoch ms UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AsOf {
    /// Changes with every server start: sequences of different epochs cannot be compared.
    pub epoch: String,
    /// Tick number of the view, +1 for each published change.
    pub sequence: u64,
    /// Newest event time seen by the stream.
    pub event_time_ms: Option<i64>,
    /// Everything before it is final but for late records.
    pub watermark_ms: Option<i64>,
    /// Record timestamp of the newest record.
    pub record_timestamp_ms: Option<i64>,
    /// Who set it.
    pub timestamp_type: TimestampType,
    /// When the server received the newest record.
    pub received_ms: Option<i64>,
    /// When this result left the engine for the viewers.
    pub pushed_ms: Option<i64>,
    /// Next offset to be read, per topic and partition.
    pub offsets: Offsets,
}

/// What moved in an [`AsOf`]. Times travel as differences to their base, absent ones are unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AsOfDelta {
    /// Sequence reached by applying the delta.
    pub sequence: u64,
    /// Difference of the newest event time.
    pub event_time: Option<i64>,
    /// Difference of the watermark.
    pub watermark: Option<i64>,
    /// Difference of the record timestamp.
    pub record_timestamp: Option<i64>,
    /// Who sets it now, where that changed: it is not known before the first record.
    pub timestamp_type: Option<TimestampType>,
    /// Difference of the time of receipt.
    pub received: Option<i64>,
    /// Difference of the push time.
    pub pushed: Option<i64>,
    /// Advance per partition.
    pub offsets: OffsetsDelta,
}

/// `new - old` where it changed; an absent old side counts as 0.
fn moved(old: Option<i64>, new: Option<i64>) -> Option<i64> {
    let difference = new.unwrap_or(0).wrapping_sub(old.unwrap_or(0));
    (difference != 0).then_some(difference)
}

fn advance(time: &mut Option<i64>, by: Option<i64>) {
    if let Some(by) = by {
        *time = Some(time.unwrap_or(0).wrapping_add(by));
    }
}

impl AsOf {
    /// What moved from `self` to `new`. Times never return to absent, so that is not expressible.
    #[must_use]
    pub fn delta_to(&self, new: &Self) -> AsOfDelta {
        let mut offsets = OffsetsDelta::new();
        for (topic, partitions) in &new.offsets {
            let old = self.offsets.get(topic);
            let advanced: BTreeMap<i32, i64> = partitions
                .iter()
                .map(|(partition, next)| {
                    let before = old.and_then(|old| old.get(partition)).copied();
                    (*partition, next.wrapping_sub(before.unwrap_or(0)), before.is_none())
                })
                .filter(|(_, by, is_new)| *by != 0 || *is_new)
                .map(|(partition, by, _)| (partition, by))
                .collect();
            if !advanced.is_empty() {
                offsets.insert(topic.clone(), advanced);
            }
        }
        AsOfDelta {
            sequence: new.sequence,
            event_time: moved(self.event_time_ms, new.event_time_ms),
            watermark: moved(self.watermark_ms, new.watermark_ms),
            record_timestamp: moved(self.record_timestamp_ms, new.record_timestamp_ms),
            timestamp_type: (self.timestamp_type != new.timestamp_type)
                .then_some(new.timestamp_type),
            received: moved(self.received_ms, new.received_ms),
            pushed: moved(self.pushed_ms, new.pushed_ms),
            offsets,
        }
    }

    /// Moves these stamps on by `delta`.
    pub fn apply(&mut self, delta: &AsOfDelta) {
        self.sequence = delta.sequence;
        advance(&mut self.event_time_ms, delta.event_time);
        advance(&mut self.watermark_ms, delta.watermark);
        advance(&mut self.record_timestamp_ms, delta.record_timestamp);
        self.timestamp_type = delta.timestamp_type.unwrap_or(self.timestamp_type);
        advance(&mut self.received_ms, delta.received);
        advance(&mut self.pushed_ms, delta.pushed);
        for (topic, partitions) in &delta.offsets {
            let known = self.offsets.entry(topic.clone()).or_default();
            for (partition, by) in partitions {
                let next = known.entry(*partition).or_insert(0);
                *next = next.wrapping_add(*by);
            }
        }
    }
}
