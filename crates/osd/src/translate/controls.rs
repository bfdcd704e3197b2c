//! `input_control_vis`: lists and ranges to choose from. Each names an index pattern of its own; what it offers is a question of its
//! own.

use serde_json::{Map, Value as Json, json};

use super::index_pattern::Pattern;
use super::plain::{PAGE, keys};
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use super::{Context, Halt};
use crate::embedded::wrong;
use crate::loose;
use crate::read::RawObject;
use crate::weight::not_honoured;

/// Controls of a panel, at most.
const MAX_CONTROLS: usize = 100;
/// What OpenSearch lists where no number is asked for, as with options that are searched.
const USUAL_SIZE: u32 = 10;

pub(super) fn controls(
    object: &RawObject,
    saved: &Saved,
    context: &Context<'_>,
) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::CONTROLS]);
    ignored.extend(of_page(&saved.ui, PAGE));
    let flag = |name: &str| saved.params.get(name).and_then(loose::flag).unwrap_or(false);
    let all = saved.params.get("controls").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    if all.is_empty() || all.len() > MAX_CONTROLS {
        let count = all.len();
        return Err(Halt::Kept(format!("it has {count} controls, 1 to {MAX_CONTROLS} are drawn")));
    }
    let mut drawn = Drawn { kind: "input_control_vis", ignored, ..Drawn::default() };
    let mut controls = Vec::new();
    for (place, json) in all.iter().enumerate() {
        let at = format!("params.controls[{place}]");
        drawn.ignored.extend(not_honoured(&at, json, &[rules::CONTROL]));
        let (control, mut query) = control(object, json, place, context)?;
        if !flag("useTimeFilter") {
            query["time"] = Json::Null;
        }
        let id = control["id"].as_str().unwrap_or_default().to_owned();
        if drawn.extra_queries.insert(id, query).is_some() {
            return Err(Halt::Kept("two of its controls have the same id".to_owned()));
        }
        controls.push(control);
    }
    drawn.params = keys(json!({
        "controls": controls,
        "update_filters_on_change": flag("updateFiltersOnChange"),
        "pin_filters": flag("pinFilters"),
    }));
    Ok(drawn)
}

/// A control, and the question for what it offers.
fn control(
    object: &RawObject,
    json: &Json,
    place: usize,
    context: &Context<'_>,
) -> Result<(Json, Json), Halt> {
    let text = |name: &str| json.get(name).and_then(loose::text);
    let field = text("fieldName")
        .ok_or_else(|| Halt::Kept(format!("its control {} names no field", place + 1)))?;
    let (stream, pattern) = asked(object, json, context)?;
    if pattern.scripted.contains(field) {
        return Err(Halt::Kept(format!("its field `{field}` is worked out by a script")));
    }
    let id = text("id").map_or_else(|| (place + 1).to_string(), ToOwned::to_owned);
    let mut control =
        Map::from_iter([("id".to_owned(), json!(id)), ("field".to_owned(), json!(field))]);
    for (name, ours) in [("label", "label"), ("parent", "parent"), ("type", "type")] {
        control.extend(text(name).map(|text| (ours.to_owned(), json!(text))));
    }
    let option = |name: &str| json.pointer(&format!("/options/{name}"));
    if text("type") == Some("range") {
        let step = option("step").and_then(loose::number);
        control.extend(step.map(|step| ("step".to_owned(), json!(step))));
        let metrics = ["min", "max"].map(|kind| json!({"id": kind, "type": kind, "field": field}));
        return Ok((Json::Object(control), json!({"stream": stream, "metrics": metrics})));
    }
    let flag = |name: &str, usual: bool| option(name).and_then(loose::flag).unwrap_or(usual);
    if !flag("multiselect", true) {
        control.insert("single".to_owned(), json!(true));
    }
    // Only words are searched.
    let is_dynamic = flag("dynamicOptions", false) && !pattern.not_text.contains(field);
    let mut size = option("size").and_then(loose::whole).unwrap_or(5).max(1);
    if is_dynamic {
        control.insert("dynamic_options".to_owned(), json!(true));
        size = USUAL_SIZE;
    }
    let bucket = json!({"id": "option", "type": "terms", "field": field, "size": size});
    let query = json!({
        "stream": stream,
        "buckets": [bucket],
        "metrics": [{"id": "count", "type": "count"}],
    });
    Ok((Json::Object(control), query))
}

/// The stream of a control's index pattern, and what that says of fields.
fn asked(
    object: &RawObject,
    json: &Json,
    context: &Context<'_>,
) -> Result<(String, std::sync::Arc<Pattern>), Halt> {
    let named = json.get("indexPatternRefName").and_then(loose::text);
    let id = match named {
        Some(name) => {
            let found = object.reference(name).map(|reference| reference.id.clone());
            let why = || format!("names no reference: \"{name}\"");
            found.ok_or_else(|| wrong(object, "visState.indexPatternRefName", why()))?
        }
        None => json
            .get("indexPattern")
            .and_then(loose::text)
            .map(ToOwned::to_owned)
            .ok_or_else(|| Halt::Kept("a control of it names no index pattern".to_owned()))?,
    };
    let found = context.object("index-pattern", &id);
    let title = found.map_or(id.as_str(), RawObject::title);
    Ok((context.stream_of(title)?, context.pattern(&id)?))
}
