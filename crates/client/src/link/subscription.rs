//! One question of the page and what it holds of the answer.

use std::sync::Arc;

use hailstream_protocol::{ClientMessage, Delta, Position, QueryResult};

use super::SubscriptionId;
use super::held::Held;
use crate::freshness::Stamps;

/// Why the server will not answer a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable word, e.g. `invalid_query`.
    pub code: String,
    /// What, for people.
    pub detail: String,
    /// The place in the query.
    pub at: Option<String>,
}

/// Where a subscription stands on the present socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// Not asked on this socket.
    Idle,
    /// Asked under this id.
    Asked(u32),
    /// Answered: frames of `view` are meant.
    Bound { id: u32, view: u32 },
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The result changed.
    Changed,
    /// Not for us, or nothing new: we were further already.
    Known,
    /// It does not follow on what we hold: ask again.
    Lost,
}

#[derive(Clone, Debug)]
pub(super) struct Subscription {
    pub(super) id: SubscriptionId,
    pub(super) query: serde_json::Value,
    pub(super) wire: Wire,
    held: Option<Held>,
    pub(super) refusal: Option<Refusal>,
    /// When the frame that made the result arrived, our clock.
    pub(super) arrived_ms: i64,
    /// Since when the server tells us of changes, our clock.
    pub(super) listening_ms: i64,
    /// By how much newer than the first push with its newest record the newest one is: only the clock brought it.
    waited_ms: i64,
    /// Several components may ask the same.
    pub(super) holders: u32,
    /// The copy is not to be built upon: the next answer must be a snapshot.
    broken: bool,
}

impl Subscription {
    pub(super) fn new(id: SubscriptionId, query: serde_json::Value) -> Self {
        Self {
            id,
            query,
            wire: Wire::Idle,
            held: None,
            refusal: None,
            arrived_ms: 0,
            listening_ms: 0,
            waited_ms: 0,
            holders: 1,
            broken: false,
        }
    }

    /// What is held of the answer.
    pub(super) fn result(&self) -> Option<&Arc<QueryResult>> {
        self.held.as_ref().map(Held::result)
    }

    pub(super) fn stamps(&self) -> Stamps {
        let Self { arrived_ms, listening_ms, waited_ms, .. } = *self;
        Stamps { arrived_ms, painted_ms: arrived_ms, listening_ms, waited_ms }
    }

    pub(super) fn wire_id(&self) -> Option<u32> {
        match self.wire {
            Wire::Idle => None,
            Wire::Asked(id) | Wire::Bound { id, .. } => Some(id),
        }
    }

    pub(super) fn is_bound_to(&self, view: u32) -> bool {
        matches!(self.wire, Wire::Bound { view: of, .. } if of == view)
    }

    /// The message that asks for this subscription under `id`, naming what is held.
    pub(super) fn ask(&mut self, id: u32) -> ClientMessage {
        self.wire = Wire::Asked(id);
        let held = self.result().filter(|_| !self.broken);
        let since = held.map(|result| Position {
            epoch: result.as_of.epoch.clone(),
            sequence: result.as_of.sequence,
        });
        ClientMessage::Subscribe { id, query: Some(self.query.clone()), panel: None, since }
    }

    pub(super) fn snapshot(&mut self, result: QueryResult, now_ms: i64) {
        self.held = Some(Held::new(result));
        self.refusal = None;
        self.broken = false;
        self.arrived_ms = now_ms;
        self.waited_ms = 0;
    }

    pub(super) fn delta(&mut self, delta: &Delta, now_ms: i64) -> Outcome {
        // Without a copy to build upon a snapshot is on its way; this is meant for another subscription of the view.
        let Some(held) = self.held.as_mut().filter(|_| !self.broken) else {
            return Outcome::Known;
        };
        let at = held.result().as_of.sequence;
        if delta.as_of.sequence <= at {
            return Outcome::Known;
        }
        if delta.base != at || held.advance(delta).is_err() {
            self.broken |= delta.base == at;
            return Outcome::Lost;
        }
        self.refusal = None;
        self.arrived_ms = now_ms;
        self.waited_ms = match delta.as_of.received {
            None => self.waited_ms + delta.as_of.pushed.unwrap_or(0),
            Some(_) => 0,
        };
        Outcome::Changed
    }
}
