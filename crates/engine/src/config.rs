//! The stream file: which topics, how records are read, what time means, what is kept. See docs for each key.

mod field;
mod format;
mod size;

use std::collections::BTreeMap;

use hailstream_query::{Interval, RuntimeFields, explain_serde};
use indexmap::IndexMap;
use jiff::tz::TimeZone;
use serde::Deserialize;
use thiserror::Error;

use crate::filter::Where;
use crate::runtime::Runtime;
use field::{FieldFile, field_of};
use format::CsvFile;
pub(crate) use format::{CsvConfig, Format};
pub use size::bytes_of;

/// A stream file that cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}: {detail}")]
pub struct ConfigError {
    /// The file as it was named.
    pub file: String,
    /// Line or key, what is wrong, what was expected.
    pub detail: String,
}

/// A stream file, checked.
#[derive(Clone, Debug)]
pub struct StreamConfig {
    name: String,
    topics: Vec<TopicSelector>,
    format: Format,
    mode: Mode,
    clock: Clock,
    time: Option<(String, TimeUnit, String)>,
    entity: Option<String>,
    key: Vec<String>,
    dedupe: Option<(Vec<String>, i64)>,
    disorder_ms: i64,
    lateness_ms: i64,
    future_ms: i64,
    expire_ms: Option<i64>,
    dead_letter: Option<String>,
    retention_ms: i64,
    retention_bytes: u64,
    fields: BTreeMap<String, FieldConfig>,
    runtime: Runtime,
    filter: Option<String>,
}

/// Topics to read: a name, or a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TopicSelector {
    /// One topic.
    Name(String),
    /// All topics that match; written with a leading `^`.
    Regex(String),
}

/// What a further record with the same identity means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every record is an event.
    Append,
    /// A later record replaces the earlier one of its key.
    Upsert,
    /// Only the newest record of each entity is kept.
    Latest,
}

/// Whose time `now` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// The wall's.
    #[default]
    Wall,
    /// The stream's own: its newest event time, for replays.
    Stream,
}

/// Unit of the time field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Seconds since 1970.
    S,
    /// Milliseconds since 1970.
    #[default]
    Ms,
    /// Microseconds since 1970.
    Us,
    /// Nanoseconds since 1970.
    Ns,
    /// Date or date-time as text.
    Iso8601,
}

/// OpenSearch's field types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Text that is one value.
    Keyword,
    /// Text to be searched; here the same as `keyword`.
    Text,
    /// Whole number.
    Long,
    /// Number.
    Double,
    /// True or false.
    Boolean,
    /// Point in time.
    Date,
    /// Address.
    Ip,
    /// Longitude and latitude.
    GeoPoint,
}

impl FieldType {
    /// OpenSearch's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Long => "long",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Ip => "ip",
            Self::GeoPoint => "geo_point",
        }
    }
}

/// A declared field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConfig {
    /// Its type.
    pub kind: FieldType,
    /// Its unit, for people.
    pub unit: Option<String>,
    /// Fields that hold latitude and longitude, for a `geo_point` made of two.
    pub lat_lon: Option<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stream: String,
    topics: Vec<String>,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    time: Option<TimeFile>,
    #[serde(default)]
    clock: Clock,
    #[serde(default)]
    entity: Option<String>,
    #[serde(default)]
    key: Vec<String>,
    #[serde(default)]
    dedupe: Option<DedupeFile>,
    #[serde(default)]
    disorder: Option<Interval>,
    #[serde(default)]
    lateness: Option<Interval>,
    #[serde(default)]
    future: Option<Interval>,
    #[serde(default)]
    expire: Option<Interval>,
    #[serde(default, rename = "where")]
    filter: Option<String>,
    #[serde(default)]
    dead_letter: Option<String>,
    #[serde(default)]
    retention: RetentionFile,
    #[serde(default)]
    history: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    csv: Option<CsvFile>,
    #[serde(default)]
    fields: IndexMap<String, FieldFile>,
    #[serde(default)]
    runtime: RuntimeFields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeFile {
    field: String,
    #[serde(default)]
    unit: TimeUnit,
    #[serde(default)]
    zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DedupeFile {
    by: Vec<String>,
    within: Interval,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RetentionFile {
    memory: Option<Interval>,
    memory_bytes: Option<String>,
}

const MINUTE_MS: i64 = 60_000;

impl StreamConfig {
    /// Reads a stream file.
    ///
    /// # Errors
    /// Names the file, the line or key, what was expected, and near names.
    pub fn from_yaml(text: &str, file: &str) -> Result<Self, ConfigError> {
        let wrong = |detail: String| ConfigError { file: file.to_owned(), detail };
        let read: File = serde_saphyr::from_str(text)
            .map_err(|error| wrong(explain_serde(&error.to_string())))?;
        Self::check(read).map_err(wrong)
    }

    fn check(file: File) -> Result<Self, String> {
        let not_yet = |key: &str, given: bool| match given {
            true => Err(format!("{key} is not supported yet")),
            false => Ok(()),
        };
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c);
        if file.stream.is_empty() || !file.stream.chars().all(legal) {
            return Err(format!("stream: \"{}\" is not a name of a-z, 0-9, _ . -", file.stream));
        }
        if file.topics.is_empty() {
            return Err("topics: at least one topic".to_owned());
        }
        let format = Format::of(&file)?;
        not_yet("mode: latest", file.mode == Some(Mode::Latest))?;
        not_yet("history", file.history.is_some())?;
        let mode = file.mode.unwrap_or(Mode::Append);
        if mode == Mode::Append && !file.key.is_empty() {
            return Err("key: goes with mode: upsert".to_owned());
        }
        if mode == Mode::Upsert && file.dedupe.is_some() {
            return Err("dedupe: goes with mode: append".to_owned());
        }
        check_zone("time.zone", file.time.as_ref().and_then(|time| time.zone.as_deref()))?;
        let runtime = runtime_of(&file)?;
        let retention_ms = file.retention.memory.map_or(15 * MINUTE_MS, Interval::millis);
        let memory_bytes = file.retention.memory_bytes.as_deref().map(bytes_of).transpose();
        let memory_bytes = memory_bytes.map_err(|why| format!("retention.memory_bytes: {why}"))?;
        let fields = file
            .fields
            .into_iter()
            .map(|(name, field)| Ok((name.clone(), field_of(&name, field)?)));
        let config = Self {
            format,
            topics: file.topics.into_iter().map(selector).collect(),
            name: file.stream,
            mode,
            clock: file.clock,
            time: file.time.map(|t| (t.field, t.unit, t.zone.unwrap_or_else(|| "UTC".to_owned()))),
            entity: file.entity,
            key: file.key,
            dedupe: file.dedupe.map(|dedupe| (dedupe.by, dedupe.within.millis())),
            disorder_ms: file.disorder.map_or(5_000, Interval::millis),
            lateness_ms: file.lateness.map_or(retention_ms, Interval::millis),
            future_ms: file.future.map_or(5 * MINUTE_MS, Interval::millis),
            expire_ms: file.expire.map(Interval::millis),
            dead_letter: file.dead_letter,
            retention_ms,
            retention_bytes: memory_bytes.unwrap_or(1 << 30),
            fields: fields.collect::<Result<_, String>>()?,
            runtime,
            filter: file.filter,
        };
        config.filter().map_or(Ok(()), |text| Where::new(text, &config).map(drop))?;
        Ok(config)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Topics it reads.
    #[must_use]
    pub fn topics(&self) -> &[TopicSelector] {
        &self.topics
    }

    /// How its records are written.
    pub(crate) fn format(&self) -> &Format {
        &self.format
    }

    /// Its mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whose time is `now`.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The same stream under another clock, for replays.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same stream with all its records, and what of them should count.
    #[must_use]
    pub fn unfiltered(mut self) -> (Self, Option<String>) {
        let filter = self.filter.take();
        (self, filter)
    }

    /// Field, unit and zone of the event time; none where the record timestamp is used.
    #[must_use]
    pub fn time(&self) -> Option<(&str, TimeUnit, &str)> {
        self.time.as_ref().map(|(field, unit, zone)| (field.as_str(), *unit, zone.as_str()))
    }

    /// Field that names the entity.
    #[must_use]
    pub fn entity(&self) -> Option<&str> {
        self.entity.as_deref()
    }

    /// Fields of the row key of `upsert`; empty = the Kafka key.
    #[must_use]
    pub fn key(&self) -> &[String] {
        &self.key
    }

    /// Fields and window (ms) of duplicate elimination.
    #[must_use]
    pub fn dedupe(&self) -> Option<(&[String], i64)> {
        self.dedupe.as_ref().map(|(by, within)| (by.as_slice(), *within))
    }

    /// How much newer the newest must be for a time to count as final, ms.
    #[must_use]
    pub fn disorder_ms(&self) -> i64 {
        self.disorder_ms
    }

    /// How much older than its partition's newest a record may be, ms.
    #[must_use]
    pub fn lateness_ms(&self) -> i64 {
        self.lateness_ms
    }

    /// How far ahead of the clock a record may be, ms.
    #[must_use]
    pub fn future_ms(&self) -> i64 {
        self.future_ms
    }

    /// After how long without a record an entity is gone, ms.
    #[must_use]
    pub fn expire_ms(&self) -> Option<i64> {
        self.expire_ms
    }

    /// Topic of refused records.
    #[must_use]
    pub fn dead_letter(&self) -> Option<&str> {
        self.dead_letter.as_deref()
    }

    /// How long rows are kept, ms.
    #[must_use]
    pub fn retention_ms(&self) -> i64 {
        self.retention_ms
    }

    /// Below how many bytes rows are kept even when older.
    #[must_use]
    pub fn retention_bytes(&self) -> u64 {
        self.retention_bytes
    }

    /// `where`: which of its records count, in DQL.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Fields worked out of others.
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Declared fields.
    #[must_use]
    pub fn fields(&self) -> &BTreeMap<String, FieldConfig> {
        &self.fields
    }
}

fn check_zone(at: &str, zone: Option<&str>) -> Result<(), String> {
    match zone.filter(|zone| TimeZone::get(zone).is_err()) {
        Some(zone) => Err(format!("{at}: \"{zone}\" is not an IANA time zone")),
        None => Ok(()),
    }
}

fn runtime_of(file: &File) -> Result<Runtime, String> {
    for (name, field) in &file.runtime {
        check_zone(&format!("runtime.{name}.time_zone"), field.time_zone())?;
        if file.fields.contains_key(name) {
            return Err(format!("runtime.{name}: fields has one of that name"));
        }
    }
    let zone = |name: Option<&str>| name.and_then(|name| TimeZone::get(name).ok());
    Ok(Runtime::new(&file.runtime, |name| zone(name).unwrap_or(TimeZone::UTC)))
}

fn selector(topic: String) -> TopicSelector {
    if topic.starts_with('^') { TopicSelector::Regex(topic) } else { TopicSelector::Name(topic) }
}
