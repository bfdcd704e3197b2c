//! The streets as motion sees them: where a fix lies, how two places are joined, and how a street goes on.

use hailstream_geo::LonLat;
use hailstream_geo::basemap::{Street, StreetClass};
use hailstream_geo::streets::{Streets, Stretch};

use crate::nearest::{Nearest, OnStreet};
use crate::routes::{Router, Way};

/// Within this a fix lies on a street, m.
pub(crate) const ON_STREET_M: f64 = 30.0;

/// Of two streets about as near, the one across the course counts as so much farther.
const ACROSS_M: f64 = 8.0;
/// A drive or an alley counts as so much farther than a street.
const MINOR_M: f64 = 3.0;
/// To leave a main road for a street is like such a bend, degrees.
const LOWER_CLASS_DEGREES: f64 = 30.0;
/// A way straight on has no more stretches: streets may go round.
const MOST_STRETCHES: usize = 400;

/// See the module's words.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    streets: Streets,
    nearest: Nearest,
    router: Router,
}

impl Ground {
    /// None where there are no streets.
    pub(crate) fn of(streets: &[Street]) -> Option<Self> {
        let streets = Streets::new(streets)?;
        let nearest = Nearest::new(&streets);
        let router = Router::new(&streets);
        Some(Self { streets, nearest, router })
    }

    /// The street that a fix lies on, driven towards `course` (a vector, m) where that is known. Of streets about as near the one
    /// that leads that way counts.
    pub(crate) fn on_street(&self, at: LonLat, course: [f64; 2], reach_m: f64) -> Option<OnStreet> {
        let length = course[0].hypot(course[1]);
        let across_m = if length > 1.0 { ACROSS_M } else { 0.0 };
        let unit = course.map(|metres| metres / length.max(1.0));
        self.nearest.best(self.streets.metres(at), reach_m, |stretch, direction| {
            let minor_m =
                if self.streets.class(stretch) == StreetClass::Minor { MINOR_M } else { 0.0 };
            let along = (direction[0] * unit[0] + direction[1] * unit[1]).abs();
            minor_m + across_m * (1.0 - along)
        })
    }

    /// Where a place on a street lies.
    pub(crate) fn lonlat(&self, on: OnStreet) -> LonLat {
        self.streets.lonlat(on.place)
    }

    /// The number of the stretch a way ends on, in its direction.
    pub(crate) fn arriving(&self, way: &Way, to: OnStreet) -> OnStreet {
        match way.stretches.last() {
            Some(&last) if last != to.stretch => to.turned(&self.streets),
            _ => to,
        }
    }

    /// The same place, driven in the direction nearest to a course.
    pub(crate) fn facing(&self, on: OnStreet, course: [f64; 2]) -> OnStreet {
        let turned = on.turned(&self.streets);
        let suits = |on: OnStreet| {
            let direction = self.direction(on);
            direction[0] * course[0] + direction[1] * course[1]
        };
        if suits(on) >= suits(turned) { on } else { turned }
    }

    /// The direction of the street there, a unit vector.
    pub(crate) fn direction(&self, on: OnStreet) -> [f64; 2] {
        let heading = self.heading(on).to_radians();
        [heading.sin(), heading.cos()]
    }

    /// The heading of the street there, degrees.
    pub(crate) fn heading(&self, on: OnStreet) -> f64 {
        self.streets.along(on.stretch, on.along_m).1
    }

    /// The shortest way of at most `longest_m`, as [`Router::way`] finds it.
    pub(crate) fn way(
        &mut self,
        from: OnStreet,
        is_driving: bool,
        to: OnStreet,
        longest_m: f64,
    ) -> Option<Way> {
        self.router.way(&self.streets, from, is_driving, to, longest_m)
    }

    /// The straightest way of a length from here on.
    pub(crate) fn straight_way(&self, from: OnStreet, length_m: f64) -> Way {
        let mut way = Way { stretches: vec![from.stretch], first_m: from.along_m, length_m: 0.0 };
        self.go_on(&mut way, length_m);
        way
    }

    /// Adds the straightest way on, until the whole has a length or the street ends.
    pub(crate) fn go_on(&self, way: &mut Way, length_m: f64) {
        let Some(&last) = way.stretches.last() else { return };
        let whole: f64 = way.stretches.iter().map(|&it| self.streets.length_m(it)).sum();
        let mut left = way.first_m + length_m - whole;
        let mut next = self.straight_on(last);
        while let Some(stretch) =
            next.filter(|_| left > 0.0 && way.stretches.len() < MOST_STRETCHES)
        {
            way.stretches.push(stretch);
            left -= self.streets.length_m(stretch);
            next = self.straight_on(stretch);
        }
        way.length_m = length_m - left.max(0.0);
    }

    /// The stretch with the least turn, where one of a lower class counts as a bend.
    fn straight_on(&self, stretch: Stretch) -> Option<Stretch> {
        let [_, leaves] = self.streets.headings(stretch);
        let class = self.streets.class(stretch);
        let cost = |next: Stretch| {
            let turn = (self.streets.headings(next)[0] - leaves + 540.0).rem_euclid(360.0) - 180.0;
            let lower = f64::from(u8::from(self.streets.class(next) < class));
            turn.abs() + lower * LOWER_CLASS_DEGREES
        };
        let leaving = self.streets.leaving(self.streets.end(stretch)).iter().copied();
        let onward = leaving.filter(|&next| next != Streets::back(stretch));
        onward.min_by(|&a, &b| cost(a).total_cmp(&cost(b)))
    }

    /// The corners of a way with the metres to each, its first and its last place included.
    pub(crate) fn corners(&self, way: &Way, corners: &mut Vec<(f64, LonLat)>) {
        corners.clear();
        let mut passed = -way.first_m;
        let pieces = way.stretches.iter().flat_map(|&stretch| self.streets.pieces(stretch));
        for (from, to) in pieces {
            let [east, north] = [to[0] - from[0], to[1] - from[1]];
            let length = (east * east + north * north).sqrt();
            let at = |metres: f64| {
                let share = ((metres - passed) / length.max(1e-9)).clamp(0.0, 1.0);
                let place = [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
                (metres, self.streets.lonlat(place))
            };
            let reaches = passed + length;
            if corners.is_empty() && reaches >= 0.0 {
                corners.push(at(0.0));
            }
            if !corners.is_empty() && (reaches >= way.length_m || reaches > 0.0) {
                corners.push(at(reaches.min(way.length_m)));
            }
            if reaches >= way.length_m {
                return;
            }
            passed = reaches;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cross of streets: 1 km each way from the middle, east and north.
    fn cross() -> Ground {
        let street = |points: &[(f64, f64)]| Street {
            class: StreetClass::Local,
            name: String::new(),
            points: points
                .iter()
                .map(|&(x, y)| LonLat::new(10.0 + x * 0.009, y * 0.009).unwrap())
                .collect(),
        };
        let streets = [
            street(&[(-1.0, 0.0), (0.0, 0.0), (1.0, 0.0)]),
            street(&[(0.0, -1.0), (0.0, 0.0), (0.0, 1.0)]),
        ];
        Ground::of(&streets).unwrap()
    }

    fn at(x_km: f64, y_km: f64) -> LonLat {
        LonLat::new(10.0 + x_km * 0.009, y_km * 0.009).unwrap()
    }

    #[test]
    fn a_fix_lies_on_the_street_that_leads_where_it_goes() {
        let ground = cross();
        let on = |course| ground.on_street(at(0.01, 0.012), course, ON_STREET_M).unwrap();
        let degrees = |course| ground.heading(ground.facing(on(course), course)).round();
        assert_eq!([degrees([0.0, 50.0]), degrees([50.0, 0.0])], [0.0, 90.0]);
        assert_eq!(degrees([-50.0, 0.0]), 270.0);
        assert!(ground.on_street(at(0.5, 0.031), [0.0; 2], ON_STREET_M).is_none());
        assert!(ground.on_street(at(4_000.0, 0.0), [0.0; 2], ON_STREET_M).is_none());
    }

    #[test]
    fn a_way_turns_at_the_junction_and_has_its_corners() {
        let mut ground = cross();
        let from = ground.on_street(at(-0.5, 0.0), [1.0, 0.0], 30.0).unwrap();
        let to = ground.on_street(at(0.0, 0.5), [0.0, 1.0], 30.0).unwrap();
        let way = ground.way(from, false, to, 2_000.0).unwrap();
        assert!((way.length_m - 1_000.0).abs() < 2.0, "{}", way.length_m);
        let mut corners = Vec::new();
        ground.corners(&way, &mut corners);
        let metres: Vec<f64> = corners.iter().map(|(metres, _)| (metres / 10.0).round()).collect();
        assert_eq!(metres, [0.0, 50.0, 100.0]);
        assert!(ground.way(from, false, to, 900.0).is_none(), "it is longer than was allowed");
    }

    #[test]
    fn who_drives_turns_around_only_where_that_spares_much() {
        let mut ground = cross();
        let ahead = ground.on_street(at(-0.5, 0.0), [1.0, 0.0], 30.0).unwrap();
        let behind = ground.on_street(at(-0.6, 0.0), [1.0, 0.0], 30.0).unwrap();
        let back = ground.way(ahead, true, behind, 2_000.0).unwrap();
        assert!((back.length_m - 100.0).abs() < 1.0, "there is no way around: {}", back.length_m);
    }

    #[test]
    fn straight_on_ends_where_the_street_does() {
        let ground = cross();
        let on = ground.on_street(at(-0.5, 0.0), [1.0, 0.0], 30.0).unwrap();
        let way = ground.straight_way(ground.facing(on, [1.0, 0.0]), 5_000.0);
        assert!((way.length_m - 1_500.0).abs() < 3.0, "{}", way.length_m);
        assert_eq!(way.stretches.len(), 2);
    }
}
