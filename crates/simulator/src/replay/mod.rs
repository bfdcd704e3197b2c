//! Replay: recorded rows become a stream's records, ordered, with the times they are due.
//!
//! ```text
//! rows ─► rename, convert, constant, drop ─► order ─► derive (+ trips, events) ─► due: when to send, what to send
//! ```
//!
//! All rows are held in memory (about 500 bytes each): ordering and moving the end to now need all of them. Rows without a
//! readable event time are sent too, right after their predecessor: judging records is the engine's task. Waiting,
//! sending and beginning anew are the caller's.

mod derive;
mod event_time;
mod map;
mod units;

pub use event_time::{TimeField, TimeUnit};
pub use map::{MapError, Polygons, ReplayMap};

use crate::OutRecord;
use crate::events::EventRecord;
use crate::input::{InputError, Row};
use crate::taxi::TripRecord;
use derive::{Derivations, Derived};
use hailstream_geo::ZoneIndex;
use std::collections::VecDeque;
use std::sync::Arc;

/// How a replay is to be done.
#[derive(Debug)]
pub struct Plan {
    /// The topic of the rows.
    pub topic: Arc<str>,
    /// The field whose value becomes the key; none: no keys.
    pub key: Option<String>,
    /// Where records say when they happened; none: they do not.
    pub time: Option<TimeField>,
    /// In which order rows are sent.
    pub order: Order,
    /// What becomes of event times.
    pub times: Times,
    /// How fast.
    pub speed: Speed,
    /// Where the replay's time begins, epoch milliseconds: what happened before is due at once. None: at the first row.
    pub begin_ms: Option<i64>,
    /// How rows become records, and the areas that the map's polygons hold; none: as they are.
    pub map: Option<(ReplayMap, ZoneIndex)>,
}

/// In which order rows are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By event time, ties as in the input.
    Time,
    /// As in the input.
    File,
}

/// What becomes of event times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// They stay; record timestamps are times of sending.
    Keep,
    /// All are moved by the same span, so that the newest becomes this, epoch milliseconds.
    End {
        /// The new time of the newest row.
        now_ms: i64,
    },
    /// All are moved by the same span.
    Moved {
        /// By how much.
        by_ms: i64,
    },
    /// Each becomes the time of sending.
    Now,
}

/// How fast the recorded time passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// So many times as fast as it was; must be positive.
    Times(f64),
    /// As fast as can be: everything is due at once.
    Max,
}

/// A record and when it is due.
#[derive(Debug)]
pub struct Due {
    /// Milliseconds after the start of the replay. Never less than that of the record before.
    pub at_ms: i64,
    what: What,
    event_ms: Option<i64>,
    plan: Arc<Settled>,
}

#[derive(Debug)]
enum What {
    Row(Row),
    Trip(TripRecord, Arc<str>),
    Event(EventRecord, Arc<str>),
}

/// What every record of a replay needs to know.
#[derive(Debug)]
struct Settled {
    topic: Arc<str>,
    key: Option<String>,
    time: Option<TimeField>,
    times: Times,
    /// By how much event times move; not for [`Times::Now`], where every record moves on its own.
    shift_ms: i64,
}

/// The records of a replay, in order.
pub struct Replay {
    rows: std::vec::IntoIter<(Option<i64>, Row)>,
    derivations: Option<Derivations>,
    trips_topic: Option<Arc<str>>,
    events_topic: Option<Arc<str>>,
    settled: Arc<Settled>,
    speed: Speed,
    first_ms: Option<i64>,
    newest_ms: Option<i64>,
    begin_ms: Option<i64>,
    last_due_ms: i64,
    /// A trip and events are due right after the row that they follow from.
    waiting: VecDeque<Due>,
    unreadable: u64,
    first_errors: Vec<String>,
}

/// Messages kept of rows that could not be read.
const ERRORS_KEPT: usize = 10;

impl Replay {
    /// Reads all rows and makes them ready. Wrong rows are counted and left out.
    pub fn new(rows: impl IntoIterator<Item = Result<Row, InputError>>, plan: Plan) -> Self {
        let mut unreadable = 0;
        let mut first_errors = Vec::new();
        let mut kept: Vec<(Option<i64>, Row)> = Vec::new();
        for row in rows {
            match row {
                Ok(row) => {
                    let row = match &plan.map {
                        Some((map, _)) => shaped(map, row),
                        None => row,
                    };
                    kept.push((event_ms(&row, plan.time.as_ref()), row));
                }
                Err(error) => {
                    unreadable += 1;
                    if first_errors.len() < ERRORS_KEPT {
                        first_errors.push(error.to_string());
                    }
                }
            }
        }
        if plan.order == Order::Time {
            kept = in_order(kept);
        }
        let times = || kept.iter().filter_map(|(time, _)| *time);
        let (first_ms, newest_ms) = (times().next(), times().max());
        let shift_ms = match (plan.times, newest_ms) {
            (Times::End { now_ms }, Some(newest)) => now_ms - newest,
            (Times::Moved { by_ms }, _) => by_ms,
            _ => 0,
        };
        let topic = |of: fn(&ReplayMap) -> &Option<String>| {
            plan.map.as_ref().and_then(|(map, _)| of(map).as_deref().map(Arc::from))
        };
        let (trips_topic, events_topic) =
            (topic(|map| &map.trips_topic), topic(|map| &map.events_topic));
        Self {
            rows: kept.into_iter(),
            derivations: plan.map.map(|(map, zones)| Derivations::new(map, zones)),
            trips_topic,
            events_topic,
            settled: Arc::new(Settled {
                topic: plan.topic,
                key: plan.key,
                time: plan.time,
                times: plan.times,
                shift_ms,
            }),
            speed: plan.speed,
            first_ms,
            newest_ms,
            begin_ms: plan.begin_ms.or(first_ms),
            last_due_ms: 0,
            waiting: VecDeque::new(),
            unreadable,
            first_errors,
        }
    }

    /// Rows still to come (trips and events not counted).
    pub fn rows_left(&self) -> usize {
        self.rows.len()
    }

    /// The first and the newest event time after moving, epoch milliseconds; none where no row has one. Times that are
    /// replaced at sending are given as recorded.
    pub fn event_time_range_ms(&self) -> Option<(i64, i64)> {
        let shift = self.settled.shift_ms;
        Some((self.first_ms? + shift, self.newest_ms? + shift))
    }

    /// How many rows could not be read.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// What was wrong with the first of them.
    pub fn first_errors(&self) -> &[String] {
        &self.first_errors
    }

    fn due_ms(&mut self, event_ms: Option<i64>) -> i64 {
        if let (Speed::Times(times), Some(event), Some(begin)) =
            (self.speed, event_ms, self.begin_ms)
        {
            let due = ((event - begin) as f64 / times) as i64;
            self.last_due_ms = self.last_due_ms.max(due);
        }
        self.last_due_ms
    }
}

impl Iterator for Replay {
    type Item = Due;

    fn next(&mut self) -> Option<Due> {
        if let Some(due) = self.waiting.pop_front() {
            return Some(due);
        }
        let (event_ms, mut row) = self.rows.next()?;
        let at_ms = self.due_ms(event_ms);
        let plan = Arc::clone(&self.settled);
        let derived = self.derivations.as_mut().map(|derive| derive.complete(&mut row, event_ms));
        let Derived { trip, events } = derived.unwrap_or_default();
        let mut follow = |what| {
            self.waiting.push_back(Due { at_ms, what, event_ms, plan: Arc::clone(&plan) });
        };
        if let (Some(trip), Some(topic)) = (trip, &self.trips_topic) {
            follow(What::Trip(trip, Arc::clone(topic)));
        }
        if let Some(topic) = &self.events_topic {
            events.into_iter().for_each(|event| follow(What::Event(event, Arc::clone(topic))));
        }
        Some(Due { at_ms, what: What::Row(row), event_ms, plan })
    }
}

impl Due {
    /// The record; `now_ms` is the time of sending.
    pub fn into_record(self, now_ms: i64) -> OutRecord {
        let shift_ms = match (self.plan.times, self.event_ms) {
            (Times::Now, Some(event)) => now_ms - event,
            _ => self.plan.shift_ms,
        };
        // Kept event times may be years old, and Kafka measures two things by record timestamps: what its retention
        // deletes, and which producers' sequence numbers it forgets when it starts anew, after which a batch that is
        // sent again would count twice (ProducerStateManager, `producer.id.expiration.ms`). So these are sent as of now.
        let timestamp_ms = match (self.plan.times, self.event_ms) {
            (Times::End { .. } | Times::Now, Some(event)) => event + shift_ms,
            _ => now_ms,
        };
        match self.what {
            What::Row(row) => self.plan.record(row, shift_ms, timestamp_ms),
            What::Trip(trip, topic) => {
                let trip = trip.moved(shift_ms);
                OutRecord::json(topic, Some(trip.trip_id.clone()), timestamp_ms, &trip)
            }
            What::Event(event, topic) => event.moved(shift_ms).record_at(topic, timestamp_ms),
        }
    }
}

impl Settled {
    fn record(&self, mut row: Row, shift_ms: i64, timestamp_ms: i64) -> OutRecord {
        if let Some(time) = self.time.as_ref().filter(|_| shift_ms != 0)
            && let Some(value) = row.get_mut(&time.field)
        {
            *value = time.moved(value, shift_ms);
        }
        let key = self.key.as_ref().and_then(|key| row.get(key)).map(derive::text);
        OutRecord::json(Arc::clone(&self.topic), key, timestamp_ms, &row)
    }
}

fn event_ms(row: &Row, time: Option<&TimeField>) -> Option<i64> {
    let time = time?;
    time.read_ms(row.get(&time.field)?)
}

/// The row with the map's renames, conversions, constants and omissions.
fn shaped(map: &ReplayMap, row: Row) -> Row {
    let mut shaped = Row { fields: Vec::with_capacity(row.fields.len()) };
    for (name, value) in row.fields {
        let name = map.rename.get(&*name).map_or(name, |new| new.as_str().into());
        let value = match map.convert.get(&*name) {
            Some(conversion) => conversion.apply(&value),
            None => value,
        };
        shaped.set(&name, value);
    }
    for (name, value) in &map.constant {
        shaped.set(&name.as_str().into(), value.clone());
    }
    shaped.fields.retain(|(name, _)| !map.drop.contains(&**name));
    shaped
}

/// By event time; a row without one stays right behind the row before it.
fn in_order(rows: Vec<(Option<i64>, Row)>) -> Vec<(Option<i64>, Row)> {
    // Traces are mostly in order already, and rows without a time change nothing about that.
    if rows.iter().filter_map(|(time, _)| *time).is_sorted() {
        return rows;
    }
    let mut last = i64::MIN;
    let mut keyed: Vec<(i64, (Option<i64>, Row))> = rows
        .into_iter()
        .map(|(time, row)| {
            last = time.unwrap_or(last);
            (last, (time, row))
        })
        .collect();
    keyed.sort_by_key(|(time, _)| *time);
    keyed.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests;
