//! Synthetic cabs on the streets of a city: [`Scenario`], telemetry and trips as records.
//!
//! Every cab lives by its own seeded random numbers ([`cab`]); the scenario only keeps the order of time. The records up to a
//! time follow from the configuration, the streets and the zones alone, however [`Scenario::advance_to`] is called.

mod cab;
mod city;
mod demand;
mod engine;
mod leg;
mod routes;
mod speeds;
mod streets;

use crate::OutRecord;
use crate::taxi::{TELEMETRY_TOPIC, TRIPS_TOPIC, Telemetry, TripRecord, rounded};
use crate::trips::{Fix, Status};
use cab::{Cab, Finished, Seen};
use city::City;
use hailstream_geo::ZoneIndex;
use hailstream_geo::basemap::Street;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
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
}

/// There is no street to drive on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the basemap has no connected streets to drive on")]
pub struct NoStreets;

/// How long the cabs have driven unseen before the start, so that the fleet is found in full swing.
const WARM_UP_MS: i64 = 20 * 60_000;

/// A fleet of synthetic cabs.
pub struct Scenario {
    city: City,
    cabs: Vec<Cab>,
    /// Who reports next.
    due: BinaryHeap<Reverse<(i64, u32)>>,
    start_ms: i64,
    topics: Topics,
    /// The trip that ended with the last fix, which goes out right after it.
    waiting: Option<OutRecord>,
}

struct Topics {
    telemetry: Arc<str>,
    trips: Arc<str>,
}

impl Scenario {
    /// A fleet on these streets. Zones name where cabs are; of overlapping ones the first counts.
    pub fn new(
        config: ScenarioConfig,
        streets: &[Street],
        zones: ZoneIndex,
    ) -> Result<Self, NoStreets> {
        let city = City::new(streets, zones, config.start_ms)?;
        let wake_ms = config.start_ms - WARM_UP_MS;
        let mut cabs: Vec<Cab> =
            (0..config.entities).map(|number| Cab::new(number, &config, wake_ms, &city)).collect();
        let due = cabs
            .iter_mut()
            .enumerate()
            .map(|(number, cab)| Reverse((cab.next_report_ms(&city), number as u32)))
            .collect();
        let topics = Topics { telemetry: TELEMETRY_TOPIC.into(), trips: TRIPS_TOPIC.into() };
        Ok(Self { city, cabs, due, start_ms: config.start_ms, topics, waiting: None })
    }

    /// The records up to this time (included) that were not given out yet, in order of time. What the iterator is not
    /// asked for is given out next time.
    pub fn advance_to(&mut self, until_ms: i64) -> impl Iterator<Item = OutRecord> {
        std::iter::from_fn(move || self.next_until(until_ms))
    }

    fn next_until(&mut self, until_ms: i64) -> Option<OutRecord> {
        if let Some(record) = self.waiting.take() {
            return Some(record);
        }
        loop {
            let &Reverse((at_ms, number)) = self.due.peek()?;
            if at_ms > until_ms {
                return None;
            }
            let cab = &mut self.cabs[number as usize];
            let mut seen = cab.report(at_ms, &mut self.city);
            let next_ms = cab.next_report_ms(&self.city);
            if let Some(mut first) = self.due.peek_mut() {
                *first = Reverse((next_ms, number));
            }
            if at_ms >= self.start_ms {
                let finished = seen.finished.take();
                self.waiting = finished.map(|finished| self.trip_record(number, &finished));
                return Some(self.telemetry_record(number, &seen));
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
}
