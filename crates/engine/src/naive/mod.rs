//! The slow, obvious batch evaluator: what a view must answer, straight from the words of the documentation.
//!
//! It looks at all accepted records each time, as plain values, and shares no code with the incremental path: no
//! columns, codes, panes, partial states, nor its sums. The law of the engine is that both give the same rows.

pub(crate) mod dates;
mod filter;
mod groups;
mod heaps;
mod metric;
mod pipelines;
mod runtime;
mod text;
mod tile;

use std::collections::BTreeMap;

use hailstream_geo::{Bounds, LonLat};
use hailstream_protocol::{QueryResult, Range, Truncated, Value};
use hailstream_query::{EntityField, Language, Over, Query};
use jiff::tz::TimeZone;

use crate::config::FieldType;

/// An accepted record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Event time, epoch ms.
    pub time_ms: i64,
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Record timestamp, epoch ms.
    pub timestamp_ms: Option<i64>,
    /// Values by field, typed as the stream file says; a position is a list of longitude and latitude.
    pub values: BTreeMap<String, Vec<Value>>,
}

/// What is known of the stream.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Accepted records: all of them, or those of an `upsert` stream that were not replaced.
    pub records: &'a [Record],
    /// Field of the event time, if it is one.
    pub time_field: Option<&'a str>,
    /// Field that names the entity.
    pub entity: Option<&'a str>,
    /// After how long without a record an entity is gone, ms.
    pub expire_ms: Option<i64>,
    /// The field of entities' positions.
    pub position: Option<&'a str>,
    /// Names of all fields.
    pub fields: &'a [String],
    /// Types of fields whose values do not tell them: analysed texts, addresses, dates.
    pub types: &'a BTreeMap<String, FieldType>,
    /// The stream's clock.
    pub now_ms: Option<i64>,
    /// Bounds of the answer, where the query has a time range.
    pub range: Option<Range>,
}

impl Record {
    fn all(&self, field: &str) -> &[Value] {
        let named = self.values.get(field);
        let named = named.or_else(|| self.values.get(field.strip_suffix(".keyword")?));
        named.map_or(&[], Vec::as_slice)
    }

    /// What a table shows of a field: its value, or all of them.
    fn shown(&self, field: &str) -> Value {
        match self.all(field) {
            [] => Value::Null,
            [one] => one.clone(),
            several => Value::List(several.to_vec()),
        }
    }

    /// What puts records into one order.
    fn place(&self) -> (i64, &str, i32, i64) {
        (self.time_ms, &self.topic, self.partition, self.offset)
    }
}

fn position(value: &Value) -> Option<LonLat> {
    let Value::List(pair) = value else { return None };
    let [lon, lat] = pair.as_slice() else { return None };
    LonLat::new(lon.as_f64()?, lat.as_f64()?).ok()
}

/// Whether a record passes a text of DQL; dates are in UTC.
#[must_use]
pub fn passes(text: &str, record: &Record, types: &BTreeMap<String, FieldType>) -> bool {
    let facts = Facts {
        records: &[],
        time_field: None,
        entity: None,
        expire_ms: None,
        position: None,
        fields: &[],
        types,
        now_ms: None,
        range: None,
    };
    let asker = filter::Asker { now_ms: 0, zone: TimeZone::UTC, facts };
    asker.text(Language::Dql, text, record)
}

/// The answer: columns, rows, flags, total and what was cut off.
#[must_use]
pub fn evaluate(query: &Query, facts: &Facts<'_>) -> QueryResult {
    let query = query.normalised();
    let richer = runtime::with_runtime(&query, facts);
    let mut types = facts.types.clone();
    types.retain(|name, _| !query.runtime.contains_key(name));
    let facts = &Facts { records: &richer, types: &types, ..*facts };
    let records = if query.over == Over::Entities || query.entities.is_some() {
        live_entities(facts)
    } else {
        facts.records.iter().collect()
    };
    let asker = filter::Asker::of(&query, facts);
    let matching: Vec<&Record> = records
        .into_iter()
        .filter(|record| in_range(&query, facts, record) && asker.query(&query, record))
        .collect();
    match (&query.hits, &query.entities) {
        (Some(hits), _) => newest(matching, hits.size as usize, &hits.fields, facts),
        (None, Some(entities)) => table(matching, entities, facts),
        (None, None) => groups::evaluate(&query, facts, &matching),
    }
}

/// Both ends of a range are inside; an end of `now` cuts nothing off.
fn in_range(query: &Query, facts: &Facts<'_>, record: &Record) -> bool {
    let (Some(time), Some(range)) = (&query.time, facts.range) else { return true };
    record.time_ms >= range.from_ms && (time.to.is_now() || record.time_ms <= range.to_ms)
}

/// The newest record of each entity, if that is young enough.
fn live_entities<'a>(facts: &Facts<'a>) -> Vec<&'a Record> {
    let mut newest: BTreeMap<Value, &Record> = BTreeMap::new();
    for record in facts.records {
        let Some(entity) = facts.entity.and_then(|field| record.all(field).first()) else {
            continue;
        };
        let known = newest.entry(entity.clone()).or_insert(record);
        if record.place() > known.place() {
            *known = record;
        }
    }
    let oldest = facts.now_ms.zip(facts.expire_ms).map(|(now, expire)| now - expire);
    newest.into_values().filter(|record| oldest.is_none_or(|from| record.time_ms >= from)).collect()
}

fn names(asked: &[String], facts: &Facts<'_>, but: Option<&str>) -> Vec<String> {
    if asked.is_empty() {
        let mut all = facts.fields.to_vec();
        all.retain(|name| Some(name.as_str()) != but);
        all.sort();
        return all;
    }
    asked.to_vec()
}

fn newest(
    mut records: Vec<&Record>,
    size: usize,
    asked: &[String],
    facts: &Facts<'_>,
) -> QueryResult {
    let total = records.len() as u64;
    records.sort_by_key(|record| std::cmp::Reverse(record.place()));
    records.truncate(size);
    let names = names(asked, facts, None);
    let mut columns = ["_topic", "_partition", "_offset", "_timestamp"].map(str::to_owned).to_vec();
    columns.extend(names.iter().cloned());
    let row = |record: &&Record| {
        let mut row = vec![
            Value::text(&record.topic),
            Value::Int(i64::from(record.partition)),
            Value::Int(record.offset),
            record.timestamp_ms.map_or(Value::Null, Value::Int),
        ];
        row.extend(names.iter().map(|name| record.shown(name)));
        row
    };
    let rows = records.iter().map(row).collect();
    QueryResult { columns, rows, total, ..QueryResult::default() }
}

fn table(
    mut records: Vec<&Record>,
    asked: &hailstream_query::Entities,
    facts: &Facts<'_>,
) -> QueryResult {
    let area = asked.bounds.and_then(|[w, s, e, n]| Bounds::new(w, s, e, n).ok());
    let entity = facts.entity.unwrap_or("entity");
    let places = |record: &Record| {
        let all = record.all(facts.position.unwrap_or_default()).iter();
        all.filter_map(position).collect::<Vec<_>>()
    };
    let in_tile = |record: &Record| tile::units(asked, *places(record).first()?);
    records.retain(|record| {
        area.as_ref().is_none_or(|area| places(record).iter().any(|at| area.contains(*at)))
            && (asked.tile.is_none() || in_tile(record).is_some())
    });
    records.sort_by_key(|record| record.shown(entity));
    let (total, size) = (records.len() as u64, asked.size as usize);
    let mut truncated = BTreeMap::new();
    if records.len() > size {
        truncated.insert(entity.to_owned(), Truncated { shown: size as u64, of: total });
    }
    records.truncate(size);
    let all = || {
        let mut all = names(&[], facts, facts.entity);
        all.retain(|name| asked.tile.is_none() || Some(name.as_str()) != facts.position);
        all.into_iter().map(EntityField::Plain).collect()
    };
    let fields = if asked.fields.is_empty() { all() } else { asked.fields.clone() };
    let mut columns = vec![entity.to_owned()];
    let after: &[&str] =
        if asked.tile.is_some() { &["_event_time_s", "_x", "_y"] } else { &["_event_time"] };
    columns.extend(after.iter().map(|name| (*name).to_owned()));
    columns.extend(fields.iter().map(|field| field.name().to_owned()));
    let row = |record: &&Record| {
        let mut row = vec![record.shown(entity)];
        match in_tile(record) {
            Some((x, y)) => row.extend([record.time_ms.div_euclid(1_000), x, y].map(Value::Int)),
            None => row.push(Value::Int(record.time_ms)),
        }
        row.extend(fields.iter().map(|field| tile::coded(field, record)));
        row
    };
    let rows = records.iter().map(row).collect();
    QueryResult { columns, rows, total, truncated, ..QueryResult::default() }
}
