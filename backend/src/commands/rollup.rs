//! `hailstream rollup`: the embedded stream processor alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use hailstream_engine::StreamConfig;

use super::{asked_to_end, block_on};
use crate::config::{self, Overrides, streams_of};
use crate::rollup::{self, RollupHandle, config::RollupConfig};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration of a server (YAML), all of whose rollups are run; or a single rollup file, whose stream is in
    /// its folder, in ./streams or in ../streams
    #[arg(long, env = "HAILSTREAM_CONFIG", value_name = "FILE")]
    config: PathBuf,

    /// Kafka's bootstrap servers [default: the configuration's]
    #[arg(long, env = "HAILSTREAM_BROKERS", value_name = "HOST:PORT,…")]
    brokers: Option<String>,
}

/// What is to be run.
struct Plan {
    kafka: BTreeMap<String, String>,
    rollups: Vec<(RollupConfig, Arc<StreamConfig>)>,
}

impl Args {
    pub(crate) fn run(self) -> Result<()> {
        let mut plan =
            if is_rollup_file(&self.config)? { one(&self.config)? } else { all(&self.config)? };
        if let Some(brokers) = self.brokers {
            plan.kafka.insert("bootstrap.servers".to_owned(), brokers);
        }
        ensure!(
            plan.kafka.contains_key("bootstrap.servers"),
            "--brokers is missing: a rollup file names none"
        );
        let running = plan.start()?;
        let asked = block_on(asked_to_end())?;
        drop(running);
        asked
    }
}

impl Plan {
    fn start(self) -> Result<Vec<RollupHandle>> {
        let mut running = Vec::new();
        for (rollup, stream) in self.rollups {
            let (from, to) = (&rollup.from, &rollup.to);
            tracing::info!(rollup = rollup.name, %from, %to, "starting");
            running.push(rollup::spawn(Arc::new(rollup), stream, self.kafka.clone())?);
        }
        Ok(running)
    }
}

/// A rollup file says at its top level which rollup it is.
fn is_rollup_file(path: &Path) -> Result<bool> {
    let text = config::read(path)?;
    Ok(text.lines().any(|line| line.starts_with("rollup:")))
}

/// All rollups of a server's configuration.
fn all(path: &Path) -> Result<Plan> {
    let checked = config::load(path, &Overrides::default())?;
    let told = path.display().to_string();
    ensure!(
        !checked.rollups.is_empty(),
        "{told}: no rollups: it names no folder of them, or an empty one"
    );
    let streams = &checked.config.streams;
    let mut rollups = Vec::new();
    for rollup in checked.rollups {
        let stream = Arc::clone(rollup.input(&told, streams)?);
        rollups.push((rollup, stream));
    }
    Ok(Plan { kafka: checked.config.kafka, rollups })
}

/// The rollup of a file by itself.
fn one(path: &Path) -> Result<Plan> {
    let told = path.display().to_string();
    let rollup = RollupConfig::from_yaml(&config::read(path)?, &told)?;
    let beside = path.parent().unwrap_or(Path::new("."));
    for folder in [beside.join("streams"), beside.join("../streams"), beside.to_owned()] {
        if !folder.is_dir() {
            continue;
        }
        // In the rollup's own folder there are files that are no streams.
        let streams = if folder == beside { streams_among(&folder)? } else { streams_of(&folder)? };
        if streams.is_empty() {
            continue;
        }
        let stream = Arc::clone(rollup.input(&told, &streams)?);
        return Ok(Plan { kafka: BTreeMap::new(), rollups: vec![(rollup, stream)] });
    }
    bail!("{told}: no stream files found in its folder, in streams/ or in ../streams/")
}

/// The stream files of a folder that holds other files too: those that name a stream.
fn streams_among(folder: &Path) -> Result<Vec<Arc<StreamConfig>>> {
    let mut streams = Vec::new();
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
        // Top level, in block or in flow style.
        if text.lines().any(|line| line.trim_start_matches('{').starts_with("stream:")) {
            let told = file.path().display().to_string();
            streams.push(Arc::new(StreamConfig::from_yaml(&text, &told)?));
        }
    }
    Ok(streams)
}
