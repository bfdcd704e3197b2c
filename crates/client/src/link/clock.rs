//! The offset between the server's clock and ours, from pings: without it a panel's age would be off by however wrong
//! the viewer's clock is.

use std::collections::VecDeque;

/// Pings remembered; the quickest of them decides.
const SAMPLES: usize = 8;

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

impl ServerClock {
    /// A pong: our stamp that came back, the server's clock, and our clock now.
    pub fn pong(&mut self, sent_ms: i64, server_ms: i64, now_ms: i64) {
        let round_trip_ms = (now_ms - sent_ms).max(0);
        let offset_ms = server_ms - (sent_ms + round_trip_ms / 2);
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(Sample { round_trip_ms, offset_ms });
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
    fn old_pings_are_forgotten() {
        let mut clock = ServerClock::default();
        clock.pong(0, 5, 2);
        for round in 0..SAMPLES as i64 {
            clock.pong(round * 1_000, round * 1_000 + 120, round * 1_000 + 40);
        }
        assert_eq!(clock.offset_ms(), 100);
    }
}
