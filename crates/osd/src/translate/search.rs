//! `search`: a saved table of records, newest first.

use hailstream_protocol::visualization::Visualization;
use serde_json::{Value as Json, json};

use super::plain::keys;
use super::source::Source;
use super::{Context, Halt, Made, Ours, saved, visualization};
use crate::embedded::embedded_map;
use crate::loose;
use crate::own;
use crate::read::RawObject;

/// Records that OSD shows (`discover:sampleSize`).
const SAMPLE_SIZE: u32 = 500;

pub(super) fn made(object: &RawObject, context: &Context<'_>) -> Result<Made, Halt> {
    let source = Source::of(object, context)?;
    let mut ignored = source.ignored.clone();
    let columns: Vec<&str> = listed(object).collect();
    let time_field = source.pattern.time_field.as_deref();
    if !is_newest_first(object.attribute("sort"), time_field) {
        ignored.push("sort".to_owned());
    }
    // Whole records where no column is chosen, or the record is one.
    let is_whole = columns.is_empty() || columns.contains(&"_source");
    let mut fields: Vec<&str> = if is_whole { Vec::new() } else { columns.clone() };
    if !fields.is_empty()
        && let Some(time) = time_field
        && !fields.contains(&time)
    {
        fields.push(time);
    }
    let mut query = source.query();
    query.insert("hits".to_owned(), json!({ "size": SAMPLE_SIZE, "fields": fields }));
    let columns = if columns.is_empty() { vec!["_source"] } else { columns };
    let mut params = keys(json!({ "columns": columns }));
    params.extend(time_field.map(|field| ("time_field".to_owned(), json!(field))));
    let ours = Visualization {
        title: object.title().to_owned(),
        kind: "search".to_owned(),
        query: Json::Object(query),
        params,
        ..Visualization::default()
    };
    visualization::check(&ours)?;
    let ours = Ours::Visualization(saved(object, ours));
    Ok(Made { ours, ignored, notes: Vec::new() })
}

/// Ours, if what OSD sees of the search is still what was written with it.
pub(super) fn of_ours(object: &RawObject, mark: &Json) -> Option<Visualization> {
    let source = Json::Object(embedded_map(object, super::source::ATTRIBUTE).ok()?);
    let mut state = own::search_state(object);
    state[own::KEY] = mark.clone();
    let mut ours = own::read(&state, &source)?;
    object.title().clone_into(&mut ours.title);
    Some(ours)
}

fn listed(object: &RawObject) -> impl Iterator<Item = &str> {
    let columns = object.attribute("columns").and_then(Json::as_array);
    columns.into_iter().flatten().filter_map(loose::text)
}

/// `[["field","desc"]]`, of older boards `["field","desc"]`; nothing sorts by time.
fn is_newest_first(sort: Option<&Json>, time_field: Option<&str>) -> bool {
    let Some(Json::Array(sort)) = sort.filter(|sort| !loose::is_nothing(sort)) else { return true };
    let pair = match sort.as_slice() {
        [Json::Array(pair)] => pair.as_slice(),
        pair => pair,
    };
    let [field, direction] = pair else { return false };
    let is_time = field.as_str().is_some_and(|field| field == "_doc" || Some(field) == time_field);
    is_time && direction == "desc"
}
