//! Shared frames: a message encoded at most once per encoding, its bytes shared by everyone who is sent them.

use std::sync::OnceLock;

use bytes::Bytes;
use hailstream_protocol::frame::{Encoding, decode_binary};
use hailstream_protocol::{Delta, QueryResult, ServerMessage};

/// One message as bytes. The binary form is made at once; the JSON form, which only tools ask for, from it on demand.
#[derive(Debug)]
pub(crate) struct SharedFrame {
    binary: Bytes,
    json: OnceLock<Bytes>,
}

impl SharedFrame {
    pub(crate) fn new(message: &ServerMessage) -> Self {
        Self { binary: encode(Encoding::Binary, message), json: OnceLock::new() }
    }

    pub(crate) fn delta(view: u32, delta: Delta) -> Self {
        Self::new(&ServerMessage::Delta { view, delta })
    }

    pub(crate) fn snapshot(view: u32, result: &QueryResult) -> Self {
        Self::new(&ServerMessage::Snapshot { view, result: result.clone() })
    }

    /// The bytes, shared.
    pub(crate) fn bytes(&self, encoding: Encoding) -> Bytes {
        match encoding {
            Encoding::Binary => self.binary.clone(),
            Encoding::Json => self.json.get_or_init(|| self.transcoded()).clone(),
        }
    }

    /// Bytes of the binary form.
    pub(crate) fn len(&self) -> usize {
        self.binary.len()
    }

    fn transcoded(&self) -> Bytes {
        let messages = decode_binary(&self.binary).unwrap_or_default();
        messages.first().map(|message| encode(Encoding::Json, message)).unwrap_or_default()
    }
}

/// A frame for one viewer alone.
pub(crate) fn encode(encoding: Encoding, message: &ServerMessage) -> Bytes {
    // Messages of ours are plain data with text keys; writing them cannot fail. Frames are kept for a while: without the
    // room that was left for more.
    encoding.frame(message).map(|frame| Bytes::from(frame.into_boxed_slice())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::Value;

    use super::*;

    #[test]
    fn both_encodings_say_the_same_and_are_made_once() {
        let result = QueryResult {
            columns: vec!["a".into(), "m".into()],
            rows: vec![vec![Value::text("x"), Value::Float(2.5)]],
            ..QueryResult::default()
        };
        let frame = SharedFrame::snapshot(3, &result);
        let expected = ServerMessage::Snapshot { view: 3, result };
        let json = frame.bytes(Encoding::Json);
        assert_eq!(json, encode(Encoding::Json, &expected));
        assert_eq!(frame.bytes(Encoding::Binary), encode(Encoding::Binary, &expected));
        assert_eq!(json.as_ptr(), frame.bytes(Encoding::Json).as_ptr());
    }
}
