//! WebSocket frames (RFC 6455): the server's side of reading and writing them, on bytes alone.
//!
//! Why not a library: a server's frames are not masked, so the bytes of a panel's frame are the same for all viewers
//! and can be written from where they are shared, without a copy per viewer; and a viewer who says nothing needs no
//! buffer. Libraries keep one or two of several KiB for each.

use thiserror::Error;

/// Most fragments of a message; small ones cost more to keep than they say.
const MAX_FRAGMENTS: u32 = 64;
/// Control frames are never longer.
const MAX_CONTROL_BYTES: usize = 125;

/// Kinds of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl Opcode {
    fn of(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }
}

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Text(String),
    Binary,
    /// To be answered with the same bytes.
    Ping(Vec<u8>),
    Pong,
    /// With the client's code, if it gave one.
    Close(Option<u16>),
}

/// A client that breaks the rules; each names the close code it gets.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(super) enum Breach {
    /// 1002.
    #[error("not a WebSocket frame")]
    Protocol,
    /// 1007.
    #[error("text that is not UTF-8")]
    NotUtf8,
    /// 1009.
    #[error("a message larger than allowed")]
    TooLarge,
}

impl Breach {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
        }
    }
}

/// Reads frames of a client. Between messages it holds no memory.
#[derive(Debug)]
pub(super) struct Decoder {
    /// Bytes of a frame that is not complete.
    pending: Vec<u8>,
    message: Option<Box<Fragments>>,
    max_message_bytes: usize,
}

#[derive(Debug)]
struct Fragments {
    opcode: Opcode,
    payload: Vec<u8>,
    count: u32,
}

struct Header {
    is_final: bool,
    opcode: Opcode,
    /// Of the header itself.
    bytes: usize,
    payload_bytes: usize,
    mask: [u8; 4],
}

impl Decoder {
    pub(super) fn new(max_message_bytes: usize) -> Self {
        Self { pending: Vec::new(), message: None, max_message_bytes }
    }

    /// Takes bytes as they came; `take` is given each event in order.
    pub(super) fn read(&mut self, bytes: &[u8], mut take: impl FnMut(Event)) -> Result<(), Breach> {
        let joined;
        let mut rest = if self.pending.is_empty() {
            bytes
        } else {
            let mut all = std::mem::take(&mut self.pending);
            all.extend_from_slice(bytes);
            joined = all;
            joined.as_slice()
        };
        while let Some(header) = self.header(rest)? {
            let end = header.bytes + header.payload_bytes;
            if rest.len() < end {
                break;
            }
            let mut payload = rest[header.bytes..end].to_vec();
            unmask(&mut payload, header.mask);
            rest = &rest[end..];
            if let Some(event) = self.frame(&header, payload)? {
                take(event);
            }
        }
        self.pending = rest.to_vec();
        Ok(())
    }

    /// The next frame's header, if all of it is there.
    fn header(&self, bytes: &[u8]) -> Result<Option<Header>, Breach> {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let opcode = Opcode::of(first & 0x0f).ok_or(Breach::Protocol)?;
        let is_final = first & 0x80 != 0;
        let is_masked = second & 0x80 != 0;
        if first & 0x70 != 0 || !is_masked {
            return Err(Breach::Protocol);
        }
        let (length_bytes, payload_bytes) = match second & 0x7f {
            126 => match rest.first_chunk::<2>() {
                Some(length) => (2, u64::from(u16::from_be_bytes(*length))),
                None => return Ok(None),
            },
            127 => match rest.first_chunk::<8>() {
                Some(length) => (8, u64::from_be_bytes(*length)),
                None => return Ok(None),
            },
            short => (0, u64::from(short)),
        };
        let payload_bytes = usize::try_from(payload_bytes).map_err(|_| Breach::TooLarge)?;
        let is_control = opcode as u8 >= Opcode::Close as u8;
        if is_control && (payload_bytes > MAX_CONTROL_BYTES || !is_final) {
            return Err(Breach::Protocol);
        }
        let collected = self.message.as_ref().map_or(0, |message| message.payload.len());
        if payload_bytes.saturating_add(collected) > self.max_message_bytes {
            return Err(Breach::TooLarge);
        }
        let Some(mask) = rest.get(length_bytes..).and_then(|rest| rest.first_chunk::<4>()) else {
            return Ok(None);
        };
        Ok(Some(Header {
            is_final,
            opcode,
            bytes: 2 + length_bytes + 4,
            payload_bytes,
            mask: *mask,
        }))
    }

    fn frame(&mut self, header: &Header, payload: Vec<u8>) -> Result<Option<Event>, Breach> {
        match header.opcode {
            Opcode::Ping => Ok(Some(Event::Ping(payload))),
            Opcode::Pong => Ok(Some(Event::Pong)),
            Opcode::Close => match payload.as_slice() {
                [] => Ok(Some(Event::Close(None))),
                [high, low, ..] => Ok(Some(Event::Close(Some(u16::from_be_bytes([*high, *low]))))),
                [_] => Err(Breach::Protocol),
            },
            Opcode::Text | Opcode::Binary if self.message.is_some() => Err(Breach::Protocol),
            Opcode::Text | Opcode::Binary if header.is_final => {
                message(header.opcode, payload).map(Some)
            }
            Opcode::Text | Opcode::Binary => {
                let opcode = header.opcode;
                self.message = Some(Box::new(Fragments { opcode, payload, count: 1 }));
                Ok(None)
            }
            Opcode::Continuation => self.continuation(header, &payload),
        }
    }

    fn continuation(&mut self, header: &Header, payload: &[u8]) -> Result<Option<Event>, Breach> {
        let mut fragments = self.message.take().ok_or(Breach::Protocol)?;
        fragments.payload.extend_from_slice(payload);
        fragments.count += 1;
        if header.is_final {
            return message(fragments.opcode, fragments.payload).map(Some);
        }
        if fragments.count >= MAX_FRAGMENTS {
            return Err(Breach::TooLarge);
        }
        self.message = Some(fragments);
        Ok(None)
    }
}

fn message(opcode: Opcode, payload: Vec<u8>) -> Result<Event, Breach> {
    if opcode == Opcode::Binary {
        return Ok(Event::Binary);
    }
    String::from_utf8(payload).map(Event::Text).map_err(|_| Breach::NotUtf8)
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

/// The header of a server's frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerHeader {
    bytes: [u8; 10],
    length: u8,
}

impl ServerHeader {
    pub(super) fn new(opcode: Opcode, payload_bytes: usize) -> Self {
        let mut bytes = [0; 10];
        bytes[0] = 0x80 | opcode as u8;
        let length = match payload_bytes {
            0..126 => {
                bytes[1] = payload_bytes as u8;
                2
            }
            126..=0xffff => {
                bytes[1] = 126;
                bytes[2..4].copy_from_slice(&(payload_bytes as u16).to_be_bytes());
                4
            }
            _ => {
                bytes[1] = 127;
                bytes[2..10].copy_from_slice(&(payload_bytes as u64).to_be_bytes());
                10
            }
        };
        Self { bytes, length }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// The payload of a close frame.
pub(super) fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.as_bytes());
    payload.truncate(MAX_CONTROL_BYTES);
    payload
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A client's frame.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [7, 0, 255, 30];
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..126 => bytes.push(0x80 | short as u8),
            long @ 126..=0xffff => {
                bytes.push(0x80 | 126);
                bytes.extend((long as u16).to_be_bytes());
            }
            longer => {
                bytes.push(0x80 | 127);
                bytes.extend((longer as u64).to_be_bytes());
            }
        }
        bytes.extend(mask);
        let mut payload = payload.to_vec();
        unmask(&mut payload, mask);
        bytes.extend(payload);
        bytes
    }

    fn read(bytes: &[u8]) -> (Vec<Event>, Option<Breach>) {
        let mut events = Vec::new();
        let mut decoder = Decoder::new(65_536);
        let breach = decoder.read(bytes, |event| events.push(event)).err();
        if breach.is_none() && decoder.pending.is_empty() {
            assert_eq!(decoder.pending.capacity(), 0, "an idle viewer keeps nothing");
        }
        (events, breach)
    }

    #[test]
    fn frames_of_every_kind() {
        let text = |text: &str| Event::Text(text.to_owned());
        let long = "x".repeat(300);
        let longest = "y".repeat(65_536);
        let cases: Vec<(Vec<u8>, Vec<Event>, Option<Breach>)> = vec![
            (frame(0x81, b"hi"), vec![text("hi")], None),
            (frame(0x81, b""), vec![text("")], None),
            (frame(0x81, long.as_bytes()), vec![text(&long)], None),
            (frame(0x81, longest.as_bytes()), vec![text(&longest)], None),
            (frame(0x82, b"hi"), vec![Event::Binary], None),
            (frame(0x89, b"p"), vec![Event::Ping(b"p".to_vec())], None),
            (frame(0x8a, b""), vec![Event::Pong], None),
            ([frame(0x8a, &[0; 9]), vec![0x81]].concat(), vec![Event::Pong], None),
            (frame(0x88, b""), vec![Event::Close(None)], None),
            (frame(0x88, &[3, 233, b'x']), vec![Event::Close(Some(1001))], None),
            (
                [frame(0x01, b"a"), frame(0x89, b""), frame(0x80, b"b")].concat(),
                vec![Event::Ping(vec![]), text("ab")],
                None,
            ),
            ([frame(0x81, b"a"), frame(0x81, b"b")].concat(), vec![text("a"), text("b")], None),
            (frame(0x81, &[0xff, 0xfe]), vec![], Some(Breach::NotUtf8)),
            (frame(0x81, &[b'z'; 65_537]), vec![], Some(Breach::TooLarge)),
            (
                [frame(0x01, &[b'z'; 40_000]), frame(0x80, &[b'z'; 40_000])].concat(),
                vec![],
                Some(Breach::TooLarge),
            ),
            (frame(0x80, b"a"), vec![], Some(Breach::Protocol)),
            ([frame(0x01, b"a"), frame(0x81, b"b")].concat(), vec![], Some(Breach::Protocol)),
            (frame(0x83, b""), vec![], Some(Breach::Protocol)),
            (frame(0xc1, b""), vec![], Some(Breach::Protocol)),
            (frame(0x09, b""), vec![], Some(Breach::Protocol)),
            (frame(0x89, &[0; 126]), vec![], Some(Breach::Protocol)),
            (frame(0x88, &[3]), vec![], Some(Breach::Protocol)),
            (vec![0x81, 0x02, b'h', b'i'], vec![], Some(Breach::Protocol)),
            (
                [frame(0x01, b"a"), frame(0x00, b"a").repeat(63)].concat(),
                vec![],
                Some(Breach::TooLarge),
            ),
        ];
        for (bytes, events, breach) in cases {
            assert_eq!(read(&bytes), (events, breach), "{:?}", &bytes[..bytes.len().min(20)]);
        }
    }

    #[test]
    fn server_headers() {
        for (length, want) in [
            (0, vec![0x82, 0]),
            (125, vec![0x82, 125]),
            (126, vec![0x82, 126, 0, 126]),
            (65_535, vec![0x82, 126, 255, 255]),
            (65_536, vec![0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            assert_eq!(ServerHeader::new(Opcode::Binary, length).as_bytes(), want);
        }
    }

    proptest! {
        #[test]
        fn cuts_do_not_show(
            messages in proptest::collection::vec("[a-zé]{0,200}", 1..6),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let bytes: Vec<u8> = messages.iter().flat_map(|text| frame(0x81, text.as_bytes())).collect();
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            at.extend([0, bytes.len()]);
            at.sort_unstable();
            let mut decoder = Decoder::new(65_536);
            let mut texts = Vec::new();
            for part in at.windows(2) {
                let read = decoder.read(&bytes[part[0]..part[1]], |event| texts.push(event));
                prop_assert_eq!(read, Ok(()));
            }
            let want: Vec<Event> = messages.into_iter().map(Event::Text).collect();
            prop_assert_eq!(texts, want);
        }

        #[test]
        fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            read(&bytes);
        }
    }
}
