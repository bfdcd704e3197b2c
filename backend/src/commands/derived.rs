//! `hailstream rollup`, `hailstream geofence`: what works topics out from streams, alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use hailstream_engine::StreamConfig;

use super::{asked_to_end, block_on};
use crate::config::{self, Overrides, streams_of};
use crate::derived::file::File;
use crate::derived::{self, DerivedHandle};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration of a server (YAML), all of whose files of this kind are run; or a single such file, whose stream
    /// is in its folder, in ./streams or in ../streams
    #[arg(long, env = "HAILSTREAM_CONFIG", value_name = "FILE")]
    config: PathBuf,

    /// Kafka's bootstrap servers [default: the configuration's]
    #[arg(long, env = "HAILSTREAM_BROKERS", value_name = "HOST:PORT,…")]
    brokers: Option<String>,
}

/// What is to be run.
struct Plan<F> {
    kafka: BTreeMap<String, String>,
    files: Vec<(F, Arc<StreamConfig>)>,
}

impl Args {
    pub(crate) fn run<F: File>(self) -> Result<()> {
        let mut plan: Plan<F> = if is_such_a_file::<F>(&self.config)? {
            one(&self.config)?
        } else {
            all(&self.config)?
        };
        if let Some(brokers) = self.brokers {
            plan.kafka.insert("bootstrap.servers".to_owned(), brokers);
        }
        ensure!(
            plan.kafka.contains_key("bootstrap.servers"),
            "--brokers is missing: a {} file names none",
            F::KIND
        );
        let running = plan.start()?;
        let asked = block_on(asked_to_end())?;
        drop(running);
        asked
    }
}

impl<F: File> Plan<F> {
    fn start(self) -> Result<Vec<DerivedHandle>> {
        let mut running = Vec::new();
        for (file, stream) in self.files {
            file.warnings().iter().for_each(|warning| tracing::warn!("{warning}"));
            let (name, from, to) = (file.name(), stream.name(), file.to());
            tracing::info!(name, from, to, "starting a {}", F::KIND);
            running.push(derived::spawn(Arc::new(file), stream, self.kafka.clone())?);
        }
        Ok(running)
    }
}

/// Such a file says at its top level what it is.
fn is_such_a_file<F: File>(path: &Path) -> Result<bool> {
    let (text, key) = (config::read(path)?, format!("{}:", F::KIND));
    Ok(text.lines().any(|line| line.starts_with(&key)))
}

/// All of a server's configuration.
fn all<F: File>(path: &Path) -> Result<Plan<F>> {
    let checked = config::load(path, &Overrides::default())?;
    let told = path.display().to_string();
    let (kafka, streams) = (checked.config.kafka.clone(), checked.config.streams.clone());
    let all = F::all(checked);
    ensure!(
        !all.is_empty(),
        "{told}: no {}s: it names no folder of them, or an empty one",
        F::KIND
    );
    let mut files = Vec::new();
    for file in all {
        let stream = Arc::clone(file.input(&told, &streams)?);
        files.push((file, stream));
    }
    Ok(Plan { kafka, files })
}

/// That of a file by itself.
fn one<F: File>(path: &Path) -> Result<Plan<F>> {
    let told = path.display().to_string();
    let file = F::from_yaml(&config::read(path)?, &told)?;
    let beside = path.parent().unwrap_or(Path::new("."));
    for folder in [beside.join("streams"), beside.join("../streams"), beside.to_owned()] {
        if !folder.is_dir() {
            continue;
        }
        // In its own folder there are files that are no streams.
        let streams = if folder == beside { streams_among(&folder)? } else { streams_of(&folder)? };
        if streams.is_empty() {
            continue;
        }
        let stream = Arc::clone(file.input(&told, &streams)?);
        return Ok(Plan { kafka: BTreeMap::new(), files: vec![(file, stream)] });
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
