//! What time it is for the vehicles, between the fixes that tell it: smooth, because everything that moves is drawn by it.
//!
//! Our clock and that of the records differ, and a replay runs many times as fast. So it follows the fixes as they come: at their pace,
//! a difference made up little by little, and set anew only when it is far (a replay that begins again).

/// A difference longer than this, of our time, is no lateness: the clock is set.
const FAR_MS: f64 = 30_000.0;
/// The pace is measured over so long, of our time.
const MEASURED_MS: f64 = 10_000.0;
/// A pace so near to 1 is that of a stream as it happens.
const LIVE_WITHIN: f64 = 0.5;
/// No replay is quicker.
const QUICKEST: f64 = 1_000.0;
/// Shares of a difference that are made up at each fix: records come late, never early.
const CATCHES_UP: f64 = 0.2;
const FALLS_BACK: f64 = 0.02;

/// See the module's words. Ours are ms with fractions, theirs epoch ms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Present {
    told: Option<Told>,
    /// Their ms in one of ours.
    pace: f64,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    ours_ms: f64,
    theirs_ms: f64,
    /// From where the pace is measured.
    since: [f64; 2],
    was_set: bool,
}

impl Present {
    /// Their time at one of ours; 0 before anything was told.
    pub(super) fn at(&self, ours_ms: f64) -> f64 {
        self.told.map_or(0.0, |told| told.theirs_ms + (ours_ms - told.ours_ms) * self.pace)
    }

    /// Their ms in one of ours.
    pub(super) fn pace(&self) -> f64 {
        self.pace
    }

    /// Fixes of these times have just come. Of several the one at three quarters counts: a device whose clock is ahead is not followed.
    pub(super) fn tell(&mut self, fixes_ms: &mut [i64], ours_ms: f64) {
        fixes_ms.sort_unstable();
        let Some(&theirs_ms) = fixes_ms.get(fixes_ms.len().saturating_sub(1) * 3 / 4) else {
            return;
        };
        let theirs_ms = theirs_ms as f64;
        let Some(mut told) = self.told else {
            self.pace = 1.0;
            self.set(theirs_ms, ours_ms);
            return;
        };
        let expected_ms = self.at(ours_ms);
        let off_ms = theirs_ms - expected_ms;
        if off_ms.abs() > FAR_MS * self.pace.max(1.0) {
            // Twice in a row: it is not one jump but its pace.
            if told.was_set && theirs_ms > told.theirs_ms && ours_ms > told.ours_ms {
                self.pace = pace((theirs_ms - told.theirs_ms) / (ours_ms - told.ours_ms));
            }
            self.set(theirs_ms, ours_ms);
            return;
        }
        let share = if off_ms > 0.0 { CATCHES_UP } else { FALLS_BACK };
        let [since_ours, since_theirs] = told.since;
        if ours_ms - since_ours >= MEASURED_MS {
            self.pace = pace((theirs_ms - since_theirs) / (ours_ms - since_ours));
            told.since = [ours_ms, theirs_ms];
        }
        let theirs_ms = expected_ms + off_ms * share;
        self.told = Some(Told { ours_ms, theirs_ms, since: told.since, was_set: false });
    }

    fn set(&mut self, theirs_ms: f64, ours_ms: f64) {
        self.told = Some(Told { ours_ms, theirs_ms, since: [ours_ms, theirs_ms], was_set: true });
    }
}

fn pace(measured: f64) -> f64 {
    if (measured - 1.0).abs() < LIVE_WITHIN { 1.0 } else { measured.clamp(0.0, QUICKEST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_stream_is_followed_without_a_jump() {
        let mut present = Present::default();
        let mut last_ms = 0.0;
        for second in 0..120_i64 {
            // Late by 0 to 2 s, and one device is a day ahead.
            let theirs_ms = 1_000_000 + second * 1_000 - second * 7 % 3 * 1_000;
            let ours_ms = second as f64 * 1_000.0;
            present.tell(&mut [theirs_ms, theirs_ms, theirs_ms - 300, 90_000_000], ours_ms);
            let at_ms = present.at(ours_ms);
            assert!(second == 0 || (500.0..1_600.0).contains(&(at_ms - last_ms)), "{second}");
            last_ms = at_ms;
        }
        assert!((last_ms - 1_119_000.0).abs() < 1_500.0, "{last_ms}");
    }

    #[test]
    fn a_replay_is_followed_at_its_pace_and_set_when_it_begins_again() {
        let mut present = Present::default();
        for tick in 0..200_i64 {
            present.tell(&mut [tick * 60_000], tick as f64 * 1_000.0);
        }
        assert!((present.pace() - 60.0).abs() < 1.0, "{}", present.pace());
        let between_ms = present.at(199_500.0);
        assert!((between_ms - 199.5 * 60_000.0).abs() < 60_000.0, "{between_ms}");
        present.tell(&mut [0], 200_000.0);
        assert_eq!(present.at(200_000.0), 0.0);
    }
}
