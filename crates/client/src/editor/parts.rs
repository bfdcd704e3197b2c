//! Buckets and metrics of a query: their types, the fields that fit, and what is done to them.

use serde_json::{Map, Value as Json, json};

use super::kinds::{BucketRole, Stands};
use super::start::SourceField;

/// A type of bucket.
#[derive(Debug)]
pub struct BucketType {
    /// As in queries.
    pub id: &'static str,
    /// In words.
    pub words: &'static str,
    /// Types of the fields that it groups; empty where it takes none.
    pub fields: &'static [&'static str],
}

/// A type of metric.
#[derive(Debug)]
pub struct MetricType {
    /// As in queries.
    pub id: &'static str,
    /// In words.
    pub words: &'static str,
    /// Types of the fields that it measures; empty where it takes none.
    pub fields: &'static [&'static str],
}

const NUMBERS: &[&str] = &["long", "double"];
const COUNTED: &[&str] = &["long", "double", "boolean"];
const KEYS: &[&str] = &["keyword", "boolean", "long", "ip", "double", "date"];

/// All that the editor offers.
pub const BUCKET_TYPES: &[BucketType] = &[
    BucketType { id: "date_histogram", words: "Time", fields: &["date"] },
    BucketType { id: "terms", words: "Values", fields: KEYS },
    BucketType { id: "histogram", words: "Steps of a number", fields: NUMBERS },
    BucketType { id: "range", words: "Ranges of a number", fields: NUMBERS },
    BucketType { id: "filters", words: "Filters", fields: &[] },
];

/// All that the editor offers.
pub const METRIC_TYPES: &[MetricType] = &[
    MetricType { id: "count", words: "Count", fields: &[] },
    MetricType { id: "sum", words: "Sum", fields: COUNTED },
    MetricType { id: "avg", words: "Average", fields: COUNTED },
    MetricType { id: "median", words: "Median", fields: NUMBERS },
    MetricType { id: "min", words: "Minimum", fields: NUMBERS },
    MetricType { id: "max", words: "Maximum", fields: NUMBERS },
    MetricType { id: "std_dev", words: "Standard deviation", fields: NUMBERS },
    MetricType { id: "cardinality", words: "Distinct values", fields: KEYS },
];

fn text<'a>(part: &'a Json, key: &str) -> &'a str {
    part.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn fitting<'a>(fields: &'a [SourceField], types: &[&str]) -> Vec<&'a str> {
    let mut found: Vec<&SourceField> =
        fields.iter().filter(|field| types.contains(&field.kind.as_str())).collect();
    // What names single things is seldom what one groups by.
    found.sort_by_key(|field| (field.is_id, types.iter().position(|kind| *kind == field.kind)));
    found.into_iter().map(|field| field.name.as_str()).collect()
}

/// Fields that a bucket of a type can group, the likeliest first.
#[must_use]
pub fn bucket_fields<'a>(kind: &str, fields: &'a [SourceField]) -> Vec<&'a str> {
    let known = BUCKET_TYPES.iter().find(|known| known.id == kind);
    fitting(fields, known.map_or(&[], |known| known.fields))
}

/// Fields that a metric of a type can measure, the likeliest first.
#[must_use]
pub fn metric_fields<'a>(kind: &str, fields: &'a [SourceField]) -> Vec<&'a str> {
    let known = METRIC_TYPES.iter().find(|known| known.id == kind);
    fitting(fields, known.map_or(&[], |known| known.fields))
}

/// A bucket in words: `Values of zone`.
#[must_use]
pub fn describe_bucket(bucket: &Json) -> String {
    let kind = text(bucket, "type");
    let known = BUCKET_TYPES.iter().find(|known| known.id == kind);
    let words = known.map_or(kind, |known| known.words);
    of_field(words, bucket)
}

/// A metric in words: `Average of speed`.
#[must_use]
pub fn describe_metric(metric: &Json) -> String {
    let kind = text(metric, "type");
    let known = METRIC_TYPES.iter().find(|known| known.id == kind);
    let words = known.map_or(kind, |known| known.words);
    of_field(words, metric)
}

fn of_field(words: &str, part: &Json) -> String {
    match text(part, "field") {
        "" => words.to_owned(),
        field => format!("{words} of {field}"),
    }
}

/// Adds a bucket for a role to the query of a visualization, of the first type that some field fits.
pub fn add_bucket(visualization: &mut Json, role: &BucketRole, fields: &[SourceField]) {
    let Some(query) = visualization.get_mut("query") else { return };
    let kind = role.types.iter().find(|kind| {
        matches!(**kind, "filters" | "date_histogram") || !bucket_fields(kind, fields).is_empty()
    });
    let id = free_id(query, "b");
    let mut bucket = json!({ "id": id });
    set_bucket_type(&mut bucket, kind.copied().unwrap_or("filters"), fields);
    if role.stands != Stands::Outer {
        push(query, "buckets", bucket);
        return;
    }
    if bucket.get("size").is_some() {
        bucket["other"] = true.into();
    }
    let axis = list(query, "buckets").first().map(|axis| text(axis, "id").to_owned());
    if let Some(buckets) = query.get_mut("buckets").and_then(Json::as_array_mut) {
        buckets.insert(0, bucket);
    }
    // Of two buckets the first would be taken for the axis, unless the other is one of time.
    if let Some(axis) = axis {
        visualization["params"]["x"] = axis.into();
    }
}

/// Adds a metric: a count where there is none, else the average of the next number.
pub fn add_metric(query: &mut Json, fields: &[SourceField]) {
    let id = free_id(query, "m");
    let taken: Vec<&str> =
        list(query, "metrics").iter().map(|metric| text(metric, "field")).collect();
    let numbers = metric_fields("avg", fields);
    let next = numbers.iter().find(|field| !taken.contains(*field));
    let is_first = list(query, "metrics").is_empty();
    let metric = match next.filter(|_| !is_first) {
        Some(field) => json!({ "id": id, "type": "avg", "field": field }),
        None => json!({ "id": id, "type": "count" }),
    };
    push(query, "metrics", metric);
}

/// Takes a bucket (`buckets`) or a metric (`metrics`) away.
pub fn remove_part(query: &mut Json, list: &str, place: usize) {
    let parts = query.get_mut(list).and_then(Json::as_array_mut);
    if let Some(parts) = parts.filter(|parts| place < parts.len()) {
        parts.remove(place);
    }
}

/// Makes a bucket one of another type. Its id stays, and its field where that fits.
pub fn set_bucket_type(bucket: &mut Json, kind: &str, fields: &[SourceField]) {
    let mut made = Map::new();
    made.insert("id".to_owned(), text(bucket, "id").into());
    made.insert("type".to_owned(), kind.into());
    let fitting = bucket_fields(kind, fields);
    let held = text(bucket, "field");
    let field = fitting.iter().find(|field| **field == held).or_else(|| fitting.first());
    // Without a field it is the event time, which every stream has.
    if let Some(field) = field.filter(|_| kind != "date_histogram") {
        made.insert("field".to_owned(), (*field).into());
    }
    let own = match kind {
        "date_histogram" => json!({ "auto": 50 }),
        "terms" => json!({ "size": 5 }),
        "histogram" => json!({ "interval": 10 }),
        "range" => json!({ "ranges": [{ "to": 10 }, { "from": 10 }] }),
        _ => json!({ "filters": { "all": "" } }),
    };
    made.extend(own.as_object().cloned().unwrap_or_default());
    *bucket = Json::Object(made);
}

/// Makes a metric one of another type. Its id stays, and its field where that fits.
pub fn set_metric_type(metric: &mut Json, kind: &str, fields: &[SourceField]) {
    let fitting = metric_fields(kind, fields);
    let held = text(metric, "field");
    let field = fitting.iter().find(|field| **field == held).or_else(|| fitting.first());
    let mut made = json!({ "id": text(metric, "id"), "type": kind });
    if let (Some(field), Some(made)) = (field, made.as_object_mut()) {
        made.insert("field".to_owned(), (*field).into());
    }
    *metric = made;
}

fn list<'a>(query: &'a Json, key: &str) -> &'a [Json] {
    query.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn push(query: &mut Json, key: &str, part: Json) {
    let Some(query) = query.as_object_mut() else { return };
    if let Some(parts) = query.entry(key).or_insert_with(|| json!([])).as_array_mut() {
        parts.push(part);
    }
}

/// `b1`, `b2` … the first that no part has.
fn free_id(query: &Json, prefix: &str) -> String {
    let is_taken = |id: &str| {
        let parts = list(query, "buckets").iter().chain(list(query, "metrics"));
        parts.into_iter().any(|part| text(part, "id") == id)
    };
    let mut numbers = (1..).map(|number| format!("{prefix}{number}"));
    // The numbers do not end.
    numbers.find(|id| !is_taken(id)).unwrap_or_default()
}
