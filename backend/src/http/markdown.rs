//! `POST /api/markdown`: what a text would look like on a panel, for those who are writing it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::problem::{Answer, problem};
use crate::dashboards::markdown_to_html;

/// A text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    markdown: String,
}

/// It as HTML that may stand in a page.
#[derive(Serialize)]
pub(super) struct Shown {
    html: String,
}

pub(super) async fn show(
    written: Result<Json<Written>, JsonRejection>,
) -> Result<Json<Shown>, Answer> {
    let Json(written) = written.map_err(|rejection| {
        problem(StatusCode::BAD_REQUEST, "invalid_markdown", &rejection.body_text())
    })?;
    Ok(Json(Shown { html: markdown_to_html(&written.markdown) }))
}
