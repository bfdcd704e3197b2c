//! The synthetic fleet into Kafka: the last hour at once, then live.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use hailstream_geo::ZoneIndex;
use hailstream_geo::basemap::Basemap;
use hailstream_simulator::cabs::{Scenario, ScenarioConfig};

use crate::clock;
use crate::replay;
use crate::source::producer::Producer;

/// How far back the fleet is driven before it goes live.
pub const BACKFILL_MS: i64 = 60 * 60_000;
/// How often due reports are sent.
const STEP: Duration = Duration::from_millis(20);

/// Which fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// Cabs.
    pub entities: usize,
    /// How often each reports, ms.
    pub interval_ms: i64,
    /// What makes this fleet differ from another.
    pub seed: u64,
}

/// A fleet that has caught up with the present.
pub struct Simulation {
    scenario: Scenario,
    producer: Arc<Producer>,
}

impl Simulation {
    /// Drives the fleet through the last hour and sends all of it, waiting whenever `may_go_on` says no.
    ///
    /// # Errors
    /// A basemap without streets; records that cannot be sent.
    pub fn backfill(
        fleet: Fleet,
        basemap: &Basemap,
        zones: ZoneIndex,
        producer: Arc<Producer>,
        mut may_go_on: impl FnMut() -> bool,
    ) -> Result<Self> {
        let now_ms = clock::now_ms();
        let config = ScenarioConfig {
            entities: fleet.entities,
            interval_ms: fleet.interval_ms,
            seed: fleet.seed,
            start_ms: now_ms - BACKFILL_MS,
        };
        let mut scenario = Scenario::new(config, &basemap.streets, zones).context("the fleet")?;
        for (sent, record) in scenario.advance_to(now_ms).enumerate() {
            while sent % 4096 == 0 && !may_go_on() {
                std::thread::sleep(Duration::from_millis(2));
            }
            replay::send(&producer, &record)?;
        }
        Ok(Self { scenario, producer })
    }

    /// Goes on live until `stop` is set.
    pub fn drive(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            for record in self.scenario.advance_to(clock::now_ms()) {
                if let Err(error) = replay::send(&self.producer, &record) {
                    tracing::error!("{error:#}");
                }
            }
            std::thread::sleep(STEP);
        }
    }
}
