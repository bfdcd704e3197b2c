//! A view as the hub has it: one distinct question, its newest results, and who follows it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hailstream_protocol::{Delta, QueryResult};
use hailstream_query::{Query, QueryError};
use slab::Slab;

use super::mailbox::Mailbox;
use super::ring::{CatchUp, Ring, Snapshot};

/// A view in the hub.
#[derive(Debug)]
pub(crate) struct View {
    /// Its name in frames.
    pub(crate) number: u32,
    /// What it answers.
    pub(crate) query: Query,
    /// Kept whether or not anybody looks.
    pub(crate) standing: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    ring: Ring,
    followers: Slab<Follower>,
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
            idle_since_ms: now_ms,
        };
        Self { number, query, standing, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves a state that is at worst behind; it is never half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a follower; its slot is due at once. The key ends the following.
    pub(super) fn follow(&self, mailbox: &Arc<Mailbox>, slot: u8) -> usize {
        mailbox.note_quietly(slot);
        self.state().followers.insert(Follower { mailbox: Arc::clone(mailbox), slot })
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

    pub(crate) fn is_followed(&self) -> bool {
        !self.state().followers.is_empty()
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
        let mut state = self.state();
        state.ring.push(self.number, update.result, update.delta);
        for (_, follower) in &state.followers {
            if follower.mailbox.note(follower.slot, publication) {
                to_wake.push(Arc::clone(&follower.mailbox));
            }
        }
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
