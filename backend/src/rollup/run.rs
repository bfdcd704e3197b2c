//! A running rollup: the input stream into the state machine, its rows into the output topic.
//!
//! One thread reads, judges, aggregates and writes, so that a round of publishing sees one state. Whatever goes wrong
//! (a rejected record, a lost broker, another writer) ends the attempt; the next one rebuilds the state from the
//! committed safe position, as after a crash: there is one way to recover, and it is the one that is tested.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hailstream_engine::StreamConfig;
use thiserror::Error;

use super::config::RollupConfig;
use super::fold::Fold;
use super::output::{key_of, value_of};
use super::positions::{POSITIONS_HEADER, Resume, SafePoint};
use super::resume::Memory;
use crate::source::checkpoint::CheckpointError;
use crate::source::producer::{Producer, Record, SendError};
use crate::source::{self, SourceError, SourceEvent, SourceOptions, StartAt};

/// Between rounds of publishing.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);
/// Between commits of the safe position.
const COMMIT_EVERY: Duration = Duration::from_secs(1);
/// Between attempts.
const RETRY: Duration = Duration::from_secs(1);
/// Batches under way from the consumer; when full, the consumer waits.
const EVENTS: usize = 4;
/// How often a wait looks whether it is time to stop.
const LOOK: Duration = Duration::from_millis(50);

/// A rollup that cannot be started at all.
#[derive(Debug, Error)]
pub enum RollupError {
    /// librdkafka properties that cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The operating system refused a thread.
    #[error("no thread for the rollup: {0}")]
    Thread(#[from] std::io::Error),
}

/// Why an attempt ended.
#[derive(Debug, Error)]
enum Ended {
    #[error("stopped")]
    Stopped,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error("rows were rejected: {0}")]
    Rejected(String),
    #[error("a row cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("rows were written by someone else meanwhile")]
    OtherWriter,
    #[error("the consumer ended")]
    NoConsumer,
}

/// A rollup running in this process. Dropping it stops it; it loses nothing by that.
#[derive(Debug)]
pub struct RollupHandle {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for RollupHandle {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("a rollup panicked");
            }
        }
    }
}

/// Starts a rollup in a thread of its own.
///
/// # Errors
/// librdkafka properties that cannot be used. A broker that is away is waited for.
pub fn spawn(
    config: Arc<RollupConfig>,
    stream: Arc<StreamConfig>,
    kafka: BTreeMap<String, String>,
) -> Result<RollupHandle, RollupError> {
    // Made and dropped: properties that cannot be used are the caller's error.
    drop(Producer::new(&kafka)?);
    let stop = Arc::new(AtomicBool::new(false));
    let attempts = Attempts { config, stream, kafka, stop: Arc::clone(&stop) };
    let name = format!("rollup-{}", attempts.config.name);
    let thread = std::thread::Builder::new().name(name).spawn(move || attempts.run())?;
    Ok(RollupHandle { stop, thread: Some(thread) })
}

struct Attempts {
    config: Arc<RollupConfig>,
    stream: Arc<StreamConfig>,
    kafka: BTreeMap<String, String>,
    stop: Arc<AtomicBool>,
}

impl Attempts {
    fn run(&self) {
        let rollup = self.config.name.as_str();
        loop {
            match self.attempt() {
                Ok(()) | Err(Ended::Stopped) => return,
                Err(ended) => tracing::warn!(rollup, "{ended}; starting again"),
            }
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            std::thread::park_timeout(RETRY);
        }
    }

    fn attempt(&self) -> Result<(), Ended> {
        let mut memory = Memory::open(&self.config, &self.kafka)?;
        let resume = memory.recall(&self.stream)?;
        let producer = Producer::new(&self.kafka)?;
        // When full, the consumer waits.
        let (events, events_in) = sync_channel(EVENTS);
        let source = source::spawn(self.source_options(&resume), events)?;
        let mut run = Run {
            config: &self.config,
            fold: Fold::new(&self.config, Arc::clone(&self.stream), resume),
            memory,
            producer,
            events: events_in,
            stop: &self.stop,
            is_first_round: true,
            safe: None,
            committed: Instant::now(),
        };
        let ended = run.go();
        drop(source);
        ended
    }

    fn source_options(&self, resume: &Resume) -> SourceOptions {
        let start = resume.start.iter().map(|((topic, partition), (offset, _))| {
            ((Arc::from(topic.as_str()), *partition), *offset)
        });
        SourceOptions {
            kafka: self.kafka.clone(),
            topics: self.stream.topics().to_vec(),
            start: StartAt::Offsets(start.collect()),
            group: format!("hailstream-rollup-{}", self.config.name),
        }
    }
}

struct Run<'a> {
    config: &'a RollupConfig,
    fold: Fold,
    memory: Memory,
    producer: Producer,
    events: Receiver<SourceEvent>,
    stop: &'a AtomicBool,
    is_first_round: bool,
    /// Not committed yet.
    safe: Option<SafePoint>,
    committed: Instant,
}

impl Run<'_> {
    fn go(&mut self) -> Result<(), Ended> {
        let mut published = Instant::now();
        loop {
            self.check_stop()?;
            let wait = PUBLISH_EVERY.saturating_sub(published.elapsed()).min(LOOK);
            match self.events.recv_timeout(wait) {
                Ok(event) => self.fold.take(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Ended::NoConsumer),
            }
            if published.elapsed() >= PUBLISH_EVERY {
                self.publish()?;
                published = Instant::now();
            }
        }
    }

    fn check_stop(&self) -> Result<(), Ended> {
        if self.stop.load(Ordering::Acquire) { Err(Ended::Stopped) } else { Ok(()) }
    }

    /// A round, see [`super::windows`].
    fn publish(&mut self) -> Result<(), Ended> {
        self.fold.look_at_ends();
        self.memory.remember_start(&self.fold);
        let windows = self.fold.windows();
        let rows = windows.take_rows();
        if !windows.is_holding() && self.is_first_round {
            // Rows of a process that was killed may have been on their way until now.
            if self.memory.newest_round()? != windows.resumed_round() {
                return Err(Ended::OtherWriter);
            }
            self.is_first_round = false;
            tracing::info!(rollup = self.config.name, "up to date");
        }
        let written = serde_json::to_vec(&windows.written())?;
        for row in &rows {
            let key = key_of(self.config, row);
            let value = value_of(self.config, row)?;
            self.send(Record {
                topic: &self.config.to,
                key: Some(key.as_bytes()),
                value: Some(&value),
                timestamp_ms: None,
                header: Some((POSITIONS_HEADER, &written)),
            })?;
        }
        self.await_acknowledgement()?;
        self.safe = self.fold.windows().published().or(self.safe.take());
        self.commit();
        Ok(())
    }

    fn send(&self, record: Record<'_>) -> Result<(), Ended> {
        loop {
            match self.producer.try_send(record) {
                Ok(()) => return Ok(()),
                Err(SendError::QueueFull) => self.check_stop()?,
                Err(refused) => return Err(refused.into()),
            }
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }

    fn await_acknowledgement(&self) -> Result<(), Ended> {
        while !self.producer.flush(LOOK) {
            self.check_stop()?;
        }
        let deliveries = self.producer.deliveries();
        match deliveries.last_error {
            Some(why) => Err(Ended::Rejected(why)),
            None => Ok(()),
        }
    }

    fn commit(&mut self) {
        if self.committed.elapsed() >= COMMIT_EVERY
            && let Some(safe) = self.safe.take()
        {
            self.committed = Instant::now();
            self.memory.remember(&safe);
        }
    }
}
