//! Where a vehicle is drawn from now on: a line with times, looked up in each frame.
//!
//! Offsets are kept in single precision (a tenth of a millimetre at a kilometre), so that the plans of forty thousand vehicles are some
//! megabytes and a frame reads little memory.

use hailstream_geo::distance::compass;
use hailstream_geo::mercator::World;

/// A line with times, as offsets to its first point. Cheap to look up: a search among few points, no projection.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    start_ms: f64,
    anchor: World,
    points: Vec<Point>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    /// Milliseconds after the start.
    at_ms: f32,
    /// Worlds east and south of the anchor.
    off: [f32; 2],
    /// Degrees clockwise from north on the way to the next point; not a number where it is not known.
    heading: f32,
}

/// What of a plan is under way at a time: straight, at one speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Where it begins.
    pub from: World,
    /// Worlds to the east and the south until its end.
    pub way: [f32; 2],
    /// Degrees clockwise from north; absent where it is not known.
    pub heading: Option<f64>,
    /// When it begins, ms.
    pub from_ms: f64,
    /// When it ends, ms; infinite where nothing follows.
    pub until_ms: f64,
}

impl Plan {
    /// Standing at a place.
    pub(crate) fn standing(place: World, heading: Option<f64>, at_ms: f64) -> Self {
        let heading = heading.map_or(f32::NAN, |heading| heading as f32 % 360.0);
        let point = Point { at_ms: 0.0, off: [0.0; 2], heading };
        Self { start_ms: at_ms, anchor: place, points: vec![point] }
    }

    /// Along these places, at these times, which ascend. The heading on arrival stays; `heading` is for a plan that never moves.
    pub(crate) fn along(
        start: (f64, World),
        rest: impl IntoIterator<Item = (f64, World)>,
        heading: Option<f64>,
    ) -> Self {
        let mut plan = Self::standing(start.1, heading, start.0);
        for (at_ms, place) in rest {
            plan.push(at_ms, place);
        }
        plan.points.shrink_to_fit();
        plan
    }

    fn push(&mut self, at_ms: f64, place: World) {
        let east = place.x - self.anchor.x;
        let off = [(east - east.round()) as f32, (place.y - self.anchor.y) as f32];
        let at_ms = (at_ms - self.start_ms) as f32;
        let Some(last) = self.points.last_mut() else { return };
        let way = [off[0] - last.off[0], off[1] - last.off[1]];
        if way != [0.0; 2] {
            // Rounded up to a full turn it is north.
            let heading = f64::from(way[0]).atan2(f64::from(-way[1])).to_degrees() as f32;
            last.heading = compass(f64::from(heading)) as f32 % 360.0;
        }
        let heading = last.heading;
        self.points.push(Point { at_ms, off, heading });
    }

    /// When it stands for good, ms.
    #[must_use]
    pub fn end_ms(&self) -> f64 {
        self.start_ms + self.points.last().map_or(0.0, |last| f64::from(last.at_ms))
    }

    /// What is yet to be passed after a time.
    pub(crate) fn after(&self, now_ms: f64) -> impl ExactSizeIterator<Item = (f64, World)> {
        let after_ms = (now_ms - self.start_ms) as f32;
        let next = self.points.partition_point(|point| point.at_ms <= after_ms);
        self.points[next..]
            .iter()
            .map(|point| (self.start_ms + f64::from(point.at_ms), self.world(point.off)))
    }

    /// What is under way at a time. Before its start and after its end a plan stands.
    #[must_use]
    pub fn piece(&self, now_ms: f64) -> Piece {
        let after_ms = (now_ms - self.start_ms) as f32;
        let next = self.points.partition_point(|point| point.at_ms <= after_ms);
        let time = |point: &Point| self.start_ms + f64::from(point.at_ms);
        let last = &self.points[next.saturating_sub(1)];
        let next = self.points.get(next);
        let heading = (!last.heading.is_nan()).then_some(f64::from(last.heading));
        let way = |next: &Point| [0, 1].map(|axis| next.off[axis] - last.off[axis]);
        Piece {
            from: self.world(last.off),
            way: next.map_or([0.0; 2], way),
            heading,
            from_ms: if now_ms < self.start_ms { now_ms } else { time(last) },
            until_ms: next.map_or(f64::INFINITY, time),
        }
    }

    /// The place and the heading at a time. Before its start and after its end a plan stands.
    #[must_use]
    pub fn at(&self, now_ms: f64) -> (World, Option<f64>) {
        let after_ms = (now_ms - self.start_ms) as f32;
        let next = self.points.partition_point(|point| point.at_ms <= after_ms);
        // There is a first point always.
        let last = &self.points[next.saturating_sub(1)];
        let mut off = last.off;
        if let Some(next) = self.points.get(next.max(1)) {
            let share = ((after_ms - last.at_ms) / (next.at_ms - last.at_ms)).clamp(0.0, 1.0);
            off = [0, 1].map(|axis| last.off[axis] + (next.off[axis] - last.off[axis]) * share);
        }
        let heading = (!last.heading.is_nan()).then_some(f64::from(last.heading));
        (self.world(off), heading)
    }

    fn world(&self, off: [f32; 2]) -> World {
        let x = self.anchor.x + f64::from(off[0]);
        // Who drives over the antimeridian comes in again on the other side.
        let x = if (0.0..=1.0).contains(&x) { x } else { x.rem_euclid(1.0) };
        World { x, y: self.anchor.y + f64::from(off[1]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(x: f64, y: f64) -> World {
        World { x, y }
    }

    #[test]
    fn a_plan_stands_before_it_begins_and_after_it_ends() {
        let corners = [(2_000.0, world(0.5, 0.25)), (4_000.0, world(0.75, 0.25))];
        let plan = Plan::along((1_000.0, world(0.5, 0.5)), corners, Some(123.0));
        assert_eq!(plan.at(0.0), (world(0.5, 0.5), Some(0.0)));
        assert_eq!(plan.at(1_500.0), (world(0.5, 0.375), Some(0.0)));
        assert_eq!(plan.at(3_000.0), (world(0.625, 0.25), Some(90.0)));
        assert_eq!(plan.at(1e12), (world(0.75, 0.25), Some(90.0)));
        assert_eq!(plan.end_ms(), 4_000.0);
        assert_eq!(plan.after(2_000.0).collect::<Vec<_>>(), [(4_000.0, world(0.75, 0.25))]);
    }

    #[test]
    fn pieces_are_the_plan() {
        let corners = [(2_000.0, world(0.5, 0.25)), (4_000.0, world(0.75, 0.25))];
        let plan = Plan::along((1_000.0, world(0.5, 0.5)), corners, Some(123.0));
        for now_ms in [0.0, 999.0, 1_000.0, 1_750.0, 2_000.0, 3_999.0, 4_000.0, 9_000.0] {
            let piece = plan.piece(now_ms);
            assert!(piece.from_ms <= now_ms && now_ms < piece.until_ms, "{now_ms}: {piece:?}");
            let share = (now_ms - piece.from_ms) / (piece.until_ms - piece.from_ms);
            let [east, south] = piece.way.map(|way| f64::from(way) * share);
            let place = World { x: piece.from.x + east, y: piece.from.y + south };
            let (at, heading) = plan.at(now_ms);
            let off = (place.x - at.x).abs().max((place.y - at.y).abs());
            assert!(off < 1e-7 && heading == piece.heading, "{now_ms}: {place:?} {at:?}");
        }
    }

    #[test]
    fn the_antimeridian_is_crossed_the_short_way() {
        let plan = Plan::along((0.0, world(0.999, 0.5)), [(1_000.0, world(0.001, 0.5))], None);
        let (place, heading) = plan.at(750.0);
        assert!((place.x - 0.0005).abs() < 1e-6, "{place:?}");
        assert_eq!(heading, Some(90.0));
    }

    #[test]
    fn a_plan_without_movement_keeps_the_heading_it_was_given() {
        assert_eq!(Plan::standing(world(0.1, 0.2), None, 5.0).at(9.0), (world(0.1, 0.2), None));
        assert_eq!(Plan::standing(world(0.1, 0.2), Some(7.0), 5.0).at(9.0).1, Some(7.0));
    }
}
