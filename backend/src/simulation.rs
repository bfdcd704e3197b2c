//! The synthetic fleet into Kafka: a day of trips and the last hour at once, then live.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hailstream_geo::basemap::Basemap;
use hailstream_simulator::cabs::{Scenario, ScenarioConfig, Span};
use hailstream_simulator::zone_index;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock;
use crate::presets;
use crate::replay;
use crate::source::producer::Producer;

const MINUTE_MS: i64 = 60_000;
/// How far back the fleet is driven before it goes live.
pub const BACKFILL_MS: i64 = 60 * MINUTE_MS;
/// For how long before that the trips of a fleet are told: enough to compare today with yesterday.
const HISTORY_MS: i64 = 24 * 60 * MINUTE_MS + 30 * MINUTE_MS;
/// Trips told of that time at most; of large fleets only the latest.
const HISTORY_TRIPS: i64 = 60_000;
/// A thousand cabs end so many trips in an hour, over a whole day.
const TRIPS_AN_HOUR: i64 = 1700;
/// Fixes told of the last hour at most: those of large fleets lie farther apart than when they are live.
const BACKFILL_FIXES: i64 = 800_000;
/// How often due reports are sent.
const STEP: Duration = Duration::from_millis(20);
/// The streets, and the areas that cabs name.
const BASEMAP: &str = "maps/san-francisco/basemap.hsbm";
const ZONES: [&str; 2] = ["zones/sf-neighborhoods.geojson.gz", "zones/sf-airport.geojson"];

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

impl Fleet {
    /// What the fleet is driven through up to a time, by the clocks of this machine.
    fn config(self, now_ms: i64) -> ScenarioConfig {
        let entities = i64::try_from(self.entities).unwrap_or(i64::MAX).max(1);
        let history_ms =
            (HISTORY_TRIPS * 1000 / TRIPS_AN_HOUR * 60 * MINUTE_MS / entities).min(HISTORY_MS);
        let offset = Timestamp::from_millisecond(now_ms)
            .map_or(0, |now| TimeZone::system().to_offset(now).seconds());
        ScenarioConfig {
            interval_ms: self.interval_ms,
            history_ms,
            sparse_interval_ms: entities.saturating_mul(BACKFILL_MS) / BACKFILL_FIXES,
            sparse_until_ms: now_ms,
            utc_offset_ms: i64::from(offset) * 1000,
            ..ScenarioConfig::new(self.entities, self.seed, now_ms - BACKFILL_MS)
        }
    }
}

impl Simulation {
    /// Drives the fleet up to now and sends what it had to say, waiting whenever `may_go_on` says no: of the day the
    /// trips, of the last hour everything. Ends early where `stop` is set.
    ///
    /// # Errors
    /// Records that cannot be sent.
    pub fn backfill(
        fleet: Fleet,
        producer: Arc<Producer>,
        stop: &AtomicBool,
        mut may_go_on: impl FnMut() -> bool,
    ) -> Result<Self> {
        let now_ms = clock::now_ms();
        let config = fleet.config(now_ms);
        let mut scenario = scenario(config)?;
        let mut told = 0_u64;
        for record in scenario.advance_to(now_ms) {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            while told.is_multiple_of(4096) && !may_go_on() {
                std::thread::sleep(Duration::from_millis(2));
            }
            replay::send(&producer, &record)?;
            told += 1;
        }
        let occasions = scenario.occasions(now_ms);
        tracing::info!(
            cabs = fleet.entities,
            records = told,
            trips_of_hours = (config.history_ms + BACKFILL_MS) / (60 * MINUTE_MS),
            fixes_of_last_hour_every_s = config.sparse_interval_ms.max(config.interval_ms) / 1000,
            rain = span(occasions.rain),
            game = span(occasions.game),
            "the day was sent; the fleet is live"
        );
        Ok(Self { scenario, producer })
    }

    /// Goes on live until `stop` is set, or for as long as is said.
    pub fn drive(mut self, stop: &AtomicBool, lasting: Option<Duration>) {
        let began = Instant::now();
        while !stop.load(Ordering::Relaxed) && lasting.is_none_or(|all| began.elapsed() < all) {
            for record in self.scenario.advance_to(clock::now_ms()) {
                if let Err(error) = replay::send(&self.producer, &record) {
                    tracing::error!("{error:#}");
                }
            }
            std::thread::sleep(STEP);
        }
    }
}

fn scenario(config: ScenarioConfig) -> Result<Scenario> {
    let basemap = Basemap::read(&presets::file(BASEMAP)?).context(BASEMAP)?;
    let documents = ZONES.map(presets::file).into_iter().collect::<Result<Vec<_>>>()?;
    let zones = zone_index(documents.iter().map(AsRef::as_ref), "name")?;
    Scenario::new(config, &basemap.streets, zones).context("the fleet")
}

/// A span of today, by the clocks of this machine.
fn span(span: Option<Span>) -> String {
    let clock = |at_ms| {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
        at.to_zoned(TimeZone::system()).strftime("%H:%M").to_string()
    };
    span.map_or_else(|| "none".to_owned(), |(from, to)| format!("{}-{}", clock(from), clock(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_fleets_tell_less_of_the_past() {
        let told = |entities| {
            let config = Fleet { entities, interval_ms: 5000, seed: 1 }.config(1_700_000_000_000);
            (config.history_ms / MINUTE_MS, config.sparse_interval_ms.max(5000) / 1000)
        };
        assert_eq!(told(100), (1470, 5));
        assert_eq!(told(500), (1470, 5));
        assert_eq!(told(10_000), (211, 45));
        assert_eq!(told(50_000), (42, 225));
    }
}
