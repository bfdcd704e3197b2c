//! Which records count, told by a plain reading of the documentation: decode → refused → filtered → duplicate → late →
//! applied.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_engine::naive::{Facts, Record, passes};
use hailstream_engine::{Clock, FieldType};
use hailstream_protocol::Range;
use hailstream_protocol::stream_info::Account;

use crate::records::{FIELDS, Kind, Made, Stream};

pub(crate) struct Judge {
    stream: Stream,
    pub(crate) account: Account,
    newest_ms: BTreeMap<(&'static str, i32), i64>,
    identities: BTreeSet<(Option<String>, i64)>,
    applied: Vec<Record>,
    current: BTreeMap<String, Record>,
    /// Row key by Kafka key, where rows are keyed by fields.
    row_keys: BTreeMap<String, String>,
    rows: Vec<Record>,
    fields: Vec<String>,
    types: BTreeMap<String, FieldType>,
}

impl Judge {
    pub(crate) fn new(stream: Stream) -> Self {
        Self {
            types: [("ts", FieldType::Date), ("host", FieldType::Ip)]
                .map(|(name, kind)| (name.to_owned(), kind))
                .into(),
            stream,
            account: Account::default(),
            newest_ms: BTreeMap::new(),
            identities: BTreeSet::new(),
            applied: Vec::new(),
            current: BTreeMap::new(),
            row_keys: BTreeMap::new(),
            rows: Vec::new(),
            fields: FIELDS.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    pub(crate) fn now_ms(&self, wall_ms: i64) -> Option<i64> {
        match self.stream.clock {
            Clock::Wall => Some(wall_ms),
            Clock::Stream => self.newest_ms.values().max().copied(),
        }
    }

    pub(crate) fn facts(&self, wall_ms: i64, range: Option<Range>) -> Facts<'_> {
        Facts {
            records: &self.rows,
            time_field: self.stream.by_field.then_some("ts"),
            entity: Some("cab"),
            expire_ms: Some(self.stream.expire_ms),
            position: Some("position"),
            fields: &self.fields,
            types: &self.types,
            now_ms: self.now_ms(wall_ms),
            range,
        }
    }

    /// Takes a record in; says whether it is refused.
    pub(crate) fn judge(&mut self, record: &Made, received_ms: i64) -> bool {
        self.account.consumed += 1;
        if record.kind == Kind::Tombstone {
            self.account.tombstones += 1;
            self.delete(record);
            self.rows();
            return false;
        }
        let time_ms = if self.stream.by_field { record.time_ms } else { record.timestamp_ms };
        let future =
            self.stream.clock == Clock::Wall && time_ms - received_ms > self.stream.future_ms;
        let keyless = self.stream.upsert && !self.stream.keyed_by_fields && record.key.is_none();
        let timeless = self.stream.by_field && record.kind == Kind::Timeless;
        if record.kind == Kind::Broken || timeless || future || keyless {
            self.account.dead_lettered += 1;
            return true;
        }
        if let (true, Some(key)) = (self.stream.keyed_by_fields, &record.key) {
            self.row_keys.insert(key.clone(), record.cab().unwrap_or_default());
        }
        let row_key = match (self.stream.upsert, self.stream.keyed_by_fields) {
            (false, _) => None,
            (true, true) => Some(record.cab().unwrap_or_default()),
            (true, false) => record.key.clone(),
        };
        let row = record.row(time_ms);
        if !passes(self.stream.filter, &row, &self.types) {
            self.account.filtered += 1;
            self.note_time(record, time_ms);
            row_key.and_then(|key| self.current.remove(&key));
            self.rows();
            return false;
        }
        let identity = (record.cab(), record.time_ms);
        if self.stream.dedupe && self.identities.contains(&identity) {
            self.account.duplicate += 1;
            return false;
        }
        let newest_ms = self.newest_ms.get(&(record.topic, record.partition));
        let oldest_ms = newest_ms.map(|newest| newest - self.stream.lateness_ms);
        if oldest_ms.is_some_and(|oldest| time_ms < oldest) && !self.stream.upsert {
            self.account.late_dropped += 1;
            return false;
        }
        self.note_time(record, time_ms);
        self.account.applied += 1;
        self.identities.insert(identity);
        match row_key {
            Some(key) => drop(self.current.insert(key, row)),
            None => self.applied.push(row),
        }
        self.rows();
        false
    }

    fn note_time(&mut self, record: &Made, time_ms: i64) {
        let newest = self.newest_ms.entry((record.topic, record.partition)).or_insert(time_ms);
        *newest = time_ms.max(*newest);
    }

    /// A null deletes the row that the same Kafka key wrote last.
    fn delete(&mut self, record: &Made) {
        let Some(key) = &record.key else { return };
        let row_key = match self.stream.keyed_by_fields {
            true => self.row_keys.remove(key),
            false => Some(key.clone()),
        };
        row_key.and_then(|key| self.current.remove(&key));
    }

    fn rows(&mut self) {
        self.rows = match self.stream.upsert {
            true => self.current.values().cloned().collect(),
            false => self.applied.clone(),
        };
    }
}
