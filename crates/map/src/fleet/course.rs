//! How a vehicle moves: by a plan along streets where a map has them, else in a straight line to its newest fix.

use hailstream_geo::mercator::World;
use hailstream_motion::{self as motion, Mode, Track};

use super::glide::Glide;
use super::{Motion, Placed};

/// See the module's words.
#[derive(Clone, Debug)]
pub(super) enum Course {
    Straight(Glide),
    // Boxed: maps without streets are not to pay for it.
    Streets(Box<Track>),
}

/// A moment, by our clock and by that of the records, ms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) ours_ms: f64,
    pub(super) theirs_ms: f64,
}

impl Course {
    /// Of a vehicle that was not there before.
    pub(super) fn begin(guide: Option<&motion::Motion>, fix: &Placed, now: Moment) -> Self {
        match guide {
            Some(guide) => Self::Streets(Box::new(guide.begin(fix.seen()))),
            None => Self::Straight(Glide::at(World::of(fix.place), fix.heading, now.ours_ms)),
        }
    }

    /// On to the next fix.
    pub(super) fn go_on(
        &mut self,
        guide: Option<&mut motion::Motion>,
        fix: &Placed,
        motion: Motion,
        now: Moment,
    ) {
        match (self, guide) {
            (Self::Straight(glide), None) => {
                *glide = glide.towards(World::of(fix.place), fix.heading, motion, now.ours_ms);
            }
            (Self::Streets(track), Some(guide)) => {
                let seen = fix.seen();
                // Who asks again from the beginning (a replay) is followed from there.
                if seen.at_ms < track.last_fix().at_ms {
                    **track = guide.begin(seen);
                } else {
                    guide.take(track, seen, now.theirs_ms.max(seen.at_ms as f64), motion.mode());
                }
            }
            (course, guide) => *course = Self::begin(guide.as_deref(), fix, now),
        }
    }

    /// Worlds per ms of our time, where theirs passes at a pace.
    pub(super) fn speed(&self, now: Moment, pace: f64) -> f64 {
        match self {
            Self::Straight(glide) => glide.speed(now.ours_ms),
            Self::Streets(track) => track.plan().speed(now.theirs_ms) * pace,
        }
    }
}

impl Motion {
    fn mode(self) -> Mode {
        match self {
            Self::Live => Mode::Ahead,
            Self::Exact => Mode::Exact,
            Self::Step => Mode::Step,
        }
    }
}
