//! Copies: the objects of an export under new ids, and what they say of each other with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::read::{Export, RawObject};

/// New ids by type and id.
type Names = BTreeMap<(String, String), String>;

/// The export with an id from `new_id` for every object, and all references among them rewritten: named ones, and those that old
/// boards have within their texts. What leads out of the export stays. Objects tell under `originId` what they were.
#[must_use]
pub fn copied(export: Export, mut new_id: impl FnMut() -> String) -> Export {
    let mut names = Names::new();
    for object in &export.objects {
        let name = (object.kind().to_owned(), object.id().to_owned());
        names.entry(name).or_insert_with(&mut new_id);
    }
    let Export { form, objects, repeats, rest } = export;
    let objects = objects.into_iter().map(|object| copy(object, &names)).collect();
    Export { form, objects, repeats, rest }
}

fn copy(object: RawObject, names: &Names) -> RawObject {
    let Some(new) = new_name(names, object.kind(), object.id()) else { return object };
    let mut json = object.json().clone();
    json.insert("originId".to_owned(), Json::from(object.id()));
    json.insert("id".to_owned(), Json::from(new));
    for reference in json.get_mut("references").and_then(Json::as_array_mut).into_iter().flatten() {
        rename_typed(reference, names);
    }
    if let Some(Json::Object(attributes)) = json.get_mut("attributes") {
        in_attributes(attributes, names);
    }
    // It was one, and has an id as before.
    RawObject::new(Json::Object(json), object.place()).unwrap_or(object)
}

fn new_name(names: &Names, kind: &str, id: &str) -> Option<String> {
    names.get(&(kind.to_owned(), id.to_owned())).cloned()
}

/// An object with a `type` and an `id`.
fn rename_typed(json: &mut Json, names: &Names) {
    let text = |key: &str| json.get(key).and_then(Json::as_str);
    if let (Some(kind), Some(id)) = (text("type"), text("id"))
        && let Some(new) = new_name(names, kind, id)
    {
        json["id"] = Json::from(new);
    }
}

/// A key whose value is an id of objects of a type.
fn rename(json: Option<&mut Json>, kind: &str, names: &Names) {
    if let Some(json) = json
        && let Some(new) = json.as_str().and_then(|id| new_name(names, kind, id))
    {
        *json = Json::from(new);
    }
}

fn in_attributes(attributes: &mut Map<String, Json>, names: &Names) {
    rename(attributes.get_mut("savedSearchId"), "search", names);
    if let Some(Json::Object(meta)) = attributes.get_mut("kibanaSavedObjectMeta") {
        in_text(meta, "searchSourceJSON", |source| {
            rename(source.get_mut("index"), "index-pattern", names);
            let pills = source.get_mut("filter").and_then(Json::as_array_mut);
            for pill in pills.into_iter().flatten() {
                rename(pill.pointer_mut("/meta/index"), "index-pattern", names);
            }
        });
    }
    in_text(attributes, "panelsJSON", |panels| {
        panels.as_array_mut().into_iter().flatten().for_each(|panel| rename_typed(panel, names));
    });
    in_text(attributes, "visState", |state| {
        let controls = state.pointer_mut("/params/controls").and_then(Json::as_array_mut);
        for control in controls.into_iter().flatten() {
            rename(control.get_mut("indexPattern"), "index-pattern", names);
        }
    });
}

/// Changes JSON that stands as text; what is none, or does not change, stays as it is written.
fn in_text(keys: &mut Map<String, Json>, key: &str, change: impl FnOnce(&mut Json)) {
    let Some(Json::String(text)) = keys.get_mut(key) else { return };
    let Ok(before) = serde_json::from_str::<Json>(text) else { return };
    let mut after = before.clone();
    change(&mut after);
    if after != before {
        *text = after.to_string();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::read::read;

    #[test]
    fn copies_name_each_other_and_nothing_else_changes() {
        let source = json!({"index": "p", "filter": [{"meta": {"index": "p"}}, {"meta": {"index": "other"}}]});
        let panels = json!([{"type": "visualization", "id": "v"}, {"type": "search", "id": "v"}]);
        let objects = [
            json!({"type": "index-pattern", "id": "p", "attributes": {"title": "p"}}),
            json!({"type": "visualization", "id": "v", "attributes": {
                "visState": "{ \"params\": {\"controls\": [] } }", "kibanaSavedObjectMeta": {"searchSourceJSON": source.to_string()},
            }, "references": [{"name": "n", "type": "index-pattern", "id": "p"}, {"name": "m", "type": "search", "id": "s"}]}),
            json!({"type": "dashboard", "id": "v", "attributes": {"panelsJSON": panels.to_string()}, "references": [7]}),
            json!({"type": "dashboard", "id": "v", "attributes": {"panelsJSON": "["}}),
        ];
        let text: Vec<String> = objects.iter().map(Json::to_string).collect();
        let export = read(text.join("\n").as_bytes()).unwrap();
        let mut count = 0;
        let copied = copied(export, || {
            count += 1;
            format!("new{count}")
        });
        let told: Vec<String> = copied
            .objects
            .iter()
            .map(|object| Json::Object(object.json().clone()).to_string())
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r##"
        {"type":"index-pattern","id":"new1","attributes":{"title":"p"},"originId":"p"}
        {"type":"visualization","id":"new2","attributes":{"visState":"{ \"params\": {\"controls\": [] } }","kibanaSavedObjectMeta":{"searchSourceJSON":"{\"index\":\"new1\",\"filter\":[{\"meta\":{\"index\":\"new1\"}},{\"meta\":{\"index\":\"other\"}}]}"}},"references":[{"name":"n","type":"index-pattern","id":"new1"},{"name":"m","type":"search","id":"s"}],"originId":"v"}
        {"type":"dashboard","id":"new3","attributes":{"panelsJSON":"[{\"type\":\"visualization\",\"id\":\"new2\"},{\"type\":\"search\",\"id\":\"v\"}]"},"references":[7],"originId":"v"}
        {"type":"dashboard","id":"new3","attributes":{"panelsJSON":"["},"originId":"v"}
        "##);
        assert_eq!(copied.repeats.len(), 1);
    }
}
