//! The page's addresses and files. Every address of the page answers the page itself, which then reads the address.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};

use super::problem::problem;
use crate::assets::Assets;

/// First parts of the page's addresses.
const PAGES: [&str; 5] = ["", "d", "discover", "streams", "embed"];

const NO_PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hailstream</title>\
    <p>This server was built without the page. Build it with <code>make build</code>, or name the folder of a built page \
    with <code>--assets</code>. The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.</html>\n";

pub(super) async fn page_or_file(
    State(assets): State<Assets>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path().trim_start_matches('/');
    let is_page = PAGES.contains(&path.split('/').next().unwrap_or_default());
    if method != Method::GET && method != Method::HEAD {
        let detail = format!("{method} is not for pages and files");
        return problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &detail)
            .into_response();
    }
    let file = if is_page { "index.html" } else { path };
    match assets.answer(file, &headers) {
        Some(response) => response,
        None if is_page => Html(NO_PAGE).into_response(),
        None => not_found(&uri),
    }
}

pub(super) fn not_found(uri: &Uri) -> Response {
    let detail = format!("there is nothing at {}", uri.path());
    problem(StatusCode::NOT_FOUND, "not_found", &detail).into_response()
}
