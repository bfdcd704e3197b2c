//! How a vehicle moves: by a plan along streets where a map has them and its fixes come seldom, else in a straight line to its
//! newest fix.

use hailstream_geo::mercator::World;
use hailstream_motion::{self as motion, Mode, Piece, Track};

use super::glide::Glide;
use super::{Motion, Placed};

/// Fixes that come quicker than this are glided to straight: a plan would hardly have begun when the next one comes.
const OFTEN_MS: i64 = 5_000;

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

/// Whose time a movement goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    Ours,
    Theirs,
}

/// The part of a course that is under way: straight, at one speed, turning evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) from: World,
    /// Worlds to the east and the south.
    pub(super) way: [f32; 2],
    /// Degrees clockwise from north at its beginning; not a number where it is not known.
    pub(super) heading: f32,
    /// Degrees until its end.
    pub(super) turn: f32,
    pub(super) from_ms: f64,
    pub(super) until_ms: f64,
    /// By their clock.
    pub(super) certain_until_ms: f64,
    pub(super) clock: Clock,
}

impl Stretch {
    /// Standing from now until a time.
    pub(super) fn standing(
        place: World,
        heading: Option<f64>,
        (from_ms, until_ms): (f64, f64),
    ) -> Self {
        Self {
            from: place,
            way: [0.0; 2],
            heading: heading.map_or(f32::NAN, |heading| heading as f32),
            turn: 0.0,
            from_ms,
            until_ms,
            certain_until_ms: f64::INFINITY,
            clock: Clock::Ours,
        }
    }
}

impl Course {
    /// Of a vehicle that was not there before.
    pub(super) fn begin(guide: Option<&motion::Motion>, fix: &Placed, now: Moment) -> Self {
        match guide {
            Some(guide) => Self::Streets(Box::new(guide.begin(fix.seen()))),
            None => Self::Straight(Glide::at(World::of(fix.place), fix.heading, now.ours_ms)),
        }
    }

    /// On from one fix to the next.
    pub(super) fn go_on(
        &mut self,
        guide: Option<&mut motion::Motion>,
        (before, fix): (&Placed, &Placed),
        motion: Motion,
        now: Moment,
    ) {
        let to = World::of(fix.place);
        let since_ms = fix.at_ms - before.at_ms;
        match (&mut *self, guide.filter(|_| !(1..OFTEN_MS).contains(&since_ms))) {
            (Self::Straight(glide), None) => {
                *glide = glide.towards(to, fix.heading, motion, now.ours_ms);
            }
            (Self::Streets(track), Some(guide)) => take(guide, track, fix, motion, now),
            (Self::Straight(glide), Some(guide)) => {
                let mut track = guide.begin_from(before.seen(), glide.at_time(now.ours_ms).0);
                take(guide, &mut track, fix, motion, now);
                *self = Self::Streets(Box::new(track));
            }
            (Self::Streets(track), None) => {
                let shown = track.shown(now.theirs_ms);
                let began_ms = now.ours_ms - since_ms.clamp(0, OFTEN_MS) as f64;
                let glide = Glide::at(shown.place, shown.heading.or(before.heading), began_ms);
                *self = Self::Straight(glide.towards(to, fix.heading, motion, now.ours_ms));
            }
        }
    }

    /// Its last fix turns out to have been elsewhere, within what was known of it. On a street it was put right already.
    pub(super) fn shift(&mut self, from: World, to: World) {
        if let Self::Straight(glide) = self {
            glide.shift(to.x - from.x, to.y - from.y);
        }
    }

    /// What is under way at a moment. `heading` is that of the last fix.
    pub(super) fn stretch(&self, now: Moment, heading: Option<f64>) -> Stretch {
        match self {
            Self::Straight(glide) => glide.stretch(now.ours_ms),
            Self::Streets(track) => {
                let Piece { from, way, heading: driven, from_ms, until_ms } =
                    track.plan().piece(now.theirs_ms);
                let heading = driven.or(heading);
                Stretch {
                    way,
                    certain_until_ms: track.certain_until_ms(),
                    clock: Clock::Theirs,
                    ..Stretch::standing(from, heading, (from_ms, until_ms))
                }
            }
        }
    }
}

fn take(guide: &mut motion::Motion, track: &mut Track, fix: &Placed, motion: Motion, now: Moment) {
    let seen = fix.seen();
    // Who asks again from the beginning (a replay) is followed from there.
    if seen.at_ms < track.last_fix().at_ms {
        *track = guide.begin(seen);
    } else {
        guide.take(track, seen, now.theirs_ms.max(seen.at_ms as f64), motion.mode());
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
