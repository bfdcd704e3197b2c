//! The movement of one vehicle from where it is shown to its newest fix.

use hailstream_geo::glide::{turn, turn_by};
use hailstream_geo::mercator::World;

use super::Motion;
use super::course::Stretch;

/// Fixes that come quicker are still glided to over this time.
const SHORTEST_MS: f64 = 100.0;
/// Fixes that come slower are reached within this time.
const LONGEST_MS: f64 = 10_000.0;
/// Further than this a vehicle was not driven but set (a replay that starts again): worlds, about 4 km.
const JUMP: f64 = 1e-4;

/// Turning is quicker than driving: it is done in this share of the way.
const TURNING: f64 = 0.2;

/// A straight movement in time. Times are our clock in ms, with fractions: frames are that close.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Glide {
    from: World,
    to: World,
    from_heading: Option<f64>,
    to_heading: Option<f64>,
    start_ms: f64,
    length_ms: f64,
}

impl Glide {
    /// Standing at a first fix.
    pub(super) fn at(place: World, heading: Option<f64>, now_ms: f64) -> Self {
        Self {
            from: place,
            to: place,
            from_heading: heading,
            to_heading: heading,
            start_ms: now_ms,
            length_ms: 0.0,
        }
    }

    /// From where it is shown now to a new fix. A fix without heading keeps the one shown.
    pub(super) fn towards(
        self,
        to: World,
        heading: Option<f64>,
        motion: Motion,
        now_ms: f64,
    ) -> Self {
        let (from, shown_heading) = self.at_time(now_ms);
        let heading = heading.or(shown_heading);
        let way = (to.x - from.x).hypot(to.y - from.y);
        if motion == Motion::Step || way > JUMP {
            return Self::at(to, heading, now_ms);
        }
        let length_ms = (now_ms - self.start_ms).clamp(SHORTEST_MS, LONGEST_MS);
        Self {
            from,
            to,
            from_heading: shown_heading.or(heading),
            to_heading: heading,
            start_ms: now_ms,
            length_ms,
        }
    }

    /// Moves it as a whole, worlds to the east and the south.
    pub(super) fn shift(&mut self, east: f64, south: f64) {
        for place in [&mut self.from, &mut self.to] {
            *place = World { x: place.x + east, y: place.y + south };
        }
    }

    fn share(&self, now_ms: f64) -> f64 {
        if self.length_ms > 0.0 {
            ((now_ms - self.start_ms) / self.length_ms).clamp(0.0, 1.0)
        } else {
            1.0
        }
    }

    pub(super) fn at_time(&self, now_ms: f64) -> (World, Option<f64>) {
        let share = self.share(now_ms);
        if share >= 1.0 {
            return (self.to, self.to_heading);
        }
        let place = World {
            x: self.from.x + (self.to.x - self.from.x) * share,
            y: self.from.y + (self.to.y - self.from.y) * share,
        };
        let turned = share / TURNING;
        if turned >= 1.0 || self.from_heading == self.to_heading {
            return (place, self.to_heading);
        }
        let heading =
            self.from_heading.zip(self.to_heading).map(|(from, to)| turn(from, to, turned));
        (place, heading)
    }

    /// What is under way at a time.
    pub(super) fn stretch(&self, now_ms: f64) -> Stretch {
        let end_ms = self.start_ms + self.length_ms;
        if now_ms < self.start_ms {
            let times = (now_ms, self.start_ms);
            return Stretch::standing(self.from, self.from_heading, times);
        }
        if now_ms >= end_ms {
            return Stretch::standing(self.to, self.to_heading, (end_ms, f64::INFINITY));
        }
        let turned_ms = self.start_ms + self.length_ms * TURNING;
        let is_turning = now_ms < turned_ms && self.from_heading != self.to_heading;
        let times =
            if is_turning { (self.start_ms, turned_ms) } else { (turned_ms.min(now_ms), end_ms) };
        let (from, from_heading) = self.at_time(times.0);
        let (to, _) = self.at_time(times.1);
        let heading = if is_turning { from_heading } else { self.to_heading };
        let by = |(from, to): (f64, f64)| turn_by(from, to) as f32;
        Stretch {
            way: [(to.x - from.x) as f32, (to.y - from.y) as f32],
            turn: from_heading.zip(self.to_heading).filter(|_| is_turning).map_or(0.0, by),
            ..Stretch::standing(from, heading, times)
        }
    }
}
