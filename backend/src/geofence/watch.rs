//! A geofence as what is derived from a stream: who is inside ([`Presence`]), between records and rows. It survives being
//! killed at any moment. Pure: records in, rows out; no broker, no clock.
//!
//! What a fix means depends on the fixes of its own partition alone, so that however partitions interleave, now or when
//! read again, the same events are told.
//!
//! The state is never stored: what lies further back than entities are waited for matters only by the events that were told of
//! it, and those are in the output ([`Past`]). The *safe position* of a partition is one where everything before it is older than that;
//! reading starts there again. Up to where all events are known to be written, records only tell where everybody was.

use std::collections::{BTreeMap, VecDeque};

use hailstream_geo::LonLat;
use hailstream_protocol::Value;

use super::output::Crossing;
use super::past::{Past, resumes_at};
use super::presence::{Fix, OutOfOrder, Presence, Rules};
use crate::derived::positions::{Origin, Positions, Resume, SafePoint, Written};
use crate::derived::{Fact, Machine, Row};

/// Events that wait for partitions that are behind; when there are more, they are written in the order in which they were found.
const MAX_WAITING: usize = 100_000;
/// Positions are noted so many times within the horizon.
const MARKS: i64 = 16;

/// What a geofence is, and how it writes.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// Its name.
    pub(super) name: String,
    /// Name of the entity's column.
    pub(super) entity: String,
    pub(super) rules: Rules,
}

#[derive(Clone, Debug)]
struct Partition {
    topic: String,
    number: i32,
    next: i64,
    newest_ms: Option<i64>,
    /// All events of records before it are written.
    resumes_at: i64,
    is_behind: bool,
    /// Positions with the newest event time before them.
    marks: VecDeque<(i64, i64)>,
    safe: Option<(i64, i64)>,
}

/// What became of records, since it was last told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    fixes: u64,
    events: u64,
    without_entity: u64,
    without_position: u64,
    null_island: u64,
    out_of_order: u64,
    late: u64,
    refused: u64,
}

/// See the module's words.
#[derive(Debug)]
pub(crate) struct Watch {
    terms: Terms,
    partitions: Vec<Partition>,
    presence: Presence,
    /// To be written, by time and order of finding; at most [`MAX_WAITING`], or what one round found.
    waiting: BTreeMap<(i64, u64), (Crossing, Origin)>,
    found: u64,
    resume: Resume,
    past: Past,
    is_holding: bool,
    published: Positions,
    round: u64,
    counts: Counts,
}

impl Watch {
    /// Goes on where the run before left off.
    pub(super) fn new(terms: Terms, resume: Resume, past: Past) -> Self {
        Self {
            partitions: Vec::new(),
            presence: Presence::new(terms.rules.clone()),
            terms,
            waiting: BTreeMap::new(),
            found: 0,
            past,
            is_holding: true,
            published: resume.written.published.clone(),
            round: resume.written.round + 1,
            resume,
            counts: Counts::default(),
        }
    }

    /// The topic was created anew: what is known of its offsets holds no more.
    fn starts_over(&mut self, partition: usize, offset: i64) {
        let own = &mut self.partitions[partition];
        (own.next, own.newest_ms, own.resumes_at) = (offset, None, offset);
        own.marks.clear();
        own.safe = None;
        if let Some(reached) = self.resume.written.reached.get_mut(&own.topic) {
            reached.remove(&own.number);
        }
        self.past.forget(&own.topic, own.number);
    }

    /// Where everybody was is read again; who is inside by what was told.
    fn restore(&mut self, partition: usize) {
        let own = &self.partitions[partition];
        for ((entity, fence), begun) in self.past.take_inside(&own.topic, own.number) {
            self.presence.restore(partition, &entity, &fence, &begun);
        }
    }

    fn origin(&self, partition: usize, offset: i64) -> Origin {
        let own = &self.partitions[partition];
        Origin { topic: own.topic.clone(), partition: own.number, offset }
    }

    fn fix(&mut self, offset: i64, fix: Fix<'_>) {
        if offset < self.partitions[fix.partition].resumes_at {
            return self.presence.place(fix);
        }
        match self.presence.fix(fix) {
            Ok(crossings) => {
                self.counts.fixes += 1;
                self.tell_of(fix.partition, offset, crossings);
            }
            Err(OutOfOrder) => self.counts.out_of_order += 1,
        }
    }

    /// Events that a record gave wait to be written, unless they were written before.
    fn tell_of(&mut self, partition: usize, offset: i64, crossings: Vec<Crossing>) {
        for crossing in crossings {
            let origin = self.origin(partition, offset);
            if !self.past.has_told(&origin, &crossing) {
                self.counts.events += 1;
                self.found += 1;
                self.waiting.insert((crossing.time_ms, self.found), (crossing, origin));
            }
        }
    }

    // ---- publishing ------------------------------------------------------------------------------

    fn hold_or_release(&mut self) {
        let next = |topic: &str, number: i32| {
            let is_it = |own: &&Partition| own.topic == topic && own.number == number;
            self.partitions.iter().find(is_it).map(|own| own.next)
        };
        self.is_holding = self.is_holding && !self.resume.is_reached(next);
    }

    /// Events that are newer wait: partitions that are behind have not come so far, and a reader would see time run ahead.
    fn write_until(&self) -> i64 {
        if self.waiting.len() > MAX_WAITING {
            return i64::MAX;
        }
        let behind = self.partitions.iter().filter(|own| own.is_behind);
        behind.map(|own| own.newest_ms.unwrap_or(i64::MIN)).min().unwrap_or(i64::MAX)
    }

    fn mark(&mut self) {
        let step_ms = self.terms.rules.horizon_ms() / MARKS;
        for own in &mut self.partitions {
            let Some(newest_ms) = own.newest_ms else { continue };
            if own.marks.back().is_none_or(|(_, marked_ms)| newest_ms - marked_ms > step_ms) {
                own.marks.push_back((own.next, newest_ms));
            }
        }
    }

    /// The newest marks everything before which is too old to matter.
    fn safe_point(&mut self) -> Option<SafePoint> {
        let (mut has_moved, horizon_ms) = (false, self.terms.rules.horizon_ms());
        for own in &mut self.partitions {
            let Some(newest_ms) = own.newest_ms else { continue };
            let until_ms = newest_ms.saturating_sub(horizon_ms);
            while let Some(mark) = own.marks.front().filter(|(_, marked_ms)| *marked_ms < until_ms)
            {
                (own.safe, has_moved) = (Some(*mark), true);
                own.marks.pop_front();
            }
        }
        let positions = self.partitions.iter().filter_map(|own| {
            let (offset, newest_ms) = own.safe?;
            Some(((own.topic.clone(), own.number), (offset, Some(newest_ms))))
        });
        has_moved.then(|| SafePoint {
            positions: positions.collect(),
            published: self.published.clone(),
            closed_until_ms: None,
        })
    }
}

impl Machine for Watch {
    fn start(&mut self, topic: &str, number: i32, offset: i64) -> usize {
        let is_known = |own: &Partition| own.topic == topic && own.number == number;
        if let Some(known) = self.partitions.iter().position(is_known) {
            self.starts_over(known, offset);
            return known;
        }
        let (wanted, newest_ms) =
            self.resume.start.get(&(topic.to_owned(), number)).copied().unwrap_or_default();
        self.partitions.push(Partition {
            topic: topic.to_owned(),
            number,
            next: offset,
            newest_ms,
            resumes_at: resumes_at(&self.resume, topic, number).unwrap_or(offset),
            is_behind: false,
            marks: VecDeque::new(),
            safe: None,
        });
        let started = self.partitions.len() - 1;
        self.presence.add_partition();
        if offset < wanted {
            self.starts_over(started, offset);
        }
        started
    }

    fn apply(&mut self, partition: usize, fact: Fact<'_>) {
        self.pass(partition, fact.offset);
        let own = &mut self.partitions[partition];
        let before = own.newest_ms;
        own.newest_ms = before.max(Some(fact.time_ms));
        let is_live = fact.offset >= own.resumes_at;
        let oldest_ms = before.map(|newest_ms| newest_ms.saturating_sub(self.terms.rules.waits_ms));
        if oldest_ms.is_some_and(|oldest_ms| fact.time_ms < oldest_ms) {
            self.counts.late += u64::from(is_live);
            return;
        }
        if is_live {
            self.restore(partition);
        }
        let newest_ms = before.map_or(fact.time_ms, |before| before.max(fact.time_ms));
        let gone = self.presence.sweep(partition, newest_ms);
        self.tell_of(partition, fact.offset, gone);
        let [entity, at] = fact.values else { return };
        if !fact.passes {
            return;
        }
        if entity.is_null() {
            self.counts.without_entity += u64::from(is_live);
            return;
        }
        match position_of(at) {
            None => self.counts.without_position += u64::from(is_live),
            // Where receivers say they are that do not know it.
            Some(at) if at.lon() == 0.0 && at.lat() == 0.0 => {
                self.counts.null_island += u64::from(is_live);
            }
            Some(at) => {
                let Fact { offset, time_ms, .. } = fact;
                self.fix(offset, Fix { partition, time_ms, entity, at });
            }
        }
    }

    fn pass(&mut self, partition: usize, offset: i64) {
        self.partitions[partition].next = offset + 1;
    }

    fn refused(&mut self, records: usize) {
        self.counts.refused += records as u64;
    }

    fn next_offset(&self, partition: usize) -> i64 {
        self.partitions[partition].next
    }

    /// Positions that were not reached by now never will be: that input was deleted or created anew.
    fn caught_up(&mut self) {
        self.hold_or_release();
        if std::mem::take(&mut self.is_holding) {
            tracing::warn!(geofence = self.terms.name, "input that had been told of is gone");
            for partition in 0..self.partitions.len() {
                let own = &self.partitions[partition];
                if self.resume.shows_more(&own.topic, own.number, own.next) {
                    let (next, newest_ms) = (own.next, own.newest_ms);
                    self.starts_over(partition, next);
                    self.partitions[partition].newest_ms = newest_ms;
                }
            }
        }
    }

    fn behind(&mut self, partition: usize, is_behind: bool) {
        self.partitions[partition].is_behind = is_behind;
    }

    fn idle(&mut self, _: usize, _: bool) {}

    fn settle(&mut self) {}

    fn take_rows(&mut self) -> serde_json::Result<Vec<Row>> {
        self.hold_or_release();
        if self.is_holding {
            return Ok(Vec::new());
        }
        let until_ms = self.write_until();
        let later = until_ms.checked_add(1).map(|from_ms| self.waiting.split_off(&(from_ms, 0)));
        let taken = std::mem::replace(&mut self.waiting, later.unwrap_or_default());
        let row = |(crossing, origin): (Crossing, Origin)| {
            let value = crossing.value(&self.terms.entity)?;
            Ok(Row { key: crossing.key(), value, origin: Some(origin) })
        };
        taken.into_values().map(row).collect()
    }

    fn is_holding(&self) -> bool {
        self.is_holding
    }

    fn resumed_round(&self) -> u64 {
        self.resume.written.round
    }

    fn written(&self) -> Written {
        let mut reached = Positions::new();
        for own in &self.partitions {
            reached.entry(own.topic.clone()).or_default().insert(own.number, own.next);
        }
        let newest_ms = self.partitions.iter().filter_map(|own| own.newest_ms).max();
        Written { round: self.round, reached, published: self.published.clone(), newest_ms }
    }

    fn published(&mut self) -> Option<SafePoint> {
        self.mark();
        if self.is_holding {
            return None;
        }
        self.round += 1;
        if !self.waiting.is_empty() {
            return None;
        }
        self.published = self.written().reached;
        self.safe_point()
    }

    fn tell(&mut self) {
        let counts = std::mem::take(&mut self.counts);
        if counts == Counts::default() {
            return;
        }
        tracing::info!(
            geofence = self.terms.name,
            fixes = counts.fixes,
            events = counts.events,
            inside = self.presence.inside(),
            without_entity = counts.without_entity,
            without_position = counts.without_position,
            null_island = counts.null_island,
            out_of_order = counts.out_of_order,
            late = counts.late,
            refused = counts.refused,
            "since the last account"
        );
    }
}

/// A position as the engine gives it.
fn position_of(value: &Value) -> Option<LonLat> {
    let Value::List(parts) = value else { return None };
    let [lon, lat] = parts.as_slice() else { return None };
    LonLat::new(lon.as_f64()?, lat.as_f64()?).ok()
}

#[cfg(test)]
mod tests;
