//! What must hold of an engine that is given hostile input.

use std::sync::Arc;

use hailstream_engine::{Engine, RawRecord, StreamConfig, ViewId};
use hailstream_protocol::{Delta, QueryResult, TimestampType, Value};
use hailstream_query::{Query, QueryError};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::Value as Json;

use crate::records::{Raw, T0};

/// Streams of each mode, with fields of each type.
pub(crate) const STREAMS: [&str; 4] = [
    "{stream: s, topics: [t], time: {field: ts}, dedupe: {by: [cab, ts], within: 1d}, entity: cab, expire: 1h, lateness: 1d,
      fields: {cab: keyword, status: keyword, note: text, speed: double, trips: long, occupied: boolean, host: ip, seen: date,
      at: geo_point, place: {type: geo_point, lat: lat, lon: lon}}}",
    "{stream: s, topics: [t], time: {field: ts}, mode: upsert, key: [cab], entity: cab, clock: stream, lateness: 365000d,
      fields: {cab: keyword, speed: double, trips: long, seen: date, at: geo_point}}",
    "{stream: s, topics: [t], mode: upsert, entity: a, fields: {a: ip, ts: date, level: boolean, b: geo_point}}",
    "{stream: s, topics: [t], clock: stream, time: {field: ts, unit: us}, lateness: 1000000d, entity: status,
      fields: {n: long, a: text}, runtime: {calc: {type: formula, formula: speed * trips / n}, hour: {type: hour_of_day}}}",
];

/// Nothing that an engine tells is longer, whatever it was given.
const LONGEST_WORDS: usize = 4_096;
const MOST_FIELDS: usize = 1_000;
const DEEPEST: usize = 32;
/// Codes of refusals.
const CODES: [&str; 4] = ["invalid_query", "not_yet", "too_expensive", "unknown_field"];

fn engine(stream: &str) -> Engine {
    let config = StreamConfig::from_yaml(stream, "s.yaml").expect("a good stream file");
    Engine::new(Arc::new(config), "e")
}

/// Every record is in the account, every refusal has its reason, what is JSON is read and what is not is not; the views
/// tell of those that were taken in.
pub(crate) fn records_are_judged(
    stream: &str,
    batches: &[Vec<Raw>],
    queries: &[Json],
) -> TestCaseResult {
    let mut engine = engine(stream);
    let mut views = open_all(&mut engine, queries)?;
    for (index, batch) in batches.iter().enumerate() {
        let letters = ingest(&mut engine, batch, index);
        for (place, value) in batch.iter().enumerate() {
            let letter = letters.iter().find(|letter| letter.0 == place);
            judged_as_json(&value.0, letter.map(|(_, reason, _)| *reason))?;
        }
        for (_, reason, detail) in &letters {
            prop_assert!(!reason.is_empty() && !detail.is_empty());
            prop_assert!(detail.len() <= LONGEST_WORDS, "{} bytes of words", detail.len());
        }
        let account = engine.account();
        prop_assert!(account.is_balanced(), "{account:?}");
        look(&mut engine, &mut views, T0 + index as i64 * 1_000)?;
    }
    let consumed: usize = batches.iter().map(Vec::len).sum();
    prop_assert_eq!(engine.account().consumed, consumed as u64);
    tells_little(&engine)?;
    // Time passes, and a view opened later is filled with the same rows.
    look(&mut engine, &mut views, T0 + 7_200_000)?;
    let mut views = open_all(&mut engine, queries)?;
    look(&mut engine, &mut views, T0 + 7_200_000)
}

/// A query is refused with its place, or answered: as many rows as are asked for, made of what JSON can hold.
pub(crate) fn query_is_answered(stream: &str, records: &[Raw], query: &Json) -> TestCaseResult {
    let mut engine = engine(stream);
    let (before, after) = records.split_at(records.len() / 2);
    ingest(&mut engine, before, 0);
    let mut views = open_all(&mut engine, std::slice::from_ref(query))?;
    look(&mut engine, &mut views, T0)?;
    ingest(&mut engine, after, 1);
    look(&mut engine, &mut views, T0 + 1_000)?;
    look(&mut engine, &mut views, T0 + 90_000_000)
}

/// A stream file is refused with words, or used.
pub(crate) fn stream_is_used(file: &str, records: &[Raw], queries: &[Json]) -> TestCaseResult {
    let config = match StreamConfig::from_yaml(file, "s.yaml") {
        Ok(config) => config,
        Err(error) => {
            let words = error.to_string();
            prop_assert!(words.starts_with("s.yaml: ") && words.len() > 8, "{words}");
            prop_assert!(words.len() <= LONGEST_WORDS + 2 * file.len(), "{} bytes", words.len());
            return Ok(());
        }
    };
    let mut engine = Engine::new(Arc::new(config), "e");
    ingest(&mut engine, records, 0);
    let mut views = open_all(&mut engine, queries)?;
    ingest(&mut engine, records, 1);
    prop_assert!(engine.account().is_balanced());
    look(&mut engine, &mut views, T0)
}

/// Index, reason and detail of those that were refused.
fn ingest(engine: &mut Engine, values: &[Raw], batch: usize) -> Vec<(usize, &'static str, String)> {
    let record = |(index, value): (usize, &'_ Raw)| -> (i64, Option<String>, Vec<u8>) {
        let number = batch * 100 + index;
        (number as i64, Some(format!("key-{}", number % 3)), value.0.clone())
    };
    let made: Vec<_> = values.iter().enumerate().map(record).collect();
    let raw: Vec<RawRecord<'_>> = made
        .iter()
        .map(|(offset, key, value)| RawRecord {
            topic: "t",
            partition: (offset % 2) as i32,
            offset: *offset,
            timestamp_ms: Some(T0 + offset),
            timestamp_type: TimestampType::Create,
            key: key.as_deref().map(str::as_bytes),
            value: Some(value),
        })
        .collect();
    let letters = engine.ingest(&raw, T0 + batch as i64 * 1_000);
    letters.into_iter().map(|letter| (letter.index, letter.reason, letter.detail)).collect()
}

/// As `serde_json` reads it, but no deeper than is allowed.
fn judged_as_json(value: &[u8], refused_for: Option<&str>) -> TestCaseResult {
    let text = String::from_utf8_lossy(&value[..value.len().min(300)]);
    match serde_json::from_slice::<Json>(value) {
        Err(_) => prop_assert!(
            matches!(refused_for, Some("not_json" | "not_object")),
            "no JSON, but {refused_for:?}: {text}"
        ),
        Ok(json) if !json.is_object() => {
            prop_assert_eq!(refused_for, Some("not_object"), "{}", text);
        }
        Ok(json) if depth(&json) <= DEEPEST => {
            prop_assert!(!matches!(refused_for, Some("not_json" | "not_object")), "{text}");
        }
        Ok(_) => {}
    }
    Ok(())
}

fn depth(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// What is told about the stream stays small, whatever came.
fn tells_little(engine: &Engine) -> TestCaseResult {
    let fields = engine.fields();
    prop_assert!(fields.len() <= MOST_FIELDS);
    for field in fields {
        prop_assert!(field.name.len() <= LONGEST_WORDS, "a name of {} bytes", field.name.len());
        for sample in &field.samples {
            let length = serde_json::to_string(sample).unwrap().len();
            prop_assert!(length <= LONGEST_WORDS, "{}: a sample of {length} bytes", field.name);
        }
    }
    Ok(())
}

struct Watched {
    id: ViewId,
    query: Query,
    seen: Option<QueryResult>,
}

/// Views for those that the stream can answer; the others must name their place.
fn open_all(engine: &mut Engine, queries: &[Json]) -> Result<Vec<Watched>, TestCaseError> {
    let mut views: Vec<Watched> = Vec::new();
    for json in queries {
        let query = match Query::from_json(json) {
            Ok(query) => query,
            Err(error) => {
                has_its_place(&error, json)?;
                continue;
            }
        };
        one_form(&query)?;
        let mut opened = engine.open_view(&query);
        if let Ok((id, None)) = opened
            && views.iter().all(|view| view.id != id)
        {
            // From an earlier round: filled anew.
            engine.close_view(id);
            opened = engine.open_view(&query);
        }
        match opened {
            Ok((id, Some(backfill))) => {
                engine.install(backfill.run());
                views.push(Watched { id, query, seen: None });
            }
            // The same question again.
            Ok((_, None)) => {}
            Err(error) => has_its_place(&error, json)?,
        }
    }
    Ok(views)
}

fn has_its_place(error: &QueryError, json: &Json) -> TestCaseResult {
    prop_assert!(CODES.contains(&error.code), "{error:?}");
    prop_assert!(!error.at.is_empty() && !error.detail.is_empty(), "{error:?} of {json}");
    let first = error.at.split(['.', '[']).next().unwrap_or_default();
    let known = [
        "query",
        "stream",
        "filters",
        "time",
        "time_zone",
        "runtime",
        "over",
        "buckets",
        "metrics",
        "hits",
        "entities",
        "language",
    ];
    let starts = |key: &String| key.split(['.', '[']).next() == Some(first);
    let is_key = json.as_object().is_some_and(|query| query.keys().any(starts));
    prop_assert!(known.contains(&first) || is_key, "{error:?} of {json}");
    Ok(())
}

/// The key of a view is a query itself, and its own key.
fn one_form(query: &Query) -> TestCaseResult {
    let key = query.view_key();
    let text = key.to_string();
    let again = Query::from_text(&text);
    prop_assert!(again.is_ok(), "{:?} of {text}", again.err());
    prop_assert_eq!(again.map(|query| query.view_key()).ok(), Some(key));
    Ok(())
}

/// Ticks all views: results are well formed, and what viewers put together from deltas equals them.
fn look(engine: &mut Engine, views: &mut [Watched], now_ms: i64) -> TestCaseResult {
    engine.advance(now_ms);
    for view in views {
        let Some(tick) = engine.tick(view.id, now_ms) else { continue };
        well_formed(&tick.result, &view.query)?;
        if let (Some(seen), Some(delta)) = (view.seen.take(), tick.delta) {
            let text = serde_json::to_string(&delta).unwrap();
            let delta: Delta = serde_json::from_str(&text).unwrap();
            let applied = delta.applied_to(&seen);
            prop_assert_eq!(applied.as_ref(), Ok(tick.result.as_ref()));
        }
        view.seen = Some(QueryResult::clone(&tick.result));
    }
    Ok(())
}

fn well_formed(result: &QueryResult, query: &Query) -> TestCaseResult {
    let width = result.columns.len();
    prop_assert!(result.rows.len() <= 100_000, "{} rows", result.rows.len());
    prop_assert!(result.rows.iter().all(|row| row.len() == width), "{query:?}");
    prop_assert!(result.row_flags.is_empty() || result.row_flags.len() == result.rows.len());
    prop_assert!(result.rows.iter().flatten().all(is_finite), "{query:?}");
    let text = serde_json::to_string(result).unwrap();
    let read: QueryResult = serde_json::from_str(&text).unwrap();
    prop_assert_eq!(&read, result);
    Ok(())
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Float(number) => number.is_finite(),
        Value::List(items) => items.iter().all(is_finite),
        Value::Object(members) => members.values().all(is_finite),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => true,
    }
}
