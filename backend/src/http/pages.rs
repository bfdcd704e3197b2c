//! The page's addresses and files. Every address of the page answers the page itself, which then reads the address.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
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
        Some(mut response) => {
            if let Some(link) = document_link(path) {
                response.headers_mut().insert(header::LINK, link);
            }
            response
        }
        None if is_page => Html(NO_PAGE).into_response(),
        None => not_found(&uri),
    }
}

/// Lets the browser fetch a board's document while it still compiles the page. Absent on other pages, and for ids that could
/// not stand in a header as they are.
fn document_link(path: &str) -> Option<HeaderValue> {
    let id = path.strip_prefix("embed/").unwrap_or(path).strip_prefix("d/")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte);
    let is_one = !id.is_empty() && id.bytes().all(is_plain);
    let link = format!("</api/dashboards/{id}>; rel=preload; as=fetch; crossorigin");
    is_one.then(|| HeaderValue::from_str(&link).ok()).flatten()
}

pub(super) fn not_found(uri: &Uri) -> Response {
    let detail = format!("there is nothing at {}", uri.path());
    problem(StatusCode::NOT_FOUND, "not_found", &detail).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boards_page_names_its_document() {
        let link = |path| document_link(path).map(|link| link.to_str().unwrap().to_owned());
        let of_board = "</api/dashboards/taxis-live>; rel=preload; as=fetch; crossorigin";
        assert_eq!(link("d/taxis-live").as_deref(), Some(of_board));
        assert_eq!(link("embed/d/taxis-live").as_deref(), Some(of_board));
        for path in ["", "d/", "discover", "streams/d/x", "d/a/b", "d/a>b", "embed/p/board:1"] {
            assert_eq!(link(path), None, "{path}");
        }
    }
}
