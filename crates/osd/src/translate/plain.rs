//! Types without axes: `metric`, `table`, `pie`, `heatmap`, `markdown`.

use serde_json::{Map, Value as Json, json};

use super::Halt;
use super::aggs::Asked;
use super::bucket::BucketPart;
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use crate::loose;
use crate::weight::Weight::{At, Nothing};
use crate::weight::{Rule, not_honoured};

/// The state of the page that every type may have.
pub(super) const PAGE: &[Rule] = &[("vis.legendOpen", At(&["true"]))];

fn under(json: &Json, pointer: &str) -> Json {
    json.pointer(pointer).cloned().unwrap_or_default()
}

pub(super) fn keys(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(keys) => keys,
        _ => Map::new(),
    }
}

pub(super) fn markdown(saved: &Saved) -> Drawn {
    let words = saved.params.get("markdown").and_then(Json::as_str).unwrap_or_default();
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::MARKDOWN]);
    ignored.extend(of_page(&saved.ui, PAGE));
    let params = keys(json!({ "markdown": words }));
    Drawn { kind: "markdown", params, ignored, ..Drawn::default() }
}

/// One number; several, or one per key, become a table.
pub(super) fn metric(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::METRIC]);
    ignored.extend(of_page(&saved.ui, PAGE));
    let columns: Vec<_> = asked.metrics.iter().flat_map(|metric| &metric.columns).collect();
    let is_number = asked.metrics.iter().all(|metric| metric.is_number);
    if asked.buckets.is_empty()
        && is_number
        && let [only] = columns.as_slice()
    {
        let shows = loose::flag(&under(&saved.params, "/metric/labels/show")).unwrap_or(true);
        let words = under(&saved.params, "/metric/style/subText");
        let words = words.as_str().unwrap_or_default();
        let label = if shows { only.label.as_str() } else { "" };
        let note = [label, words].into_iter().filter(|words| !words.is_empty());
        let note: Vec<&str> = note.collect();
        let mut params = keys(json!({ "metric": only.id, "note": note.join(" · ") }));
        if asked.metrics.iter().any(|metric| metric.is_date) {
            params.insert("format".to_owned(), json!({ "kind": "date" }));
        }
        return Ok(Drawn { kind: "metric", params, ignored, ..Drawn::default() });
    }
    for bucket in &asked.buckets {
        ignored.push(format!("{}.schema", bucket.at));
    }
    if asked.buckets.is_empty() {
        ignored.extend(asked.metrics.iter().map(|metric| format!("{}.schema", metric.at)));
    }
    let params = keys(json!({ "columns": columns_of(asked) }));
    let notes = vec!["what is not one number is drawn as a table".to_owned()];
    Ok(Drawn { kind: "table", params, ignored, notes, ..Drawn::default() })
}

/// Buckets, then metrics, under OSD's words.
pub(super) fn columns_of(asked: &Asked) -> Vec<Json> {
    let dated = |mut column: Json, is_date: bool| {
        if is_date {
            column["format"] = json!({ "kind": "date" });
        }
        column
    };
    let buckets = asked
        .buckets
        .iter()
        .map(|bucket| dated(json!({ "id": bucket.id, "title": bucket.label }), bucket.is_date));
    let metrics = asked.metrics.iter().flat_map(|metric| {
        metric
            .columns
            .iter()
            .map(|column| dated(json!({ "id": column.id, "title": column.label }), metric.is_date))
    });
    buckets.chain(metrics).collect()
}

/// The outermost slices; rings around them are left out.
pub(super) fn pie(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::PIE]);
    ignored.extend(of_page(&saved.ui, PAGE));
    let slices = asked.of_schema("segment").map(|bucket| bucket.id.clone());
    let slices =
        slices.ok_or_else(|| Halt::Kept("a pie without slices is not drawn yet".to_owned()))?;
    asked.leave_out(&|bucket| bucket.id != slices);
    let metric = only_metric(asked, &mut ignored)?;
    let is_donut = saved.params.get("isDonut").and_then(loose::flag).unwrap_or(true);
    let params = keys(json!({ "metric": metric, "donut": is_donut }));
    Ok(Drawn { kind: "pie", params, ignored, ..Drawn::default() })
}

pub(super) fn heatmap(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::HEATMAP]);
    // The colours of its ranges, as the page last worked them out.
    let known: &[Rule] = &[("vis.defaultColors", Nothing)];
    ignored.extend(of_page(&saved.ui, &[PAGE, known].concat()));
    let id = |schema: &str| asked.of_schema(schema).map(|bucket| bucket.id.clone());
    let (Some(x), Some(y)) = (id("segment"), id("group")) else {
        return Err(Halt::Kept("a heat map of one row is not drawn yet".to_owned()));
    };
    asked.leave_out(&|bucket| bucket.id != x && bucket.id != y);
    let metric = only_metric(asked, &mut ignored)?;
    let label = asked.metrics.first().and_then(|metric| metric.columns.first());
    let axes: Vec<&str> = asked.buckets.iter().filter_map(BucketPart::words).collect();
    let subtitle = match (label, axes.as_slice()) {
        (Some(label), []) => label.label.clone(),
        (Some(label), axes) => format!("{} per {}", label.label, axes.join(" and ")),
        (None, _) => String::new(),
    };
    let params = keys(json!({ "x": x, "y": y, "metric": metric }));
    Ok(Drawn { kind: "heatmap", subtitle, params, ignored, ..Drawn::default() })
}

/// The metric of a picture that has place for one; the others are told.
pub(super) fn only_metric(asked: &Asked, ignored: &mut Vec<String>) -> Result<String, Halt> {
    let (first, others) =
        asked.metrics.split_first().ok_or_else(|| Halt::Kept("it computes nothing".to_owned()))?;
    ignored.extend(others.iter().map(|metric| metric.at.clone()));
    match first.columns.as_slice() {
        [column] if column.id == *first.at.trim_start_matches("aggs.") => Ok(column.id.clone()),
        _ => Err(Halt::Kept("metrics of several numbers are not drawn in charts yet".to_owned())),
    }
}
