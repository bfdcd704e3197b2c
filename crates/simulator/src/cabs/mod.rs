//! Synthetic cabs on the streets of a city: [`Scenario`], telemetry, trips and events as records.
//!
//! Every cab lives by its own seeded random numbers ([`cab`]); the scenario only keeps the order of time. The records up to a
//! time follow from the configuration, the streets and the zones alone, however [`Scenario::advance_to`] is called.

mod cab;
mod calendar;
mod chance;
mod city;
mod demand;
mod engine;
mod fixes;
mod leg;
mod ranks;
mod routes;
mod shifts;
mod silence;
mod speeds;

use crate::OutRecord;
use crate::events::{EVENTS_TOPIC, EventKind, EventRecord};
use crate::taxi::{TELEMETRY_TOPIC, TRIPS_TOPIC, Telemetry, TripRecord, rounded};
use crate::trips::{Fix, Status};
use cab::{Cab, Finished, Seen};
pub use calendar::{Calendar, Occasions, Span};
use city::City;
use hailstream_geo::ZoneIndex;
use hailstream_geo::basemap::Street;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

/// Which cabs are to be driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScenarioConfig {
    /// How many.
    pub entities: usize,
    /// How often each reports, milliseconds; at least 1.
    pub interval_ms: i64,
    /// What makes this fleet differ from another.
    pub seed: u64,
    /// From when on they report, epoch milliseconds.
    pub start_ms: i64,
    /// For how long before that their trips alone are told, milliseconds.
    pub history_ms: i64,
    /// How often each reports until `sparse_until_ms`, where that is less often.
    pub sparse_interval_ms: i64,
    /// Until when, epoch milliseconds.
    pub sparse_until_ms: i64,
    /// What the company's clocks are ahead of UTC, milliseconds. Holds for the whole run.
    pub utc_offset_ms: i64,
}

impl ScenarioConfig {
    /// A fleet that reports every five seconds from this time on, without a past, and lives by UTC.
    pub fn new(entities: usize, seed: u64, start_ms: i64) -> Self {
        Self {
            entities,
            interval_ms: 5000,
            seed,
            start_ms,
            history_ms: 0,
            sparse_interval_ms: 0,
            sparse_until_ms: start_ms,
            utc_offset_ms: 0,
        }
    }
}

/// There is no street to drive on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the basemap has no connected streets to drive on")]
pub struct NoStreets;

/// How long the cabs have driven unseen before their first record, so that the fleet is found in full swing.
const WARM_UP_MS: i64 = 20 * 60_000;

/// A fleet of synthetic cabs.
pub struct Scenario {
    city: City,
    cabs: Vec<Cab>,
    /// Who reports next.
    due: BinaryHeap<Reverse<(i64, u32)>>,
    start_ms: i64,
    history_start_ms: i64,
    topics: Topics,
    /// What else came of the last report, which goes out right after its fix.
    waiting: VecDeque<OutRecord>,
}

struct Topics {
    telemetry: Arc<str>,
    trips: Arc<str>,
    events: Arc<str>,
}

impl Scenario {
    /// A fleet on these streets. Zones name where cabs are; of overlapping ones the first counts.
    pub fn new(
        config: ScenarioConfig,
        streets: &[Street],
        zones: ZoneIndex,
    ) -> Result<Self, NoStreets> {
        let calendar = Calendar::new(config.seed, config.utc_offset_ms);
        let mut city = City::new(streets, zones, calendar, config.entities)?;
        let history_start_ms = config.start_ms - config.history_ms.max(0);
        let wake_ms = history_start_ms - WARM_UP_MS;
        let mut cabs = Vec::with_capacity(config.entities);
        let mut due = BinaryHeap::with_capacity(config.entities);
        for number in 0..config.entities {
            let mut cab = Cab::new(number, &config, wake_ms, &mut city);
            due.push(Reverse((cab.next_report_ms(&mut city), number as u32)));
            cabs.push(cab);
        }
        let topics = Topics {
            telemetry: TELEMETRY_TOPIC.into(),
            trips: TRIPS_TOPIC.into(),
            events: EVENTS_TOPIC.into(),
        };
        let start_ms = config.start_ms;
        let waiting = VecDeque::new();
        Ok(Self { city, cabs, due, start_ms, history_start_ms, topics, waiting })
    }

    /// What happens in the city on the day of a time.
    pub fn occasions(&self, at_ms: i64) -> Occasions {
        self.city.calendar.occasions(at_ms)
    }

    /// The records up to this time (included) that were not given out yet, in order of time. What the iterator is not
    /// asked for is given out next time.
    pub fn advance_to(&mut self, until_ms: i64) -> impl Iterator<Item = OutRecord> {
        std::iter::from_fn(move || self.next_until(until_ms))
    }

    fn next_until(&mut self, until_ms: i64) -> Option<OutRecord> {
        loop {
            if let Some(record) = self.waiting.pop_front() {
                return Some(record);
            }
            let &Reverse((at_ms, number)) = self.due.peek()?;
            if at_ms > until_ms {
                return None;
            }
            let cab = &mut self.cabs[number as usize];
            let seen = cab.report(at_ms, &mut self.city);
            let next_ms = cab.next_report_ms(&mut self.city);
            if let Some(mut first) = self.due.peek_mut() {
                *first = Reverse((next_ms, number));
            }
            self.tell(number, &seen);
        }
    }

    /// The records of a report: the fix, the trip that it ended, what else the device says.
    fn tell(&mut self, number: u32, seen: &Seen) {
        let at_ms = seen.fix.at_ms;
        let is_heard = at_ms >= self.start_ms && !seen.is_silent;
        if is_heard {
            self.waiting.push_back(self.telemetry_record(number, seen));
        }
        if let Some(finished) = &seen.finished
            && at_ms >= self.history_start_ms
        {
            self.waiting.push_back(self.trip_record(number, finished));
        }
        if is_heard {
            for &event in &seen.events {
                self.waiting.push_back(self.event_record(number, seen.fix, event));
            }
        }
    }

    fn telemetry_record(&self, number: u32, seen: &Seen) -> OutRecord {
        let cab_id = &self.cabs[number as usize].id;
        let Fix { at_ms, position, status } = seen.fix;
        let telemetry = Telemetry {
            cab_id,
            ts: at_ms,
            lat: position.lat(),
            lon: position.lon(),
            speed: rounded(seen.speed_km_h, 10.0),
            speed_limit: seen.speed_limit_km_h as u32,
            speeding: seen.is_speeding,
            heading: rounded(seen.heading_degrees, 1.0) % 360.0,
            status: status.as_str(),
            occupied: status == Status::Hired,
            fare: seen.fare,
            idle_s: seen.idle_s,
            engine_temp: rounded(seen.engine_temp, 10.0),
            fuel: rounded(seen.fuel, 10.0),
            zone: self.city.zone_name(position),
        };
        let topic = Arc::clone(&self.topics.telemetry);
        OutRecord::json(topic, Some(cab_id.clone()), at_ms, &telemetry)
    }

    fn trip_record(&self, number: u32, Finished { trip, payment }: &Finished) -> OutRecord {
        let zone = |fix: Fix| Some(self.city.zone_name(fix.position).to_owned());
        let cab_id = self.cabs[number as usize].id.clone();
        let zones = (zone(trip.pickup), zone(trip.dropoff));
        let record = TripRecord { payment: Some(payment), ..TripRecord::new(cab_id, trip, zones) };
        let topic = Arc::clone(&self.topics.trips);
        OutRecord::json(topic, Some(trip.trip_id.clone()), trip.dropoff.at_ms, &record)
    }

    fn event_record(&self, number: u32, fix: Fix, event: EventKind) -> OutRecord {
        let cab_id = self.cabs[number as usize].id.clone();
        let zone = Some(self.city.zone_name(fix.position).to_owned());
        EventRecord::new(cab_id, fix, zone, event).record(Arc::clone(&self.topics.events))
    }
}
