//! Processes that a bench starts: found, awaited, measured through `/proc`, and always stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The project's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Data that may not be shipped: `HAILSTREAM_DATA`, or beside the project.
pub(crate) fn data() -> PathBuf {
    let default = || root().join("../shared/data");
    std::env::var_os("HAILSTREAM_DATA").map_or_else(default, PathBuf::from)
}

/// The binary under measurement: `HAILSTREAM_BIN`, or the one that was built last.
pub(crate) fn hailstream() -> PathBuf {
    let default = || root().join("target/release/hailstream");
    std::env::var_os("HAILSTREAM_BIN").map_or_else(default, PathBuf::from)
}

/// A child that is killed when dropped.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts `command` and waits until a line of its output starts with `mark`; returns the rest of that line. Without
    /// a mark it does not wait.
    pub(crate) fn start(command: &mut Command, mark: &str) -> Result<(Self, String)> {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut running = Self { child: child.with_context(|| format!("starting {command:?}"))? };
        if mark.is_empty() {
            return Ok((running, String::new()));
        }
        let output = running.child.stdout.take().context("child has a standard output")?;
        for line in BufReader::new(output).lines() {
            if let Some(rest) = line?.strip_prefix(mark) {
                return Ok((running, rest.trim().to_owned()));
            }
        }
        bail!("{command:?} ended without saying \"{mark}\"")
    }

    /// Starts a script of `benches/page` under Node.
    pub(crate) fn node(script: &str, ask: &Value) -> Result<(Self, ChildStdout)> {
        let file = root().join("benches/page").join(script);
        ensure!(
            root().join("benches/page/node_modules/@playwright").exists(),
            "the browser's driver is missing: run scripts/setup bench"
        );
        Self::told(Command::new("node").arg(file).arg(ask.to_string()))
    }

    /// Starts `command`, to be read from.
    pub(crate) fn told(command: &mut Command) -> Result<(Self, ChildStdout)> {
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("starting {command:?}"))?;
        let output = child.stdout.take().context("child has a standard output")?;
        Ok((Self { child }, output))
    }

    /// CPU time of the process and of all that it has started, ended ones included.
    pub(crate) fn tree_cpu(&self) -> Result<Duration> {
        let mut tree = BTreeSet::from([self.child.id()]);
        let mut ticks = 0;
        // Processes come after who started them, but for numbers that begin anew: look until none is added.
        let processes = processes()?;
        while processes.iter().any(|one| tree.contains(&one.parent) && tree.insert(one.id)) {}
        for process in processes.iter().filter(|one| tree.contains(&one.id)) {
            ticks += process.ticks;
        }
        Ok(Duration::from_secs(1) * ticks / TICKS_S)
    }

    pub(crate) fn usage(&self) -> Result<Usage> {
        Usage::of(self.child.id())
    }

    /// CPU time by thread name, as the kernel cuts it (15 bytes), numbers at the end left out.
    pub(crate) fn threads(&self) -> Result<Threads> {
        let mut threads = BTreeMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let task = task?.path();
            // A thread may end between the listing and the reading.
            let name = fs::read_to_string(task.join("comm")).unwrap_or_default();
            let name = name.trim_end().trim_end_matches(|last: char| last.is_ascii_digit());
            *threads.entry(name.to_owned()).or_default() += thread_cpu(&task);
        }
        Ok(Threads(threads))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing more to do about a failure here.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a process has used so far.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// CPU time of all its threads.
    pub(crate) cpu: Duration,
    /// Resident memory, bytes.
    pub(crate) rss: u64,
}

impl Usage {
    fn of(pid: u32) -> Result<Self> {
        let mut cpu = Duration::ZERO;
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            cpu += thread_cpu(&task?.path());
        }
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let rss = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
        let kib: u64 = rss
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .and_then(|kib| kib.trim().parse().ok())
            .context("Rss in smaps_rollup")?;
        Ok(Self { cpu, rss: kib * 1024 })
    }
}

/// The kernel's unit of CPU time towards programs: hundredths of a second on every platform that we run on.
const TICKS_S: u32 = 100;

struct Process {
    id: u32,
    parent: u32,
    /// CPU time, its own and that of children that have ended.
    ticks: u32,
}

fn processes() -> Result<Vec<Process>> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end between the listing and the reading.
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name, in brackets, may hold anything.
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
        let ticks = (11..15).filter_map(number).sum();
        processes.extend(number(1).map(|parent| Process { id, parent, ticks }));
    }
    Ok(processes)
}

/// Of a thread by its folder in `/proc`; nothing where it has just ended.
fn thread_cpu(task: &Path) -> Duration {
    let stat = fs::read_to_string(task.join("schedstat")).unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// CPU time by thread name.
#[derive(Clone, Default)]
pub(crate) struct Threads(BTreeMap<String, Duration>);

impl Threads {
    /// What was spent since `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let spent = |(name, cpu): (&String, &Duration)| {
            (name.clone(), cpu.saturating_sub(before.0.get(name).copied().unwrap_or_default()))
        };
        Self(self.0.iter().map(spent).collect())
    }

    /// Of the threads of that name which took most.
    pub(crate) fn busiest(&self) -> Duration {
        self.0.values().max().copied().unwrap_or_default()
    }

    /// Of the threads whose names begin so.
    pub(crate) fn of(&self, prefix: &str) -> Duration {
        self.0.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, cpu)| *cpu).sum()
    }
}

/// Asks `condition` until it gives something, at most for `limit`.
pub(crate) fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut condition: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(value) = condition()? {
            return Ok(value);
        }
        if started.elapsed() > limit {
            bail!("waited {limit:?} for {what}");
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// The machine's load, for judging the figures.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
