//! A leg of a cab's life: a piece of street driven, then perhaps a halt, and what happens at its end.

use super::speeds::Profile;
use crate::meter::Meter;
use hailstream_geo::streets::Stretch;

/// How often a meter looks how far it came, seconds.
const METERED_EVERY_S: f64 = 2.5;

/// A piece of one stretch of street and the halt at its end.
pub(super) struct Leg {
    pub stretch: Stretch,
    pub start_ms: i64,
    pub end_ms: i64,
    pub then: Then,
    /// Where on the stretch it begins, metres from its start.
    from_m: f64,
    profile: Profile,
}

/// What happens at the end of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    PickUp,
    DropOff,
    EndShift,
    StartShift,
    BreakDown,
}

impl Leg {
    pub(super) fn driven(
        (stretch, from_m): (Stretch, f64),
        profile: Profile,
        start_ms: i64,
        (halt_s, then): (f64, Then),
    ) -> Self {
        // A leg takes time, or a cab could go round a corner for ever at one instant.
        let end_ms = start_ms + millis(profile.seconds() + halt_s).max(1);
        Self { stretch, start_ms, end_ms, then, from_m, profile }
    }

    /// Standing so many metres from the start of a stretch.
    pub(super) fn halt(
        (stretch, at_m): (Stretch, f64),
        start_ms: i64,
        seconds: f64,
        then: Then,
    ) -> Self {
        let end_ms = start_ms + millis(seconds).max(1);
        Self { stretch, start_ms, end_ms, then, from_m: at_m, profile: Profile::standing() }
    }

    /// Metres driven since the leg began and metres per second, at a time within it.
    pub(super) fn motion(&self, at_ms: i64) -> (f64, f64) {
        self.profile.after((at_ms - self.start_ms) as f64 / 1000.0)
    }

    /// Metres driven in all.
    pub(super) fn length_m(&self) -> f64 {
        self.profile.after(f64::INFINITY).0
    }

    /// Metres from the start of the stretch, so many metres after the start of the leg.
    pub(super) fn along_m(&self, metres: f64) -> f64 {
        self.from_m + metres
    }

    /// Where it ends, metres from the start of the stretch.
    pub(super) fn end_m(&self) -> f64 {
        self.along_m(self.length_m())
    }

    /// The pace at the end.
    pub(super) fn exit_m_s(&self) -> f64 {
        self.profile.exit_m_s()
    }

    /// What a meter that ran before the leg shows at a time within it. It looks every few seconds, so that waiting counts
    /// as such; what it shows at the end does not depend on when it was read.
    pub(super) fn metered(&self, mut meter: Meter, at_ms: i64) -> Meter {
        let seconds = (at_ms - self.start_ms) as f64 / 1000.0;
        let driven_s = seconds.min(self.profile.seconds());
        let (mut from_s, mut from_m) = (0.0, 0.0);
        while from_s < driven_s {
            let to_s = (from_s + METERED_EVERY_S).min(driven_s);
            let (to_m, _) = self.profile.after(to_s);
            meter.add(to_m - from_m, to_s - from_s);
            (from_s, from_m) = (to_s, to_m);
        }
        meter.add(0.0, seconds - driven_s);
        meter
    }

    /// Since when the cab stands, at a time within the leg, given that before it; none while it moves.
    pub(super) fn halted_since(&self, at_ms: i64, before_ms: Option<i64>) -> Option<i64> {
        let driving_s = self.profile.seconds();
        if driving_s <= 0.0 {
            return Some(before_ms.unwrap_or(self.start_ms));
        }
        let arrived_ms = self.start_ms + millis(driving_s);
        (at_ms >= arrived_ms && self.exit_m_s() < 0.1).then_some(arrived_ms)
    }
}

fn millis(seconds: f64) -> i64 {
    (seconds * 1000.0).ceil() as i64
}
