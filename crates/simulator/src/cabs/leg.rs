//! A leg of a cab's life: one stretch of street driven, then perhaps a halt, and what happens at its end.

use super::speeds::Profile;
use super::streets::Stretch;

/// One stretch of street and the halt at its end.
pub(super) struct Leg {
    pub stretch: Stretch,
    pub start_ms: i64,
    pub end_ms: i64,
    pub then: Then,
    profile: Profile,
    /// Driven from the stretch's start, or standing at its end.
    is_driven: bool,
}

/// What happens at the end of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    PickUp,
    DropOff,
    EndShift,
    StartShift,
}

impl Leg {
    pub(super) fn driven(
        stretch: Stretch,
        profile: Profile,
        start_ms: i64,
        (halt_s, then): (f64, Then),
    ) -> Self {
        // A leg takes time, or a cab could go round a corner for ever at one instant.
        let end_ms = start_ms + millis(profile.seconds() + halt_s).max(1);
        Self { stretch, start_ms, end_ms, then, profile, is_driven: true }
    }

    pub(super) fn halt(stretch: Stretch, start_ms: i64, seconds: f64, then: Then) -> Self {
        let end_ms = start_ms + millis(seconds).max(1);
        let profile = Profile::standing();
        Self { stretch, start_ms, end_ms, then, profile, is_driven: false }
    }

    /// Metres driven since the leg began and metres per second, at a time within it.
    pub(super) fn motion(&self, at_ms: i64) -> (f64, f64) {
        self.profile.after((at_ms - self.start_ms) as f64 / 1000.0)
    }

    /// Metres from the start of the stretch, whose length is given, at a time within the leg.
    pub(super) fn along_m(&self, at_ms: i64, stretch_m: f64) -> f64 {
        if self.is_driven { self.motion(at_ms).0 } else { stretch_m }
    }

    /// Metres driven in all.
    pub(super) fn length_m(&self) -> f64 {
        self.profile.after(f64::INFINITY).0
    }

    /// The pace at the end.
    pub(super) fn exit_m_s(&self) -> f64 {
        self.profile.exit_m_s()
    }

    /// Since when the cab stands, at a time within the leg, given that before it; none while it moves.
    pub(super) fn halted_since(&self, at_ms: i64, before_ms: Option<i64>) -> Option<i64> {
        let arrived_ms = self.start_ms + millis(self.profile.seconds());
        if !self.is_driven {
            Some(before_ms.unwrap_or(self.start_ms))
        } else if at_ms >= arrived_ms && self.exit_m_s() < 0.1 {
            Some(arrived_ms)
        } else {
            None
        }
    }
}

fn millis(seconds: f64) -> i64 {
    (seconds * 1000.0).ceil() as i64
}
