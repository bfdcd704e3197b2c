//! The way of the newest record from its source to the screen, in parts: what a panel's age is made of.

use hailstream_protocol::{AsOf, TimestampType};

use crate::link::ServerClock;

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
    /// Since when this tab was there to be told: what was pushed before waited for us, not on the way.
    pub listening_ms: i64,
    /// How long before its push all of its records had been pushed already: it came because time passes, not because the engine was slow.
    pub waited_ms: i64,
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
        // What was received before somebody asked waited for them.
        let was_there = received >= clock.server_ms(stamps.listening_ms);
        let engine_ms = if was_there { pushed - received - stamps.waited_ms } else { 0 };
        let network_ms = if pushed < clock.server_ms(stamps.listening_ms) {
            clock.round_trip_ms().unwrap_or(0) / 2
        } else {
            (clock.server_ms(stamps.arrived_ms) - pushed).max(0)
        };
        Some(Self {
            source_ms,
            kafka_ms,
            engine_ms: engine_ms.max(0),
            network_ms,
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
    pub fn parts(&self) -> Vec<(Leg, i64)> {
        [
            (Leg::Source, self.source_ms),
            (Leg::Kafka, self.kafka_ms),
            (Leg::Engine, Some(self.engine_ms)),
            (Leg::Network, Some(self.network_ms)),
            (Leg::Screen, Some(self.screen_ms)),
        ]
        .into_iter()
        .filter_map(|(name, leg)| Some((name, leg?)))
        .collect()
    }

    /// The part that takes longest.
    #[must_use]
    pub fn longest(&self) -> Leg {
        self.parts().into_iter().max_by_key(|(_, ms)| *ms).map_or(Leg::Engine, |(leg, _)| leg)
    }
}

/// A part of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leg {
    /// From the event to its record in Kafka.
    Source,
    /// From Kafka to the server.
    Kafka,
    /// In the server.
    Engine,
    /// From the server to the tab.
    Network,
    /// In the tab.
    Screen,
}

impl Leg {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "Source to Kafka",
            Self::Kafka => "Kafka to engine",
            Self::Engine => "Engine",
            Self::Network => "Network",
            Self::Screen => "Screen",
        }
    }

    /// What a panel is called whose records are held up here.
    #[must_use]
    pub fn slow(self) -> &'static str {
        match self {
            Self::Source => "slow source",
            Self::Kafka => "slow Kafka",
            Self::Engine => "slow engine",
            Self::Network => "slow network",
            Self::Screen => "slow screen",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let stamps =
            Stamps { arrived_ms: 10_396, painted_ms: 10_405, listening_ms: 9_000, waited_ms: 0 };
        let legs = Legs::of(&as_of, stamps, &clock, true).unwrap();
        assert_eq!(
            legs.parts().iter().map(|(_, leg)| *leg).collect::<Vec<_>>(),
            [304, 52, 12, 28, 9]
        );
        assert_eq!(legs.total_ms(), 405);
        assert_eq!(Legs::of(&as_of, stamps, &clock, false).unwrap().total_ms(), 101);
        let replayed = AsOf { record_timestamp_ms: Some(-9_000_000), ..as_of.clone() };
        assert_eq!(Legs::of(&replayed, stamps, &clock, true).unwrap().total_ms(), 49);
        // Pushed half a minute before this tab asked: that was not the network's doing.
        let late = Stamps { listening_ms: 10_390, ..stamps };
        assert_eq!(Legs::of(&as_of, late, &clock, true).unwrap().network_ms, 0);
        // Asked for, or pushed once more, long after its record: that was not the engine's doing.
        let pushed_ms = Some(79_368);
        let again = AsOf { pushed_ms, ..as_of.clone() };
        let engine_ms = |stamps| Legs::of(&again, stamps, &clock, true).unwrap().engine_ms;
        let arrived = Stamps { arrived_ms: 29_396, painted_ms: 29_405, ..stamps };
        assert_eq!(engine_ms(arrived), 19_012, "an engine that took so long");
        assert_eq!(engine_ms(Stamps { waited_ms: 19_000, ..arrived }), 12);
        assert_eq!(engine_ms(Stamps { listening_ms: 29_380, ..arrived }), 0);
    }
}
