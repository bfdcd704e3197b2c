//! `exact`, worked out again without the list of rules: whatever is changed in the `visState` or the `uiStateJSON` of an exact
//! visualization must show in ours or in the report. What may change without a trace is written down, and read by a person.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod exports;

use std::collections::{BTreeMap, BTreeSet};

use exports::{FILES, export};
use hailstream_osd::{Import, Ours, Outcome, RawObject, read, translate};
use serde_json::{Value as Json, json};

/// Types of which nearly all are to be exact.
const COMMON: [&str; 12] = [
    "table",
    "pie",
    "metric",
    "histogram",
    "line",
    "area",
    "horizontal_bar",
    "gauge",
    "heatmap",
    "tagcloud",
    "markdown",
    "input_control_vis",
];

/// The saved searches that one of the exports refers to and does not bring.
fn searches() -> Vec<RawObject> {
    let ids = ["5eab4750-5154-11ee-80d7-afe4b0ce19b6", "5d163950-515d-11ee-80d7-afe4b0ce19b6"];
    let search = |id: &str| {
        let source = json!({"index": "log-web-*", "query": {"query": "", "language": "kuery"}});
        let attributes = json!({"kibanaSavedObjectMeta": {"searchSourceJSON": source.to_string()}});
        RawObject::new(json!({"type": "search", "id": id, "attributes": attributes}), 1).unwrap()
    };
    ids.map(search).into()
}

/// What becomes of one object, the others being at hand.
fn made(object: &Json, known: &[RawObject]) -> (Outcome, Option<String>, Json) {
    let export = read(object.to_string().as_bytes()).unwrap();
    let stream_of = |_: &str| Some("events".to_owned());
    let translation = translate(Import { export: &export, known, stream_of: &stream_of });
    let one = translation.objects.into_iter().next().unwrap();
    let ours = match one.ours {
        Ours::Visualization(ours) => serde_json::to_value(ours.attributes).unwrap(),
        Ours::Dashboard(_) | Ours::Stream(_) | Ours::Nothing => Json::Null,
    };
    (one.report.outcome, one.report.visualization_type, ours)
}

/// Every value in there with its place, as one can point at it and as the list has it.
fn leaves(json: &Json, pointer: &str, shown: &str, found: &mut Vec<(String, String)>) {
    match json {
        Json::Object(keys) => {
            for (key, inner) in keys {
                let escaped = key.replace('~', "~0").replace('/', "~1");
                leaves(inner, &format!("{pointer}/{escaped}"), &format!("{shown}.{key}"), found);
            }
        }
        Json::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                leaves(inner, &format!("{pointer}/{place}"), &format!("{shown}[*]"), found);
            }
        }
        Json::Null => {}
        Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            found.push((pointer.to_owned(), shown.trim_start_matches('.').to_owned()));
        }
    }
}

/// Another value of its kind.
fn other(json: &Json) -> Json {
    match json {
        Json::Bool(flag) => json!(!flag),
        Json::Number(number) => json!(number.as_f64().unwrap_or_default() + 3.0),
        Json::String(text) if ["true", "false"].contains(&text.as_str()) => json!(text != "true"),
        Json::String(text) => match text.parse::<f64>() {
            Ok(number) => json!((number + 3.0).to_string()),
            Err(_) => json!(format!("{text}x")),
        },
        Json::Null | Json::Array(_) | Json::Object(_) => Json::Null,
    }
}

/// The places in one of the texts of an exact visualization that may say something else without a trace.
fn unseen_changes(
    object: &Json,
    (text, before): (&str, &str),
    ours: &Json,
    known: &[RawObject],
) -> Vec<String> {
    let said = object["attributes"][text].as_str().filter(|said| !said.is_empty());
    let state: Json = serde_json::from_str(said.unwrap_or("{}")).unwrap();
    let mut places = Vec::new();
    leaves(&state, "", before, &mut places);
    places.retain(|(pointer, _)| {
        let mut changed = state.clone();
        let value = changed.pointer_mut(pointer).unwrap();
        *value = other(value);
        let mut object = object.clone();
        object["attributes"][text] = json!(changed.to_string());
        let (outcome, _, then) = made(&object, known);
        outcome == Outcome::Exact && then == *ours
    });
    places.into_iter().map(|(_, shown)| shown).collect()
}

#[test]
fn what_changes_an_exact_visualization_shows() {
    let mut silent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut exact = 0;
    for name in FILES {
        let export = export(name);
        let mut known = export.objects.clone();
        known.extend(searches());
        for object in export.objects.iter().filter(|object| object.kind() == "visualization") {
            let object = Json::Object(object.json().clone());
            let (outcome, kind, ours) = made(&object, &known);
            if outcome != Outcome::Exact {
                continue;
            }
            exact += 1;
            let shown = silent.entry(kind.unwrap_or_default()).or_default();
            for (text, before) in [("visState", ""), ("uiStateJSON", "uiState")] {
                shown.extend(unseen_changes(&object, (text, before), &ours, &known));
            }
        }
    }
    assert!(exact > 20, "{exact}");
    let lines = silent.into_iter().map(|(kind, paths)| {
        let paths: Vec<String> = paths.into_iter().collect();
        format!("{kind}\n  {}", paths.join("\n  "))
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn of_the_common_types_so_many_are_exact() {
    let mut counts: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for name in FILES {
        let export = export(name);
        let known = searches();
        let stream_of = |_: &str| Some("events".to_owned());
        let translation =
            translate(Import { export: &export, known: &known, stream_of: &stream_of });
        for object in translation.report().objects {
            let kind = object.visualization_type.unwrap_or(object.kind);
            counts.entry(kind).or_default()[object.outcome as usize] += 1;
        }
    }
    let of_common = counts.iter().filter(|(kind, _)| COMMON.contains(&kind.as_str()));
    let (exact, all) = of_common.fold((0, 0), |(exact, all), (_, count)| {
        (exact + count[0], all + count.iter().sum::<usize>())
    });
    let mut lines = vec!["type: exact, approximate, kept, refused".to_owned()];
    lines.extend(counts.iter().map(|(kind, count)| format!("{kind}: {count:?}")));
    lines.push(format!("common types: {exact} of {all} exact"));
    insta::assert_snapshot!(lines.join("\n"));
}
