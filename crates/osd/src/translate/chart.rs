//! Charts with axes. `line`, `area`, `histogram` and `horizontal_bar` share one engine in OSD, and each series says how it is drawn: what
//! counts here is that, not the type of the visualization.

use serde_json::{Map, Value as Json, json};

use super::Halt;
use super::aggs::Asked;
use super::colors::colors;
use super::metric::MetricPart;
use super::plain::{COLORED_PAGE, keys, legend, split};
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use crate::loose;
use crate::weight::{Rule, not_honoured};

/// How the series of a metric are drawn.
struct Series {
    json: Json,
    kind: &'static str,
    mode: &'static str,
    is_right: bool,
}

pub(super) fn chart(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = of_page(&saved.ui, COLORED_PAGE);
    let (x, series) = axes(asked, &mut ignored);
    let mut params = Map::new();
    params.extend(x.as_ref().map(|x| ("x".to_owned(), json!(x))));
    params.extend(series.as_ref().map(|series| ("series".to_owned(), json!(series))));
    params.extend(split(saved, asked, &mut ignored));
    let is_lying = is_lying(saved);
    let drawn = drawn(saved, asked, is_lying, &mut ignored)?;
    let kind = of_axes(saved, &drawn, is_lying, &mut params, &mut ignored);
    of_series(asked, &drawn, (series.is_some(), kind), &mut params)?;
    of_chart(saved, &drawn, &mut params, &mut ignored);
    params.extend(legend(saved, &["right"]));
    params.extend(colors(
        saved,
        asked,
        &series.as_deref().into_iter().collect::<Vec<_>>(),
        &mut ignored,
    ));
    let subtitle = subtitle(saved, asked, x.as_deref(), &drawn, &mut ignored);
    Ok(Drawn { kind, subtitle, params, ignored, ..Drawn::default() })
}

/// The bucket along x and the one that splits series; others but that of charts of their own are left out.
fn axes(asked: &mut Asked, ignored: &mut Vec<String>) -> (Option<String>, Option<String>) {
    let id = |schema: &str| asked.of_schema(schema).map(|bucket| bucket.id.clone());
    let (x, series, split) = (id("segment"), id("group"), id("split"));
    let known = [&x, &series, &split];
    let before = asked.ignored.len();
    asked.leave_out(&|bucket| !known.iter().any(|id| id.as_ref() == Some(&bucket.id)));
    ignored.extend(asked.ignored.drain(before..));
    (x, series)
}

/// Categories at the left or right: bars lie.
fn is_lying(saved: &Saved) -> bool {
    match saved.params.pointer("/categoryAxes/0/position").and_then(loose::text) {
        Some(side) => side == "left" || side == "right",
        None => saved.kind == "horizontal_bar",
    }
}

/// What is said of each metric's series; of those that nothing is said of, what the type draws.
fn drawn(
    saved: &Saved,
    asked: &Asked,
    is_lying: bool,
    ignored: &mut Vec<String>,
) -> Result<Vec<Series>, Halt> {
    let all = saved.params.get("seriesParams").and_then(Json::as_array);
    let all: Vec<(usize, &Json)> = all.into_iter().flatten().enumerate().collect();
    let mut drawn = Vec::new();
    for (place, metric) in asked.metrics.iter().enumerate() {
        let own = all
            .iter()
            .find(|(_, json)| metric_of(json).is_some_and(|id| metric.at == format!("aggs.{id}")));
        // Old ones name no metric: each stands for the one in its place.
        let by_place =
            || all.get(place).or(all.first()).filter(|(_, json)| metric_of(json).is_none());
        let found = own.or_else(by_place);
        let at = found.map_or_else(
            || "params".to_owned(),
            |(index, _)| format!("params.seriesParams[{index}]"),
        );
        if found.is_none() {
            ignored.extend(strays(&all, asked));
        }
        let json = match (found, all.first()) {
            (Some((_, json)), _) => (*json).clone(),
            (None, Some((_, first))) => of_nobody(&saved.params, first),
            (None, None) => of_older(&saved.params),
        };
        let said = json.get("type").and_then(loose::text);
        let usual = if saved.kind == "horizontal_bar" { "histogram" } else { &saved.kind };
        let kind = match said.unwrap_or(usual) {
            "histogram" => "histogram",
            "line" => "line",
            "area" => "area",
            kind => {
                let why = format!("series of the type `{kind}` are not known here");
                return Err(Halt::Kept(why));
            }
        };
        if found.is_some() {
            let of_kind = if kind == "histogram" { rules::BAR_SERIES } else { rules::LINE_SERIES };
            ignored.extend(not_honoured(&at, &json, &[rules::SERIES, of_kind]));
        }
        let axis = axis_of(saved, &json);
        let is_right = !is_lying && axis.is_some_and(|(_, axis)| side(axis) == "right");
        let mode = mode(saved, &json, axis, (&at, kind), ignored);
        drawn.push(Series { json, kind, mode, is_right });
    }
    Ok(drawn)
}

/// The metric that is named by what is said of a series.
fn metric_of(series: &Json) -> Option<String> {
    match series.pointer("/data/id")? {
        Json::String(id) => Some(id.clone()),
        Json::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Series of metrics that there are not. They stand for nothing, unless a metric is left without one: somebody may have meant it.
fn strays(all: &[(usize, &Json)], asked: &Asked) -> Vec<String> {
    let is_metric = |id: String| asked.metrics.iter().any(|of| of.at == format!("aggs.{id}"));
    let strays = all.iter().filter(|(_, json)| !metric_of(json).is_some_and(is_metric));
    strays.map(|(index, _)| format!("params.seriesParams[{index}].data.id")).collect()
}

/// What OSD draws of a metric that no series names.
fn of_nobody(params: &Json, first: &Json) -> Json {
    let mut ours = of_older(params);
    let joins = first.get("drawLinesBetweenPoints").and_then(loose::flag).unwrap_or(true);
    ours["drawLinesBetweenPoints"] = json!(joins);
    ours["mode"] = params.get("mode").cloned().unwrap_or_else(|| json!("normal"));
    ours
}

/// What boards older than series of their own say of all.
fn of_older(params: &Json) -> Json {
    let flag = |name: &str| params.get(name).and_then(loose::flag);
    let smooth = flag("smoothLines") == Some(true);
    let interpolate = params.get("interpolate").and_then(loose::text).unwrap_or("linear");
    json!({
        "drawLinesBetweenPoints": flag("drawLinesBetweenPoints").unwrap_or(true),
        "interpolate": if smooth { "cardinal" } else { interpolate },
    })
}

/// The value axis of a series: by its id, else the first.
fn axis_of<'a>(saved: &'a Saved, series: &Json) -> Option<(usize, &'a Json)> {
    let axes = saved.params.get("valueAxes").and_then(Json::as_array)?;
    let id = series.get("valueAxis").and_then(loose::text);
    let place =
        axes.iter().position(|axis| id.is_some() && axis.get("id").and_then(loose::text) == id);
    let place = place.unwrap_or(0);
    Some((place, axes.get(place)?))
}

fn side(axis: &Json) -> &str {
    axis.get("position").and_then(loose::text).unwrap_or("left")
}

/// How series stand to each other; shares where their axis says so.
fn mode(
    saved: &Saved,
    series: &Json,
    axis: Option<(usize, &Json)>,
    (at, kind): (&str, &str),
    ignored: &mut Vec<String>,
) -> &'static str {
    let of_axis = axis.and_then(|(_, axis)| axis.pointer("/scale/mode")).and_then(loose::text);
    let of_series = series.get("mode").and_then(loose::text);
    let older = saved.params.get("mode").and_then(loose::text);
    let usual =
        if saved.kind == "line" || saved.kind == "horizontal_bar" { "normal" } else { "stacked" };
    let said = of_series.or(older).unwrap_or(usual);
    let mode = match said {
        "normal" | "grouped" | "overlap" => "normal",
        "percentage" => "percent",
        "stacked" => "stacked",
        _ => {
            let place = if of_series.is_some() { at } else { "params" };
            ignored.push(format!("{place}.mode"));
            "stacked"
        }
    };
    match (of_axis, axis) {
        (Some("percentage"), _) if mode == "stacked" => "percent",
        (Some("normal" | "grouped") | None, _) | (_, None) => mode,
        (Some("percentage"), _) if kind == "histogram" => mode,
        (_, Some((place, _))) => {
            ignored.push(format!("params.valueAxes[{place}].scale.mode"));
            mode
        }
    }
}

/// The axes, and the type of ours that has them.
fn of_axes(
    saved: &Saved,
    drawn: &[Series],
    is_lying: bool,
    params: &mut Map<String, Json>,
    ignored: &mut Vec<String>,
) -> &'static str {
    let (of_category, of_value) = match is_lying {
        true => (rules::LYING_CATEGORY_AXIS, rules::LYING_VALUE_AXIS),
        false => (rules::CATEGORY_AXIS, rules::VALUE_AXIS),
    };
    let list =
        |name: &str| saved.params.get(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    for (index, axis) in list("categoryAxes").iter().enumerate() {
        first(index, "categoryAxes", axis, of_category, ignored);
    }
    let shows = |axis: &Json| {
        let is = |pointer: &str| axis.pointer(pointer).and_then(loose::flag) != Some(false);
        is("/show") && is("/labels/show")
    };
    if list("categoryAxes").first().is_some_and(|axis| !shows(axis)) {
        params.insert("category_axis".to_owned(), json!({ "show": false }));
    }
    let has_right = drawn.iter().any(|series| series.is_right);
    let mut taken = [false; 2];
    for (index, axis) in list("valueAxes").iter().enumerate() {
        let users = || {
            drawn.iter().filter(|series| axis_of(saved, &series.json).map(|of| of.0) == Some(index))
        };
        let is_right = !is_lying && side(axis) == "right";
        if users().next().is_none() || std::mem::replace(&mut taken[usize::from(is_right)], true) {
            ignored.push(format!("params.valueAxes[{index}]"));
            continue;
        }
        let at = format!("params.valueAxes[{index}]");
        ignored.extend(not_honoured(&at, axis, &[of_value]));
        let title = axis.pointer("/title/text").and_then(loose::text).filter(|_| has_right);
        let ours = value_axis(axis, shows(axis), title);
        if !ours.is_empty() {
            let name = if is_right { "right_axis" } else { "value_axis" };
            params.insert(name.to_owned(), Json::Object(ours));
        }
    }
    if list("valueAxes").is_empty() {
        let ours = older_axis(&saved.params);
        if !ours.is_empty() {
            params.insert("value_axis".to_owned(), Json::Object(ours));
        }
    }
    match drawn.first() {
        _ if is_lying => "horizontal_bar",
        Some(series) if drawn.iter().all(|other| other.kind == series.kind) => series.kind,
        _ => "area",
    }
}

/// The first of its kind by its rules; ours has one.
fn first(index: usize, name: &str, axis: &Json, known: &[Rule], ignored: &mut Vec<String>) {
    let at = format!("params.{name}[{index}]");
    if index == 0 {
        ignored.extend(not_honoured(&at, axis, &[known]));
    } else {
        ignored.push(at);
    }
}

fn value_axis(axis: &Json, shows: bool, title: Option<&str>) -> Map<String, Json> {
    let mut ours = Map::new();
    let is = |pointer: &str| axis.pointer(pointer).and_then(loose::flag) == Some(true);
    if !shows {
        ours.insert("show".to_owned(), json!(false));
    }
    ours.extend(title.map(|title| ("title".to_owned(), json!(title))));
    let scale = axis.pointer("/scale/type").and_then(loose::text);
    ours.extend(scale_of(scale).map(|scale| ("scale".to_owned(), json!(scale))));
    if is("/scale/setYExtents") {
        for end in ["min", "max"] {
            let number = axis.pointer(&format!("/scale/{end}")).and_then(loose::number);
            ours.extend(number.map(|number| (end.to_owned(), json!(number))));
        }
    }
    if is("/scale/defaultYExtents") {
        ours.insert("fit".to_owned(), json!(true));
    }
    ours
}

/// The axis of boards that have none of their own.
fn older_axis(params: &Json) -> Map<String, Json> {
    let mut ours = Map::new();
    let scale = params.get("scale").and_then(loose::text);
    ours.extend(scale_of(scale).map(|scale| ("scale".to_owned(), json!(scale))));
    if params.get("defaultYExtents").and_then(loose::flag) == Some(true) {
        ours.insert("fit".to_owned(), json!(true));
    }
    if params.get("setYExtents").and_then(loose::flag) == Some(true) {
        for end in ["min", "max"] {
            let number = params.pointer(&format!("/yAxis/{end}")).and_then(loose::number);
            ours.extend(number.map(|number| (end.to_owned(), json!(number))));
        }
    }
    ours
}

fn scale_of(scale: Option<&str>) -> Option<&'static str> {
    match scale? {
        "log" => Some("log"),
        "square root" => Some("square_root"),
        _ => None,
    }
}

/// The metrics, each as it is drawn: in few words where one is all there is.
fn of_series(
    asked: &Asked,
    drawn: &[Series],
    (is_split, kind): (bool, &str),
    params: &mut Map<String, Json>,
) -> Result<(), Halt> {
    let mut listed = Vec::new();
    let mut names = Map::new();
    for (metric, series) in asked.metrics.iter().zip(drawn) {
        if !metric.is_number {
            let why = "metrics that are no numbers are not drawn in charts".to_owned();
            return Err(Halt::Kept(why));
        }
        for column in &metric.columns {
            names.insert(column.id.clone(), json!(column.label));
            listed.push(of_one(&column.id, series, kind));
        }
    }
    let is_plain = |json: &Map<String, Json>| json.len() == 2;
    if let ([only], [series]) = (listed.as_slice(), drawn)
        && is_plain(only)
    {
        params.insert("metric".to_owned(), only["metric"].clone());
        params.insert("mode".to_owned(), json!(series.mode));
    } else {
        params.insert("series_params".to_owned(), json!(listed));
    }
    if !is_split || names.len() > 1 {
        params.insert("names".to_owned(), Json::Object(names));
    }
    Ok(())
}

fn of_one(id: &str, series: &Series, kind: &str) -> Map<String, Json> {
    let mut ours = keys(json!({ "metric": id, "mode": series.mode }));
    let usual = if kind == "horizontal_bar" { "histogram" } else { kind };
    if series.kind != usual {
        ours.insert("type".to_owned(), json!(series.kind));
    }
    if series.is_right {
        ours.insert("axis".to_owned(), json!("right"));
    }
    if series.kind == "histogram" {
        return ours;
    }
    let flag = |name: &str| series.json.get(name).and_then(loose::flag);
    if flag("drawLinesBetweenPoints") == Some(false) {
        ours.insert("draw_lines_between_points".to_owned(), json!(false));
    }
    match series.json.get("interpolate").and_then(loose::text) {
        Some("cardinal") => drop(ours.insert("interpolate".to_owned(), json!("cardinal"))),
        Some("step-after") => drop(ours.insert("interpolate".to_owned(), json!("step-after"))),
        _ => {}
    }
    let width = series.json.get("lineWidth").and_then(loose::number);
    if let Some(width) = width.filter(|width| *width != 2.0) {
        ours.insert("line_width".to_owned(), json!(width));
    }
    ours
}

/// What is said of the whole chart.
fn of_chart(
    saved: &Saved,
    drawn: &[Series],
    params: &mut Map<String, Json>,
    ignored: &mut Vec<String>,
) {
    let is = |pointer: &str| saved.params.pointer(pointer).and_then(loose::flag) == Some(true);
    let threshold =
        if is("/thresholdLine/show") { rules::SHOWN_THRESHOLD } else { rules::NO_THRESHOLD };
    ignored.extend(not_honoured("params", &saved.params, &[rules::ANY, rules::CHART, threshold]));
    let value = saved.params.pointer("/thresholdLine/value").and_then(loose::number);
    if let Some(value) = value.filter(|_| is("/thresholdLine/show")) {
        params.insert("threshold".to_owned(), json!({ "value": value, "label": "" }));
    }
    let has_bars = drawn.iter().any(|series| series.kind == "histogram");
    for (there, here) in [
        ("/grid/categoryLines", "category_lines"),
        ("/addTimeMarker", "time_marker"),
        ("/orderBucketsBySum", "order_by_sum"),
    ] {
        if is(there) {
            params.insert(here.to_owned(), json!(true));
        }
    }
    // OSD writes values at bars alone.
    if is("/labels/show") && has_bars {
        params.insert("show_values".to_owned(), json!(true));
    }
}

/// What is counted per what: the words at the axes. Words that would stand elsewhere are told.
fn subtitle(
    saved: &Saved,
    asked: &Asked,
    x: Option<&str>,
    drawn: &[Series],
    ignored: &mut Vec<String>,
) -> String {
    let of_first = drawn.first().and_then(|series| axis_of(saved, &series.json));
    let title = of_first.and_then(|(_, axis)| axis.pointer("/title/text")).and_then(loose::text);
    let bucket = asked.buckets.iter().find(|bucket| Some(bucket.id.as_str()) == x);
    let per = saved.params.pointer("/categoryAxes/0/title/text").and_then(loose::text);
    let per = per.or_else(|| bucket?.words());
    let Some(first) = asked.metrics.first() else { return String::new() };
    let label = |metric: &MetricPart| {
        metric.columns.first().map_or(String::new(), |column| column.label.clone())
    };
    let words = title.map_or_else(|| label(first), ToOwned::to_owned);
    // Series that are not split by a value bear the names of their metrics.
    let is_split = asked.of_schema("group").is_some();
    if is_split
        && asked.metrics.len() == 1
        && let Some(own) = first.custom_label.as_deref()
        && own != words
    {
        ignored.push(format!("{}.params.customLabel", first.at));
    }
    match per {
        Some(per) => format!("{words} per {per}"),
        None => words,
    }
}
