//! `visualization`: by its type to the panel type of ours that draws the same.

use std::collections::BTreeMap;

use hailstream_protocol::saved_object::panel_query;
use hailstream_protocol::visualization::{Params, Visualization};
use hailstream_query::Query;
use serde_json::{Map, Value as Json};

use super::aggs::Asked;
use super::source::Source;
use super::{Context, Halt, Made, Ours, chart, controls, gauge, plain, saved, table, tsvb};
use crate::embedded::{embedded_map, wrong};
use crate::loose;
use crate::own;
use crate::read::RawObject;
use crate::weight::not_honoured;

/// Types that OSD draws and we do not yet.
const NOT_YET: [&str; 4] = ["tile_map", "region_map", "vega", "timelion"];

/// Types that ask a query and are drawn.
const DRAWN: [&str; 11] = [
    "metric",
    "table",
    "pie",
    "heatmap",
    "line",
    "histogram",
    "area",
    "horizontal_bar",
    "gauge",
    "goal",
    "tagcloud",
];

/// A visualization of OSD, its texts read.
pub(crate) struct Saved {
    pub(crate) kind: String,
    pub(crate) params: Json,
    pub(crate) aggs: Vec<Json>,
    pub(crate) ui: Map<String, Json>,
}

/// A visualization of ours in the making.
#[derive(Default)]
pub(crate) struct Drawn {
    pub(crate) kind: &'static str,
    pub(crate) subtitle: String,
    pub(crate) params: Map<String, Json>,
    /// Further questions, by name.
    pub(crate) extra_queries: BTreeMap<String, Json>,
    pub(crate) ignored: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// OSD's type of a visualization, also where the rest cannot be read.
pub(crate) fn type_of(object: &RawObject) -> Option<String> {
    if object.kind() != "visualization" {
        return None;
    }
    let state = embedded_map(object, "visState").ok()?;
    state.get("type").and_then(loose::text).map(ToOwned::to_owned)
}

pub(super) fn made(object: &RawObject, context: &Context<'_>) -> Result<Made, Halt> {
    if let Some(ours) = of_ours(object, context)? {
        let ours = Ours::Visualization(saved(object, ours));
        return Ok(Made { ours, ignored: Vec::new(), notes: Vec::new() });
    }
    let saved_state = read(object)?;
    let kind = saved_state.kind.as_str();
    if kind == "markdown" {
        let drawn = plain::markdown(&saved_state);
        return finished(object, Json::Null, drawn);
    }
    if kind == "input_control_vis" {
        let drawn = controls::controls(object, &saved_state, context)?;
        return finished(object, Json::Null, drawn);
    }
    if kind == "metrics" {
        let tsvb::Asked { drawn, query } = tsvb::tsvb(&saved_state, context)?;
        return finished(object, query, drawn);
    }
    if NOT_YET.contains(&kind) {
        return Err(Halt::Kept(format!("the type `{kind}` is not drawn yet")));
    }
    if !DRAWN.contains(&kind) {
        return Err(Halt::Kept(format!("the type `{kind}` is not known here")));
    }
    let source = Source::of(object, context)?;
    let mut asked = Asked::of(&saved_state.aggs, &source.pattern)?;
    let mut drawn = match kind {
        "metric" => plain::metric(&saved_state, &mut asked)?,
        "table" => table::table(&saved_state, &mut asked)?,
        "pie" => plain::pie(&saved_state, &mut asked)?,
        "heatmap" => plain::heatmap(&saved_state, &mut asked)?,
        "gauge" | "goal" => gauge::gauge(&saved_state, &mut asked)?,
        "tagcloud" => gauge::tagcloud(&saved_state, &mut asked)?,
        _ => chart::chart(&saved_state, &mut asked)?,
    };
    let query = asked.complete(source.query());
    if !["table", "metric"].contains(&drawn.kind) {
        drawn.ignored.extend(dates_as_numbers(&asked));
    }
    drawn.ignored.extend(source.ignored);
    drawn.ignored.extend(asked.ignored);
    finished(object, query, drawn)
}

/// Charts write times that are values or words as numbers.
fn dates_as_numbers(asked: &Asked) -> Vec<String> {
    let buckets = asked.buckets.iter().filter(|bucket| bucket.is_date && bucket.kind == "terms");
    let metrics = asked.metrics.iter().filter(|metric| metric.is_date);
    let at = buckets.map(|bucket| &bucket.at).chain(metrics.map(|metric| &metric.at));
    at.map(|at| format!("{at}.params.field")).collect()
}

/// One that we wrote and nobody edited since, as it was; of the streams that its own now stand for.
fn of_ours(object: &RawObject, context: &Context<'_>) -> Result<Option<Visualization>, Halt> {
    let state = Json::Object(embedded_map(object, "visState")?);
    if state.get(own::KEY).is_none() {
        return Ok(None);
    }
    let source = Json::Object(embedded_map(object, super::source::ATTRIBUTE)?);
    let Some(mut ours) = own::read(&state, &source) else { return Ok(None) };
    object.title().clone_into(&mut ours.title);
    restream(&mut ours, context);
    check(&ours)?;
    Ok(Some(ours))
}

/// Asks the streams that those it names stand for; one that stands for none is asked as it is, and the panel says that it is missing.
pub(super) fn restream(ours: &mut Visualization, context: &Context<'_>) {
    for query in std::iter::once(&mut ours.query).chain(ours.extra_queries.values_mut()) {
        let named = query.get("stream").and_then(Json::as_str);
        if let Some(stream) = named.and_then(|stream| context.stream_of(stream).ok()) {
            query["stream"] = Json::String(stream);
        }
    }
}

fn read(object: &RawObject) -> Result<Saved, Halt> {
    let mut state = embedded_map(object, "visState")?;
    let kind = state.get("type").and_then(loose::text);
    let kind =
        kind.ok_or_else(|| wrong(object, "visState", "names no type".to_owned()))?.to_owned();
    let params = state.remove("params").unwrap_or_default();
    let aggs = match state.remove("aggs") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(aggs)) => aggs,
        Some(_) => {
            return Err(wrong(object, "visState", "has aggs that are no list".to_owned()).into());
        }
    };
    let ui = embedded_map(object, "uiStateJSON")?;
    Ok(Saved { kind, params, aggs, ui })
}

/// Puts it together, and reads it as the server will.
fn finished(object: &RawObject, query: Json, drawn: Drawn) -> Result<Made, Halt> {
    let Drawn { kind, subtitle, params, extra_queries, ignored, notes } = drawn;
    let title = object.title().to_owned();
    let visualization = Visualization {
        title,
        subtitle,
        kind: kind.to_owned(),
        query,
        extra_queries,
        params,
        ..Visualization::default()
    };
    check(&visualization)?;
    let ours = Ours::Visualization(saved(object, visualization));
    Ok(Made { ours, ignored, notes })
}

/// Whether the server would take it.
pub(super) fn check(visualization: &Visualization) -> Result<(), Halt> {
    let main = Some(&visualization.query).filter(|query| !query.is_null());
    for query in main.into_iter().chain(visualization.extra_queries.values()) {
        // As a board asks it: under a range.
        let query = panel_query(query, "now-15m", "now", &[]);
        let query = Query::from_json(&query);
        query.map_err(|error| Halt::Kept(format!("its question cannot be asked here: {error}")))?;
    }
    let params = Params::of(visualization);
    params.map_err(|error| Halt::Kept(format!("it cannot be drawn here: {error}")))?;
    Ok(())
}

/// What the state of the page says that is not honoured; `known` is.
pub(crate) fn of_page(ui: &Map<String, Json>, known: &[crate::weight::Rule]) -> Vec<String> {
    not_honoured("uiState", &Json::Object(ui.clone()), &[known])
}
