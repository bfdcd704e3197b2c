//! Charts with axes. `line`, `area` and `histogram` share one engine in OSD, and each series says how it is drawn: what counts here is
//! that, not the type of the visualization.

use serde_json::{Map, Value as Json, json};

use super::Halt;
use super::aggs::Asked;
use super::plain::{PAGE, keys, only_metric};
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use crate::loose;
use crate::weight::{Rule, not_honoured};

/// How the series of a chart are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marks {
    Lines,
    Bars,
}

pub(super) fn chart(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = of_page(&saved.ui, PAGE);
    let mut notes = Vec::new();
    let (x, series) = axes(asked, &mut ignored)?;
    let series_params = series_params(saved, asked);
    let mut marks = marks(saved, &series_params)?;
    let is_time = asked.buckets.iter().any(|part| part.id == x && part.kind == "date_histogram");
    if marks == Marks::Lines && !is_time {
        marks = Marks::Bars;
        let first = series_params.first().map_or(0, |(index, _)| *index);
        ignored.push(format!("params.seriesParams[{first}].type"));
        notes.push("lines over what is no time are drawn as bars".to_owned());
    }
    let shown = saved.params.pointer("/thresholdLine/show").and_then(loose::flag);
    let (threshold, line_rules) = match marks {
        Marks::Lines if shown == Some(true) => (rules::SHOWN_THRESHOLD, rules::LINE_SERIES),
        Marks::Lines => (rules::NO_THRESHOLD, rules::LINE_SERIES),
        Marks::Bars => (rules::NO_THRESHOLD, rules::BAR_SERIES),
    };
    let chart_rules = [rules::ANY, rules::CHART, threshold];
    ignored.extend(not_honoured("params", &saved.params, &chart_rules));
    for (index, json) in &series_params {
        let at = format!("params.seriesParams[{index}]");
        ignored.extend(not_honoured(&at, json, &[rules::SERIES, line_rules]));
    }
    of_axes(&saved.params, "categoryAxes", rules::CATEGORY_AXIS, &mut ignored);
    of_axes(&saved.params, "valueAxes", rules::VALUE_AXIS, &mut ignored);
    let mode = mode(saved, &series_params);
    let subtitle = subtitle(saved, asked, &x, marks, &mut ignored);
    let params = match marks {
        Marks::Lines => lines(saved, asked, (&x, series.as_deref()), mode, &mut ignored)?,
        Marks::Bars => bars(asked, (&x, series.as_deref()), mode, &mut ignored)?,
    };
    let kind = if marks == Marks::Lines { "line" } else { "histogram" };
    Ok(Drawn { kind, subtitle, params, ignored, notes, ..Drawn::default() })
}

/// The bucket along x and the one that splits series; others are left out.
fn axes(asked: &mut Asked, ignored: &mut Vec<String>) -> Result<(String, Option<String>), Halt> {
    let id = |schema: &str| asked.of_schema(schema).map(|bucket| bucket.id.clone());
    let (x, series) = match (id("segment"), id("group")) {
        (Some(x), series) => (x, series),
        (None, Some(group)) => {
            ignored.push(format!("aggs.{group}.schema"));
            (group, None)
        }
        (None, None) => {
            return Err(Halt::Kept("a chart without buckets is not drawn yet".to_owned()));
        }
    };
    asked.leave_out(&|bucket| bucket.id != x && Some(&bucket.id) != series.as_ref());
    Ok((x, series))
}

/// What is said of the series that are drawn; others are left over from earlier edits.
fn series_params(saved: &Saved, asked: &Asked) -> Vec<(usize, Json)> {
    let all = saved.params.get("seriesParams").and_then(Json::as_array);
    let of = |json: &Json| match json.pointer("/data/id") {
        Some(Json::String(id)) => Some(id.clone()),
        Some(Json::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    let drawn = |json: &Json| {
        of(json).is_none_or(|id| asked.metrics.iter().any(|part| part.at == format!("aggs.{id}")))
    };
    let numbered = all.into_iter().flatten().enumerate();
    numbered.filter(|(_, json)| drawn(json)).map(|(index, json)| (index, json.clone())).collect()
}

fn marks(saved: &Saved, series_params: &[(usize, Json)]) -> Result<Marks, Halt> {
    let of_kind = |kind: &str| match kind {
        "histogram" => Ok(Marks::Bars),
        "line" => Ok(Marks::Lines),
        "area" => Err(Halt::Kept("areas are not drawn yet".to_owned())),
        kind => Err(Halt::Kept(format!("series of the type `{kind}` are not known here"))),
    };
    let kinds = series_params.iter().map(|(_, json)| json.get("type").and_then(loose::text));
    let mut all = kinds.map(|kind| of_kind(kind.unwrap_or(&saved.kind)));
    let first = all.next().unwrap_or_else(|| of_kind(&saved.kind))?;
    for other in all {
        if other? != first {
            return Err(Halt::Kept("lines and bars in one chart are not drawn yet".to_owned()));
        }
    }
    Ok(first)
}

/// How series stand to each other, and where that is said: by the first series, or by boards older than that for all.
fn mode(saved: &Saved, series_params: &[(usize, Json)]) -> (String, String) {
    let of_first = series_params.first().and_then(|(index, json)| {
        let mode = json.get("mode").and_then(loose::text)?;
        Some((mode.to_owned(), format!("params.seriesParams[{index}].mode")))
    });
    of_first.unwrap_or_else(|| {
        let mode = saved.params.get("mode").and_then(loose::text);
        let usual = if saved.kind == "line" { "normal" } else { "stacked" };
        (mode.unwrap_or(usual).to_owned(), "params.mode".to_owned())
    })
}

/// Each axis by its rules; ours has one of each.
fn of_axes(params: &Json, name: &str, known: &[Rule], ignored: &mut Vec<String>) {
    let axes = params.get(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    for (index, axis) in axes.iter().enumerate() {
        let at = format!("params.{name}[{index}]");
        if index == 0 {
            ignored.extend(not_honoured(&at, axis, &[known]));
        } else {
            ignored.push(at);
        }
    }
}

/// What is counted per what: the words at the axes. Words that would stand elsewhere are told.
fn subtitle(
    saved: &Saved,
    asked: &Asked,
    x: &str,
    marks: Marks,
    ignored: &mut Vec<String>,
) -> String {
    let title = saved.params.pointer("/valueAxes/0/title/text").and_then(loose::text);
    let bucket = asked.buckets.iter().find(|bucket| bucket.id == x);
    let per = saved.params.pointer("/categoryAxes/0/title/text").and_then(loose::text);
    let per = per.or_else(|| bucket?.words());
    let Some(first) = asked.metrics.first() else { return String::new() };
    let label = first.columns.first().map_or("", |column| column.label.as_str());
    let words = title.unwrap_or(label);
    // Lines have names of their own.
    if marks == Marks::Bars
        && let Some(own) = first.custom_label.as_deref()
        && own != words
    {
        ignored.push(format!("{}.params.customLabel", first.at));
    }
    match per {
        Some(per) => format!("{words} per {per}"),
        None => words.to_owned(),
    }
}

fn bars(
    asked: &Asked,
    (x, series): (&str, Option<&str>),
    (mode, at): (String, String),
    ignored: &mut Vec<String>,
) -> Result<Map<String, Json>, Halt> {
    let metric = only_metric(asked, ignored)?;
    let ours = match (mode.as_str(), series) {
        ("stacked", _) | (_, None) => "stacked",
        ("normal" | "grouped", Some(_)) => "grouped",
        _ => {
            ignored.push(at);
            "stacked"
        }
    };
    let mut params = keys(json!({ "x": x, "metric": metric, "mode": ours }));
    params.extend(series.map(|series| ("series".to_owned(), json!(series))));
    Ok(params)
}

fn lines(
    saved: &Saved,
    asked: &Asked,
    (x, series): (&str, Option<&str>),
    (mode, at): (String, String),
    ignored: &mut Vec<String>,
) -> Result<Map<String, Json>, Halt> {
    let is_plain = ["normal", "overlap"].contains(&mode.as_str());
    if !is_plain && (series.is_some() || asked.metrics.len() > 1) {
        ignored.push(at);
    }
    let mut params = keys(json!({ "x": x }));
    if let Some(series) = series {
        only_metric(asked, ignored)?;
        params.insert("series".to_owned(), json!(series));
    } else {
        let columns = asked.metrics.iter().flat_map(|metric| &metric.columns);
        let is_split =
            |metric: &super::metric::MetricPart| metric.columns.len() != metric.json.len();
        if asked.metrics.iter().any(is_split) {
            return Err(Halt::Kept("percentiles are not drawn in charts yet".to_owned()));
        }
        if !asked.hidden.is_empty() {
            return Err(Halt::Kept(
                "a metric worked out of one that is not shown is not drawn as a line yet"
                    .to_owned(),
            ));
        }
        let names: Map<String, Json> =
            columns.map(|column| (column.id.clone(), json!(column.label))).collect();
        params.insert("names".to_owned(), Json::Object(names));
    }
    let threshold = saved.params.get("thresholdLine").unwrap_or(&Json::Null);
    let shows = threshold.get("show").and_then(loose::flag).unwrap_or(false);
    if shows && let Some(value) = threshold.get("value").and_then(loose::number) {
        params.insert("threshold".to_owned(), json!({ "value": value, "label": "" }));
    }
    Ok(params)
}
