//! What holds for any file: nothing panics, every object has its entry, what is drawn can be asked, and what was read is written.

use hailstream_fuzz::{Plan, holds, spoil};
use hailstream_osd::{Details, Import, Ours, Outcome, read, translate, write};
use hailstream_protocol::saved_object::{Panel, panel_query};
use hailstream_protocol::visualization::Params;
use hailstream_query::Query;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn plan() -> Plan {
    Plan::from_environment("FUZZ", 3_000)
}

/// A state with most of what there is.
fn state() -> Json {
    let params = json!({
        "type": "line", "addLegend": true, "legendPosition": "right", "perPage": 10, "isDonut": true, "markdown": "# a",
        "categoryAxes": [{"position": "bottom", "labels": {"show": true}}], "valueAxes": [{"scale": {"type": "linear"}}],
        "seriesParams": [{"type": "histogram", "mode": "stacked", "data": {"id": "1"}}], "thresholdLine": {"show": true, "value": 5},
    });
    let aggs = json!([
        {"id": "1", "enabled": true, "type": "count", "schema": "metric", "params": {"customLabel": "N"}},
        {"id": "4", "type": "moving_avg", "schema": "metric", "params": {"metricAgg": "1", "window": 3}},
        {"id": "5", "type": "avg_bucket", "schema": "metric", "params": {
            "customBucket": {"type": "terms", "params": {"field": "a"}}, "customMetric": {"type": "max", "params": {"field": "n"}}}},
        {"id": "3", "type": "terms", "schema": "group", "params": {"field": "f", "orderBy": "1", "size": 5, "otherBucket": true}},
        {"id": "2", "type": "date_histogram", "schema": "segment", "params": {"field": "at", "interval": "auto"}},
    ]);
    json!({"title": "V", "type": "line", "params": params, "aggs": aggs})
}

fn source() -> Json {
    json!({"index": "p", "query": {"query": "a: 1 and b > 2", "language": "kuery"}, "filter": [
        {"meta": {"negate": true, "alias": "x"}, "query": {"match_phrase": {"f": "v"}}, "$state": {"store": "appState"}},
        {"query": {"bool": {"should": [{"term": {"f": 1}}, {"range": {"n": {"gte": 1}}}], "minimum_should_match": 1}}},
    ]})
}

fn panels() -> Json {
    json!([
        {"panelIndex": "1", "gridData": {"x": 0, "y": 0, "w": 24, "h": 15, "i": "1"}, "panelRefName": "panel_0", "embeddableConfig": {}},
        {"panelIndex": 2, "id": "v", "type": "visualization", "row": 1, "col": 7, "size_x": 6, "size_y": 3},
    ])
}

/// A whole export, with the texts given.
fn export([state, source, panels]: [&str; 3]) -> String {
    let meta = json!({ "searchSourceJSON": source });
    let objects = [
        json!({"type": "index-pattern", "id": "p", "attributes": {"title": "logs-*", "timeFieldName": "at", "fields": "[]"}}),
        json!({"type": "search", "id": "s", "attributes": {"columns": ["a"], "sort": [["at", "desc"]], "kibanaSavedObjectMeta": meta}}),
        json!({"type": "visualization", "id": "v", "attributes": {"title": "V", "visState": state, "kibanaSavedObjectMeta": meta},
            "references": [{"name": "search_0", "type": "search", "id": "s"}]}),
        json!({"type": "dashboard", "id": "d", "attributes": {"title": "D", "panelsJSON": panels, "kibanaSavedObjectMeta": meta},
            "references": [{"name": "panel_0", "type": "dashboard", "id": "d"}]}),
    ];
    objects.map(|object| object.to_string()).join("\n")
}

/// A file, as it is read or not.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(export) = read(bytes) else { return Ok(()) };
    let stream_of = |_: &str| Some("logs".to_owned());
    let translation = translate(Import { export: &export, known: &[], stream_of: &stream_of });
    let report = translation.report();
    prop_assert_eq!(report.objects.len(), export.objects.len());
    prop_assert!(report.to_string().lines().count() > report.objects.len());
    for (object, told) in translation.objects.iter().zip(&report.objects) {
        let is_drawn = object.ours != Ours::Nothing;
        prop_assert_eq!(is_drawn, told.outcome <= Outcome::Approximate);
        prop_assert_eq!(!told.ignored.is_empty(), told.outcome == Outcome::Approximate);
        prop_assert_eq!(told.why.is_empty(), told.outcome == Outcome::Exact);
        if let Ours::Dashboard(ours) = &object.ours {
            let board = &ours.attributes;
            let empty = json!({ "stream": "s" });
            let query = panel_query(&empty, &board.time_from, &board.time_to, &[]);
            prop_assert!(Query::from_json(&query).is_ok());
            let fits = |panel: &Panel| {
                panel.grid_data.w > 0 && panel.grid_data.x + panel.grid_data.w <= 48
            };
            prop_assert!(board.panels.iter().all(fits));
        }
        if let Ours::Visualization(ours) = &object.ours {
            prop_assert!(Params::of(&ours.attributes).is_ok());
            let query = panel_query(&ours.attributes.query, "now-1h", "now", &[]);
            prop_assert!(query.is_null() || Query::from_json(&query).is_ok());
        }
    }
    let again = read(write(&export.objects, Details::Told).as_bytes());
    prop_assert!(again.is_ok_and(|again| again.objects == export.objects));
    Ok(())
}

#[test]
fn any_file_is_read_or_refused() {
    let whole = export([&state().to_string(), &source().to_string(), &panels().to_string()]);
    let listed = format!("{{\"version\":\"7\",\"objects\":[{}]}}", whole.replace('\n', ","));
    let pieces = [
        "{", "}", "[", "]", "\"", "\\\"", ",", ":", "null", "1e999", "\n", "\"id\"", "\"type\"",
        "objects",
    ];
    let strategy =
        || spoil::bytes(vec![whole.clone().into_bytes(), listed.clone().into_bytes()], &pieces);
    holds("any_file_is_read_or_refused", &plan(), strategy, |bytes| check(&bytes));
}

#[test]
fn any_state_is_translated_kept_or_refused() {
    let kinds = ["line", "histogram", "area", "pie", "metric", "table", "heatmap", "markdown"];
    let states = kinds.map(|kind| {
        let mut state = state();
        state["type"] = json!(kind);
        state
    });
    let strategy =
        || (spoil::json(states.to_vec()), spoil::json(vec![source()]), spoil::json(vec![panels()]));
    holds(
        "any_state_is_translated_kept_or_refused",
        &plan(),
        strategy,
        |(state, source, panels)| {
            let texts = [state.to_string(), source.to_string(), panels.to_string()];
            check(export([&texts[0], &texts[1], &texts[2]]).as_bytes())
        },
    );
}
