//! `POST /api/saved_objects/_import`: what OpenSearch Dashboards exported, as a form's file as OSD's page sends it, or as the body
//! itself; and `_export`, its counterpart.

use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hailstream_osd::{Details, ImportReport};
use hailstream_query::explain_serde;
use serde::Deserialize;

use super::problem::{Answer, problem};
use crate::saved_objects::{ImportWish, Named, References, Wanted};
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
    let export = file(request).await?;
    let streams = host.hub.desks().map(|desk| desk.name().to_owned()).collect();
    let wish = ImportWish { overwrite: wish.overwrite };
    Ok(Json(host.library.import(export, wish, streams).await?))
}

/// What is to be exported, as OSD is asked for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    #[serde(default)]
    objects: Vec<Named>,
    #[serde(default, rename = "type")]
    kinds: Kinds,
    #[serde(default)]
    include_references_deep: bool,
    #[serde(default)]
    exclude_export_details: bool,
}

/// A type or a list of them.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Kinds {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

pub(super) async fn export(
    State(host): State<Arc<Host>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Answer> {
    let body = body.map_err(|rejection| {
        problem(rejection.status(), "unreadable_body", &rejection.body_text())
    })?;
    let sent: Sent = serde_json::from_slice(&body)
        .map_err(|error| unwanted("body", &explain_serde(&error.to_string())))?;
    let kinds = match sent.kinds {
        Kinds::None => Vec::new(),
        Kinds::One(kind) => vec![kind],
        Kinds::Several(kinds) => kinds,
    };
    if sent.objects.is_empty() == kinds.is_empty() {
        return Err(unwanted("objects", "either objects or a type is expected"));
    }
    let (deep, brief) = (sent.include_references_deep, sent.exclude_export_details);
    let references = if deep { References::Deep } else { References::LeftOut };
    let wanted = Wanted { objects: sent.objects, kinds, references };
    let details = if brief { Details::LeftOut } else { Details::Told };
    let desks = host.hub.desks();
    let time_fields = desks.filter_map(|desk| Some((desk.name().to_owned(), desk.time_field()?)));
    let text = host.library.export(wanted, details, time_fields.collect()).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"export.ndjson\""),
    ];
    Ok((headers, text).into_response())
}

fn unwanted(at: &str, detail: &str) -> Answer {
    problem(StatusCode::BAD_REQUEST, "invalid_export", detail).at(at)
}

async fn file(request: Request) -> Result<Bytes, Answer> {
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
