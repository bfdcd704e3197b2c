//! Derivations of a replay map: what the rows of a trace imply, worked out in order of time.

use super::map::{ReplayMap, StatusFrom};
use crate::events::{EventDetector, EventRecord};
use crate::input::Row;
use crate::motion::{Motion, MotionTracker};
use crate::taxi::{TripRecord, rounded, seconds};
use crate::trips::{Fix, Observed, Status, Trip, TripDetector};
use hailstream_geo::{LonLat, ZoneIndex};
use serde_json::{Value, json};
use std::sync::Arc;

/// What has not left its place for so long stands; it may have been at a light before.
const STANDS_AFTER_MS: i64 = 60_000;

/// Adds derived fields to rows and finds trips; remembers what it must of every entity.
pub(super) struct Derivations {
    map: ReplayMap,
    zones: ZoneIndex,
    detector: TripDetector,
    events: EventDetector,
    tracker: MotionTracker,
    names: Names,
}

/// What a row led to besides itself.
#[derive(Default)]
pub(super) struct Derived {
    pub trip: Option<TripRecord>,
    pub events: Vec<EventRecord>,
}

struct Names {
    status: Arc<str>,
    speed: Arc<str>,
    heading: Arc<str>,
    idle_s: Arc<str>,
    zone: Arc<str>,
    fare: Arc<str>,
}

impl Derivations {
    pub(super) fn new(map: ReplayMap, zones: ZoneIndex) -> Self {
        let names = Names {
            status: "status".into(),
            speed: "speed".into(),
            heading: "heading".into(),
            idle_s: "idle_s".into(),
            zone: "zone".into(),
            fare: "fare".into(),
        };
        let (detector, tracker) = (TripDetector::default(), MotionTracker::default());
        Self { map, zones, detector, events: EventDetector::default(), tracker, names }
    }

    /// Completes a row and reports the trip that it ends and the events that it implies. A row without a time, an
    /// entity or a position on the globe says nothing about motion, trips and events.
    pub(super) fn complete(&mut self, row: &mut Row, at_ms: Option<i64>) -> Derived {
        let status = occupied(row.get(&self.map.inputs.occupied));
        let is_asked = self.map.derive.status == Some(StatusFrom::Occupied);
        if let Some(status) = status.filter(|_| is_asked) {
            row.set(&self.names.status, status.as_str().into());
        }
        let Some(position) = self.position(row) else { return Derived::default() };
        let zone = self.zone(position);
        if let Some(zone) = zone.clone().filter(|_| self.map.derive.zone.is_some()) {
            row.set(&self.names.zone, zone.into());
        }
        let entity = row.get(&self.map.inputs.entity).map(text);
        let (Some(entity), Some(at_ms)) = (entity, at_ms) else { return Derived::default() };
        // Motion needs no status; free stands for "not known".
        let fix = Fix { at_ms, position, status: status.unwrap_or(Status::Free) };
        let motion = self.tracker.observe(&entity, fix);
        self.add_motion(row, motion);
        if status.is_none() {
            return Derived::default();
        }
        let observed = self.detector.observe(&entity, fix);
        self.add_fare(row, &observed);
        let events = self.events_at(&entity, fix, zone.as_deref(), &observed);
        let trip = observed.finished.filter(|_| self.map.derive.trips.is_some());
        Derived { trip: trip.map(|trip| self.record(entity, &trip)), events }
    }

    fn events_at(
        &mut self,
        entity: &str,
        fix: Fix,
        zone: Option<&str>,
        observed: &Observed,
    ) -> Vec<EventRecord> {
        if self.map.derive.events.is_none() {
            return Vec::new();
        }
        let fare = observed.finished.as_ref().map(|trip| trip.fare);
        let kinds = self.events.observe(entity, fix, fare).into_iter();
        let zone = zone.map(str::to_owned);
        kinds.map(|kind| EventRecord::new(entity.to_owned(), fix, zone.clone(), kind)).collect()
    }

    fn position(&self, row: &Row) -> Option<LonLat> {
        let lon = number(row.get(&self.map.inputs.lon)?)?;
        LonLat::new(lon, number(row.get(&self.map.inputs.lat)?)?).ok()
    }

    fn zone(&self, at: LonLat) -> Option<String> {
        let outside = || self.map.polygons.as_ref()?.outside.as_deref();
        self.zones.name_at(at).or_else(outside).map(str::to_owned)
    }

    fn add_motion(&self, row: &mut Row, motion: Motion) {
        if let Some(speed) = motion.speed_km_h.filter(|_| self.map.derive.speed.is_some()) {
            row.set(&self.names.speed, json!(rounded(speed, 10.0)));
        }
        if let Some(heading) = motion.heading_degrees.filter(|_| self.map.derive.heading.is_some())
        {
            row.set(&self.names.heading, json!(rounded(heading, 1.0) % 360.0));
        }
        if self.map.derive.status == Some(StatusFrom::Positions) {
            let stands = motion.idle_ms >= STANDS_AFTER_MS;
            row.set(&self.names.status, if stands { "standing" } else { "moving" }.into());
        }
        if self.map.derive.idle_s.is_some() {
            row.set(&self.names.idle_s, seconds(motion.idle_ms).into());
        }
    }

    fn add_fare(&self, row: &mut Row, observed: &Observed) {
        if let Some(fare) = observed.fare.filter(|_| self.map.derive.fare.is_some()) {
            row.set(&self.names.fare, fare.into());
        }
    }

    fn record(&self, cab_id: String, trip: &Trip) -> TripRecord {
        let zone = |fix: Fix| self.zone(fix.position);
        let zones = (zone(trip.pickup), zone(trip.dropoff));
        TripRecord { fare_derived: true, ..TripRecord::new(cab_id, trip, zones) }
    }
}

fn occupied(value: Option<&Value>) -> Option<Status> {
    let hired = match value? {
        Value::Bool(flag) => *flag,
        Value::Number(number) => match number.as_f64()? {
            0.0 => false,
            1.0 => true,
            _ => return None,
        },
        _ => return None,
    };
    Some(if hired { Status::Hired } else { Status::Free })
}

/// A number, or the number that a text spells (as positions may be written).
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The text of a value, as a key or a name.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
