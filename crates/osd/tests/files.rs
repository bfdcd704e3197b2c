//! Real exports: what becomes of each object, and that everything comes out as it came in.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod exports;

use std::collections::BTreeMap;

use exports::{FILES, export};
use hailstream_osd::{Details, Form, Import, Outcome, Translation, read, translate, write};
use serde_json::{Value as Json, json};

/// Every index pattern has a stream.
fn stream_of(_: &str) -> Option<String> {
    Some("events".to_owned())
}

fn translated(export: &hailstream_osd::Export) -> Translation<'_> {
    translate(Import { export, known: &[], stream_of: &stream_of })
}

fn report(name: &str) -> String {
    translated(&export(name)).report().to_string()
}

#[test]
fn apache_is_told_object_by_object() {
    insta::assert_snapshot!(report("catalog-apache.ndjson"));
}

#[test]
fn rds_is_told_object_by_object() {
    insta::assert_snapshot!(report("catalog-aws-rds.ndjson"));
}

#[test]
fn a_table_is_told() {
    insta::assert_snapshot!(report("functest-table.ndjson"));
}

#[test]
fn a_map_board_of_the_older_form_is_told() {
    assert_eq!(export("malcolm-tile-map.json").form, Form::Objects);
    insta::assert_snapshot!(report("malcolm-tile-map.json"));
}

#[test]
fn siem_is_told_object_by_object() {
    insta::assert_snapshot!(report("siem-web.ndjson"));
}

/// The saved searches that a board builds on and its file does not have.
fn searches() -> [hailstream_osd::RawObject; 2] {
    let search = |id: &str| {
        let source = json!({"index": "log-web-*", "query": {"query": "@log_type: web", "language": "kuery"}});
        let attributes = json!({"kibanaSavedObjectMeta": {"searchSourceJSON": source.to_string()}});
        hailstream_osd::RawObject::new(
            json!({"type": "search", "id": id, "attributes": attributes}),
            1,
        )
        .unwrap()
    };
    let ids = ["5eab4750-5154-11ee-80d7-afe4b0ce19b6", "5d163950-515d-11ee-80d7-afe4b0ce19b6"];
    ids.map(search)
}

#[test]
fn siem_is_drawn_once_its_searches_are_there() {
    let (export, known) = (export("siem-web.ndjson"), searches());
    let translation = translate(Import { export: &export, known: &known, stream_of: &stream_of });
    insta::assert_snapshot!(translation.report());
}

/// How many of each type are drawn exactly, approximately, or kept: of all that name nothing that is missing.
#[test]
fn charts_are_drawn_exactly() {
    let known = searches();
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for name in FILES {
        let export = export(name);
        let import = Import { export: &export, known: &known, stream_of: &stream_of };
        for object in translate(import).report().objects {
            let Some(kind) = object.visualization_type else { continue };
            let place = match object.outcome {
                Outcome::Exact => 0,
                Outcome::Approximate => 1,
                Outcome::Kept | Outcome::Refused => 2,
            };
            counts.entry(kind).or_default()[place] += 1;
        }
    }
    let line = |(kind, [exact, approximate, kept]): (&String, &[usize; 3])| {
        format!("{kind}: {exact} exact, {approximate} approximate, {kept} kept")
    };
    insta::assert_snapshot!(counts.iter().map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_is_made_of_some_is_written_down() {
    let export = export("catalog-apache.ndjson");
    let translation = translated(&export);
    let ours = translation.objects.iter().filter_map(|object| match &object.ours {
        hailstream_osd::Ours::Visualization(ours) => Some(serde_json::to_value(ours).unwrap()),
        hailstream_osd::Ours::Dashboard(ours) => Some(serde_json::to_value(ours).unwrap()),
        hailstream_osd::Ours::Stream(_) | hailstream_osd::Ours::Nothing => None,
    });
    let ours: Vec<Json> = ours.collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&ours).unwrap());
}

#[test]
fn what_was_read_is_written_and_reads_the_same() {
    for name in FILES {
        let export = export(name);
        let translation = translated(&export);
        let written =
            write(translation.objects.iter().map(|object| object.original), Details::Told);
        let again = read(written.as_bytes()).unwrap();
        assert_eq!(again.objects, export.objects, "{name}");
        assert_eq!(again.rest["exportedCount"], export.objects.len(), "{name}");
        assert!(again.repeats.is_empty(), "{name}");
    }
}
