//! What a link asks of whoever owns the socket, and how it is.

use hailstream_protocol::ClientMessage;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open a new socket; drop any older one.
    Connect,
    /// Send on the socket, as soon as it is open.
    Send(ClientMessage),
    /// Close the socket. Its `Closed` need not be reported.
    Close {
        /// Close code.
        code: u16,
    },
}

/// How the link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Never connected yet.
    Connecting,
    /// The server answers.
    Live,
    /// Lost; the next attempt comes at this time, or is under way where it is past.
    Lost {
        /// Our clock when the link was last alive.
        since_ms: i64,
        /// When the next attempt starts.
        retry_ms: i64,
    },
    /// The server speaks another protocol: only a reload helps.
    Refused,
}
