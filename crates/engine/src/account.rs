//! The account of each partition, and what is known of its time.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_protocol::stream_info::{Account, PartitionInfo};
use hailstream_protocol::{AsOf, Offsets, TimestampType};

#[derive(Clone, Debug)]
pub(crate) struct Partition {
    pub(crate) account: Account,
    pub(crate) next_offset: i64,
    pub(crate) end_offset: Option<i64>,
    /// Newest event time; the lateness of further records is judged by it alone.
    pub(crate) newest_ms: Option<i64>,
    pub(crate) complete_from_start: bool,
}

/// All partitions, by topic index and number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Partitions {
    pub(crate) topics: Vec<Arc<str>>,
    pub(crate) by_id: BTreeMap<(u16, i32), Partition>,
    pub(crate) newest_record_ms: Option<i64>,
    pub(crate) timestamp_type: TimestampType,
    pub(crate) received_ms: Option<i64>,
}

impl Partitions {
    pub(crate) fn topic(&mut self, name: &str) -> u16 {
        let known = self.topics.iter().position(|topic| topic.as_ref() == name);
        known.unwrap_or_else(|| {
            self.topics.push(Arc::from(name));
            self.topics.len() - 1
        }) as u16
    }

    pub(crate) fn get(&mut self, topic: u16, partition: i32) -> &mut Partition {
        self.by_id.entry((topic, partition)).or_insert_with(|| Partition {
            account: Account::default(),
            next_offset: 0,
            end_offset: None,
            newest_ms: None,
            complete_from_start: true,
        })
    }

    pub(crate) fn account(&self) -> Account {
        let mut sum = Account::default();
        self.by_id.values().for_each(|partition| sum.add(&partition.account));
        sum
    }

    pub(crate) fn lag(&self) -> u64 {
        self.by_id
            .values()
            .map(|partition| {
                partition.end_offset.map_or(0, |end| (end - partition.next_offset).max(0))
            })
            .sum::<i64>() as u64
    }

    pub(crate) fn newest_ms(&self) -> Option<i64> {
        self.by_id.values().filter_map(|partition| partition.newest_ms).max()
    }

    /// The least of the partitions' newest times, those at their end and without news left out.
    pub(crate) fn watermark_ms(&self, disorder_ms: i64) -> Option<i64> {
        let lagging = |partition: &&Partition| {
            partition.end_offset.is_some_and(|end| end > partition.next_offset)
        };
        let behind =
            self.by_id.values().filter(lagging).filter_map(|partition| partition.newest_ms).min();
        behind.or_else(|| self.newest_ms()).map(|newest| newest.saturating_sub(disorder_ms))
    }

    pub(crate) fn offsets(&self) -> Offsets {
        let mut offsets = Offsets::new();
        for ((topic, partition), state) in &self.by_id {
            let topic = self.topics[*topic as usize].to_string();
            offsets.entry(topic).or_default().insert(*partition, state.next_offset);
        }
        offsets
    }

    pub(crate) fn as_of(&self, epoch: &str, disorder_ms: i64) -> AsOf {
        AsOf {
            epoch: epoch.to_owned(),
            sequence: 0,
            event_time_ms: self.newest_ms(),
            watermark_ms: self.watermark_ms(disorder_ms),
            record_timestamp_ms: self.newest_record_ms,
            timestamp_type: self.timestamp_type,
            received_ms: self.received_ms,
            pushed_ms: None,
            offsets: self.offsets(),
        }
    }

    pub(crate) fn info(&self) -> Vec<PartitionInfo> {
        self.by_id
            .iter()
            .map(|((topic, partition), state)| PartitionInfo {
                topic: self.topics[*topic as usize].to_string(),
                partition: *partition,
                next_offset: state.next_offset,
                end_offset: state.end_offset,
                event_time_ms: state.newest_ms,
                account: state.account,
            })
            .collect()
    }
}
