//! What a session sees of a socket: messages in, frames out. One adapter for axum's WebSocket; tests use channels.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::{Bytes, BytesMut};
use futures_util::{Sink, Stream};
use hailstream_protocol::frame::Encoding;

/// From the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A text message.
    Text(Utf8Bytes),
    /// A binary message; the protocol has none in this direction.
    Binary,
    /// Sign of life.
    Pong,
    /// The viewer ends the connection.
    Close,
}

/// To the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    /// Frames, to go out as one message.
    Frames(Vec<Bytes>),
    /// Asks for a sign of life.
    Ping,
    /// Ends the connection.
    Close(CloseCode, &'static str),
}

/// Why the server ends a connection. docs/protocol.md tells clients what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum CloseCode {
    /// The server is going.
    Drain = 4001,
    /// A write made no progress.
    Slow = 4008,
    /// No answer to a ping.
    NoPong = 4012,
    /// Too many messages.
    TooMany = 4013,
    /// Not this protocol.
    Protocol = 4501,
}

/// axum's WebSocket as a transport.
pub(crate) struct AxumTransport {
    socket: WebSocket,
    encoding: Encoding,
}

impl AxumTransport {
    pub(crate) fn new(socket: WebSocket, encoding: Encoding) -> Self {
        Self { socket, encoding }
    }
}

/// Frames of one message, one after another.
pub(crate) fn joined(mut frames: Vec<Bytes>) -> Bytes {
    if frames.len() == 1 {
        return frames.swap_remove(0);
    }
    let mut message = BytesMut::with_capacity(frames.iter().map(Bytes::len).sum());
    frames.iter().for_each(|frame| message.extend_from_slice(frame));
    message.freeze()
}

fn message(outgoing: Outgoing, encoding: Encoding) -> Result<Message, axum::Error> {
    Ok(match (outgoing, encoding) {
        (Outgoing::Frames(frames), Encoding::Binary) => Message::Binary(joined(frames)),
        (Outgoing::Frames(frames), Encoding::Json) => {
            Message::Text(Utf8Bytes::try_from(joined(frames)).map_err(axum::Error::new)?)
        }
        (Outgoing::Ping, _) => Message::Ping(Bytes::new()),
        (Outgoing::Close(code, reason), _) => Message::Close(Some(CloseFrame {
            code: code as u16,
            reason: Utf8Bytes::from_static(reason),
        })),
    })
}

impl Stream for AxumTransport {
    type Item = Result<Incoming, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(message) = ready!(Pin::new(&mut self.socket).poll_next(cx)) else {
                return Poll::Ready(None);
            };
            return Poll::Ready(Some(message.map(|message| match message {
                Message::Text(text) => Incoming::Text(text),
                Message::Binary(_) => Incoming::Binary,
                // Answered below us.
                Message::Ping(_) | Message::Pong(_) => Incoming::Pong,
                Message::Close(_) => Incoming::Close,
            })));
        }
    }
}

impl Sink<Outgoing> for AxumTransport {
    type Error = axum::Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        Pin::new(&mut self.socket).poll_ready(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, outgoing: Outgoing) -> Result<(), axum::Error> {
        let message = message(outgoing, self.encoding)?;
        Pin::new(&mut self.socket).start_send(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        Pin::new(&mut self.socket).poll_close(cx)
    }
}
