//! How old what a panel shows is, and why: the judgement behind every chip.
//!
//! A panel is *behind* by the way of its newest record: source → Kafka → engine → network → screen, from the stamps of its
//! as-of, the browser's clock corrected by the ping. Silence of a source is not age: it has a word of its own (*quiet*).

mod legs;
mod words;

use hailstream_protocol::{Refusals, StreamHealth, StreamState};

use crate::link::{Keeping, ServerClock, Status, StreamPulse};
pub use legs::{Leg, Legs, Stamps};
pub use words::{age_words, count_words};

/// A link that is lost for less than this is not worth a word: the first attempt usually succeeds.
const LOST_GRACE_MS: i64 = 1_000;
/// A source that sent nothing for this long is quiet.
const QUIET_MS: i64 = 30_000;
/// A way longer than this is late.
const LATE_MS: i64 = 10_000;
/// This many records in a row that cannot be understood are no accident: nothing else comes.
const ONLY_BAD: u64 = 20;

/// How fresh a panel is. Worse ones are greater, so that a board shows the worst of its panels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// The range ends in the past: the answer no longer moves.
    Fixed,
    /// The range ends in the past, but not all of it is final yet.
    SoFar {
        /// Its end, epoch ms.
        to_ms: i64,
    },
    /// Up to date.
    Live {
        /// By how much its newest record is behind; absent where nothing was received yet.
        behind_ms: Option<i64>,
    },
    /// Up to date with a stream whose present is elsewhere.
    Replay {
        /// Its present, epoch ms.
        clock_ms: i64,
        /// How many times faster than life it runs; absent until that was seen, and where it stands.
        speed: Option<i64>,
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
        /// Where most of that is spent.
        leg: Leg,
    },
    /// Moving, but records come faster than they are read.
    FallingBehind {
        /// Records to go.
        lag: u64,
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
    /// Nothing that comes can be understood.
    OnlyBad(Refusals),
    /// Records are written to Kafka, and the server reads none.
    StandsStill {
        /// Records to go.
        lag: u64,
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
    pub stream: Option<&'a StreamPulse>,
    /// The way of the newest record; absent without a result.
    pub legs: Option<Legs>,
    /// Whether there is a result.
    pub has_result: bool,
    /// Whether the query's range ends now.
    pub is_live: bool,
    /// The end of a range that ends in the past, while not all of it is final.
    pub open_end_ms: Option<i64>,
}

impl Freshness {
    /// Judges a panel.
    #[must_use]
    pub fn judge(facts: &Facts<'_>) -> Self {
        if let Some(stale) = link_stale(facts) {
            return stale;
        }
        let health = facts.stream.map(|stream| &stream.health);
        if let Some(stale) = facts.stream.and_then(|stream| stream_stale(facts, stream)) {
            return stale;
        }
        if let Some(health) = health.filter(|health| health.state == StreamState::CatchingUp) {
            return Self::CatchingUp { lag: health.lag };
        }
        if !facts.has_result {
            return Self::Waiting;
        }
        if !facts.is_live {
            return facts.open_end_ms.map_or(Self::Fixed, |to_ms| Self::SoFar { to_ms });
        }
        let server_ms = facts.clock.server_ms(facts.now_ms);
        if facts.stream.is_some_and(|stream| stream.keeping() == Keeping::FallsBehind) {
            return Self::FallingBehind { lag: health.map_or(0, |health| health.lag) };
        }
        let silent_ms = health.and_then(|health| health.received_ms).map(|at_ms| server_ms - at_ms);
        if let Some(for_ms) = silent_ms.filter(|silent| *silent >= QUIET_MS) {
            return Self::Quiet { for_ms };
        }
        if let Some(legs) = facts.legs.filter(|legs| legs.total_ms() >= LATE_MS) {
            return Self::Late { behind_ms: legs.total_ms(), leg: legs.longest() };
        }
        if let Some((clock_ms, speed)) = facts.stream.and_then(|stream| stream.replay(server_ms)) {
            return Self::Replay { clock_ms, speed };
        }
        Self::Live { behind_ms: facts.legs.map(|legs| legs.total_ms()) }
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

fn stream_stale(facts: &Facts<'_>, stream: &StreamPulse) -> Option<Freshness> {
    let health = &stream.health;
    let why = match health.state {
        StreamState::Connecting if stream.waits_for_broker() => {
            StaleReason::BrokerLost { why: health.why.clone() }
        }
        StreamState::Disconnected => StaleReason::BrokerLost { why: health.why.clone() },
        StreamState::Failed => StaleReason::StreamFailed { why: health.why.clone() },
        StreamState::Connecting | StreamState::CatchingUp => return None,
        StreamState::Live if stream.keeping() == Keeping::StandsStill => {
            StaleReason::StandsStill { lag: health.lag }
        }
        StreamState::Live => StaleReason::OnlyBad(only_bad(health)?.clone()),
    };
    let received = health.received_ms.unwrap_or(i64::MAX);
    let for_ms = facts.clock.server_ms(facts.now_ms).saturating_sub(received).max(0);
    Some(Freshness::Stale { for_ms, why })
}

fn only_bad(health: &StreamHealth) -> Option<&Refusals> {
    health.refusals.as_ref().filter(|refusals| refusals.in_a_row >= ONLY_BAD)
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
            refusals: None,
        }
    }

    /// Judges a panel of a live range at 100 s.
    fn judge(status: &Status, state: StreamState, received_ms: i64, behind_ms: i64) -> Freshness {
        let stream = StreamPulse::new(100_000, health(state, received_ms));
        judge_stream(status, &stream, behind_ms)
    }

    fn judge_stream(status: &Status, stream: &StreamPulse, behind_ms: i64) -> Freshness {
        let legs = Legs { engine_ms: behind_ms, ..Legs::default() };
        Freshness::judge(&Facts {
            now_ms: 100_000,
            status,
            clock: &ServerClock::default(),
            stream: Some(stream),
            legs: Some(legs),
            has_result: true,
            is_live: true,
            open_end_ms: None,
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
            Freshness::Late { behind_ms: 12_000, leg: Leg::Engine }
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
    fn a_stream_of_garbage_is_told_from_single_bad_records() {
        let refused = |in_a_row| {
            let refusals = Refusals {
                count: 900,
                in_a_row,
                topic: "t".into(),
                partition: 1,
                offset: 7,
                reason: "not_json".into(),
                detail: "no".into(),
            };
            let health =
                StreamHealth { refusals: Some(refusals), ..health(StreamState::Live, 99_900) };
            judge_stream(&Status::Live, &StreamPulse::new(100_000, health), 400)
        };
        assert_eq!(refused(3), Freshness::Live { behind_ms: Some(400) });
        assert!(matches!(refused(20), Freshness::Stale { why: StaleReason::OnlyBad(_), .. }));
    }

    #[test]
    fn a_log_that_grows_unread_is_told_from_one_that_grows_too_fast() {
        let judged = |received_ms: [i64; 5]| {
            let beat = |index: usize, received_ms: i64| StreamHealth {
                lag: 1_000 * index as u64,
                ..health(StreamState::Live, received_ms)
            };
            let mut stream = StreamPulse::new(95_000, beat(0, received_ms[0]));
            for (index, received_ms) in received_ms.into_iter().enumerate().skip(1) {
                stream.beat(95_000 + 1_000 * index as i64, beat(index, received_ms));
            }
            judge_stream(&Status::Live, &stream, 400)
        };
        let moving = judged([95_000, 96_000, 97_000, 98_000, 99_000]);
        assert_eq!(moving, Freshness::FallingBehind { lag: 4_000 });
        let why = StaleReason::StandsStill { lag: 4_000 };
        assert_eq!(judged([95_000; 5]), Freshness::Stale { for_ms: 5_000, why });
    }

    #[test]
    fn a_broker_that_was_never_there_is_said() {
        let silent = StreamHealth { received_ms: None, ..health(StreamState::Connecting, 0) };
        let mut stream = StreamPulse::new(97_000, silent.clone());
        assert_eq!(judge_stream(&Status::Live, &stream, 0), Freshness::Live { behind_ms: Some(0) });
        stream.beat(98_500, silent.clone());
        stream.beat(100_000, silent);
        assert!(judge_stream(&Status::Live, &stream, 0).is_stale());
    }

    #[test]
    fn a_board_is_as_bad_as_its_worst_panel() {
        let live = Freshness::Live { behind_ms: Some(400) };
        let stale = Freshness::Stale { for_ms: 1, why: StaleReason::OtherProtocol };
        assert_eq!([live.clone(), stale.clone(), Freshness::Fixed].iter().max(), Some(&stale));
        assert!(Freshness::Live { behind_ms: Some(500) } > live);
    }
}
