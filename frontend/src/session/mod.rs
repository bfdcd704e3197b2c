//! The tab's one conversation with its server: the link, its socket and timer, and who follows what.
//!
//! It lives outside every component, because it outlives them. Components hold a [`Following`] and read its signal;
//! what arrives is committed to the signals once per frame (see [`crate::frame`]).

mod lifecycle;
mod socket;

use std::cell::RefCell;
use std::sync::Arc;

use hailstream_client::freshness::Stamps;
use hailstream_client::link::{
    Input, Link, Output, Refusal, Status, SubscriptionId, Told, WatchId,
};
use hailstream_protocol::QueryResult;
use leptos::prelude::*;

use crate::{dom, frame};
use socket::{Socket, SocketEvent};

/// How often ages and connection states are judged again, ms.
const PULSE_MS: i64 = 500;

/// What a component has of the answer to its query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The newest result that was committed.
    pub(crate) result: Option<Arc<QueryResult>>,
    /// Why there will be none.
    pub(crate) refusal: Option<Refusal>,
    /// When the result arrived and was painted.
    pub(crate) stamps: Stamps,
}

/// Where a component reads its answer.
pub(crate) type AnswerSignal = ArcRwSignal<Answer>;

/// Someone who follows a subscription.
struct Follower {
    /// Names the following.
    number: u32,
    id: SubscriptionId,
    signal: AnswerSignal,
    /// Committed, but not yet stamped as painted.
    is_unpainted: bool,
}

/// Someone who watches a dashboard.
struct Watcher {
    /// Names the watching.
    number: u32,
    id: WatchId,
    signal: ArcRwSignal<Option<Told>>,
}

struct Session {
    link: Link,
    socket: Option<Socket>,
    generation: u32,
    timer: Option<dom::Timeout>,
    pulse_timer: Option<dom::Timeout>,
    _lifecycle: Vec<dom::Listener>,
    /// Who wants which subscription.
    followers: Vec<Follower>,
    next_follower: u32,
    watchers: Vec<Watcher>,
    paused_ms: Option<i64>,
    status: Status,
}

thread_local! {
    // Made outside every owner, so never disposed of.
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
    static PULSE: RwSignal<i64> = RwSignal::new(0);
    static PAUSE: RwSignal<Pause> = RwSignal::new(Pause::default());
}

/// Whether the page holds its pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pause {
    /// Since when, our clock; absent while the page is live.
    pub(crate) since_ms: Option<i64>,
    /// Changes that arrived since.
    pub(crate) waiting: u32,
}

/// Starts the conversation. Once, before anything follows.
pub(crate) fn start() {
    let now = dom::now_ms();
    let session = Session {
        link: Link::default(),
        socket: None,
        generation: 0,
        timer: None,
        pulse_timer: None,
        _lifecycle: lifecycle::listen(),
        followers: Vec::new(),
        next_follower: 1,
        watchers: Vec::new(),
        paused_ms: None,
        status: Status::Connecting,
    };
    SESSION.with(|cell| *cell.borrow_mut() = Some(session));
    // Both are made here, where nothing owns them: made by a page, they would end with it.
    pulse().set(now);
    pause().set(Pause::default());
    feed(Input::Start);
    schedule_pulse();
}

/// Ticks about twice a second and whenever the link's state changes: our clock.
pub(crate) fn pulse() -> RwSignal<i64> {
    PULSE.with(|pulse| *pulse)
}

/// Whether pictures are held.
pub(crate) fn pause() -> RwSignal<Pause> {
    PAUSE.with(|pause| *pause)
}

/// Reads the link.
pub(crate) fn with_link<T>(read: impl FnOnce(&Link) -> T) -> Option<T> {
    SESSION.with(|cell| cell.try_borrow().ok()?.as_ref().map(|session| read(&session.link)))
}

fn with_session<T>(work: impl FnOnce(&mut Session) -> T) -> Option<T> {
    SESSION.with(|cell| cell.try_borrow_mut().ok()?.as_mut().map(work))
}

/// Tells the link what happened, and does what it asks for.
pub(crate) fn feed(input: Input) {
    let changed = with_session(|session| {
        session.link.handle(input, dom::now_ms(), js_sys::Math::random());
        session.act();
        let status = session.link.status();
        let has_changed =
            std::mem::discriminant(&status) != std::mem::discriminant(&session.status);
        session.status = status;
        has_changed
    });
    if changed == Some(true) {
        pulse().set(dom::now_ms());
    }
}

fn socket_event(generation: u32, event: SocketEvent) {
    let is_current = with_session(|session| session.generation == generation);
    if is_current != Some(true) {
        return;
    }
    match event {
        SocketEvent::Messages(messages) => {
            feed(Input::Messages(messages));
            frame::request();
        }
        SocketEvent::Garbled => feed(Input::Garbled),
        SocketEvent::Closed { code } => feed(Input::Closed { code }),
    }
}

impl Session {
    fn act(&mut self) {
        while let Some(output) = self.link.next_output() {
            match output {
                Output::Connect => {
                    self.generation += 1;
                    self.socket = Some(Socket::open(self.generation));
                }
                Output::Send(message) => {
                    if let Some(socket) = &mut self.socket {
                        socket.send(&message);
                    }
                }
                Output::Close { .. } => self.socket = None,
            }
        }
        let deadline = self.link.deadline_ms();
        self.timer =
            deadline.and_then(|at| dom::Timeout::new(at - dom::now_ms(), || feed(Input::Timer)));
    }
}

fn schedule_pulse() {
    let timer = dom::Timeout::new(PULSE_MS, || {
        pulse().set(dom::now_ms());
        schedule_pulse();
    });
    with_session(|session| session.pulse_timer = timer);
}

/// A query being followed; dropping it ends that.
#[derive(Debug)]
pub(crate) struct Following {
    number: u32,
}

/// Follows `query`; its answers go to `answer`, which keeps its old result until the first new one.
pub(crate) fn follow(query: serde_json::Value, answer: &AnswerSignal) -> Following {
    let (number, held) = with_session(|session| {
        let id = session.link.subscribe(query);
        session.act();
        let number = session.next_follower;
        session.next_follower += 1;
        session.followers.push(Follower {
            number,
            id,
            signal: answer.clone(),
            is_unpainted: false,
        });
        (number, session.answer(id))
    })
    .unwrap_or_default();
    if let Some(held) = held {
        answer.set(held);
    } else {
        answer.update(|answer| answer.refusal = None);
    }
    Following { number }
}

impl Drop for Following {
    fn drop(&mut self) {
        with_session(|session| {
            let place = session.followers.iter().position(|of| of.number == self.number);
            if let Some(place) = place {
                let follower = session.followers.remove(place);
                session.link.unsubscribe(follower.id);
                session.act();
            }
        });
    }
}

/// A dashboard being watched; dropping it ends that.
#[derive(Debug)]
pub(crate) struct Watching {
    number: u32,
    /// What the server last told of it; nothing before its first word.
    pub(crate) told: ArcRwSignal<Option<Told>>,
}

/// Watches a dashboard: its version now, and after each change.
pub(crate) fn watch_dashboard(dashboard: &str) -> Watching {
    let watching = with_session(|session| {
        let id = session.link.watch(dashboard);
        session.act();
        let number = session.next_follower;
        session.next_follower += 1;
        let signal = ArcRwSignal::new(session.link.told(id).cloned());
        session.watchers.push(Watcher { number, id, signal: signal.clone() });
        Watching { number, told: signal }
    });
    watching.unwrap_or_else(|| Watching { number: 0, told: ArcRwSignal::new(None) })
}

impl Drop for Watching {
    fn drop(&mut self) {
        with_session(|session| {
            let place = session.watchers.iter().position(|of| of.number == self.number);
            if let Some(place) = place {
                let watcher = session.watchers.remove(place);
                session.link.unwatch(watcher.id);
                session.act();
            }
        });
    }
}

impl Session {
    /// What watchers are to be told.
    fn take_told(&mut self) -> Vec<(ArcRwSignal<Option<Told>>, Option<Told>)> {
        let news = self.link.take_told();
        let concerned = self.watchers.iter().filter(|watcher| news.contains(&watcher.id));
        concerned.map(|of| (of.signal.clone(), self.link.told(of.id).cloned())).collect()
    }

    fn answer(&self, id: SubscriptionId) -> Option<Answer> {
        let result = self.link.result(id).cloned();
        let refusal = self.link.refusal(id).cloned();
        if result.is_none() && refusal.is_none() {
            return None;
        }
        let stamps = self.link.stamps(id).unwrap_or_default();
        Some(Answer { result, refusal, stamps })
    }

    /// What the signals of at most so many subscriptions are to be set to. While paused, only first answers come through.
    fn take_due(&mut self, most: usize) -> (Vec<(AnswerSignal, Answer)>, u32) {
        let changed = self.link.take_changed(most);
        let mut due = Vec::new();
        let mut held_back = 0;
        for place in 0..self.followers.len() {
            let Follower { id, signal, .. } = &self.followers[place];
            if !changed.contains(id) {
                continue;
            }
            let is_first = signal.with_untracked(|answer| answer.result.is_none());
            if self.paused_ms.is_some() && !is_first {
                held_back += 1;
            } else if let Some(answer) = self.answer(*id) {
                due.push((signal.clone(), answer));
                self.followers[place].is_unpainted = true;
            }
        }
        (due, held_back)
    }
}

/// Commits what changed to the signals, of at most so many subscriptions; returns how many signals were set. Called once per frame.
pub(crate) fn commit(most: usize) -> usize {
    // The signals are set after the session is let go: whoever reads them may call back.
    let (due, held_back) = with_session(|session| session.take_due(most)).unwrap_or_default();
    let count = due.len();
    for (signal, answer) in due {
        signal.set(answer);
    }
    for (signal, told) in with_session(Session::take_told).unwrap_or_default() {
        signal.set(told);
    }
    if held_back > 0 {
        pause().update(|pause| pause.waiting = pause.waiting.saturating_add(held_back));
    }
    count
}

/// Whether there is more to commit.
pub(crate) fn has_more() -> bool {
    with_link(Link::has_changed).unwrap_or(false)
}

/// Stamps what was committed as painted. It is read at the next pulse, so nobody is told.
pub(crate) fn painted(now_ms: i64) {
    let signals = with_session(|session| {
        let unpainted = session.followers.iter_mut().filter(|follower| follower.is_unpainted);
        let stamp = |follower: &mut Follower| {
            follower.is_unpainted = false;
            follower.signal.clone()
        };
        unpainted.map(stamp).collect::<Vec<_>>()
    });
    for signal in signals.unwrap_or_default() {
        signal.update_untracked(|answer| answer.stamps.painted_ms = now_ms);
    }
}

/// Holds the pictures, or lets them go on; what was held back is then shown at once.
pub(crate) fn set_paused(paused: bool) {
    let since_ms = paused.then(dom::now_ms);
    let newest = with_session(|session| {
        session.paused_ms = since_ms;
        if paused {
            return Vec::new();
        }
        let answer = |of: &Follower| Some((of.signal.clone(), session.answer(of.id)?));
        session.followers.iter().filter_map(answer).collect()
    });
    pause().set(Pause { since_ms, waiting: 0 });
    for (signal, answer) in newest.unwrap_or_default() {
        signal.set(answer);
    }
    frame::request();
}
