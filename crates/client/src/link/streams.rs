//! What heartbeats told about each stream lately: its health now, and what a single heartbeat cannot show. Whether the log
//! grows faster than it is read, whether reading stands still, and how fast a replay runs are seen over a few seconds.

use std::collections::VecDeque;

use hailstream_protocol::{StreamHealth, StreamState};

/// Beats remembered; the oldest goes when there are more.
const BEATS: usize = 8;
/// Beats closer together than this are one: only the newest counts.
const BEAT_MS: i64 = 900;
/// A judgement needs to have seen at least this long.
const SEEN_MS: i64 = 4_000;
/// A lag that grew by fewer records than this is the ordinary way of batches.
const GREW_BY: u64 = 200;
/// A broker that did not answer for this long after the server's start is not only slow.
const ANSWERS_WITHIN_MS: i64 = 2_000;
/// A replay's clock is at least this far from the wall's.
const REPLAY_MS: i64 = 3_600_000;

#[derive(Clone, Copy, Debug)]
struct Beat {
    /// The server's clock.
    at_ms: i64,
    state: StreamState,
    lag: u64,
    clock_ms: Option<i64>,
    received_ms: Option<i64>,
}

/// How reading keeps up with the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It does, or nothing is known yet.
    Up,
    /// Records are read, but more are written.
    FallsBehind,
    /// Records are written, and none is read.
    StandsStill,
}

/// A stream by the heartbeats.
#[derive(Clone, Debug)]
pub struct StreamPulse {
    /// The newest.
    pub health: StreamHealth,
    beats: VecDeque<Beat>,
}

impl StreamPulse {
    /// A stream first heard of.
    #[must_use]
    pub fn new(server_ms: i64, health: StreamHealth) -> Self {
        let mut pulse = Self { health: health.clone(), beats: VecDeque::new() };
        pulse.beat(server_ms, health);
        pulse
    }

    /// Takes in a heartbeat.
    pub fn beat(&mut self, server_ms: i64, health: StreamHealth) {
        let beat = Beat {
            at_ms: server_ms,
            state: health.state,
            lag: health.lag,
            clock_ms: health.clock_ms,
            received_ms: health.received_ms,
        };
        self.health = health;
        // Anything older than a stretch without beats says nothing about now.
        let before = self.beats.iter().rev().nth(1).map(|beat| beat.at_ms);
        if self.beats.back().is_some_and(|last| !(0..SEEN_MS).contains(&(server_ms - last.at_ms))) {
            self.beats.clear();
        } else if before.is_some_and(|before| server_ms - before < 2 * BEAT_MS) {
            self.beats.pop_back();
        }
        if self.beats.len() == BEATS {
            self.beats.pop_front();
        }
        self.beats.push_back(beat);
    }

    fn ends(&self) -> Option<(Beat, Beat)> {
        Some((*self.beats.front()?, *self.beats.back()?))
    }

    /// How reading keeps up with the log.
    #[must_use]
    pub fn keeping(&self) -> Keeping {
        let Some((first, last)) = self.ends() else { return Keeping::Up };
        let grows = self.beats.iter().zip(self.beats.iter().skip(1)).all(|(a, b)| a.lag <= b.lag);
        let is_live = self.beats.iter().all(|beat| beat.state == StreamState::Live);
        let seen = last.at_ms - first.at_ms >= SEEN_MS;
        if !(seen && is_live && grows && last.lag >= first.lag.saturating_add(GREW_BY)) {
            return Keeping::Up;
        }
        if first.received_ms == last.received_ms {
            Keeping::StandsStill
        } else {
            Keeping::FallsBehind
        }
    }

    /// Whether the server waits for its broker's first answer for longer than that should take.
    #[must_use]
    pub fn waits_for_broker(&self) -> bool {
        let waits = self.beats.iter().all(|beat| beat.state == StreamState::Connecting);
        waits && self.ends().is_some_and(|(a, b)| b.at_ms - a.at_ms >= ANSWERS_WITHIN_MS)
    }

    /// The clock of a replay, and how fast it runs: 60 for a minute a second; absent until that was seen.
    #[must_use]
    pub fn replay(&self, server_ms: i64) -> Option<(i64, Option<i64>)> {
        let clock_ms = self.health.clock_ms?;
        if (server_ms - clock_ms).abs() <= REPLAY_MS {
            return None;
        }
        let speed = self.ends().and_then(|(first, last)| {
            let wall_ms = last.at_ms - first.at_ms;
            let moved_ms = last.clock_ms? - first.clock_ms?;
            (wall_ms >= SEEN_MS / 2).then(|| (moved_ms + wall_ms / 2) / wall_ms)
        });
        Some((clock_ms, speed.filter(|speed| *speed > 0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(state: StreamState, lag: u64, received_ms: i64) -> StreamHealth {
        StreamHealth {
            stream: "s".into(),
            state,
            why: String::new(),
            lag,
            clock_ms: Some(received_ms * 60 - 9_000_000),
            event_time_ms: None,
            received_ms: Some(received_ms),
            refusals: None,
        }
    }

    fn pulse(state: StreamState, beats: &[(i64, u64, i64)]) -> StreamPulse {
        let mut beats = beats.iter();
        let (at_ms, lag, received_ms) = *beats.next().unwrap();
        let mut pulse = StreamPulse::new(at_ms, health(state, lag, received_ms));
        for (at_ms, lag, received_ms) in beats {
            pulse.beat(*at_ms, health(state, *lag, *received_ms));
        }
        pulse
    }

    #[test]
    fn a_log_that_outgrows_its_reader_is_seen_within_seconds() {
        let growing = [(0, 10, 0), (1_000, 200, 900), (2_000, 400, 1_900), (4_000, 800, 3_900)];
        assert_eq!(pulse(StreamState::Live, &growing).keeping(), Keeping::FallsBehind);
        assert_eq!(pulse(StreamState::Live, &growing[..3]).keeping(), Keeping::Up, "too early");
        assert_eq!(pulse(StreamState::CatchingUp, &growing).keeping(), Keeping::Up);
        let still = growing.map(|(at, lag, _)| (at, lag, 5));
        assert_eq!(pulse(StreamState::Live, &still).keeping(), Keeping::StandsStill);
        let waves = [(0, 10, 0), (1_000, 900, 1), (2_000, 20, 2), (4_000, 800, 3)];
        assert_eq!(pulse(StreamState::Live, &waves).keeping(), Keeping::Up);
    }

    #[test]
    fn a_broker_may_take_a_moment_to_answer_first() {
        let beats = [(0, 0, 0), (1_000, 0, 0), (2_000, 0, 0)];
        assert!(pulse(StreamState::Connecting, &beats).waits_for_broker());
        assert!(!pulse(StreamState::Connecting, &beats[..2]).waits_for_broker());
        assert!(!pulse(StreamState::Live, &beats).waits_for_broker());
    }

    #[test]
    fn a_replay_has_a_clock_and_a_speed() {
        let start = pulse(StreamState::Live, &[(0, 0, 0)]);
        assert_eq!(start.replay(0), Some((-9_000_000, None)));
        let later = pulse(StreamState::Live, &[(0, 0, 0), (1_000, 0, 1_000), (2_100, 0, 2_100)]);
        assert_eq!(later.replay(2_100), Some((-8_874_000, Some(60))));
        assert_eq!(later.replay(-8_800_000), None, "that is the present");
    }

    #[test]
    fn quick_beats_do_not_push_out_the_past_and_silence_does() {
        let quick: Vec<(i64, u64, i64)> =
            (0..40).map(|beat| (beat * 200, beat as u64 * 100, beat)).collect();
        let mut pulse = pulse(StreamState::Live, &quick);
        assert_eq!(pulse.keeping(), Keeping::FallsBehind);
        assert!(pulse.beats.len() <= BEATS);
        pulse.beat(60_000, health(StreamState::Live, 99_999, 60_000));
        assert_eq!((pulse.keeping(), pulse.beats.len()), (Keeping::Up, 1));
    }
}
