//! Types without axes: `metric`, `table`, `pie`, `heatmap`, `markdown`; and what is said alike of several types.

use serde_json::{Map, Value as Json, json};

use super::Halt;
use super::aggs::Asked;
use super::bucket::BucketPart;
use super::colors::colors;
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use crate::loose;
use crate::weight::Weight::{Honoured, Nothing};
use crate::weight::{Rule, not_honoured};

/// The colours of ranges, as the page last worked them out.
pub(super) const COLORS: &[Rule] = &[("vis.defaultColors", Nothing)];

/// The state of the page that every type may have.
pub(super) const PAGE: &[Rule] = &[("vis.legendOpen", Honoured)];

/// That of types whose values may have colours of their own.
pub(super) const COLORED_PAGE: &[Rule] = &[("vis.legendOpen", Honoured), ("vis.colors", Honoured)];

/// Sizes of new ones, which ours stand for; pt.
const USUAL_MARKDOWN: f64 = 12.0;
const USUAL_NUMBER: f64 = 60.0;

/// Where the legend stands; nothing where it stands as it does in ours, `as_ours`.
pub(super) fn legend(saved: &Saved, as_ours: &[&str]) -> Option<(String, Json)> {
    let ui = Json::Object(saved.ui.clone());
    let is_off = |json: Option<&Json>| json.and_then(loose::flag) == Some(false);
    let is_closed = is_off(ui.pointer("/vis/legendOpen"));
    let place = match saved.params.get("legendPosition").and_then(loose::text) {
        _ if is_closed || is_off(saved.params.get("addLegend")) => "hidden",
        Some(place @ ("top" | "left" | "bottom")) => place,
        _ => "right",
    };
    (!as_ours.contains(&place)).then(|| ("legend".to_owned(), json!(place)))
}

/// The bucket of charts of their own, and how they stand.
pub(super) fn split(saved: &Saved, asked: &Asked, ignored: &mut Vec<String>) -> Map<String, Json> {
    /// So many are drawn.
    const MOST: u64 = 12;
    let Some(bucket) = asked.of_schema("split") else { return Map::new() };
    let keys_at_most = bucket.json.get("size").and_then(Json::as_u64);
    if keys_at_most.is_none_or(|keys| keys > MOST) {
        ignored.push(format!("{}.params.size", bucket.at));
    }
    let id = |agg: &Json| match agg.get("id") {
        Some(Json::String(id)) => Some(id.clone()),
        Some(id) => Some(id.to_string()),
        None => None,
    };
    let own = saved.aggs.iter().find(|agg| id(agg).as_deref() == Some(bucket.id.as_str()));
    let of_agg = own.and_then(|agg| agg.pointer("/params/row")).and_then(loose::flag);
    let of_chart = saved.params.get("row").and_then(loose::flag);
    let by = if of_agg.or(of_chart).unwrap_or(true) { "rows" } else { "columns" };
    keys(json!({ "split": bucket.id, "split_direction": by }))
}

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
    let mut params = keys(json!({ "markdown": words }));
    let size = saved.params.get("fontSize").and_then(loose::number);
    if let Some(size) = size.filter(|size| *size != USUAL_MARKDOWN) {
        params.insert("font_size".to_owned(), json!(size));
    }
    Drawn { kind: "markdown", params, ignored, ..Drawn::default() }
}

/// A number, or one for each metric of each key.
pub(super) fn metric(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::METRIC]);
    let mut notes = Vec::new();
    ignored.extend(of_page(&saved.ui, &[PAGE, COLORS].concat()));
    let columns: Vec<_> = asked.metrics.iter().flat_map(|metric| &metric.columns).collect();
    let shows = loose::flag(&under(&saved.params, "/metric/labels/show")).unwrap_or(true);
    let words = under(&saved.params, "/metric/style/subText");
    let words = words.as_str().unwrap_or_default();
    let is_number = asked.metrics.iter().all(|metric| metric.is_number);
    let mut params = Map::new();
    match columns.as_slice() {
        [only] if asked.buckets.is_empty() && is_number => {
            let label = if shows { only.label.as_str() } else { "" };
            let note = [label, words].into_iter().filter(|words| !words.is_empty());
            let note: Vec<&str> = note.collect();
            params = keys(json!({ "metric": only.id, "note": note.join(" · ") }));
        }
        _ => {
            let ids: Vec<&str> = columns.iter().map(|column| column.id.as_str()).collect();
            let names = columns.iter().map(|column| (column.id.clone(), json!(column.label)));
            params.insert("metrics".to_owned(), json!(ids));
            params.insert("names".to_owned(), Json::Object(names.collect()));
            if !shows {
                params.insert("show_labels".to_owned(), json!(false));
            }
            if !words.is_empty() {
                ignored.push("params.metric.style.subText".to_owned());
            }
            for bucket in asked.buckets.iter().filter(|bucket| bucket.is_date) {
                ignored.push(bucket.at.clone());
                notes.push("times beside its numbers are written as numbers".to_owned());
            }
        }
    }
    if asked.metrics.iter().all(|metric| metric.is_date) {
        params.insert("format".to_owned(), json!({ "kind": "date" }));
    } else {
        let dated = asked.metrics.iter().filter(|metric| metric.is_date);
        ignored.extend(dated.map(|metric| format!("{}.params.field", metric.at)));
    }
    let older = || saved.params.get("fontSize").and_then(loose::number);
    let size = saved.params.pointer("/metric/style/fontSize").and_then(loose::number);
    if let Some(size) = size.or_else(older).filter(|size| *size != USUAL_NUMBER) {
        params.insert("font_size".to_owned(), json!(size));
    }
    let of = saved.params.get("metric").unwrap_or(&Json::Null);
    if of.get("percentageMode").and_then(loose::flag) == Some(true) {
        params.insert("percentage_mode".to_owned(), json!(true));
    }
    params.extend(colored(of, ("metric", "metricColorMode", "none"), &mut ignored));
    Ok(Drawn { kind: "metric", params, ignored, notes, ..Drawn::default() })
}

/// The ranges of `metric` or `gauge`, what they colour and how; `usual` is our colour mode where nothing is said.
pub(super) fn colored(
    json: &Json,
    (name, mode, usual): (&str, &str, &str),
    ignored: &mut Vec<String>,
) -> Map<String, Json> {
    let mut params = Map::new();
    let ranges = json.get("colorsRange").and_then(Json::as_array).into_iter().flatten();
    let range = |range: &Json| {
        let end = |end: &str| range.get(end).and_then(loose::number);
        Some(json!({ "from": end("from")?, "to": end("to")? }))
    };
    let ranges: Vec<Json> = ranges.filter_map(range).collect();
    let is = |name: &str| json.get(name).and_then(loose::flag) == Some(true);
    let mode = match json.get(mode).and_then(loose::text) {
        Some("Labels") => "labels",
        Some("Background") => "background",
        Some("None") => "none",
        _ => usual,
    };
    // A single range colours nothing.
    let has_colors = mode != "none" && ranges.len() > 1;
    if name == "gauge" || has_colors || is("percentageMode") {
        params.insert("ranges".to_owned(), json!(ranges));
    }
    if mode != usual {
        params.insert("color_mode".to_owned(), json!(mode));
    }
    if !has_colors {
        return params;
    }
    let schema = json.get("colorSchema").and_then(loose::text).unwrap_or("Green to Red");
    if !["Green to Red", "Blues"].contains(&schema) {
        ignored.push(format!("params.{name}.colorSchema"));
    }
    if !schema.contains(" to ") {
        params.insert("colors".to_owned(), json!("sequence"));
    }
    if is("invertColors") {
        params.insert("invert_colors".to_owned(), json!(true));
    }
    params
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

/// A ring for each bucket, the first within.
pub(super) fn pie(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::PIE]);
    ignored.extend(of_page(&saved.ui, COLORED_PAGE));
    if asked.of_schema("segment").is_none() {
        return Err(Halt::Kept("a pie without slices is not drawn yet".to_owned()));
    }
    asked.leave_out(&|bucket| bucket.schema != "segment" && bucket.schema != "split");
    let metric = only_metric(asked, &mut ignored)?;
    let rings = asked.buckets.iter().filter(|bucket| bucket.schema == "segment");
    let rings: Vec<&str> = rings.map(|bucket| bucket.id.as_str()).collect();
    let colors = colors(saved, asked, &rings, &mut ignored);
    let is_donut = saved.params.get("isDonut").and_then(loose::flag).unwrap_or(true);
    let mut params = keys(json!({ "metric": metric, "donut": is_donut }));
    params.extend(split(saved, asked, &mut ignored));
    params.extend(legend(saved, &["right"]));
    params.extend(colors);
    let is = |name: &str| saved.params.pointer(&format!("/labels/{name}")).and_then(loose::flag);
    if is("show") == Some(true) {
        let truncate = saved.params.pointer("/labels/truncate").and_then(loose::whole);
        let labels = json!({
            "show": true,
            "values": is("values").unwrap_or(true),
            "last_level": is("last_level").unwrap_or(true),
            "truncate": truncate.unwrap_or(100),
        });
        params.insert("labels".to_owned(), labels);
    }
    Ok(Drawn { kind: "pie", params, ignored, ..Drawn::default() })
}

pub(super) fn heatmap(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::HEATMAP]);
    ignored.extend(of_page(&saved.ui, &[PAGE, COLORS].concat()));
    let id = |schema: &str| asked.of_schema(schema).map(|bucket| bucket.id.clone());
    let (x, y) = (id("segment"), id("group"));
    if x.is_none() && y.is_none() {
        return Err(Halt::Kept("a heat map without buckets is not drawn yet".to_owned()));
    }
    asked.leave_out(&|bucket| Some(&bucket.id) != x.as_ref() && Some(&bucket.id) != y.as_ref());
    let metric = only_metric(asked, &mut ignored)?;
    let label = asked.metrics.first().and_then(|metric| metric.columns.first());
    let axes: Vec<&str> = asked.buckets.iter().filter_map(BucketPart::words).collect();
    let subtitle = match (label, axes.as_slice()) {
        (Some(label), []) => label.label.clone(),
        (Some(label), axes) => format!("{} per {}", label.label, axes.join(" and ")),
        (None, _) => String::new(),
    };
    let mut params = keys(json!({ "metric": metric }));
    params.extend(x.map(|x| ("x".to_owned(), json!(x))));
    params.extend(y.map(|y| ("y".to_owned(), json!(y))));
    params.extend(legend(saved, &["hidden"]));
    params.extend(steps(&saved.params));
    Ok(Drawn { kind: "heatmap", subtitle, params, ignored, ..Drawn::default() })
}

/// How the values of a heat map become steps of colour.
fn steps(json: &Json) -> Map<String, Json> {
    /// Of new ones.
    const USUAL: u32 = 4;
    let is = |pointer: &str| json.pointer(pointer).and_then(loose::flag) == Some(true);
    let number = json.get("colorsNumber").and_then(loose::whole).unwrap_or(USUAL);
    let mut params = keys(json!({ "colors_number": number }));
    for (there, here) in [
        ("/invertColors", "invert_colors"),
        ("/percentageMode", "percentage_mode"),
        ("/valueAxes/0/scale/defaultYExtents", "fit"),
        ("/valueAxes/0/labels/show", "show_values"),
    ] {
        if is(there) {
            params.insert(here.to_owned(), json!(true));
        }
    }
    let scale = match json.pointer("/valueAxes/0/scale/type").and_then(loose::text) {
        Some("log") => Some("log"),
        Some("square root") => Some("square_root"),
        _ => None,
    };
    params.extend(scale.map(|scale| ("scale".to_owned(), json!(scale))));
    if is("/setColorRange") {
        let ranges = json.get("colorsRange").and_then(Json::as_array).into_iter().flatten();
        let range = |range: &Json| {
            let end = |end: &str| range.get(end).and_then(loose::number);
            Some(json!({ "from": end("from")?, "to": end("to")? }))
        };
        params.insert("ranges".to_owned(), ranges.filter_map(range).collect());
    }
    params
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
