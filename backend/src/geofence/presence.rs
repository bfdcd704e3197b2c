//! Who is inside which area. Pure: where entities say they are in, who enters and leaves out.
//!
//! - An entity enters when it is inside and was outside before. One that is seen for the first time may have been inside for
//!   long: its entering is told as `first`, and so is its leaving.
//! - It leaves when it is farther out than the margin. In between nothing is told: positions waver.
//! - It has left when it says nothing for longer than `expire`, as of that moment; when it comes back, it is seen for the first
//!   time. This is told as soon as no fix can come any more by which it would be otherwise. (Rejected: telling it at once, and
//!   taking no notice of what comes after all. What counts then hangs on what counted before, without an end, and could not be
//!   worked out again from a part of the input.)
//! - A fix that is older than the newest of its entity tells nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hailstream_geo::LonLat;
use hailstream_protocol::Value;

use super::fences::Fences;
use super::output::{Crossing, Kind};
use super::past::Begun;

/// What holds for a geofence.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(super) fences: Arc<Fences>,
    pub(super) margin_m: f64,
    pub(super) expire_ms: i64,
    /// A fix that is older than this against its partition's newest does not come here.
    pub(super) waits_ms: i64,
}

impl Rules {
    /// So far back lies what may still matter.
    pub(super) fn horizon_ms(&self) -> i64 {
        self.expire_ms.saturating_add(self.waits_ms)
    }
}

/// An entity that said where it is, not long ago.
#[derive(Clone, Debug)]
struct Entity {
    /// Of its newest fix.
    partition: usize,
    newest_ms: i64,
    at: LonLat,
    stays: Vec<Stay>,
}

#[derive(Clone, Copy, Debug)]
struct Stay {
    fence: usize,
    since_ms: i64,
    is_first: bool,
}

/// An entity says where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fix<'a> {
    pub(super) partition: usize,
    pub(super) time_ms: i64,
    pub(super) entity: &'a Value,
    pub(super) at: LonLat,
}

/// It was said before where the entity was later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OutOfOrder;

/// See the module's words.
#[derive(Debug)]
pub(super) struct Presence {
    rules: Rules,
    entities: HashMap<Value, Entity>,
    /// By partition: entities whose newest fix came from there, the longest silent first.
    ages: Vec<BTreeSet<(i64, Value)>>,
}

impl Presence {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, entities: HashMap::new(), ages: Vec::new() }
    }

    /// There is one more partition.
    pub(super) fn add_partition(&mut self) {
        self.ages.push(BTreeSet::new());
    }

    /// How many stays there are.
    pub(super) fn inside(&self) -> usize {
        self.entities.values().map(|known| known.stays.len()).sum()
    }

    /// A stay that was told of before. An area that is no more has nobody inside.
    pub(super) fn restore(&mut self, partition: usize, entity: &Value, fence: &str, begun: &Begun) {
        let Begun { since_ms, is_first, at, .. } = *begun;
        let Some(fence) = self.rules.fences.names().position(|name| *name == *fence) else {
            return;
        };
        if self.entities.get(entity).is_none_or(|known| known.newest_ms < since_ms) {
            self.note(Fix { partition, time_ms: since_ms, entity, at });
        }
        if let Some(known) = self.entities.get_mut(entity) {
            known.stays.push(Stay { fence, since_ms, is_first });
        }
    }

    /// The newest fix of a partition is of this time: who has said nothing for too long is gone.
    pub(super) fn sweep(&mut self, partition: usize, newest_ms: i64) -> Vec<Crossing> {
        let before_ms = newest_ms.saturating_sub(self.rules.horizon_ms());
        let mut left = Vec::new();
        while let Some((_, entity)) =
            self.ages[partition].first().filter(|(newest_ms, _)| *newest_ms < before_ms)
        {
            let entity = entity.clone();
            left.extend(self.fall_silent(&entity));
        }
        left
    }

    fn fall_silent(&mut self, entity: &Value) -> Vec<Crossing> {
        let Some(known) = self.entities.remove(entity) else { return Vec::new() };
        self.ages[known.partition].remove(&(known.newest_ms, entity.clone()));
        let left = |stay: Stay| Crossing {
            entity: entity.clone(),
            fence: self.name_of(stay.fence),
            kind: Kind::Leave,
            time_ms: known.newest_ms.saturating_add(self.rules.expire_ms),
            at: known.at,
            is_first: stay.is_first,
            inside_ms: Some(known.newest_ms - stay.since_ms),
            is_silent: true,
        };
        known.stays.into_iter().map(left).collect()
    }

    fn name_of(&self, fence: usize) -> String {
        self.rules.fences.name(fence).unwrap_or_default().to_owned()
    }

    /// Notes where an entity is, and nothing else: what it entered and left is known.
    pub(super) fn place(&mut self, fix: Fix<'_>) {
        if self.entities.get(fix.entity).is_none_or(|known| known.newest_ms <= fix.time_ms) {
            self.note(fix);
        }
    }

    /// What an entity enters and leaves by being where it is.
    pub(super) fn fix(&mut self, fix: Fix<'_>) -> Result<Vec<Crossing>, OutOfOrder> {
        let (before, mut crossings) = self.arrive(fix)?;
        self.leave(fix, &mut crossings);
        self.enter(fix, before, &mut crossings);
        Ok(crossings)
    }

    /// Where the entity was before, if that is not too long ago, and what it left by falling silent.
    fn arrive(&mut self, fix: Fix<'_>) -> Result<(Option<LonLat>, Vec<Crossing>), OutOfOrder> {
        let (mut before, mut left) = (None, Vec::new());
        if let Some(known) = self.entities.get(fix.entity) {
            if fix.time_ms < known.newest_ms {
                return Err(OutOfOrder);
            }
            if fix.time_ms > known.newest_ms.saturating_add(self.rules.expire_ms) {
                left = self.fall_silent(fix.entity);
            } else {
                before = Some(known.at);
            }
        }
        self.note(fix);
        Ok((before, left))
    }

    fn note(&mut self, fix: Fix<'_>) {
        let Fix { partition, time_ms, entity, at } = fix;
        let stays = self.entities.remove(entity).map_or_else(Vec::new, |known| {
            self.ages[known.partition].remove(&(known.newest_ms, entity.clone()));
            known.stays
        });
        self.ages[partition].insert((time_ms, entity.clone()));
        let now = Entity { partition, newest_ms: time_ms, at, stays };
        self.entities.insert(entity.clone(), now);
    }

    fn leave(&mut self, fix: Fix<'_>, crossings: &mut Vec<Crossing>) {
        let Some(known) = self.entities.get_mut(fix.entity) else { return };
        let Rules { fences, margin_m, .. } = &self.rules;
        let is_near = |fence| *margin_m > 0.0 && fences.distance_m(fence, fix.at) <= *margin_m;
        let is_in = |stay: &Stay| fences.holds(stay.fence, fix.at) || is_near(stay.fence);
        let (stays, left) = std::mem::take(&mut known.stays).into_iter().partition(is_in);
        known.stays = stays;
        let left: Vec<Stay> = left;
        crossings.extend(left.into_iter().map(|stay| Crossing {
            entity: fix.entity.clone(),
            fence: self.name_of(stay.fence),
            kind: Kind::Leave,
            time_ms: fix.time_ms,
            at: fix.at,
            is_first: stay.is_first,
            inside_ms: Some(fix.time_ms - stay.since_ms),
            is_silent: false,
        }));
    }

    fn enter(&mut self, fix: Fix<'_>, before: Option<LonLat>, crossings: &mut Vec<Crossing>) {
        let Some(known) = self.entities.get_mut(fix.entity) else { return };
        let fences = &self.rules.fences;
        for fence in fences.numbers_at(fix.at) {
            if known.stays.iter().any(|stay| stay.fence == fence) {
                continue;
            }
            // Inside before, and nothing was told of it: the area is new, or what was told is lost.
            let is_first = before.is_none_or(|before| fences.holds(fence, before));
            known.stays.push(Stay { fence, since_ms: fix.time_ms, is_first });
            crossings.push(Crossing {
                entity: fix.entity.clone(),
                fence: fences.name(fence).unwrap_or_default().to_owned(),
                kind: Kind::Enter,
                time_ms: fix.time_ms,
                at: fix.at,
                is_first,
                inside_ms: None,
                is_silent: false,
            });
        }
    }
}

#[cfg(test)]
mod tests;
