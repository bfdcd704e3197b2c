//! `GET /api/streams[/{name}]`: what the streams hold, and the account of every record.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hailstream_protocol::stream_info::{StreamInfo, StreamSummary};

use super::problem::{Answer, problem};
use crate::hub::control::Control;
use crate::hub::desk::Desk;
use crate::ws::Host;

const ANSWER_WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn list(
    State(host): State<Arc<Host>>,
) -> Result<Json<Vec<StreamSummary>>, Answer> {
    let mut summaries = Vec::new();
    for desk in host.hub.desks() {
        summaries.push(info(desk).await?.summary);
    }
    Ok(Json(summaries))
}

pub(super) async fn one(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
) -> Result<Json<StreamInfo>, Answer> {
    Ok(Json(info(host.hub.desk(&name)?).await?))
}

async fn info(desk: &Desk) -> Result<StreamInfo, Answer> {
    let (reply, answer) = tokio::sync::oneshot::channel();
    let asked = desk.control.send(Control::Info(reply));
    if asked && let Ok(Ok(info)) = tokio::time::timeout(ANSWER_WITHIN, answer).await {
        return Ok(info);
    }
    let detail =
        format!("the stream \"{}\" does not answer: it is busy or not running", desk.name());
    Err(problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", &detail))
}
