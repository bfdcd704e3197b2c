//! From where a vehicle is drawn to its new plan, without a jump.
//!
//! It takes a second or two, along the street where that is hardly longer than the straight line.

use hailstream_geo::LonLat;
use hailstream_geo::distance::haversine_m;
use hailstream_geo::mercator::World;

use crate::ground::Ground;
use crate::plan::Plan;

/// Nearer than this nobody sees it move, m.
const UNSEEN_M: f64 = 0.5;
/// Nearer than this the straight line is as good as the street, m.
const STRAIGHT_M: f64 = 15.0;
/// A vehicle drawn is on a street, but for rounding, m.
const ROUNDING_M: f64 = 5.0;
const SHORTEST_MS: f64 = 1_000.0;
const LONGEST_MS: f64 = 4_000.0;
/// What each metre adds.
const MS_PER_M: f64 = 3.0;

/// The plan, reached from where the vehicle is drawn now. Fixes that come every `usual_ms` are reached before the next.
pub(crate) fn eased(
    ground: Option<&mut Ground>,
    drawn: (World, Option<f64>),
    plan: Plan,
    now_ms: f64,
    usual_ms: f64,
) -> Plan {
    let from = drawn.0.lonlat();
    let off_m = haversine_m(from, plan.at(now_ms).0.lonlat());
    if off_m < UNSEEN_M {
        return plan;
    }
    let longest_ms = LONGEST_MS.min(usual_ms * 0.9).max(1.0);
    let takes_ms = (SHORTEST_MS + MS_PER_M * off_m).min(longest_ms);
    let joins_ms = now_ms + takes_ms;
    let joined = plan.at(joins_ms).0;
    let mut points = Vec::new();
    if off_m > STRAIGHT_M {
        let corners = ground.and_then(|ground| along_street(ground, from, joined.lonlat()));
        let corners = corners.unwrap_or_default();
        let whole_m = corners.last().map_or(1.0, |(metres, _)| metres.max(1.0));
        let at_ms = |metres: f64| now_ms + takes_ms * metres / whole_m;
        let between = corners.iter().filter(|(metres, _)| *metres > 0.0 && *metres < whole_m);
        points.extend(between.map(|&(metres, at)| (at_ms(metres), World::of(at))));
    }
    points.push((joins_ms, joined));
    points.extend(plan.after(joins_ms));
    let heading = plan.at(joins_ms).1.or(drawn.1);
    Plan::along((now_ms, drawn.0), points, heading)
}

/// The corners of the way between two places on streets, where it is hardly longer than the line.
fn along_street(ground: &mut Ground, from: LonLat, to: LonLat) -> Option<Vec<(f64, LonLat)>> {
    let on = ground.on_street(from, [0.0; 2], ROUNDING_M)?;
    let joined = ground.on_street(to, [0.0; 2], ROUNDING_M)?;
    let way = ground.way(on, false, joined, haversine_m(from, to) * 1.5 + 20.0)?;
    let mut corners = Vec::new();
    ground.corners(&way, &mut corners);
    Some(corners)
}
