//! The records of a taxi fleet, as the synthetic cabs send them and as replays of traces fill them in.
//!
//! What is not known is absent. Times are epoch milliseconds, `lat` and `lon` degrees, `speed` and `speed_limit` km/h, `heading` degrees
//! clockwise from north, `idle_s` and other `…_s` seconds, `fare` dollars, `fuel` percent, `engine_temp` °C.

use crate::trips::{Trip, trip_id};
use serde::Serialize;

/// The topic of telemetry.
pub const TELEMETRY_TOPIC: &str = "taxi.telemetry";

/// The topic of finished trips.
pub const TRIPS_TOPIC: &str = "taxi.trips";

/// One fix of one synthetic cab.
#[derive(Debug, Serialize)]
pub(crate) struct Telemetry<'a> {
    pub cab_id: &'a str,
    pub ts: i64,
    pub lat: f64,
    pub lon: f64,
    pub speed: f64,
    pub speed_limit: u32,
    pub speeding: bool,
    pub heading: f64,
    pub status: &'static str,
    pub occupied: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fare: Option<f64>,
    pub idle_s: i64,
    pub engine_temp: f64,
    pub fuel: f64,
    pub zone: &'a str,
}

/// A finished trip; `ts` is the drop-off. `wait_s` is how long the cab had been free before (see [`crate::trips`]),
/// `jumps` counts faulty steps left out of the distance, `fare_derived` says that the fare was worked out from positions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct TripRecord {
    pub trip_id: String,
    pub cab_id: String,
    pub ts: i64,
    pub pickup_ts: i64,
    pub pickup_lat: f64,
    pub pickup_lon: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pickup_zone: Option<String>,
    pub dropoff_lat: f64,
    pub dropoff_lon: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropoff_zone: Option<String>,
    /// The pick-up zone again, so that a filter on `zone` holds for telemetry, trips and their aggregates alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    pub distance_km: f64,
    pub duration_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<f64>,
    pub fare: f64,
    pub fare_derived: bool,
    pub jumps: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<&'static str>,
}

impl TripRecord {
    /// The record of a trip between two zones, its fare off a meter. The distance is rounded to metres.
    pub(crate) fn new(
        cab_id: String,
        trip: &Trip,
        (pickup_zone, dropoff_zone): (Option<String>, Option<String>),
    ) -> Self {
        let (from, to) = (trip.pickup.position, trip.dropoff.position);
        Self {
            trip_id: trip.trip_id.clone(),
            cab_id,
            ts: trip.dropoff.at_ms,
            pickup_ts: trip.pickup.at_ms,
            pickup_lat: from.lat(),
            pickup_lon: from.lon(),
            zone: pickup_zone.clone(),
            pickup_zone,
            dropoff_lat: to.lat(),
            dropoff_lon: to.lon(),
            dropoff_zone,
            distance_km: trip.distance_m.round() / 1000.0,
            duration_s: seconds(trip.duration_ms()),
            wait_s: trip.wait_ms.map(seconds),
            fare: trip.fare,
            fare_derived: false,
            jumps: trip.jumps,
            payment: None,
        }
    }

    /// The same trip at another time, and named after that.
    pub(crate) fn moved(mut self, by_ms: i64) -> Self {
        if by_ms != 0 {
            self.ts += by_ms;
            self.pickup_ts += by_ms;
            self.trip_id = trip_id(&self.cab_id, self.pickup_ts);
        }
        self
    }
}

/// Milliseconds as seconds.
pub(crate) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

/// A number to so many parts of one.
pub(crate) fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
