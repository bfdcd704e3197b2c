//! The WebSocket: upgrade, who may connect, and one [`session::Session`] per viewer. The protocol is told in
//! docs/protocol.md; its messages are in the protocol crate.

mod limits;
pub(crate) mod origin;
pub(crate) mod session;
mod subscriptions;
#[cfg(test)]
mod tests;
pub(crate) mod transport;

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_protocol::frame::{Encoding, SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON};

use self::limits::MAX_MESSAGE_BYTES;
use self::session::Session;
use self::transport::AxumTransport;
use crate::dashboards::Dashboards;
use crate::http::problem::problem;
use crate::hub::Hub;

/// Read buffer of a socket. tungstenite's 128 KiB would be most of a viewer's memory, and viewers say little.
const READ_BUFFER_BYTES: usize = 4096;
/// Viewers welcomed back per second after a restart.
const ADMITTED_PER_SECOND: usize = 500;

/// What sessions share.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) hub: Arc<Hub>,
    pub(crate) dashboards: Arc<Dashboards>,
    /// Build of the page.
    pub(crate) build: String,
}

impl Host {
    /// When a viewer shall come back after a drain; `spread` is uniform over all values.
    pub(crate) fn reconnect_after_ms(&self, spread: u32) -> u32 {
        let viewers = *self.hub.pulse().connected().borrow();
        let within_ms = (viewers * 1000 / ADMITTED_PER_SECOND).clamp(500, 20_000) as u64;
        (u64::from(spread) * within_ms >> 32) as u32
    }
}

/// `GET /ws`.
pub(crate) async fn upgrade(
    State(host): State<Arc<Host>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let bytes_of = |name: header::HeaderName| headers.get(name).map(HeaderValue::as_bytes);
    if !origin::is_own(bytes_of(header::ORIGIN), bytes_of(header::HOST)) {
        let detail = "pages of another origin may not connect";
        return problem(StatusCode::FORBIDDEN, "foreign_origin", detail).into_response();
    }
    if host.hub.is_draining() {
        let detail = "the server is going; come back in a moment";
        return problem(StatusCode::SERVICE_UNAVAILABLE, "draining", detail).into_response();
    }
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let status = rejection.status();
            return problem(status, "not_a_websocket", &rejection.body_text()).into_response();
        }
    };
    let asked = upgrade.requested_protocols().next().is_some();
    let upgrade = upgrade
        .protocols([SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES);
    let chosen = upgrade.selected_protocol().map(HeaderValue::as_bytes);
    let encoding = match chosen {
        Some(name) if name == SUBPROTOCOL_BINARY.as_bytes() => Encoding::Binary,
        Some(_) => Encoding::Json,
        None if asked => {
            let detail = format!("sub-protocols are {SUBPROTOCOL_BINARY} and {SUBPROTOCOL_JSON}");
            return problem(StatusCode::BAD_REQUEST, "unknown_subprotocol", &detail)
                .into_response();
        }
        None => Encoding::Json,
    };
    upgrade.on_upgrade(move |socket| {
        Session::new(AxumTransport::new(socket, encoding), host, encoding)
    })
}
