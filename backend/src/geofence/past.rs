//! What an earlier run wrote, read back from the output: who is inside which area since when, and which events need not be
//! written again.
//!
//! Up to a position of the input ([`resumes_at`]) all events are known to be written: those make the state. Events of records
//! behind it may have been written before the run was killed: the records are read again, and what they give is compared.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_geo::LonLat;
use hailstream_protocol::Value;
use serde::Deserialize;

use super::output::{Crossing, Kind};
use crate::derived::positions::{Origin, Resume, origin_in, position};

/// A stay that has begun and, as far as was told, not ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Begun {
    pub(super) since_ms: i64,
    pub(super) is_first: bool,
    pub(super) at: LonLat,
    /// The record that told.
    pub(super) origin: Origin,
}

/// An entity and an area.
type Whose = (Value, String);
/// An event that was written: the record that told, and what.
type Told = (Origin, Whose, Kind);

/// See the module's words.
#[derive(Debug, Default)]
pub(super) struct Past {
    entity: String,
    resume: Resume,
    inside: BTreeMap<Whose, Begun>,
    told: BTreeSet<Told>,
}

#[derive(Deserialize)]
struct Row {
    fence: String,
    event: Kind,
    ts: i64,
    lat: f64,
    lon: f64,
    #[serde(default)]
    first: bool,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// All that the partition's records before this gave was written.
pub(super) fn resumes_at(resume: &Resume, topic: &str, partition: i32) -> Option<i64> {
    let written = position(&resume.written.published, topic, partition);
    written.max(position(&resume.published, topic, partition))
}

impl Past {
    /// Nothing yet; `entity` is the name of the entity's column.
    pub(super) fn new(entity: &str, resume: &Resume) -> Self {
        Self { entity: entity.to_owned(), resume: resume.clone(), ..Self::default() }
    }

    /// Takes in a record of the output; those of a key come in their order. What is no event of ours is passed over.
    pub(super) fn take(&mut self, value: &[u8], header: &[u8]) {
        let (Some(origin), Ok(mut row)) = (origin_in(header), serde_json::from_slice::<Row>(value))
        else {
            return;
        };
        let Some(entity) = row.others.remove(&self.entity) else { return };
        let Ok(at) = LonLat::new(row.lon, row.lat) else { return };
        let resumes_at = resumes_at(&self.resume, &origin.topic, origin.partition);
        let key = (entity, row.fence);
        if resumes_at.is_none_or(|resumes_at| origin.offset >= resumes_at) {
            self.told.insert((origin, key, row.event));
            return;
        }
        match row.event {
            Kind::Enter => {
                let (since_ms, is_first) = (row.ts, row.first);
                self.inside.insert(key, Begun { since_ms, is_first, at, origin });
            }
            Kind::Leave => drop(self.inside.remove(&key)),
        }
    }

    /// Whether an event was written before; asked once of each.
    pub(super) fn has_told(&mut self, origin: &Origin, crossing: &Crossing) -> bool {
        if self.told.is_empty() {
            return false;
        }
        let Crossing { entity, fence, kind, .. } = crossing;
        self.told.remove(&(origin.clone(), (entity.clone(), fence.clone()), *kind))
    }

    /// Takes out who is inside by what a partition told.
    pub(super) fn take_inside(&mut self, topic: &str, partition: i32) -> BTreeMap<Whose, Begun> {
        if self.inside.is_empty() {
            return BTreeMap::new();
        }
        let is_of = |_: &Whose, begun: &mut Begun| {
            begun.origin.topic == topic && begun.origin.partition == partition
        };
        self.inside.extract_if(.., is_of).collect()
    }

    /// The topic was created anew: offsets that it had say nothing any more.
    pub(super) fn forget(&mut self, topic: &str, partition: i32) {
        self.told.retain(|(origin, ..)| origin.topic != topic || origin.partition != partition);
    }
}
