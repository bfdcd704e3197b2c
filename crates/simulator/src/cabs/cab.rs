//! One cab: what it does from one fix to the next.
//!
//! A cab's time is a chain of [`Leg`]s. Whatever changes what the cab is (a pick-up, a drop-off, the end or the start of
//! a shift) happens at the end of a leg and is reported there and then, between the regular fixes, as taximeters do. A
//! cab draws from its own random numbers only when something is planned or happens, so its life does not depend on
//! when it is looked at.

use super::ScenarioConfig;
use super::city::City;
use super::engine::Engine;
use super::leg::{Leg, Then};
use super::speeds::{Profile, turn_m_s};
use super::streets::Stretch;
use crate::meter::Meter;
use crate::trips::{Fix, Status, Trip, trip_id};
use hailstream_geo::LonLat;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::ops::Range;

/// A cab and its plans.
pub(super) struct Cab {
    pub id: String,
    rng: Xoshiro256PlusPlus,
    interval_ms: i64,
    next_fix_ms: i64,
    status: Status,
    leg: Leg,
    /// What is left of the way to the passenger's destination, last stretch first.
    route: Vec<Stretch>,
    ride: Option<Ride>,
    free_since_ms: Option<i64>,
    /// How much demand the cab will pass before it finds its next fare: exponentially distributed.
    patience: f64,
    /// Metres driven up to the start of the leg.
    odometer_m: f64,
    /// Since when it stood at the start of the leg.
    halted_since_ms: Option<i64>,
    /// Time and odometer of the last report: what meter and engine go on from.
    reported: (i64, f64),
    engine: Engine,
}

/// A fare under way.
struct Ride {
    pickup: Fix,
    pickup_odometer_m: f64,
    wait_ms: Option<i64>,
    meter: Meter,
}

/// What a cab reports.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    pub fix: Fix,
    pub speed_km_h: f64,
    pub heading_degrees: f64,
    pub idle_s: i64,
    pub fare: Option<f64>,
    pub engine_temp: f64,
    pub fuel: f64,
    pub finished: Option<Finished>,
}

/// A trip that ended, and how it was paid.
#[derive(Debug, PartialEq)]
pub(super) struct Finished {
    pub trip: Trip,
    pub payment: &'static str,
}

/// The share of drivers who call it a day, or have a break, after a fare.
const BREAK_AFTER_FARE: f64 = 0.04;

impl Cab {
    /// A cab that starts a shift somewhere, or is halfway through a break, at the time it wakes. Its regular fixes begin
    /// within an interval of the start; before that it is heard of only when something happens to it.
    pub(super) fn new(number: usize, config: &ScenarioConfig, wake_ms: i64, city: &City) -> Self {
        let mixed = config.seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(mixed);
        let interval_ms = config.interval_ms.max(1);
        let stretch = city.somewhere(&mut rng);
        let (status, halt_s, then) = if rng.random::<f64>() < 0.08 {
            (Status::OffDuty, rng.random_range(60.0..1500.0), Then::StartShift)
        } else {
            (Status::Free, rng.random_range(0.0..30.0), Then::GoOn)
        };
        Self {
            id: format!("c{:04}", number + 1),
            interval_ms,
            next_fix_ms: config.start_ms + rng.random_range(0..interval_ms),
            status,
            leg: Leg::halt(stretch, wake_ms, halt_s, then),
            route: Vec::new(),
            ride: None,
            free_since_ms: None,
            patience: exponential(&mut rng),
            odometer_m: 0.0,
            halted_since_ms: Some(wake_ms),
            reported: (wake_ms, 0.0),
            engine: Engine::new(
                number as u64,
                rng.random_range(70.0..92.0),
                rng.random_range(25.0..100.0),
            ),
            rng,
        }
    }

    /// When the cab reports next: at its regular time, or before when something happens to it.
    pub(super) fn next_report_ms(&mut self, city: &City) -> i64 {
        while self.leg.then == Then::GoOn && self.next_fix_ms >= self.leg.end_ms {
            self.complete_leg();
            self.plan_leg(self.leg.end_ms, city);
        }
        self.next_fix_ms.min(self.leg.end_ms)
    }

    /// The report that is due at the time [`next_report_ms`](Self::next_report_ms) said.
    pub(super) fn report(&mut self, at_ms: i64, city: &mut City) -> Seen {
        if self.next_fix_ms <= at_ms {
            self.next_fix_ms += self.interval_ms;
        }
        let (metres, m_s) = self.leg.motion(at_ms);
        let stretch = self.leg.stretch;
        let along_m = self.leg.along_m(at_ms, city.streets.length_m(stretch));
        let (position, heading_degrees) = city.streets.along(stretch, along_m);
        let halted_since_ms = self.leg.halted_since(at_ms, self.halted_since_ms);
        self.run_meter_and_engine(at_ms, self.odometer_m + metres);
        let mut fix = Fix { at_ms, position: as_received(position), status: self.status };
        let mut finished = None;
        if at_ms >= self.leg.end_ms && self.leg.then != Then::GoOn {
            finished = self.happen(fix, city);
            fix.status = self.status;
        }
        Seen {
            fix,
            speed_km_h: m_s * 3.6,
            heading_degrees,
            idle_s: halted_since_ms.map_or(0, |since| (at_ms - since) / 1000),
            fare: self.ride.as_ref().map(|ride| ride.meter.fare()),
            engine_temp: self.engine.temperature,
            fuel: self.engine.fuel,
            finished,
        }
    }

    /// What the leg led to happens, at the fix of its end.
    fn happen(&mut self, fix: Fix, city: &mut City) -> Option<Finished> {
        let (at_ms, then, stretch) = (fix.at_ms, self.leg.then, self.leg.stretch);
        self.complete_leg();
        let mut finished = None;
        let (halt_s, next) = match then {
            Then::GoOn => (0.0..1.0, Then::GoOn),
            Then::PickUp => {
                self.pick_up(fix);
                self.route = city.route(city.streets.end(stretch), at_ms, &mut self.rng);
                (12.0..45.0, Then::GoOn)
            }
            Then::DropOff => {
                self.become_free(at_ms);
                finished = self.drop_off(Fix { status: self.status, ..fix });
                let ends_shift =
                    self.engine.is_low() || self.rng.random::<f64>() < BREAK_AFTER_FARE;
                (10.0..35.0, if ends_shift { Then::EndShift } else { Then::GoOn })
            }
            Then::EndShift => {
                self.status = Status::OffDuty;
                self.free_since_ms = None;
                (600.0..2700.0, Then::StartShift)
            }
            Then::StartShift => {
                self.become_free(at_ms);
                self.engine.refuel();
                (2.0..10.0, Then::GoOn)
            }
        };
        self.halt(stretch, at_ms, halt_s, next);
        finished
    }

    fn pick_up(&mut self, fix: Fix) {
        self.status = Status::Hired;
        self.ride = Some(Ride {
            pickup: Fix { status: self.status, ..fix },
            pickup_odometer_m: self.odometer_m,
            wait_ms: self.free_since_ms.take().map(|since| fix.at_ms - since),
            meter: Meter::default(),
        });
    }

    fn drop_off(&mut self, dropoff: Fix) -> Option<Finished> {
        let payment = match self.rng.random::<f64>() {
            ..0.55 => "card",
            ..0.93 => "cash",
            _ => "account",
        };
        let ride = self.ride.take()?;
        let trip = Trip {
            trip_id: trip_id(&self.id, ride.pickup.at_ms),
            pickup: ride.pickup,
            dropoff,
            distance_m: self.odometer_m - ride.pickup_odometer_m,
            jumps: 0,
            wait_ms: ride.wait_ms,
            fare: ride.meter.fare(),
        };
        Some(Finished { trip, payment })
    }

    fn become_free(&mut self, at_ms: i64) {
        self.status = Status::Free;
        self.free_since_ms = Some(at_ms);
        self.patience = exponential(&mut self.rng);
    }

    fn halt(&mut self, stretch: Stretch, at_ms: i64, seconds: Range<f64>, then: Then) {
        let seconds = self.rng.random_range(seconds);
        self.leg = Leg::halt(stretch, at_ms, seconds, then);
    }

    fn complete_leg(&mut self) {
        self.halted_since_ms = self.leg.halted_since(self.leg.end_ms, self.halted_since_ms);
        self.odometer_m += self.leg.length_m();
    }

    /// The next stretch, once the last one is done.
    fn plan_leg(&mut self, at_ms: i64, city: &City) {
        let (before, arriving_m_s) = (self.leg.stretch, self.leg.exit_m_s());
        let routed = if self.status == Status::Hired { self.route.pop() } else { None };
        let stretch = routed.unwrap_or_else(|| city.cruise(before, at_ms, &mut self.rng));
        let turn = turn_m_s(city.streets.headings(before)[1], city.streets.headings(stretch)[0]);
        let pace = city.pace_m_s(stretch, at_ms) * self.rng.random_range(0.82..1.08);
        let (exit, wait_s) = self.arrival(stretch, at_ms, city);
        let length_m = city.streets.length_m(stretch);
        let leaving_at = |exit| Profile::new(length_m, arriving_m_s.min(turn), pace, exit);
        let mut profile = leaving_at(exit);
        let (halt_s, then) = self.outcome(profile.seconds(), wait_s, (stretch, at_ms), city);
        if then != Then::GoOn {
            profile = leaving_at(0.0);
        }
        self.leg = Leg::driven(stretch, profile, at_ms, (halt_s, then));
    }

    /// What a leg of so many seconds, and a wait at its end, leads to, and how long the cab then stands there.
    fn outcome(
        &mut self,
        driven_s: f64,
        wait_s: f64,
        (stretch, at_ms): (Stretch, i64),
        city: &City,
    ) -> (f64, Then) {
        match self.status {
            Status::Hired if self.route.is_empty() => return (0.0, Then::DropOff),
            Status::Hired | Status::OffDuty => return (wait_s, Then::GoOn),
            Status::Free => {}
        }
        let rate = city.demand.fares_per_second(city.zone_ahead(stretch), at_ms);
        let after_driving = self.patience - rate * driven_s;
        self.patience = after_driving - rate * wait_s;
        if after_driving <= 0.0 {
            (0.0, Then::PickUp)
        } else if self.patience <= 0.0 {
            (after_driving / rate, Then::PickUp)
        } else {
            (wait_s, Then::GoOn)
        }
    }

    /// How a stretch is left: the pace, and how long the cab stands there.
    fn arrival(&mut self, stretch: Stretch, at_ms: i64, city: &City) -> (f64, f64) {
        let draw = self.rng.random::<f64>();
        if self.status == Status::Free && draw < 0.02 {
            // A cab rank: the driver waits for fares to come.
            return (0.0, self.rng.random_range(40.0..260.0));
        }
        if draw < 0.20 && city.has_crossing_traffic(stretch) {
            let congestion = 1.5 - 0.5 * city.demand.flow(at_ms);
            return (0.0, self.rng.random_range(3.0..28.0) * congestion);
        }
        let onward = if self.status == Status::Hired { self.route.last() } else { None };
        // A cruising cab decides at the corner and so approaches it slowly.
        let exit = onward.map_or(8.0, |&next| {
            turn_m_s(city.streets.headings(stretch)[1], city.streets.headings(next)[0])
        });
        (exit, if exit < 0.1 { 3.0 } else { 0.0 })
    }

    fn run_meter_and_engine(&mut self, at_ms: i64, odometer_m: f64) {
        let (last_ms, last_m) = std::mem::replace(&mut self.reported, (at_ms, odometer_m));
        let (metres, seconds) = (odometer_m - last_m, (at_ms - last_ms) as f64 / 1000.0);
        if let Some(ride) = &mut self.ride {
            ride.meter.add(metres, seconds);
        }
        self.engine.run(at_ms, (metres, seconds), self.status);
    }
}

/// A draw with mean 1.
fn exponential(rng: &mut Xoshiro256PlusPlus) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// Six decimals, about 10 cm: what a receiver reports.
fn as_received(at: LonLat) -> LonLat {
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    LonLat::wrapped(round(at.lon()), round(at.lat()))
}
