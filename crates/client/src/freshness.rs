//! How old what a panel shows is, and why: the judgement behind every chip.
//!
//! A panel is *behind* by the way of its newest record: source → Kafka → engine → network → screen, from the stamps of its
//! as-of, the browser's clock corrected by the ping. Silence of a source is not age: it has a word of its own (*quiet*).

use hailstream_protocol::{AsOf, StreamHealth, StreamState, TimestampType};

use crate::link::{ServerClock, Status};

/// A link that is lost for less than this is not worth a word: the first attempt usually succeeds.
const LOST_GRACE_MS: i64 = 1_000;
/// A source that sent nothing for this long is quiet.
const QUIET_MS: i64 = 30_000;
/// A way longer than this is late.
const LATE_MS: i64 = 10_000;
/// Stamps further apart belong to replayed data, whose age says nothing about the way.
const PLAUSIBLE_MS: i64 = 3_600_000;

/// The way of the newest record, in parts. Their sum is what the chip says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Legs {
    /// From the event to its record timestamp. Absent for aggregates, whose event time is a window, and for replays.
    pub source_ms: Option<i64>,
    /// From the record timestamp to the server. Absent where the topic carries none.
    pub kafka_ms: Option<i64>,
    /// From receipt to push.
    pub engine_ms: i64,
    /// From push to this tab.
    pub network_ms: i64,
    /// From arrival to paint.
    pub screen_ms: i64,
}

/// When a result arrived and was painted, our clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// Arrival.
    pub arrived_ms: i64,
    /// Paint.
    pub painted_ms: i64,
}

impl Legs {
    /// The legs of a result. `events_are_records`: the event time is that of single records, not of windows.
    #[must_use]
    pub fn of(
        as_of: &AsOf,
        stamps: Stamps,
        clock: &ServerClock,
        events_are_records: bool,
    ) -> Option<Self> {
        let (received, pushed) = (as_of.received_ms?, as_of.pushed_ms?);
        let plausible = |earlier: i64, later: i64| {
            let leg = later - earlier;
            (leg < PLAUSIBLE_MS).then_some(leg.max(0))
        };
        let recorded =
            as_of.record_timestamp_ms.filter(|_| as_of.timestamp_type != TimestampType::None);
        let kafka_ms = recorded.and_then(|recorded| plausible(recorded, received));
        let source_ms = as_of
            .event_time_ms
            .zip(recorded)
            .filter(|_| events_are_records && kafka_ms.is_some())
            .and_then(|(event, recorded)| plausible(event, recorded));
        Some(Self {
            source_ms,
            kafka_ms,
            engine_ms: (pushed - received).max(0),
            network_ms: (clock.server_ms(stamps.arrived_ms) - pushed).max(0),
            screen_ms: (stamps.painted_ms - stamps.arrived_ms).max(0),
        })
    }

    /// The whole way.
    #[must_use]
    pub fn total_ms(&self) -> i64 {
        self.source_ms.unwrap_or(0)
            + self.kafka_ms.unwrap_or(0)
            + self.engine_ms
            + self.network_ms
            + self.screen_ms
    }

    /// The parts in order, with their names.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, i64)> {
        [
            ("Source to Kafka", self.source_ms),
            ("Kafka to engine", self.kafka_ms),
            ("Engine", Some(self.engine_ms)),
            ("Network", Some(self.network_ms)),
            ("Screen", Some(self.screen_ms)),
        ]
        .into_iter()
        .filter_map(|(name, leg)| Some((name, leg?)))
        .collect()
    }
}

/// How fresh a panel is. Worse ones are greater, so that a board shows the worst of its panels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// The range ends in the past: the answer no longer moves.
    Fixed,
    /// Up to date.
    Live {
        /// By how much its newest record is behind; absent where nothing was received yet.
        behind_ms: Option<i64>,
    },
    /// Up to date, and the source has been silent for a while.
    Quiet {
        /// For how long.
        for_ms: i64,
    },
    /// No answer yet.
    Waiting,
    /// The server still reads what was there before.
    CatchingUp {
        /// Records to go.
        lag: u64,
    },
    /// Moving, but far behind.
    Late {
        /// By how much.
        behind_ms: i64,
    },
    /// What is shown no longer moves though it should.
    Stale {
        /// Since when, in ms.
        for_ms: i64,
        /// Why.
        why: StaleReason,
    },
}

/// Why a panel is stale.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StaleReason {
    /// The tab has no server.
    LinkLost {
        /// Until the next attempt, ms; 0 while it is under way.
        retry_in_ms: i64,
    },
    /// The server has no broker.
    BrokerLost {
        /// What the server says.
        why: String,
    },
    /// The stream cannot be read.
    StreamFailed {
        /// What the server says.
        why: String,
    },
    /// The server speaks another protocol now.
    OtherProtocol,
}

/// What is known when a panel is judged.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Our clock.
    pub now_ms: i64,
    /// The link.
    pub status: &'a Status,
    /// The server's clock.
    pub clock: &'a ServerClock,
    /// The panel's stream; absent until the first heartbeat.
    pub health: Option<&'a StreamHealth>,
    /// The way of the newest record; absent without a result.
    pub legs: Option<Legs>,
    /// Whether there is a result.
    pub has_result: bool,
    /// Whether the query's range ends now.
    pub is_live: bool,
}

impl Freshness {
    /// Judges a panel.
    #[must_use]
    pub fn judge(facts: &Facts<'_>) -> Self {
        if let Some(stale) = link_stale(facts) {
            return stale;
        }
        if let Some(stale) = facts.health.and_then(|health| stream_stale(facts, health)) {
            return stale;
        }
        if let Some(health) = facts.health.filter(|health| health.state == StreamState::CatchingUp)
        {
            return Self::CatchingUp { lag: health.lag };
        }
        if !facts.has_result {
            return Self::Waiting;
        }
        if !facts.is_live {
            return Self::Fixed;
        }
        let silent_ms = facts
            .health
            .and_then(|health| health.received_ms)
            .map(|received| facts.clock.server_ms(facts.now_ms) - received);
        if let Some(for_ms) = silent_ms.filter(|silent| *silent >= QUIET_MS) {
            return Self::Quiet { for_ms };
        }
        match facts.legs.map(|legs| legs.total_ms()) {
            Some(behind_ms) if behind_ms >= LATE_MS => Self::Late { behind_ms },
            behind_ms => Self::Live { behind_ms },
        }
    }

    /// Whether what is shown should be marked as old.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::Stale { .. })
    }
}

fn link_stale(facts: &Facts<'_>) -> Option<Freshness> {
    match *facts.status {
        Status::Connecting | Status::Live => None,
        Status::Refused => Some(Freshness::Stale { for_ms: 0, why: StaleReason::OtherProtocol }),
        Status::Lost { since_ms, retry_ms } => {
            let for_ms = facts.now_ms - since_ms;
            let retry_in_ms = (retry_ms - facts.now_ms).max(0);
            (for_ms >= LOST_GRACE_MS)
                .then_some(Freshness::Stale { for_ms, why: StaleReason::LinkLost { retry_in_ms } })
        }
    }
}

fn stream_stale(facts: &Facts<'_>, health: &StreamHealth) -> Option<Freshness> {
    let why = match health.state {
        StreamState::Disconnected => StaleReason::BrokerLost { why: health.why.clone() },
        StreamState::Failed => StaleReason::StreamFailed { why: health.why.clone() },
        StreamState::Connecting | StreamState::CatchingUp | StreamState::Live => return None,
    };
    let received = health.received_ms?;
    let for_ms = (facts.clock.server_ms(facts.now_ms) - received).max(0);
    Some(Freshness::Stale { for_ms, why })
}

/// An age as chips say it: `< 0.1 s`, `0.4 s`, `12 s`, `4 min`, `2 h`.
#[must_use]
pub fn age_words(age_ms: i64) -> String {
    match age_ms.max(0) {
        0..100 => "< 0.1 s".to_owned(),
        age @ 100..10_000 => format!("{}.{} s", age / 1_000, age % 1_000 / 100),
        age @ 10_000..100_000 => format!("{} s", age / 1_000),
        age @ 100_000..6_000_000 => format!("{} min", age / 60_000),
        age @ 6_000_000..172_800_000 => format!("{} h", age / 3_600_000),
        age => format!("{} d", age / 86_400_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(state: StreamState, received_ms: i64) -> StreamHealth {
        StreamHealth {
            stream: "s".into(),
            state,
            why: "no broker".into(),
            lag: 12,
            clock_ms: None,
            event_time_ms: None,
            received_ms: Some(received_ms),
        }
    }

    /// Judges a panel of a live range at 100 s.
    fn judge(status: &Status, state: StreamState, received_ms: i64, behind_ms: i64) -> Freshness {
        let legs = Legs { engine_ms: behind_ms, ..Legs::default() };
        Freshness::judge(&Facts {
            now_ms: 100_000,
            status,
            clock: &ServerClock::default(),
            health: Some(&health(state, received_ms)),
            legs: Some(legs),
            has_result: true,
            is_live: true,
        })
    }

    #[test]
    fn each_trouble_has_its_word() {
        let lost = |since_ms| Status::Lost { since_ms, retry_ms: 103_000 };
        let live = Status::Live;
        let fresh = 99_900;
        assert_eq!(
            judge(&live, StreamState::Live, fresh, 400),
            Freshness::Live { behind_ms: Some(400) }
        );
        assert_eq!(
            judge(&live, StreamState::Live, fresh, 12_000),
            Freshness::Late { behind_ms: 12_000 }
        );
        assert_eq!(
            judge(&live, StreamState::Live, 60_000, 400),
            Freshness::Quiet { for_ms: 40_000 }
        );
        assert_eq!(
            judge(&live, StreamState::CatchingUp, fresh, 400),
            Freshness::CatchingUp { lag: 12 }
        );
        assert!(judge(&live, StreamState::Disconnected, fresh, 400).is_stale());
        assert!(!judge(&lost(99_500), StreamState::Live, fresh, 400).is_stale());
        assert_eq!(
            judge(&lost(97_000), StreamState::Live, fresh, 400),
            Freshness::Stale { for_ms: 3_000, why: StaleReason::LinkLost { retry_in_ms: 3_000 } }
        );
    }

    #[test]
    fn legs_add_up_and_windows_do_not_count_as_age() {
        let mut clock = ServerClock::default();
        clock.pong(0, 50_000, 0); // the server is 50 s ahead
        let as_of = AsOf {
            event_time_ms: Some(60_000),
            record_timestamp_ms: Some(60_304),
            timestamp_type: TimestampType::Create,
            received_ms: Some(60_356),
            pushed_ms: Some(60_368),
            ..AsOf::default()
        };
        let stamps = Stamps { arrived_ms: 10_396, painted_ms: 10_405 };
        let legs = Legs::of(&as_of, stamps, &clock, true).unwrap();
        assert_eq!(
            legs.parts().iter().map(|(_, leg)| *leg).collect::<Vec<_>>(),
            [304, 52, 12, 28, 9]
        );
        assert_eq!(legs.total_ms(), 405);
        assert_eq!(Legs::of(&as_of, stamps, &clock, false).unwrap().total_ms(), 101);
        let replayed = AsOf { record_timestamp_ms: Some(-9_000_000), ..as_of };
        assert_eq!(Legs::of(&replayed, stamps, &clock, true).unwrap().total_ms(), 49);
    }

    #[test]
    fn a_board_is_as_bad_as_its_worst_panel() {
        let live = Freshness::Live { behind_ms: Some(400) };
        let stale = Freshness::Stale { for_ms: 1, why: StaleReason::OtherProtocol };
        assert_eq!([live.clone(), stale.clone(), Freshness::Fixed].iter().max(), Some(&stale));
        assert!(Freshness::Live { behind_ms: Some(500) } > live);
    }

    #[test]
    fn ages_are_short() {
        let words: Vec<String> = [0, 449, 9_999, 12_400, 250_000, 7_300_000, 200_000_000]
            .into_iter()
            .map(age_words)
            .collect();
        assert_eq!(words, ["< 0.1 s", "0.4 s", "9.9 s", "12 s", "4 min", "2 h", "2 d"]);
    }
}
