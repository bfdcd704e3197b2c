//! As-of: which records a result covers, and the stamps from which a panel tells how old it is and why.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Next offset to be read, per topic and partition: everything before it is in the result's account.
pub type Offsets = BTreeMap<String, BTreeMap<i32, i64>>;

/// Advance of the offsets since the base result. Partitions that did not move are absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OffsetsDelta {
    /// By place: the partitions of the base result are numbered from 0 on, topic by topic, both in order.
    Known(BTreeMap<u32, i64>),
    /// By topic and partition, where one is new.
    Named(Offsets),
}

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
    /// Advance of the offsets.
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

impl Default for OffsetsDelta {
    fn default() -> Self {
        Self::Known(BTreeMap::new())
    }
}

impl OffsetsDelta {
    fn between(old: &Offsets, new: &Offsets) -> Self {
        let all = new.iter().flat_map(|(topic, partitions)| {
            partitions.iter().map(move |(partition, next)| (topic, *partition, *next))
        });
        let before = |topic: &String, partition| old.get(topic)?.get(&partition).copied();
        let same = |offsets: &Offsets| offsets.values().map(BTreeMap::len).sum::<usize>();
        let is_known = same(old) == same(new)
            && all.clone().all(|(topic, partition, _)| before(topic, partition).is_some());
        if is_known {
            let by = |(topic, partition, next): (&String, i32, i64)| {
                next.wrapping_sub(before(topic, partition).unwrap_or(0))
            };
            let moved = (0..).zip(all.map(by)).filter(|(_, by)| *by != 0);
            return Self::Known(moved.collect());
        }
        let mut named = Offsets::new();
        for (topic, partition, next) in all {
            let old = before(topic, partition);
            let by = next.wrapping_sub(old.unwrap_or(0));
            if by != 0 || old.is_none() {
                named.entry(topic.clone()).or_default().insert(partition, by);
            }
        }
        Self::Named(named)
    }

    /// Whether nothing moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Known(moved) => moved.is_empty(),
            Self::Named(moved) => moved.is_empty(),
        }
    }

    /// Moves offsets on. A place that there is not moves nothing.
    fn apply(&self, offsets: &mut Offsets) {
        match self {
            Self::Known(moved) => {
                let known = offsets.values_mut().flat_map(BTreeMap::values_mut);
                for (next, place) in known.zip(0_u32..) {
                    let by = moved.get(&place).copied().unwrap_or(0);
                    *next = next.wrapping_add(by);
                }
            }
            Self::Named(moved) => {
                for (topic, partitions) in moved {
                    let known = offsets.entry(topic.clone()).or_default();
                    for (partition, by) in partitions {
                        let next = known.entry(*partition).or_insert(0);
                        *next = next.wrapping_add(*by);
                    }
                }
            }
        }
    }
}

impl AsOf {
    /// What moved from `self` to `new`. Times never return to absent, so that is not expressible.
    #[must_use]
    pub fn delta_to(&self, new: &Self) -> AsOfDelta {
        AsOfDelta {
            sequence: new.sequence,
            event_time: moved(self.event_time_ms, new.event_time_ms),
            watermark: moved(self.watermark_ms, new.watermark_ms),
            record_timestamp: moved(self.record_timestamp_ms, new.record_timestamp_ms),
            timestamp_type: (self.timestamp_type != new.timestamp_type)
                .then_some(new.timestamp_type),
            received: moved(self.received_ms, new.received_ms),
            pushed: moved(self.pushed_ms, new.pushed_ms),
            offsets: OffsetsDelta::between(&self.offsets, &new.offsets),
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
        delta.offsets.apply(&mut self.offsets);
    }
}
