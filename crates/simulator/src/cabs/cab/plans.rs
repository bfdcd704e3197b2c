//! What a cab does next: the next leg of its way, of its search for fares, or of its rest.

use super::{Cab, Errand, Leave, exponential};
use crate::cabs::city::City;
use crate::cabs::demand::Moment;
use crate::cabs::leg::{Leg, Then};
use crate::cabs::ranks::{HEAD_M, SPACING_M};
use crate::cabs::speeds::{Profile, turn_m_s};
use crate::trips::Status;
use hailstream_geo::streets::Stretch;
use rand::RngExt;

/// A piece of a stretch, in metres from its start.
#[derive(Clone, Copy)]
struct Piece {
    stretch: Stretch,
    from_m: f64,
    to_m: f64,
}

/// Nobody waits longer at a rank, milliseconds.
const LONGEST_QUEUE_MS: i64 = 35 * 60_000;

/// How fast a queue moves up, metres per second.
const CREEPING_M_S: f64 = 2.0;

/// What free drivers do: so many go to a rank, so many to where they expect people, the others cruise where they are.
const TO_RANK: f64 = 0.30;
const TO_PEOPLE: f64 = 0.45;

/// The share of corners at which a cruising driver thinks again.
const SECOND_THOUGHTS: f64 = 0.02;

impl Cab {
    /// The leg after the one that is complete.
    pub(super) fn next_leg(&mut self, at_ms: i64, city: &mut City) -> Leg {
        if self.status != Status::OffDuty && at_ms >= self.engine.breaks_ms() {
            return self.stand(at_ms, 2.0, Then::BreakDown);
        }
        match self.status {
            Status::Hired => self.next_of_ride(at_ms, city),
            Status::Free => self.next_of_search(at_ms, city),
            Status::OffDuty => self.next_of_rest(at_ms, city),
        }
    }

    /// Standing where the cab is.
    pub(super) fn stand(&self, at_ms: i64, seconds: f64, then: Then) -> Leg {
        Leg::halt((self.leg.stretch, self.leg.end_m()), at_ms, seconds, then)
    }

    fn next_of_ride(&mut self, at_ms: i64, city: &mut City) -> Leg {
        if let Some(rest) = self.rest_of_stretch(city) {
            return self.drive_on(rest, at_ms, city);
        }
        let Some(stretch) = self.route.pop() else {
            return self.stand(at_ms, 0.0, Then::DropOff);
        };
        if !self.route.is_empty() {
            return self.drive_on(whole(stretch, city), at_ms, city);
        }
        let to_m = city.streets.length_m(stretch) * self.rng.random_range(0.3..1.0);
        let last = Piece { stretch, from_m: 0.0, to_m };
        self.drive_to_stop(last, Then::DropOff, at_ms, city)
    }

    fn next_of_search(&mut self, at_ms: i64, city: &mut City) -> Leg {
        if matches!(self.errand, Errand::Queue(_)) {
            return self.next_of_queue(at_ms, city);
        }
        if at_ms >= self.shift_end_ms {
            self.leave = Leave::Home;
            return self.stand(at_ms, 3.0, Then::EndShift);
        }
        if let Some(rest) = self.rest_of_stretch(city) {
            return self.look_along(rest, at_ms, city);
        }
        if matches!(self.errand, Errand::Decide) {
            self.decide(at_ms, city);
        }
        let stretch = match (self.route.pop(), &self.errand) {
            (Some(stretch), &Errand::ToRank(rank)) if self.route.is_empty() => {
                match self.join(rank, at_ms, city) {
                    Some(leg) => return leg,
                    None => stretch,
                }
            }
            (Some(stretch), _) => stretch,
            (None, _) => {
                if self.rng.random::<f64>() < SECOND_THOUGHTS {
                    self.errand = Errand::Decide;
                }
                let moment = city.moment(at_ms);
                city.cruise(self.leg.stretch, &moment, &mut self.rng)
            }
        };
        self.look_along(whole(stretch, city), at_ms, city)
    }

    fn next_of_rest(&mut self, at_ms: i64, city: &mut City) -> Leg {
        let next = match self.rest_of_stretch(city).filter(|_| !self.route.is_empty()) {
            Some(rest) => Some(rest),
            None => self.route.pop().map(|stretch| whole(stretch, city)),
        };
        match next {
            Some(piece) if !self.route.is_empty() => self.drive_on(piece, at_ms, city),
            Some(piece) => self.drive_to_stop(piece, Then::GoOn, at_ms, city),
            None => {
                let seconds = (self.off_until_ms - at_ms).max(1000) as f64 / 1000.0;
                self.stand(at_ms, seconds, Then::StartShift)
            }
        }
    }

    /// What a driver without a fare sets out for.
    fn decide(&mut self, at_ms: i64, city: &mut City) {
        let from = self.leg.stretch;
        self.errand = Errand::Cruise;
        let draw = self.rng.random::<f64>();
        if draw < TO_RANK {
            if let Some(rank) = city.rank_near(from, at_ms, &mut self.rng) {
                self.errand = Errand::ToRank(rank);
                self.route = city.route(from, city.ranks[rank].stand);
            }
        } else if draw < TO_RANK + TO_PEOPLE {
            let there = city.busier_place(from, at_ms, &mut self.rng);
            self.route = city.route(from, there);
        }
    }

    /// Drives to its place in the queue of a rank, if it gets one; else goes on cruising.
    fn join(&mut self, rank: usize, at_ms: i64, city: &mut City) -> Option<Leg> {
        self.errand = Errand::Cruise;
        let moment = city.moment(at_ms);
        let gap_s = city.rank_gap_s(rank, &moment) * exponential(&mut self.rng);
        let latest_ms =
            (at_ms + LONGEST_QUEUE_MS).min(self.shift_end_ms).min(self.engine.breaks_ms());
        let stretch = city.ranks[rank].stand;
        let length_m = city.streets.length_m(stretch);
        let arriving_ms = at_ms + (length_m / city.pace_m_s(stretch, &moment) * 1000.0) as i64;
        let place = city.ranks[rank].join(arriving_ms, (gap_s * 1000.0) as i64, latest_ms)?;
        let to_m = queue_place_m(length_m, place.ahead_ms.len());
        self.errand = Errand::Queue(place);
        let piece = Piece { stretch, from_m: 0.0, to_m };
        Some(self.drive_to_stop(piece, Then::GoOn, at_ms, city))
    }

    /// Waits at a rank, and moves up when those ahead leave.
    fn next_of_queue(&mut self, at_ms: i64, city: &City) -> Leg {
        let (stretch, here_m) = (self.leg.stretch, self.leg.end_m());
        let moves_up_s = self.rng.random_range(2.0..6.0);
        let Errand::Queue(place) = &mut self.errand else {
            return self.stand(at_ms, 1.0, Then::GoOn);
        };
        let ahead = place.ahead(at_ms);
        let to_m = queue_place_m(city.streets.length_m(stretch), ahead);
        if to_m > here_m + 1.0 {
            let profile = Profile::new(to_m - here_m, 0.0, CREEPING_M_S, 0.0);
            return Leg::driven((stretch, here_m), profile, at_ms, (0.0, Then::GoOn));
        }
        let seconds = |until_ms: i64| (until_ms - at_ms) as f64 / 1000.0;
        match place.ahead_ms.front() {
            Some(&leaves_ms) => {
                let seconds = seconds(leaves_ms) + moves_up_s;
                self.stand(at_ms, seconds, Then::GoOn)
            }
            None => {
                let seconds = seconds(place.turn_ms).max(1.0);
                self.stand(at_ms, seconds, Then::PickUp)
            }
        }
    }

    /// What is left of the stretch that the cab stands on.
    fn rest_of_stretch(&self, city: &City) -> Option<Piece> {
        let (stretch, from_m) = (self.leg.stretch, self.leg.end_m());
        let to_m = city.streets.length_m(stretch);
        (to_m - from_m > 0.5).then_some(Piece { stretch, from_m, to_m })
    }

    /// Drives a piece to its end and goes on from there.
    fn drive_on(&mut self, piece: Piece, at_ms: i64, city: &mut City) -> Leg {
        let moment = city.moment(at_ms);
        let (exit_m_s, wait_s) = self.arrival(piece.stretch, &moment, city);
        let profile = self.profile(piece, exit_m_s, &moment, city);
        Leg::driven((piece.stretch, piece.from_m), profile, at_ms, (wait_s, Then::GoOn))
    }

    /// Drives a piece and stops at its end.
    fn drive_to_stop(&mut self, piece: Piece, then: Then, at_ms: i64, city: &mut City) -> Leg {
        let moment = city.moment(at_ms);
        let profile = self.profile(piece, 0.0, &moment, city);
        Leg::driven((piece.stretch, piece.from_m), profile, at_ms, (0.0, then))
    }

    /// Drives a piece looking for a fare, who may stand along it or turn up while the cab waits at its end.
    fn look_along(&mut self, piece: Piece, at_ms: i64, city: &mut City) -> Leg {
        let moment = city.moment(at_ms);
        let (exit_m_s, wait_s) = self.arrival(piece.stretch, &moment, city);
        let profile = self.profile(piece, exit_m_s, &moment, city);
        let from = (piece.stretch, piece.from_m);
        let rate = city.fares_per_second(piece.stretch, &moment);
        let before = self.patience;
        let after_driving = before - rate * profile.seconds();
        self.patience = after_driving - rate * wait_s;
        if after_driving <= 0.0 {
            let share = (before / (before - after_driving)).clamp(0.1, 1.0);
            let to_m = piece.from_m + (piece.to_m - piece.from_m) * share;
            let profile = self.profile(Piece { to_m, ..piece }, 0.0, &moment, city);
            Leg::driven(from, profile, at_ms, (0.0, Then::PickUp))
        } else if self.patience <= 0.0 {
            Leg::driven(from, profile, at_ms, (after_driving / rate, Then::PickUp))
        } else {
            Leg::driven(from, profile, at_ms, (wait_s, Then::GoOn))
        }
    }

    /// How a piece is driven.
    fn profile(&mut self, piece: Piece, exit_m_s: f64, moment: &Moment, city: &City) -> Profile {
        let (before, arriving_m_s) = (self.leg.stretch, self.leg.exit_m_s());
        let turn = if before == piece.stretch {
            f64::INFINITY
        } else {
            turn_m_s(city.streets.headings(before)[1], city.streets.headings(piece.stretch)[0])
        };
        let mood = self.style * self.rng.random_range(0.85..1.1);
        let pace = city.pace_m_s(piece.stretch, moment) * mood;
        Profile::new(piece.to_m - piece.from_m, arriving_m_s.min(turn), pace, exit_m_s)
    }

    /// How a stretch is left: the pace, and how long the cab stands there.
    fn arrival(&mut self, stretch: Stretch, moment: &Moment, city: &City) -> (f64, f64) {
        if self.rng.random::<f64>() < 0.24 && city.has_crossing_traffic(stretch) {
            let congestion = 1.6 - 0.6 * moment.flow;
            return (0.0, self.rng.random_range(3.0..30.0) * congestion);
        }
        // A cruising cab decides at the corner and so approaches it slowly.
        let exit = self.route.last().map_or(7.0, |&next| {
            turn_m_s(city.streets.headings(stretch)[1], city.streets.headings(next)[0])
        });
        (exit, if exit < 0.1 { 3.0 } else { 0.0 })
    }
}

fn whole(stretch: Stretch, city: &City) -> Piece {
    Piece { stretch, from_m: 0.0, to_m: city.streets.length_m(stretch) }
}

/// Where on a stretch of this length a cab stands with so many ahead of it.
fn queue_place_m(length_m: f64, ahead: usize) -> f64 {
    (length_m - HEAD_M - SPACING_M * ahead as f64).max(2.0)
}
