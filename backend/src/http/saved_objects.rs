//! `POST /api/saved_objects/_import`: what OpenSearch Dashboards exported, as a form's file as OSD's page sends it, or as the body
//! itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use bytes::Bytes;
use hailstream_osd::ImportReport;
use serde::Deserialize;

use super::problem::{Answer, problem};
use crate::ws::Host;

/// How objects that are there already are treated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Wish {
    #[serde(default)]
    overwrite: bool,
    #[serde(default)]
    create_new_copies: bool,
}

pub(super) async fn import(
    State(host): State<Arc<Host>>,
    wish: Result<Query<Wish>, QueryRejection>,
    request: Request,
) -> Result<Json<ImportReport>, Answer> {
    let Query(wish) = wish.map_err(|rejection| invalid("query", &rejection.body_text()))?;
    if wish.create_new_copies {
        let detail = "createNewCopies is not supported yet: import without it, or overwrite";
        return Err(problem(StatusCode::NOT_IMPLEMENTED, "not_yet", detail));
    }
    let export = export(request).await?;
    let streams = host.hub.desks().map(|desk| desk.name().to_owned()).collect();
    Ok(Json(host.library.import(export, wish.overwrite, streams).await?))
}

async fn export(request: Request) -> Result<Bytes, Answer> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
        return Bytes::from_request(request, &()).await.map_err(|rejection| {
            problem(rejection.status(), "unreadable_body", &rejection.body_text())
        });
    }
    let form = Multipart::from_request(request, &()).await;
    let mut form =
        form.map_err(|rejection: MultipartRejection| invalid("body", &rejection.body_text()))?;
    loop {
        let field = form.next_field().await.map_err(|error| invalid("body", &error.body_text()))?;
        let Some(field) = field else {
            return Err(invalid("body", "the form has no file: a part named \"file\" is expected"));
        };
        if field.name() == Some("file") {
            return field
                .bytes()
                .await
                .map_err(|error| problem(error.status(), "unreadable_body", &error.body_text()));
        }
    }
}

fn invalid(at: &str, detail: &str) -> Answer {
    problem(StatusCode::BAD_REQUEST, "invalid_import", detail).at(at)
}
