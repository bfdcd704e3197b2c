//! What a session sees of a socket: messages in, frames out. [`Socket`](super::socket::Socket) is one; tests use one in
//! memory.

use bytes::Bytes;

/// From the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A text message.
    Text(String),
    /// A binary message; the protocol has none in this direction.
    Binary,
    /// Sign of life.
    Pong,
    /// The viewer ends the connection. The answer to that is the transport's affair; it goes out with the next flush.
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

/// How far writing has come.
pub(crate) trait Progress {
    /// Bytes the network has taken so far.
    fn written_bytes(&self) -> u64;
}
