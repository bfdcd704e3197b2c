//! How long the newest records took on each part of their way, as a panel's chip tells it for one viewer.

use hailstream_engine::{Clock, Engine, Mode, StreamConfig};
use hailstream_protocol::TimestampType;

use crate::hub::desk::Leg;
use crate::source::SourceBatch;

/// Stamps further apart belong to records that were stored or replayed: their age says nothing about the way. How far
/// behind a stream is, is told besides.
const PLAUSIBLE_MS: i64 = 10_000;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Legs {
    pub(super) source: Leg,
    pub(super) kafka: Leg,
    pub(super) engine: Leg,
    /// Of the newest batch.
    pub(super) last_kafka_ms: Option<i64>,
    /// Event times are those of single records and of this clock.
    has_source: bool,
    /// When the newest batch was received that was not pushed yet.
    unpushed_ms: Option<i64>,
}

impl Legs {
    pub(super) fn of(config: &StreamConfig) -> Self {
        let has_source = config.mode() == Mode::Append && config.clock() == Clock::Wall;
        Self { has_source, ..Self::default() }
    }

    /// A batch was taken in.
    pub(super) fn received(&mut self, batch: &SourceBatch, engine: &Engine) {
        self.unpushed_ms = Some(batch.received_ms);
        let stamped = batch.records.iter().filter(|of| of.timestamp_type != TimestampType::None);
        let newest_ms = stamped.filter_map(|record| record.timestamp_ms).max();
        let Some(newest_ms) = newest_ms else { return };
        self.last_kafka_ms = Some((batch.received_ms - newest_ms).max(0));
        let Some(kafka_ms) = plausible(newest_ms, batch.received_ms) else { return };
        self.kafka.note(kafka_ms);
        let stamps = engine.event_time_ms().zip(engine.record_timestamp_ms());
        if let Some((event_ms, record_ms)) = stamps.filter(|_| self.has_source)
            && let Some(source_ms) = plausible(event_ms, record_ms)
        {
            self.source.note(source_ms);
        }
    }

    /// What was taken in so far was pushed to viewers.
    pub(super) fn pushed(&mut self, now_ms: i64) {
        if let Some(received_ms) = self.unpushed_ms.take() {
            self.engine.note(now_ms - received_ms);
        }
    }
}

fn plausible(earlier_ms: i64, later_ms: i64) -> Option<i64> {
    let leg_ms = later_ms - earlier_ms;
    (leg_ms < PLAUSIBLE_MS).then_some(leg_ms.max(0))
}
