//! `metrics` (TSVB): its common forms, each series a metric with its own filter. OSD's forms that show the last bucket alone become
//! ones of the whole range, which is told.

use serde_json::{Map, Value as Json, json};

use super::colors::Palette;
use super::plain::{PAGE, keys};
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use super::{Context, Halt, filter};
use crate::loose;
use crate::weight::{Rule, not_honoured};

/// Series of a panel, at most.
const MAX_SERIES: usize = 50;
/// Buckets that TSVB aims for where it chooses the interval.
const BUCKETS: u32 = 100;

/// What is drawn, and its question.
pub(super) struct Asked {
    pub(super) drawn: Drawn,
    pub(super) query: Json,
}

/// A series as ours has it.
struct Series {
    /// Which of all it is, the hidden ones counted.
    place: usize,
    id: String,
    label: String,
    metric: Json,
    format: Json,
    /// Bucket that splits it.
    split: Option<Json>,
    /// What it is drawn as, over time.
    mark: &'static str,
    /// How it stands to others.
    mode: &'static str,
    is_right: bool,
    /// Its colour, and of the parts of one that is split: shades of it.
    color: Option<String>,
    has_shades: bool,
}

pub(super) fn tsvb(saved: &Saved, context: &Context<'_>) -> Result<Asked, Halt> {
    let params = &saved.params;
    let text = |name: &str| params.get(name).and_then(loose::text);
    let form = text("type").unwrap_or("timeseries");
    let mut ignored = not_honoured("params", params, &[rules::TSVB]);
    // Those of series over time are told where they are translated.
    let colors = if form == "top_n" { &[][..] } else { rules::TSVB_COLORLESS };
    ignored.extend(of_page(&saved.ui, PAGE));
    let title = text("index_pattern").or(text("default_index_pattern"));
    let title = title.ok_or_else(|| Halt::Kept("it names no index pattern".to_owned()))?;
    let mut query = Map::from_iter([("stream".to_owned(), json!(context.stream_of(title)?))]);
    if let Some(filter) = condition(params.get("filter"))? {
        query.insert("filters".to_owned(), json!([filter]));
    }
    let all = params.get("series").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    if all.len() > MAX_SERIES {
        let count = all.len();
        return Err(Halt::Kept(format!("it has {count} series, at most {MAX_SERIES} are drawn")));
    }
    let mut series = Vec::new();
    for (place, json) in all.iter().enumerate() {
        let is_hidden = json.get("hidden").and_then(loose::flag).unwrap_or(false);
        if !is_hidden {
            series.push(one(json, place, colors, &mut ignored)?);
        }
    }
    if series.is_empty() {
        return Err(Halt::Kept("it has no series".to_owned()));
    }
    narrow(&mut query, &mut series);
    let is_of_last = text("time_range_mode") != Some("entire_time_range");
    let mut notes = Vec::new();
    if form != "timeseries" && is_of_last {
        ignored.push("params.time_range_mode".to_owned());
        notes.push("its numbers are of the whole range instead of the last interval".to_owned());
    }
    let mut asked = match form {
        "timeseries" => over_time(params, &series, query, &mut ignored)?,
        "metric" | "gauge" | "markdown" => number(form, &series, query, &mut ignored, &mut notes)?,
        "top_n" | "table" => rows(form, params, &series, query, &mut ignored, &mut notes)?,
        form => return Err(Halt::Kept(format!("TSVB's form `{form}` is not known here"))),
    };
    asked.drawn.ignored = ignored;
    asked.drawn.notes = notes;
    Ok(asked)
}

/// The filters that a series is split by, under labels of their own.
fn split_filters(json: &Json) -> Result<Map<String, Json>, Halt> {
    let mut filters = Map::new();
    for one in json.get("split_filters").and_then(Json::as_array).into_iter().flatten() {
        let said = condition(one.get("filter"))?.unwrap_or(json!(""));
        let words = || one.pointer("/filter/query").and_then(loose::text);
        let label = one.get("label").and_then(loose::text).or_else(words).unwrap_or("*");
        let taken = (2..).map(|number| format!("{label} {number}"));
        let mut labels = std::iter::once(label.to_owned()).chain(taken);
        // The numbers do not end.
        let label = labels.find(|label| !filters.contains_key(label)).unwrap_or_default();
        filters.insert(label, said);
    }
    Ok(filters)
}

fn one(
    json: &Json,
    place: usize,
    colors: &[Rule],
    ignored: &mut Vec<String>,
) -> Result<Series, Halt> {
    let at = format!("params.series[{place}]");
    ignored.extend(not_honoured(&at, json, &[rules::TSVB_SERIES, colors]));
    let text = |name: &str| json.get(name).and_then(loose::text);
    let id = text("id").map_or_else(|| format!("series-{place}"), ToOwned::to_owned);
    let metrics = json.get("metrics").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let [metric] = metrics else {
        let why = "a series worked out of several metrics is not drawn yet";
        return Err(Halt::Kept(why.to_owned()));
    };
    let (mut ours, usual) = self::metric(metric, &id)?;
    let mode = text("split_mode").unwrap_or("everything");
    let own = condition(json.get("filter"))?;
    // The filter of a series counts with each way of splitting it.
    if let Some(filter) = own {
        ours["filter"] = filter;
    }
    let split = match mode {
        "everything" | "filter" => None,
        "terms" => {
            let field = text("terms_field")
                .ok_or_else(|| Halt::Kept("a series is split by no field".to_owned()))?;
            let size = json.get("terms_size").and_then(loose::whole).unwrap_or(10);
            let by = match text("terms_order_by") {
                None | Some("_count") => "_count".to_owned(),
                Some("_key" | "_term") => "_key".to_owned(),
                Some(_) => id.clone(),
            };
            let direction = text("terms_direction").unwrap_or("desc");
            let order = json!({"by": by, "direction": direction});
            Some(
                json!({"id": "split", "type": "terms", "field": field, "size": size, "order": order}),
            )
        }
        "filters" => {
            let filters = split_filters(json)?;
            Some(json!({"id": "split", "type": "filters", "filters": filters}))
        }
        mode => return Err(Halt::Kept(format!("series split by `{mode}` are not drawn yet"))),
    };
    Ok(Series {
        place,
        label: text("label").map_or(usual, ToOwned::to_owned),
        format: format(json, &at, ignored),
        metric: ours,
        split,
        mark: match (text("chart_type"), mode_of(json)) {
            (Some("bar"), _) => "histogram",
            // What is below lines is their ornament, until they stand on it.
            (_, "normal") => "line",
            _ => "area",
        },
        mode: mode_of(json),
        is_right: is_right(json, &at, ignored),
        color: text("color").map(ToOwned::to_owned),
        has_shades: matches!(text("split_color_mode"), None | Some("gradient")),
        id,
    })
}

fn mode_of(json: &Json) -> &'static str {
    match json.get("stacked").and_then(loose::text) {
        None | Some("none") => "normal",
        Some("percent") => "percent",
        Some(_) => "stacked",
    }
}

/// Whether its axis is one of its own at the right; ours has one at each side.
fn is_right(json: &Json, at: &str, ignored: &mut Vec<String>) -> bool {
    let has_own =
        json.get("separate_axis").is_some_and(|own| loose::is(own, "1") || loose::is(own, "true"));
    let is_right = json.get("axis_position").and_then(loose::text) != Some("left");
    if has_own && !is_right {
        ignored.push(format!("{at}.separate_axis"));
    }
    has_own && is_right
}

/// The filter of an only series is one of the whole question: keys are then ordered by what it counts.
fn narrow(query: &mut Map<String, Json>, series: &mut [Series]) {
    let [only] = series else { return };
    let filter = only.metric.as_object_mut().and_then(|metric| metric.remove("filter"));
    if let Some(filter) = filter
        && let Some(filters) = query.entry("filters").or_insert_with(|| json!([])).as_array_mut()
    {
        filters.push(filter);
    }
}

/// A metric of ours with TSVB's words for it.
fn metric(json: &Json, id: &str) -> Result<(Json, String), Halt> {
    let text = |name: &str| json.get(name).and_then(loose::text);
    let kind = text("type").unwrap_or("count");
    if kind == "count" {
        return Ok((json!({"id": id, "type": "count"}), "Count".to_owned()));
    }
    if kind == "filter_ratio" {
        let filter = |name: &str| condition(json.get(name));
        let mut ours = json!({"id": id, "type": "filter_ratio"});
        for name in ["numerator", "denominator"] {
            if let Some(filter) = filter(name)? {
                ours[name] = filter;
            }
        }
        if let Some(agg) = text("metric_agg").filter(|agg| *agg != "count") {
            ours["metric_agg"] = json!(agg);
            ours["field"] = json!(text("field").unwrap_or_default());
        }
        return Ok((ours, "Filter Ratio".to_owned()));
    }
    let words = match kind {
        "avg" => "Average",
        "sum" => "Sum",
        "min" => "Min",
        "max" => "Max",
        "cardinality" => "Cardinality",
        "value_count" => "Value Count",
        _ => return Err(Halt::Kept(format!("TSVB's metric `{kind}` is not drawn yet"))),
    };
    let field =
        text("field").ok_or_else(|| Halt::Kept(format!("its metric `{kind}` names no field")))?;
    Ok((json!({"id": id, "type": kind, "field": field}), format!("{words} of {field}")))
}

/// A query of TSVB as a filter: an object with its language, or text in Lucene's.
fn condition(json: Option<&Json>) -> Result<Option<Json>, Halt> {
    let Some(json) = json.filter(|json| !loose::is_nothing(json)) else { return Ok(None) };
    let query = json.get("query").unwrap_or(json);
    let language = match json.get("language").and_then(Json::as_str) {
        Some("kuery" | "dql") => "dql",
        _ => "lucene",
    };
    match query {
        Json::String(text) if text.trim().is_empty() || text.trim() == "*" => Ok(None),
        Json::String(text) => Ok(Some(json!({"query": {"query": text, "language": language}}))),
        dsl => filter::condition(dsl).map_err(Halt::Kept),
    }
}

/// How its numbers are written.
fn format(json: &Json, at: &str, ignored: &mut Vec<String>) -> Json {
    let text = |name: &str| json.get(name).and_then(loose::text);
    let mut format = match text("formatter") {
        None | Some("number" | "0,0.[00]" | "0,0") => json!({}),
        Some("bytes") => json!({"kind": "bytes"}),
        Some("percent") => json!({"kind": "percent"}),
        // Durations: the unit they are in, the one they are shown in, and decimals.
        Some(other) => {
            let unit = other.split(',').next().unwrap_or_default();
            match unit {
                "ms" if other.contains(',') => json!({"kind": "duration", "scale": 0.001}),
                "s" if other.contains(',') => json!({"kind": "duration"}),
                "m" if other.contains(',') => json!({"kind": "duration", "scale": 60.0}),
                "h" if other.contains(',') => json!({"kind": "duration", "scale": 3600.0}),
                _ => {
                    ignored.push(format!("{at}.formatter"));
                    json!({})
                }
            }
        }
    };
    match text("value_template") {
        None | Some("{{value}}") => {}
        Some("${{value}}") if format == json!({}) => format = json!({"kind": "usd"}),
        Some(template) => match template.strip_prefix("{{value}}") {
            Some(unit) if !unit.contains("{{") => format["unit"] = json!(unit.trim()),
            _ => ignored.push(format!("{at}.value_template")),
        },
    }
    format
}

/// An interval: chosen by the range, at least so long, or fixed.
fn interval(params: &Json, ignored: &mut Vec<String>) -> Json {
    let said = params.get("interval").and_then(loose::text).unwrap_or("auto");
    let length = |text: &str| {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let number: u32 = if number.is_empty() { 1 } else { number.parse().ok()? };
        let is_known = ["ms", "s", "m", "h", "d"].contains(&unit) && number > 0;
        is_known.then(|| format!("{number}{unit}"))
    };
    let mut bucket = json!({"id": "time", "type": "date_histogram"});
    match (said, said.strip_prefix(">=")) {
        ("auto", _) | (_, Some("auto")) => bucket["auto"] = json!(BUCKETS),
        (_, Some(least)) => {
            bucket["auto"] = json!(BUCKETS);
            match length(least) {
                Some(least) => bucket["minimum_interval"] = json!(least),
                None => ignored.push("params.interval".to_owned()),
            }
        }
        (said, None) => match length(said) {
            Some(length) => bucket["fixed_interval"] = json!(length),
            None => {
                bucket["auto"] = json!(BUCKETS);
                ignored.push("params.interval".to_owned());
            }
        },
    }
    bucket
}

/// What an only series is split by; several are not.
fn split_of(series: &[Series]) -> Result<Option<Json>, Halt> {
    match series {
        [only] => Ok(only.split.clone()),
        several if several.iter().all(|one| one.split.is_none()) => Ok(None),
        _ => Err(Halt::Kept("several series that are split are not drawn yet".to_owned())),
    }
}

fn over_time(
    params: &Json,
    series: &[Series],
    mut query: Map<String, Json>,
    ignored: &mut Vec<String>,
) -> Result<Asked, Halt> {
    let mut buckets = vec![interval(params, ignored)];
    let split = split_of(series)?;
    // What is shown of it is chosen over the whole range.
    buckets.splice(0..0, split.clone());
    let first = &series[0];
    let mut ours = json!({"x": "time", "format": first.format});
    if split.is_some() {
        ours["series"] = json!("split");
    } else {
        let names = series.iter().map(|one| (one.id.clone(), json!(one.label)));
        ours["names"] = Json::Object(names.collect());
    }
    if split.is_some() && first.color.is_some() && first.has_shades {
        ignored.push(format!("params.series[{}].color", first.place));
    }
    if split.is_none() {
        ours["colors"] = colors(series, ignored);
    }
    if series.iter().any(|one| one.format != first.format) {
        let formats = series.iter().map(|one| (one.id.clone(), one.format.clone()));
        ours["formats"] = Json::Object(formats.collect());
    }
    if series.len() == 1 && !first.is_right {
        ours["metric"] = json!(first.id);
        ours["mode"] = json!(first.mode);
    } else {
        ours["series_params"] = series.iter().map(drawn).collect();
    }
    query.insert("buckets".to_owned(), json!(buckets));
    query.insert("metrics".to_owned(), metrics(series));
    let drawn = Drawn { kind: first.mark, params: keys(ours), ..Drawn::default() };
    Ok(Asked { drawn, query: Json::Object(query) })
}

/// The tokens nearest to the colours of series.
fn colors(series: &[Series], ignored: &mut Vec<String>) -> Json {
    let mut palette = Palette::new();
    let mut ours = Map::new();
    for one in series {
        let Some(color) = &one.color else { continue };
        match palette.token(color) {
            Some(token) => drop(ours.insert(one.id.clone(), json!(token))),
            None => ignored.push(format!("params.series[{}].color", one.place)),
        }
    }
    Json::Object(ours)
}

/// How one of several series is drawn.
fn drawn(series: &Series) -> Json {
    let mut ours = json!({"metric": series.id, "type": series.mark, "mode": series.mode});
    if series.is_right {
        ours["axis"] = json!("right");
    }
    ours
}

fn metrics(series: &[Series]) -> Json {
    series.iter().map(|one| one.metric.clone()).collect()
}

/// One number; several stand in a table.
fn number(
    form: &str,
    series: &[Series],
    mut query: Map<String, Json>,
    ignored: &mut Vec<String>,
    notes: &mut Vec<String>,
) -> Result<Asked, Halt> {
    if form != "metric" {
        ignored.push("params.type".to_owned());
        notes.push(format!("a {form} is drawn as its number"));
    }
    let first = &series[0];
    let split = split_of(series)?;
    let drawn = if series.len() == 1 && split.is_none() {
        let params = json!({"metric": first.id, "note": first.label, "format": first.format});
        Drawn { kind: "metric", params: keys(params), ..Drawn::default() }
    } else {
        if form == "metric" {
            ignored.push("params.type".to_owned());
        }
        notes.push("what is not one number is drawn as a table".to_owned());
        let field = |split: &Json| split.get("field").cloned().unwrap_or(json!(""));
        let title = |split: &Json| json!({"id": "split", "title": field(split)});
        let key = split.iter().map(title);
        let columns: Vec<Json> = key.chain(series.iter().map(|one| column(one, false))).collect();
        query.extend(split.map(|split| ("buckets".to_owned(), json!([split]))));
        Drawn { kind: "table", params: keys(json!({"columns": columns})), ..Drawn::default() }
    };
    query.insert("metrics".to_owned(), metrics(series));
    Ok(Asked { drawn, query: Json::Object(query) })
}

fn column(series: &Series, bar: bool) -> Json {
    json!({"id": series.id, "title": series.label, "format": series.format, "bar": bar})
}

/// Bars beside names, or a table with a row per value of its pivot.
fn rows(
    form: &str,
    params: &Json,
    series: &[Series],
    mut query: Map<String, Json>,
    ignored: &mut Vec<String>,
    notes: &mut Vec<String>,
) -> Result<Asked, Halt> {
    let is_table = form == "table";
    let pivot = params.get("pivot_id").and_then(loose::text).filter(|_| is_table);
    let size = params.get("pivot_rows").and_then(loose::whole).unwrap_or(10);
    let bucket = match pivot {
        Some(field) => Some(json!({"id": "split", "type": "terms", "field": field, "size": size})),
        None => split_of(series)?,
    };
    if is_table && series.iter().any(|one| one.split.is_some()) {
        return Err(Halt::Kept("columns that are split are not drawn yet".to_owned()));
    }
    if !is_table {
        ignored.push("params.type".to_owned());
        notes.push("its bars stand in a table".to_owned());
    }
    let label = params.get("pivot_label").and_then(loose::text).or(pivot).unwrap_or_default();
    let title = |bucket: &Json| match (label, bucket.get("field").and_then(Json::as_str)) {
        ("", field) => json!({"id": "split", "title": field.unwrap_or_default()}),
        (label, _) => json!({"id": "split", "title": label}),
    };
    let key = bucket.iter().map(title);
    let columns: Vec<Json> = key.chain(series.iter().map(|one| column(one, !is_table))).collect();
    query.extend(bucket.clone().map(|bucket| ("buckets".to_owned(), json!([bucket]))));
    query.insert("metrics".to_owned(), metrics(series));
    let drawn =
        Drawn { kind: "table", params: keys(json!({"columns": columns})), ..Drawn::default() };
    Ok(Asked { drawn, query: Json::Object(query) })
}
