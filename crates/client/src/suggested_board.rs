//! From a stream's fields to a first board: what is understood of them, and panels that show it. A person looks at both and
//! keeps them, or says otherwise.

mod panels;
#[cfg(test)]
mod tests;

use hailstream_protocol::{QueryResult, Value};
use serde_json::Value as Json;

pub use self::panels::suggested_board;
use crate::freshness::count_words;
use crate::stream_fields::{StreamField, StreamFields};

/// Fields that are looked at more closely; a query takes 32 metrics.
const WORDS: usize = 10;
const NUMBERS: usize = 8;
/// Fewer than this many values, and not one, make a chart that can be read.
const FEW: u64 = 24;
/// Names of numbers that people ask about.
const ASKED: [&str; 14] = [
    "amount",
    "bytes",
    "cost",
    "duration",
    "fare",
    "latency",
    "load",
    "price",
    "revenue",
    "size",
    "speed",
    "temperature",
    "total",
    "value",
];

/// What the records say of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fact {
    /// Field.
    pub field: String,
    /// How many different values it has.
    pub distinct: Option<u64>,
    /// Least and most, where it is a number.
    pub spread: Option<(f64, f64)>,
    /// `[west, south, east, north]`, where it is a place.
    pub bounds: Option<[f64; 4]>,
}

/// What a board is made for; empty where the stream has no such field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Word whose values split the bars.
    pub split: String,
    /// Word whose values are ranked.
    pub ranked: String,
    /// Number that is looked at.
    pub number: String,
}

/// One thing that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub title: &'static str,
    /// The field, where it is about one.
    pub field: String,
    /// What is understood, behind the field's name.
    pub words: String,
}

/// The query whose answer [`facts`] reads, over what is kept of the stream; `None` where there is nothing to be asked.
#[must_use]
pub fn facts_query(stream: &StreamFields) -> Option<Json> {
    let metric = |kind: &str, mark: &str, field: &StreamField| {
        let mut metric = under("id", format!("{mark}:{}", field.name).into());
        insert(&mut metric, "type", kind.into());
        insert(&mut metric, "field", field.name.as_str().into());
        metric
    };
    let words = words(stream).take(WORDS).map(|field| metric("cardinality", "distinct", field));
    let spread =
        |field: &StreamField| [metric("min", "least", field), metric("max", "most", field)];
    let numbers = numbers(stream).take(NUMBERS).flat_map(spread);
    let place = position(stream).map(|field| metric("geo_bounds", "bounds", field));
    let metrics: Vec<Json> = words.chain(numbers).chain(place).collect();
    (!metrics.is_empty()).then(|| {
        let mut query = under("stream", stream.stream.as_str().into());
        insert(&mut query, "metrics", metrics.into());
        query
    })
}

/// What the answer to [`facts_query`] says.
#[must_use]
pub fn facts(result: &QueryResult) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let row = result.rows.first().map(Vec::as_slice).unwrap_or_default();
    for (column, value) in result.columns.iter().zip(row) {
        let Some((mark, field)) = column.split_once(':') else { continue };
        let place = facts.iter().position(|fact| fact.field == field).unwrap_or_else(|| {
            facts.push(Fact { field: field.to_owned(), ..Fact::default() });
            facts.len() - 1
        });
        let fact = &mut facts[place];
        match (mark, value.as_f64(), value) {
            ("distinct", Some(count), _) => fact.distinct = Some(count as u64),
            ("least", Some(least), _) => fact.spread = Some((least, least)),
            ("most", Some(most), _) => fact.spread = fact.spread.map(|(least, _)| (least, most)),
            ("bounds", _, Value::List(bounds)) => {
                let bounds: Vec<f64> = bounds.iter().filter_map(Value::as_f64).collect();
                fact.bounds = <[f64; 4]>::try_from(bounds).ok();
            }
            _ => {}
        }
    }
    facts
}

fn words(stream: &StreamFields) -> impl Iterator<Item = &StreamField> {
    stream
        .telling()
        .into_iter()
        .filter(|field| matches!(field.kind.as_str(), "keyword" | "boolean" | "ip"))
}

fn numbers(stream: &StreamFields) -> impl Iterator<Item = &StreamField> {
    let mut numbers: Vec<_> =
        stream.telling().into_iter().filter(|field| field.is_number()).collect();
    let is_asked = |field: &StreamField| {
        let mut parts = field.name.split(['_', '.']);
        parts.any(|part| ASKED.iter().any(|word| part.eq_ignore_ascii_case(word)))
    };
    numbers.sort_by_key(|field| (!is_asked(field), !field.is_declared, field.unit.is_empty()));
    numbers.into_iter()
}

fn position(stream: &StreamFields) -> Option<&StreamField> {
    stream.fields.iter().find(|field| field.kind == "geo_point")
}

/// The fields a choice can be made of: words that split, words that rank, numbers.
#[must_use]
pub fn candidates(stream: &StreamFields) -> [Vec<String>; 2] {
    let names =
        |fields: Vec<&StreamField>| fields.into_iter().map(|field| field.name.clone()).collect();
    [names(words(stream).collect()), names(numbers(stream).collect())]
}

/// The likeliest choice: a word of few values splits, one of more is ranked, and a number that moves is looked at.
#[must_use]
pub fn choice(stream: &StreamFields, facts: &[Fact]) -> Choice {
    let distinct = |field: &StreamField| fact(facts, &field.name).and_then(|fact| fact.distinct);
    let is_entity = |field: &StreamField| field.name == stream.entity;
    let all: Vec<&StreamField> = words(stream).filter(|field| distinct(field) != Some(0)).collect();
    // About five values are read at a glance.
    let splits = |field: &StreamField| match distinct(field) {
        Some(count @ 2..FEW) => (0, count.abs_diff(5)),
        None => (1, 0),
        Some(count) => (2, count),
    };
    let split = all.iter().filter(|field| !is_entity(field)).min_by_key(|field| splits(field));
    let ranks = |field: &StreamField| match distinct(field) {
        _ if is_entity(field) => (2, 0),
        Some(count) if count > 5 => (0, count),
        _ => (1, 0),
    };
    let ranked = all.iter().filter(|field| Some(*field) != split).min_by_key(|field| ranks(field));
    let moves = |field: &&StreamField| {
        let spread = fact(facts, &field.name).and_then(|fact| fact.spread);
        facts.is_empty() || spread.is_some_and(|(least, most)| least < most)
    };
    let number = numbers(stream).find(moves);
    let name =
        |field: Option<&StreamField>| field.map(|field| field.name.clone()).unwrap_or_default();
    Choice {
        split: name(split.copied()),
        ranked: name(ranked.or(split).copied()),
        number: name(number),
    }
}

fn fact<'a>(facts: &'a [Fact], field: &str) -> Option<&'a Fact> {
    facts.iter().find(|fact| fact.field == field)
}

/// What is understood of a stream, in the order in which one checks it.
#[must_use]
pub fn findings(stream: &StreamFields, facts: &[Fact]) -> Vec<Finding> {
    let finding =
        |title, field: &str, words: String| Finding { title, field: field.to_owned(), words };
    let mut findings = vec![match stream.time_field.as_str() {
        "" => finding(
            "Time",
            "",
            "when Kafka got the record; the stream file names no field".to_owned(),
        ),
        field => finding("Time", field, "says when it happened".to_owned()),
    }];
    if !stream.entity.is_empty() {
        let count = fact(facts, &stream.entity).and_then(|fact| fact.distinct);
        let words = count.map_or_else(
            || "names it".to_owned(),
            |count| format!("{} of them", count_words(count)),
        );
        findings.push(finding("One thing each record is about", &stream.entity, words));
    }
    if let Some(place) = position(stream) {
        let is_known = fact(facts, &place.name).is_some_and(|fact| fact.bounds.is_some());
        let words = if is_known { "says where, on a map" } else { "says where" };
        findings.push(finding("Where", &place.name, words.to_owned()));
    }
    if let Some(key) = stream.keys.first() {
        let others = stream.keys.len() - 1;
        let more = if others == 0 { String::new() } else { format!("and {others} more ") };
        findings.push(finding("Count once", key, format!("{more}the same is the same record")));
    }
    findings.push(finding("Fields", "", kinds(stream)));
    findings
}

/// `14: 4 words, 7 numbers, 1 yes or no, 1 date, 1 place`.
fn kinds(stream: &StreamFields) -> String {
    let count = |kinds: &[&str]| {
        stream.fields.iter().filter(|field| kinds.contains(&field.kind.as_str())).count()
    };
    let groups: [(&[&str], &str, &str); 5] = [
        (&["keyword", "text", "ip"], "word", "words"),
        (&["long", "double"], "number", "numbers"),
        (&["boolean"], "yes or no", "yes or no"),
        (&["date"], "date", "dates"),
        (&["geo_point"], "place", "places"),
    ];
    let words: Vec<String> = groups
        .iter()
        .map(|(kinds, one, many)| (count(kinds), *one, *many))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    format!("{}: {}", stream.fields.len(), words.join(", "))
}

/// A text of ours as JSON.
fn fixed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_default()
}

fn under(key: &str, value: Json) -> Json {
    let mut object = Json::Object(serde_json::Map::new());
    insert(&mut object, key, value);
    object
}

fn insert(object: &mut Json, key: &str, value: Json) {
    if let Some(entries) = object.as_object_mut() {
        entries.insert(key.to_owned(), value);
    }
}
