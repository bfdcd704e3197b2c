//! Recorded traces into Kafka: reads the files, shapes rows as the stream file says, and sends each record when it is due.
//!
//! What a record looks like is the simulator crate's business; here are the files, the clock and the producer.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hailstream_engine::{StreamConfig, TimeUnit, TopicSelector};
use hailstream_geo::ZoneIndex;
use hailstream_simulator::input::{self, FieldType, FieldTyping, InputError, Row};
use hailstream_simulator::replay::{Order, Plan, Replay, ReplayMap, Speed, TimeField, Times};
use hailstream_simulator::{OutRecord, zone_index};

use crate::clock;
use crate::source::producer::{Producer, Record};

/// What is to be replayed, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The stream whose topic the records go to.
    pub stream: Arc<StreamConfig>,
    /// CSV or NDJSON files, gzip or not.
    pub inputs: Vec<PathBuf>,
    /// How rows become records, and the areas that it names.
    pub map: Option<(ReplayMap, ZoneIndexSource)>,
    /// The field that becomes the key; where absent the stream's entity, else a field `id` that it declares, else none.
    pub key: Option<String>,
    /// What becomes of event times.
    pub times: TimesWish,
    /// How fast.
    pub speed: Speed,
    /// Where its time begins, epoch ms: what happened before is sent at once. None: at the first record.
    pub begin_ms: Option<i64>,
    /// In which order.
    pub order: Order,
}

/// What becomes of event times, before the clock is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimesWish {
    /// They stay.
    Keep,
    /// The newest becomes now.
    End,
    /// All are moved by so many ms.
    Moved(i64),
    /// Each becomes the time of sending.
    Now,
}

/// GeoJSON documents of the areas that a replay map names.
#[derive(Clone, Debug, Default)]
pub struct ZoneIndexSource {
    /// The documents, gzip or not.
    pub documents: Vec<Vec<u8>>,
}

/// What became of a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Records handed to the producer.
    pub sent: u64,
    /// Rows of the input that could not be read.
    pub unreadable: u64,
}

/// Reads a replay map and the areas it names, whose files are relative to it.
///
/// # Errors
/// Names the file and what is wrong with it.
pub fn read_map(file: &Path) -> Result<(ReplayMap, ZoneIndexSource)> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let map = ReplayMap::parse(&text).with_context(|| file.display().to_string())?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut documents = Vec::new();
    for name in map.polygons.iter().flat_map(|polygons| &polygons.files) {
        let path = folder.join(name);
        documents.push(fs::read(&path).with_context(|| format!("reading {}", path.display()))?);
    }
    Ok((map, ZoneIndexSource { documents }))
}

/// The types that the stream file declares, for text input.
fn typing(stream: &StreamConfig) -> FieldTyping {
    let mut typing = FieldTyping::new();
    for (name, field) in stream.fields() {
        if let Some((lat, lon)) = &field.lat_lon {
            typing.insert(lat.clone(), FieldType::Double);
            typing.insert(lon.clone(), FieldType::Double);
        } else if let Some(kind) = FieldType::of_opensearch(field.kind.name()) {
            typing.insert(name.clone(), kind);
        }
    }
    typing
}

fn time_field(stream: &StreamConfig) -> Option<TimeField> {
    let (field, unit, zone) = stream.time()?;
    let unit = match unit {
        TimeUnit::S => "s",
        TimeUnit::Ms => "ms",
        TimeUnit::Us => "us",
        TimeUnit::Ns => "ns",
        TimeUnit::Iso8601 => "iso8601",
    };
    let unit = hailstream_simulator::replay::TimeUnit::named(unit)?;
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Some(TimeField { field: field.to_owned(), unit, zone })
}

impl Request {
    /// The topic of the stream.
    ///
    /// # Errors
    /// A stream of several topics or of a pattern: a replay needs one.
    pub fn topic(&self) -> Result<&str> {
        match self.stream.topics() {
            [TopicSelector::Name(topic)] => Ok(topic),
            _ => bail!(
                "stream \"{}\": a replay needs a stream of exactly one named topic",
                self.stream.name()
            ),
        }
    }

    /// How long the recording is in whole days, ms: moved by it, it goes on where it ended, at the same time of day.
    ///
    /// # Errors
    /// As [`Self::prepare`].
    pub fn length_ms(&self) -> Result<i64> {
        const DAY_MS: i64 = 86_400_000;
        let range = self.prepare()?.event_time_range_ms();
        let days = range.map_or(1, |(first, newest)| (newest - first).div_euclid(DAY_MS) + 1);
        Ok(days * DAY_MS)
    }

    /// Reads the files and makes the records ready.
    ///
    /// # Errors
    /// Files that cannot be opened, areas that cannot be read.
    pub fn prepare(&self) -> Result<Replay> {
        let typing = typing(&self.stream);
        let map = match &self.map {
            None => None,
            Some((map, source)) => Some((map.clone(), zones(map, source)?)),
        };
        let typing =
            map.as_ref().map_or_else(|| typing.clone(), |(map, _)| map.typing_of_input(&typing));
        let mut rows: Vec<Box<dyn Iterator<Item = Result<Row, InputError>>>> = Vec::new();
        for file in &self.inputs {
            let opened = input::open(file, &typing)?;
            rows.push(Box::new(opened));
        }
        let has_id = self.stream.fields().contains_key("id");
        let of_stream = self.stream.entity().or(has_id.then_some("id")).map(ToOwned::to_owned);
        let key = self.key.clone().or(of_stream);
        let times = match self.times {
            TimesWish::Keep => Times::Keep,
            TimesWish::End => Times::End { now_ms: clock::now_ms() },
            TimesWish::Moved(by_ms) => Times::Moved { by_ms },
            TimesWish::Now => Times::Now,
        };
        let plan = Plan {
            topic: Arc::from(self.topic()?),
            key,
            time: time_field(&self.stream),
            order: self.order,
            times,
            speed: self.speed,
            begin_ms: self.begin_ms,
            map,
        };
        Ok(Replay::new(rows.into_iter().flatten(), plan))
    }
}

fn zones(map: &ReplayMap, source: &ZoneIndexSource) -> Result<ZoneIndex> {
    let name = map.polygons.as_ref().map_or("", |polygons| polygons.name.as_str());
    let documents = source.documents.iter().map(Vec::as_slice);
    zone_index(documents, name).context("the areas of the replay map")
}

/// Sends one record.
///
/// # Errors
/// A record that cannot be sent at all.
pub fn send(producer: &Producer, record: &OutRecord) -> Result<()> {
    producer.send(Record {
        topic: &record.topic,
        key: record.key.as_deref().map(str::as_bytes),
        value: Some(&record.payload),
        timestamp_ms: Some(record.timestamp_ms),
        header: None,
    })?;
    Ok(())
}

/// How often a replay looks whether it may go on.
const GATE_EVERY: u64 = 512;

/// Sends a replay's records, each when it is due, until it ends or `stop` is set. `may_go_on` is asked now and then; while
/// it says no (the reader is behind), nothing is sent and the replay's time stands still.
///
/// # Errors
/// A record that cannot be sent at all.
pub fn run(
    replay: Replay,
    producer: &Producer,
    stop: &AtomicBool,
    mut may_go_on: impl FnMut() -> bool,
) -> Result<Report> {
    let mut report = Report { sent: 0, unreadable: replay.unreadable() };
    for error in replay.first_errors() {
        tracing::warn!("{error}");
    }
    let mut began = Instant::now();
    for due in replay {
        let at = Duration::from_millis(due.at_ms.max(0) as u64);
        while !stop.load(Ordering::Relaxed) && began.elapsed() < at {
            let left = at.saturating_sub(began.elapsed());
            std::thread::sleep(left.min(Duration::from_millis(100)));
        }
        let waited = Instant::now();
        while report.sent.is_multiple_of(GATE_EVERY)
            && !stop.load(Ordering::Relaxed)
            && !may_go_on()
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        if waited.elapsed() > Duration::from_millis(5) {
            began += waited.elapsed();
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        send(producer, &due.into_record(clock::now_ms()))?;
        report.sent += 1;
    }
    Ok(report)
}
