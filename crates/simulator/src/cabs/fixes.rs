//! When a cab's regular fixes are due.

use super::ScenarioConfig;
use super::calendar::MINUTE_MS;
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// Before the start a cab is looked at this often, unheard: its plans must not run far ahead of the others', with whom
/// it shares the ranks.
const LOOK_MS: i64 = 2 * MINUTE_MS;

/// The schedule of one cab: every interval, and farther apart in the part of the past that is sent sparsely.
pub(super) struct Fixes {
    next_ms: i64,
    /// The first one that is heard.
    first_ms: i64,
    interval_ms: i64,
    sparse_interval_ms: i64,
    sparse_until_ms: i64,
    /// Which part of an interval after the full ones it sends at.
    phase_ms: i64,
}

impl Fixes {
    pub(super) fn new(config: &ScenarioConfig, wake_ms: i64, rng: &mut Xoshiro256PlusPlus) -> Self {
        let interval_ms = config.interval_ms.max(1);
        let sparse_interval_ms = config.sparse_interval_ms.max(interval_ms);
        let sparse_until_ms =
            if sparse_interval_ms > interval_ms { config.sparse_until_ms } else { config.start_ms };
        let phase = rng.random::<f64>();
        let first =
            if sparse_until_ms > config.start_ms { sparse_interval_ms } else { interval_ms };
        let first_ms = config.start_ms + (phase * first as f64) as i64;
        Self {
            next_ms: wake_ms.min(first_ms),
            first_ms,
            interval_ms,
            sparse_interval_ms,
            sparse_until_ms,
            phase_ms: (phase * interval_ms as f64) as i64,
        }
    }

    /// When the next one is due.
    pub(super) fn next_ms(&self) -> i64 {
        self.next_ms
    }

    /// A report at this time stands for the fix that is due by then.
    pub(super) fn pass(&mut self, at_ms: i64) {
        if self.next_ms > at_ms {
            return;
        }
        if self.next_ms < self.first_ms {
            self.next_ms = (self.next_ms + LOOK_MS).min(self.first_ms);
            return;
        }
        if self.next_ms >= self.sparse_until_ms {
            self.next_ms += self.interval_ms;
            return;
        }
        let live_ms = self.sparse_until_ms + self.phase_ms;
        self.next_ms = (self.next_ms + self.sparse_interval_ms).min(live_ms);
    }
}
