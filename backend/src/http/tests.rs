//! The API over a real socket, with an engine played by the test: problems as clients see them.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::dashboards::Dashboards;
use crate::hub::Hub;

const DASHBOARD: &str = "id: board\ntype: dashboard\nattributes: {title: Board, panels: []}\n";

async fn serve() -> SocketAddr {
    let hub = Arc::new(Hub::new("e".into(), ["positions".to_owned()]));
    let dashboards = Arc::new(Dashboards::from_texts([("board.yaml", DASHBOARD)]).unwrap());
    let host = Arc::new(Host { hub, dashboards, build: "test".into() });
    let app =
        App { host, maps: Arc::default(), assets: Assets::Absent, audience: Audience::Loopback };
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
        ("POST /api/query", r#"{"stream":"positions","query":"status: hired"}"#),
        ("POST /api/query", &long),
        ("GET /api/streams/postions", ""),
        ("GET /api/dashboards/baord", ""),
        ("PUT /api/dashboards/board", "{}"),
        ("POST /api/saved_objects/_import", "{}"),
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
    assert_eq!(
        list,
        "200 application/json\n[{\"id\":\"board\",\"title\":\"Board\",\"description\":\"\",\"panels\":0}]"
    );
}
