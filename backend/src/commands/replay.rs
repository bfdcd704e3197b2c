//! `hailstream replay`: files into a stream's topic.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use hailstream_engine::StreamConfig;
use hailstream_simulator::replay::{Order, Speed};

use super::asked_to_end;
use crate::replay::{self, Report, Request, TimesWish};
use crate::source::producer::Producer;

/// How long the last records are waited for.
const FLUSH_WITHIN: Duration = Duration::from_secs(60);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Stream file (YAML) whose topic the records go to, and by whose fields text is typed
    #[arg(long, env = "HAILSTREAM_STREAM", value_name = "FILE")]
    stream: PathBuf,

    /// Kafka's bootstrap servers
    #[arg(long, env = "HAILSTREAM_BROKERS", value_name = "HOST:PORT,…")]
    brokers: String,

    /// CSV (`,` `;` tab) or NDJSON files, gzip or not, recognised by their content
    #[arg(long, env = "HAILSTREAM_INPUT", value_name = "FILE", required = true, num_args = 1..)]
    input: Vec<PathBuf>,

    /// Replay map (YAML): renames, conversions, derived fields
    #[arg(long, env = "HAILSTREAM_MAP", value_name = "FILE")]
    map: Option<PathBuf>,

    /// What becomes of event times: keep them (record timestamps are times of sending), move the last one to now, or
    /// stamp at sending
    #[arg(long, env = "HAILSTREAM_TIME", value_enum, default_value_t = Time::Keep)]
    time: Time,

    /// How many times as fast as recorded, or max
    #[arg(long, env = "HAILSTREAM_SPEED", value_name = "N|max", default_value = "1", value_parser = speed)]
    speed: Speed,

    /// In which order records are sent: by event time, or as in the file
    #[arg(long, env = "HAILSTREAM_ORDER", value_enum, default_value_t = Sequence::Time)]
    order: Sequence,

    /// Begin again at the end
    #[arg(long = "loop", env = "HAILSTREAM_LOOP")]
    again: bool,

    /// Field whose value becomes the record key [default: the stream's entity, else its id, else none]
    #[arg(long, env = "HAILSTREAM_KEY", value_name = "FIELD")]
    key: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Time {
    Keep,
    End,
    Now,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sequence {
    Time,
    File,
}

/// Reads `--speed`.
pub(crate) fn speed(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Max);
    }
    let times = text.parse().ok().filter(|times: &f64| times.is_finite() && *times > 0.0);
    times.map(Speed::Times).ok_or_else(|| format!("\"{text}\" is not a positive number, nor max"))
}

impl Args {
    pub(crate) fn run(self) -> Result<()> {
        let told = self.stream.display().to_string();
        let text =
            std::fs::read_to_string(&self.stream).with_context(|| format!("reading {told}"))?;
        let stream = Arc::new(StreamConfig::from_yaml(&text, &told)?);
        let request = Request {
            stream,
            inputs: self.input,
            map: self.map.as_deref().map(replay::read_map).transpose()?,
            key: self.key,
            times: match self.time {
                Time::Keep => TimesWish::Keep,
                Time::End => TimesWish::End,
                Time::Now => TimesWish::Now,
            },
            speed: self.speed,
            begin_ms: None,
            order: match self.order {
                Sequence::Time => Order::Time,
                Sequence::File => Order::File,
            },
        };
        let kafka = BTreeMap::from([("bootstrap.servers".to_owned(), self.brokers)]);
        let producer = Producer::new(&kafka)?;
        let stop = stop_when_asked()?;
        let mut report = Report::default();
        loop {
            let done = replay::run(request.prepare()?, &producer, &stop, || true)?;
            report.sent += done.sent;
            report.unreadable = done.unreadable;
            if !self.again || stop.load(Ordering::Relaxed) {
                break;
            }
        }
        conclude(&producer, &report)?;
        ensure!(self.again || !stop.load(Ordering::Relaxed), "interrupted before the end");
        Ok(())
    }
}

/// A flag that is set on Ctrl-C or SIGTERM.
pub(super) fn stop_when_asked() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // It lives as long as the process, which does not wait for it.
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Err(error) = runtime.block_on(asked_to_end()) {
            tracing::warn!("{error:#}");
        }
        flag.store(true, Ordering::Relaxed);
    })?;
    Ok(stop)
}

/// Waits for the last records and says what became of all.
pub(super) fn conclude(producer: &Producer, report: &Report) -> Result<()> {
    let flushed = producer.flush(FLUSH_WITHIN);
    let deliveries = producer.deliveries();
    writeln!(
        std::io::stdout(),
        "sent {} acknowledged {} rejected {} unreadable {}",
        deliveries.sent,
        deliveries.acknowledged,
        deliveries.rejected,
        report.unreadable
    )?;
    if let Some(why) = deliveries.last_error {
        bail!("{} records were rejected: {why}", deliveries.rejected);
    }
    ensure!(flushed, "some records were not acknowledged within {FLUSH_WITHIN:?}");
    ensure!(report.unreadable == 0, "{} rows could not be read", report.unreadable);
    Ok(())
}
