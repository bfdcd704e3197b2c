//! A hub with one stream whose engine is the test, and viewers on in-memory sockets.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::{Sink, Stream};
use hailstream_protocol::frame::{Encoding, decode_json};
use hailstream_protocol::{ClientMessage, Delta, QueryResult, ServerMessage, Value};
use hailstream_query::QueryError;

use crate::dashboards::Dashboards;
use crate::hub::Hub;
use crate::hub::control::Control;
use crate::hub::view::{Update, View};
use crate::saved_objects::Library;
use crate::ws::session::Session;
use crate::ws::transport::{CloseCode, Incoming, Outgoing, Progress};
use crate::ws::{Host, Watched};

pub(super) struct Fixture {
    pub(super) hub: Arc<Hub>,
    host: Arc<Host>,
    views: Vec<Arc<View>>,
    now_ms: i64,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let hub = Arc::new(Hub::new("e".into(), ["s".to_owned()]));
        let library = Arc::new(Library::of(Dashboards::default()));
        let host = Arc::new(Host {
            hub: Arc::clone(&hub),
            library,
            watched: Watched::default(),
            build: "test".into(),
        });
        let mut fixture = Self { hub, host, views: Vec::new(), now_ms: 0 };
        fixture.beat(1_000_000);
        fixture
    }

    pub(super) fn connect(&self) -> Viewer {
        let socket = Arc::new(Mutex::new(Socket::default()));
        let transport = InMemory(Arc::clone(&socket));
        let session = Session::new(transport, Arc::clone(&self.host), Encoding::Json);
        Viewer { session: Some(session), socket, wakes: Arc::default() }
    }

    /// A viewer that has been welcomed.
    pub(super) fn greeted(&self) -> Viewer {
        let mut viewer = self.connect();
        viewer.say(&serde_json::json!({"hello": {"versions": [1]}}));
        assert_eq!(viewer.turn().len(), 1);
        viewer
    }

    /// Time passes, and the heart beats.
    pub(super) fn beat(&mut self, passed_ms: i64) {
        self.now_ms += passed_ms;
        self.hub.beat(self.now_ms);
    }

    /// The engine accepts all questions.
    pub(super) fn run(&mut self) {
        for view in self.requests() {
            view.opened();
            self.views.push(view);
        }
    }

    pub(super) fn refuse_all(&mut self) {
        for view in self.requests() {
            let (code, at, detail) = ("unknown_field", "buckets[0].field".into(), "no".into());
            self.hub.refuse(&view, QueryError { code, at, detail });
        }
    }

    fn requests(&self) -> Vec<Arc<View>> {
        let desk = self.hub.desk("s").unwrap();
        std::iter::from_fn(|| desk.control.take())
            .filter_map(|request| match request {
                Control::Open(view) => Some(view),
                Control::Answer(..) | Control::Explain(..) | Control::Info(_) | Control::Stop => {
                    None
                }
            })
            .collect()
    }

    /// All views tick together, with one row per text.
    pub(super) fn publish(&self, texts: &[&str]) {
        let updates = self.views.iter().map(|view| {
            let before = view.newest().map(|newest| Arc::clone(newest.result()));
            let mut result = QueryResult {
                columns: vec!["a".into()],
                rows: texts.iter().map(|text| vec![Value::text(text)]).collect(),
                ..QueryResult::default()
            };
            result.as_of.epoch = "e".into();
            result.as_of.sequence = before.as_ref().map_or(1, |before| before.as_of.sequence + 1);
            let delta = before.map(|before| Delta::between(&before, &result, 0));
            (Arc::clone(view), Update { result: Arc::new(result), delta })
        });
        self.hub.publish(updates.collect::<Vec<_>>());
    }

    pub(super) fn newest(&self) -> Option<Arc<QueryResult>> {
        self.views.first()?.newest().map(|newest| Arc::clone(newest.result()))
    }

    pub(super) fn followed_views(&self) -> usize {
        self.views.iter().filter(|view| view.is_followed()).count()
    }
}

/// The kind of a frame.
pub(super) fn said(frame: &str) -> String {
    frame.split('"').nth(1).unwrap_or_default().to_owned()
}

#[derive(Default)]
struct Socket {
    incoming: VecDeque<Incoming>,
    /// Given by the session, not yet on its way.
    in_flight: Option<Outgoing>,
    delivered: Vec<Outgoing>,
    messages: usize,
    blocked: bool,
    /// The other side is gone.
    cut: bool,
}

struct InMemory(Arc<Mutex<Socket>>);

#[derive(Debug)]
struct Cut;

impl Progress for InMemory {
    fn written_bytes(&self) -> u64 {
        self.0.lock().unwrap().messages as u64
    }
}

impl Stream for InMemory {
    type Item = Result<Incoming, Cut>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut socket = self.0.lock().unwrap();
        match socket.incoming.pop_front() {
            Some(incoming) => Poll::Ready(Some(Ok(incoming))),
            None if socket.cut => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl Sink<Outgoing> for InMemory {
    type Error = Cut;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        self.poll_flush(cx)
    }

    fn start_send(self: Pin<&mut Self>, outgoing: Outgoing) -> Result<(), Cut> {
        let mut socket = self.0.lock().unwrap();
        assert_eq!(socket.in_flight, None, "one message at a time");
        socket.in_flight = Some(outgoing);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        let mut socket = self.0.lock().unwrap();
        if socket.blocked && socket.in_flight.is_some() {
            return Poll::Pending;
        }
        let sent = socket.in_flight.take();
        socket.messages += usize::from(sent.is_some());
        socket.delivered.extend(sent);
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        self.poll_flush(cx)
    }
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

pub(super) struct Viewer {
    session: Option<Session<InMemory>>,
    socket: Arc<Mutex<Socket>>,
    wakes: Arc<Wakes>,
}

impl Viewer {
    pub(super) fn say(&mut self, message: &serde_json::Value) {
        self.say_incoming(Incoming::Text(message.to_string()));
    }

    pub(super) fn say_message(&mut self, message: &ClientMessage) {
        self.say(&serde_json::to_value(message).unwrap());
    }

    pub(super) fn say_incoming(&mut self, incoming: Incoming) {
        self.socket.lock().unwrap().incoming.push_back(incoming);
    }

    /// The session takes its turn; returns the frames that arrived.
    pub(super) fn turn(&mut self) -> Vec<String> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        if let Some(session) = &mut self.session
            && Pin::new(session).poll(&mut Context::from_waker(&waker)).is_ready()
        {
            self.session = None;
        }
        self.arrived()
    }

    fn arrived(&mut self) -> Vec<String> {
        let mut frames = Vec::new();
        self.socket.lock().unwrap().delivered.retain(|outgoing| match outgoing {
            Outgoing::Frames(of) => {
                let text = String::from_utf8(of.concat()).unwrap();
                frames.extend(text.lines().map(str::to_owned));
                false
            }
            // Kept to be looked at.
            Outgoing::Ping | Outgoing::Close(..) => true,
        });
        frames
    }

    /// As [`Viewer::turn`], decoded.
    pub(super) fn turn_messages(&mut self) -> Vec<ServerMessage> {
        self.turn().iter().flat_map(|frame| decode_json(frame).unwrap()).collect()
    }

    /// Pings and closes so far.
    pub(super) fn controls(&self) -> Vec<Outgoing> {
        self.socket.lock().unwrap().delivered.clone()
    }

    pub(super) fn messages(&self) -> usize {
        self.socket.lock().unwrap().messages
    }

    pub(super) fn closed(&self) -> Option<CloseCode> {
        self.controls().into_iter().find_map(|outgoing| match outgoing {
            Outgoing::Close(code, _) => Some(code),
            Outgoing::Frames(_) | Outgoing::Ping => None,
        })
    }

    /// Messages said that the session has not taken.
    pub(super) fn unread(&self) -> usize {
        self.socket.lock().unwrap().incoming.len()
    }

    pub(super) fn block(&mut self) {
        self.socket.lock().unwrap().blocked = true;
    }

    pub(super) fn unblock(&mut self) {
        self.socket.lock().unwrap().blocked = false;
    }

    pub(super) fn cut(&mut self) {
        self.socket.lock().unwrap().cut = true;
        self.turn();
        assert!(self.is_gone());
    }

    pub(super) fn is_gone(&self) -> bool {
        self.session.is_none()
    }

    /// Wakes since the last call.
    pub(super) fn wake_count(&mut self) -> usize {
        self.wakes.0.swap(0, Ordering::Relaxed)
    }
}
