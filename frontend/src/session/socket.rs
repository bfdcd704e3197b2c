//! One WebSocket, from opening to end: bytes in, messages out to the session. It is closed by dropping it.

use futures_util::future::{AbortHandle, Abortable};
use futures_util::{SinkExt, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use hailstream_protocol::frame::{SUBPROTOCOL_BINARY, decode_binary, encode_client};
use hailstream_protocol::{ClientMessage, ServerMessage};
use wasm_bindgen_futures::spawn_local;

use crate::dom;

/// Messages that wait for the socket to open or drain: far more than a page has subscriptions.
const OUTBOX: usize = 1_024;
/// A connection that ended without a closing handshake.
const ABNORMAL: u16 = 1006;

/// What a socket reports.
#[derive(Debug)]
pub(super) enum SocketEvent {
    /// A message, decoded.
    Messages(Vec<ServerMessage>),
    /// A message that is not ours.
    Garbled,
    /// The end.
    Closed {
        /// Close code.
        code: u16,
    },
}

/// An open or opening socket.
pub(super) struct Socket {
    outbox: futures_channel::mpsc::Sender<String>,
    generation: u32,
    tasks: [AbortHandle; 2],
}

impl Socket {
    /// Opens a socket to this page's server. Its events carry `generation`.
    pub(super) fn open(generation: u32) -> Self {
        // When it is full the server has not read for long: the socket counts as lost.
        let (outbox, inbox) = futures_channel::mpsc::channel(OUTBOX);
        let (read_handle, read_registration) = AbortHandle::new_pair();
        let (write_handle, write_registration) = AbortHandle::new_pair();
        let socket =
            url().and_then(|url| WebSocket::open_with_protocol(&url, SUBPROTOCOL_BINARY).ok());
        match socket {
            Some(socket) => {
                let (write, read) = socket.split();
                spawn_local(async move {
                    let _aborted =
                        Abortable::new(receive(read, generation), read_registration).await;
                });
                spawn_local(async move {
                    let _aborted = Abortable::new(transmit(write, inbox), write_registration).await;
                });
            }
            // Reported later, because the session is at work now.
            None => spawn_local(async move { closed(generation, ABNORMAL) }),
        }
        Self { outbox, generation, tasks: [read_handle, write_handle] }
    }

    /// Sends as soon as the socket is open.
    pub(super) fn send(&mut self, message: &ClientMessage) {
        let Ok(text) = encode_client(message) else { return };
        if self.outbox.try_send(text).is_err() {
            let generation = self.generation;
            spawn_local(async move { closed(generation, ABNORMAL) });
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Both halves go with their tasks, and the browser's socket is closed with them.
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

fn url() -> Option<String> {
    let location = dom::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/ws", location.host().ok()?))
}

fn closed(generation: u32, code: u16) {
    super::socket_event(generation, SocketEvent::Closed { code });
}

async fn receive(
    mut read: impl StreamExt<Item = Result<Message, WebSocketError>> + Unpin,
    generation: u32,
) {
    while let Some(message) = read.next().await {
        let event = match message {
            Ok(Message::Bytes(bytes)) => {
                decode_binary(&bytes).map_or(SocketEvent::Garbled, SocketEvent::Messages)
            }
            // Text belongs to the other sub-protocol, whose decoder would only make the page larger.
            Ok(Message::Text(_)) => SocketEvent::Garbled,
            Err(WebSocketError::ConnectionClose(event)) => return closed(generation, event.code),
            Err(_) => continue, // the close that follows tells the code
        };
        super::socket_event(generation, event);
    }
    closed(generation, ABNORMAL);
}

async fn transmit(
    mut write: impl SinkExt<Message, Error = WebSocketError> + Unpin,
    mut inbox: futures_channel::mpsc::Receiver<String>,
) {
    while let Some(text) = inbox.next().await {
        if write.send(Message::Text(text)).await.is_err() {
            return; // the reading half reports the end
        }
    }
}
