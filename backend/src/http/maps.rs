//! `GET /api/maps/{name}`: a basemap's bytes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_query::nearest;

use super::problem::{Answer, problem};
use crate::assets::accepts;
use crate::maps::Maps;

pub(super) async fn one(
    State(maps): State<Arc<Maps>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Answer> {
    let map = maps.get(&name).ok_or_else(|| {
        let near = nearest(&name, maps.names())
            .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        let detail = format!("there is no map \"{name}\"{near}");
        problem(StatusCode::NOT_FOUND, "unknown_map", &detail)
    })?;
    let fixed = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::VARY, "accept-encoding"),
    ];
    if accepts(&headers, "gzip") {
        return Ok((fixed, [(header::CONTENT_ENCODING, "gzip")], map.gzipped()).into_response());
    }
    Ok((fixed, map.raw()).into_response())
}
