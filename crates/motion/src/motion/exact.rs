//! Where the vehicle was one interval ago: the way between two known fixes.

use hailstream_geo::mercator::World;

use super::{Fix, Motion};
use crate::plan::Plan;
use crate::routes::Way;
use crate::track::{Doubt, Track};
use crate::trust::FIX_M;

/// Nothing is reached quicker than this, ms, or than the usual interval if that is shorter.
const SHORTEST_MS: f64 = 1_000.0;
/// More points than this lie ahead only where the clock stands: the oldest are given up.
const MOST_AHEAD: usize = 1_000;

impl Motion {
    /// Adds the way from the fix before to the last one. Each fix is passed one usual interval after its time.
    pub(super) fn plan_exactly(
        &mut self,
        track: &mut Track,
        way: Option<&Way>,
        before: &Fix,
        now_ms: f64,
    ) {
        let usual_ms = track.usual_s * 1_000.0;
        let drawn = track.plan.at(now_ms);
        let mut points: Vec<(f64, World)> = track.plan.after(now_ms).collect();
        if points.len() > MOST_AHEAD {
            points.clear();
        }
        // A first fix stands: its plan ends in the past.
        let stands_ms = points.last().map_or(now_ms, |(at_ms, _)| *at_ms);
        let leaves_ms = stands_ms.max(before.at_ms as f64 + usual_ms);
        let takes_ms =
            (track.last.at_ms as f64 + usual_ms - leaves_ms).max(SHORTEST_MS.min(usual_ms));
        if leaves_ms > stands_ms {
            points.push((leaves_ms, points.last().map_or(drawn.0, |(_, place)| *place)));
        }
        if let (Some(ground), Some(way)) = (&self.ground, way) {
            ground.corners(way, &mut self.corners);
            let between =
                self.corners.iter().filter(|(metres, _)| *metres > 0.0 && *metres < way.length_m);
            points.extend(between.map(|&(metres, at)| {
                (leaves_ms + takes_ms * metres / way.length_m, World::of(at))
            }));
        }
        let reached = self.standing(track, None).at(0.0).0;
        points.push((leaves_ms + takes_ms, reached));
        track.plan = Plan::along((now_ms, drawn.0), points, drawn.1);
        track.doubt = Doubt {
            // Until it is reached, it is known where it was.
            since_ms: track.plan.end_ms(),
            radius_m: self.trust.radius_m(FIX_M),
            horizon_ms: usual_ms.max(1.0),
        };
    }
}
