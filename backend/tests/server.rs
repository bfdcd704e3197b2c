//! The whole server but for Kafka: records given by hand, answers by HTTP and over the WebSocket.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod support;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use hailstream::assets::Assets;
use hailstream::clock;
use hailstream::config::{ServeConfig, ViewLimits};
use hailstream::dashboards::Dashboards;
use hailstream::maps::Maps;
use hailstream::serve::{self, Feeds, RunningServer};
use hailstream::source::{RecordRef, SourceBatch, SourceEvent};
use hailstream_engine::StreamConfig;
use hailstream_protocol::frame::decode_json;
use hailstream_protocol::{QueryResult, ServerMessage, TimestampType};
use serde_json::{Value, json};
use support::http::request;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const STREAM: &str = "
stream: positions
topics: [taxi.positions]
time: {field: ts, unit: ms}
clock: stream
entity: cab
fields: {cab: keyword, status: keyword, speed: double}
";

const DASHBOARD: &str = "
id: board
type: dashboard
attributes:
  title: Board
  timeFrom: now-1h
  panels:
    - panelIndex: cabs
      gridData: {x: 0, y: 0, w: 8, h: 4}
      visualization:
        title: Cabs
        type: table
        query: {stream: positions, buckets: [{id: status, type: terms, field: status}]}
";

struct Road {
    server: Option<RunningServer>,
    address: SocketAddr,
    events: SyncSender<SourceEvent>,
    topics: Arc<[Arc<str>]>,
    offset: i64,
    /// Where its saved objects are, until it ends.
    _data_dir: tempfile::TempDir,
}

impl Road {
    async fn start() -> Self {
        Self::start_with(ViewLimits::default()).await
    }

    async fn start_with(views: ViewLimits) -> Self {
        let dashboards = Dashboards::from_texts([("board.yaml", DASHBOARD)]).unwrap();
        let data_dir = tempfile::tempdir().unwrap();
        let config = ServeConfig {
            kafka: BTreeMap::new(),
            streams: vec![Arc::new(StreamConfig::from_yaml(STREAM, "positions.yaml").unwrap())],
            dashboards,
            maps: Maps::default(),
            views,
            frame_ancestors: Vec::new(),
            listen: "127.0.0.1:0".parse().unwrap(),
            data_dir: data_dir.path().into(),
        };
        // When full, the test waits.
        let (events, given) = sync_channel(4);
        let feeds = Feeds::Given([("positions".to_owned(), given)].into());
        let server = serve::start(config, Assets::Absent, feeds).await.unwrap();
        let address = server.local_addr();
        let topic: Arc<str> = "taxi.positions".into();
        events
            .send(SourceEvent::Started {
                topic: Arc::clone(&topic),
                partition: 0,
                offset: 0,
                complete_from_start: true,
            })
            .unwrap();
        events.send(SourceEvent::Connected).unwrap();
        let (server, topics) = (Some(server), [topic].into());
        Self { server, address, events, topics, offset: 0, _data_dir: data_dir }
    }

    /// Records come, as one batch.
    fn receive(&mut self, values: &[Value]) {
        let mut bytes = Vec::new();
        let mut records = Vec::new();
        for value in values {
            let start = bytes.len() as u32;
            bytes.extend(value.to_string().into_bytes());
            records.push(RecordRef {
                topic: 0,
                partition: 0,
                offset: self.offset,
                timestamp_ms: None,
                timestamp_type: TimestampType::None,
                key: None,
                value: Some(start..bytes.len() as u32),
            });
            self.offset += 1;
        }
        let topics = Arc::clone(&self.topics);
        let batch = SourceBatch { topics, bytes, records, received_ms: clock::now_ms() };
        self.events.send(SourceEvent::Batch(batch)).unwrap();
    }

    fn caught_up(&self) {
        self.events
            .send(SourceEvent::Ends(vec![(Arc::clone(&self.topics[0]), 0, self.offset)]))
            .unwrap();
        self.events.send(SourceEvent::CaughtUp).unwrap();
    }

    async fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        request(self.address, method, path, body).await
    }

    async fn query(&self, query: &Value) -> QueryResult {
        let (status, body) = self.request("POST", "/api/query", &query.to_string()).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn stop(mut self) {
        // The source ends first, as a consumer does.
        drop(self.events);
        let began = Instant::now();
        self.server.take().unwrap().shutdown().await;
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

/// A viewer with what it holds of its one view.
struct Viewer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    result: Option<QueryResult>,
    resumed: Option<bool>,
    drained: bool,
    states: Vec<String>,
    /// Dashboards that changed, with the version told.
    told: Vec<(String, Option<String>)>,
}

impl Viewer {
    async fn connect(road: &Road) -> Self {
        let url = format!("ws://{}/ws", road.address);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let (states, told) = (Vec::new(), Vec::new());
        let mut viewer = Self { socket, result: None, resumed: None, drained: false, states, told };
        viewer.say(&json!({"hello": {"versions": [1]}})).await;
        viewer
    }

    async fn say(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Takes the next message. False when the connection ended.
    async fn next(&mut self) -> bool {
        let next = tokio::time::timeout(Duration::from_secs(20), self.socket.next()).await;
        let Some(Ok(Message::Text(text))) = next.expect("the server is silent") else {
            return false;
        };
        for message in decode_json(&text).unwrap() {
            match message {
                ServerMessage::Snapshot { result, .. } => self.result = Some(result),
                ServerMessage::Delta { delta, .. } => {
                    delta.apply(self.result.as_mut().unwrap()).unwrap();
                }
                ServerMessage::Subscribed { resumed, .. } => self.resumed = Some(resumed),
                ServerMessage::Drain { .. } => self.drained = true,
                ServerMessage::Heartbeat { streams, .. } => {
                    self.states.extend(streams.iter().map(|stream| format!("{:?}", stream.state)));
                }
                ServerMessage::Welcome { .. } | ServerMessage::Pong { .. } => {}
                ServerMessage::DashboardChanged { dashboard, version } => {
                    self.told.push((dashboard, version));
                }
                ServerMessage::Error { detail, .. } => panic!("{detail}"),
            }
        }
        true
    }

    /// Reads until it is told of a dashboard once more; the version told.
    async fn newly_told(&mut self, dashboard: &str) -> Option<String> {
        let known = self.told.len();
        loop {
            let news = self.told.get(known..).unwrap_or_default().iter();
            if let Some((_, version)) = news.rev().find(|(told, _)| told == dashboard) {
                return version.clone();
            }
            assert!(self.next().await, "the connection ended");
        }
    }

    /// Reads until it holds a result over `total` records.
    async fn until_total(&mut self, total: u64) {
        while self.result.as_ref().is_none_or(|result| result.total != total) {
            assert!(self.next().await, "the connection ended");
        }
    }
}

/// Asks until there is an answer, for half a minute.
async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.expect("it never came")
}

/// The numbers of the only row of an answer.
async fn row(road: &Road, query: &Value) -> Vec<Option<f64>> {
    let rows = road.query(query).await.rows;
    rows[0].iter().map(hailstream_protocol::Value::as_f64).collect()
}

fn fix(seconds: i64, cab: &str, status: &str) -> Value {
    json!({"ts": 1_700_000_000_000 + seconds * 1000, "cab": cab, "status": status, "speed": 5})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_reach_viewers_and_askers_alike() {
    let mut road = Road::start().await;
    let first_data = road.server.as_ref().unwrap().first_data();
    let query = json!({"stream": "positions", "buckets": [{"id": "s", "type": "terms", "field": "status"}]});
    let mut viewer = Viewer::connect(&road).await;
    viewer.say(&json!({"subscribe": {"id": 1, "query": query}})).await;
    viewer.until_total(0).await;
    road.receive(&[fix(0, "a", "hired"), fix(1, "b", "free"), fix(2, "c", "hired")]);
    viewer.until_total(3).await;
    let rows = serde_json::to_string(&viewer.result.as_ref().unwrap().rows).unwrap();
    assert_eq!(rows, r#"[["hired",2],["free",1]]"#);
    tokio::time::timeout(Duration::from_secs(5), first_data).await.unwrap();

    let asked = road.query(&query).await;
    assert_eq!(asked.rows, viewer.result.as_ref().unwrap().rows);
    assert_eq!(asked.as_of.offsets["taxi.positions"][&0], 3);

    // Another viewer of the same question resumes from what the first one holds.
    let as_of = &viewer.result.as_ref().unwrap().as_of;
    let since = json!({"epoch": as_of.epoch, "sequence": as_of.sequence});
    let mut second = Viewer::connect(&road).await;
    second.result.clone_from(&viewer.result);
    second.say(&json!({"subscribe": {"id": 9, "query": query, "since": since}})).await;
    road.receive(&[fix(3, "d", "off_duty")]);
    second.until_total(4).await;
    assert_eq!(second.resumed, Some(true));
    viewer.until_total(4).await;
    assert_eq!(second.result, viewer.result);
    road.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_answers_wait_for_no_tick() {
    let seldom = ViewLimits { update_every: Duration::from_secs(3_600), ..ViewLimits::default() };
    let mut road = Road::start_with(seldom).await;
    let over = |field: &str| {
        let buckets = json!([{"id": "b", "type": "terms", "field": field}]);
        json!({"subscribe": {"id": 1, "query": {"stream": "positions", "buckets": buckets}}})
    };
    road.receive(&[fix(0, "a", "hired")]);
    road.caught_up();
    // Each is another view, opened after the first tick, which was an hour's last.
    for field in ["status", "cab", "speed"] {
        let mut viewer = Viewer::connect(&road).await;
        viewer.say(&over(field)).await;
        viewer.until_total(1).await;
        viewer.socket.close(None).await.unwrap();
    }
    // A view that is there, and has not been looked at since more came.
    road.receive(&[fix(1, "b", "free")]);
    until(async || (road.query(&json!({"stream": "positions"})).await.total == 2).then_some(()))
        .await;
    let mut viewer = Viewer::connect(&road).await;
    viewer.say(&over("cab")).await;
    viewer.until_total(2).await;
    road.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_accounts() {
    let mut road = Road::start().await;
    let (status, body) = road.request("GET", "/health/ready", "").await;
    assert_eq!(status, 503, "{body}");
    assert_eq!(road.request("GET", "/health/live", "").await.0, 200);
    road.receive(&[fix(0, "a", "hired"), json!("no record"), json!({"cab": "a"})]);
    road.caught_up();
    let info: Value = loop {
        let info = serde_json::from_str(&road.request("GET", "/api/streams/positions", "").await.1);
        let info: Value = info.unwrap();
        if info["account"]["consumed"] == 3 {
            break info;
        }
    };
    assert_eq!(info["account"]["applied"], 1);
    assert_eq!(info["account"]["dead_lettered"], 2);
    assert_eq!(info["dead_letters"].as_array().unwrap().len(), 2);
    while road.request("GET", "/health/ready", "").await.0 != 200 {}
    road.events.send(SourceEvent::Disconnected { why: "broker 1: gone".into() }).unwrap();
    let told = loop {
        let (status, body) = road.request("GET", "/health/ready", "").await;
        if status == 503 {
            break body;
        }
    };
    assert!(told.contains("positions is disconnected: broker 1: gone"), "{told}");
    road.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_tells_its_fields_its_faults_and_what_its_views_cost() {
    let mut road = Road::start().await;
    let mut viewer = Viewer::connect(&road).await;
    viewer
        .say(&json!({"subscribe": {"id": 1, "panel": {"dashboard": "board", "panel": "cabs"}}}))
        .await;
    viewer.until_total(0).await;
    let bad = json!({"ts": 1_700_000_000_000_i64, "cab": "c", "speed": "fast"});
    road.receive(&[fix(0, "a", "hired"), fix(1, "b", "free"), json!({"cab": "a"}), bad]);
    road.receive(&[json!({"ts": 1_700_000_002_000_i64, "cab": "c"}), fix(3, "a", "free")]);
    viewer.until_total(4).await;
    let info = until(async || {
        let body = road.request("GET", "/api/streams/positions", "").await.1;
        let info: Value = serde_json::from_str(&body).unwrap();
        let told = info["view_costs"][0]["bytes_s"].as_u64() > Some(0);
        // The view may have told of its empty result a second before the records came.
        (told && records_told(&info) == 6).then_some(info)
    })
    .await;
    let field = |name: &str| {
        let fields = info["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).unwrap().clone()
    };
    assert_eq!((&field("cab")["share"], &field("speed")["share"]), (&json!(1.0), &json!(0.75)));
    assert_eq!(field("status")["samples"], json!(["hired"]), "one of each so many records");
    let faults = info["bad_records"].as_array().unwrap();
    let reasons: Vec<_> = faults.iter().map(|of| (&of["reason"], &of["count"])).collect();
    assert_eq!(reasons, [(&json!("no_time"), &json!(1)), (&json!("wrong_type"), &json!(1))]);
    let newest = &faults[1]["newest"];
    let mark = |end: &str| newest["mark"][end].as_u64().unwrap() as usize;
    let sample = newest["sample"].as_str().unwrap();
    assert_eq!(&sample[mark("from")..mark("to")], r#""fast""#);
    assert_eq!(newest["offset"], 3);
    let view = &info["view_costs"][0];
    assert_eq!(view["panels"][0]["panel_title"], "Cabs");
    assert_eq!((&view["watchers"], &view["records"]), (&json!(1), &json!(4)));
    assert!(view["milli_updates_s"].as_u64() > Some(0), "{view}");
    road.stop().await;
}

/// Records of the last minute, by the stream's rates.
fn records_told(info: &Value) -> u64 {
    info["rates"]["records"].as_array().unwrap().iter().filter_map(Value::as_u64).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_tells_of_itself_as_of_any_stream() {
    let mut road = Road::start().await;
    road.receive(&[fix(0, "a", "hired"), json!("no record"), json!({"cab": "a"})]);
    road.caught_up();
    // The differences of all seconds add up to the account.
    let sums = json!({
        "stream": "hailstream",
        "filters": [{"term": {"field": "stream", "value": "positions"}}],
        "metrics": [
            {"id": "consumed", "type": "sum", "field": "consumed"},
            {"id": "applied", "type": "sum", "field": "applied"},
            {"id": "bad", "type": "sum", "field": "dead_lettered"},
        ],
    });
    until(async || (row(&road, &sums).await == [Some(3.0), Some(1.0), Some(2.0)]).then_some(()))
        .await;
    // A second viewer's page tells how long its pings take: half of that is the network.
    let mut viewer = Viewer::connect(&road).await;
    viewer.say(&json!({"ping": {"sent_ms": 1, "round_trip_ms": 8}})).await;
    let network = json!({
        "stream": "hailstream",
        "filters": [{"term": {"field": "leg", "value": "network"}}],
        "metrics": [{"id": "ms", "type": "max", "field": "latency_ms"}],
    });
    until(async || (row(&road, &network).await == [Some(4.0)]).then_some(())).await;
    let process = json!({"stream": "hailstream", "metrics": [{"id": "rss", "type": "max", "field": "rss_bytes"}]});
    assert!(row(&road, &process).await[0] > Some(1e6), "a process takes more than a megabyte");
    let own = road.request("GET", "/api/streams/hailstream", "").await.1;
    let own: Value = serde_json::from_str(&own).unwrap();
    assert_eq!(own["account"]["consumed"], own["account"]["applied"]);
    assert_eq!((&own["state"], &own["error"]), (&json!("live"), &Value::Null));
    road.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn panels_are_subscribed_by_name_and_heartbeats_tell_health() {
    let mut road = Road::start().await;
    road.receive(&[fix(0, "a", "hired")]);
    road.caught_up();
    let mut viewer = Viewer::connect(&road).await;
    let panel = json!({"dashboard": "board", "panel": "cabs"});
    viewer.say(&json!({"subscribe": {"id": 1, "panel": panel}})).await;
    viewer.until_total(1).await;
    assert!(viewer.result.as_ref().unwrap().range.is_some(), "the dashboard's range");
    while viewer.states.last().is_none_or(|state| state != "Live") {
        assert!(viewer.next().await);
    }
    road.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viewers_of_a_dashboard_are_told_of_every_change() {
    let road = Road::start().await;
    let (mut first, mut second) = (Viewer::connect(&road).await, Viewer::connect(&road).await);
    for viewer in [&mut first, &mut second] {
        viewer.say(&json!({"watch": {"id": 1, "dashboard": "mine"}})).await;
        assert_eq!(viewer.newly_told("mine").await, None, "there is none yet");
    }
    first.say(&json!({"watch": {"id": 2, "dashboard": "board"}})).await;
    assert!(first.newly_told("board").await.is_some(), "those of files have a version too");

    let board = |version: Value| {
        json!({"id": "mine", "attributes": {"title": "Mine", "panels": []}, "version": version})
            .to_string()
    };
    let (status, _) = road.request("POST", "/api/dashboards", &board(Value::Null)).await;
    assert_eq!(status, 201);
    for viewer in [&mut first, &mut second] {
        assert_eq!(viewer.newly_told("mine").await.as_deref(), Some("1"));
    }
    let watchers = async |id: &str| {
        let list: Value =
            serde_json::from_str(&road.request("GET", "/api/dashboards", "").await.1).unwrap();
        let of = |id: &str| list.as_array().unwrap().iter().find(|of| of["id"] == *id).cloned();
        of(id).unwrap()["watchers"].as_u64()
    };
    assert_eq!((watchers("mine").await, watchers("board").await), (Some(2), Some(1)));
    drop(second);
    until(async || (watchers("mine").await == Some(1)).then_some(())).await;
    let (status, _) = road.request("PUT", "/api/dashboards/mine", &board(json!("1"))).await;
    assert_eq!(status, 200);
    assert_eq!(first.newly_told("mine").await.as_deref(), Some("2"));

    // Who missed a change learns of it by watching again.
    let mut back = Viewer::connect(&road).await;
    back.say(&json!({"watch": {"id": 7, "dashboard": "mine"}})).await;
    assert_eq!(back.newly_told("mine").await.as_deref(), Some("2"));
    let (status, _) = road.request("DELETE", "/api/dashboards/mine?version=2", "").await;
    assert_eq!(status, 204);
    assert_eq!(first.newly_told("mine").await, None);
    assert_eq!(back.newly_told("mine").await, None);

    first.say(&json!({"unwatch": {"id": 1}})).await;
    let (status, _) =
        road.request("POST", "/api/dashboards/mine/restore", r#"{"version":1}"#).await;
    assert_eq!(status, 200);
    assert_eq!(back.newly_told("mine").await.as_deref(), Some("4"));
    first.say(&json!({"watch": {"id": 1, "dashboard": "other"}})).await;
    assert_eq!(first.newly_told("other").await, None);
    assert_eq!(first.told.len(), 6, "no word of what is watched no more: {:?}", first.told);
    road.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_says_so() {
    let road = Road::start().await;
    let mut viewer = Viewer::connect(&road).await;
    assert!(viewer.next().await, "welcome");
    let leaving = tokio::spawn(async move {
        while viewer.next().await {}
        viewer.drained
    });
    road.stop().await;
    assert!(leaving.await.unwrap());
}
