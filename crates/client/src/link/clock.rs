//! The offset between the server's clock and ours, from pings: without it a panel's age would be off by however wrong
//! the viewer's clock is.

use std::collections::VecDeque;

/// Pings remembered; the quickest of them decides.
const SAMPLES: usize = 8;
/// How far apart samples may be without a clock having jumped.
const SLACK_MS: i64 = 250;
/// A message older than this at its arrival makes the offset doubtful.
const LATE_MS: i64 = 1_000;

/// What pings have told about the server's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerClock {
    /// Newest last, at most [`SAMPLES`]: the oldest goes when it is full.
    samples: VecDeque<Sample>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    round_trip_ms: i64,
    offset_ms: i64,
}

impl Sample {
    /// An offset is known to half its round trip; clocks that run a little differently are no jump.
    fn agrees_with(self, other: Self) -> bool {
        let apart_ms = (self.offset_ms - other.offset_ms).abs();
        apart_ms <= (self.round_trip_ms + other.round_trip_ms) / 2 + SLACK_MS
    }
}

impl ServerClock {
    /// A pong: our stamp that came back, the server's clock, and our clock now.
    pub fn pong(&mut self, sent_ms: i64, server_ms: i64, now_ms: i64) {
        let round_trip_ms = (now_ms - sent_ms).max(0);
        let offset_ms = server_ms - (sent_ms + round_trip_ms / 2);
        let told = Sample { round_trip_ms, offset_ms };
        // What cannot be true at the same time as this is from before one of the clocks jumped.
        self.samples.retain(|sample| sample.agrees_with(told));
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(told);
    }

    /// Whether a message stamped by the server and just arrived makes the offset doubtful: it comes out of the future, or
    /// later than messages do.
    #[must_use]
    pub fn contradicts(&self, server_ms: i64, now_ms: i64) -> bool {
        let age_ms = self.server_ms(now_ms) - server_ms;
        self.best().is_some_and(|best| {
            age_ms < -(best.round_trip_ms + SLACK_MS) || age_ms > best.round_trip_ms + LATE_MS
        })
    }

    /// Forgets all: after sleep our own clock may have jumped.
    pub fn forget(&mut self) {
        self.samples.clear();
    }

    fn best(&self) -> Option<Sample> {
        self.samples.iter().copied().min_by_key(|sample| sample.round_trip_ms)
    }

    /// Server's clock minus ours; 0 until a ping has told.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.best().map_or(0, |sample| sample.offset_ms)
    }

    /// Our time as the server would say it.
    #[must_use]
    pub fn server_ms(&self, now_ms: i64) -> i64 {
        now_ms + self.offset_ms()
    }

    /// The quickest round trip seen lately.
    #[must_use]
    pub fn round_trip_ms(&self) -> Option<i64> {
        self.best().map(|sample| sample.round_trip_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quickest_ping_decides() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.server_ms(10), 10);
        clock.pong(1_000, 61_500, 1_900); // slow answer: off by up to 450
        clock.pong(2_000, 62_010, 2_020);
        assert_eq!(clock.offset_ms(), 60_000);
        assert_eq!(clock.round_trip_ms(), Some(20));
    }

    #[test]
    fn a_clock_that_jumps_is_noticed_and_believed_at_the_next_ping() {
        let mut clock = ServerClock::default();
        clock.pong(0, 10, 20);
        assert!(!clock.contradicts(1_000, 1_010));
        assert!(clock.contradicts(1_000, 301_000), "ours was set forward, or the message was late");
        assert!(clock.contradicts(301_000, 1_000), "ours was set back");
        clock.pong(301_000, 1_030, 301_060);
        assert_eq!(clock.offset_ms(), -300_000);
        // Sent before the jump, answered after it: it seems to have taken no time.
        clock.pong(301_900, 2_000, 1_990);
        clock.pong(2_000, 2_010, 2_020);
        assert_eq!(clock.offset_ms(), 0);
    }

    #[test]
    fn old_pings_are_forgotten() {
        let mut clock = ServerClock::default();
        clock.pong(0, 5, 2);
        for round in 0..SAMPLES as i64 {
            clock.pong(round * 1_000, round * 1_000 + 120, round * 1_000 + 40);
        }
        assert_eq!(clock.offset_ms(), 100);
    }
}
