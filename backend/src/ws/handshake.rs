//! The handshake of `GET /ws`: what it must say, and what it is answered.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_protocol::frame::{Encoding, SUBPROTOCOL_BINARY, SUBPROTOCOL_JSON};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::http::problem::{Answer, problem};

/// A handshake in order.
#[derive(Debug)]
pub(super) struct Handshake {
    pub(super) encoding: Encoding,
    accept: String,
    /// Whether the client asked for a sub-protocol, to be told which one it got.
    asked: bool,
}

impl Handshake {
    pub(super) fn read(method: &Method, headers: &HeaderMap) -> Result<Self, Answer> {
        let wrong = |detail: &str| problem(StatusCode::BAD_REQUEST, "not_a_websocket", detail);
        if method != Method::GET {
            let detail = format!("{method} is not for /ws");
            return Err(problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &detail));
        }
        if !lists(headers, &header::CONNECTION, "upgrade") {
            return Err(wrong("expected the header `Connection: Upgrade`"));
        }
        if !lists(headers, &header::UPGRADE, "websocket") {
            return Err(wrong("expected the header `Upgrade: websocket`"));
        }
        let is = |name: &header::HeaderName, value: &[u8]| {
            headers.get(name).is_some_and(|given| given.as_bytes() == value)
        };
        if !is(&header::SEC_WEBSOCKET_VERSION, b"13") {
            return Err(wrong("expected the header `Sec-WebSocket-Version: 13`"));
        }
        let key = headers.get(header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
        // Sixteen bytes in base64.
        let key = key.filter(|key| key.len() == 24 && key.ends_with(b"=="));
        let Some(key) = key else {
            return Err(wrong("expected the header `Sec-WebSocket-Key` with 16 bytes in base64"));
        };
        let asked = headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL);
        let encoding = if lists(headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL_BINARY) {
            Encoding::Binary
        } else if !asked || lists(headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL_JSON) {
            Encoding::Json
        } else {
            let detail = format!("sub-protocols are {SUBPROTOCOL_BINARY} and {SUBPROTOCOL_JSON}");
            return Err(problem(StatusCode::BAD_REQUEST, "unknown_subprotocol", &detail));
        };
        Ok(Self { encoding, accept: derive_accept_key(key), asked })
    }

    /// 101.
    pub(super) fn response(&self) -> Response {
        let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        if let Ok(accept) = HeaderValue::from_str(&self.accept) {
            headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        }
        if self.asked {
            let name = HeaderValue::from_static(self.encoding.subprotocol());
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, name);
        }
        response
    }
}

/// Whether one of the header's comma-separated items is this, in any case.
fn lists(headers: &HeaderMap, name: &header::HeaderName, item: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|given| given.trim().eq_ignore_ascii_case(item))
}
