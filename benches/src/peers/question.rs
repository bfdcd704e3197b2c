//! The questions: records per ten seconds and per zone (or status), how many and the average fare (or speed), of all records
//! or of part of them, over the last fifteen minutes. Each in the words of each system.

use serde_json::{Value, json};

/// How many there are.
pub(super) const ALL: usize = 20;
const WINDOW: &str = "15m";
const WINDOW_MS: i64 = 15 * 60_000;
const BUCKET: &str = "10s";
const BUCKET_MS: i64 = 10_000;
/// More than there are keys.
const SIZE: u32 = 50;

/// One question.
#[derive(Clone)]
pub(super) struct Question {
    by: &'static str,
    average_of: &'static str,
    part: Part,
}

/// Which records count.
#[derive(Clone, Copy)]
enum Part {
    All,
    Occupied,
    Free,
    Hired,
    Fast,
}

const PARTS: [Part; 5] = [Part::All, Part::Occupied, Part::Free, Part::Hired, Part::Fast];

impl Question {
    /// The first few. The first of all is about all records, by zone, with the average fare.
    pub(super) fn first(count: usize) -> Vec<Self> {
        let every = [("zone", "fare"), ("zone", "speed"), ("status", "fare"), ("status", "speed")];
        let of_part = |part| every.map(move |(by, average_of)| Self { by, average_of, part });
        PARTS.into_iter().flat_map(of_part).take(count).collect()
    }

    pub(super) fn ours(&self) -> Value {
        let filters = match self.part {
            Part::All => json!([]),
            Part::Occupied => json!([{"term": {"field": "occupied", "value": true}}]),
            Part::Free => json!([{"term": {"field": "occupied", "value": false}}]),
            Part::Hired => json!([{"term": {"field": "status", "value": "hired"}}]),
            Part::Fast => json!([{"range": {"field": "speed", "gte": 30}}]),
        };
        json!({
            "stream": "telemetry",
            "time": {"from": format!("now-{WINDOW}"), "to": "now"},
            "filters": filters,
            "buckets": [
                {"id": "time", "type": "date_histogram", "fixed_interval": BUCKET},
                {"id": "key", "type": "terms", "field": self.by, "size": SIZE},
            ],
            "metrics": [
                {"id": "count", "type": "count"},
                {"id": "average", "type": "avg", "field": self.average_of},
            ],
        })
    }

    /// A body of `_search`; `newest_ms` is the stream's now.
    pub(super) fn opensearch(&self, newest_ms: i64) -> Value {
        let range =
            json!({"range": {"ts": {"gte": newest_ms - WINDOW_MS, "format": "epoch_millis"}}});
        let part = match self.part {
            Part::All => None,
            Part::Occupied => Some(json!({"term": {"occupied": true}})),
            Part::Free => Some(json!({"term": {"occupied": false}})),
            Part::Hired => Some(json!({"term": {"status": "hired"}})),
            Part::Fast => Some(json!({"range": {"speed": {"gte": 30}}})),
        };
        let filters: Vec<Value> = [range].into_iter().chain(part).collect();
        let average = json!({"average": {"avg": {"field": self.average_of}}});
        let by = json!({"terms": {"field": self.by, "size": SIZE}, "aggs": average});
        json!({
            "size": 0,
            "track_total_hits": true,
            "query": {"bool": {"filter": filters}},
            "aggs": {"time": {
                "date_histogram": {"field": "ts", "fixed_interval": BUCKET},
                "aggs": {"key": by},
            }},
        })
    }

    /// Over the table `records`; `$newest` is the stream's now.
    pub(super) fn sql(&self) -> String {
        let Self { by, average_of, .. } = self;
        let part = match self.part {
            Part::All => "",
            Part::Occupied => " AND occupied",
            Part::Free => " AND NOT occupied",
            Part::Hired => " AND status = 'hired'",
            Part::Fast => " AND speed >= 30",
        };
        format!(
            "SELECT ts // {BUCKET_MS} * {BUCKET_MS} AS time, {by} AS key, count(*) AS count, avg({average_of}) AS average \
             FROM records WHERE ts >= $newest - {WINDOW_MS}{part} GROUP BY ALL ORDER BY ALL"
        )
    }
}
