//! A viewer's socket: [`rfc6455`](super::rfc6455) over a stream of bytes. Written frames are not copied: what is shared
//! is written from where it is, all parts of a message in one call.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use hailstream_protocol::frame::Encoding;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::limits::MAX_MESSAGE_BYTES;
use super::rfc6455::{Breach, Decoder, Event, Opcode, ServerHeader, close_payload};
use super::transport::{Incoming, Outgoing, Progress};

/// Read at once, on the stack.
const READ_BYTES: usize = 4096;
/// Parts written at once.
const WRITE_PARTS: usize = 64;

/// See the module's words.
pub(crate) struct Socket<I> {
    io: I,
    encoding: Encoding,
    decoder: Decoder,
    /// Of one read: until all are taken, no more is read.
    events: VecDeque<Event>,
    breach: Option<Breach>,
    writing: Writing,
    /// Answers to pings and to the client's close. The newest wins: an older one is out of date.
    answer: Option<(Opcode, Vec<u8>)>,
    written_bytes: u64,
    /// Our close frame is out or on its way.
    is_closed: bool,
}

/// A message on its way.
#[derive(Default)]
struct Writing {
    header: ServerHeader,
    header_written: usize,
    parts: Vec<Bytes>,
    /// Parts before this one are written.
    next: usize,
}

impl Writing {
    fn message(opcode: Opcode, parts: Vec<Bytes>) -> Self {
        let header = ServerHeader::new(opcode, parts.iter().map(Bytes::len).sum());
        Self { header, header_written: 0, parts, next: 0 }
    }

    fn is_done(&self) -> bool {
        self.header_written >= self.header.as_bytes().len() && self.next >= self.parts.len()
    }

    /// What is left, as far as it is written at once.
    fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>; WRITE_PARTS]) -> usize {
        let header = &self.header.as_bytes()[self.header_written..];
        let parts = self.parts[self.next..].iter().map(|part| &part[..]);
        let left = std::iter::once(header).chain(parts).filter(|part| !part.is_empty());
        let mut count = 0;
        for (slice, part) in slices.iter_mut().zip(left) {
            *slice = IoSlice::new(part);
            count += 1;
        }
        count
    }

    fn advance(&mut self, mut written: usize) {
        let of_header = written.min(self.header.as_bytes().len() - self.header_written);
        self.header_written += of_header;
        written -= of_header;
        while let Some(part) = self.parts.get_mut(self.next) {
            let of_part = written.min(part.len());
            part.advance(of_part);
            written -= of_part;
            if !part.is_empty() {
                return;
            }
            self.next += 1;
        }
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> Socket<I> {
    /// A socket after its handshake; `early` are bytes the client sent right behind it.
    pub(crate) fn new(io: I, encoding: Encoding, early: &[u8]) -> Self {
        let mut socket = Self {
            io,
            encoding,
            decoder: Decoder::new(MAX_MESSAGE_BYTES),
            events: VecDeque::new(),
            breach: None,
            writing: Writing::default(),
            answer: None,
            written_bytes: 0,
            is_closed: false,
        };
        socket.decode(early);
        socket
    }

    fn decode(&mut self, bytes: &[u8]) {
        let (decoder, events) = (&mut self.decoder, &mut self.events);
        if let Err(breach) = decoder.read(bytes, |event| events.push_back(event)) {
            self.breach = Some(breach);
        }
    }

    /// The next event that the session hears of.
    fn next_event(&mut self) -> Option<Incoming> {
        let event = self.events.pop_front()?;
        if self.events.is_empty() {
            self.events = VecDeque::new(); // an idle viewer keeps nothing
        }
        Some(match event {
            Event::Text(text) => Incoming::Text(text),
            Event::Binary => Incoming::Binary,
            Event::Pong => Incoming::Pong,
            Event::Ping(payload) => {
                self.answer = Some((Opcode::Pong, payload));
                Incoming::Pong
            }
            Event::Close(code) => {
                if !self.is_closed {
                    let payload = code.map_or_else(Vec::new, |code| close_payload(code, ""));
                    self.answer = Some((Opcode::Close, payload));
                }
                Incoming::Close
            }
        })
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.writing.is_done() {
            let mut slices = [IoSlice::new(&[]); WRITE_PARTS];
            let count = self.writing.slices(&mut slices);
            let io = Pin::new(&mut self.io);
            let written = ready!(io.poll_write_vectored(cx, &slices[..count]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written_bytes += written as u64;
            self.writing.advance(written);
        }
        if !self.writing.parts.is_empty() {
            self.writing = Writing::default(); // nothing shared is held on to
        }
        Poll::Ready(Ok(()))
    }
}

impl<I> Progress for Socket<I> {
    fn written_bytes(&self) -> u64 {
        self.written_bytes
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> Stream for Socket<I> {
    type Item = io::Result<Incoming>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let socket = self.get_mut();
        loop {
            if let Some(incoming) = socket.next_event() {
                return Poll::Ready(Some(Ok(incoming)));
            }
            if let Some(breach) = socket.breach {
                if socket.is_closed {
                    // What follows a breach cannot be read.
                    return Poll::Ready(None);
                }
                socket.is_closed = true;
                let words = breach.to_string();
                socket.answer = Some((Opcode::Close, close_payload(breach.code(), &words)));
                return Poll::Ready(Some(Ok(Incoming::Close)));
            }
            // Not cleared: most often there is nothing to read.
            let mut bytes = [MaybeUninit::uninit(); READ_BYTES];
            let mut buffer = ReadBuf::uninit(&mut bytes);
            ready!(Pin::new(&mut socket.io).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(None);
            }
            socket.decode(buffer.filled());
        }
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> Sink<Outgoing> for Socket<I> {
    type Error = io::Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }

    fn start_send(self: Pin<&mut Self>, outgoing: Outgoing) -> io::Result<()> {
        let socket = self.get_mut();
        socket.writing = match outgoing {
            Outgoing::Frames(frames) => {
                let opcode = match socket.encoding {
                    Encoding::Binary => Opcode::Binary,
                    Encoding::Json => Opcode::Text,
                };
                Writing::message(opcode, frames)
            }
            Outgoing::Ping => Writing::message(Opcode::Ping, Vec::new()),
            Outgoing::Close(code, reason) => {
                socket.is_closed = true;
                let payload = close_payload(code as u16, reason);
                Writing::message(Opcode::Close, vec![Bytes::from(payload)])
            }
        };
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = self.get_mut();
        loop {
            ready!(socket.poll_write(cx))?;
            let Some((opcode, payload)) = socket.answer.take() else { return Poll::Ready(Ok(())) };
            socket.writing = Writing::message(opcode, vec![Bytes::from(payload)]);
        }
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(cx))?;
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}
