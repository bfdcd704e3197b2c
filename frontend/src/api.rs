//! The HTTP API, as far as the page asks it: dashboards, streams, maps.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde_json::Value;

/// Why there is no answer, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is no such thing.
    NotFound {
        /// What the server says.
        detail: String,
    },
    /// Somebody else was there before: it exists already, or was changed meanwhile.
    Conflict {
        /// What the server says.
        detail: String,
    },
    /// Anything else.
    Other {
        /// In words.
        detail: String,
    },
}

impl Failure {
    /// What to tell people.
    pub(crate) fn detail(&self) -> &str {
        let (Self::NotFound { detail } | Self::Conflict { detail } | Self::Other { detail }) = self;
        detail
    }

    fn other(detail: impl ToString) -> Self {
        Self::Other { detail: detail.to_string() }
    }
}

/// `GET path`, read as JSON.
pub(crate) async fn get_json(path: &str) -> Result<Value, Failure> {
    json(get(path).await?).await
}

/// `GET path`, as bytes.
pub(crate) async fn get_bytes(path: &str) -> Result<Vec<u8>, Failure> {
    get(path).await?.binary().await.map_err(Failure::other)
}

/// `POST path` with JSON, read as JSON.
pub(crate) async fn post_json(path: &str, body: &Value) -> Result<Value, Failure> {
    send_json(Request::post(path), body).await
}

/// `PUT path` with JSON, read as JSON.
pub(crate) async fn put_json(path: &str, body: &Value) -> Result<Value, Failure> {
    send_json(Request::put(path), body).await
}

async fn send_json(request: RequestBuilder, body: &Value) -> Result<Value, Failure> {
    let request = request.header("content-type", "application/json");
    let request = request.body(body.to_string()).map_err(Failure::other)?;
    json(answered(request).await?).await
}

/// `DELETE path`.
pub(crate) async fn delete(path: &str) -> Result<(), Failure> {
    answered(Request::delete(path).build().map_err(Failure::other)?).await.map(drop)
}

async fn json(response: Response) -> Result<Value, Failure> {
    let text = response.text().await.map_err(Failure::other)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::other(format!("the server's answer does not read: {error}")))
}

async fn get(path: &str) -> Result<Response, Failure> {
    answered(Request::get(path).build().map_err(Failure::other)?).await
}

async fn answered(request: Request) -> Result<Response, Failure> {
    let response =
        request.send().await.map_err(|_| Failure::other("the server cannot be reached"))?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    let problem: Value = serde_json::from_str(&text).unwrap_or_default();
    let detail = match problem.get("detail").and_then(Value::as_str) {
        Some(detail) => detail.to_owned(),
        None => format!("the server answered {status}"),
    };
    Err(match status {
        404 => Failure::NotFound { detail },
        409 => Failure::Conflict { detail },
        _ => Failure::Other { detail },
    })
}
