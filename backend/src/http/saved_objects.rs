//! `POST /api/saved_objects/_import`: what OpenSearch Dashboards exported, as a form's file as OSD's page sends it, or as the body
//! itself; `_export`, its counterpart; and which streams index patterns mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hailstream_osd::{Details, ImportReport};
use hailstream_query::explain_serde;
use serde::Deserialize;

use super::problem::{Answer, problem};
use crate::saved_objects::{ImportWish, Named, PatternInfo, Patterns, References, Wanted};
use crate::ws::Host;

/// How an export is taken in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Wish {
    #[serde(default)]
    overwrite: bool,
    #[serde(default)]
    create_new_copies: bool,
    /// JSON: streams by the title or id of the index patterns that mean them.
    streams: Option<String>,
}

pub(super) async fn import(
    State(host): State<Arc<Host>>,
    wish: Result<Query<Wish>, QueryRejection>,
    request: Request,
) -> Result<Json<ImportReport>, Answer> {
    let Query(wish) = wish.map_err(|rejection| invalid("query", &rejection.body_text()))?;
    let Wish { overwrite, create_new_copies, streams: said } = wish;
    if overwrite && create_new_copies {
        let detail = "copies are never there already: either overwrite or createNewCopies";
        return Err(invalid("overwrite", detail));
    }
    let form = form(request).await?;
    let said = said.or(form.streams).unwrap_or_else(|| "{}".to_owned());
    let streams: BTreeMap<String, String> = serde_json::from_str(&said)
        .map_err(|error| invalid("streams", &explain_serde(&error.to_string())))?;
    streams.values().try_for_each(|stream| is_there(&host, stream))?;
    let wish = ImportWish { overwrite, create_new_copies, streams };
    Ok(Json(host.library.import(form.file, wish, names(&host)).await?))
}

fn names(host: &Host) -> Vec<String> {
    host.hub.desks().map(|desk| desk.name().to_owned()).collect()
}

/// A stream that a pattern shall mean.
fn is_there(host: &Host, stream: &str) -> Result<(), Answer> {
    host.hub
        .desk(stream)
        .map(|_| ())
        .map_err(|error| problem(StatusCode::BAD_REQUEST, error.code, &error.detail).at("streams"))
}

pub(super) async fn patterns(
    State(host): State<Arc<Host>>,
) -> Result<Json<Vec<PatternInfo>>, Answer> {
    Ok(Json(host.library.patterns(&names(&host)).await?))
}

pub(super) async fn map_patterns(
    State(host): State<Arc<Host>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Vec<PatternInfo>>, Answer> {
    let body = body.map_err(|rejection| {
        problem(rejection.status(), "unreadable_body", &rejection.body_text())
    })?;
    let said: Patterns = serde_json::from_slice(&body)
        .map_err(|error| invalid("body", &explain_serde(&error.to_string())))?;
    said.values().flatten().try_for_each(|stream| is_there(&host, stream))?;
    host.library.map_patterns(&said, names(&host)).await?;
    patterns(State(host)).await
}

/// What comes with a request: an export, and perhaps what index patterns mean.
struct Form {
    file: Bytes,
    streams: Option<String>,
}

async fn form(request: Request) -> Result<Form, Answer> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
        let file = Bytes::from_request(request, &()).await.map_err(|rejection| {
            problem(rejection.status(), "unreadable_body", &rejection.body_text())
        })?;
        return Ok(Form { file, streams: None });
    }
    let form = Multipart::from_request(request, &()).await;
    let mut form =
        form.map_err(|rejection: MultipartRejection| invalid("body", &rejection.body_text()))?;
    let unreadable =
        |error: MultipartError| problem(error.status(), "unreadable_body", &error.body_text());
    let (mut file, mut streams) = (None, None);
    while let Some(field) =
        form.next_field().await.map_err(|error| invalid("body", &error.body_text()))?
    {
        match field.name() {
            Some("file") => file = Some(field.bytes().await.map_err(unreadable)?),
            Some("streams") => streams = Some(field.text().await.map_err(unreadable)?),
            _ => {}
        }
    }
    let missing = "the form has no file: a part named \"file\" is expected";
    Ok(Form { file: file.ok_or_else(|| invalid("body", missing))?, streams })
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

fn invalid(at: &str, detail: &str) -> Answer {
    problem(StatusCode::BAD_REQUEST, "invalid_import", detail).at(at)
}
