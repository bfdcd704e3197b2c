//! `input_control_vis`: lists and ranges, each of an index pattern of its own.

use std::collections::BTreeMap;

use hailstream_protocol::saved_object::panel_query;
use hailstream_protocol::visualization::{Control, ControlKind, ControlsParams};
use hailstream_query::{Bucket, Query};
use serde_json::{Value as Json, json};

/// The name of the reference to the index pattern of a control.
pub(super) fn reference(place: usize) -> String {
    format!("control_{place}_index_pattern")
}

/// Their parameters in OSD's words. What each offers is a question; it has no words for one that asks more than OSD would.
pub(super) fn params(
    params: &ControlsParams,
    questions: &BTreeMap<String, Json>,
) -> Result<Json, String> {
    let is_in_range = |control: &Control| {
        questions.get(&control.id).is_some_and(|query| query.get("time") != Some(&Json::Null))
    };
    let in_range = params.controls.iter().filter(|control| is_in_range(control)).count();
    if in_range != 0 && in_range != params.controls.len() {
        return Err("controls of which some offer what is in the range and some all".to_owned());
    }
    let controls = params.controls.iter().enumerate();
    let controls = controls.map(|(place, control)| one(control, place, questions));
    Ok(json!({
        "controls": controls.collect::<Result<Vec<_>, _>>()?,
        "updateFiltersOnChange": params.update_filters_on_change,
        "useTimeFilter": in_range != 0,
        "pinFilters": params.pin_filters,
    }))
}

fn one(
    control: &Control,
    place: usize,
    questions: &BTreeMap<String, Json>,
) -> Result<Json, String> {
    let question = questions.get(&control.id).ok_or("controls that offer nothing")?;
    // As a board asks it: under a range.
    let query = Query::from_json(&panel_query(question, "now-15m", "now", &[]))
        .map_err(|error| format!("a question that cannot be asked: {error}"))?;
    if !query.filters.is_empty() || question.get("query").is_some_and(|query| *query != json!("")) {
        return Err("controls that offer what is filtered".to_owned());
    }
    let options = match control.kind {
        ControlKind::Range => {
            json!({ "decimalPlaces": 0, "step": control.step.unwrap_or(1.0) })
        }
        ControlKind::List => {
            let [Bucket::Terms(terms)] = query.buckets.as_slice() else {
                return Err("lists of what are no values of a field".to_owned());
            };
            let has_more = question.pointer("/buckets/0").is_some_and(|terms| {
                ["include", "exclude", "order"].iter().any(|key| terms.get(key).is_some())
            });
            if has_more || terms.field != control.field {
                return Err("lists in an order of their own, of some values, or of another field"
                    .to_owned());
            }
            json!({
                "type": "terms", "multiselect": !control.single, "dynamicOptions": control.dynamic_options,
                "size": terms.size, "order": "desc",
            })
        }
    };
    Ok(json!({
        "id": control.id, "indexPatternRefName": reference(place), "fieldName": control.field,
        "parent": control.parent, "label": control.label,
        "type": match control.kind { ControlKind::List => "list", ControlKind::Range => "range" },
        "options": options,
    }))
}
