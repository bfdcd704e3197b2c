//! A stream as the rest of the server sees it: the way to its runner, and how it is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hailstream_engine::{Mode, StreamConfig, TopicSelector};
use hailstream_protocol::stream_info::{Account, Rates, StreamSummary};
use hailstream_protocol::{StreamHealth, StreamState};

use super::control::ControlQueue;

/// Seconds remembered for sparklines; the oldest goes when there are more.
const SECONDS: usize = 60;

/// One stream's desk.
#[derive(Debug)]
pub(crate) struct Desk {
    name: String,
    pub(crate) control: ControlQueue,
    config: OnceLock<Arc<StreamConfig>>,
    health: Mutex<StreamHealth>,
    figures: Mutex<Figures>,
    /// Records and bytes of the last seconds, oldest first.
    seconds: Mutex<VecDeque<(u64, u64)>>,
}

/// Counters of a stream, as its runner last told them. They only grow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) account: Account,
    /// Keys and values taken in.
    pub(crate) bytes: u64,
    /// How old the newest record was when it was taken in, or is, while there are more to be read.
    pub(crate) behind_ms: Option<i64>,
    pub(crate) watermark_ms: Option<i64>,
    /// From the event to its record timestamp.
    pub(crate) source: Leg,
    /// From the record timestamp to its receipt.
    pub(crate) kafka: Leg,
    /// From receipt to the push of what it changed.
    pub(crate) engine: Leg,
}

/// A part of the way of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leg {
    count: u64,
    sum_ms: u64,
}

impl Leg {
    /// Notes that something took so long.
    pub(crate) fn note(&mut self, ms: i64) {
        self.count += 1;
        self.sum_ms += u64::try_from(ms).unwrap_or(0);
    }

    /// Mean of what was noted since `before`; none where nothing was.
    pub(crate) fn mean_since(self, before: Self) -> Option<f64> {
        let count = self.count.checked_sub(before.count).filter(|count| *count > 0)?;
        Some(self.sum_ms.saturating_sub(before.sum_ms) as f64 / count as f64)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind these locks is replaced as a whole: a panic leaves it as it was.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(super) fn new(name: String) -> Self {
        let health = StreamHealth {
            stream: name.clone(),
            state: StreamState::Connecting,
            why: String::new(),
            lag: 0,
            clock_ms: None,
            event_time_ms: None,
            received_ms: None,
            refusals: None,
        };
        Self {
            name,
            control: ControlQueue::default(),
            config: OnceLock::new(),
            health: Mutex::new(health),
            figures: Mutex::default(),
            seconds: Mutex::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Says which stream this is about. Once, by its runner.
    pub(crate) fn describe(&self, config: &Arc<StreamConfig>) {
        self.config.get_or_init(|| Arc::clone(config));
    }

    pub(crate) fn health(&self) -> StreamHealth {
        held(&self.health).clone()
    }

    pub(crate) fn set_health(&self, health: StreamHealth) {
        *held(&self.health) = health;
    }

    pub(crate) fn figures(&self) -> Figures {
        *held(&self.figures)
    }

    pub(crate) fn set_figures(&self, figures: Figures) {
        *held(&self.figures) = figures;
    }

    /// A second is over in which so much came.
    pub(crate) fn second_over(&self, records: u64, bytes: u64) {
        let mut seconds = held(&self.seconds);
        if seconds.len() == SECONDS {
            seconds.pop_front();
        }
        seconds.push_back((records, bytes));
    }

    fn rates(&self) -> Rates {
        let seconds = held(&self.seconds);
        Rates {
            records: seconds.iter().map(|(records, _)| *records).collect(),
            last_second_bytes: seconds.back().map_or(0, |(_, bytes)| *bytes),
            last_minute_bytes: seconds.iter().map(|(_, bytes)| *bytes).sum(),
        }
    }

    /// The field with the event time of its records, once it is described.
    pub(crate) fn time_field(&self) -> Option<String> {
        self.config.get()?.time().map(|(field, _, _)| field.into())
    }

    /// What is known here without asking the runner. What only it knows is 0.
    pub(crate) fn summary(&self) -> StreamSummary {
        let (config, figures) = (self.config.get(), self.figures());
        let topics = config.iter().flat_map(|config| config.topics()).map(|topic| match topic {
            TopicSelector::Name(name) | TopicSelector::Regex(name) => name.clone(),
        });
        let mode = config.map_or("", |config| match config.mode() {
            Mode::Append => "append",
            Mode::Upsert => "upsert",
            Mode::Latest => "latest",
        });
        let dedupe = config.and_then(|config| config.dedupe());
        StreamSummary {
            health: self.health(),
            topics: topics.collect(),
            mode: mode.to_owned(),
            time_field: self.time_field(),
            entity: config.and_then(|config| config.entity()).map(str::to_owned),
            account: figures.account,
            retained_records: 0,
            retained_bytes: 0,
            views: 0,
            watermark_ms: figures.watermark_ms,
            behind_ms: figures.behind_ms,
            lateness_ms: config.map_or(0, |config| config.lateness_ms()),
            dedupe: dedupe.map(|(by, _)| by.to_vec()).unwrap_or_default(),
            dead_letter: config.and_then(|config| config.dead_letter()).map(str::to_owned),
            rates: self.rates(),
            error: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legs_mean_is_of_what_came_since() {
        let mut leg = Leg::default();
        leg.note(1_000);
        let before = leg;
        assert_eq!(leg.mean_since(before), None);
        leg.note(10);
        leg.note(-3); // clocks differ: no leg is shorter than nothing
        assert_eq!(leg.mean_since(before), Some(5.0));
    }

    #[test]
    fn a_minute_is_remembered() {
        let desk = Desk::new("s".into());
        (1..=70).for_each(|second| desk.second_over(second, 10 * second));
        let rates = desk.summary().rates;
        assert_eq!((rates.records.len(), rates.records[0], rates.records[59]), (60, 11, 70));
        assert_eq!(rates.last_second_bytes, 700);
    }
}
