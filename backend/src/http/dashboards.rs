//! `GET /api/dashboards[/{id}]`: the provisioned dashboards. Nothing is written yet.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hailstream_protocol::saved_object::{DashboardDocument, DashboardSummary};

use super::problem::{Answer, problem};
use crate::ws::Host;

pub(super) async fn list(State(host): State<Arc<Host>>) -> Json<Vec<DashboardSummary>> {
    Json(host.dashboards.summaries())
}

pub(super) async fn one(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
) -> Result<Json<DashboardDocument>, Answer> {
    Ok(Json(host.dashboards.document(&id)?.clone()))
}

pub(super) async fn not_yet() -> Answer {
    let detail =
        "dashboards cannot be changed over the API yet: edit the files in the dashboards folder";
    problem(StatusCode::NOT_IMPLEMENTED, "not_yet", detail)
}
