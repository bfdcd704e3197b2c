//! `POST /api/query`: the present answer to a question; `POST /api/query/explain`: what it would cost.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_protocol::Explanation;
use hailstream_query::Query;
use tokio::sync::oneshot;

use super::problem::{Answer, problem};
use crate::ws::Host;

/// A new view is answered when it has been filled from what is retained.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

pub(super) async fn explain(
    State(host): State<Arc<Host>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Explanation>, Answer> {
    let query = read(body)?;
    let answer = host.hub.explain(&query)?;
    Ok(Json(wait(answer, &query).await??))
}

pub(super) async fn answer(
    State(host): State<Arc<Host>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Answer> {
    let query = read(body)?;
    let answer = host.hub.ask(&query)?;
    let result = wait(answer, &query).await??;
    let json = serde_json::to_vec(&*result).map_err(|error| {
        problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", &error.to_string())
    })?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], json)
        .into_response())
}

fn read(body: Result<Bytes, BytesRejection>) -> Result<Query, Answer> {
    let body = body.map_err(|rejection| {
        problem(rejection.status(), "unreadable_body", &rejection.body_text())
    })?;
    let text = std::str::from_utf8(&body)
        .map_err(|_| problem(StatusCode::BAD_REQUEST, "invalid_query", "not UTF-8").at("query"))?;
    Ok(Query::from_text(text)?)
}

async fn wait<T>(answer: oneshot::Receiver<T>, query: &Query) -> Result<T, Answer> {
    match tokio::time::timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => {
            let detail = format!("the stream \"{}\" is not running", query.stream);
            Err(problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", &detail))
        }
        Err(_) => {
            let detail = "no answer within 30 s: the stream is too busy; try again";
            Err(problem(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail))
        }
    }
}
