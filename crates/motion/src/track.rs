//! What is known of one vehicle: its last fix, the plan it is drawn by, and how far it may be from there.

use hailstream_geo::mercator::World;

use crate::memory::Situation;
use crate::motion::Fix;
use crate::nearest::OnStreet;
use crate::plan::Plan;
use crate::trust::{FIX_M, OVERDUE, UNCERTAIN_M};

/// No radius is larger, m: of who has been silent for hours nothing is known.
const LARGEST_M: f64 = 20_000.0;

/// A vehicle as drawn at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Where.
    pub place: World,
    /// Degrees clockwise from north; absent where it is not known.
    pub heading: Option<f64>,
    /// Within so many metres of there it is, four times in five.
    pub radius_m: f64,
    /// Too much may have happened since the last fix to send somebody there.
    pub is_uncertain: bool,
}

/// See the module's words. Made by [`crate::Motion::begin`].
#[derive(Clone, Debug)]
pub struct Track {
    pub(crate) last: Fix,
    /// How the step that is under way began; absent after a first fix.
    pub(crate) situation: Option<Situation>,
    pub(crate) on: Option<OnStreet>,
    /// It is driven in the direction of the stretch that `on` names.
    pub(crate) is_driving: bool,
    pub(crate) stood_since_ms: i64,
    /// How long a fix of it takes to come.
    pub(crate) usual_s: f64,
    pub(crate) plan: Plan,
    pub(crate) doubt: Doubt,
}

/// How the radius grows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt {
    /// From when on nothing was seen, ms.
    pub(crate) since_ms: f64,
    /// The radius after `horizon_ms`.
    pub(crate) radius_m: f64,
    pub(crate) horizon_ms: f64,
}

impl Track {
    /// The vehicle as drawn at a time.
    #[must_use]
    pub fn shown(&self, now_ms: f64) -> Shown {
        let (place, heading) = self.plan.at(now_ms);
        let radius_m = self.radius_m(now_ms);
        Shown { place, heading, radius_m, is_uncertain: now_ms > self.certain_until_ms() }
    }

    pub(crate) fn radius_m(&self, now_ms: f64) -> f64 {
        let share = (now_ms - self.doubt.since_ms).max(0.0) / self.doubt.horizon_ms;
        (FIX_M + (self.doubt.radius_m - FIX_M).max(0.0) * share).min(LARGEST_M)
    }

    /// From then on it is uncertain where it is, ms: the radius is too large, or the next fix overdue.
    #[must_use]
    pub fn certain_until_ms(&self) -> f64 {
        let Doubt { since_ms, radius_m, horizon_ms } = self.doubt;
        let overdue_ms = self.usual_s * 1_000.0 * OVERDUE;
        let growth_m = radius_m - FIX_M;
        let wide_ms = (UNCERTAIN_M - FIX_M) / growth_m * horizon_ms;
        since_ms + if growth_m > 0.0 { wide_ms.min(overdue_ms) } else { overdue_ms }
    }

    /// Where it was last seen, and when.
    #[must_use]
    pub fn last_fix(&self) -> &Fix {
        &self.last
    }

    /// What it is drawn by.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
