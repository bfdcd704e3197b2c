//! The HTTP side: routes, and what wraps them. Errors are `application/problem+json` everywhere.

mod dashboards;
mod health;
mod maps;
mod markdown;
mod openapi;
mod pages;
pub(crate) mod problem;
mod query;
mod saved_objects;
mod security;
mod streams;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Router, middleware};

use self::problem::problem;
pub(crate) use self::security::{Audience, Rules};
use crate::assets::Assets;
use crate::maps::Maps;
use crate::ws::{self, Host};

/// Largest body of a request.
const MAX_BODY_BYTES: usize = 1 << 20;
/// Largest export that is imported, with the form around it.
const MAX_EXPORT_BYTES: usize = hailstream_osd::MAX_BYTES + (64 << 10);

/// What the routes answer from.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) host: Arc<Host>,
    pub(crate) maps: Arc<Maps>,
    pub(crate) assets: Assets,
    pub(crate) rules: Rules,
}

impl FromRef<App> for Arc<Host> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.host)
    }
}

impl FromRef<App> for Arc<Maps> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.maps)
    }
}

impl FromRef<App> for Assets {
    fn from_ref(app: &App) -> Self {
        app.assets.clone()
    }
}

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let rules = app.rules.clone();
    let dashboard = get(dashboards::one).put(dashboards::edit).delete(dashboards::delete);
    let import = post(saved_objects::import).layer(DefaultBodyLimit::max(MAX_EXPORT_BYTES));
    let streams_of_patterns = get(saved_objects::patterns).put(saved_objects::map_patterns);
    Router::new()
        .route("/ws", any(ws::upgrade))
        .route("/api/query", post(query::answer))
        .route("/api/query/explain", post(query::explain))
        .route("/api/streams", get(streams::list))
        .route("/api/streams/{name}", get(streams::one))
        .route("/api/dashboards", get(dashboards::list).post(dashboards::create))
        .route("/api/dashboards/{id}", dashboard)
        .route("/api/dashboards/{id}/history", get(dashboards::history))
        .route("/api/dashboards/{id}/restore", post(dashboards::restore))
        .route("/api/saved_objects/_import", import)
        .route("/api/saved_objects/_export", post(saved_objects::export))
        .route("/api/markdown", post(markdown::show))
        .route("/api/saved_objects/streams", streams_of_patterns)
        .route("/api/maps/{name}", get(maps::one))
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/{*rest}", any(nothing))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/health/{*rest}", any(nothing))
        .fallback(pages::page_or_file)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(rules, security::guard))
        .with_state(app)
}

async fn nothing(uri: Uri) -> Response {
    pages::not_found(&uri)
}

async fn other_method(method: Method, uri: Uri) -> Response {
    let detail = format!("{method} is not for {}", uri.path());
    problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &detail).into_response()
}
