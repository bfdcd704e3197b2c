//! One stream at work: a plain thread that owns the stream's engine. Records come in, results go to the hub.
//!
//! The thread waits for inputs only; records, questions and filled views all arrive at one door. Between ticks changes
//! coalesce. Views that nobody follows are kept up to date but not published: whoever follows one is answered at once, and from
//! then on by tick.

mod backfill;
mod dead_letters;
pub(crate) mod feed;
mod legs;
mod pace;
mod views;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hailstream_engine::{Engine, RawRecord, StreamConfig};
use hailstream_protocol::stream_info::{StreamInfo, StreamSummary};
use hailstream_protocol::{StreamHealth, StreamState};

pub(crate) use self::backfill::Pool;
use self::dead_letters::DeadLetters;
use self::feed::Input;
use self::legs::Legs;
use self::pace::Pace;
use self::views::Views;
use crate::clock;
use crate::config::ViewLimits;
use crate::health::Condition;
use crate::hub::Hub;
use crate::hub::control::Control;
use crate::hub::desk::{Desk, Figures};
use crate::source::{SourceBatch, SourceError, SourceEvent};

/// Windows move, entities expire and health is told at least this often.
const IDLE_US: u64 = 200_000;
/// Views that nobody follows are looked for this often.
const SWEEP_US: u64 = 10_000_000;
/// What views cost is told this often.
const COSTS_US: u64 = 500_000;

/// What a runner is made of.
pub(crate) struct Parts {
    pub(crate) config: Arc<StreamConfig>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) pool: Pool,
    pub(crate) inputs: Receiver<Input>,
    /// The other end of `inputs`, to be woken by.
    pub(crate) door: SyncSender<Input>,
    pub(crate) limits: ViewLimits,
    pub(crate) kafka: std::collections::BTreeMap<String, String>,
}

/// See the module's words.
struct Runner {
    config: Arc<StreamConfig>,
    engine: Engine,
    hub: Arc<Hub>,
    desk: Arc<Desk>,
    inputs: Receiver<Input>,
    views: Views,
    letters: DeadLetters,
    condition: Condition,
    pace: Pace,
    started: Instant,
    /// Something may be published.
    changed: bool,
    /// Somebody may wait for a first answer.
    has_newcomers: bool,
    idle_until_us: u64,
    swept_us: u64,
    legs: Legs,
    /// Keys and values taken in.
    bytes: u64,
    costs_told_us: u64,
}

/// Whether a runner goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Goes,
    Ends,
}

/// Starts a runner. It ends at [`Control::Stop`]; its source may end before, what is known is then still answered.
///
/// # Errors
/// Where the dead-letter topic cannot be written to as configured, or there is no thread.
pub(crate) fn start(parts: Parts) -> Result<JoinHandle<()>, SourceError> {
    let Parts { config, hub, desk, pool, inputs, door, limits, kafka } = parts;
    let letters = DeadLetters::new(config.name(), config.dead_letter(), &kafka)?;
    // A full door means that the runner is at work and looks at everything anyway.
    let wake = move || drop(door.try_send(Input::Wake));
    desk.control.on_request(wake.clone());
    let name = config.name().to_owned();
    let mut runner = Runner {
        engine: Engine::new(Arc::clone(&config), hub.epoch())
            .with_stopwatch(clock::monotonic_ns)
            .with_budget(limits.budget),
        legs: Legs::of(&config),
        views: Views::new(pool, wake),
        config,
        hub,
        desk,
        inputs,
        letters,
        condition: Condition::default(),
        pace: Pace::every(limits.update_every),
        started: Instant::now(),
        changed: false,
        has_newcomers: false,
        idle_until_us: 0,
        swept_us: 0,
        bytes: 0,
        costs_told_us: 0,
    };
    runner.desk.describe(&runner.config);
    let run = move || {
        if catch_unwind(AssertUnwindSafe(|| runner.run())).is_err() {
            runner.condition.state = StreamState::Failed;
            "an internal error; the server's log has it".clone_into(&mut runner.condition.why);
            tracing::error!(stream = runner.config.name(), "the stream's thread panicked");
            runner.tell_health();
        }
        runner.desk.control.close();
    };
    Ok(std::thread::Builder::new().name(format!("stream-{name}")).spawn(run)?)
}

impl Runner {
    fn run(&mut self) {
        while self.turn() == Life::Goes {}
    }

    fn now_us(&self) -> u64 {
        self.started.elapsed().as_micros() as u64
    }

    fn turn(&mut self) -> Life {
        match self.inputs.recv_timeout(self.patience()) {
            Ok(input) => self.take(&input),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Life::Ends,
        }
        // Under load: read on until a tick is due.
        while !(self.changed && self.pace.is_due(self.now_us())) {
            let Ok(input) = self.inputs.try_recv() else { break };
            self.take(&input);
        }
        if self.requests() == Life::Ends {
            return Life::Ends;
        }
        self.has_newcomers |= self.views.take_filled(&mut self.engine, &self.hub);
        if std::mem::take(&mut self.has_newcomers) {
            self.changed = true;
            self.engine.advance(clock::now_ms());
            self.views.tick_newcomers(&mut self.engine, &self.hub);
        }
        let now_us = self.now_us();
        let idle_is_over = now_us >= self.idle_until_us;
        if (self.changed || idle_is_over) && self.pace.is_due(now_us) {
            self.tick();
        }
        if now_us >= self.swept_us + SWEEP_US {
            self.swept_us = now_us;
            self.views.sweep(&mut self.engine, &self.hub);
        }
        Life::Goes
    }

    /// How long to wait for an input.
    fn patience(&self) -> Duration {
        let now_us = self.now_us();
        let until_tick_us = self.pace.wait_us(now_us);
        let until_idle_is_over_us = self.idle_until_us.saturating_sub(now_us).max(until_tick_us);
        let wait_us = if self.changed { until_tick_us } else { until_idle_is_over_us };
        Duration::from_micros(wait_us)
    }

    fn take(&mut self, input: &Input) {
        let Input::Source(event) = input else { return };
        self.changed = true;
        let news = self.condition.note(event);
        match &**event {
            SourceEvent::Started { topic, partition, offset, complete_from_start } => {
                self.engine.partition_started(topic, *partition, *offset, *complete_from_start);
            }
            SourceEvent::Batch(batch) => self.ingest(batch),
            SourceEvent::Ends(ends) => {
                for (topic, partition, end) in ends {
                    self.engine.partition_end(topic, *partition, *end);
                }
            }
            SourceEvent::Gap(gap) => {
                tracing::error!(stream = self.config.name(), ?gap, "records are missing");
                self.engine.gap(gap.clone());
            }
            SourceEvent::CaughtUp => {
                tracing::info!(stream = self.config.name(), "caught up");
            }
            SourceEvent::Connected => {}
            SourceEvent::Disconnected { why } | SourceEvent::Failed { why } => {
                if news {
                    tracing::warn!(stream = self.config.name(), %why, "cannot read");
                }
            }
        }
        if news {
            self.tell_health();
        }
    }

    fn ingest(&mut self, batch: &SourceBatch) {
        let raw: Vec<RawRecord<'_>> =
            batch.records.iter().filter_map(|record| batch.raw(record)).collect();
        let letters = self.engine.ingest(&raw, batch.received_ms);
        self.bytes += batch.bytes.len() as u64;
        self.legs.received(batch, &self.engine);
        if !letters.is_empty() {
            self.letters.take(&letters, &raw, clock::now_ms());
        }
    }

    fn requests(&mut self) -> Life {
        self.has_newcomers |= self.desk.control.take_look();
        while let Some(request) = self.desk.control.take() {
            match request {
                Control::Open(view) => {
                    self.views.open(&mut self.engine, &self.hub, view);
                    self.has_newcomers = true;
                }
                Control::Answer(view, reply) => {
                    self.engine.advance(clock::now_ms());
                    self.views.answer(&mut self.engine, &self.hub, &view, reply);
                }
                Control::Explain(query, reply) => {
                    // Who asked may be gone.
                    drop(reply.send(self.engine.explain(&query)));
                }
                Control::Info(reply) => {
                    self.tell_health();
                    // Who asked may be gone.
                    drop(reply.send(Box::new(self.info())));
                }
                Control::Stop => return Life::Ends,
            }
        }
        Life::Goes
    }

    fn tick(&mut self) {
        let began_us = self.now_us();
        self.engine.advance(clock::now_ms());
        if self.views.tick(&mut self.engine, &self.hub) > 0 {
            self.pace.ticked(began_us, self.now_us());
            self.legs.pushed(clock::now_ms());
        }
        self.changed = false;
        self.idle_until_us = began_us + IDLE_US;
        self.tell_health();
        if began_us >= self.costs_told_us + COSTS_US {
            self.costs_told_us = began_us;
            self.views.tell_costs(&self.engine);
        }
    }

    fn tell_health(&self) {
        let lag = self.engine.lag();
        self.desk.set_health(StreamHealth {
            stream: self.config.name().to_owned(),
            state: self.condition.state,
            why: self.condition.why.clone(),
            lag,
            clock_ms: self.engine.clock_ms(),
            event_time_ms: self.engine.event_time_ms(),
            received_ms: self.engine.received_ms(),
            refusals: self.engine.refusals(),
        });
        let waits_since_ms = self.engine.record_timestamp_ms().filter(|_| lag > 0);
        self.desk.set_figures(Figures {
            account: self.engine.account(),
            bytes: self.bytes,
            behind_ms: match waits_since_ms {
                Some(since_ms) => Some((clock::now_ms() - since_ms).max(0)),
                None => self.legs.last_kafka_ms,
            },
            watermark_ms: self.engine.watermark_ms(),
            source: self.legs.source,
            kafka: self.legs.kafka,
            engine: self.legs.engine,
        });
    }

    /// All but the views' costs, which the hub knows.
    fn info(&self) -> StreamInfo {
        let (retained_records, retained_bytes) = self.engine.retained();
        let views = self.engine.view_count();
        StreamInfo {
            summary: StreamSummary {
                retained_records,
                retained_bytes,
                views,
                ..self.desk.summary()
            },
            fields: self.engine.fields(),
            partitions: self.engine.partitions(),
            dead_letters: self.engine.dead_letters(),
            bad_records: self.engine.bad_records(),
            view_costs: Vec::new(),
        }
    }
}
