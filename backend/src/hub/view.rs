//! A view as the hub has it: one distinct question, its newest results, and who follows it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hailstream_protocol::{Delta, QueryResult};
use hailstream_query::{Query, QueryError};
use slab::Slab;

use super::mailbox::Mailbox;
use super::ring::{CatchUp, Ring, Snapshot};
use crate::clock;

/// A view in the hub.
#[derive(Debug)]
pub(crate) struct View {
    /// Its name in frames.
    pub(crate) number: u32,
    /// What it answers.
    pub(crate) query: Query,
    /// Kept whether or not anybody looks.
    standing: AtomicBool,
    state: Mutex<State>,
    cost: Cost,
    /// Means of the last seconds.
    rates: Cost,
}

/// Counters of a view, written from several threads.
#[derive(Debug, Default)]
struct Cost {
    engine_ns: AtomicU64,
    publish_ns: AtomicU64,
    updates: AtomicU64,
    bytes: AtomicU64,
}

/// What a view has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Work for it, nanoseconds.
    pub(crate) cpu_ns: u64,
    /// Results published, in thousandths: their means are small.
    pub(crate) milli_updates: u64,
    /// Bytes handed to viewers' sockets.
    pub(crate) bytes: u64,
}

impl Spent {
    /// What was spent since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            cpu_ns: self.cpu_ns.saturating_sub(before.cpu_ns),
            milli_updates: self.milli_updates.saturating_sub(before.milli_updates),
            bytes: self.bytes.saturating_sub(before.bytes),
        }
    }

    /// The mean per second.
    pub(crate) fn per(self, seconds: u64) -> Self {
        let seconds = seconds.max(1);
        Self {
            cpu_ns: self.cpu_ns / seconds,
            milli_updates: self.milli_updates / seconds,
            bytes: self.bytes / seconds,
        }
    }
}

impl Cost {
    fn spent(&self) -> Spent {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Spent {
            cpu_ns: of(&self.engine_ns) + of(&self.publish_ns),
            milli_updates: of(&self.updates),
            bytes: of(&self.bytes),
        }
    }
}

#[derive(Debug)]
struct State {
    phase: Phase,
    ring: Ring,
    followers: Slab<Follower>,
    /// It has not been published since somebody began to follow it.
    is_newly_followed: bool,
    /// Since when nobody follows, epoch ms.
    idle_since_ms: i64,
}

#[derive(Debug)]
enum Phase {
    /// The engine has not answered yet.
    Opening,
    Open,
    Refused(QueryError),
}

#[derive(Debug)]
struct Follower {
    mailbox: Arc<Mailbox>,
    slot: u8,
}

/// What a view says to a viewer that has been told that it is due.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    /// The engine has not accepted the question yet.
    NotYet,
    /// The view is open; this brings the viewer up to date. `reaches`: what it held is where that begins.
    Open { reaches: bool, catch_up: CatchUp, sequence: Option<u64> },
    /// The question cannot be answered.
    Refused(QueryError),
}

/// A new result of a view.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    /// The full result.
    pub(crate) result: Arc<QueryResult>,
    /// What changed; none for the first.
    pub(crate) delta: Option<Delta>,
}

impl View {
    pub(super) fn new(number: u32, query: Query, standing: bool, now_ms: i64) -> Self {
        let state = State {
            phase: Phase::Opening,
            ring: Ring::default(),
            followers: Slab::new(),
            is_newly_followed: false,
            idle_since_ms: now_ms,
        };
        let (cost, rates) = (Cost::default(), Cost::default());
        let (standing, state) = (AtomicBool::new(standing), Mutex::new(state));
        Self { number, query, standing, state, cost, rates }
    }

    /// Whether it is kept although nobody looks.
    pub(crate) fn is_standing(&self) -> bool {
        self.standing.load(Ordering::Relaxed)
    }

    /// From now on it is kept although nobody looks, or no longer.
    pub(super) fn stand(&self, standing: bool) {
        self.standing.store(standing, Ordering::Relaxed);
    }

    /// What it has cost so far.
    pub(crate) fn spent(&self) -> Spent {
        self.cost.spent()
    }

    /// What the engine has spent on it so far.
    pub(crate) fn set_engine_ns(&self, spent_ns: u64) {
        self.cost.engine_ns.store(spent_ns, Ordering::Relaxed);
    }

    /// Bytes of it were handed to a viewer's socket.
    pub(crate) fn sent(&self, bytes: usize) {
        self.cost.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// What it costs per second, as last set.
    pub(crate) fn rates(&self) -> Spent {
        self.rates.spent()
    }

    pub(crate) fn set_rates(&self, rates: Spent) {
        self.rates.engine_ns.store(rates.cpu_ns, Ordering::Relaxed);
        self.rates.updates.store(rates.milli_updates, Ordering::Relaxed);
        self.rates.bytes.store(rates.bytes, Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves a state that is at worst behind; it is never half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a follower; its slot is due at once. The key ends the following.
    pub(super) fn follow(&self, mailbox: &Arc<Mailbox>, slot: u8) -> usize {
        mailbox.note_quietly(slot);
        let mut state = self.state();
        state.is_newly_followed |= state.followers.is_empty();
        state.followers.insert(Follower { mailbox: Arc::clone(mailbox), slot })
    }

    /// Ends a following.
    pub(crate) fn unfollow(&self, key: usize, now_ms: i64) {
        let mut state = self.state();
        state.followers.try_remove(key);
        if state.followers.is_empty() {
            state.idle_since_ms = now_ms;
            // A crowd that left leaves no memory behind.
            state.followers.shrink_to_fit();
        }
    }

    /// Somebody asked, without following.
    pub(super) fn touch(&self, now_ms: i64) {
        let mut state = self.state();
        state.idle_since_ms = state.idle_since_ms.max(now_ms);
    }

    /// How many follow it.
    pub(crate) fn watchers(&self) -> usize {
        self.state().followers.len()
    }

    pub(crate) fn is_followed(&self) -> bool {
        !self.state().followers.is_empty()
    }

    /// Whether it is followed, but has not been published since nobody did.
    pub(crate) fn is_newly_followed(&self) -> bool {
        let state = self.state();
        state.is_newly_followed && !state.followers.is_empty()
    }

    /// Since when nobody follows.
    pub(super) fn idle_since_ms(&self) -> Option<i64> {
        let state = self.state();
        state.followers.is_empty().then_some(state.idle_since_ms)
    }

    /// The newest result.
    pub(crate) fn newest(&self) -> Option<Arc<Snapshot>> {
        self.state().ring.newest().cloned()
    }

    /// The engine accepted the question.
    pub(crate) fn opened(&self) {
        self.change_phase(Phase::Open);
    }

    /// Why the question cannot be answered, where that is so.
    pub(crate) fn refusal(&self) -> Option<QueryError> {
        match &self.state().phase {
            Phase::Refused(error) => Some(error.clone()),
            Phase::Opening | Phase::Open => None,
        }
    }

    pub(super) fn refuse(&self, error: QueryError) {
        self.change_phase(Phase::Refused(error));
    }

    fn change_phase(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        for (_, follower) in &state.followers {
            follower.mailbox.note_quietly(follower.slot);
            follower.mailbox.wake();
        }
    }

    /// Takes the next result and notes it for all followers; those to be woken afterwards are added to `to_wake`.
    pub(super) fn publish(
        &self,
        update: Update,
        publication: u64,
        to_wake: &mut Vec<Arc<Mailbox>>,
    ) {
        let began_ns = clock::monotonic_ns();
        let mut state = self.state();
        state.ring.push(self.number, update.result, update.delta);
        state.is_newly_followed = false;
        for (_, follower) in &state.followers {
            if follower.mailbox.note(follower.slot, publication) {
                to_wake.push(Arc::clone(&follower.mailbox));
            }
        }
        drop(state);
        let spent_ns = clock::monotonic_ns().saturating_sub(began_ns);
        self.cost.publish_ns.fetch_add(spent_ns, Ordering::Relaxed);
        self.cost.updates.fetch_add(1_000, Ordering::Relaxed);
    }

    /// What a viewer that holds `sequence` of this view is to be sent.
    pub(crate) fn due(&self, sequence: Option<u64>) -> Due {
        let state = self.state();
        match &state.phase {
            Phase::Opening => Due::NotYet,
            Phase::Refused(error) => Due::Refused(error.clone()),
            Phase::Open => Due::Open {
                reaches: sequence.is_some_and(|sequence| state.ring.reaches(sequence)),
                catch_up: state.ring.catch_up(sequence),
                sequence: state.ring.sequence(),
            },
        }
    }
}
