//! Speed, heading and standing time of vehicles whose trace holds positions alone.
//!
//! Rules, per vehicle, from the fix before to this one: **speed** is the great-circle step by the time, **heading** its
//! bearing; a step shorter than 10 m keeps the last heading, for the noise of a standing receiver has no direction.
//! Both are unknown at the first fix, after more than 10 minutes of silence and where the step implies more than
//! 150 km/h. **Idle time** counts from the first fix of a run that stayed within 50 m of it.

use crate::trips::{Fix, plausible_step_m};
use hailstream_geo::distance::{bearing_degrees, haversine_m};
use std::collections::HashMap;

/// After a longer silence nothing is said about how a vehicle moved.
pub const MAX_SILENCE_MS: i64 = 10 * 60_000;

/// Shorter steps have no direction.
pub const MIN_STEP_M: f64 = 10.0;

/// Within this distance of where it came to rest a vehicle stands idle.
pub const IDLE_RADIUS_M: f64 = 50.0;

/// How a vehicle moved up to a fix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// Kilometres per hour, where known.
    pub speed_km_h: Option<f64>,
    /// Degrees clockwise from north, where known.
    pub heading_degrees: Option<f64>,
    /// Since when it has stayed where it is.
    pub idle_ms: i64,
}

/// Works out the motion of any number of vehicles. Keeps two fixes per vehicle.
#[derive(Clone, Debug, Default)]
pub struct MotionTracker {
    vehicles: HashMap<String, Vehicle>,
}

#[derive(Clone, Debug)]
struct Vehicle {
    last: Fix,
    rest: Fix,
    heading_degrees: Option<f64>,
}

impl MotionTracker {
    /// Takes the next fix of a vehicle.
    pub fn observe(&mut self, vehicle_id: &str, fix: Fix) -> Motion {
        if let Some(vehicle) = self.vehicles.get_mut(vehicle_id) {
            return vehicle.observe(fix);
        }
        let vehicle = Vehicle { last: fix, rest: fix, heading_degrees: None };
        self.vehicles.insert(vehicle_id.to_owned(), vehicle);
        Motion { speed_km_h: None, heading_degrees: None, idle_ms: 0 }
    }
}

impl Vehicle {
    fn observe(&mut self, fix: Fix) -> Motion {
        let before = std::mem::replace(&mut self.last, fix);
        let elapsed_ms = fix.at_ms - before.at_ms;
        let step_m = plausible_step_m(before, fix).filter(|_| elapsed_ms <= MAX_SILENCE_MS);
        self.heading_degrees = match step_m {
            Some(metres) if metres < MIN_STEP_M => self.heading_degrees,
            Some(_) => Some(bearing_degrees(before.position, fix.position)),
            None => None,
        };
        if haversine_m(self.rest.position, fix.position) > IDLE_RADIUS_M {
            self.rest = fix;
        }
        Motion {
            speed_km_h: step_m
                .filter(|_| elapsed_ms > 0)
                .map(|metres| metres / elapsed_ms as f64 * 3600.0),
            heading_degrees: self.heading_degrees,
            idle_ms: fix.at_ms - self.rest.at_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trips::Status;
    use hailstream_geo::LonLat;

    #[test]
    fn motion_follows_from_positions() {
        let mut tracker = MotionTracker::default();
        let mut seen = Vec::new();
        for (second, lon, lat) in [
            (0, -122.4, 37.7),
            (60, -122.4, 37.705),
            (120, -122.400_05, 37.705),
            (180, -120.4, 37.705),
            (1000, -120.4, 37.71),
        ] {
            let position = LonLat::new(lon, lat).unwrap();
            let fix = Fix { at_ms: second * 1000, position, status: Status::Free };
            let motion = tracker.observe("v", fix);
            seen.push((
                motion.speed_km_h.map(f64::round),
                motion.heading_degrees.map(f64::round),
                motion.idle_ms / 1000,
            ));
        }
        assert_eq!(
            seen,
            [
                (None, None, 0),
                (Some(33.0), Some(0.0), 0),
                (Some(0.0), Some(0.0), 60),
                (None, None, 0),
                (None, None, 0),
            ]
        );
    }
}
