//! Errors of the API: `application/problem+json`, everywhere.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_protocol::Problem;
use hailstream_query::QueryError;

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Answer(Problem);

/// A problem; `kind` is a stable word, `detail` is for people.
pub(crate) fn problem(status: StatusCode, kind: &str, detail: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or("Error");
    Answer(Problem {
        kind: kind.to_owned(),
        title: title.to_owned(),
        status: status.as_u16(),
        detail: detail.to_owned(),
        at: None,
    })
}

impl Answer {
    /// The place in the request.
    pub(crate) fn at(mut self, at: impl Into<String>) -> Self {
        self.0.at = Some(at.into());
        self
    }
}

impl From<QueryError> for Answer {
    fn from(error: QueryError) -> Self {
        let status = match error.code {
            "unknown_stream" | "unknown_dashboard" | "unknown_panel" => StatusCode::NOT_FOUND,
            "not_yet" => StatusCode::NOT_IMPLEMENTED,
            "busy" | "too_many_views" => StatusCode::SERVICE_UNAVAILABLE,
            "too_expensive" => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::BAD_REQUEST,
        };
        problem(status, error.code, &error.detail).at(error.at)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.0)).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }
}
