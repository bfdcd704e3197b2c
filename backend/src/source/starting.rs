//! Where partitions are read from: at first, and when the broker no longer has what we would read next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::KafkaResult;

use super::consumer::KafkaConsumer;
use super::progress::{Progress, repair_of};
use super::topics::{Bounds, Survey};
use super::{PartitionId, SourceEvent, StartAt};

/// How long the broker may take to find offsets by time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Wanted first offsets of the partitions that are not read yet.
pub(super) fn starts(
    consumer: &KafkaConsumer,
    start: &StartAt,
    progress: &Progress,
    survey: &Survey,
) -> KafkaResult<BTreeMap<PartitionId, i64>> {
    let new: BTreeMap<PartitionId, Bounds> = survey
        .partitions
        .iter()
        .filter(|(id, _)| !progress.has(id))
        .map(|(id, bounds)| (id.clone(), *bounds))
        .collect();
    match start {
        // A partition that appears later holds only what is newer than our start.
        StartAt::Time(time_ms) if progress.is_empty() => starts_at_time(consumer, *time_ms, &new),
        StartAt::Beginning | StartAt::Time(_) => {
            Ok(new.into_iter().map(|(id, bounds)| (id, bounds.low)).collect())
        }
        StartAt::Offsets(offsets) => Ok(new
            .into_iter()
            .map(|(id, bounds)| {
                let start = offsets.get(&id).copied().unwrap_or(bounds.low);
                (id, start)
            })
            .collect()),
    }
}

/// A broker answers "after the end" for a time newer than all records, and so does one that knows no times at all
/// (librdkafka's in-process broker). They are told apart by asking for the first millisecond of 1970: every record
/// is newer.
fn starts_at_time(
    consumer: &KafkaConsumer,
    time_ms: i64,
    new: &BTreeMap<PartitionId, Bounds>,
) -> KafkaResult<BTreeMap<PartitionId, i64>> {
    let ids: Vec<PartitionId> = new.keys().cloned().collect();
    let of_first_ms = consumer.offsets_at(&ids, 1, PATIENCE)?;
    let of_time = consumer.offsets_at(&ids, time_ms, PATIENCE)?;
    Ok(new
        .iter()
        .map(|(id, bounds)| {
            let knows_times = matches!(of_first_ms.get(id), Some(Some(_)));
            let start = match of_time.get(id) {
                Some(Some(offset)) => *offset,
                Some(None) if knows_times => bounds.end,
                _ => bounds.low,
            };
            (id.clone(), start)
        })
        .collect())
}

/// Adds new partitions and mends the positions of known ones; what to tell about it.
pub(super) fn begin(
    progress: &mut Progress,
    starts: BTreeMap<PartitionId, i64>,
    survey: &Survey,
) -> Vec<SourceEvent> {
    let mut events = mend(progress, &survey.partitions);
    for (id, wanted) in starts {
        let Some(bounds) = survey.partitions.get(&id) else { continue };
        let repair = repair_of(&id, wanted, *bounds);
        let offset = repair.as_ref().map_or(wanted, |repair| repair.restart);
        progress.add(&id, offset, bounds.end);
        events.extend(repair.map(|repair| SourceEvent::Gap(repair.gap)));
        events.push(started(&id, offset));
    }
    events
}

fn mend(progress: &mut Progress, bounds: &BTreeMap<PartitionId, Bounds>) -> Vec<SourceEvent> {
    let mut events = Vec::new();
    for repair in progress.repair(bounds) {
        let gap = repair.gap;
        tracing::warn!(
            topic = gap.topic,
            partition = gap.partition,
            why = gap.why,
            "records are missing"
        );
        let id = (Arc::from(gap.topic.as_str()), gap.partition);
        events.push(SourceEvent::Gap(gap));
        if repair.is_anew {
            events.push(started(&id, repair.restart));
        }
    }
    events
}

fn started((topic, partition): &PartitionId, offset: i64) -> SourceEvent {
    SourceEvent::Started {
        topic: Arc::clone(topic),
        partition: *partition,
        offset,
        complete_from_start: offset == 0,
    }
}
