//! Reading and writing against the embedded broker: quick, and what the demo relies on. Promises of exactness and
//! durability are tested against a real Kafka, in `kafka_source.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream::broker::EmbeddedBroker;
use hailstream::source::producer::{Producer, Record};
use hailstream::source::{SourceEvent, SourceOptions, StartAt, TopicSelector};
use support::Reader;

fn broker(topics: &[(&str, i32)]) -> EmbeddedBroker {
    let topics: Vec<_> = topics.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    EmbeddedBroker::start(&topics).unwrap()
}

fn options(broker: &EmbeddedBroker, topic: &str) -> SourceOptions {
    SourceOptions {
        kafka: broker.client_properties(),
        topics: vec![TopicSelector::Name(topic.to_owned())],
        start: StartAt::Beginning,
        group: "test".to_owned(),
    }
}

fn write(producer: &Producer, topic: &str, range: std::ops::Range<u32>) {
    for number in range {
        let (key, value) = (format!("k{}", number % 100), number.to_string());
        let record = Record {
            topic,
            key: Some(key.as_bytes()),
            value: Some(value.as_bytes()),
            timestamp_ms: Some(1_000 + i64::from(number)),
            header: None,
        };
        producer.send(record).unwrap();
    }
    assert!(producer.flush(support::PATIENCE));
}

#[test]
fn every_record_is_read_once_and_in_order_of_its_partition() {
    let broker = broker(&[("t", 32)]);
    let producer = Producer::new(&broker.client_properties()).unwrap();
    write(&producer, "t", 0..5_000);
    let mut reader = Reader::start(options(&broker, "t"));
    reader.read_until(|seen| seen.records.len() >= 5_000);
    write(&producer, "t", 5_000..10_000);
    reader.read_until(|seen| seen.records.len() >= 10_000);
    assert_eq!(reader.seen.numbers(), (0..10_000).collect::<Vec<_>>());
    reader.seen.assert_offsets_without_holes();
    assert!(reader.seen.is_caught_up);
    assert_eq!(producer.deliveries().acknowledged, 10_000);
}

#[test]
fn ends_add_up_to_what_was_written() {
    let broker = broker(&[("t", 4)]);
    let producer = Producer::new(&broker.client_properties()).unwrap();
    write(&producer, "t", 0..1_000);
    let mut reader = Reader::start(options(&broker, "t"));
    reader.read_until(|seen| seen.ends.values().sum::<i64>() == 1_000);
    write(&producer, "t", 0..500);
    reader.read_until(|seen| seen.ends.values().sum::<i64>() == 1_500);
}

#[test]
fn a_missing_topic_is_told_and_read_once_it_exists() {
    let broker = broker(&[]);
    let mut reader = Reader::start(options(&broker, "late"));
    reader.read_until(|seen| seen.links.last().is_some());
    assert_eq!(reader.seen.links, ["failed: topic late does not exist"]);
    broker.create_topic("late", 2).unwrap();
    let producer = Producer::new(&broker.client_properties()).unwrap();
    write(&producer, "late", 0..10);
    reader.read_until(|seen| seen.records.len() == 10);
    assert_eq!(reader.seen.links.last().unwrap(), "connected");
}

#[test]
fn topics_that_match_a_pattern_are_found_while_reading() {
    let broker = broker(&[("taxi.a", 2), ("other", 2)]);
    let producer = Producer::new(&broker.client_properties()).unwrap();
    write(&producer, "taxi.a", 0..10);
    write(&producer, "other", 0..10);
    let mut options = options(&broker, "");
    options.topics = vec![TopicSelector::Regex(r"^(source\.)?taxi\.".to_owned())];
    let mut reader = Reader::start(options);
    reader.read_until(|seen| seen.records.len() == 10);
    broker.create_topic("source.taxi.a", 2).unwrap();
    write(&producer, "source.taxi.a", 0..5);
    reader.read_until(|seen| seen.records.len() == 15);
    assert_eq!(reader.seen.topics(), ["source.taxi.a", "taxi.a"]);
}

#[test]
fn a_broker_that_knows_no_times_is_read_from_the_beginning() {
    let broker = broker(&[("t", 3)]);
    let producer = Producer::new(&broker.client_properties()).unwrap();
    write(&producer, "t", 0..100);
    let mut options = options(&broker, "t");
    options.start = StartAt::Time(1_050);
    let mut reader = Reader::start(options);
    reader.read_until(|seen| seen.is_caught_up);
    assert_eq!(reader.seen.records.len(), 100);
}

#[test]
fn reading_starts_at_given_offsets() {
    let broker = broker(&[("t", 1)]);
    let producer = Producer::new(&broker.client_properties()).unwrap();
    write(&producer, "t", 0..100);
    let mut options = options(&broker, "t");
    options.start = StartAt::Offsets(BTreeMap::from([((Arc::from("t"), 0), 60)]));
    let mut reader = Reader::start(options);
    reader.read_until(|seen| seen.is_caught_up);
    assert_eq!(reader.seen.numbers(), (60..100).collect::<Vec<_>>());
    assert_eq!(reader.seen.starts, [("t".to_owned(), 0, 60, false)]);
}

#[test]
fn a_broker_that_is_not_there_is_told_and_waited_for() {
    let mut options = options(&broker(&[]), "t");
    // Nobody listens on the port of a broker that has been stopped.
    options.kafka.remove("fetch.wait.max.ms");
    let mut reader = Reader::start(options);
    reader.read_until(|seen| !seen.links.is_empty());
    assert!(reader.seen.links[0].starts_with("disconnected: no broker"), "{:?}", reader.seen.links);
}

#[test]
fn a_source_stops_although_nobody_takes_its_events() {
    let broker = broker(&[("t", 1)]);
    let producer = Producer::new(&broker.client_properties()).unwrap();
    write(&producer, "t", 0..50_000);
    let (events, events_in) = std::sync::mpsc::sync_channel::<SourceEvent>(1);
    let handle = hailstream::source::spawn(options(&broker, "t"), events).unwrap();
    assert!(matches!(events_in.recv().unwrap(), SourceEvent::Started { .. }));
    let began = std::time::Instant::now();
    handle.stop();
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
}

#[test]
fn a_property_librdkafka_does_not_know_is_named() {
    let broker = broker(&[]);
    let mut options = options(&broker, "t");
    options.kafka.insert("fetch.wiat.max.ms".to_owned(), "1".to_owned());
    let (events, _events_in) = std::sync::mpsc::sync_channel(1);
    let error = hailstream::source::spawn(options, events).unwrap_err().to_string();
    assert!(
        error.starts_with("kafka.fetch.wiat.max.ms: No such configuration property"),
        "{error}"
    );
}
