//! `/api/dashboards`: those of files, read-only, and those that people save, with their history.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_protocol::saved_object::{
    Dashboard, DashboardDocument, DashboardSummary, Reference, Revision,
};
use hailstream_query::explain_serde;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::{Answer, problem};
use crate::dashboards::Askers;
use crate::hub::Hub;
use crate::saved_objects::{Edit, LibraryError, StoreError};
use crate::ws::Host;

/// A dashboard as it is sent to be saved: what `GET` gives as `dashboard`, or less of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    /// A new one's address; made up where there is none.
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    attributes: Dashboard,
    #[serde(default)]
    references: Vec<Reference>,
    /// The version that an edit is of.
    version: Option<String>,
}

/// The version that shall be deleted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deleted {
    version: i64,
}

/// The version that a dashboard shall be again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restored {
    version: i64,
}

type Body = Result<Bytes, BytesRejection>;

pub(super) async fn list(State(host): State<Arc<Host>>) -> Json<Vec<DashboardSummary>> {
    let shelf = host.library.shelf();
    let costs = costs(&host.hub, &shelf.askers);
    let mut summaries = shelf.summaries.clone();
    for summary in &mut summaries {
        summary.watchers = host.watched.watchers(&summary.id);
        summary.cpu_us_s = costs.get(summary.id.as_str()).copied().unwrap_or(0) / 1_000;
    }
    Json(summaries)
}

/// Work for the views of panels by dashboard, nanoseconds per second.
fn costs<'a>(hub: &Hub, askers: &'a Askers) -> BTreeMap<&'a str, u64> {
    let mut costs = BTreeMap::new();
    for view in hub.views() {
        let places = askers.panels(&view.query).iter().map(|place| place.dashboard.as_str());
        for dashboard in places.collect::<BTreeSet<_>>() {
            *costs.entry(dashboard).or_insert(0) += view.rates().cpu_ns;
        }
    }
    costs
}

pub(super) async fn one(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
) -> Result<Json<DashboardDocument>, Answer> {
    Ok(Json(host.library.shelf().dashboards.document(&id)?.clone()))
}

pub(super) async fn create(State(host): State<Arc<Host>>, body: Body) -> Result<Response, Answer> {
    let sent: Sent = read(body)?;
    let (id, edit) = sent.edit(None)?;
    let id = id.unwrap_or_else(|| format!("{:032x}", rand::random::<u128>()));
    host.library.create(&id, &edit).await?;
    let location = [(header::LOCATION, format!("/api/dashboards/{id}"))];
    Ok((StatusCode::CREATED, location, one(State(host), Path(id)).await?).into_response())
}

pub(super) async fn edit(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<DashboardDocument>, Answer> {
    let sent: Sent = read(body)?;
    let of = sent.version.as_deref().map(str::parse);
    let Some(Ok(of)) = of else {
        let detail = "the version that the edit is of, as GET gives it, is expected";
        return Err(invalid("version", detail));
    };
    let (_, edit) = sent.edit(Some(&id))?;
    host.library.edit(&id, of, &edit).await?;
    one(State(host), Path(id)).await
}

pub(super) async fn delete(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
    of: Result<Query<Deleted>, QueryRejection>,
) -> Result<StatusCode, Answer> {
    let Query(of) = of.map_err(|rejection| invalid("version", &rejection.body_text()))?;
    host.library.delete(&id, of.version).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn history(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
) -> Result<Json<Vec<Revision>>, Answer> {
    Ok(Json(host.library.history(&id).await?))
}

pub(super) async fn restore(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<DashboardDocument>, Answer> {
    let Restored { version } = read(body)?;
    host.library.restore(&id, version).await?;
    one(State(host), Path(id)).await
}

impl Sent {
    /// The id that is wished for and the edit; `address` is where it was sent to.
    fn edit(self, address: Option<&str>) -> Result<(Option<String>, Edit), Answer> {
        let Self { id, kind, attributes, references, .. } = self;
        if let Some(kind) = kind.filter(|kind| kind != "dashboard") {
            return Err(invalid("type", &format!("\"{kind}\" is not \"dashboard\"")));
        }
        if let (Some(id), Some(address)) = (&id, address)
            && id != address
        {
            let detail = format!("\"{id}\" was sent to the address of \"{address}\"");
            return Err(invalid("id", &detail));
        }
        Ok((id, Edit { attributes, references }))
    }
}

fn read<T: DeserializeOwned>(body: Body) -> Result<T, Answer> {
    let body = body.map_err(|rejection| {
        problem(rejection.status(), "unreadable_body", &rejection.body_text())
    })?;
    serde_json::from_slice(&body)
        .map_err(|error| invalid("body", &explain_serde(&error.to_string())))
}

fn invalid(at: &str, detail: &str) -> Answer {
    problem(StatusCode::BAD_REQUEST, "invalid_saved_object", detail).at(at)
}

impl From<LibraryError> for Answer {
    fn from(error: LibraryError) -> Self {
        let detail = error.to_string();
        match error {
            LibraryError::ReadOnly(_) => problem(StatusCode::FORBIDDEN, "read_only", &detail),
            LibraryError::Id(_) => invalid("id", &detail),
            LibraryError::Wrong { at, .. } => invalid(&at, &detail),
            LibraryError::Export(_) => problem(StatusCode::BAD_REQUEST, "invalid_import", &detail),
            LibraryError::TooMany => problem(StatusCode::BAD_REQUEST, "invalid_export", &detail),
            LibraryError::Panicked => {
                problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", &detail)
            }
            LibraryError::There(_) => problem(StatusCode::CONFLICT, "exists", &detail),
            LibraryError::Store(error) => {
                let (status, kind) = match error {
                    StoreError::Exists { .. } => (StatusCode::CONFLICT, "exists"),
                    StoreError::Missing { kind, .. } if kind == "dashboard" => {
                        (StatusCode::NOT_FOUND, "unknown_dashboard")
                    }
                    StoreError::Missing { .. } => (StatusCode::NOT_FOUND, "unknown_object"),
                    StoreError::Conflict { .. } => (StatusCode::CONFLICT, "changed_meanwhile"),
                    StoreError::File(_) | StoreError::Body(_) => {
                        tracing::error!("saved objects: {detail}");
                        (StatusCode::INTERNAL_SERVER_ERROR, "internal")
                    }
                };
                problem(status, kind, &detail)
            }
        }
    }
}
