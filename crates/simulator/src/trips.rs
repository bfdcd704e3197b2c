//! The trip detector: fixes with an occupied flag in, finished trips out.
//!
//! The rules, complete enough to be recomputed elsewhere in a few lines. Fixes are taken in order of time, ties in the
//! order given; every cab stands alone.
//!
//! 1. A **pick-up** is a hired fix whose cab's previous fix was not hired; a **drop-off** is a fix that is not hired whose
//!    cab's previous fix was. Both happen at the time and place of that later fix. A cab first seen hired has no
//!    pick-up, and a trip still under way when the fixes end is not reported. Gaps between fixes end nothing.
//! 2. **distance_km** is the sum of the great-circle steps ([`haversine_m`]) from the pick-up fix to the drop-off fix. A
//!    step that implies more than 150 km/h, or that moves in no time, is left out and counted in `jumps`.
//! 3. **duration_s** is drop-off time less pick-up time.
//! 4. **wait_s** is how long the cab had been free for hire before the pick-up: pick-up time less the time of the first
//!    free fix of the run of free fixes before it. The run begins anew at a drop-off, after an off-duty fix, and where
//!    two fixes lie more than 15 minutes apart. It is unknown (absent) for the run a cab is first seen in.
//! 5. **fare** is what the [`Meter`] shows after each step: its metres (0 where left out) and its seconds.
//! 6. Zones are those of the pick-up and drop-off positions; absent outside of all.
//! 7. **trip_id** is `{cab}-{pick-up time in whole seconds}`.

use crate::meter::Meter;
use hailstream_geo::LonLat;
use hailstream_geo::distance::haversine_m;
use std::collections::HashMap;

/// Steps that imply more than this are taken for faulty positions.
pub const MAX_PLAUSIBLE_KM_H: f64 = 150.0;

/// Fixes farther apart than this begin a new run of being free.
pub const MAX_FREE_GAP_MS: i64 = 15 * 60_000;

/// What a cab is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Looking for a fare.
    Free,
    /// With a fare.
    Hired,
    /// Neither.
    OffDuty,
}

impl Status {
    /// As records spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Hired => "hired",
            Self::OffDuty => "off_duty",
        }
    }
}

/// One fix of one cab.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// When, epoch milliseconds.
    pub at_ms: i64,
    /// Where.
    pub position: LonLat,
    /// What the cab was doing.
    pub status: Status,
}

/// A finished trip.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// `{cab}-{pick-up time in whole seconds}`.
    pub trip_id: String,
    /// The fix that began it.
    pub pickup: Fix,
    /// The fix that ended it.
    pub dropoff: Fix,
    /// Metres driven.
    pub distance_m: f64,
    /// Steps left out of the distance.
    pub jumps: u32,
    /// How long the cab had been free before, where that is known.
    pub wait_ms: Option<i64>,
    /// What the meter showed, dollars.
    pub fare: f64,
}

impl Trip {
    /// From pick-up to drop-off.
    pub fn duration_ms(&self) -> i64 {
        self.dropoff.at_ms - self.pickup.at_ms
    }
}

/// Finds the trips of any number of cabs. Keeps a few dozen bytes per cab, nothing per fix.
#[derive(Clone, Debug, Default)]
pub struct TripDetector {
    cabs: HashMap<String, Cab>,
}

#[derive(Clone, Debug)]
struct Cab {
    last: Fix,
    free_since_ms: Option<i64>,
    under_way: Option<UnderWay>,
}

#[derive(Clone, Debug)]
struct UnderWay {
    pickup: Fix,
    distance_m: f64,
    jumps: u32,
    wait_ms: Option<i64>,
    meter: Meter,
}

/// What a fix led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// The trip that this fix ended.
    pub finished: Option<Trip>,
    /// What the meter shows, while a trip whose pick-up was seen is under way.
    pub fare: Option<f64>,
}

impl TripDetector {
    /// Takes the next fix of a cab.
    pub fn observe(&mut self, cab_id: &str, fix: Fix) -> Observed {
        if let Some(cab) = self.cabs.get_mut(cab_id) {
            return cab.observe(cab_id, fix);
        }
        self.cabs
            .insert(cab_id.to_owned(), Cab { last: fix, free_since_ms: None, under_way: None });
        Observed::default()
    }
}

impl Cab {
    fn observe(&mut self, cab_id: &str, fix: Fix) -> Observed {
        let before = std::mem::replace(&mut self.last, fix);
        if let Some(trip) = &mut self.under_way {
            trip.drive(before, fix);
        }
        let was_hired = before.status == Status::Hired;
        let is_hired = fix.status == Status::Hired;
        let mut finished = None;
        if was_hired && !is_hired {
            finished = self.under_way.take().map(|trip| trip.finish(cab_id, fix));
        }
        if is_hired && !was_hired {
            self.under_way = Some(UnderWay::new(fix, self.waited_until(before, fix)));
        }
        self.free_since_ms = self.free_since(before, fix);
        Observed { finished, fare: self.under_way.as_ref().map(|trip| trip.meter.fare()) }
    }

    fn waited_until(&self, before: Fix, pickup: Fix) -> Option<i64> {
        // A gap right before the pick-up begins a run that has no free fix: how long it was is not known.
        let since = self.free_since_ms.filter(|_| !is_gap(before, pickup))?;
        Some(pickup.at_ms - since)
    }

    fn free_since(&self, before: Fix, fix: Fix) -> Option<i64> {
        match fix.status {
            Status::Hired | Status::OffDuty => None,
            Status::Free if before.status != Status::Free || is_gap(before, fix) => Some(fix.at_ms),
            Status::Free => self.free_since_ms,
        }
    }
}

fn is_gap(before: Fix, fix: Fix) -> bool {
    fix.at_ms - before.at_ms > MAX_FREE_GAP_MS
}

impl UnderWay {
    fn new(pickup: Fix, wait_ms: Option<i64>) -> Self {
        Self { pickup, distance_m: 0.0, jumps: 0, wait_ms, meter: Meter::default() }
    }

    fn drive(&mut self, from: Fix, to: Fix) {
        let seconds = (to.at_ms - from.at_ms) as f64 / 1000.0;
        let metres = plausible_step_m(from, to);
        self.jumps += u32::from(metres.is_none());
        self.distance_m += metres.unwrap_or(0.0);
        self.meter.add(metres.unwrap_or(0.0), seconds);
    }

    fn finish(self, cab_id: &str, dropoff: Fix) -> Trip {
        Trip {
            trip_id: trip_id(cab_id, self.pickup.at_ms),
            pickup: self.pickup,
            dropoff,
            distance_m: self.distance_m,
            jumps: self.jumps,
            wait_ms: self.wait_ms,
            fare: self.meter.fare(),
        }
    }
}

/// The name of the trip that a cab began at this time.
pub(crate) fn trip_id(cab_id: &str, pickup_ms: i64) -> String {
    format!("{cab_id}-{}", pickup_ms.div_euclid(1000))
}

/// Metres between two fixes; none where no cab could have driven them in that time.
pub(crate) fn plausible_step_m(from: Fix, to: Fix) -> Option<f64> {
    let metres = haversine_m(from.position, to.position);
    let seconds = (to.at_ms - from.at_ms) as f64 / 1000.0;
    let still = metres == 0.0;
    (still || seconds > 0.0 && metres / seconds * 3.6 <= MAX_PLAUSIBLE_KM_H).then_some(metres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// Lines `second lon status` (lat 37.7) in; for each finished trip a line out.
    fn check(fixes: &str, expected: &str) {
        let mut detector = TripDetector::default();
        let mut found = String::new();
        for line in fixes.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split(' ').collect();
            let status = match words[2] {
                "hired" => Status::Hired,
                "free" => Status::Free,
                _ => Status::OffDuty,
            };
            let position = LonLat::new(words[1].parse().unwrap(), 37.7).unwrap();
            let at_ms = words[0].parse::<i64>().unwrap() * 1000;
            if let Some(trip) = detector.observe("c1", Fix { at_ms, position, status }).finished {
                writeln!(
                    found,
                    "{} {:.0} m, {} s, wait {:?}, {} jumps, ${:.2}",
                    trip.trip_id,
                    trip.distance_m,
                    trip.duration_ms() / 1000,
                    trip.wait_ms.map(|wait| wait / 1000),
                    trip.jumps,
                    trip.fare
                )
                .unwrap();
            }
        }
        assert_eq!(found.trim(), expected);
    }

    #[test]
    fn a_trip_runs_from_the_first_hired_to_the_first_free_fix() {
        check(
            "0 -122.40 free
             60 -122.41 hired
             120 -122.42 hired
             180 -122.43 free
             300 -122.43 free
             400 -122.44 hired
             460 -122.45 free",
            "c1-60 1760 m, 120 s, wait None, 0 jumps, $5.35
             c1-400 880 m, 60 s, wait Some(220), 0 jumps, $4.00"
                .replace("             ", "")
                .as_str(),
        );
    }

    #[test]
    fn a_cab_first_seen_hired_has_no_trip() {
        check("0 -122.40 hired\n60 -122.41 free", "");
    }

    #[test]
    fn a_step_nobody_could_drive_is_left_out_of_the_distance_but_not_of_the_time() {
        check(
            "0 -122.40 free
             10 -122.40 hired
             70 -121.40 hired
             130 -122.40 hired
             190 -122.41 free",
            "c1-10 880 m, 180 s, wait None, 2 jumps, $4.90",
        );
    }

    #[test]
    fn off_duty_and_gaps_begin_a_new_wait() {
        check(
            "0 -122.40 free
             60 -122.40 off
             120 -122.40 free
             150 -122.40 hired
             200 -122.40 free
             2000 -122.40 free
             2100 -122.40 hired
             2160 -122.40 free
             4000 -122.40 hired
             4060 -122.40 free",
            "c1-150 0 m, 50 s, wait Some(30), 0 jumps, $3.10
             c1-2100 0 m, 60 s, wait Some(100), 0 jumps, $3.10
             c1-4000 0 m, 60 s, wait None, 0 jumps, $3.10"
                .replace("             ", "")
                .as_str(),
        );
    }

    #[test]
    fn off_duty_ends_a_trip_too() {
        check(
            "0 -122.40 free\n60 -122.40 hired\n90 -122.40 off",
            "c1-60 0 m, 30 s, wait None, 0 jumps, $3.10",
        );
    }
}
