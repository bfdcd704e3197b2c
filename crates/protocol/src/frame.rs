//! Messages in bytes. A WebSocket message is a sequence of frames, so that all panels due for a viewer go out in one
//! write while each frame is encoded once and shared by all its viewers.
//!
//! - `hailstream.v1`: binary messages; a frame is its length (u32, little endian) and a postcard `ServerMessage`.
//! - `hailstream.v1.json`: text messages; a frame is one line of JSON ended by `\n`.

use thiserror::Error;

use crate::message::{ClientMessage, ServerMessage};

/// Sub-protocol of the binary encoding.
pub const SUBPROTOCOL_BINARY: &str = "hailstream.v1";
/// Sub-protocol of the JSON encoding, the default where a client asks for none.
pub const SUBPROTOCOL_JSON: &str = "hailstream.v1.json";

/// How frames are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Length-prefixed postcard.
    Binary,
    /// Lines of JSON.
    Json,
}

/// Why bytes are not frames.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The bytes end within a frame.
    #[error("message ends within a frame: {missing} more bytes expected")]
    Cut {
        /// Bytes missing.
        missing: usize,
    },
    /// A frame is not a message.
    #[error("frame is not a message: {why}")]
    Malformed {
        /// What the decoder said.
        why: String,
    },
}

impl Encoding {
    /// The sub-protocol that names this encoding.
    #[must_use]
    pub fn subprotocol(self) -> &'static str {
        match self {
            Self::Binary => SUBPROTOCOL_BINARY,
            Self::Json => SUBPROTOCOL_JSON,
        }
    }

    /// One frame, ready to be joined with others into a message.
    ///
    /// # Errors
    /// Only where a value cannot be written at all, which no message of ours contains.
    pub fn frame(self, message: &ServerMessage) -> Result<Vec<u8>, FrameError> {
        match self {
            Self::Binary => {
                let bytes = postcard::to_extend(message, vec![0; 4]).map_err(malformed)?;
                Ok(with_length(bytes))
            }
            Self::Json => {
                let mut bytes = serde_json::to_vec(message).map_err(malformed)?;
                bytes.push(b'\n');
                Ok(bytes)
            }
        }
    }
}

fn with_length(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = (bytes.len() - 4) as u32;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes
}

fn malformed(error: impl std::fmt::Display) -> FrameError {
    FrameError::Malformed { why: error.to_string() }
}

/// The messages of a binary WebSocket message, in order.
///
/// # Errors
/// At the first frame that is cut or malformed.
pub fn decode_binary(mut bytes: &[u8]) -> Result<Vec<ServerMessage>, FrameError> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let Some((length, rest)) = bytes.split_first_chunk::<4>() else {
            return Err(FrameError::Cut { missing: 4 - bytes.len() });
        };
        let length = u32::from_le_bytes(*length) as usize;
        if rest.len() < length {
            return Err(FrameError::Cut { missing: length - rest.len() });
        }
        let (frame, rest) = rest.split_at(length);
        messages.push(postcard::from_bytes(frame).map_err(malformed)?);
        bytes = rest;
    }
    Ok(messages)
}

/// The messages of a text WebSocket message, in order.
///
/// # Errors
/// At the first line that is not a message.
pub fn decode_json(text: &str) -> Result<Vec<ServerMessage>, FrameError> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).map_err(malformed))
        .collect()
}

/// A client's message.
///
/// # Errors
/// Where the text is not one; the words name the unknown kind or key.
pub fn decode_client(text: &str) -> Result<ClientMessage, FrameError> {
    serde_json::from_str(text).map_err(malformed)
}

/// A client's message as text.
///
/// # Errors
/// Never for a message built by this crate.
pub fn encode_client(message: &ClientMessage) -> Result<String, FrameError> {
    serde_json::to_string(message).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heartbeat() -> ServerMessage {
        ServerMessage::Heartbeat { now_ms: 1_700_000_000_000, streams: Vec::new() }
    }

    #[test]
    fn frames_join_into_one_message() {
        let pong = ServerMessage::Pong { sent_ms: 1, now_ms: 2 };
        for encoding in [Encoding::Binary, Encoding::Json] {
            let mut message = encoding.frame(&heartbeat()).unwrap();
            message.extend(encoding.frame(&pong).unwrap());
            let decoded = match encoding {
                Encoding::Binary => decode_binary(&message).unwrap(),
                Encoding::Json => decode_json(std::str::from_utf8(&message).unwrap()).unwrap(),
            };
            assert_eq!(decoded, [heartbeat(), pong.clone()]);
        }
    }

    #[test]
    fn golden_bytes() {
        let pong = ServerMessage::Pong { sent_ms: 1, now_ms: -2 };
        assert_eq!(Encoding::Binary.frame(&pong).unwrap(), [3, 0, 0, 0, 5, 2, 3]);
        let json = Encoding::Json.frame(&pong).unwrap();
        assert_eq!(
            std::str::from_utf8(&json).unwrap(),
            "{\"pong\":{\"sent_ms\":1,\"now_ms\":-2}}\n"
        );
    }

    #[test]
    fn a_cut_frame_says_how_much_is_missing() {
        let error = decode_binary(&[9, 0, 0, 0, 1]).unwrap_err();
        assert_eq!(error.to_string(), "message ends within a frame: 8 more bytes expected");
    }

    #[test]
    fn an_unknown_client_message_is_named() {
        let error = decode_client(r#"{"subscribed":{}}"#).unwrap_err().to_string();
        assert!(error.contains("subscribed") && error.contains("subscribe"), "{error}");
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _outcome = decode_binary(&bytes);
            let _outcome = decode_json(&String::from_utf8_lossy(&bytes));
        }
    }
}
