//! `hailstream simulate`: a synthetic fleet into the topics of a preset.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::ensure;
use hailstream_query::Interval;

use super::replay::{conclude, stop_when_asked};
use crate::presets;
use crate::replay::Report;
use crate::simulation::{Fleet, Simulation};
use crate::source::producer::Producer;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Scenario
    #[arg(env = "HAILSTREAM_PRESET", default_value = "taxis")]
    preset: String,

    /// Kafka's bootstrap servers
    #[arg(long, env = "HAILSTREAM_BROKERS", value_name = "HOST:PORT,…")]
    brokers: String,

    /// Cabs
    #[arg(long, env = "HAILSTREAM_ENTITIES", value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    entities: u32,

    /// How often each cab reports
    #[arg(long, env = "HAILSTREAM_INTERVAL", value_name = "DURATION", default_value = "5s", value_parser = Interval::parse)]
    interval: Interval,

    /// What makes this fleet differ from another
    #[arg(long, env = "HAILSTREAM_SEED", value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How long the fleet is live after the past was sent [default: until interrupted]
    #[arg(long = "for", env = "HAILSTREAM_FOR", value_name = "DURATION", value_parser = Interval::parse)]
    lasting: Option<Interval>,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        presets::known(&self.preset)?;
        let kafka = BTreeMap::from([("bootstrap.servers".to_owned(), self.brokers)]);
        let producer = Arc::new(Producer::new(&kafka)?);
        let stop = stop_when_asked()?;
        let fleet = Fleet {
            entities: self.entities as usize,
            interval_ms: self.interval.millis(),
            seed: self.seed,
        };
        let lasting = self.lasting.map(|all| Duration::from_millis(all.millis().unsigned_abs()));
        let simulation = Simulation::backfill(fleet, Arc::clone(&producer), &stop, || true)?;
        simulation.drive(&stop, lasting);
        conclude(&producer, &Report::default())?;
        ensure!(lasting.is_none() || !stop.load(Ordering::Relaxed), "interrupted before the end");
        Ok(())
    }
}
