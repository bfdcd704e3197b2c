//! What the server tells of itself, against a real Apache Kafka: its figures agree with the account, and go on without Kafka.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod support;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use hailstream::assets::Assets;
use hailstream::clock;
use hailstream::config::{ServeConfig, ViewLimits};
use hailstream::dashboards::Dashboards;
use hailstream::maps::Maps;
use hailstream::serve::{self, Feeds};
use hailstream::source::producer::{Producer, Record};
use hailstream_engine::StreamConfig;
use serde_json::{Value, json};
use support::PATIENCE;
use support::http::request;
use support::kafka::Kafka;

const STREAM: &str = "{stream: rides, topics: [rides], time: {field: ts, unit: ms}, lateness: 10s,\n\
    dedupe: {by: [id], within: 1m}, fields: {id: long, ts: date, fare: double}}";
/// Keys of the account, and how the server's own stream calls them.
const ACCOUNT: [(&str, &str); 7] = [
    ("consumed", "consumed"),
    ("applied", "applied"),
    ("filtered", "filtered"),
    ("duplicate", "duplicate"),
    ("late_dropped", "late"),
    ("dead_lettered", "dead_lettered"),
    ("tombstones", "tombstones"),
];

fn write(kafka: &Kafka, count: i64) {
    let producer = Producer::new(&kafka.properties()).unwrap();
    let now_ms = clock::now_ms();
    for number in 0..count {
        let good = json!({"id": number, "ts": now_ms, "fare": 7.5}).to_string();
        let value = match number % 50 {
            1 => json!({"id": number, "ts": now_ms - 60_000}).to_string(),
            2 => json!({"id": 0, "ts": now_ms}).to_string(),
            3 => "{\"id\":".to_owned(),
            4 => json!({"id": number, "ts": now_ms, "fare": "much"}).to_string(),
            _ => good,
        };
        // One partition, so that what is late and what is a duplicate is known.
        let record = Record {
            topic: "rides",
            key: Some(b"k"),
            value: Some(value.as_bytes()).filter(|_| number % 50 != 5),
            timestamp_ms: Some(now_ms),
            header: None,
        };
        producer.send(record).unwrap();
    }
    assert!(producer.flush(PATIENCE));
}

async fn stream(address: SocketAddr) -> Value {
    let (status, body) = request(address, "GET", "/api/streams/rides", "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// One number of the server's own stream, of the records about the test's stream.
async fn told(address: SocketAddr, kind: &str, metric: &str, field: &str) -> f64 {
    let query = json!({
        "stream": "hailstream",
        "filters": [
            {"term": {"field": "stream", "value": "rides"}}, {"term": {"field": "kind", "value": kind}},
        ],
        "metrics": [{"id": "m", "type": metric, "field": field}],
    });
    let (status, body) = request(address, "POST", "/api/query", &query.to_string()).await;
    assert_eq!(status, 200, "{body}");
    let answer: Value = serde_json::from_str(&body).unwrap();
    answer["rows"][0][0].as_f64().unwrap_or(-1.0)
}

/// The sums of what was told, second by second, in the order of [`ACCOUNT`].
async fn sums(address: SocketAddr) -> Vec<f64> {
    let mut sums = Vec::new();
    for (_, field) in ACCOUNT {
        sums.push(told(address, "stream", "sum", field).await);
    }
    sums
}

fn account(info: &Value) -> Vec<f64> {
    ACCOUNT.iter().map(|(key, _)| info["account"][key].as_f64().unwrap()).collect()
}

/// Looks until it holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "still waiting: {what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_tells_of_itself_is_the_account_and_goes_on_without_kafka() {
    let kafka = Kafka::start();
    kafka.create_topic("rides", 2, &[]);
    let data_dir = tempfile::tempdir().unwrap();
    let config = ServeConfig {
        kafka: kafka.properties(),
        streams: vec![Arc::new(StreamConfig::from_yaml(STREAM, "rides.yaml").unwrap())],
        dashboards: Dashboards::default(),
        maps: Maps::default(),
        views: ViewLimits::default(),
        frame_ancestors: Vec::new(),
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: data_dir.path().into(),
    };
    let server = serve::start(config, Assets::Absent, Feeds::Kafka).await.unwrap();
    let address = server.local_addr();
    write(&kafka, 5_000);
    until("all records", async || stream(address).await["account"]["consumed"] == 5_000).await;
    // Known beforehand: of each fifty one is late, one a duplicate, two are bad, one is a deletion.
    let info = stream(address).await;
    let want = [5_000.0, 4_500.0, 0.0, 100.0, 100.0, 200.0, 100.0];
    assert_eq!(account(&info), want);
    until("their sums", async || sums(address).await == want).await;
    let seconds: BTreeMap<&str, u64> = info["bad_records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| (bad["reason"].as_str().unwrap(), bad["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(seconds, [("not_json", 100), ("wrong_type", 100)].into());
    assert!(told(address, "latency", "avg", "latency_ms").await >= 0.0, "the legs are told");

    kafka.stop();
    until("the outage", async || stream(address).await["state"] == "disconnected").await;
    let before = told(address, "stream", "max", "at").await;
    until("news without Kafka", async || {
        told(address, "stream", "max", "at").await >= before + 2_000.0
    })
    .await;
    assert_eq!(sums(address).await, want);
    server.shutdown().await;
}
