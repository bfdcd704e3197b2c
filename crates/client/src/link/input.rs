//! What happens to a link, told by whoever owns the socket and the page.

use hailstream_protocol::ServerMessage;

/// What happens to a link.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The page is there: connect.
    Start,
    /// A message arrived.
    Messages(Vec<ServerMessage>),
    /// A message arrived that cannot be read.
    Garbled,
    /// The socket ended, or could not be opened.
    Closed {
        /// Close code; 1006 where there is none.
        code: u16,
    },
    /// The deadline was reached.
    Timer,
    /// The tab came to the front.
    Visible,
    /// The tab went behind.
    Hidden,
    /// The network is back, the machine woke up, or a person said "try now".
    Wake,
    /// The page goes into the browser's cache.
    Leave,
}
