//! What the API tells about a stream: its fields, and an account of every record that adds up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::message::StreamHealth;
use crate::value::Value;

/// A stream as `GET /api/streams/{name}` shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StreamInfo {
    /// Name, topics, mode and health.
    #[serde(flatten)]
    pub summary: StreamSummary,
    /// Fields, by name.
    pub fields: Vec<FieldInfo>,
    /// One account per topic and partition.
    pub partitions: Vec<PartitionInfo>,
    /// The newest refused records, newest first.
    pub dead_letters: Vec<DeadLetterSample>,
    /// Refused records by reason, the most frequent first.
    pub bad_records: Vec<BadRecords>,
    /// The views of this stream and what they cost, the most costly first.
    pub view_costs: Vec<ViewCost>,
}

/// A stream in the list of `GET /api/streams`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StreamSummary {
    /// Health as in heartbeats.
    #[serde(flatten)]
    pub health: StreamHealth,
    /// Topics read.
    pub topics: Vec<String>,
    /// `append`, `upsert` or `latest`.
    pub mode: String,
    /// Field of the event time; absent where the record timestamp is used.
    pub time_field: Option<String>,
    /// Field that names the entity, for maps.
    pub entity: Option<String>,
    /// Sum over the partitions.
    pub account: Account,
    /// Records kept in memory.
    pub retained_records: u64,
    /// Bytes they take.
    pub retained_bytes: u64,
    /// Views that read this stream.
    pub views: u32,
    /// Before this event time only late records are to be expected, epoch ms.
    pub watermark_ms: Option<i64>,
    /// How old the newest record was when it was taken in, or is, while there are more to be read.
    pub behind_ms: Option<i64>,
    /// How much older than its partition's newest a record may be, ms.
    pub lateness_ms: i64,
    /// Fields by which duplicates are recognised; empty where none are dropped.
    pub dedupe: Vec<String>,
    /// Topic of refused records.
    pub dead_letter: Option<String>,
    /// What came lately.
    pub rates: Rates,
    /// Why only part of this is known: the stream does not answer. What is known is from when it last did.
    pub error: Option<String>,
}

/// What a stream took in lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rates {
    /// Records of each of the last seconds, at most 60, oldest first.
    pub records: Vec<u64>,
    /// Bytes of the last second.
    pub last_second_bytes: u64,
    /// Bytes of the last minute.
    pub last_minute_bytes: u64,
}

/// A view and what it costs. Rates are means of the last ten seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ViewCost {
    /// The server's name of the view, as in frames.
    pub view: u32,
    /// What it answers, in words.
    pub question: String,
    /// Panels that ask this.
    pub panels: Vec<PanelPlace>,
    /// Who follows it now.
    pub watchers: u32,
    /// Records in its newest result; absent where nobody follows it, for it is then not worked out.
    pub records: Option<u64>,
    /// Results published, in thousandths per second.
    pub milli_updates_s: u64,
    /// Bytes sent to viewers per second.
    pub bytes_s: u64,
    /// Work of the server, microseconds per second.
    pub cpu_us_s: u64,
}

/// A panel of a saved dashboard, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PanelPlace {
    /// Id of the dashboard.
    pub dashboard: String,
    /// Its title.
    pub dashboard_title: String,
    /// Title of the panel, with the name of the question where it asks several.
    pub panel_title: String,
}

/// Where every consumed record went. Invariant: [`Account::is_balanced`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Records read.
    pub consumed: u64,
    /// Records that count.
    pub applied: u64,
    /// Records that the stream's `where` leaves out.
    pub filtered: u64,
    /// Records seen before.
    pub duplicate: u64,
    /// Records older than the lateness allows.
    pub late_dropped: u64,
    /// Records that could not be understood.
    pub dead_lettered: u64,
    /// Null records (deletions).
    pub tombstones: u64,
}

impl Account {
    /// `consumed = applied + filtered + duplicate + late_dropped + dead_lettered + tombstones`.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.consumed
            == self.applied
                + self.filtered
                + self.duplicate
                + self.late_dropped
                + self.dead_lettered
                + self.tombstones
    }

    /// Adds another account to this one.
    pub fn add(&mut self, other: &Self) {
        self.consumed += other.consumed;
        self.applied += other.applied;
        self.filtered += other.filtered;
        self.duplicate += other.duplicate;
        self.late_dropped += other.late_dropped;
        self.dead_lettered += other.dead_lettered;
        self.tombstones += other.tombstones;
    }
}

/// One partition's account and position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartitionInfo {
    /// Topic.
    pub topic: String,
    /// Partition number.
    pub partition: i32,
    /// Next offset to be read.
    pub next_offset: i64,
    /// End offset last told by the broker.
    pub end_offset: Option<i64>,
    /// Newest event time in this partition, epoch ms.
    pub event_time_ms: Option<i64>,
    /// Account of this partition.
    pub account: Account,
}

/// A field of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldInfo {
    /// Name, dotted for objects.
    pub name: String,
    /// OpenSearch's type name: keyword, text, long, double, boolean, date, ip, geo_point.
    #[serde(rename = "type")]
    pub kind: String,
    /// Unit from the stream file.
    pub unit: Option<String>,
    /// Declared in the stream file, or seen in records.
    pub declared: bool,
    /// Share of the applied records that have it, 0 to 1; absent before the first record.
    pub share: Option<f64>,
    /// A few values.
    pub samples: Vec<Value>,
}

/// Refused records of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BadRecords {
    /// The reason, as in samples.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// The newest of them.
    pub newest: DeadLetterSample,
}

/// A stretch of a text, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// First.
    pub from: u32,
    /// After the last.
    pub to: u32,
}

/// A refused record, shortened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeadLetterSample {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Stable word: `not_json`, `no_time`, `wrong_type`, `future`, `off_globe`, …
    pub reason: String,
    /// What exactly, for people.
    pub detail: String,
    /// The beginning of the record as text.
    pub sample: String,
    /// Where the fault is in the sample, where that is known.
    pub mark: Option<Mark>,
}
