//! The subscriptions of one socket: which views it follows, under which ids, and what it was last sent of each.
//!
//! Frames name views, so two subscriptions of one view share a slot, and each frame is sent once.

use std::sync::Arc;

use bytes::Bytes;
use hailstream_protocol::ServerMessage;
use hailstream_protocol::frame::Encoding;
use hailstream_query::QueryError;

use crate::hub::Following;
use crate::hub::frame::encode;
use crate::hub::mailbox::SLOTS;
use crate::hub::ring::CatchUp;
use crate::hub::view::{Due, View};

/// Deltas that together weigh less are sent without looking at what a snapshot would weigh.
const LIGHT_BYTES: usize = 2048;

/// A view followed.
struct Slot {
    following: Following,
    /// Sequence of the newest result the viewer has.
    has: Option<u64>,
    id: Subscribed,
    /// Further ids for the same view; rare.
    others: Vec<Subscribed>,
}

struct Subscribed {
    id: u32,
    announced: bool,
}

impl Slot {
    fn ids(&mut self) -> impl Iterator<Item = &mut Subscribed> {
        std::iter::once(&mut self.id).chain(&mut self.others)
    }
}

#[derive(Default)]
pub(super) struct Subscriptions {
    slots: Vec<Option<Slot>>,
}

impl Subscriptions {
    /// A slot for one more, if there is room.
    pub(super) fn free(&self) -> Option<u8> {
        let free = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        (free < SLOTS).then_some(free as u8)
    }

    /// Whether the id is in use.
    pub(super) fn has_id(&mut self, id: u32) -> bool {
        self.slots.iter_mut().flatten().any(|slot| slot.ids().any(|subscribed| subscribed.id == id))
    }

    /// Takes a following into `slot`. Where the view is followed already, the id joins that slot, and the superfluous
    /// following is handed back to be ended. Returns the slot that is due.
    pub(super) fn add(
        &mut self,
        slot: u8,
        id: u32,
        following: Following,
        has: Option<u64>,
    ) -> (u8, Option<Following>) {
        let id = Subscribed { id, announced: false };
        let same = |other: &Slot| Arc::ptr_eq(&other.following.view, &following.view);
        let existing = self.slots.iter().position(|other| other.as_ref().is_some_and(same));
        if let Some(existing) = existing
            && let Some(other) = &mut self.slots[existing]
        {
            other.others.push(id);
            if has.is_none() || has != other.has {
                other.has = None; // a snapshot serves both
            }
            return (existing as u8, Some(following));
        }
        let slot_index = usize::from(slot);
        if slot_index >= self.slots.len() {
            self.slots.resize_with(slot_index + 1, || None);
        }
        self.slots[slot_index] = Some(Slot { following, has, id, others: Vec::new() });
        (slot, None)
    }

    /// Ends the subscription `id`; what is followed no more is handed back.
    pub(super) fn remove(&mut self, id: u32) -> Option<Following> {
        for place in &mut self.slots {
            let Some(slot) = place else { continue };
            if !slot.ids().any(|subscribed| subscribed.id == id) {
                continue;
            }
            if slot.others.is_empty() {
                return place.take().map(|slot| slot.following);
            }
            match slot.others.iter().position(|other| other.id == id) {
                Some(index) => drop(slot.others.remove(index)),
                None => slot.id = slot.others.remove(0),
            }
            return None;
        }
        None
    }

    /// Everything followed, to be ended.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Following> + '_ {
        self.slots.drain(..).flatten().map(|slot| slot.following)
    }

    /// Adds the frames that are due in a slot. A following that ended is handed back.
    pub(super) fn frames(
        &mut self,
        slot: u8,
        encoding: Encoding,
        frames: &mut Vec<Bytes>,
    ) -> Option<Following> {
        let place = self.slots.get_mut(usize::from(slot))?;
        let due = place.as_ref()?.following.view.due(place.as_ref()?.has);
        match due {
            Due::NotYet => None,
            Due::Refused(error) => {
                let mut slot = place.take()?;
                frames.extend(
                    slot.ids().map(|subscribed| refusal(encoding, Some(subscribed.id), &error)),
                );
                Some(slot.following)
            }
            Due::Open { reaches, catch_up, sequence } => {
                let slot = place.as_mut()?;
                announce(slot, reaches, encoding, frames);
                let before = frames.len();
                push(catch_up, encoding, frames);
                let pushed = frames.get(before..).unwrap_or_default();
                slot.following.view.sent(pushed.iter().map(Bytes::len).sum());
                slot.has = sequence;
                None
            }
        }
    }
}

fn announce(slot: &mut Slot, resumed: bool, encoding: Encoding, frames: &mut Vec<Bytes>) {
    let view = slot.following.view.number;
    for subscribed in slot.ids().filter(|subscribed| !subscribed.announced) {
        subscribed.announced = true;
        let message = ServerMessage::Subscribed { id: subscribed.id, view, resumed };
        frames.push(encode(encoding, &message));
    }
}

fn push(catch_up: CatchUp, encoding: Encoding, frames: &mut Vec<Bytes>) {
    match catch_up {
        CatchUp::Nothing => {}
        CatchUp::Delta(delta) => frames.push(delta.bytes(encoding)),
        CatchUp::Snapshot(snapshot) => frames.push(snapshot.frame().bytes(encoding)),
        CatchUp::Deltas(deltas, snapshot) => {
            let weight: usize = deltas.iter().map(|delta| delta.len()).sum();
            if weight <= LIGHT_BYTES || weight < snapshot.frame().len() {
                frames.extend(deltas.iter().map(|delta| delta.bytes(encoding)));
            } else {
                frames.push(snapshot.frame().bytes(encoding));
            }
        }
    }
}

/// An error frame.
pub(super) fn refusal(encoding: Encoding, id: Option<u32>, error: &QueryError) -> Bytes {
    let message = ServerMessage::Error {
        id,
        code: error.code.to_owned(),
        detail: error.detail.clone(),
        at: Some(error.at.clone()),
    };
    encode(encoding, &message)
}

/// Ends a following.
pub(super) fn end(following: &Following, now_ms: i64) {
    let view: &Arc<View> = &following.view;
    view.unfollow(following.key, now_ms);
}
