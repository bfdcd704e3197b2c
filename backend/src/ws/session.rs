//! One viewer's session: a hand-written future, so that an idle viewer costs little memory and no timers.
//!
//! Each turn it reads what the viewer said, then writes what is due, one message at a time. While a write is under way
//! nothing is prepared: what is due stays a set of names in the mailbox, and by the time the socket is ready the newest
//! state is looked up. It wakes for the socket, for news of its views, and about once a second for the heartbeat, when
//! it also looks at its deadlines.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use hailstream_protocol::frame::{Encoding, decode_client};
use hailstream_protocol::{ClientMessage, PROTOCOL_VERSION, PanelAddress, Position, ServerMessage};
use hailstream_query::{Query, QueryError};

use super::Host;
use super::limits::{
    Allowance, CLOSING_MS, DEAD_AFTER_MS, HELLO_MS, MAX_REPLIES, MESSAGES_PER_TURN, PING_AFTER_MS,
    PLAUSIBLE_ROUND_TRIP_MS, STALLED_MS,
};
use super::subscriptions::{Subscriptions, end, refusal};
use super::transport::{CloseCode, Incoming, Outgoing, Progress};
use super::watches::Watches;
use crate::clock;
use crate::hub::frame::encode;
use crate::hub::mailbox::{Mailbox, SLOTS, Signal};
use crate::hub::{HEARTBEAT_MS, Hub};

/// See the module's words.
pub(crate) struct Session<T> {
    transport: T,
    host: Arc<Host>,
    mailbox: Arc<Mailbox>,
    entry: usize,
    subscriptions: Subscriptions,
    watches: Watches,
    /// Answers to be written; see [`MAX_REPLIES`].
    replies: Vec<Bytes>,
    stage: Stage,
    allowance: Allowance,
    heard_ms: i64,
    /// Since when a write is under way without progress, and how far it was then.
    writing: Option<(i64, u64)>,
    encoding: Encoding,
    paused: bool,
    heartbeat_is_due: bool,
    ping: Ping,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Waiting for `hello`.
    Greeting,
    Open,
    /// To be closed, once what is under way is written.
    Ending {
        code: CloseCode,
        reason: &'static str,
        since_ms: i64,
    },
    /// Our close frame is out; the viewer's is awaited.
    Closed {
        since_ms: i64,
    },
    /// The viewer's close frame came; what is under way is written, then this is over.
    Leaving {
        since_ms: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ping {
    No,
    Due,
    Sent,
}

/// Whether the socket wakes us when there is more to read. Otherwise the write under way does, or we ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AllRead {
    Yes,
    No,
}

/// The connection is no more.
struct Gone;

impl<T, E> Session<T>
where
    T: Stream<Item = Result<Incoming, E>> + Sink<Outgoing, Error = E> + Progress + Unpin,
{
    pub(crate) fn new(transport: T, host: Arc<Host>, encoding: Encoding) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let pulse = host.hub.pulse();
        let (entry, now_ms) = (pulse.enter(&mailbox), pulse.now_ms());
        Self {
            transport,
            mailbox,
            entry,
            subscriptions: Subscriptions::default(),
            watches: Watches::default(),
            replies: Vec::new(),
            stage: Stage::Greeting,
            allowance: Allowance::new(now_ms),
            heard_ms: now_ms,
            writing: None,
            encoding,
            paused: false,
            heartbeat_is_due: false,
            ping: Ping::No,
            host,
        }
    }

    fn now_ms(&self) -> i64 {
        self.host.hub.pulse().now_ms()
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Result<(), Gone> {
        // Before deadlines are judged: what has come meanwhile counts, however long this machine was asleep.
        let all_read = self.receive(cx)?;
        if self.mailbox.take_signal(Signal::Heartbeat) {
            self.heartbeat_is_due = true;
            self.look_at_deadlines()?;
        }
        if self.mailbox.take_signal(Signal::Dashboards) {
            self.watches.look_again();
        }
        if self.mailbox.take_signal(Signal::Drain) {
            self.drain();
        }
        self.transmit(cx)?;
        if all_read == AllRead::No && self.writing.is_none() {
            cx.waker().wake_by_ref();
        }
        Ok(())
    }

    fn look_at_deadlines(&mut self) -> Result<(), Gone> {
        let now_ms = self.now_ms();
        let silent_ms = now_ms - self.heard_ms;
        match self.stage {
            Stage::Greeting if silent_ms > HELLO_MS => {
                self.close(CloseCode::NoPong, "no hello within 5 s");
            }
            Stage::Ending { since_ms, .. }
            | Stage::Closed { since_ms }
            | Stage::Leaving { since_ms } => {
                if now_ms - since_ms > CLOSING_MS {
                    return Err(Gone);
                }
            }
            Stage::Greeting | Stage::Open => {}
        }
        let written = self.transport.written_bytes();
        if let Some((since_ms, before)) = &mut self.writing
            && *before != written
        {
            (*since_ms, *before) = (now_ms, written);
        }
        if self.writing.is_some_and(|(since_ms, _)| now_ms - since_ms > STALLED_MS) {
            self.close(CloseCode::Slow, "too slow: a write made no progress for 10 s");
        } else if silent_ms > DEAD_AFTER_MS {
            self.close(CloseCode::NoPong, "no answer to a ping");
        } else if silent_ms > PING_AFTER_MS && self.ping == Ping::No {
            self.ping = Ping::Due;
        }
        Ok(())
    }

    fn close(&mut self, code: CloseCode, reason: &'static str) {
        if matches!(self.stage, Stage::Greeting | Stage::Open) {
            self.stage = Stage::Ending { code, reason, since_ms: self.now_ms() };
        }
    }

    /// The server is going: says so, and when to come back. The times are spread, so that not all come back at once.
    fn drain(&mut self) {
        if self.stage == Stage::Open {
            let reconnect_after_ms = self.host.reconnect_after_ms(rand::random());
            self.reply(&ServerMessage::Drain { reconnect_after_ms });
        }
        self.close(CloseCode::Drain, "the server is going");
    }

    fn reply(&mut self, message: &ServerMessage) {
        self.replies.push(encode(self.encoding, message));
    }

    fn receive(&mut self, cx: &mut Context<'_>) -> Result<AllRead, Gone> {
        for _ in 0..MESSAGES_PER_TURN {
            if self.replies.len() >= MAX_REPLIES {
                return Ok(AllRead::No);
            }
            if matches!(self.stage, Stage::Leaving { .. }) {
                return Ok(AllRead::Yes); // the socket wakes us when the answer is written
            }
            match self.transport.poll_next_unpin(cx) {
                Poll::Pending => return Ok(AllRead::Yes),
                Poll::Ready(Some(Ok(incoming))) => self.handle(incoming),
                Poll::Ready(Some(Err(_)) | None) => return Err(Gone),
            }
        }
        Ok(AllRead::No)
    }

    fn handle(&mut self, incoming: Incoming) {
        let now_ms = self.now_ms();
        // Before the greeting nothing counts as a sign of life: its deadline runs from the connection on.
        if self.stage != Stage::Greeting {
            self.heard_ms = now_ms;
            self.ping = Ping::No;
        }
        match (incoming, self.stage) {
            (Incoming::Close, _) => self.stage = Stage::Leaving { since_ms: now_ms },
            (_, Stage::Ending { .. } | Stage::Closed { .. } | Stage::Leaving { .. })
            | (Incoming::Pong, _) => {}
            (Incoming::Binary, _) => {
                self.close(CloseCode::Protocol, "messages to the server are text");
            }
            (Incoming::Text(text), Stage::Greeting | Stage::Open) => {
                if !self.allowance.take(now_ms) {
                    return self.close(CloseCode::TooMany, "too many messages");
                }
                self.text(&text);
            }
        }
    }

    fn text(&mut self, text: &str) {
        let message = match decode_client(text) {
            Ok(message) => message,
            Err(error) => {
                self.refuse(None, &error_of("invalid_message", "message", error.to_string()));
                return self.close(CloseCode::Protocol, "a message could not be read");
            }
        };
        match (message, self.stage == Stage::Greeting) {
            (ClientMessage::Hello { versions, .. }, true) => self.hello(&versions),
            (ClientMessage::Hello { .. }, false) | (_, true) => {
                self.close(CloseCode::Protocol, "the first message, and only it, is hello");
            }
            (ClientMessage::Subscribe { id, query, panel, since }, false) => {
                if let Err(error) = self.subscribe(id, query, panel, since) {
                    self.refuse(Some(id), &error);
                }
            }
            (ClientMessage::Unsubscribe { id }, false) => {
                let ended = self.subscriptions.remove(id);
                ended.iter().for_each(|following| end(following, self.now_ms()));
            }
            (ClientMessage::Watch { id, dashboard }, false) => {
                if let Err(error) = self.watch(id, dashboard) {
                    self.refuse(Some(id), &error);
                }
            }
            (ClientMessage::Unwatch { id }, false) => {
                let ended = self.watches.remove(id);
                ended.iter().for_each(|dashboard| self.host.watched.leave(dashboard));
            }
            (ClientMessage::Pause {}, false) => self.pause(true),
            (ClientMessage::Resume {}, false) => self.pause(false),
            (ClientMessage::Ping { sent_ms, round_trip_ms }, false) => {
                if let Some(ms) = round_trip_ms.filter(|ms| *ms <= PLAUSIBLE_ROUND_TRIP_MS) {
                    self.host.hub.pulse().round_trip(ms);
                }
                self.reply(&ServerMessage::Pong { sent_ms, now_ms: clock::now_ms() });
            }
        }
    }

    fn hello(&mut self, versions: &[u32]) {
        if !versions.contains(&PROTOCOL_VERSION) {
            return self.close(CloseCode::Protocol, "no common version: this server speaks 1");
        }
        self.stage = Stage::Open;
        self.reply(&ServerMessage::Welcome {
            protocol: PROTOCOL_VERSION,
            build: self.host.build.clone(),
            epoch: self.host.hub.epoch().to_owned(),
            now_ms: clock::now_ms(),
            heartbeat_ms: HEARTBEAT_MS,
        });
    }

    fn subscribe(
        &mut self,
        id: u32,
        query: Option<serde_json::Value>,
        panel: Option<PanelAddress>,
        since: Option<Position>,
    ) -> Result<(), QueryError> {
        self.is_free(id)?;
        let query = match (query, panel) {
            (Some(query), None) => Query::from_json(&query)?,
            (None, Some(panel)) => self.host.library.shelf().dashboards.panel_query(&panel)?,
            _ => {
                let detail = "a subscription has either a query or a panel".to_owned();
                return Err(error_of("invalid_message", "query", detail));
            }
        };
        let slot = self.subscriptions.free().ok_or_else(|| {
            let detail = format!("at most {SLOTS} subscriptions on a socket");
            error_of("too_many_subscriptions", "id", detail)
        })?;
        let hub: &Hub = &self.host.hub;
        let has = since.filter(|since| since.epoch == hub.epoch()).map(|since| since.sequence);
        let following = hub.follow(&query, &self.mailbox, slot)?;
        let (slot, superfluous) = self.subscriptions.add(slot, id, following, has);
        superfluous.iter().for_each(|following| end(following, self.now_ms()));
        self.mailbox.note_quietly(slot);
        Ok(())
    }

    fn watch(&mut self, id: u32, dashboard: String) -> Result<(), QueryError> {
        self.is_free(id)?;
        self.host.watched.enter(self.watches.add(id, dashboard)?);
        Ok(())
    }

    /// An error names an id, so one means one thing.
    fn is_free(&mut self, id: u32) -> Result<(), QueryError> {
        let what = match (self.subscriptions.has_id(id), self.watches.has_id(id)) {
            (true, _) => "subscription",
            (_, true) => "watch",
            (false, false) => return Ok(()),
        };
        Err(error_of("invalid_message", "id", format!("{what} {id} is there already")))
    }

    fn refuse(&mut self, id: Option<u32>, error: &QueryError) {
        self.replies.push(refusal(self.encoding, id, error));
    }

    fn pause(&mut self, paused: bool) {
        self.paused = paused;
        self.mailbox.pause(paused);
    }

    fn transmit(&mut self, cx: &mut Context<'_>) -> Result<(), Gone> {
        loop {
            if self.writing.is_some() {
                match self.transport.poll_flush_unpin(cx) {
                    Poll::Pending => return Ok(()),
                    Poll::Ready(Err(_)) => return Err(Gone),
                    Poll::Ready(Ok(())) => self.writing = None,
                }
            }
            match self.transport.poll_ready_unpin(cx) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(_)) => return Err(Gone),
                Poll::Ready(Ok(())) => {}
            }
            if matches!(self.stage, Stage::Leaving { .. }) {
                return Err(Gone);
            }
            let Some(outgoing) = self.next() else { return Ok(()) };
            self.transport.start_send_unpin(outgoing).map_err(|_| Gone)?;
            self.writing = Some((self.now_ms(), self.transport.written_bytes()));
        }
    }

    /// What is to be written next: everything due in one message, then control messages.
    fn next(&mut self) -> Option<Outgoing> {
        let frames = self.due_frames();
        if !frames.is_empty() {
            return Some(Outgoing::Frames(frames));
        }
        if self.ping == Ping::Due && self.stage == Stage::Open {
            self.ping = Ping::Sent;
            return Some(Outgoing::Ping);
        }
        if let Stage::Ending { code, reason, .. } = self.stage {
            self.stage = Stage::Closed { since_ms: self.now_ms() };
            return Some(Outgoing::Close(code, reason));
        }
        None
    }

    fn due_frames(&mut self) -> Vec<Bytes> {
        let mut frames = std::mem::take(&mut self.replies);
        if self.stage != Stage::Open {
            return frames;
        }
        if std::mem::take(&mut self.heartbeat_is_due) {
            let heartbeat = self.host.hub.pulse().heartbeat();
            frames.extend(heartbeat.map(|frame| frame.bytes(self.encoding)));
        }
        if self.paused {
            return frames;
        }
        if self.watches.are_due() {
            let shelf = self.host.library.shelf();
            let told = self.watches.due(|dashboard| shelf.dashboards.version(dashboard));
            frames.extend(told.map(|message| encode(self.encoding, &message)));
        }
        for slot in self.mailbox.take_due() {
            let ended = self.subscriptions.frames(slot, self.encoding, &mut frames);
            ended.iter().for_each(|following| end(following, self.host.hub.pulse().now_ms()));
        }
        frames
    }
}

pub(super) fn error_of(code: &'static str, at: &str, detail: String) -> QueryError {
    QueryError { code, at: at.to_owned(), detail }
}

impl<T, E> Future for Session<T>
where
    T: Stream<Item = Result<Incoming, E>> + Sink<Outgoing, Error = E> + Progress + Unpin,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let session = self.get_mut();
        // First listen, then look: what is noted in between wakes us again.
        session.mailbox.listen(cx);
        match session.turn(cx) {
            Ok(()) => Poll::Pending,
            Err(Gone) => Poll::Ready(()),
        }
    }
}

impl<T> Drop for Session<T> {
    fn drop(&mut self) {
        let pulse = self.host.hub.pulse();
        let now_ms = pulse.now_ms();
        self.subscriptions.drain().for_each(|following| end(&following, now_ms));
        self.watches.drain().for_each(|dashboard| self.host.watched.leave(&dashboard));
        pulse.leave(self.entry);
        drop(self.mailbox.close());
    }
}
