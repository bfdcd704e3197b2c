//! What the server tells about itself, as it is written. The fields are described in `hailstream.yaml`.

use hailstream_protocol::StreamState;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub(super) struct Record<'a> {
    /// Epoch ms.
    pub(super) at: i64,
    #[serde(flatten)]
    pub(super) about: About<'a>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum About<'a> {
    Stream(Stream<'a>),
    Latency(Latency<'a>),
    View(View),
    Process(Process),
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Stream<'a> {
    pub(super) stream: &'a str,
    pub(super) state: StreamState,
    pub(super) records_s: f64,
    pub(super) bytes_s: f64,
    pub(super) lag: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) behind_ms: Option<i64>,
    pub(super) consumed: u64,
    pub(super) applied: u64,
    pub(super) filtered: u64,
    pub(super) duplicate: u64,
    pub(super) late: u64,
    pub(super) dead_lettered: u64,
    pub(super) tombstones: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Latency<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) stream: &'a str,
    pub(super) leg: &'static str,
    pub(super) latency_ms: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct View {
    pub(super) view: String,
    pub(super) stream: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) dashboard: String,
    pub(super) watchers: u64,
    pub(super) updates_s: f64,
    pub(super) bytes_s: f64,
    pub(super) cpu_us: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Process {
    /// Absent where the system does not tell, as all its like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpu_percent: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rss_bytes: Option<u64>,
    pub(super) viewers: u64,
    pub(super) subscriptions: u64,
    pub(super) views: u64,
}
