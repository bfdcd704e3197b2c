//! How far reading is: the position, the end and the health of every partition. Pure bookkeeping, no broker, no
//! clock: what `reading.rs` decides, it decides on this.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_protocol::Gap;

use super::topics::Bounds;
use super::{PartitionId, RecordRef};

/// All partitions that are read. Topics keep their index for ever, so records can name them by number.
#[derive(Debug, Default)]
pub(super) struct Progress {
    topics: Vec<TopicProgress>,
}

#[derive(Debug)]
struct TopicProgress {
    name: Arc<str>,
    partitions: Vec<Option<PartitionProgress>>,
}

#[derive(Clone, Debug)]
struct PartitionProgress {
    /// Next offset to be read.
    next: i64,
    /// One after the last offset the broker told of.
    end: i64,
    /// Where it ended when reading began.
    end_at_start: i64,
    /// The end last told to the engine.
    told_end: Option<i64>,
    /// Nothing more for us up to here, though no record says so (transaction markers, compaction).
    drained_to: i64,
    /// Position when it was last looked at, and since when it has not moved although there is more.
    stuck: Option<(i64, i64)>,
}

/// What must be done about a partition whose position is outside of what the broker has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repair {
    pub(super) gap: Gap,
    /// Reading goes on here.
    pub(super) restart: i64,
    /// The offsets start over: the topic was truncated or created anew.
    pub(super) is_anew: bool,
}

impl Progress {
    pub(super) fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// Names by index, for batches.
    pub(super) fn topics(&self) -> Arc<[Arc<str>]> {
        self.topics.iter().map(|topic| Arc::clone(&topic.name)).collect()
    }

    pub(super) fn has(&self, (topic, partition): &PartitionId) -> bool {
        self.find(topic, *partition).is_some()
    }

    /// Starts a partition.
    pub(super) fn add(&mut self, (topic, partition): &PartitionId, start: i64, end: i64) {
        let index =
            self.topics.iter().position(|known| known.name == *topic).unwrap_or_else(|| {
                self.topics.push(TopicProgress { name: Arc::clone(topic), partitions: Vec::new() });
                self.topics.len() - 1
            });
        let Ok(number) = usize::try_from(*partition) else { return };
        let partitions = &mut self.topics[index].partitions;
        if partitions.len() <= number {
            partitions.resize(number + 1, None);
        }
        partitions[number] = Some(PartitionProgress {
            next: start,
            end,
            end_at_start: end,
            told_end: None,
            drained_to: start,
            stuck: None,
        });
    }

    fn find(&self, topic: &str, partition: i32) -> Option<&PartitionProgress> {
        let topic = self.topics.iter().find(|known| *known.name == *topic)?;
        topic.partitions.get(usize::try_from(partition).ok()?)?.as_ref()
    }

    fn find_mut(&mut self, topic: &str, partition: i32) -> Option<&mut PartitionProgress> {
        let topic = self.topics.iter_mut().find(|known| *known.name == *topic)?;
        topic.partitions.get_mut(usize::try_from(partition).ok()?)?.as_mut()
    }

    fn all(&self) -> impl Iterator<Item = (&Arc<str>, i32, &PartitionProgress)> {
        self.topics.iter().flat_map(|topic| {
            (0..).zip(&topic.partitions).filter_map(move |(partition, progress)| {
                progress.as_ref().map(|progress| (&topic.name, partition, progress))
            })
        })
    }

    /// Moves positions behind `records`, which are in order within each partition.
    pub(super) fn advance(&mut self, records: &[RecordRef]) {
        for record in records {
            let topic = self.topics.get_mut(usize::from(record.topic));
            let slot = usize::try_from(record.partition).ok();
            let progress = topic.zip(slot).and_then(|(topic, slot)| topic.partitions.get_mut(slot));
            if let Some(Some(progress)) = progress {
                progress.next = record.offset + 1;
                progress.end = progress.end.max(progress.next);
            }
        }
    }

    /// Next offsets to be read.
    pub(super) fn positions(&self) -> BTreeMap<PartitionId, i64> {
        self.all()
            .map(|(topic, partition, progress)| ((Arc::clone(topic), partition), progress.next))
            .collect()
    }

    /// Takes in where a partition ends and up to where it was drained.
    pub(super) fn observe(
        &mut self,
        topic: &str,
        partition: i32,
        end: Option<i64>,
        drained_to: Option<i64>,
    ) {
        let Some(progress) = self.find_mut(topic, partition) else { return };
        if let Some(end) = end {
            progress.end = progress.end.max(end);
        }
        if let Some(drained_to) = drained_to {
            progress.drained_to = drained_to;
        }
    }

    /// Ends that the engine has not been told yet.
    pub(super) fn untold_ends(&mut self) -> Vec<(Arc<str>, i32, i64)> {
        let mut untold = Vec::new();
        for topic in &mut self.topics {
            for (partition, progress) in (0..).zip(&mut topic.partitions) {
                let Some(progress) = progress else { continue };
                let end =
                    if progress.drained_to >= progress.end { progress.next } else { progress.end };
                if progress.told_end != Some(end) {
                    progress.told_end = Some(end);
                    untold.push((Arc::clone(&topic.name), partition, end));
                }
            }
        }
        untold
    }

    /// Every partition was read to where it ended when reading began.
    pub(super) fn is_caught_up(&self) -> bool {
        self.all().all(|(_, _, one)| one.next.max(one.drained_to) >= one.end_at_start)
    }

    /// Some partition that holds more and has not moved for `limit_ms`, though records could flow.
    pub(super) fn stuck(&mut self, now_ms: i64, limit_ms: i64) -> Option<PartitionId> {
        let mut stuck = None;
        for topic in &mut self.topics {
            for (partition, progress) in (0..).zip(&mut topic.partitions) {
                let Some(progress) = progress else { continue };
                let moved = progress.stuck.is_none_or(|(position, _)| position != progress.next);
                if progress.next.max(progress.drained_to) >= progress.end {
                    progress.stuck = None;
                } else if moved {
                    progress.stuck = Some((progress.next, now_ms));
                } else if progress.stuck.is_some_and(|(_, since)| now_ms - since >= limit_ms) {
                    stuck = Some((Arc::clone(&topic.name), partition));
                }
            }
        }
        stuck
    }

    /// Time spent unable to read is nobody's fault: the watch starts over.
    pub(super) fn forgive(&mut self) {
        for topic in &mut self.topics {
            for progress in topic.partitions.iter_mut().flatten() {
                progress.stuck = None;
            }
        }
    }

    /// Moves positions that the broker no longer (or not any more) has to where reading can go on, and says what
    /// was lost.
    pub(super) fn repair(&mut self, bounds: &BTreeMap<PartitionId, Bounds>) -> Vec<Repair> {
        let mut repairs = Vec::new();
        for ((topic, partition), bounds) in bounds {
            let Some(progress) = self.find_mut(topic, *partition) else { continue };
            let id = (Arc::clone(topic), *partition);
            let Some(repair) = repair_of(&id, progress.next, *bounds) else {
                progress.end = progress.end.max(bounds.end);
                continue;
            };
            progress.next = repair.restart;
            progress.drained_to = repair.restart;
            if repair.is_anew {
                progress.end = bounds.end;
                progress.end_at_start = progress.end_at_start.min(bounds.end);
            }
            repairs.push(repair);
        }
        repairs
    }
}

/// What to do about reading `partition` at `next` when the broker has `bounds`; `None` when all is well.
pub(super) fn repair_of(
    (topic, partition): &PartitionId,
    next: i64,
    bounds: Bounds,
) -> Option<Repair> {
    let why = if next < bounds.low {
        format!("the broker no longer keeps offsets {next} to {}", bounds.low - 1)
    } else if next > bounds.end {
        format!("the topic was truncated or created anew: it ends at {}, before {next}", bounds.end)
    } else {
        return None;
    };
    let gap = Gap {
        topic: topic.to_string(),
        partition: *partition,
        from_offset: next,
        to_offset: bounds.low,
        why,
    };
    Some(Repair { gap, restart: bounds.low, is_anew: next > bounds.end })
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::TimestampType;

    use super::*;

    fn id(partition: i32) -> PartitionId {
        (Arc::from("t"), partition)
    }

    fn record(partition: i32, offset: i64) -> RecordRef {
        RecordRef {
            topic: 0,
            partition,
            offset,
            timestamp_ms: None,
            timestamp_type: TimestampType::None,
            key: None,
            value: None,
        }
    }

    fn reading(ends: &[i64]) -> Progress {
        let mut progress = Progress::default();
        for (partition, end) in (0..).zip(ends) {
            progress.add(&id(partition), 0, *end);
        }
        progress
    }

    #[test]
    fn caught_up_when_every_partition_reached_its_first_known_end() {
        let mut progress = reading(&[2, 0, 1]);
        assert!(!progress.is_caught_up());
        progress.observe("t", 0, Some(5), None);
        progress.advance(&[record(0, 0), record(0, 1)]);
        assert!(!progress.is_caught_up());
        // Offset 0 of partition 2 is a transaction marker: it is never delivered, only drained.
        progress.observe("t", 2, Some(1), Some(1));
        assert!(progress.is_caught_up());
    }

    #[test]
    fn ends_are_told_once_and_without_offsets_that_hold_no_record() {
        let mut progress = reading(&[2, 3]);
        let told = |progress: &mut Progress| -> Vec<(i32, i64)> {
            progress.untold_ends().into_iter().map(|(_, partition, end)| (partition, end)).collect()
        };
        assert_eq!(told(&mut progress), [(0, 2), (1, 3)]);
        assert_eq!(told(&mut progress), []);
        progress.advance(&[record(1, 0), record(1, 1)]);
        progress.observe("t", 1, Some(3), Some(3));
        assert_eq!(told(&mut progress), [(1, 2)]);
    }

    #[test]
    fn only_a_partition_with_more_to_read_is_stuck() {
        let mut progress = reading(&[2, 0]);
        assert_eq!(progress.stuck(1_000, 100), None);
        assert_eq!(progress.stuck(1_099, 100), None);
        progress.advance(&[record(0, 0)]);
        assert_eq!(progress.stuck(1_100, 100), None);
        assert_eq!(progress.stuck(1_200, 100), Some(id(0)));
        progress.forgive();
        assert_eq!(progress.stuck(1_300, 100), None);
        progress.advance(&[record(0, 1)]);
        assert_eq!(progress.stuck(2_000, 100), None);
    }

    #[test]
    fn what_retention_took_is_a_gap_and_reading_goes_on() {
        let mut progress = reading(&[100]);
        progress.advance(&[record(0, 9)]);
        let repairs = progress.repair(&BTreeMap::from([(id(0), Bounds { low: 40, end: 120 })]));
        assert_eq!((repairs[0].gap.from_offset, repairs[0].gap.to_offset), (10, 40));
        assert_eq!(repairs[0].gap.why, "the broker no longer keeps offsets 10 to 39");
        assert_eq!((repairs[0].is_anew, progress.positions()[&id(0)]), (false, 40));
    }

    #[test]
    fn a_topic_created_anew_is_read_from_its_start() {
        let mut progress = reading(&[100]);
        progress.advance(&[record(0, 99)]);
        let repairs = progress.repair(&BTreeMap::from([(id(0), Bounds { low: 0, end: 3 })]));
        assert_eq!((repairs[0].is_anew, progress.positions()[&id(0)]), (true, 0));
        assert!(!repairs[0].gap.why.is_empty());
        progress.advance(&[record(0, 0), record(0, 1), record(0, 2)]);
        assert!(progress.is_caught_up());
        assert_eq!(progress.repair(&BTreeMap::from([(id(0), Bounds { low: 0, end: 3 })])), []);
    }
}
