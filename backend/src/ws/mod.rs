//! The WebSocket: upgrade, who may connect, and one [`session::Session`] per viewer. The protocol is told in
//! docs/protocol.md; its messages are in the protocol crate.

mod handshake;
mod limits;
pub(crate) mod origin;
mod rfc6455;
pub(crate) mod session;
mod socket;
mod subscriptions;
#[cfg(test)]
mod tests;
pub(crate) mod transport;
mod watched;
mod watches;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hailstream_protocol::frame::Encoding;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::{Parts, downcast};
use tokio::net::TcpStream;

use self::handshake::Handshake;
use self::session::Session;
use self::socket::Socket;
pub(crate) use self::watched::Watched;
use crate::http::problem::{Answer, problem};
use crate::hub::Hub;
use crate::saved_objects::Library;

/// Viewers welcomed back per second after a restart.
const ADMITTED_PER_SECOND: usize = 500;

/// What sessions share.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) hub: Arc<Hub>,
    pub(crate) library: Arc<Library>,
    pub(crate) watched: Watched,
    /// Build of the page.
    pub(crate) build: String,
}

impl Host {
    /// When a viewer shall come back after a drain; `spread` is uniform over all values.
    pub(crate) fn reconnect_after_ms(&self, spread: u32) -> u32 {
        let viewers = *self.hub.pulse().connected().borrow();
        let within_ms = (viewers * 1000 / ADMITTED_PER_SECOND).clamp(500, 20_000) as u64;
        ((u64::from(spread) * within_ms) >> 32) as u32
    }
}

/// `GET /ws`.
pub(crate) async fn upgrade(State(host): State<Arc<Host>>, mut request: Request) -> Response {
    let handshake = match admit(&host, &request) {
        Ok(handshake) => handshake,
        Err(refusal) => return refusal.into_response(),
    };
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        let detail = "this connection cannot be upgraded: WebSockets are for HTTP/1.1";
        return problem(StatusCode::BAD_REQUEST, "not_a_websocket", detail).into_response();
    };
    // Ends with the connection, or with the drain; the hub counts it.
    tokio::spawn(serve(upgrade, host, handshake.encoding));
    handshake.response()
}

fn admit(host: &Host, request: &Request) -> Result<Handshake, Answer> {
    let bytes_of =
        |name: header::HeaderName| request.headers().get(name).map(HeaderValue::as_bytes);
    if !origin::is_own(bytes_of(header::ORIGIN), bytes_of(header::HOST)) {
        let detail = "pages of another origin may not connect";
        return Err(problem(StatusCode::FORBIDDEN, "foreign_origin", detail));
    }
    if host.hub.is_draining() {
        let detail = "the server is going; come back in a moment";
        return Err(problem(StatusCode::SERVICE_UNAVAILABLE, "draining", detail));
    }
    Handshake::read(request.method(), request.headers())
}

async fn serve(upgrade: OnUpgrade, host: Arc<Host>, encoding: Encoding) {
    // A client that went away in between is not missed.
    let Ok(upgraded) = upgrade.await else { return };
    // Out of all that HTTP wraps around it: what is written goes to the kernel, nothing else is kept.
    match downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(Parts { io, read_buf, .. }) => {
            let socket = Socket::new(io.into_inner(), encoding, &read_buf);
            // The handshake's buffer would be held for the connection's life.
            drop(read_buf);
            Session::new(socket, host, encoding).await;
        }
        // Another kind of connection, as tests and future listeners have.
        Err(upgraded) => {
            let socket = Socket::new(TokioIo::new(upgraded), encoding, &[]);
            Session::new(socket, host, encoding).await;
        }
    }
}
