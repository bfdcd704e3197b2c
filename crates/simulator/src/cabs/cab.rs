//! One cab: what it does from one fix to the next.
//!
//! A cab's time is a chain of [`Leg`]s. Whatever changes what the cab is (a pick-up, a drop-off, the end or the start of
//! a shift, a breakdown) happens at the end of a leg and is reported there and then, between the regular fixes, as
//! taximeters do. What it does next is decided in [`plans`]. A cab draws from its own random numbers only when
//! something is planned or happens, so its life does not depend on when it is looked at.

mod plans;

use super::ScenarioConfig;
use super::city::City;
use super::engine::{Engine, HOT, Running};
use super::fixes::Fixes;
use super::leg::{Leg, Then};
use super::ranks::Place;
use super::shifts::{Duty, Shifts};
use super::silence::is_silent;
use super::speeds::{SPEEDING_KM_H, limit_km_h};
use crate::events::EventKind;
use crate::meter::Meter;
use crate::trips::{Fix, Status, Trip, trip_id};
use hailstream_geo::LonLat;
use hailstream_geo::streets::Stretch;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::ops::Range;

/// A cab and its plans.
pub(super) struct Cab {
    pub id: String,
    number: u64,
    seed: u64,
    rng: Xoshiro256PlusPlus,
    fixes: Fixes,
    status: Status,
    leg: Leg,
    /// What is left of the way, last stretch first.
    route: Vec<Stretch>,
    errand: Errand,
    ride: Option<Ride>,
    free_since_ms: Option<i64>,
    /// How much demand the cab will pass before it finds its next fare: exponentially distributed.
    patience: f64,
    shifts: Shifts,
    shift_end_ms: i64,
    /// Why it goes off duty, and until when it stays so.
    leave: Leave,
    off_until_ms: i64,
    home: Stretch,
    /// The driver's pace compared with others'.
    style: f64,
    /// Metres driven up to the start of the leg.
    odometer_m: f64,
    /// Since when it stood at the start of the leg.
    halted_since_ms: Option<i64>,
    /// Up to which time and odometer the engine's state holds.
    ran: (i64, f64),
    engine: Engine,
    told: Told,
}

/// What a free cab is about.
enum Errand {
    /// To be decided.
    Decide,
    Cruise,
    ToRank(usize),
    Queue(Place),
}

/// Why a cab goes off duty.
#[derive(Clone, Copy)]
enum Leave {
    Home,
    Break,
}

/// A fare under way.
struct Ride {
    pickup: Fix,
    pickup_odometer_m: f64,
    wait_ms: Option<i64>,
    meter: Meter,
}

/// What was said in the last report that got out, so that events are told once.
struct Told {
    at_ms: i64,
    is_silent: bool,
    is_hot: bool,
    is_speeding: bool,
}

/// What a cab reports.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    pub fix: Fix,
    pub speed_km_h: f64,
    pub speed_limit_km_h: f64,
    pub is_speeding: bool,
    pub heading_degrees: f64,
    pub idle_s: i64,
    pub fare: Option<f64>,
    pub engine_temp: f64,
    pub fuel: f64,
    pub finished: Option<Finished>,
    pub events: Vec<EventKind>,
    /// Whether the device is silent: then only the taximeter is heard, if a trip ended.
    pub is_silent: bool,
}

/// A trip that ended, and how it was paid.
#[derive(Debug, PartialEq)]
pub(super) struct Finished {
    pub trip: Trip,
    pub payment: &'static str,
}

/// The share of drivers who have a break after a fare.
const BREAK_AFTER_FARE: f64 = 0.02;

/// Who drops off so shortly before the end of a shift takes no further fare.
const LAST_FARE_MS: i64 = 6 * 60_000;

impl Cab {
    /// A cab at the time it wakes: at work, or at home until its shift begins. Its regular fixes begin within an interval
    /// of the start; before that it is heard of only when something happens to it.
    pub(super) fn new(
        number: usize,
        config: &ScenarioConfig,
        wake_ms: i64,
        city: &mut City,
    ) -> Self {
        let mixed = config.seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(mixed);
        let number = number as u64;
        let shifts = Shifts::new(config.seed, number);
        let home = city.home(&mut rng);
        let duty = shifts.duty(&city.calendar, wake_ms);
        let (stretch, temperature) = match duty {
            Duty::On { .. } => (city.among_people(wake_ms, &mut rng), rng.random_range(86.0..92.0)),
            Duty::Off { .. } => (home, rng.random_range(17.0..22.0)),
        };
        let at = (stretch, city.streets.length_m(stretch));
        let mut cab = Self {
            id: format!("c{:04}", number + 1),
            number,
            seed: config.seed,
            fixes: Fixes::new(config, wake_ms, &mut rng),
            status: Status::OffDuty,
            leg: Leg::halt(at, wake_ms, 0.0, Then::GoOn),
            route: Vec::new(),
            errand: Errand::Decide,
            ride: None,
            free_since_ms: None,
            patience: exponential(&mut rng),
            shifts,
            shift_end_ms: wake_ms,
            leave: Leave::Home,
            off_until_ms: wake_ms,
            home,
            style: driving_style(&mut rng),
            odometer_m: 0.0,
            halted_since_ms: Some(wake_ms),
            ran: (wake_ms, 0.0),
            engine: Engine::new(temperature, rng.random_range(25.0..100.0)),
            told: Told {
                at_ms: config.start_ms,
                is_silent: false,
                is_hot: false,
                is_speeding: false,
            },
            rng,
        };
        match duty {
            Duty::On { until_ms } => {
                cab.status = Status::Free;
                cab.shift_end_ms = until_ms;
                cab.engine.start_shift(wake_ms, &mut cab.rng);
                cab.leg = Leg::halt(at, wake_ms, cab.rng.random_range(0.0..30.0), Then::GoOn);
            }
            Duty::Off { until_ms } => cab.off_until_ms = until_ms,
        }
        cab
    }

    /// When the cab reports next: at its regular time, or before when something happens to it.
    pub(super) fn next_report_ms(&mut self, city: &mut City) -> i64 {
        while self.leg.then == Then::GoOn && self.fixes.next_ms() >= self.leg.end_ms {
            self.complete_leg();
            self.leg = self.next_leg(self.leg.end_ms, city);
        }
        self.fixes.next_ms().min(self.leg.end_ms)
    }

    /// The report that is due at the time [`next_report_ms`](Self::next_report_ms) said.
    pub(super) fn report(&mut self, at_ms: i64, city: &mut City) -> Seen {
        self.fixes.pass(at_ms);
        let (metres, m_s) = self.leg.motion(at_ms);
        let stretch = self.leg.stretch;
        let (position, heading_degrees) = city.streets.along(stretch, self.leg.along_m(metres));
        let halted_since_ms = self.leg.halted_since(at_ms, self.halted_since_ms);
        self.run_engine(at_ms, self.odometer_m + metres);
        let mut fix = Fix { at_ms, position: as_received(position), status: self.status };
        let mut events = Vec::new();
        let mut finished = None;
        if at_ms >= self.leg.end_ms && self.leg.then != Then::GoOn {
            finished = self.happen(fix, city, &mut events);
            fix.status = self.status;
        }
        let (speed_km_h, speed_limit_km_h) = (m_s * 3.6, limit_km_h(city.streets.class(stretch)));
        let mut seen = Seen {
            fix,
            speed_km_h,
            speed_limit_km_h,
            is_speeding: speed_km_h > speed_limit_km_h + SPEEDING_KM_H,
            heading_degrees,
            idle_s: halted_since_ms.map_or(0, |since| (at_ms - since) / 1000),
            fare: self.ride.as_ref().map(|ride| self.leg.metered(ride.meter, at_ms).fare()),
            engine_temp: self.engine.temperature(at_ms),
            fuel: self.engine.fuel,
            finished,
            events,
            is_silent: is_silent(self.seed, self.number, at_ms),
        };
        self.tell(&mut seen);
        seen
    }

    /// Adds the events that lie in what the device sees, and forgets those it cannot send.
    fn tell(&mut self, seen: &mut Seen) {
        let at_ms = seen.fix.at_ms;
        if seen.is_silent {
            self.told.is_silent = true;
            seen.events.clear();
            return;
        }
        if std::mem::take(&mut self.told.is_silent) {
            let silent_s = ((at_ms - self.told.at_ms) / 1000) as f64;
            seen.events.push(EventKind::DeviceBack { silent_s });
        }
        self.told.at_ms = at_ms;
        let is_hot = seen.engine_temp >= if self.told.is_hot { HOT - 5.0 } else { HOT };
        if is_hot && !self.told.is_hot {
            seen.events.push(EventKind::EngineHot { celsius: seen.engine_temp });
        }
        self.told.is_hot = is_hot;
        if seen.is_speeding && !self.told.is_speeding {
            let (km_h, limit_km_h) = (seen.speed_km_h, seen.speed_limit_km_h);
            seen.events.push(EventKind::Speeding { km_h, limit_km_h });
        }
        self.told.is_speeding = seen.is_speeding;
    }

    /// What the leg led to happens, at the fix of its end.
    fn happen(
        &mut self,
        fix: Fix,
        city: &mut City,
        events: &mut Vec<EventKind>,
    ) -> Option<Finished> {
        let (at_ms, then) = (fix.at_ms, self.leg.then);
        self.complete_leg();
        match then {
            Then::GoOn => self.halt(0.0..1.0, Then::GoOn),
            Then::PickUp => {
                self.pick_up(fix, city);
                events.push(EventKind::Hired);
                self.halt(12.0..45.0, Then::GoOn);
            }
            Then::DropOff => {
                self.become_free(at_ms);
                let finished = self.drop_off(Fix { status: self.status, ..fix });
                events.push(EventKind::Free { fare: finished.as_ref().map(|done| done.trip.fare) });
                let next = self.after_fare(at_ms);
                self.halt(10.0..35.0, next);
                return finished;
            }
            Then::EndShift => {
                self.end_shift(at_ms, city);
                events.push(EventKind::OffDuty);
                self.halt(5.0..20.0, Then::GoOn);
            }
            Then::StartShift => {
                if self.start_shift(at_ms, city) {
                    events.push(EventKind::OnDuty);
                }
                self.halt(2.0..10.0, Then::GoOn);
            }
            Then::BreakDown => {
                let finished = self.break_down(fix);
                let celsius = self.engine.temperature(at_ms);
                events.push(EventKind::Breakdown { celsius });
                self.halt(5.0..20.0, Then::GoOn);
                return finished;
            }
        }
        None
    }

    fn pick_up(&mut self, fix: Fix, city: &mut City) {
        self.status = Status::Hired;
        self.errand = Errand::Decide;
        let to = city.destination(self.leg.stretch, fix.at_ms, &mut self.rng);
        self.route = city.route(self.leg.stretch, to);
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

    /// Whether the driver goes on after a fare.
    fn after_fare(&mut self, at_ms: i64) -> Then {
        if at_ms >= self.shift_end_ms - LAST_FARE_MS {
            self.leave = Leave::Home;
            return Then::EndShift;
        }
        if self.engine.is_low() || self.rng.random::<f64>() < BREAK_AFTER_FARE {
            self.leave = Leave::Break;
            return Then::EndShift;
        }
        Then::GoOn
    }

    fn end_shift(&mut self, at_ms: i64, city: &mut City) {
        self.status = Status::OffDuty;
        self.free_since_ms = None;
        self.route.clear();
        match self.leave {
            Leave::Home => self.go_home(at_ms, city),
            Leave::Break => {
                self.off_until_ms = at_ms + 1000 * self.rng.random_range(480..2400);
            }
        }
    }

    fn go_home(&mut self, at_ms: i64, city: &mut City) {
        let (Duty::On { until_ms } | Duty::Off { until_ms }) =
            self.shifts.duty(&city.calendar, at_ms.max(self.shift_end_ms));
        self.off_until_ms = until_ms;
        self.route = city.route(self.leg.stretch, self.home);
    }

    /// Goes to work, where the shift is not over; else goes home.
    fn start_shift(&mut self, at_ms: i64, city: &mut City) -> bool {
        match self.shifts.duty(&city.calendar, at_ms) {
            Duty::Off { .. } => {
                self.shift_end_ms = at_ms;
                self.go_home(at_ms, city);
                false
            }
            Duty::On { until_ms } => {
                self.shift_end_ms = until_ms;
                self.become_free(at_ms);
                self.engine.refuel();
                self.engine.start_shift(at_ms, &mut self.rng);
                true
            }
        }
    }

    fn break_down(&mut self, fix: Fix) -> Option<Finished> {
        self.engine.break_down(fix.at_ms);
        self.status = Status::OffDuty;
        self.errand = Errand::Decide;
        self.free_since_ms = None;
        self.route.clear();
        self.off_until_ms = fix.at_ms + 60_000 * self.rng.random_range(40..75);
        self.drop_off(Fix { status: self.status, ..fix })
    }

    fn become_free(&mut self, at_ms: i64) {
        self.status = Status::Free;
        self.errand = Errand::Decide;
        self.free_since_ms = Some(at_ms);
        self.patience = exponential(&mut self.rng);
    }

    /// Stands where the leg ended.
    fn halt(&mut self, seconds: Range<f64>, then: Then) {
        let seconds = self.rng.random_range(seconds);
        self.leg = self.stand(self.leg.end_ms, seconds, then);
    }

    fn complete_leg(&mut self) {
        self.halted_since_ms = self.leg.halted_since(self.leg.end_ms, self.halted_since_ms);
        self.odometer_m += self.leg.length_m();
        if let Some(ride) = &mut self.ride {
            ride.meter = self.leg.metered(ride.meter, self.leg.end_ms);
        }
        self.run_engine(self.leg.end_ms, self.odometer_m);
    }

    fn run_engine(&mut self, at_ms: i64, odometer_m: f64) {
        let (last_ms, last_m) = std::mem::replace(&mut self.ran, (at_ms, odometer_m));
        let (metres, seconds) = (odometer_m - last_m, (at_ms - last_ms) as f64 / 1000.0);
        let parked = self.status == Status::OffDuty && metres <= 0.0;
        self.engine.run((metres, seconds), if parked { Running::Off } else { Running::On });
    }
}

/// A draw with mean 1.
fn exponential(rng: &mut Xoshiro256PlusPlus) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// One driver in fifteen is in a hurry.
fn driving_style(rng: &mut Xoshiro256PlusPlus) -> f64 {
    if rng.random::<f64>() < 0.07 {
        rng.random_range(1.15..1.28)
    } else {
        rng.random_range(0.94..1.06)
    }
}

/// Six decimals, about 10 cm: what a receiver reports.
fn as_received(at: LonLat) -> LonLat {
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    LonLat::wrapped(round(at.lon()), round(at.lat()))
}
