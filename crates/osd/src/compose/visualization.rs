//! `visualization`, and `search` of a board: in OSD's words where it has them, else as text.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_protocol::visualization::{
    ControlsParams, Params, SeriesMode, SplitDirection, TableParams, Total, Visualization, XyParams,
};
use hailstream_query::{Bucket, Metric, Over, Query};
use serde_json::{Value as Json, json};

use super::aggs::Names;
use super::{TimeFieldOf, object, pattern_id, source};
use crate::own;
use crate::read::RawObject;

/// The event time of a stream that is not known.
const USUAL_TIME_FIELD: &str = "@timestamp";
const INDEX: &str = "kibanaSavedObjectMeta.searchSourceJSON.index";

/// The streams that a visualization asks: the main one, and those of controls.
pub(super) fn streams_of(visualization: &Visualization) -> BTreeSet<&str> {
    let controls = visualization.extra_queries.values();
    let controls = controls.filter(|_| visualization.kind == "input_control_vis");
    let queries = std::iter::once(&visualization.query).chain(controls);
    queries.filter_map(stream_of).collect()
}

fn stream_of(query: &Json) -> Option<&str> {
    query.get("stream")?.as_str()
}

/// What OSD sees of a visualization.
struct Picture {
    kind: &'static str,
    params: Json,
    aggs: Vec<Json>,
    source: Json,
    /// Names of references to index patterns, and the streams these stand for.
    patterns: Vec<(String, String)>,
}

/// The object of a visualization.
pub(super) fn composed(
    id: &str,
    visualization: &Visualization,
    time_field_of: TimeFieldOf<'_>,
) -> Option<RawObject> {
    let picture = picture(visualization, time_field_of)
        .unwrap_or_else(|why| instead(&visualization.title, &why));
    let Picture { kind, params, aggs, mut source, patterns } = picture;
    let mut state =
        json!({ "title": visualization.title, "type": kind, "params": params, "aggs": aggs });
    state[own::KEY] = own::mark(visualization, &state, &source);
    if patterns.iter().any(|(name, _)| name == INDEX) {
        source["indexRefName"] = json!(INDEX);
    }
    let references = patterns.iter().map(
        |(name, stream)| json!({ "name": name, "type": "index-pattern", "id": pattern_id(stream) }),
    );
    let references = references.collect();
    let attributes = json!({
        "title": visualization.title,
        "description": visualization.subtitle,
        "visState": state.to_string(),
        "uiStateJSON": "{}",
        "version": 1,
        "kibanaSavedObjectMeta": { "searchSourceJSON": source.to_string() },
    });
    object("visualization", id, attributes, references, "7.10.0")
}

/// A panel that lists records, as the saved search that OSD has for it, and the source in it.
pub(super) fn composed_search(
    id: &str,
    visualization: &Visualization,
    time_field_of: TimeFieldOf<'_>,
) -> Option<(RawObject, Json)> {
    let query = asked(visualization).ok()?;
    let mut source = source::search_source(&query).ok()?;
    source["highlightAll"] = json!(true);
    source["version"] = json!(true);
    source["indexRefName"] = json!(INDEX);
    let time_field = time_field_of(&query.stream).unwrap_or_else(|| USUAL_TIME_FIELD.to_owned());
    let fields = query.hits.as_ref().map_or(&[][..], |hits| &hits.fields);
    let columns: Vec<&String> = fields.iter().filter(|field| **field != time_field).collect();
    let attributes = json!({
        "title": visualization.title,
        "description": visualization.subtitle,
        "columns": columns,
        "sort": [[time_field, "desc"]],
        "version": 1,
        "kibanaSavedObjectMeta": { "searchSourceJSON": source.to_string() },
    });
    let references =
        json!([{ "name": INDEX, "type": "index-pattern", "id": pattern_id(&query.stream) }]);
    Some((object("search", id, attributes, references, "7.9.3")?, source))
}

fn asked(visualization: &Visualization) -> Result<Query, String> {
    Query::from_json(&visualization.query)
        .map_err(|error| format!("a question that cannot be asked: {error}"))
}

/// Words in its place.
fn instead(title: &str, why: &str) -> Picture {
    let words = format!(
        "**{title}** is shown by Hailstream only: OpenSearch Dashboards has no words for {why}."
    );
    Picture {
        kind: "markdown",
        params: json!({ "markdown": words, "fontSize": 12, "openLinksInNewTab": false }),
        aggs: Vec::new(),
        source: json!({ "query": { "query": "", "language": "kuery" }, "filter": [] }),
        patterns: Vec::new(),
    }
}

fn controls(visualization: &Visualization, params: &ControlsParams) -> Result<Picture, String> {
    let questions = &visualization.extra_queries;
    let streams = params.controls.iter().enumerate().filter_map(|(place, control)| {
        let stream = stream_of(questions.get(&control.id)?)?;
        Some((super::controls::reference(place), stream.to_owned()))
    });
    let params = super::controls::params(params, questions)?;
    let patterns = streams.collect();
    Ok(Picture { kind: "input_control_vis", params, patterns, ..instead("", "") })
}

fn picture(
    visualization: &Visualization,
    time_field_of: TimeFieldOf<'_>,
) -> Result<Picture, String> {
    let params = Params::of(visualization).map_err(|error| error.to_string())?;
    if let Params::Markdown(params) = &params {
        let params =
            json!({ "markdown": params.markdown, "fontSize": 12, "openLinksInNewTab": false });
        return Ok(Picture { params, ..instead("", "") });
    }
    if let Params::Controls(params) = &params {
        return controls(visualization, params);
    }
    let mut query = asked(visualization)?;
    if query.over != Over::Records || query.entities.is_some() {
        return Err("what lives now".to_owned());
    }
    if query.hits.is_some() || !query.runtime.is_empty() {
        return Err("fields worked out of others, or records in a picture".to_owned());
    }
    if query.metrics.is_empty() {
        query.metrics.push(Metric::count("count"));
    }
    let time_field = time_field_of(&query.stream).unwrap_or_else(|| USUAL_TIME_FIELD.to_owned());
    let source = source::search_source(&query)?;
    let Drawn { kind, params, shown, schemas, labels } = drawn(visualization, params, &query)?;
    let names = Names { time_field: &time_field, metrics: &query.metrics, shown: &shown, labels };
    let metrics = query.metrics.iter().filter(|metric| shown.contains(&metric.id()));
    let mut aggs = metrics.map(|metric| names.metric(metric)).collect::<Result<Vec<_>, _>>()?;
    for bucket in &query.buckets {
        let schema = schemas
            .get(bucket.id())
            .ok_or_else(|| format!("a {kind} of {} buckets", query.buckets.len()))?;
        aggs.push(names.bucket(bucket, schema)?);
    }
    let patterns = vec![(INDEX.to_owned(), query.stream.clone())];
    Ok(Picture { kind, params, aggs, source, patterns })
}

/// How a query is drawn.
struct Drawn<'a> {
    kind: &'static str,
    params: Json,
    /// Ids of the metrics in the picture.
    shown: Vec<&'a str>,
    /// The place of each bucket in it.
    schemas: BTreeMap<&'a str, &'static str>,
    labels: BTreeMap<String, String>,
}

fn drawn<'a>(
    visualization: &Visualization,
    params: Params,
    query: &'a Query,
) -> Result<Drawn<'a>, String> {
    let title = &visualization.subtitle;
    match params {
        Params::Metric(params) => {
            let (shown, schemas) = (one_metric(query, &params.metric)?, BTreeMap::new());
            let (params, labels) = (metric_params(&params.note), BTreeMap::new());
            Ok(Drawn { kind: "metric", params, shown, schemas, labels })
        }
        Params::Line(params) => xy("line", *params, query, title),
        Params::Area(params) => xy("area", *params, query, title),
        Params::Histogram(params) => xy("histogram", *params, query, title),
        Params::HorizontalBar(params) => xy("horizontal_bar", *params, query, title),
        Params::Heatmap(params) => {
            let along = |bucket: &Bucket| is_time(bucket) || matches!(bucket, Bucket::Histogram(_));
            let first = first_of(query, along).or(query.buckets.get(1));
            let schemas = places(query, [&params.x, &params.y], first);
            let (shown, labels) = (one_metric(query, &params.metric)?, BTreeMap::new());
            Ok(Drawn { kind: "heatmap", params: heatmap_params(), shown, schemas, labels })
        }
        Params::Pie(params) => {
            let schemas = query.buckets.first().map(|bucket| (bucket.id(), "segment"));
            let (shown, labels) = (one_metric(query, &params.metric)?, BTreeMap::new());
            let (params, schemas) = (pie_params(params.donut), schemas.into_iter().collect());
            Ok(Drawn { kind: "pie", params, shown, schemas, labels })
        }
        Params::Table(params) => {
            let place = |bucket: &'a Bucket| {
                let is_split = bucket.id() == params.split;
                (bucket.id(), if is_split { "split" } else { "bucket" })
            };
            let schemas = query.buckets.iter().map(place).collect();
            let titles = params.columns.iter();
            let labels: BTreeMap<String, String> =
                titles.map(|column| (column.id.clone(), column.title.clone())).collect();
            let (params, shown) = (table_params(&params, &labels), all_metrics(query));
            Ok(Drawn { kind: "table", params, shown, schemas, labels })
        }
        _ => Err(format!("a panel of the type `{}`", visualization.kind)),
    }
}

/// Lines, areas and bars.
fn xy<'a>(
    kind: &'static str,
    params: XyParams,
    query: &'a Query,
    title: &str,
) -> Result<Drawn<'a>, String> {
    if !params.series_params.is_empty() || !params.split.is_empty() {
        return Err("series that are drawn each in its own way, or charts of their own".to_owned());
    }
    let first = first_of(query, is_time).or(query.buckets.first());
    let schemas = places(query, [&params.x, &params.series], first);
    let shown = match schemas.len() {
        2.. => one_metric(query, &params.metric)?,
        _ if params.metric.is_empty() && kind != "histogram" => all_metrics(query),
        _ => one_metric(query, &params.metric)?,
    };
    let usual = if kind == "line" { SeriesMode::Normal } else { SeriesMode::Stacked };
    let threshold = params.threshold.map(|threshold| threshold.value);
    let json = chart_params(kind, params.mode.unwrap_or(usual), &shown, title, threshold);
    Ok(Drawn { kind, params: json, shown, schemas, labels: params.names })
}

fn is_time(bucket: &Bucket) -> bool {
    matches!(bucket, Bucket::DateHistogram(_))
}

fn first_of(query: &Query, wanted: impl Fn(&Bucket) -> bool) -> Option<&Bucket> {
    query.buckets.iter().find(|bucket| wanted(bucket))
}

fn all_metrics(query: &Query) -> Vec<&str> {
    query.metrics.iter().map(Metric::id).collect()
}

/// The metric of an id; the first where none is named.
fn one_metric<'a>(query: &'a Query, id: &str) -> Result<Vec<&'a str>, String> {
    let mut metrics = query.metrics.iter().map(Metric::id);
    let found = metrics.find(|metric| *metric == id || id.is_empty());
    found.map(|metric| vec![metric]).ok_or_else(|| format!("a column \"{id}\""))
}

/// The buckets along the axis and across it, as they are named, else as ours finds them: `first`, and the first other.
fn places<'a>(
    query: &'a Query,
    [x, y]: [&str; 2],
    first: Option<&'a Bucket>,
) -> BTreeMap<&'a str, &'static str> {
    let named = |id: &str| first_of(query, |bucket| bucket.id() == id).map(Bucket::id);
    let x = if x.is_empty() { first.map(Bucket::id) } else { named(x) };
    let other = || first_of(query, |bucket| Some(bucket.id()) != x).map(Bucket::id);
    let y = if y.is_empty() { other() } else { named(y) };
    let across = y.map(|y| (y, "group"));
    x.map(|x| (x, "segment")).into_iter().chain(across).collect()
}

fn pie_params(is_donut: bool) -> Json {
    json!({
        "type": "pie", "addTooltip": true, "addLegend": true, "legendPosition": "right", "isDonut": is_donut,
        "labels": { "show": false, "values": true, "last_level": true, "truncate": 100 },
    })
}

fn table_params(params: &TableParams, titles: &BTreeMap<String, String>) -> Json {
    let page = if params.per_page == 0 { json!("") } else { json!(params.per_page) };
    let total = params.total.map(|total| match total {
        Total::Sum => "sum",
        Total::Avg => "avg",
        Total::Min => "min",
        Total::Max => "max",
        Total::Count => "count",
    });
    json!({
        "perPage": page, "showPartialRows": false, "showMetricsAtAllLevels": false, "showTotal": total.is_some(),
        "totalFunc": total.unwrap_or("sum"), "percentageCol": titles.get(&params.percentage).map_or("", String::as_str),
        "row": params.split_direction == SplitDirection::Rows,
    })
}

fn metric_params(note: &str) -> Json {
    json!({
        "type": "metric", "addTooltip": true, "addLegend": false,
        "metric": {
            "percentageMode": false, "useRanges": false, "colorSchema": "Green to Red", "metricColorMode": "None",
            "colorsRange": [{ "from": 0, "to": 10000 }], "labels": { "show": true }, "invertColors": false,
            "style": { "bgColor": false, "labelColor": false, "subText": note, "fontSize": 60 },
        },
    })
}

fn heatmap_params() -> Json {
    json!({
        "type": "heatmap", "addTooltip": true, "addLegend": false, "enableHover": false, "legendPosition": "right",
        "times": [], "colorsNumber": 8, "colorSchema": "Greens", "setColorRange": false, "colorsRange": [],
        "invertColors": false, "percentageMode": false,
        "valueAxes": [{
            "show": false, "id": "ValueAxis-1", "type": "value", "scale": { "type": "linear", "defaultYExtents": false },
            "labels": { "show": false, "rotate": 0, "overwriteColor": false, "color": "black" },
        }],
    })
}

/// As OSD gives them to every new chart.
fn chart_params(
    kind: &str,
    mode: SeriesMode,
    metrics: &[&str],
    title: &str,
    threshold: Option<f64>,
) -> Json {
    let (mark, category_at, value_at) = match kind {
        "horizontal_bar" => ("histogram", "left", "bottom"),
        other => (other, "bottom", "left"),
    };
    let scale = if mode == SeriesMode::Percent { "percentage" } else { "normal" };
    let mode = if mode == SeriesMode::Normal { "normal" } else { "stacked" };
    let series = metrics.iter().map(|id| {
        json!({
            "show": true, "type": mark, "mode": mode, "data": { "label": id, "id": id }, "valueAxis": "ValueAxis-1",
            "drawLinesBetweenPoints": true, "lineWidth": 2, "interpolate": "linear", "showCircles": true,
        })
    });
    json!({
        "type": kind,
        "grid": { "categoryLines": false },
        "categoryAxes": [{
            "id": "CategoryAxis-1", "type": "category", "position": category_at, "show": true, "style": {},
            "scale": { "type": "linear" }, "labels": { "show": true, "filter": true, "truncate": 100 }, "title": {},
        }],
        "valueAxes": [{
            "id": "ValueAxis-1", "name": "LeftAxis-1", "type": "value", "position": value_at, "show": true, "style": {},
            "scale": { "type": "linear", "mode": scale },
            "labels": { "show": true, "rotate": 0, "filter": false, "truncate": 100 }, "title": { "text": title },
        }],
        "seriesParams": series.collect::<Vec<Json>>(),
        "addTooltip": true, "addLegend": true, "legendPosition": "right", "times": [], "addTimeMarker": false, "labels": {},
        "thresholdLine": {
            "show": threshold.is_some(), "value": threshold.unwrap_or(10.0), "width": 1, "style": "dashed",
        },
    })
}
