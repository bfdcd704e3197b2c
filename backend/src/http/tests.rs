//! The API over a real socket, with an engine played by the test: problems as clients see them.

use std::net::SocketAddr;
use std::sync::Arc;

use hailstream_protocol::saved_object::{DashboardSummary, Revision};
use hailstream_protocol::stream_info::{StreamInfo, StreamSummary};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::dashboards::Dashboards;
use crate::hub::Hub;
use crate::hub::control::Control;
use crate::saved_objects::{Library, Store};
use crate::ws::Watched;

const DASHBOARD: &str = "id: board\ntype: dashboard\nattributes: {title: Board, panels: []}\n";

async fn serve() -> SocketAddr {
    serve_hub(Arc::new(Hub::new("e".into(), ["positions".to_owned()]))).await
}

async fn serve_hub(hub: Arc<Hub>) -> SocketAddr {
    let files = Dashboards::from_texts([("board.yaml", DASHBOARD)]).unwrap();
    let library = Library::open(files, Store::in_memory().await.unwrap()).await.unwrap();
    let (library, watched) = (Arc::new(library), Watched::default());
    let host = Arc::new(Host { hub, library, watched, build: "test".into() });
    let app = App {
        host,
        maps: Arc::default(),
        assets: Assets::Absent,
        rules: Rules { audience: Audience::Loopback, frame_ancestors: Arc::default() },
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router(app)).await });
    address
}

/// Status, content type and body of the answer to a raw request.
async fn ask(address: SocketAddr, head: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let host =
        if head.contains("\nHost:") { String::new() } else { format!("Host: {address}\r\n") };
    let length =
        if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let (first, more) = head.split_once('\n').unwrap_or((head, ""));
    let more: String = more.lines().map(|line| format!("{line}\r\n")).collect();
    let close = if more.contains("Connection:") { "" } else { "Connection: close\r\n" };
    let request = format!("{first} HTTP/1.1\r\n{host}{close}{length}{more}\r\n{body}");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or("-");
    format!("{status} {kind}\n{}", body.trim())
}

#[tokio::test]
async fn problems_say_what_and_where() {
    let address = serve().await;
    let long = format!("{{\"stream\": \"{}\"}}", "x".repeat(2 << 20));
    let upgrade = "Connection: Upgrade, close\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let mut told = String::new();
    for (head, body) in [
        ("GET /api/nothing", ""),
        ("GET /nothing.js", ""),
        ("GET /health/nothing", ""),
        ("GET /api/query", ""),
        ("PATCH /", ""),
        ("POST /api/query", "{"),
        ("POST /api/query", r#"{"stream":"positions","bukets":[]}"#),
        ("POST /api/query", r#"{"stream":"postions"}"#),
        (
            "POST /api/query",
            r#"{"stream":"positions","buckets":[{"id":"b","type":"terms","field":"a","size":-1}]}"#,
        ),
        ("POST /api/query", r#"{"stream":"positions","query":"status: (hired"}"#),
        (
            "POST /api/query",
            r#"{"stream":"positions","buckets":[{"id":"x","type":"significant_terms","field":"zone"}]}"#,
        ),
        ("POST /api/query", &long),
        ("GET /api/streams/postions", ""),
        ("GET /api/dashboards/baord", ""),
        ("POST /api/saved_objects/_import", "{}"),
        ("POST /api/saved_objects/_export", "{}"),
        (
            "POST /api/saved_objects/_export",
            r#"{"type":"dashboard","objects":[{"type":"dashboard","id":"board"}]}"#,
        ),
        (
            "POST /api/saved_objects/_export",
            r#"{"objects":[{"type":"visualization","id":"nobody"}]}"#,
        ),
        ("POST /api/saved_objects/_export", r#"{"type":"dashboard","includeReferenceDeep":true}"#),
        ("POST /api/dashboards\nOrigin: http://evil.example", "{}"),
        ("DELETE /api/dashboards/board?version=1\nOrigin: null", ""),
        ("GET /api/maps/nowhere", ""),
        ("GET /health/ready", ""),
        ("GET /ws", ""),
        (&format!("GET /ws\n{upgrade}\nOrigin: http://evil.example"), ""),
        (&format!("GET /ws\n{upgrade}\nOrigin: null"), ""),
        (&format!("GET /ws\n{upgrade}\nSec-WebSocket-Protocol: soap"), ""),
        ("GET /health/live\nHost: evil.example", ""),
    ] {
        let answer = ask(address, head, body).await;
        let body = if body.len() > 200 { "(2 MiB)" } else { body };
        told.push_str(&format!("{} {body}\n{answer}\n\n", head.replace(upgrade, "(upgrade)")));
    }
    insta::assert_snapshot!("problems", told);
}

#[tokio::test]
async fn dashboards_are_saved_edited_and_restored() {
    let address = serve().await;
    let panel = r#"{"panelIndex":"a","gridData":{"x":0,"y":0,"w":8,"h":4},"visualization":{"title":"T","type":"metric","query":{"stream":"positions"}}}"#;
    let board = |title: &str, version: &str, panels: &str| {
        format!(
            r#"{{"id":"mine","attributes":{{"title":"{title}","panels":[{panels}]}}{version}}}"#
        )
    };
    let of = |version: u8| format!(r#","version":"{version}""#);
    let mut told = String::new();
    for (head, body) in [
        ("POST /api/dashboards", board("One", "", panel)),
        ("POST /api/dashboards", board("One", "", "")),
        ("POST /api/dashboards", board("One", "", "").replace("mine", "board")),
        ("POST /api/dashboards", board("One", "", "").replace("mine", "../mine")),
        ("POST /api/dashboards", board("One", "", "").replace("title", "titel")),
        ("POST /api/dashboards", board("One", "", &panel.replace("\"w\":8", "\"w\":49"))),
        ("PUT /api/dashboards/mine", board("Two", "", panel)),
        ("PUT /api/dashboards/mine", board("Two", &of(1), "")),
        ("PUT /api/dashboards/mine", board("Three", &of(1), "")),
        ("PUT /api/dashboards/other", board("Two", &of(1), "")),
        ("PUT /api/dashboards/board", board("Two", &of(1), "").replace("mine", "board")),
        ("DELETE /api/dashboards/mine", String::new()),
        ("DELETE /api/dashboards/mine?version=1", String::new()),
        ("DELETE /api/dashboards/mine?version=2", String::new()),
        ("GET /api/dashboards/mine", String::new()),
        ("POST /api/dashboards/mine/restore", r#"{"version":1}"#.to_owned()),
        ("POST /api/dashboards/mine/restore", r#"{"version":7}"#.to_owned()),
        ("GET /api/dashboards/board/history", String::new()),
        ("GET /api/dashboards/nobody/history", String::new()),
    ] {
        let answer = ask(address, head, &body).await;
        told.push_str(&format!("{head} {body}\n{answer}\n\n"));
    }
    insta::assert_snapshot!("dashboards", told);
    let history = ask(address, "GET /api/dashboards/mine/history", "").await;
    let (_, history) = history.split_once('\n').unwrap();
    let history: Vec<Revision> = serde_json::from_str(history).unwrap();
    let told: Vec<_> =
        history.iter().map(|one| (one.version, one.change.name(), one.title.as_str())).collect();
    assert_eq!(
        told,
        [
            (4, "restored", "One"),
            (3, "deleted", "Two"),
            (2, "edited", "Two"),
            (1, "created", "One")
        ]
    );
}

#[tokio::test]
async fn an_export_is_imported_whole_with_a_report_or_not_at_all() {
    let address = serve().await;
    let state = r#"{\"title\":\"By zone\",\"type\":\"pie\",\"params\":{\"type\":\"pie\",\"isDonut\":true},\"aggs\":[{\"id\":\"1\",\"enabled\":true,\"type\":\"count\",\"schema\":\"metric\",\"params\":{}},{\"id\":\"2\",\"enabled\":true,\"type\":\"terms\",\"schema\":\"segment\",\"params\":{\"field\":\"zone\",\"size\":5,\"order\":\"desc\",\"orderBy\":\"1\"}}]}"#;
    let vega = r#"{\"title\":\"Arcs\",\"type\":\"vega\",\"params\":{\"spec\":\"{}\"},\"aggs\":[]}"#;
    let source = r#"{\"query\":{\"query\":\"\",\"language\":\"kuery\"},\"filter\":[],\"indexRefName\":\"i\"}"#;
    let panels = r#"[{\"panelIndex\":\"1\",\"gridData\":{\"x\":0,\"y\":0,\"w\":24,\"h\":15,\"i\":\"1\"},\"embeddableConfig\":{},\"panelRefName\":\"p1\"},{\"panelIndex\":\"2\",\"gridData\":{\"x\":24,\"y\":0,\"w\":24,\"h\":15,\"i\":\"2\"},\"embeddableConfig\":{},\"panelRefName\":\"p2\"}]"#;
    let export = [
        r#"{"type":"index-pattern","id":"pos","attributes":{"title":"positions-*","timeFieldName":"ts"},"references":[]}"#.to_owned(),
        format!(r#"{{"type":"visualization","id":"zones","attributes":{{"title":"By zone","visState":"{state}","kibanaSavedObjectMeta":{{"searchSourceJSON":"{source}"}}}},"references":[{{"name":"i","type":"index-pattern","id":"pos"}}]}}"#),
        format!(r#"{{"type":"visualization","id":"arcs","attributes":{{"title":"Arcs","visState":"{vega}"}},"references":[]}}"#),
        format!(r#"{{"type":"dashboard","id":"osd","attributes":{{"title":"Old board","panelsJSON":"{panels}"}},"references":[{{"name":"p1","type":"visualization","id":"zones"}},{{"name":"p2","type":"visualization","id":"arcs"}}]}}"#),
    ]
    .join("\n");
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"e.ndjson\"\r\n\r\n{export}\r\n--x--\r\n"
    );
    let multipart = "Content-Type: multipart/form-data; boundary=x";
    let mut told = String::new();
    for (head, body) in [
        ("POST /api/saved_objects/_import", "nonsense"),
        ("POST /api/saved_objects/_import", &export.replace("\"osd\"", "\"board\"")),
        ("POST /api/saved_objects/_import", &export),
        ("GET /api/dashboards/osd", ""),
        ("POST /api/saved_objects/_import", &export),
        (
            "POST /api/saved_objects/_export",
            r#"{"objects":[{"type":"dashboard","id":"osd"}],"includeReferencesDeep":true}"#,
        ),
        (
            "POST /api/saved_objects/_export",
            r#"{"type":["visualization"],"excludeExportDetails":true}"#,
        ),
        (&format!("POST /api/saved_objects/_import?overwrite=true\n{multipart}"), &form),
        (&format!("POST /api/saved_objects/_import\n{multipart}"), "--x--\r\n"),
    ] {
        let answer = ask(address, head, body).await;
        told.push_str(&format!("{head}\n{answer}\n\n"));
    }
    insta::assert_snapshot!("import", told);
    let list = ask(address, "GET /api/dashboards", "").await;
    let list: Vec<DashboardSummary> =
        serde_json::from_str(list.split_once('\n').unwrap().1).unwrap();
    let [_, osd] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!((osd.panels, osd.approximate_panels, osd.kept_panels), (2, 0, 1));
    assert_eq!((osd.imported, osd.version.as_deref()), (true, Some("2")));
    assert_eq!(
        (&osd.streams[..], &osd.panel_titles[..]),
        (&["positions".to_owned()][..], &["By zone".to_owned(), "Arcs".to_owned()][..])
    );
}

#[tokio::test]
async fn a_stream_that_ended_is_listed_with_the_others_and_says_so() {
    let hub = Arc::new(Hub::new("e".into(), ["ended".to_owned(), "running".to_owned()]));
    hub.desk("ended").unwrap().control.close();
    let running = Arc::clone(hub.desk("running").unwrap());
    let answered = Arc::clone(&running);
    running.control.on_request(move || {
        while let Some(Control::Info(reply)) = answered.control.take() {
            let info = StreamInfo {
                summary: StreamSummary { views: 7, ..answered.summary() },
                fields: Vec::new(),
                partitions: Vec::new(),
                dead_letters: Vec::new(),
                bad_records: Vec::new(),
                view_costs: Vec::new(),
            };
            reply.send(Box::new(info)).unwrap();
        }
    });
    let address = serve_hub(hub).await;
    let answer = ask(address, "GET /api/streams", "").await;
    let (head, body) = answer.split_once('\n').unwrap();
    assert_eq!(head, "200 application/json");
    let list: Vec<StreamSummary> = serde_json::from_str(body).unwrap();
    let told: Vec<_> =
        list.iter().map(|of| (of.health.stream.as_str(), of.views, of.error.as_deref())).collect();
    let silence = "the stream \"ended\" does not answer: it is busy or not running";
    assert_eq!(told, [("ended", 0, Some(silence)), ("running", 7, None)]);
    let answer = ask(address, "GET /api/streams/ended", "").await;
    assert!(answer.starts_with("503 application/problem+json"), "{answer}");
}

#[tokio::test]
async fn pages_and_their_protection() {
    let address = serve().await;
    for path in ["/", "/d/board", "/discover", "/streams", "/embed/d/board"] {
        let answer = ask(address, &format!("GET {path}"), "").await;
        assert!(answer.starts_with("200 text/html; charset=utf-8\n<!doctype html>"), "{answer}");
    }
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET /health/live HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    for header in [
        "x-content-type-options: nosniff",
        "x-frame-options: DENY",
        "referrer-policy: no-referrer",
        "frame-ancestors 'none'",
        &format!("connect-src 'self' ws://{address} wss://{address};"),
    ] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
    let list = ask(address, "GET /api/dashboards", "").await;
    let (head, list) = list.split_once('\n').unwrap();
    assert_eq!(head, "200 application/json");
    let list: Vec<DashboardSummary> = serde_json::from_str(list).unwrap();
    let told: Vec<_> = list.iter().map(|one| (one.id.as_str(), one.read_only)).collect();
    assert_eq!(told, [("board", true)]);
}

fn export_of(stream_pattern: &str) -> String {
    let state = r#"{"title":"Count","type":"metric","params":{"type":"metric"},"aggs":[{"id":"1","enabled":true,"type":"count","schema":"metric","params":{}}]}"#;
    let source = r#"{"query":{"query":"","language":"kuery"},"filter":[],"indexRefName":"i"}"#;
    let panels = r#"[{"panelIndex":"1","gridData":{"x":0,"y":0,"w":24,"h":15,"i":"1"},"embeddableConfig":{},"panelRefName":"p1"}]"#;
    let objects = [
        json!({"type": "index-pattern", "id": "pat", "attributes": {"title": stream_pattern}, "references": []}),
        json!({"type": "visualization", "id": "v", "attributes": {"title": "Count", "visState": state,
            "kibanaSavedObjectMeta": {"searchSourceJSON": source}}, "references": [{"name": "i", "type": "index-pattern", "id": "pat"}]}),
        json!({"type": "dashboard", "id": "d", "attributes": {"title": "Board", "panelsJSON": panels},
            "references": [{"name": "p1", "type": "visualization", "id": "v"}]}),
    ];
    objects.map(|object| object.to_string()).join("\n")
}

/// The stream that the only panel of a board asks, and the board's version.
async fn asked(address: SocketAddr, id: &str) -> (Json, Json) {
    let answer = ask(address, &format!("GET /api/dashboards/{id}"), "").await;
    let document: Json = serde_json::from_str(answer.split_once('\n').unwrap().1).unwrap();
    let stream = document["included"][0]["attributes"]["query"]["stream"].clone();
    (stream, document["dashboard"]["version"].clone())
}

#[tokio::test]
async fn index_patterns_mean_what_somebody_says_and_that_is_remembered() {
    let streams = ["positions", "trips"].map(str::to_owned);
    let address = serve_hub(Arc::new(Hub::new("e".into(), streams))).await;
    let import = "POST /api/saved_objects/_import";
    let first = ask(address, import, &export_of("taxi-*")).await;
    assert!(first.contains("no stream stands for the index pattern"), "{first}");
    assert_eq!(asked(address, "d").await, (Json::Null, json!("1")), "kept");
    let patterns = "/api/saved_objects/streams";
    let told = ask(address, &format!("GET {patterns}"), "").await;
    assert!(
        told.ends_with(
            r#"[{"pattern":"taxi-*","stream":null,"stated":false,"found":false,"near":[]}]"#
        ),
        "{told}"
    );
    let wrong = ask(address, &format!("PUT {patterns}"), r#"{"taxi-*":"tripz"}"#).await;
    assert!(wrong.starts_with("404") || wrong.starts_with("400"), "{wrong}");
    assert!(wrong.contains("did you mean \\\"trips\\\"?"), "{wrong}");

    // It is drawn at once, as a new version.
    let told = ask(address, &format!("PUT {patterns}"), r#"{"taxi-*":"trips"}"#).await;
    assert!(told.contains(r#""stream":"trips","stated":true,"found":true"#), "{told}");
    assert_eq!(asked(address, "d").await, (json!("trips"), json!("2")));
    ask(address, &format!("PUT {patterns}"), r#"{"taxi-*":"trips"}"#).await;
    assert_eq!(asked(address, "d").await, (json!("trips"), json!("2")), "nothing changed");
    ask(address, &format!("{import}?overwrite=true"), &export_of("taxi-*")).await;
    assert_eq!(asked(address, "d").await.0, json!("trips"), "it is remembered");

    // By the pattern's id, with an import.
    let said = format!("{import}?overwrite=true&streams=%7B%22pat%22:%22positions%22%7D");
    ask(address, &said, &export_of("taxi-*")).await;
    assert_eq!(asked(address, "d").await.0, json!("positions"));
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{}\r\n--x\r\nContent-Disposition: form-data; name=\"streams\"\r\n\r\n{}\r\n--x--\r\n",
        export_of("taxi-*"),
        r#"{"taxi-*":"trips"}"#
    );
    let multipart = "Content-Type: multipart/form-data; boundary=x";
    ask(address, &format!("{import}?overwrite=true\n{multipart}"), &form).await;
    let (stream, version) = asked(address, "d").await;
    assert_eq!(stream, json!("trips"));

    // What was edited here stays as it was edited.
    let edit =
        json!({"attributes": {"title": "Mine", "panels": []}, "version": version}).to_string();
    assert!(ask(address, "PUT /api/dashboards/d", &edit).await.starts_with("200"));
    ask(address, &format!("PUT {patterns}"), r#"{"taxi-*":"positions"}"#).await;
    let answer = ask(address, "GET /api/dashboards/d", "").await;
    assert!(answer.contains(r#""title":"Mine""#), "{answer}");
}

#[tokio::test]
async fn copies_stand_beside_what_is_there() {
    let address = serve().await;
    let import = "POST /api/saved_objects/_import";
    ask(address, import, &export_of("positions")).await;
    let answer =
        ask(address, &format!("{import}?createNewCopies=true"), &export_of("positions")).await;
    let report: Json = serde_json::from_str(answer.split_once('\n').unwrap().1).unwrap();
    let copies: Vec<(&str, &str)> = report["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| (of["id"].as_str().unwrap(), of["destination_id"].as_str().unwrap()))
        .collect();
    let [("pat", _), ("v", _), ("d", copy)] = copies.as_slice() else { panic!("{copies:?}") };
    assert_eq!(asked(address, copy).await, (json!("positions"), json!("1")));
    assert_eq!(asked(address, "d").await, (json!("positions"), json!("1")));
    let both =
        ask(address, &format!("{import}?createNewCopies=true&overwrite=true"), &export_of("p"))
            .await;
    assert!(both.starts_with("400"), "{both}");
}

#[tokio::test]
async fn what_no_board_can_be_made_of_leaves_nothing_behind() {
    let address = serve().await;
    let twice = format!("{0}\n{0}", export_of("positions").lines().nth(2).unwrap());
    let ring = [("a", "b"), ("b", "a")].map(|(id, of)| {
        json!({"type": "search", "id": id, "attributes": {"title": id, "savedSearchRefName": "s",
            "kibanaSavedObjectMeta": {"searchSourceJSON": "{\"index\":\"positions\"}"}},
            "references": [{"name": "s", "type": "search", "id": of}]})
        .to_string()
    });
    let kibana_8 = [
        json!({"type": "lens", "id": "l", "attributes": {"title": "Lens", "state": {"visualization": {}}}, "coreMigrationVersion": "8.8.0", "typeMigrationVersion": "8.9.0"}),
        json!({"type": "map", "id": "m", "attributes": {"title": "Map", "layerListJSON": "[]"}, "typeMigrationVersion": "8.4.0"}),
        json!({"type": "dashboard", "id": "k8", "attributes": {"title": "Eight", "version": 2,
            "panelsJSON": "[{\"type\":\"lens\",\"panelIndex\":\"1\",\"gridData\":{\"x\":0,\"y\":0,\"w\":24,\"h\":15},\"panelRefName\":\"panel_1\"}]"},
            "references": [{"name": "1:panel_1", "type": "lens", "id": "l"}], "typeMigrationVersion": "8.9.0"}),
    ]
    .map(|object| object.to_string());
    let mut told = String::new();
    for (name, body) in [
        ("garbage", "\u{1}\u{2} garbage".to_owned()),
        ("half a file", export_of("positions").replace("\"references\":[]}", "")),
        ("of another version", r#"{"version":"99","objects":[{"type":"dashboard","id":"x","attributes":{"panelsJSON":{"odd":1}}}]}"#.to_owned()),
        ("references that lead nowhere", export_of("positions").lines().nth(2).unwrap().to_owned()),
        ("twice the same", twice),
        ("a ring of searches", ring.join("\n")),
        ("Kibana 8", kibana_8.join("\n")),
    ] {
        let answer = ask(address, "POST /api/saved_objects/_import?overwrite=true", &body).await;
        let (head, body) = answer.split_once('\n').unwrap();
        told.push_str(&format!("{name}: {head}\n"));
        let body: Json = serde_json::from_str(body).unwrap();
        if let Some(detail) = body["detail"].as_str() {
            told.push_str(&format!("  {detail}\n"));
        }
        for object in body["objects"].as_array().into_iter().flatten() {
            let word = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
            told.push_str(&format!("  {} {}: {} {}\n", word("type"), word("id"), word("outcome"), word("why")));
        }
    }
    insta::assert_snapshot!("bad_imports", told);
    let long = vec![b' '; MAX_EXPORT_BYTES + 1];
    let answer =
        ask(address, "POST /api/saved_objects/_import", std::str::from_utf8(&long).unwrap()).await;
    assert!(answer.starts_with("413 application/problem+json"), "{answer}");
}
