//! Where the vehicle is thought to be now: the plan towards what the futures say.

use hailstream_geo::LonLat;
use hailstream_geo::distance::LocalPlane;
use hailstream_geo::mercator::World;

use super::Motion;
use crate::easing::eased;
use crate::foresight::{Foresight, Future, foresee};
use crate::ground::Ground;
use crate::memory::Situation;
use crate::nearest::OnStreet;
use crate::plan::Plan;
use crate::routes::Way;
use crate::track::{Doubt, Track};

/// Plans look no less far ahead, s: a vehicle that is seen each second is still driven on when it falls silent.
const SHORTEST_HORIZON_S: f64 = 60.0;
/// How much likeness counts: a future weighs less by a factor e for each 1/0.15 of unlikeness.
const PER_UNLIKENESS: f64 = 0.15;
/// What a course kept weighs beside what the fleet did, and a course half kept, and standing still.
const COURSES: [(f64, f64); 3] = [(1.0, 0.5), (0.5, 0.1), (0.0, 0.1)];
/// A course is kept for about so long, s.
const COURSE_HOLDS_S: f64 = 180.0;
/// Futures nearer than this are standing still, m.
const STANDING_M: f64 = 10.0;
/// A future may lie so far off the streets, m: futures of several streets are mixed.
const OFF_STREET_M: f64 = 80.0;
/// So much farther than planned a vehicle drives on when its fix is late: a share.
const DRIVES_ON: f64 = 0.5;
/// Fewer futures than this, of weight, know nothing of how far they spread.
const FEW: f64 = 3.0;
/// How far a vehicle may be of which nothing is known, m.
pub(super) const UNKNOWN_M: f64 = 250.0;

impl Motion {
    /// Plans from the last fix, eased from where the vehicle is drawn.
    pub(super) fn plan_ahead(&mut self, track: &mut Track, situation: &Situation, now_ms: f64) {
        let drawn = track.plan.at(now_ms);
        let seen = self.doubt_ahead(track, situation);
        let horizon_ms = track.doubt.horizon_ms;
        let plan = match track.on {
            Some(on) => self.along_streets(track, on, seen.moved, horizon_ms),
            None => open_country(track, seen.moved, horizon_ms, drawn.1),
        };
        track.plan = eased(self.ground.as_mut(), drawn, plan, now_ms, track.usual_s * 1_000.0);
    }

    /// What the futures say, and how far to believe it.
    pub(super) fn doubt_ahead(&mut self, track: &mut Track, situation: &Situation) -> Foresight {
        let horizon_s = track.usual_s.max(SHORTEST_HORIZON_S);
        self.memory.alike(situation, horizon_s, &mut self.alike);
        self.futures.clear();
        self.futures.extend(self.alike.iter().map(|alike| Future {
            weight: (-PER_UNLIKENESS * alike.unlikeness).exp(),
            moved: alike.moved,
        }));
        let known: f64 = self.futures.iter().map(|future| future.weight).sum();
        let minutes = COURSE_HOLDS_S / 60.0 * (1.0 - (-horizon_s / COURSE_HOLDS_S).exp());
        let course = situation.velocity.map(|metres| metres * minutes);
        self.futures.extend(
            COURSES.map(|(share, weight)| Future {
                weight,
                moved: course.map(|metres| metres * share),
            }),
        );
        let seen = foresee(&self.futures);
        let least_m = if known < FEW { UNKNOWN_M } else { 0.0 };
        track.doubt = Doubt {
            since_ms: track.last.at_ms as f64,
            radius_m: self.trust.radius_m(seen.spread_m.max(least_m)),
            horizon_ms: horizon_s * 1_000.0,
        };
        seen
    }

    fn along_streets(
        &mut self,
        track: &Track,
        on: OnStreet,
        ahead: [f64; 2],
        horizon_ms: f64,
    ) -> Plan {
        let far_m = ahead[0].hypot(ahead[1]);
        if far_m < STANDING_M {
            return self.standing(track, track.plan.at(track.plan.end_ms()).1);
        }
        let Some(ground) = &mut self.ground else { return self.standing(track, None) };
        let target = LocalPlane::around(track.last.place).lonlat(ahead);
        let way = way_towards(ground, track, on, ahead, target);
        let mut way = way.unwrap_or_else(|| ground.straight_way(ground.facing(on, ahead), far_m));
        let ms_per_m = horizon_ms / way.length_m.max(1.0);
        let longer_m = way.length_m * (1.0 + DRIVES_ON);
        ground.go_on(&mut way, longer_m);
        ground.corners(&way, &mut self.corners);
        let start_ms = track.last.at_ms as f64;
        let mut corners =
            self.corners.iter().map(|&(metres, at)| (start_ms + metres * ms_per_m, World::of(at)));
        match corners.next() {
            Some(first) => Plan::along(first, corners, Some(ground.heading(on))),
            None => self.standing(track, None),
        }
    }
}

/// The way to the street nearest to a place ahead.
fn way_towards(
    ground: &mut Ground,
    track: &Track,
    on: OnStreet,
    ahead: [f64; 2],
    target: LonLat,
) -> Option<Way> {
    let to = ground.on_street(target, ahead, OFF_STREET_M)?;
    let far_m = ahead[0].hypot(ahead[1]);
    ground.way(on, track.is_driving, to, far_m * 1.5 + 200.0)
}

/// In a straight line; when the fix is late, half as fast for as long again.
fn open_country(track: &Track, ahead: [f64; 2], horizon_ms: f64, heading: Option<f64>) -> Plan {
    let plane = LocalPlane::around(track.last.place);
    let start_ms = track.last.at_ms as f64;
    let at = |share: f64| World::of(plane.lonlat(ahead.map(|metres| metres * share)));
    if ahead[0].hypot(ahead[1]) < STANDING_M {
        return Plan::standing(World::of(track.last.place), heading, start_ms);
    }
    let rest =
        [(start_ms + horizon_ms, at(1.0)), (start_ms + 2.0 * horizon_ms, at(1.0 + DRIVES_ON))];
    Plan::along((start_ms, World::of(track.last.place)), rest, heading)
}
