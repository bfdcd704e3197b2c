//! A system under measurement and its two phases. What the systems are is in their own files.

use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::ChildStdout;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::process::Running;
use crate::{records, server};

/// Records that lie ready.
pub(super) const HISTORY: u64 = 1_000_000;
/// Records a second of event time, and of the live phase.
pub(super) const PER_SECOND: u64 = 5_000;
/// Records of the live phase.
pub(super) const LIVE: u64 = PER_SECOND * 40;
const SETTLE: Duration = Duration::from_secs(8);
const STRETCH: Duration = Duration::from_secs(20);
/// A system that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(180);
const START_MS: u64 = 1_700_000_000_000;

/// The records, in two files of lines: those that lie ready and those that come.
pub(super) struct Records {
    folder: TempDir,
    pub(super) history: PathBuf,
    pub(super) live: PathBuf,
}

impl Records {
    pub(super) fn write() -> Result<Self> {
        let folder = server::folder()?;
        let [history, live] =
            ["history.ndjson", "live.ndjson"].map(|name| folder.path().join(name));
        records::write(&history, HISTORY, PER_SECOND, START_MS)?;
        records::write(&live, LIVE, PER_SECOND, START_MS + HISTORY * 1_000 / PER_SECOND)?;
        Ok(Self { folder, history, live })
    }

    pub(super) fn lines(file: &Path) -> Result<Lines<BufReader<File>>> {
        let opened = File::open(file).with_context(|| format!("reading {}", file.display()))?;
        Ok(BufReader::new(opened).lines())
    }

    /// A file cut into files of `count` lines, in their order.
    pub(super) fn chunks(&self, file: &Path, count: usize) -> Result<Vec<PathBuf>> {
        let folder = self.folder.path().join(format!("chunks-{count}"));
        fs::create_dir(&folder)?;
        let lines = Self::lines(file)?.collect::<Result<Vec<_>, _>>()?;
        let write = |(index, lines): (usize, &[String])| {
            let chunk = folder.join(format!("{index:05}.ndjson"));
            fs::write(&chunk, lines.join("\n") + "\n")?;
            anyhow::Ok(chunk)
        };
        lines.chunks(count).enumerate().map(write).collect()
    }
}

/// What is running.
pub(super) struct Peer {
    /// With its version.
    pub(super) name: String,
    pub(super) panels: usize,
    pub(super) running: Running,
}

/// A system that takes in the records and answers.
pub(super) trait System {
    fn peer(&self) -> &Peer;
    /// Waits for news; how many records have been taken in.
    fn rows(&mut self) -> Result<u64>;
    /// Answers given so far.
    fn answers(&self) -> u64;
    /// All that lay ready is taken in: now the others come.
    fn go_live(&mut self) -> Result<()>;
    /// How many records the first question's answer covers, for seeing that the same was counted; none where it cannot be told.
    fn counted(&mut self) -> Result<Option<u64>>;
}

/// What a system costs.
pub(super) struct Cost {
    pub(super) name: String,
    pub(super) panels: usize,
    pub(super) load_ns: f64,
    pub(super) live_ns: f64,
    arrived_s: f64,
    answers_s: f64,
}

impl fmt::Display for Cost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, panels, load_ns, live_ns, arrived_s, answers_s } = self;
        // All was loaded before the first look.
        let load = if *load_ns > 0.0 { format!("{load_ns:.0}") } else { "not seen".to_owned() };
        write!(
            out,
            "| {name} | {panels} | {load} | {live_ns:.0} | {arrived_s:.0} | {answers_s:.1} |"
        )
    }
}

struct Mark {
    at: Instant,
    cpu: Duration,
    rows: u64,
    answers: u64,
}

impl Mark {
    /// At the first news for which `enough` holds.
    fn when(system: &mut dyn System, mut enough: impl FnMut(u64) -> bool) -> Result<Self> {
        loop {
            let rows = system.rows()?;
            if enough(rows) {
                let cpu = system.peer().running.tree_cpu()?;
                return Ok(Self { at: Instant::now(), cpu, rows, answers: system.answers() });
            }
        }
    }

    fn ns_per_row(&self, before: &Self) -> f64 {
        (self.cpu - before.cpu).as_secs_f64() * 1e9 / (self.rows - before.rows).max(1) as f64
    }

    fn per_second(&self, before: &Self, count: fn(&Self) -> u64) -> f64 {
        (count(self) - count(before)) as f64 / (self.at - before.at).as_secs_f64()
    }
}

/// Takes a system through both phases.
pub(super) fn follow(system: &mut dyn System) -> Result<Cost> {
    let half = Mark::when(system, |rows| rows >= HISTORY / 2)?;
    let full = Mark::when(system, |rows| rows >= HISTORY)?;
    system.go_live()?;
    let first = Mark::when(system, |rows| rows > HISTORY)?.at;
    let from = Mark::when(system, |_| first.elapsed() >= SETTLE)?;
    let to = Mark::when(system, |_| first.elapsed() >= SETTLE + STRETCH)?;
    Mark::when(system, |rows| rows >= HISTORY + LIVE)?;
    if let Some(counted) = system.counted()? {
        let all = HISTORY + LIVE;
        ensure!(counted == all, "{}: {counted} of {all} records were counted", system.peer().name);
    }
    Ok(Cost {
        name: system.peer().name.clone(),
        panels: system.peer().panels,
        load_ns: full.ns_per_row(&half),
        live_ns: to.ns_per_row(&from),
        arrived_s: to.per_second(&from, |mark| mark.rows),
        answers_s: to.per_second(&from, |mark| mark.answers),
    })
}

/// What a script of `benches/peers` tells: lines of words and numbers.
pub(super) struct Told {
    lines: Receiver<String>,
}

impl Told {
    pub(super) fn by(output: ChildStdout) -> Self {
        // A few lines a second; when full, the reader waits, and with it the script.
        let (sender, lines) = sync_channel(64);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { lines }
    }

    /// The numbers of the next line that begins with `word`.
    pub(super) fn next(&self, word: &str) -> Result<Vec<u64>> {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).context("the script said nothing more")?;
            let mut words = line.split_whitespace();
            if words.next() == Some(word) {
                return words.map(|number| Ok(number.parse()?)).collect();
            }
        }
    }
}
