//! The link: what one tab and its server have said, without the socket.
//!
//! A state machine in the sans-I/O manner. Whoever owns the socket feeds [`Input`]s with the time, then drains
//! [`Link::next_output`] and wakes the link again at [`Link::deadline_ms`]. Nothing here waits, sends or reads a clock, so
//! every cut, delay and reordering can be tested natively.
//!
//! Deltas are applied as they arrive, to copies the page does not see; the page takes what changed once per frame with
//! [`Link::take_changed`]. So nothing queues up here while a tab is hidden and draws no frames.

mod backoff;
mod changed;
mod clock;
mod heartbeat;
mod held;
mod input;
mod output;
mod streams;
mod subscription;
mod watches;

use std::collections::VecDeque;
use std::sync::Arc;

use hailstream_protocol::{
    ClientMessage, Delta, PROTOCOL_VERSION, QueryResult, ServerMessage, StreamHealth,
};

use crate::freshness::Stamps;
pub use backoff::Backoff;
use changed::Changed;
pub use clock::ServerClock;
use heartbeat::Pulse;
pub use input::Input;
pub use output::{Output, Status};
pub use streams::{Keeping, StreamPulse};
pub use subscription::Refusal;
use subscription::{Outcome, Subscription, Wire};
use watches::Watches;
pub use watches::{Told, WatchId};

/// A hidden tab keeps its stream for this long.
const HIDDEN_GRACE_MS: i64 = 30_000;
/// A link that lived this long was good: the next wait starts short.
const PROVEN_MS: i64 = 5_000;
/// A socket that has been opening for this long when the page wakes up is opened anew.
const HANGING_MS: i64 = 2_000;
/// Close code of the server: this is not the protocol it speaks.
const NOT_THIS_PROTOCOL: u16 = 4501;
/// Close code of ours: nothing was heard.
pub const CLOSE_SILENT: u16 = 4012;
/// Close code of ours: what came could not be read.
pub const CLOSE_GARBLED: u16 = 4502;

/// Names a subscription of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No socket, and none wanted.
    Off,
    /// A socket is being opened or has not been welcomed.
    Opening { since_ms: i64 },
    /// Welcomed.
    Open { since_ms: i64 },
    /// No socket until this time.
    Waiting { until_ms: i64 },
    /// Never again.
    Refused,
}

/// See the module's words.
#[derive(Debug)]
pub struct Link {
    phase: Phase,
    pulse: Pulse,
    backoff: Backoff,
    clock: ServerClock,
    /// Not before this time, as the server asked when it drained.
    drained_until_ms: i64,
    hidden_since_ms: Option<i64>,
    paused: bool,
    build: Option<String>,
    newer_build: bool,
    ever_open: bool,
    /// By the newest heartbeat.
    streams: Vec<StreamPulse>,
    /// In order of their making. A page has a few dozen: they are looked through, not indexed.
    subscriptions: Vec<Subscription>,
    watches: Watches,
    next_subscription: u32,
    next_wire_id: u32,
    changed: Changed,
    /// Drained by the caller after each input; its length is bounded by the subscriptions.
    outputs: VecDeque<Output>,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            phase: Phase::Off,
            pulse: Pulse::default(),
            backoff: Backoff::default(),
            clock: ServerClock::default(),
            drained_until_ms: 0,
            hidden_since_ms: None,
            paused: false,
            build: None,
            newer_build: false,
            ever_open: false,
            streams: Vec::new(),
            subscriptions: Vec::new(),
            watches: Watches::default(),
            next_subscription: 1,
            next_wire_id: 1,
            changed: Changed::default(),
            outputs: VecDeque::new(),
        }
    }
}

impl Link {
    /// Feeds one input. `random` is uniform in 0…1 and spreads reconnections.
    pub fn handle(&mut self, input: Input, now_ms: i64, random: f64) {
        match input {
            Input::Start => self.connect(now_ms),
            Input::Messages(messages) => {
                for message in messages {
                    self.message(message, now_ms);
                }
            }
            Input::Garbled => self.drop_socket(CLOSE_GARBLED, now_ms, random),
            Input::Closed { code } => self.closed(code, now_ms, random),
            Input::Timer => self.timer(now_ms, random),
            Input::Visible => self.visible(now_ms),
            Input::Hidden => self.hidden_since_ms = Some(now_ms),
            Input::Wake => self.wake(now_ms),
            Input::Leave => self.leave(),
        }
    }

    /// The next thing to do, in order; `None` when all is done.
    pub fn next_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to feed [`Input::Timer`]; `None`: not before something else happens.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<i64> {
        match self.phase {
            Phase::Off | Phase::Refused => None,
            Phase::Waiting { until_ms } => Some(until_ms),
            Phase::Opening { since_ms } => Some(Pulse::opening_deadline_ms(since_ms)),
            Phase::Open { .. } => {
                let pause = self.hidden_since_ms.filter(|_| !self.paused);
                let pause = pause.map(|since| since + HIDDEN_GRACE_MS);
                let pulse = self.pulse.deadline_ms();
                Some(pause.map_or(pulse, |pause| pause.min(pulse)))
            }
        }
    }

    /// Follows a query. Equal queries share one subscription; each call needs its own [`Link::unsubscribe`].
    pub fn subscribe(&mut self, query: serde_json::Value) -> SubscriptionId {
        let same = self.subscriptions.iter_mut().find(|subscription| subscription.query == query);
        if let Some(subscription) = same {
            subscription.holders += 1;
            return subscription.id;
        }
        let id = SubscriptionId(self.next_subscription);
        self.next_subscription += 1;
        self.subscriptions.push(Subscription::new(id, query));
        if matches!(self.phase, Phase::Opening { .. } | Phase::Open { .. }) {
            self.ask(id);
        }
        id
    }

    /// Ends a subscription when its last holder leaves.
    pub fn unsubscribe(&mut self, id: SubscriptionId) {
        let Some(place) = self.subscriptions.iter().position(|subscription| subscription.id == id)
        else {
            return;
        };
        let subscription = &mut self.subscriptions[place];
        subscription.holders -= 1;
        if subscription.holders > 0 {
            return;
        }
        if let Some(wire_id) = subscription.wire_id() {
            self.outputs.push_back(Output::Send(ClientMessage::Unsubscribe { id: wire_id }));
        }
        self.subscriptions.remove(place);
        self.changed.forget(id);
    }

    /// At most so many of the subscriptions whose answer changed since, each once: those that have waited longest.
    pub fn take_changed(&mut self, most: usize) -> Vec<SubscriptionId> {
        self.changed.take(most)
    }

    /// Whether there is an answer to take.
    pub fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    fn subscription(&self, id: SubscriptionId) -> Option<&Subscription> {
        self.subscriptions.iter().find(|subscription| subscription.id == id)
    }

    /// The newest answer.
    #[must_use]
    pub fn result(&self, id: SubscriptionId) -> Option<&Arc<QueryResult>> {
        self.subscription(id)?.result()
    }

    /// When the newest answer arrived, before it is painted.
    #[must_use]
    pub fn stamps(&self, id: SubscriptionId) -> Option<Stamps> {
        self.subscription(id).map(Subscription::stamps)
    }

    /// Why there is no answer.
    #[must_use]
    pub fn refusal(&self, id: SubscriptionId) -> Option<&Refusal> {
        self.subscription(id)?.refusal.as_ref()
    }

    /// How the link is.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.phase {
            Phase::Refused => Status::Refused,
            Phase::Open { .. } => Status::Live,
            _ if !self.ever_open && self.backoff.failures() == 0 => Status::Connecting,
            Phase::Waiting { until_ms } => {
                Status::Lost { since_ms: self.pulse.heard_ms(), retry_ms: until_ms }
            }
            Phase::Opening { since_ms } => {
                Status::Lost { since_ms: self.pulse.heard_ms(), retry_ms: since_ms }
            }
            Phase::Off => Status::Lost { since_ms: self.pulse.heard_ms(), retry_ms: i64::MAX },
        }
    }

    /// Health of a stream; absent until the first heartbeat.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<&StreamHealth> {
        self.stream_pulse(name).map(|pulse| &pulse.health)
    }

    /// What the heartbeats of the last seconds told about a stream; absent until the first.
    #[must_use]
    pub fn stream_pulse(&self, name: &str) -> Option<&StreamPulse> {
        self.streams.iter().find(|pulse| pulse.health.stream == name)
    }

    /// The server's clock.
    #[must_use]
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// When anything was last heard, our clock.
    #[must_use]
    pub fn heard_ms(&self) -> i64 {
        self.pulse.heard_ms()
    }

    /// Whether the server now serves another build of the page than when this one was loaded.
    #[must_use]
    pub fn newer_build(&self) -> bool {
        self.newer_build
    }

    fn connect(&mut self, now_ms: i64) {
        self.phase = Phase::Opening { since_ms: now_ms };
        self.paused = false;
        self.outputs.push_back(Output::Connect);
        let hello = ClientMessage::Hello { versions: vec![PROTOCOL_VERSION], ticket: None };
        self.outputs.push_back(Output::Send(hello));
        // Not waiting for the welcome saves a round trip; an epoch of another server is answered by snapshots.
        let all: Vec<SubscriptionId> =
            self.subscriptions.iter().map(|subscription| subscription.id).collect();
        for id in all {
            self.ask(id);
        }
        self.watch_again();
    }

    /// Asks under a fresh id, so that late answers to an older question cannot be taken for this one's.
    fn ask(&mut self, id: SubscriptionId) {
        let wire_id = self.next_wire_id;
        let found = self.subscriptions.iter_mut().find(|subscription| subscription.id == id);
        let Some(subscription) = found else { return };
        self.next_wire_id = self.next_wire_id.wrapping_add(1);
        if let Some(before) = subscription.wire_id() {
            self.outputs.push_back(Output::Send(ClientMessage::Unsubscribe { id: before }));
        }
        self.outputs.push_back(Output::Send(subscription.ask(wire_id)));
    }

    fn message(&mut self, message: ServerMessage, now_ms: i64) {
        if matches!(self.phase, Phase::Off | Phase::Waiting { .. } | Phase::Refused) {
            return; // of a socket already given up
        }
        self.pulse.heard(now_ms);
        match message {
            ServerMessage::Welcome { build, now_ms: server_ms, heartbeat_ms, .. } => {
                self.welcome(&build, server_ms, heartbeat_ms, now_ms);
            }
            ServerMessage::Subscribed { id, view, .. } => self.subscribed(id, view, now_ms),
            ServerMessage::Snapshot { view, result } => self.snapshot(view, &result, now_ms),
            ServerMessage::Delta { view, delta } => self.delta(view, &delta, now_ms),
            ServerMessage::Heartbeat { streams, now_ms: server_ms } => {
                self.heartbeat(server_ms, streams, now_ms);
            }
            ServerMessage::Pong { sent_ms, now_ms: server_ms } => {
                self.clock.pong(sent_ms, server_ms, now_ms);
            }
            ServerMessage::Drain { reconnect_after_ms } => {
                self.drained_until_ms = now_ms + i64::from(reconnect_after_ms);
            }
            ServerMessage::Error { id, code, detail, at } => self.refused(id, code, detail, at),
            ServerMessage::DashboardChanged { dashboard, version } => {
                self.watches.told(&dashboard, version);
            }
        }
    }

    fn welcome(&mut self, build: &str, server_ms: i64, heartbeat_ms: u32, now_ms: i64) {
        if let Phase::Opening { since_ms } = self.phase {
            // A first, rough sample: the hello left some time after the socket was asked for.
            self.clock.forget();
            self.clock.pong(since_ms, server_ms, now_ms);
        }
        self.phase = Phase::Open { since_ms: now_ms };
        self.ever_open = true;
        self.pulse.welcomed(heartbeat_ms);
        // The page was loaded from the server that first welcomed it.
        let loaded = self.build.get_or_insert_with(|| build.to_owned());
        self.newer_build = loaded != build;
        self.ping(now_ms);
    }

    fn heartbeat(&mut self, server_ms: i64, streams: Vec<StreamHealth>, now_ms: i64) {
        self.streams.retain(|known| streams.iter().any(|of| of.stream == known.health.stream));
        for health in streams {
            let known = self.streams.iter_mut().find(|of| of.health.stream == health.stream);
            match known {
                Some(known) => known.beat(server_ms, health),
                None => self.streams.push(StreamPulse::new(server_ms, health)),
            }
        }
        // One of the clocks jumped, or frames wait somewhere on the way: a ping tells which.
        if self.clock.contradicts(server_ms, now_ms) && self.pulse.may_ping_again(now_ms) {
            self.ping(now_ms);
        }
    }

    fn ping(&mut self, now_ms: i64) {
        self.pulse.pinged(now_ms);
        let round_trip_ms = self.clock.round_trip_ms().and_then(|ms| u32::try_from(ms).ok());
        self.outputs
            .push_back(Output::Send(ClientMessage::Ping { sent_ms: now_ms, round_trip_ms }));
    }

    fn subscribed(&mut self, wire_id: u32, view: u32, now_ms: i64) {
        let asked = self.subscriptions.iter_mut().find(|s| s.wire == Wire::Asked(wire_id));
        if let Some(subscription) = asked {
            subscription.wire = Wire::Bound { id: wire_id, view };
            // The server listened to us half a round trip ago.
            subscription.listening_ms = now_ms - self.clock.round_trip_ms().unwrap_or(0) / 2;
        }
    }

    fn snapshot(&mut self, view: u32, result: &QueryResult, now_ms: i64) {
        for subscription in self.subscriptions.iter_mut().filter(|of| of.is_bound_to(view)) {
            subscription.snapshot(result.clone(), now_ms);
            self.changed.mark(subscription.id);
        }
    }

    fn delta(&mut self, view: u32, delta: &Delta, now_ms: i64) {
        let mut lost = Vec::new();
        for subscription in self.subscriptions.iter_mut().filter(|of| of.is_bound_to(view)) {
            match subscription.delta(delta, now_ms) {
                Outcome::Changed => self.changed.mark(subscription.id),
                Outcome::Known => {}
                Outcome::Lost => lost.push(subscription.id),
            }
        }
        for id in lost {
            self.ask(id);
        }
    }

    fn refused(&mut self, wire_id: Option<u32>, code: String, detail: String, at: Option<String>) {
        let Some(wire_id) = wire_id else { return };
        let found = self.subscriptions.iter_mut().find(|of| of.wire_id() == Some(wire_id));
        if let Some(subscription) = found {
            subscription.refusal = Some(Refusal { code, detail, at });
            self.changed.mark(subscription.id);
        }
    }

    fn timer(&mut self, now_ms: i64, random: f64) {
        match self.phase {
            Phase::Off | Phase::Refused => {}
            Phase::Waiting { until_ms } => {
                if now_ms >= until_ms {
                    self.connect(now_ms);
                }
            }
            Phase::Opening { since_ms } => {
                if now_ms >= Pulse::opening_deadline_ms(since_ms) {
                    self.drop_socket(CLOSE_SILENT, now_ms, random);
                }
            }
            Phase::Open { since_ms } => {
                if now_ms - since_ms >= PROVEN_MS {
                    self.backoff.reset();
                }
                self.pulse_timer(now_ms, random);
            }
        }
    }

    fn pulse_timer(&mut self, now_ms: i64, random: f64) {
        let hidden_ms = self.hidden_since_ms.map(|since| now_ms - since);
        if !self.paused && hidden_ms.is_some_and(|hidden| hidden >= HIDDEN_GRACE_MS) {
            self.paused = true;
            self.outputs.push_back(Output::Send(ClientMessage::Pause {}));
        }
        if self.pulse.is_lost(now_ms) {
            self.drop_socket(CLOSE_SILENT, now_ms, random);
        } else if self.pulse.wants_ping(now_ms) {
            self.ping(now_ms);
        }
    }

    fn visible(&mut self, now_ms: i64) {
        self.hidden_since_ms = None;
        if std::mem::take(&mut self.paused) {
            self.outputs.push_back(Output::Send(ClientMessage::Resume {}));
            self.subscriptions.iter_mut().for_each(|of| of.listening_ms = now_ms);
        }
        self.wake(now_ms);
    }

    /// Timers are not to be trusted after sleep: an open link gets a ping and a fresh deadline, a lost one its attempt.
    fn wake(&mut self, now_ms: i64) {
        match self.phase {
            Phase::Off | Phase::Waiting { .. } => self.connect(now_ms),
            Phase::Open { .. } => {
                self.pulse.grant(now_ms);
                self.ping(now_ms);
            }
            // Asked for before the sleep: nobody will answer that.
            Phase::Opening { since_ms } if now_ms - since_ms >= HANGING_MS => self.connect(now_ms),
            Phase::Opening { .. } | Phase::Refused => {}
        }
    }

    fn leave(&mut self) {
        self.outputs.push_back(Output::Close { code: 1000 });
        self.unbind();
        self.phase = Phase::Off;
    }

    fn unbind(&mut self) {
        for subscription in &mut self.subscriptions {
            subscription.wire = Wire::Idle;
        }
    }

    fn drop_socket(&mut self, code: u16, now_ms: i64, random: f64) {
        self.outputs.push_back(Output::Close { code });
        self.closed(code, now_ms, random);
    }

    fn closed(&mut self, code: u16, now_ms: i64, random: f64) {
        if matches!(self.phase, Phase::Off | Phase::Refused) {
            return;
        }
        self.unbind();
        if code == NOT_THIS_PROTOCOL {
            self.phase = Phase::Refused;
            return;
        }
        let wait_ms = self.backoff.next_wait_ms(random);
        let until_ms = now_ms.max(self.drained_until_ms) + wait_ms;
        self.phase = Phase::Waiting { until_ms };
    }
}
