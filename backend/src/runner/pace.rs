//! When the next tick may come. At once when nothing happened lately; under load so seldom that ticks leave room for
//! reading, but at least ten times a second.

use std::time::Duration;

/// Ticks take a third of the time at most …
const COST_FACTOR: u64 = 3;
/// … as long as that is often enough for a person.
const MOST_US: u64 = 100_000;

/// Times are microseconds on a clock of the caller's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Ticks are never closer.
    least_us: u64,
    not_before_us: u64,
}

impl Pace {
    pub(super) fn every(least: Duration) -> Self {
        Self { least_us: least.as_micros() as u64, not_before_us: 0 }
    }

    /// Microseconds until the next tick may come.
    pub(super) fn wait_us(self, now_us: u64) -> u64 {
        self.not_before_us.saturating_sub(now_us)
    }

    pub(super) fn is_due(self, now_us: u64) -> bool {
        self.wait_us(now_us) == 0
    }

    /// A tick has been published.
    pub(super) fn ticked(&mut self, began_us: u64, ended_us: u64) {
        let cost_us = ended_us.saturating_sub(began_us);
        // A tick that costs more than a person's patience still leaves half of the time for reading.
        let most_us = MOST_US.max(2 * cost_us);
        let after_us = (COST_FACTOR * cost_us).min(most_us).max(self.least_us);
        self.not_before_us = began_us + after_us;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_follow_their_cost() {
        let mut pace = Pace::every(Duration::from_millis(16));
        assert!(pace.is_due(0), "at once when idle");
        for (cost_ms, wait_ms) in
            [(0, 16), (1, 16), (5, 16), (6, 18), (20, 60), (40, 100), (80, 160)]
        {
            let (began, ended) = (1_000_000, 1_000_000 + cost_ms * 1000);
            pace.ticked(began, ended);
            assert_eq!(pace.wait_us(began), wait_ms * 1000, "cost {cost_ms} ms");
            assert!(!pace.is_due(ended.max(began)) && pace.is_due(began + wait_ms * 1000));
        }
    }

    #[test]
    fn who_wants_few_updates_gets_few_whatever_they_cost() {
        let mut pace = Pace::every(Duration::from_secs(1));
        assert!(pace.is_due(0), "the first at once");
        for cost_us in [0, 5_000, 80_000] {
            pace.ticked(1_000_000, 1_000_000 + cost_us);
            assert_eq!(pace.wait_us(1_000_000), 1_000_000);
        }
    }
}
