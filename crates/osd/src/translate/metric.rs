//! Metrics: to ours, with the words OSD puts on them.

use serde_json::{Value as Json, json};

use super::Halt;
use super::aggs::{Agg, Asked};
use super::bucket;
use super::index_pattern::Pattern;
use super::rules::{bucket_rules, metric_rules};
use crate::loose;
use crate::weight::{Rule, not_honoured};

const METRICS: [&str; 21] = [
    "count",
    "avg",
    "sum",
    "median",
    "min",
    "max",
    "std_dev",
    "cardinality",
    "percentiles",
    "percentile_ranks",
    "top_hits",
    "geo_bounds",
    "geo_centroid",
    "derivative",
    "cumulative_sum",
    "moving_avg",
    "serial_diff",
    "avg_bucket",
    "sum_bucket",
    "min_bucket",
    "max_bucket",
];

pub(crate) fn is_metric(kind: &str) -> bool {
    METRICS.contains(&kind)
}

/// A metric of a query, and its columns.
pub(crate) struct MetricPart {
    pub(crate) at: String,
    pub(crate) json: Vec<Json>,
    pub(crate) columns: Vec<Column>,
    /// Words of its own.
    pub(crate) custom_label: Option<String>,
    /// Whether it goes along a series.
    pub(crate) is_along: bool,
    /// Whether its values are numbers, whatever is in the field.
    pub(crate) is_number: bool,
    /// Whether they are times.
    pub(crate) is_date: bool,
}

/// A column of a result, and the words over it.
pub(crate) struct Column {
    pub(crate) id: String,
    pub(crate) label: String,
}

/// What a metric is in ours: its JSON and columns.
struct Said {
    json: Vec<Json>,
    columns: Vec<Column>,
}

pub(crate) fn part(
    agg: &Agg<'_>,
    all: &[Agg<'_>],
    pattern: &Pattern,
    asked: &mut Asked,
) -> Result<MetricPart, Halt> {
    let custom_label = agg.text("customLabel").map(str::trim).filter(|label| !label.is_empty());
    asked.ignored.extend(not_honoured(&agg.at_params(), agg.params, &[metric_rules(agg.kind)]));
    let field = agg.text("field").unwrap_or_default();
    if pattern.formatted.contains(field) {
        asked.ignored.push(format!("fieldFormatMap.{field}"));
    }
    let is_date = ["min", "max", "top_hits"].contains(&agg.kind) && pattern.dates.contains(field);
    let is_along =
        ["derivative", "cumulative_sum", "moving_avg", "serial_diff"].contains(&agg.kind);
    let Said { json, mut columns } = if is_along {
        along(agg, all, pattern, asked)?
    } else if agg.kind.ends_with("_bucket") {
        asked.ignored.extend(of_inner(agg, "customMetric", metric_rules));
        asked.ignored.extend(of_inner(agg, "customBucket", bucket_rules));
        sibling(agg, pattern)?
    } else {
        plain(agg, pattern)?
    };
    if let (Some(label), [only]) = (custom_label, columns.as_mut_slice()) {
        label.clone_into(&mut only.label);
    }
    let custom_label = custom_label.map(ToOwned::to_owned);
    let is_number = !["top_hits", "geo_bounds", "geo_centroid"].contains(&agg.kind);
    Ok(MetricPart { at: agg.at(), json, columns, custom_label, is_along, is_number, is_date })
}

fn one(agg: &Agg<'_>, json: Json, label: String) -> Said {
    Said { json: vec![json], columns: vec![Column { id: agg.id.clone(), label }] }
}

/// A metric of the records of a group.
fn plain(agg: &Agg<'_>, pattern: &Pattern) -> Result<Said, Halt> {
    let (id, kind) = (&agg.id, agg.kind);
    if kind == "count" {
        return Ok(one(agg, json!({ "id": id, "type": "count" }), "Count".to_owned()));
    }
    let field = agg.field(pattern)?;
    let words = match kind {
        "avg" => "Average",
        "sum" => "Sum of",
        "min" => "Min",
        "max" => "Max",
        "median" => "Median",
        "cardinality" => "Unique count of",
        "geo_bounds" => "Geo Bounds",
        "geo_centroid" => "Geo Centroid",
        "std_dev" => return Ok(deviations(agg, field)),
        "percentiles" | "percentile_ranks" => return percentiles(agg, field),
        "top_hits" => return top_hits(agg, field),
        _ => return Err(not_yet(kind)),
    };
    let json = json!({ "id": id, "type": kind, "field": field });
    Ok(one(agg, json, format!("{words} {field}")))
}

fn not_yet(kind: &str) -> Halt {
    Halt::Kept(format!("the aggregation `{kind}` is not supported yet"))
}

/// OSD shows the band of two deviations around the average.
fn deviations(agg: &Agg<'_>, field: &str) -> Said {
    let bounds = [("lower", "Lower"), ("upper", "Upper")];
    let id = |bound: &str| format!("{}.std_{bound}", agg.id);
    let json = bounds.map(
        |(bound, _)| json!({ "id": id(bound), "type": "std_dev", "field": field, "bound": bound }),
    );
    let name = agg.text("customLabel").unwrap_or(field);
    let columns = bounds.map(|(bound, words)| Column {
        id: id(bound),
        label: format!("{words} Standard Deviation of {name}"),
    });
    Said { json: json.into(), columns: columns.into() }
}

fn percentiles(agg: &Agg<'_>, field: &str) -> Result<Said, Halt> {
    let is_rank = agg.kind == "percentile_ranks";
    let name = if is_rank { "values" } else { "percents" };
    let usual = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];
    let numbers: Vec<f64> = match agg.param(name).and_then(Json::as_array) {
        Some(list) => list.iter().filter_map(loose::number).collect(),
        None if is_rank => Vec::new(),
        None => usual.into(),
    };
    if numbers.is_empty() {
        return Err(Halt::Kept(format!("its aggregation {} names no {name}", agg.id)));
    }
    let label = agg.text("customLabel").unwrap_or(field);
    let column = |number: &f64| Column {
        id: format!("{}.{number}", agg.id),
        label: if is_rank {
            format!("Percentile rank {number} of \"{label}\"")
        } else {
            format!("{number}{} percentile of {label}", ordinal(*number))
        },
    };
    let columns = numbers.iter().map(column).collect();
    let json = json!({ "id": agg.id, "type": agg.kind, "field": field, name: numbers });
    Ok(Said { json: vec![json], columns })
}

fn ordinal(number: f64) -> &'static str {
    match (number % 100.0, number % 10.0) {
        (tens, _) if [11.0, 12.0, 13.0].contains(&tens) => "th",
        (_, 1.0) => "st",
        (_, 2.0) => "nd",
        (_, 3.0) => "rd",
        _ => "th",
    }
}

/// An option that is saved as its name, or as an object with it.
fn chosen<'a>(agg: &Agg<'a>, name: &str) -> Option<&'a str> {
    let json = agg.param(name)?;
    json.as_str().or_else(|| json.get("value")?.as_str())
}

fn top_hits(agg: &Agg<'_>, field: &str) -> Result<Said, Halt> {
    let order = chosen(agg, "sortOrder").unwrap_or("desc");
    let mut json = json!({ "id": agg.id, "type": "top_hits", "field": field });
    json["size"] = json!(agg.param("size").and_then(loose::whole).unwrap_or(1));
    json["aggregate"] = json!(chosen(agg, "aggregate").unwrap_or("concat"));
    let sort_field = chosen(agg, "sortField")
        .map(ToOwned::to_owned)
        .or_else(|| agg.param("sortField")?.get("name")?.as_str().map(ToOwned::to_owned));
    if let Some(sort_field) = sort_field {
        json["sort"] = json!({ "field": sort_field, "order": order });
    } else if order != "desc" {
        return Err(Halt::Kept(format!("its aggregation {} is ordered by no field", agg.id)));
    }
    let words = if order == "asc" { "First" } else { "Last" };
    Ok(one(agg, json, format!("{words} {field}")))
}

/// A metric along a series: of another metric, or of one of its own that is not shown.
fn along(
    agg: &Agg<'_>,
    all: &[Agg<'_>],
    pattern: &Pattern,
    asked: &mut Asked,
) -> Result<Said, Halt> {
    let (path, of) = match agg.text("metricAgg") {
        Some("custom") | None => {
            let inner = agg.param("customMetric").ok_or_else(|| not_yet(agg.kind))?;
            asked.ignored.extend(of_inner(agg, "customMetric", metric_rules));
            let inner = Agg::within(inner, &format!("{}-metric", agg.id));
            let said = plain(&inner, pattern)?;
            let [column] = said.columns.as_slice() else { return Err(not_yet(agg.kind)) };
            let of = column.label.clone();
            if inner.kind == "count" {
                ("_count".to_owned(), of)
            } else {
                let path = column.id.clone();
                asked.hidden.extend(said.json);
                (path, of)
            }
        }
        Some(id) => {
            let other = all.iter().find(|other| other.id == id);
            let own = other.and_then(|other| other.text("customLabel")).map(ToOwned::to_owned);
            let label = || plain(other?, pattern).ok()?.columns.into_iter().next();
            let words = own.or_else(|| label().map(|column| column.label));
            (id.to_owned(), words.unwrap_or_else(|| id.to_owned()))
        }
    };
    let mut json = json!({ "id": agg.id, "type": agg.kind, "buckets_path": path });
    let words = match agg.kind {
        "derivative" => "Derivative of",
        "cumulative_sum" => "Cumulative Sum of",
        "serial_diff" => {
            json["lag"] = json!(agg.param("lag").and_then(loose::whole).unwrap_or(1));
            "Serial Diff of"
        }
        _ => {
            json["window"] = json!(agg.param("window").and_then(loose::whole).unwrap_or(5));
            if let Some(script) = agg.text("script") {
                json["script"] = json!(script);
            }
            "Moving Avg of"
        }
    };
    Ok(one(agg, json, format!("{words} {of}")))
}

/// What a part within a metric says that is not honoured.
fn of_inner(agg: &Agg<'_>, name: &str, rules: fn(&str) -> &'static [Rule]) -> Vec<String> {
    let Some(inner) = agg.param(name) else { return Vec::new() };
    let inner = Agg::within(inner, "");
    let at = format!("{}.{name}.params", agg.at_params());
    not_honoured(&at, inner.params, &[rules(inner.kind)])
}

/// The order of `terms` within a metric: by count or key.
fn inner_order(inner: &Agg<'_>) -> Result<Option<Json>, Halt> {
    if inner.kind != "terms" {
        return Ok(None);
    }
    let by = match inner.text("orderBy") {
        None => "_count",
        Some("_key" | "_term") => "_key",
        Some(_) => {
            let why = "a metric over buckets that another metric orders is not supported yet";
            return Err(Halt::Kept(why.to_owned()));
        }
    };
    Ok(Some(json!({ "by": by, "direction": inner.text("order").unwrap_or("desc") })))
}

/// One number of all buckets of a group.
fn sibling(agg: &Agg<'_>, pattern: &Pattern) -> Result<Said, Halt> {
    let inner = agg.param("customBucket").ok_or_else(|| not_yet(agg.kind))?;
    let inner = Agg::within(inner, "bucket");
    let mut json = json!({ "id": agg.id, "type": agg.kind });
    json["bucket"] = bucket::json(&inner, pattern, inner_order(&inner)?)?;
    let mut of = "Count".to_owned();
    if let Some(metric) = agg.param("customMetric") {
        let said = plain(&Agg::within(metric, "metric"), pattern)?;
        let ([metric], [column]) = (said.json.as_slice(), said.columns.as_slice()) else {
            return Err(not_yet(agg.kind));
        };
        json["metric"] = metric.clone();
        of.clone_from(&column.label);
    }
    let words = match agg.kind {
        "avg_bucket" => "Overall Average of",
        "sum_bucket" => "Overall Sum of",
        "min_bucket" => "Overall Min of",
        _ => "Overall Max of",
    };
    Ok(one(agg, json, format!("{words} {of}")))
}
