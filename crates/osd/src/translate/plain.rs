//! Types without axes: `metric`, `table`, `pie`, `heatmap`, `markdown`.

use serde_json::{Map, Value as Json, json};

use super::Halt;
use super::aggs::Asked;
use super::bucket::BucketPart;
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use crate::loose;
use crate::weight::Weight::{At, Honoured, Nothing};
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
        let params = keys(json!({ "metric": only.id, "note": note.join(" · ") }));
        return Ok(Drawn { kind: "metric", params, ignored, ..Drawn::default() });
    }
    for bucket in &asked.buckets {
        ignored.push(format!("{}.schema", bucket.at));
    }
    if asked.buckets.is_empty() {
        ignored.extend(asked.metrics.iter().map(|metric| format!("{}.schema", metric.at)));
    }
    let params = keys(json!({ "columns": columns_of(asked) }));
    let mut notes = vec!["what is not one number is drawn as a table".to_owned()];
    times_of_day(asked, &mut ignored, &mut notes);
    Ok(Drawn { kind: "table", params, ignored, notes, ..Drawn::default() })
}

/// Buckets, then metrics, under OSD's words.
fn columns_of(asked: &Asked) -> Vec<Json> {
    let buckets = asked.buckets.iter().map(|bucket| {
        let mut column = json!({ "id": bucket.id, "title": bucket.label });
        if bucket.kind == "date_histogram" {
            column["format"] = json!({ "kind": "time" });
        }
        column
    });
    let metrics = asked.metrics.iter().flat_map(|metric| &metric.columns);
    let metrics = metrics.map(|column| json!({ "id": column.id, "title": column.label }));
    buckets.chain(metrics).collect()
}

/// Starts of buckets stand in tables as a time of day, which says less than a date.
fn times_of_day(asked: &Asked, ignored: &mut Vec<String>, notes: &mut Vec<String>) {
    for bucket in asked.buckets.iter().filter(|bucket| bucket.kind == "date_histogram") {
        ignored.push(bucket.at.clone());
        notes.push("times in its rows are written without their date".to_owned());
    }
}

pub(super) fn table(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::TABLE]);
    let mut notes = Vec::new();
    for bucket in asked.buckets.iter().filter(|bucket| bucket.schema == "split") {
        ignored.push(format!("{}.schema", bucket.at));
        notes.push("split tables are one, with a column more".to_owned());
    }
    times_of_day(asked, &mut ignored, &mut notes);
    // Tables that stand beside each other come first.
    asked.buckets.sort_by_key(|bucket| bucket.schema != "split");
    let columns = columns_of(asked);
    let all_columns: Vec<&str> =
        columns.iter().filter_map(|column| column["id"].as_str()).collect();
    if let Some(shown) = saved.params.get("percentageCol").and_then(loose::text) {
        notes.push(format!("the column of percentages of \"{shown}\" is left out"));
    }
    if !fits_one_page(&saved.params, asked) {
        ignored.push("params.perPage".to_owned());
        notes.push("its rows stand in one list instead of on pages".to_owned());
    }
    for (at, sort, column) in sorts(saved) {
        if !is_sorted(&sort, column, asked, &all_columns) {
            ignored.push(at);
        }
    }
    let known: &[Rule] = &[("vis.sortColumn", Honoured), ("vis.params.sort", Honoured)];
    ignored.extend(of_page(&saved.ui, &[PAGE, known].concat()));
    let params = keys(json!({ "columns": columns }));
    Ok(Drawn { kind: "table", params, ignored, notes, ..Drawn::default() })
}

/// Whether all rows there can be stand on the first page.
fn fits_one_page(params: &Json, asked: &Asked) -> bool {
    let page = match params.get("perPage") {
        None | Some(Json::Null) => return true,
        Some(json) => match loose::number(json) {
            Some(page) => page,
            // Empty: all on one page.
            None => return loose::is_nothing(json),
        },
    };
    let rows = asked.buckets.iter().try_fold(1.0, |rows, bucket| {
        let ranges = |name: &str| bucket.json.get(name).and_then(Json::as_array).map(Vec::len);
        let filters = || bucket.json.get("filters").and_then(Json::as_object).map(Map::len);
        let keys = bucket.most_keys().map(|keys| keys as f64);
        let keys = keys.or(ranges("ranges").or_else(filters).map(|keys| keys as f64));
        Some(rows * keys?)
    });
    rows.is_some_and(|rows| rows <= page)
}

/// Every place that may say how rows are sorted, with the name of its column's number.
fn sorts(saved: &Saved) -> [(String, Json, &'static str); 3] {
    let ui = Json::Object(saved.ui.clone());
    [
        ("params.sort".to_owned(), under(&saved.params, "/sort"), "columnIndex"),
        ("uiState.vis.params.sort".to_owned(), under(&ui, "/vis/params/sort"), "columnIndex"),
        ("uiState.vis.sortColumn".to_owned(), under(&ui, "/vis/sortColumn"), "colIndex"),
    ]
}

/// Whether rows come in this order anyway: that of their only bucket, by the metric of that column.
fn is_sorted(sort: &Json, column: &str, asked: &Asked, columns: &[&str]) -> bool {
    let number = sort.get(column).filter(|json| !loose::is_nothing(json));
    let direction = sort.get("direction").filter(|json| !loose::is_nothing(json));
    let (Some(number), Some(direction)) = (number, direction) else {
        return number.is_none() && direction.is_none();
    };
    let id = loose::whole(number).and_then(|number| columns.get(number as usize));
    let [bucket] = asked.buckets.as_slice() else { return false };
    let order = under(&bucket.json, "/order");
    let by = match order.get("by").and_then(Json::as_str) {
        Some("_count") => asked.metrics.iter().find(|metric| {
            metric.json.iter().any(|json| json.get("type") == Some(&json!("count")))
        }),
        Some(by) => {
            asked.metrics.iter().find(|metric| metric.columns.iter().any(|column| column.id == by))
        }
        None => None,
    };
    let column = by.and_then(|metric| metric.columns.first()).map(|column| column.id.as_str());
    // What is gathered in a last row would move, too.
    let has_other = bucket.json.get("other").is_some();
    column.is_some()
        && column == id.copied()
        && order.get("direction") == Some(direction)
        && !has_other
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
