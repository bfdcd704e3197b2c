//! The source's thread: opens a consumer, reads, watches over it, and tells what happens.
//!
//! The state that outlives a consumer is [`Progress`]: whatever ends a consumer (a fatal error, the watchdog, a
//! broker that is away while starting), the next one goes on at the same positions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant};

use super::batch::BatchBuilder;
use super::client::explain;
use super::consumer::{KafkaConsumer, Problem};
use super::link::Link;
use super::progress::Progress;
use super::statistics::Statistics;
use super::surveyor::Surveyor;
use super::topics::{Survey, Topics};
use super::{SourceError, SourceEvent, SourceOptions, starting};
use crate::clock;

/// Longest wait for a record; also how soon a stop is noticed.
const POLL: Duration = Duration::from_millis(50);
/// How long the first question may take before the broker is called unreachable. Slow ones get longer each time.
const FIRST_PATIENCE: Duration = Duration::from_secs(1);
const LONGEST_PATIENCE: Duration = Duration::from_secs(16);
/// Between attempts to open a consumer.
const RETRY: Duration = Duration::from_millis(500);
/// While the receiver is busy.
const RECEIVER_BUSY: Duration = Duration::from_micros(500);
/// Between commits of positions for lag tools.
const COMMIT_EVERY: Duration = Duration::from_secs(5);
/// A partition that holds more and gives nothing for so long gets a new consumer.
const STUCK_MS: i64 = 30_000;
/// How long a new assignment may take to connect to its brokers before that is called a disconnection.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// A broker that owes an answer for so much longer than a fetch may wait is not there.
const SILENCE: Duration = Duration::from_secs(3);

/// Why reading came to an end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// A stop was asked for, or nobody receives any more.
    Stopped,
    /// This consumer is of no more use.
    Broken,
}

pub(super) struct Reading {
    options: SourceOptions,
    topics: Arc<Topics>,
    /// Full: the thread waits, see [`super::spawn`].
    events: SyncSender<SourceEvent>,
    stop: Arc<AtomicBool>,
    /// Made while starting, so that a wrong configuration is an error of the caller's.
    unused: Option<KafkaConsumer>,
    patience: Duration,
    progress: Progress,
    link: Link,
    is_caught_up: bool,
    silence_micros: i64,
}

impl Reading {
    pub(super) fn new(
        options: SourceOptions,
        events: SyncSender<SourceEvent>,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, SourceError> {
        let topics = Arc::new(Topics::new(&options.topics)?);
        let unused = Some(KafkaConsumer::new(&options.kafka, &options.group)?);
        let fetch_wait = options.kafka.get("fetch.wait.max.ms").and_then(|ms| ms.parse().ok());
        let silence = SILENCE + Duration::from_millis(fetch_wait.unwrap_or(500));
        let silence_micros = i64::try_from(silence.as_micros()).unwrap_or(i64::MAX);
        let (progress, link) = (Progress::default(), Link::default());
        Ok(Self {
            options,
            topics,
            events,
            stop,
            unused,
            patience: FIRST_PATIENCE,
            progress,
            link,
            is_caught_up: false,
            silence_micros,
        })
    }

    pub(super) fn run(mut self) {
        while self.open_and_read() != Ended::Stopped {
            std::thread::park_timeout(RETRY);
        }
    }

    fn open_and_read(&mut self) -> Ended {
        let consumer = match self.unused.take() {
            Some(unused) => unused,
            None => match KafkaConsumer::new(&self.options.kafka, &self.options.group) {
                Ok(consumer) => consumer,
                Err(error) => {
                    self.link.complaint = Some(error.to_string());
                    return self.tell_link().err().unwrap_or(Ended::Broken);
                }
            },
        };
        let ended = match consumer.survey(&self.topics, self.patience) {
            Ok(survey) => {
                self.patience = FIRST_PATIENCE;
                self.read(&Arc::new(consumer), &survey)
            }
            Err(error) => {
                self.patience = (self.patience * 2).min(LONGEST_PATIENCE);
                self.unused = Some(consumer);
                self.cannot_ask(&error)
            }
        };
        ended.err().unwrap_or(Ended::Broken)
    }

    fn cannot_ask(&mut self, error: &rdkafka::error::KafkaError) -> Result<(), Ended> {
        self.check_stop()?;
        // The reason lies with the connection; librdkafka tells it by an error event.
        if let Some(consumer) = &self.unused
            && let Err(Problem::Refused(why)) = consumer.serve()
        {
            self.link.refused = Some(why);
        }
        self.link.is_cut(explain(error));
        self.tell_link()
    }

    // ---- reading ---------------------------------------------------------------------------------

    /// Reads until something ends it; never returns `Ok`.
    fn read(&mut self, consumer: &Arc<KafkaConsumer>, survey: &Survey) -> Result<(), Ended> {
        self.link.look(None, Instant::now());
        self.take_in(consumer, survey)?;
        self.progress.forgive();
        let surveyor = Surveyor::start(Arc::clone(consumer), Arc::clone(&self.topics))
            .map_err(|_| Ended::Broken)?;
        let mut batch = BatchBuilder::new(self.progress.topics());
        let (mut assigned, mut committed) = (Instant::now(), Instant::now());
        loop {
            if self.check_stop().is_err() {
                consumer.commit(&self.progress.positions());
                return Err(Ended::Stopped);
            }
            let polled = consumer.poll(POLL, &mut batch);
            self.hand_on(&mut batch)?;
            let is_out_of_range = self.judge(polled)?;
            if let Some(statistics) = consumer.take_statistics() {
                self.look_at(&statistics, assigned.elapsed())?;
            }
            if let Some(survey) = self.news(consumer, &surveyor, is_out_of_range)? {
                self.take_in(consumer, &survey)?;
                batch = BatchBuilder::new(self.progress.topics());
                assigned = Instant::now();
            }
            if committed.elapsed() >= COMMIT_EVERY {
                committed = Instant::now();
                self.look_after(consumer)?;
            }
        }
    }

    /// What a problem of polling means; `true`: some position is outside of what the broker has.
    fn judge(&mut self, polled: Result<(), Problem>) -> Result<bool, Ended> {
        match polled {
            Ok(()) => return Ok(false),
            Err(Problem::OutOfRange) => return Ok(true),
            Err(Problem::Unreachable(why)) => self.link.is_cut(why),
            Err(Problem::Refused(why)) => self.link.refused = Some(why),
            Err(Problem::Fatal(why)) => {
                tracing::error!(why, "the Kafka consumer failed; a new one takes over");
                return Err(Ended::Broken);
            }
        }
        self.tell_link()?;
        Ok(false)
    }

    fn hand_on(&mut self, batch: &mut BatchBuilder) -> Result<(), Ended> {
        self.progress.advance(batch.records());
        if let Some(batch) = batch.take(clock::now_ms()) {
            self.send(SourceEvent::Batch(batch))?;
            self.tell_caught_up()?;
        }
        Ok(())
    }

    fn look_at(&mut self, statistics: &Statistics, assigned_for: Duration) -> Result<(), Ended> {
        for (topic, partition) in statistics.partitions() {
            let (end, drained_to) = (partition.end(), partition.drained_to());
            self.progress.observe(topic, partition.partition, end, drained_to);
        }
        let unreachable = statistics.unreachable(self.silence_micros);
        if unreachable.is_none() || assigned_for > CONNECT_WITHIN {
            self.link.look(unreachable, Instant::now());
            self.tell_link()?;
        }
        self.tell_ends()
    }

    /// A survey after which partitions must be assigned anew.
    ///
    /// Positions are compared with what the broker has only in a survey made here and now: one made beside reading
    /// is a little old, and would find positions behind its ends.
    fn news(
        &mut self,
        consumer: &KafkaConsumer,
        surveyor: &Surveyor,
        is_out_of_range: bool,
    ) -> Result<Option<Survey>, Ended> {
        if is_out_of_range {
            return consumer
                .survey(&self.topics, LONGEST_PATIENCE)
                .map(Some)
                .map_err(|_| Ended::Broken);
        }
        let Some(survey) = surveyor.take() else { return Ok(None) };
        self.link.complaint = survey.complaint(&self.topics);
        self.tell_link()?;
        for ((topic, partition), bounds) in &survey.partitions {
            self.progress.observe(topic, *partition, Some(bounds.end), None);
        }
        self.tell_ends()?;
        if survey.partitions.keys().all(|id| self.progress.has(id)) {
            return Ok(None);
        }
        consumer.survey(&self.topics, LONGEST_PATIENCE).map(Some).map_err(|_| Ended::Broken)
    }

    /// Starts new partitions, mends positions the broker does not have, and assigns all.
    fn take_in(&mut self, consumer: &KafkaConsumer, survey: &Survey) -> Result<(), Ended> {
        let assigned = starting::starts(consumer, &self.options.start, &self.progress, survey)
            .map(|starts| starting::begin(&mut self.progress, starts, survey))
            .and_then(|events| {
                consumer.assign(&self.progress.positions())?;
                Ok(events)
            });
        let events = match assigned {
            Ok(events) => events,
            Err(error) => {
                self.link.is_cut(explain(&error));
                self.tell_link()?;
                return Err(Ended::Broken);
            }
        };
        for event in events {
            self.send(event)?;
        }
        self.link.complaint = survey.complaint(&self.topics);
        self.tell_link()?;
        self.tell_ends()
    }

    fn look_after(&mut self, consumer: &KafkaConsumer) -> Result<(), Ended> {
        consumer.commit(&self.progress.positions());
        if let Some((topic, partition)) = self.progress.stuck(clock::now_ms(), STUCK_MS) {
            tracing::error!(%topic, partition, "no record for long though there are; a new consumer takes over");
            return Err(Ended::Broken);
        }
        Ok(())
    }

    // ---- telling ---------------------------------------------------------------------------------

    fn tell_link(&mut self) -> Result<(), Ended> {
        match self.link.change(Instant::now()) {
            Some(event) => self.send(event),
            None => Ok(()),
        }
    }

    fn tell_ends(&mut self) -> Result<(), Ended> {
        let untold = self.progress.untold_ends();
        if !untold.is_empty() {
            self.send(SourceEvent::Ends(untold))?;
        }
        self.tell_caught_up()
    }

    fn tell_caught_up(&mut self) -> Result<(), Ended> {
        if !self.is_caught_up && !self.progress.is_empty() && self.progress.is_caught_up() {
            self.is_caught_up = true;
            self.send(SourceEvent::CaughtUp)?;
        }
        Ok(())
    }

    /// Waits while the receiver is busy, but not when it is time to stop.
    fn send(&self, mut event: SourceEvent) -> Result<(), Ended> {
        loop {
            event = match self.events.try_send(event) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(Ended::Stopped),
                Err(TrySendError::Full(event)) => event,
            };
            self.check_stop()?;
            std::thread::park_timeout(RECEIVER_BUSY);
        }
    }

    fn check_stop(&self) -> Result<(), Ended> {
        if self.stop.load(Ordering::Acquire) { Err(Ended::Stopped) } else { Ok(()) }
    }
}
