//! The values that a field has, for lists to choose from.

use std::future::Future;

use hailstream_client::suggest::Field;
use hailstream_client::time_range::TimeRange;
use serde_json::{Value as Json, json};

use crate::api;

/// The most frequent values of a field in a range, as text; none where the server does not answer. `None` for a type whose values
/// are not chosen from a list.
pub(super) fn values_of(
    field: &Field,
    range: &TimeRange,
    size: u32,
) -> Option<impl Future<Output = Vec<String>> + use<>> {
    if !matches!(field.kind.as_str(), "keyword" | "boolean" | "ip") {
        return None;
    }
    let bucket = json!({"id": "value", "type": "terms", "field": field.name, "size": size});
    let time = json!({"from": range.from, "to": range.to});
    let query = json!({"stream": field.stream, "time": time, "buckets": [bucket]});
    Some(async move {
        let answer = api::post_json("/api/query", &query).await.unwrap_or_default();
        let rows = answer.get("rows").and_then(Json::as_array).into_iter().flatten();
        rows.filter_map(first_words).collect()
    })
}

fn first_words(row: &Json) -> Option<String> {
    match row.get(0)? {
        Json::String(text) => Some(text.clone()),
        Json::Null => None,
        other => Some(other.to_string()),
    }
}
