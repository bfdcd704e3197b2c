//! Controls made by hand: a field each, words as a list and numbers as a range. What a control offers is an extra query of its id.

use hailstream_protocol::visualization::ControlKind;
use serde_json::{Value as Json, json};

use super::put::put;
use crate::stream_fields::{StreamField, StreamFields};

/// What a field is chosen by; `None` where it is no use to choose.
fn kind_for(field: &StreamField) -> Option<ControlKind> {
    match field.kind.as_str() {
        "keyword" | "boolean" | "ip" => Some(ControlKind::List),
        "long" | "double" => Some(ControlKind::Range),
        _ => None,
    }
}

/// The fields of a stream that can be chosen by.
#[must_use]
pub fn control_fields(source: &StreamFields) -> Vec<&str> {
    let fields = source.fields.iter().filter(|field| kind_for(field).is_some());
    fields.map(|field| field.name.as_str()).collect()
}

/// Whether a field has a control.
#[must_use]
pub fn has_control(visualization: &Json, field: &str) -> bool {
    controls(visualization).iter().any(|control| text(control, "field") == field)
}

/// Gives a field a control behind the others.
pub fn add_control(visualization: &mut Json, source: &StreamFields, field: &str) {
    let Some(found) = source.fields.iter().find(|of| of.name == field) else { return };
    let Some(kind) = kind_for(found) else { return };
    let is_taken = |id: &String| controls(visualization).iter().any(|of| text(of, "id") == id);
    let Some(id) = (1..).map(|number| format!("c{number}")).find(|id| !is_taken(id)) else {
        return;
    };
    let mut all = controls(visualization).to_vec();
    let (control, query) = match kind {
        ControlKind::List => (
            // Only words are searched.
            json!({ "id": id, "type": "list", "field": field, "dynamic_options": found.kind == "keyword" }),
            json!({
                "stream": source.stream,
                "buckets": [{ "id": "option", "type": "terms", "field": field, "size": 50 }],
                "metrics": [{ "id": "count", "type": "count" }],
            }),
        ),
        ControlKind::Range => (
            json!({ "id": id, "type": "range", "field": field }),
            json!({
                "stream": source.stream,
                "metrics": [
                    { "id": "min", "type": "min", "field": field },
                    { "id": "max", "type": "max", "field": field },
                ],
            }),
        ),
    };
    all.push(control);
    put(visualization, "/params/controls", Some(all.into()));
    put(visualization, &format!("/extra_queries/{id}"), Some(query));
}

/// Takes the control of a field away. The last one stays: without it, there would be nothing to show.
pub fn remove_control(visualization: &mut Json, field: &str) {
    let (gone, left): (Vec<Json>, Vec<Json>) = controls(visualization)
        .iter()
        .cloned()
        .partition(|control| text(control, "field") == field);
    if left.is_empty() {
        return;
    }
    put(visualization, "/params/controls", Some(left.into()));
    let queries = visualization.get_mut("extra_queries").and_then(Json::as_object_mut);
    if let Some(queries) = queries {
        queries.retain(|id, _| gone.iter().all(|control| text(control, "id") != id));
    }
}

/// The stream that controls ask.
#[must_use]
pub fn control_stream(visualization: &Json) -> &str {
    let queries = visualization.get("extra_queries").and_then(Json::as_object);
    queries.and_then(|queries| queries.values().next()).map_or("", |query| text(query, "stream"))
}

fn controls(visualization: &Json) -> &[Json] {
    let controls = visualization.pointer("/params/controls").and_then(Json::as_array);
    controls.map_or(&[], Vec::as_slice)
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_a_control_until_it_is_taken_away() {
        let field = |name: &str, kind: &str| json!({"name": name, "type": kind});
        let fields = [field("at", "date"), field("zone", "keyword"), field("fare", "double")];
        let source = StreamFields::of(&json!({"stream": "trips", "fields": fields}));
        assert_eq!(control_fields(&source), ["zone", "fare"]);
        let mut made = json!({});
        add_control(&mut made, &source, "zone");
        add_control(&mut made, &source, "fare");
        add_control(&mut made, &source, "at");
        assert_eq!(
            made["params"]["controls"],
            json!([{"id": "c1", "type": "list", "field": "zone", "dynamic_options": true}, {"id": "c2", "type": "range", "field": "fare"}])
        );
        assert_eq!(made["extra_queries"]["c2"]["metrics"][1]["id"], "max");
        assert_eq!(control_stream(&made), "trips");
        remove_control(&mut made, "zone");
        assert!(!has_control(&made, "zone") && has_control(&made, "fare"));
        assert_eq!(made["extra_queries"].as_object().unwrap().len(), 1);
        remove_control(&mut made, "fare");
        assert!(has_control(&made, "fare"), "the last one stays");
        add_control(&mut made, &source, "zone");
        assert_eq!(made["params"]["controls"][1]["id"], "c1");
    }
}
