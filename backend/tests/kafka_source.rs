//! What the source promises, against a real Apache Kafka.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod support;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use hailstream::clock;
use hailstream::source::producer::{Producer, Record};
use hailstream::source::{SourceOptions, StartAt, TopicSelector};
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use support::kafka::Kafka;
use support::{PATIENCE, Reader};

fn options(kafka: &Kafka, topic: &str) -> SourceOptions {
    SourceOptions {
        kafka: kafka.properties(),
        topics: vec![TopicSelector::Name(topic.to_owned())],
        start: StartAt::Beginning,
        group: format!("test-{topic}"),
    }
}

/// Timestamps of test records begin here. A recent time: older records Kafka's retention would take.
static ORIGIN_MS: LazyLock<i64> = LazyLock::new(|| clock::now_ms() - 3_600_000);

/// Writes numbers; their timestamps are so many milliseconds after the origin.
fn write(producer: &Producer, topic: &str, range: Range<u32>) {
    for number in range {
        let (key, value) = (format!("k{}", number % 100), number.to_string());
        let record = Record {
            topic,
            key: Some(key.as_bytes()),
            value: Some(value.as_bytes()),
            timestamp_ms: Some(*ORIGIN_MS + i64::from(number)),
            header: None,
        };
        producer.send(record).unwrap();
    }
    assert!(producer.flush(PATIENCE));
    let deliveries = producer.deliveries();
    assert_eq!(deliveries.acknowledged, deliveries.sent, "{deliveries:?}");
}

#[test]
fn every_record_is_read_once_and_in_order_of_its_partition() {
    let kafka = Kafka::shared();
    kafka.create_topic("once", 7, &[]);
    let producer = Producer::new(&kafka.properties()).unwrap();
    write(&producer, "once", 0..150_000);
    let mut reader = Reader::start(options(&kafka, "once"));
    reader.read_until(|seen| seen.is_caught_up);
    assert_eq!(reader.seen.records.len(), 150_000);
    write(&producer, "once", 150_000..200_000);
    reader.read_until(|seen| seen.records.len() >= 200_000);
    reader.read_until(|seen| seen.ends.values().sum::<i64>() == 200_000);
    reader.stop();
    assert_eq!(reader.seen.numbers(), (0..200_000).collect::<Vec<_>>());
    reader.seen.assert_offsets_without_holes();
    assert_eq!(reader.seen.links, ["connected"]);
    assert_eq!(reader.seen.gaps, []);
}

#[test]
fn a_stopped_broker_is_told_within_two_seconds_and_nothing_is_missing_when_it_returns() {
    let mut kafka = Kafka::start();
    kafka.create_topic("t", 4, &[]);
    let producer = Producer::new(&kafka.properties()).unwrap();
    write(&producer, "t", 0..1_000);
    let mut reader = Reader::start(options(&kafka, "t"));
    reader.read_until(|seen| seen.records.len() == 1_000);
    kafka.stop();
    let stopped = Instant::now();
    reader.read_until(|seen| seen.links.len() >= 2);
    assert!(reader.seen.links[1].starts_with("disconnected: "), "{:?}", reader.seen.links);
    assert!(stopped.elapsed() < Duration::from_secs(2), "{:?}", stopped.elapsed());
    kafka.start_again();
    reader.read_until(|seen| seen.links.len() >= 3);
    assert_eq!(reader.seen.links[2], "connected");
    write(&producer, "t", 1_000..2_000);
    reader.read_until(|seen| seen.records.len() >= 2_000);
    reader.stop();
    assert_eq!(reader.seen.numbers(), (0..2_000).collect::<Vec<_>>());
    reader.seen.assert_offsets_without_holes();
    assert_eq!((reader.seen.links.len(), reader.seen.gaps.len()), (3, 0));
}

#[test]
fn what_retention_took_while_reading_was_held_up_is_a_gap() {
    let kafka = Kafka::shared();
    kafka.create_topic("retained", 1, &[]);
    let producer = Producer::new(&kafka.properties()).unwrap();
    write(&producer, "retained", 0..200_000);
    let mut options = options(&kafka, "retained");
    // Little is fetched ahead, so that most records are still the broker's when they are deleted.
    for (key, value) in [("queued.max.messages.kbytes", "16"), ("fetch.message.max.bytes", "10000")]
    {
        options.kafka.insert(key.to_owned(), value.to_owned());
    }
    let mut reader = Reader::start(options);
    reader.read_until(|seen| !seen.records.is_empty());
    kafka.delete_records("retained", 0, 199_000);
    reader.read_until(|seen| seen.is_caught_up);
    reader.stop();
    let gap = &reader.seen.gaps[0];
    assert_eq!(gap.to_offset, 199_000);
    assert_eq!(
        gap.why,
        format!("the broker no longer keeps offsets {} to 198999", gap.from_offset)
    );
    let before = u32::try_from(gap.from_offset).unwrap();
    let expected: Vec<u32> = (0..before).chain(199_000..200_000).collect();
    assert_eq!(reader.seen.numbers(), expected);
    assert_eq!(reader.seen.gaps.len(), 1);
}

#[test]
fn offsets_the_broker_no_longer_has_at_start_are_a_gap() {
    let kafka = Kafka::shared();
    kafka.create_topic("old", 1, &[]);
    let producer = Producer::new(&kafka.properties()).unwrap();
    write(&producer, "old", 0..100);
    kafka.delete_records("old", 0, 50);
    let mut options = options(&kafka, "old");
    options.start = StartAt::Offsets(BTreeMap::from([((Arc::from("old"), 0), 10)]));
    let mut reader = Reader::start(options);
    reader.read_until(|seen| seen.is_caught_up);
    assert_eq!((reader.seen.gaps[0].from_offset, reader.seen.gaps[0].to_offset), (10, 50));
    assert_eq!(reader.seen.starts, [("old".to_owned(), 0, 50, false)]);
    assert_eq!(reader.seen.numbers(), (50..100).collect::<Vec<_>>());
}

#[test]
fn a_topic_created_anew_is_told_and_read_from_its_start() {
    let kafka = Kafka::shared();
    kafka.create_topic("anew", 2, &[]);
    write(&Producer::new(&kafka.properties()).unwrap(), "anew", 0..1_000);
    let mut reader = Reader::start(options(&kafka, "anew"));
    reader.read_until(|seen| seen.records.len() == 1_000);
    kafka.delete_topic("anew");
    reader.read_until(|seen| seen.links.iter().any(|link| link.contains("does not exist")));
    kafka.create_topic("anew", 2, &[]);
    write(&Producer::new(&kafka.properties()).unwrap(), "anew", 1_000..1_100);
    reader.read_until(|seen| seen.records.len() >= 1_100);
    reader.stop();
    assert_eq!(reader.seen.numbers(), (0..1_100).collect::<Vec<_>>());
    assert_eq!(reader.seen.gaps.len(), 2, "{:?}", reader.seen.gaps);
    assert!(reader.seen.gaps[0].why.contains("created anew"));
    assert_eq!(reader.seen.starts.len(), 4);
}

#[test]
fn reading_starts_at_the_first_record_of_a_time() {
    let kafka = Kafka::shared();
    kafka.create_topic("timed", 3, &[]);
    let producer = Producer::new(&kafka.properties()).unwrap();
    write(&producer, "timed", 0..1_000);
    let mut options = options(&kafka, "timed");
    options.start = StartAt::Time(*ORIGIN_MS + 900);
    let mut reader = Reader::start(options.clone());
    reader.read_until(|seen| seen.is_caught_up);
    assert_eq!(reader.seen.numbers(), (900..1_000).collect::<Vec<_>>());
    // Nothing is that new: only what comes is read.
    options.start = StartAt::Time(*ORIGIN_MS + 2_000);
    let mut reader = Reader::start(options);
    reader.read_until(|seen| seen.is_caught_up);
    write(&producer, "timed", 2_000..2_010);
    reader.read_until(|seen| seen.records.len() >= 10);
    assert_eq!(reader.seen.numbers(), (2_000..2_010).collect::<Vec<_>>());
}

#[test]
fn added_partitions_are_read_from_their_beginning() {
    let kafka = Kafka::shared();
    kafka.create_topic("grows", 1, &[]);
    let mut reader = Reader::start(options(&kafka, "grows"));
    write(&Producer::new(&kafka.properties()).unwrap(), "grows", 0..100);
    reader.read_until(|seen| seen.records.len() == 100);
    let class = "org.apache.kafka.tools.TopicCommand";
    kafka.tool(class, &["--alter", "--topic", "grows", "--partitions", "4"]);
    write(&Producer::new(&kafka.properties()).unwrap(), "grows", 100..1_000);
    reader.read_until(|seen| seen.records.len() >= 1_000);
    reader.stop();
    assert_eq!(reader.seen.numbers(), (0..1_000).collect::<Vec<_>>());
    reader.seen.assert_offsets_without_holes();
    assert_eq!(reader.seen.ends.len(), 4);
}

#[test]
fn markers_of_transactions_are_no_lag_and_aborted_records_are_not_read() {
    let kafka = Kafka::shared();
    kafka.create_topic("transactions", 1, &[]);
    let mut config = ClientConfig::new();
    config.extend(kafka.properties());
    config.set("transactional.id", "test");
    let producer: BaseProducer = config.create().unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    for (number, is_kept) in [(0, true), (1, false), (2, true)] {
        producer.begin_transaction().unwrap();
        let value = number.to_string();
        let record = BaseRecord::<(), str>::to("transactions").payload(&value);
        producer.send(record).unwrap();
        producer.flush(PATIENCE).unwrap();
        match is_kept {
            true => producer.commit_transaction(PATIENCE).unwrap(),
            false => producer.abort_transaction(PATIENCE).unwrap(),
        }
    }
    let mut reader = Reader::start(options(&kafka, "transactions"));
    reader.read_until(|seen| seen.is_caught_up);
    assert_eq!(reader.seen.numbers(), [0, 2]);
    // Offsets 0 to 5 are two records, an aborted one and three markers; the last record read is offset 4.
    reader.read_until(|seen| seen.ends.values().eq([&5]));
}
