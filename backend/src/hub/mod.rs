//! The hub: between the runners, which publish results of views, and the viewers' sessions, which follow them.
//!
//! A change is encoded once and shared by all viewers of a view. Publishing notes what is due in each follower's
//! mailbox and wakes each session once; it never waits for anybody. Sessions look up what to send when their socket is
//! ready, so a slow viewer skips states instead of queueing them.

pub(crate) mod control;
pub(crate) mod desk;
pub(crate) mod frame;
pub(crate) mod mailbox;
mod pulse;
mod registry;
pub(crate) mod ring;
pub(crate) mod view;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hailstream_protocol::{Explanation, QueryResult, StreamHealth};
use hailstream_query::{Query, QueryError, nearest};
use tokio::sync::{oneshot, watch};

use self::control::Control;
use self::desk::Desk;
use self::mailbox::{Mailbox, Signal};
pub(crate) use self::pulse::{BEAT_EVERY_MS, HEARTBEAT_MS, Pulse};
use self::registry::{Found, Registry};
use self::view::{Update, View};
use crate::observation::is_reserved;

/// A view that nobody follows is kept for this long, for viewers who come back.
pub(crate) const UNWATCHED_MS: i64 = 10 * 60 * 1000;

/// See the module's words.
#[derive(Debug)]
pub(crate) struct Hub {
    epoch: String,
    desks: BTreeMap<String, Arc<Desk>>,
    registry: Mutex<Registry>,
    pulse: Pulse,
    publications: AtomicU64,
    has_data: watch::Sender<bool>,
    draining: AtomicBool,
}

/// A view that a session follows. Dropping it does not end it: [`View::unfollow`] does.
#[derive(Debug)]
pub(crate) struct Following {
    pub(crate) view: Arc<View>,
    pub(crate) key: usize,
}

impl Hub {
    pub(crate) fn new(epoch: String, streams: impl IntoIterator<Item = String>) -> Self {
        let desks = streams.into_iter().map(|name| (name.clone(), Arc::new(Desk::new(name))));
        Self {
            epoch,
            desks: desks.collect(),
            registry: Mutex::default(),
            pulse: Pulse::default(),
            publications: AtomicU64::new(0),
            has_data: watch::Sender::new(false),
            draining: AtomicBool::new(false),
        }
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Names this run of the server; sequences of different epochs cannot be compared.
    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    pub(crate) fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// The streams, by name.
    pub(crate) fn desks(&self) -> impl Iterator<Item = &Arc<Desk>> {
        self.desks.values()
    }

    /// A stream's desk.
    ///
    /// # Errors
    /// Where there is no such stream; names near ones.
    pub(crate) fn desk(&self, stream: &str) -> Result<&Arc<Desk>, QueryError> {
        self.desks.get(stream).ok_or_else(|| {
            let known = self.desks.keys().map(String::as_str);
            let near = nearest(stream, known)
                .map_or_else(|| self.known_streams(), |near| format!("; did you mean \"{near}\"?"));
            QueryError {
                code: "unknown_stream",
                at: "stream".to_owned(),
                detail: format!("there is no stream \"{stream}\"{near}"),
            }
        })
    }

    fn known_streams(&self) -> String {
        let names: Vec<&str> = self.desks.keys().map(String::as_str).collect();
        format!("; there are: {}", if names.is_empty() { "none".into() } else { names.join(", ") })
    }

    /// Lets `mailbox` follow the view that answers `query`; its `slot` is due when there is something to send.
    pub(crate) fn follow(
        &self,
        query: &Query,
        mailbox: &Arc<Mailbox>,
        slot: u8,
    ) -> Result<Following, QueryError> {
        // Under the registry's lock, so that the view cannot be retired in between.
        let mut registry = self.registry();
        let view = self.find(&mut registry, query, false)?;
        let desk = self.desk(&query.stream)?;
        let key = view.follow(mailbox, slot);
        // It may not have been published for a while.
        desk.control.look();
        Ok(Following { view, key })
    }

    /// Opens a view that is kept whether or not anybody follows it.
    fn stand(&self, query: &Query) -> Result<(), QueryError> {
        self.find(&mut self.registry(), query, true).map(|_| ())
    }

    /// Keeps views for these questions and for no others. Those that are not kept, with the reason.
    pub(crate) fn stand_only<'a>(&self, queries: &'a [Query]) -> Vec<(&'a Query, QueryError)> {
        let refused = queries.iter().filter_map(|query| Some((query, self.stand(query).err()?)));
        let refused = refused.collect();
        let keys = queries.iter().map(Query::view_key).collect();
        self.registry().release_all_but(&keys);
        refused
    }

    /// What the answer to `query` would cost. The receiver ends without an answer where the stream's runner ends.
    pub(crate) fn explain(
        &self,
        query: &Query,
    ) -> Result<oneshot::Receiver<Result<Explanation, QueryError>>, QueryError> {
        let (reply, answer) = oneshot::channel();
        let control = Control::Explain(Box::new(query.clone()), reply);
        if self.desk(&query.stream)?.control.send(control) { Ok(answer) } else { Err(busy()) }
    }

    /// The present answer to `query`. The receiver ends without an answer where the stream's runner ends.
    pub(crate) fn ask(
        &self,
        query: &Query,
    ) -> Result<oneshot::Receiver<Result<Arc<QueryResult>, QueryError>>, QueryError> {
        let view = {
            let mut registry = self.registry();
            let view = self.find(&mut registry, query, false)?;
            view.touch(self.pulse.now_ms());
            view
        };
        let (reply, answer) = oneshot::channel();
        if self.desk(&view.query.stream)?.control.send(Control::Answer(view, reply)) {
            Ok(answer)
        } else {
            Err(busy())
        }
    }

    fn find(
        &self,
        registry: &mut Registry,
        query: &Query,
        standing: bool,
    ) -> Result<Arc<View>, QueryError> {
        let desk = self.desk(&query.stream)?;
        match registry.find_or_make(query, standing, self.pulse.now_ms())? {
            Found::There(view) => Ok(view),
            Found::Made(view) => {
                if desk.control.send(Control::Open(Arc::clone(&view))) {
                    return Ok(view);
                }
                registry.remove(&view);
                Err(busy())
            }
        }
    }

    /// The engine cannot answer the view's question: its followers are told, and it is forgotten.
    pub(crate) fn refuse(&self, view: &Arc<View>, error: QueryError) {
        self.registry().remove(view);
        view.refuse(error);
    }

    /// Whether the runner shall close this view: it was forgotten, or nobody followed it for long.
    pub(crate) fn retire(&self, view: &Arc<View>, now_ms: i64) -> bool {
        self.registry().retire(view, now_ms - UNWATCHED_MS)
    }

    /// Publishes views that ticked together; each follower is woken once.
    pub(crate) fn publish(&self, updates: impl IntoIterator<Item = (Arc<View>, Update)>) {
        let publication = self.publications.fetch_add(1, Ordering::Relaxed) + 1;
        let mut to_wake = Vec::new();
        for (view, update) in updates {
            let is_of_data = view.is_standing() && !is_reserved(&view.query.stream);
            if is_of_data && update.result.total > 0 {
                self.has_data.send_if_modified(|has| !std::mem::replace(has, true));
            }
            view.publish(update, publication, &mut to_wake);
        }
        to_wake.iter().for_each(|mailbox| mailbox.wake());
    }

    /// Whether some standing view has shown data, other than the server's own.
    pub(crate) fn has_data(&self) -> bool {
        *self.has_data.borrow()
    }

    /// Resolves when some standing view shows data.
    pub(crate) fn first_data(&self) -> watch::Receiver<bool> {
        self.has_data.subscribe()
    }

    /// All views, by number.
    pub(crate) fn views(&self) -> Vec<Arc<View>> {
        self.registry().all()
    }

    /// How all streams are.
    pub(crate) fn health(&self) -> Vec<StreamHealth> {
        self.desks.values().map(|desk| desk.health()).collect()
    }

    /// Beats the heart: called about once a second with the time.
    pub(crate) fn beat(&self, now_ms: i64) {
        self.pulse.beat(now_ms, self.health());
    }

    /// Tells all sessions that some dashboard is not what it was: those who watch one look it up.
    pub(crate) fn dashboards_changed(&self) {
        self.pulse.signal(Signal::Dashboards);
    }

    /// Whether the server is going.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Tells all sessions that the server is going.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        self.pulse.signal(Signal::Drain);
    }
}

fn busy() -> QueryError {
    QueryError {
        code: "busy",
        at: "query".to_owned(),
        detail: "the stream has too many requests under way; try again".to_owned(),
    }
}
