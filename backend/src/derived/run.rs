//! A derivation at work: the input stream into the state machine, its rows into the output topic.
//!
//! One thread reads, judges, works out and writes, so that a round of publishing sees one state. Whatever goes wrong
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

use super::input::Input;
use super::memory::Memory;
use super::positions::{POSITIONS_HEADER, Resume, SafePoint, header_of};
use super::{Derivation, Machine as _};
use crate::source::checkpoint::CheckpointError;
use crate::source::producer::{Producer, Record, SendError};
use crate::source::{self, SourceError, SourceEvent, SourceOptions, StartAt};

/// Between rounds of publishing.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);
/// Between commits of the safe position.
const COMMIT_EVERY: Duration = Duration::from_secs(1);
/// Between two accounts in the log.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// Between attempts.
const RETRY: Duration = Duration::from_secs(1);
/// Batches under way from the consumer; when full, the consumer waits.
const EVENTS: usize = 4;
/// How often a wait looks whether it is time to stop.
const LOOK: Duration = Duration::from_millis(50);

/// What cannot be started at all.
#[derive(Debug, Error)]
pub(crate) enum DerivedError {
    /// librdkafka properties that cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The operating system refused a thread.
    #[error("no thread: {0}")]
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

/// A derivation running in this process. Dropping it stops it; it loses nothing by that.
#[derive(Debug)]
pub(crate) struct DerivedHandle {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for DerivedHandle {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("a thread of rollups or geofences panicked");
            }
        }
    }
}

/// Starts one in a thread of its own.
///
/// # Errors
/// librdkafka properties that cannot be used. A broker that is away is waited for.
pub(crate) fn spawn<D: Derivation>(
    what: Arc<D>,
    stream: Arc<StreamConfig>,
    kafka: BTreeMap<String, String>,
) -> Result<DerivedHandle, DerivedError> {
    // Made and dropped: properties that cannot be used are the caller's error.
    drop(Producer::new(&kafka)?);
    let stop = Arc::new(AtomicBool::new(false));
    let attempts = Attempts { what, stream, kafka, stop: Arc::clone(&stop) };
    let name = format!("{}-{}", D::KIND, attempts.what.name());
    let thread = std::thread::Builder::new().name(name).spawn(move || attempts.run())?;
    Ok(DerivedHandle { stop, thread: Some(thread) })
}

struct Attempts<D> {
    what: Arc<D>,
    stream: Arc<StreamConfig>,
    kafka: BTreeMap<String, String>,
    stop: Arc<AtomicBool>,
}

impl<D: Derivation> Attempts<D> {
    fn run(&self) {
        let name = self.what.name();
        loop {
            match self.attempt() {
                Ok(()) | Err(Ended::Stopped) => return,
                Err(ended) => tracing::warn!(name, "{ended}; starting again"),
            }
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            std::thread::park_timeout(RETRY);
        }
    }

    fn attempt(&self) -> Result<(), Ended> {
        let what = self.what.as_ref();
        let mut memory = Memory::open(what, &self.kafka)?;
        let resume = memory.recall(&self.stream)?;
        let options = self.source_options(&resume);
        let machine = Arc::clone(&self.what).begin(&self.stream, resume, memory.checkpoint())?;
        let producer = Producer::new(&self.kafka)?;
        // When full, the consumer waits.
        let (events, events_in) = sync_channel(EVENTS);
        let source = source::spawn(options, events)?;
        let mut run = Run {
            what,
            input: Input::new(what, Arc::clone(&self.stream), machine),
            memory,
            producer,
            events: events_in,
            stop: &self.stop,
            is_first_round: true,
            safe: None,
            committed: Instant::now(),
            told: Instant::now(),
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
            group: format!("hailstream-{}-{}", D::KIND, self.what.name()),
        }
    }
}

struct Run<'a, D: Derivation> {
    what: &'a D,
    input: Input<D::Machine>,
    memory: Memory,
    producer: Producer,
    events: Receiver<SourceEvent>,
    stop: &'a AtomicBool,
    is_first_round: bool,
    /// Not committed yet.
    safe: Option<SafePoint>,
    committed: Instant,
    told: Instant,
}

impl<D: Derivation> Run<'_, D> {
    fn go(&mut self) -> Result<(), Ended> {
        let mut published = Instant::now();
        loop {
            self.check_stop()?;
            let wait = PUBLISH_EVERY.saturating_sub(published.elapsed()).min(LOOK);
            match self.events.recv_timeout(wait) {
                Ok(event) => self.input.take(event),
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

    /// A round, see [`super::Machine`].
    fn publish(&mut self) -> Result<(), Ended> {
        self.input.look_at_ends();
        self.memory.remember_start(&self.input.starts());
        let machine = self.input.machine();
        let rows = machine.take_rows()?;
        if !machine.is_holding() && self.is_first_round {
            // Rows of a process that was killed may have been on their way until now.
            if self.memory.newest_round()? != machine.resumed_round() {
                return Err(Ended::OtherWriter);
            }
            self.is_first_round = false;
            tracing::info!(name = self.what.name(), "up to date");
        }
        let written = machine.written();
        for row in &rows {
            let header = header_of(&written, row.origin.as_ref())?;
            self.send(Record {
                topic: self.what.to(),
                key: Some(row.key.as_bytes()),
                value: Some(&row.value),
                timestamp_ms: None,
                header: Some((POSITIONS_HEADER, &header)),
            })?;
        }
        self.await_acknowledgement()?;
        self.safe = self.input.machine().published().or(self.safe.take());
        self.commit();
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            self.input.machine().tell();
        }
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
