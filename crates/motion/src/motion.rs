//! What becomes of a fix: it is checked, learned from, put onto its street, and answered with a plan.

mod ahead;
mod exact;

use hailstream_geo::LonLat;
use hailstream_geo::basemap::Street;
use hailstream_geo::distance::{LocalPlane, haversine_m};
use hailstream_geo::mercator::World;

use crate::foresight::Future;
use crate::ground::{Ground, ON_STREET_M};
use crate::memory::{Alike, Memory, Situation};
use crate::plan::Plan;
use crate::routes::Way;
use crate::track::{Doubt, Track};
use crate::trust::Trust;

/// Faster than this nothing drives, m/s.
const IMPOSSIBLE_M_S: f64 = 100.0;
/// Nearer than this a receiver may err, however short the time, m.
const ERRING_M: f64 = 1_000.0;
/// A step shorter than this says nothing of direction, m.
const STANDING_M: f64 = 20.0;
/// Who comes no farther than this has stood, m.
const STOOD_M: f64 = 40.0;
/// What is thought to be usual before anything is known, s.
const USUAL_S: f64 = 60.0;
/// Slower fixes than this, s, are gaps and no interval.
const LONGEST_USUAL_S: f64 = 600.0;
/// How much a new interval counts in the usual one.
const NEW_INTERVAL: f64 = 0.2;

/// A vehicle seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// Event time, epoch ms.
    pub at_ms: i64,
    /// Where.
    pub place: LonLat,
    /// What it did, as a number: the index of its status.
    pub activity: u16,
}

/// What became of a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The vehicle goes on from there.
    Followed,
    /// There was one of this time already: it is left out.
    Repeated,
    /// It is older than the last one: it is left out.
    Late,
    /// Nothing gets there in that time: the vehicle is set there, not driven, and what it did before is not gone by.
    Jumped,
}

/// How vehicles are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Where they are thought to be now.
    Ahead,
    /// Where they were, one interval ago: only what is known.
    Exact,
    /// Where they were last seen, without movement: for people who asked for less motion.
    Step,
}

/// See the crate's words. One for all vehicles of a map.
#[derive(Clone, Debug)]
pub struct Motion {
    ground: Option<Ground>,
    memory: Memory,
    trust: Trust,
    // Kept only so that nothing is allocated for each fix.
    alike: Vec<Alike>,
    futures: Vec<Future>,
    corners: Vec<(f64, LonLat)>,
}

impl Motion {
    /// Motion on these streets; without streets, in open country.
    #[must_use]
    pub fn new(streets: &[Street]) -> Self {
        Self {
            ground: Ground::of(streets),
            memory: Memory::default(),
            trust: Trust::default(),
            alike: Vec::new(),
            futures: Vec::new(),
            corners: Vec::new(),
        }
    }

    /// A vehicle that was never seen before. It stands until its next fix.
    #[must_use]
    pub fn begin(&self, fix: Fix) -> Track {
        let ground = self.ground.as_ref();
        let on = ground.and_then(|ground| ground.on_street(fix.place, [0.0; 2], ON_STREET_M));
        let since_ms = fix.at_ms as f64;
        let mut track = Track {
            last: fix,
            situation: None,
            on,
            is_driving: false,
            stood_since_ms: fix.at_ms,
            usual_s: USUAL_S,
            plan: Plan::standing(World::of(fix.place), None, since_ms),
            doubt: Doubt {
                since_ms,
                radius_m: self.trust.radius_m(ahead::UNKNOWN_M),
                horizon_ms: USUAL_S * 1_000.0,
            },
        };
        track.plan = self.standing(&track, None);
        track
    }

    /// A vehicle that was drawn otherwise until now, and stands where that left it.
    #[must_use]
    pub fn begin_from(&self, fix: Fix, drawn: World) -> Track {
        let plan = Plan::standing(drawn, None, fix.at_ms as f64);
        Track { plan, ..self.begin(fix) }
    }

    /// Takes the next fix of a vehicle, at a time by the clock of the fixes, and plans anew.
    pub fn take(&mut self, track: &mut Track, fix: Fix, now_ms: f64, mode: Mode) -> Taken {
        let before = track.last;
        if fix.at_ms <= before.at_ms {
            return if fix.at_ms == before.at_ms { Taken::Repeated } else { Taken::Late };
        }
        let took_s = (fix.at_ms - before.at_ms) as f64 / 1_000.0;
        let far_m = haversine_m(before.place, fix.place);
        if far_m > ERRING_M && far_m / took_s > IMPOSSIBLE_M_S {
            *track = Track { usual_s: track.usual_s, ..self.begin(fix) };
            return Taken::Jumped;
        }
        if mode == Mode::Ahead {
            self.count(track, &fix, took_s);
        }
        let moved = LocalPlane::around(before.place).metres(fix.place);
        if let Some(began) = &track.situation {
            self.memory.keep(began, moved, took_s);
        }
        if far_m > STOOD_M {
            track.stood_since_ms = fix.at_ms;
        }
        track.usual_s += (took_s.min(LONGEST_USUAL_S) - track.usual_s) * NEW_INTERVAL;
        let way = self.follow(track, &fix, moved);
        track.last = fix;
        let situation = Situation {
            place: fix.place,
            stretch: track.on.map_or(u32::MAX, |on| on.stretch),
            activities: [fix.activity, before.activity],
            velocity: moved.map(|metres| metres * 60.0 / took_s),
            stood_s: (fix.at_ms - track.stood_since_ms) as f64 / 1_000.0,
        };
        track.situation = Some(situation);
        match mode {
            Mode::Ahead => self.plan_ahead(track, &situation, now_ms),
            Mode::Exact => self.plan_exactly(track, way.as_ref(), &before, now_ms),
            Mode::Step => {
                track.plan = self.standing(track, track.plan.at(now_ms).1);
                self.doubt_ahead(track, &situation);
            }
        }
        Taken::Followed
    }

    /// Whether the radius drawn held what it promised.
    fn count(&mut self, track: &Track, fix: &Fix, took_s: f64) {
        if track.situation.is_some() && took_s < 3.0 * track.usual_s {
            let at_ms = fix.at_ms as f64;
            let off_m = haversine_m(track.plan.at(at_ms).0.lonlat(), fix.place);
            self.trust.count(off_m <= track.radius_m(at_ms));
        }
    }

    /// Puts the vehicle onto its street, in the direction in which it came there; gives the way it came.
    fn follow(&mut self, track: &mut Track, fix: &Fix, moved: [f64; 2]) -> Option<Way> {
        let ground = self.ground.as_mut()?;
        let (from, was_driving) = (track.on, std::mem::take(&mut track.is_driving));
        track.on = ground.on_street(fix.place, moved, ON_STREET_M);
        let on = track.on?;
        let far_m = moved[0].hypot(moved[1]);
        let way = from.and_then(|from| ground.way(from, was_driving, on, far_m * 1.6 + 150.0));
        let (facing, is_driving) = match &way {
            _ if far_m < STANDING_M => match from.filter(|_| was_driving) {
                Some(from) => (ground.facing(on, ground.direction(from)), true),
                None => (on, false),
            },
            Some(way) => (ground.arriving(way, on), true),
            None => (ground.facing(on, moved), true),
        };
        (track.on, track.is_driving) = (Some(facing), is_driving);
        way
    }

    /// Standing on the street, or where the fix is when there is none.
    fn standing(&self, track: &Track, heading: Option<f64>) -> Plan {
        let on = self.ground.as_ref().zip(track.on);
        let place = on.map_or(track.last.place, |(ground, on)| ground.lonlat(on));
        let driving = on.filter(|_| track.is_driving);
        let heading = driving.map(|(ground, on)| ground.heading(on)).or(heading);
        Plan::standing(World::of(place), heading, track.last.at_ms as f64)
    }
}
