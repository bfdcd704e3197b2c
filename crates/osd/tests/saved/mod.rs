//! Saved objects as old boards have them, and what becomes of the last of some.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use hailstream_osd::{Import, ObjectReport, Ours, read, translate};
use serde_json::{Value as Json, json};

/// A saved object.
pub(crate) fn object(kind: &str, id: &str, attributes: &Json, references: &Json) -> Json {
    json!({ "type": kind, "id": id, "attributes": attributes, "references": references })
}

/// The index pattern `logs-*`, with a time field, a scripted field and a format.
pub(crate) fn pattern() -> Json {
    let fields = json!([
        {"name": "at", "type": "date"}, {"name": "n", "type": "number"},
        {"name": "hour", "type": "number", "scripted": "true", "script": "1"},
    ]);
    let formats = json!({"money": {"id": "currency"}});
    let attributes = json!({
        "title": "logs-*", "timeFieldName": "at", "fields": fields.to_string(), "fieldFormatMap": formats.to_string(),
    });
    object("index-pattern", "p", &attributes, &json!([]))
}

/// The last object of an export of these: its report, and ours as JSON.
pub(crate) fn last(objects: &[Json]) -> (ObjectReport, Json) {
    let lines: Vec<String> = objects.iter().map(Json::to_string).collect();
    let export = read(lines.join("\n").as_bytes()).unwrap();
    let stream_of = |title: &str| (title == "logs-*").then(|| "logs".to_owned());
    let translation = translate(Import { export: &export, known: &[], stream_of: &stream_of });
    let last = translation.objects.into_iter().next_back().unwrap();
    let ours = match last.ours {
        Ours::Visualization(ours) => serde_json::to_value(ours.attributes).unwrap(),
        Ours::Dashboard(ours) => serde_json::to_value(ours).unwrap(),
        Ours::Stream(stream) => json!(stream),
        Ours::Nothing => Json::Null,
    };
    (last.report, ours)
}

/// The number of records.
pub(crate) fn count() -> Json {
    json!({"id": "1", "type": "count", "schema": "metric", "params": {}})
}
