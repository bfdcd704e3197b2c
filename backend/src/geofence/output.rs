//! Events as Kafka records, a JSON object each:
//!
//! ```json
//! {"cab_id":"c-12","fence":"Airport","event":"leave","ts":1211356800000,"lat":37.6,"lon":-122.4,"seconds":1215.5}
//! ```
//!
//! The entity is under the name it has in its stream. The key ([`key`]) is entity and area: `c-12|Airport`. All events of a
//! stay are in one partition, and a compacted topic still tells who is inside.

use hailstream_geo::LonLat;
use hailstream_protocol::Value;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use crate::derived::key;

/// Columns beside the entity's.
pub(super) const COLUMNS: [&str; 8] =
    ["fence", "event", "ts", "lat", "lon", "first", "seconds", "reason"];

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Enter,
    Leave,
}

/// Somebody entered or left an area.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Crossing {
    pub(super) entity: Value,
    pub(super) fence: String,
    pub(super) kind: Kind,
    /// Epoch ms.
    pub(super) time_ms: i64,
    /// The first position of the new side; where the entity was seen last, if it fell silent.
    pub(super) at: LonLat,
    /// It was inside when it was first seen: how long before that is not known.
    pub(super) is_first: bool,
    /// How long it is known to have been inside; of those who leave.
    pub(super) inside_ms: Option<i64>,
    /// It said nothing for longer than the stream's `expire`.
    pub(super) is_silent: bool,
}

impl Crossing {
    /// The record's key.
    pub(super) fn key(&self) -> String {
        key::of([self.entity.clone(), Value::text(&self.fence)])
    }

    /// The record's value; `entity` is the name of the entity's column.
    pub(super) fn value(&self, entity: &str) -> serde_json::Result<Vec<u8>> {
        let mut row = Map::new();
        row.insert(entity.to_owned(), serde_json::to_value(&self.entity)?);
        row.insert("fence".to_owned(), json!(self.fence));
        row.insert("event".to_owned(), json!(self.kind));
        row.insert("ts".to_owned(), json!(self.time_ms));
        row.insert("lat".to_owned(), json!(self.at.lat()));
        row.insert("lon".to_owned(), json!(self.at.lon()));
        if self.is_first {
            row.insert("first".to_owned(), json!(true));
        }
        if let Some(inside_ms) = self.inside_ms {
            row.insert("seconds".to_owned(), json!(inside_ms as f64 / 1e3));
        }
        if self.is_silent {
            row.insert("reason".to_owned(), json!("silent"));
        }
        serde_json::to_vec(&row)
    }
}
