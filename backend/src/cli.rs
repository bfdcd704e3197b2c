//! The command line. Each subcommand is a file in `commands/`; results go to stdout, messages to stderr, and the exit
//! status is 0 only when all was done.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::geofence::config::GeofenceConfig;
use crate::rollup::config::RollupConfig;

/// Live dashboards over Apache Kafka.
#[derive(Debug, Parser)]
#[command(name = "hailstream", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,

    /// What is told on stderr: error, warn, info, debug, trace, or directives such as `info,hailstream::hub=debug`
    #[arg(
        long,
        global = true,
        env = "HAILSTREAM_LOG",
        default_value = "info",
        value_name = "LEVEL"
    )]
    log: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show everything in one process: embedded broker, cabs, rollups, geofences, server
    Demo(commands::demo::Args),
    /// Serve dashboards over the streams of a Kafka cluster
    Serve(commands::serve::Args),
    /// Start the embedded broker alone, for trying things out
    Broker(commands::broker::Args),
    /// Send recorded files to a stream's topic
    Replay(commands::replay::Args),
    /// Run rollups: tumbling windows of streams into topics of keyed rows
    Rollup(commands::derived::Args),
    /// Run geofences: who entered or left which area, out of streams of positions
    Geofence(commands::derived::Args),
    /// Answer a query: one result as JSON, or with --follow a line after each change
    Query(commands::query::Args),
    /// Check a configuration and all files it names; print what it comes to, secrets masked
    Check(commands::check::Args),
    /// Send a synthetic scenario to its topics: the past at once, then live
    Simulate(commands::simulate::Args),
    /// Import saved objects of OpenSearch Dashboards into a running server
    Import(commands::import::Args),
    /// Write dashboards of a running server in the form of OpenSearch Dashboards
    Export(commands::export::Args),
    /// Build a basemap from street lines, an extract of OpenStreetMap or the traces of a fleet
    Basemap(commands::basemap::Args),
}

impl Cli {
    /// What is told on stderr.
    #[must_use]
    pub fn log(&self) -> &str {
        &self.log
    }

    /// Runs the subcommand.
    ///
    /// # Errors
    /// Whatever kept it from doing all.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Demo(args) => args.run(),
            Command::Serve(args) => args.run(),
            Command::Broker(args) => args.run(),
            Command::Replay(args) => args.run(),
            Command::Rollup(args) => args.run::<RollupConfig>(),
            Command::Geofence(args) => args.run::<GeofenceConfig>(),
            Command::Query(args) => args.run(),
            Command::Check(args) => args.run(),
            Command::Simulate(args) => args.run(),
            Command::Import(args) => args.run(),
            Command::Export(args) => args.run(),
            Command::Basemap(args) => args.run(),
        }
    }
}
