//! `GET /health/live`: the process runs. `GET /health/ready`: every stream is live, or which is not, and why. Not ready
//! is not dead: what is known is still shown, and a restart would not help.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_protocol::{Problem, StreamHealth, StreamState};
use serde::Serialize;

use crate::health::in_words;
use crate::ws::Host;

pub(super) async fn live() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "live" }))
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    streams: Vec<StreamHealth>,
}

/// A problem with the health of the streams beside it.
#[derive(Serialize)]
struct NotReady {
    #[serde(flatten)]
    problem: Problem,
    streams: Vec<StreamHealth>,
}

pub(super) async fn ready(State(host): State<Arc<Host>>) -> Response {
    let streams = host.hub.health();
    let mut lacking: Vec<String> =
        streams.iter().filter(|health| health.state != StreamState::Live).map(in_words).collect();
    if host.hub.is_draining() {
        lacking.push("the server is going".to_owned());
    }
    if lacking.is_empty() {
        return Json(Ready { status: "ready", streams }).into_response();
    }
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let problem = Problem {
        kind: "not_ready".to_owned(),
        title: "Not ready".to_owned(),
        status: status.as_u16(),
        detail: lacking.join("; "),
        at: None,
    };
    let mut response = (status, Json(NotReady { problem, streams })).into_response();
    let content_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
