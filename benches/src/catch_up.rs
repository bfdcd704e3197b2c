//! What it costs a server to take in a topic that lies ready: from its first record to the last, as fast as it goes.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::process::{Running, Threads, wait_for};
use crate::server;

/// See the module's words.
pub(crate) struct CatchUp {
    /// Records taken in meanwhile.
    pub(crate) records: f64,
    pub(crate) seconds: f64,
    threads: Threads,
}

/// Beginnings of the names of the server's threads, and what they do.
const STAGES: [(&str, &str); 4] = [
    ("rdk:", "fetch (librdkafka)"),
    ("kafka-source", "poll and copy"),
    ("feed-", "pass on"),
    ("stream-", "decode, judge, fold, tick"),
];

impl CatchUp {
    /// Waits until `all` records of the bench's stream are taken in.
    pub(crate) fn measure(running: &Running, url: &str, all: u64) -> Result<Self> {
        let consumed = || anyhow::Ok(server::stream(url)?.summary.account.consumed);
        let first = wait_for("the first record", Duration::from_secs(60), || {
            Ok(Some(consumed()?).filter(|count| *count > 0))
        })?;
        let (started, before) = (Instant::now(), running.threads()?);
        wait_for("the last record", Duration::from_secs(300), || {
            Ok((consumed()? >= all).then_some(()))
        })?;
        let seconds = started.elapsed().as_secs_f64();
        let threads = running.threads()?.since(&before);
        let account = server::stream(url)?.summary.account;
        anyhow::ensure!(account.is_balanced(), "the account does not add up: {account:?}");
        Ok(Self { records: (all - first) as f64, seconds, threads })
    }

    /// CPU time of the whole server, nanoseconds per record.
    pub(crate) fn server_ns(&self) -> f64 {
        self.ns_of("")
    }

    /// CPU time of the thread that owns the engine, nanoseconds per record.
    pub(crate) fn engine_ns(&self) -> f64 {
        self.ns_of("stream-telem")
    }

    /// Records per second that the server would take in with all cores for itself: its busiest thread on one, everything
    /// together on all. The broker shares the cores with it here.
    pub(crate) fn without_broker(&self) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let busiest_ns = self.threads.busiest().as_secs_f64() * 1e9 / self.records;
        1e9 / busiest_ns.max(self.server_ns() / cores as f64)
    }

    fn ns_of(&self, prefix: &str) -> f64 {
        self.threads.of(prefix).as_secs_f64() * 1e9 / self.records
    }

    /// Nanoseconds per record by what the threads do, for people.
    pub(crate) fn by_stage(&self) -> String {
        let known = STAGES.map(|(prefix, what)| (what, self.ns_of(prefix)));
        let rest = self.server_ns() - known.iter().map(|(_, ns)| ns).sum::<f64>();
        let told = known.iter().map(|(what, ns)| format!("{what} {ns:.0}"));
        told.chain([format!("the rest {rest:.0}")]).collect::<Vec<_>>().join(", ")
    }
}
