//! What is made here in OSD's words: it comes back as it was, and what OSD itself sees of it asks the same.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use hailstream_osd::{
    Details, Import, Ours, Outcome, RawObject, compose_dashboard, read, translate, write,
};
use hailstream_protocol::saved_object::{Dashboard, SavedObject, panel_query};
use hailstream_protocol::visualization::Visualization;
use hailstream_query::Query;
use serde_json::{Value as Json, json};

fn time_field_of(_: &str) -> Option<String> {
    Some("ts".to_owned())
}

/// Every pattern means the stream of its name.
fn stream_of(title: &str) -> Option<String> {
    Some(title.to_owned())
}

fn board(panels: &[Json]) -> SavedObject<Dashboard> {
    let panel = |(place, visualization): (usize, &Json)| json!({"panelIndex": format!("p{place}"), "gridData": {"x": 0, "y": place, "w": 8, "h": 1}, "visualization": visualization});
    let panels: Vec<Json> = panels.iter().enumerate().map(panel).collect();
    let attributes = json!({
        "title": "Board", "description": "About it", "timeFrom": "now-2h", "timeTo": "now", "panels": panels,
        "colors": {"status": {"paid": "data-3"}}, "labels": {"status": {"paid": "Paid"}},
        "links": [{"dashboard": "other", "title": "Other"}], "query": "a: 1", "hidePanelTitles": true, "useMargins": true,
        "filters": [{"phrases": {"field": "x", "values": ["y", "z"]}, "label": "some"}, {"query": {"query": "b: 2", "language": "dql"}, "negate": true}],
    });
    let board = json!({"id": "b", "type": "dashboard", "attributes": attributes});
    serde_json::from_value(board).unwrap()
}

/// Metrics and buckets of all kinds that OSD has words for.
fn sayable() -> Vec<Json> {
    let query = |buckets: Json, metrics: Json| json!({"stream": "s", "buckets": buckets, "metrics": metrics});
    let terms = json!({"id": "shop", "type": "terms", "field": "shop", "size": 5, "other": true, "missing": "none"});
    let hours =
        json!({"id": "hour", "type": "date_histogram", "fixed_interval": "2h", "min_doc_count": 1});
    // What goes along a series needs its empty buckets.
    let series = json!({"id": "hour", "type": "date_histogram", "fixed_interval": "2h"});
    let sum = json!({"id": "revenue", "type": "sum", "field": "total"});
    let count = json!({"id": "n", "type": "count"});
    let filters = json!([
        {"term": {"field": "a", "value": 1}, "label": "one"},
        {"terms": {"field": "b", "values": ["x", "y"]}, "negate": true},
        {"range": {"field": "c", "gte": 1, "lt": 5}},
        {"exists": {"field": "d"}, "pinned": true},
        {"phrase": {"field": "e", "value": "x y"}},
        {"bool": {"should": [{"term": {"field": "a", "value": 2}}], "must_not": [{"exists": {"field": "z"}}]}},
        {"geo_box": {"field": "at", "bounds": [1.0, 2.0, 3.0, 4.0]}},
    ]);
    vec![
        json!({"title": "Metric", "type": "metric", "query": {"stream": "s", "filters": filters, "query": "a: 1 or b: 2",
            "metrics": [sum]}, "params": {"note": "words", "format": {"kind": "usd"}}}),
        json!({"title": "Bars", "type": "histogram", "query": query(json!([terms, hours]), json!([sum, count])),
            "params": {"x": "hour", "series": "shop", "metric": "n", "mode": "grouped"}}),
        json!({"title": "Lines", "type": "line", "query": query(json!([series]), json!([
            sum, count, {"id": "change", "type": "derivative", "buckets_path": "revenue"},
            {"id": "calm", "type": "moving_avg", "buckets_path": "_count", "window": 3},
        ])), "params": {"names": {"revenue": "Revenue"}, "threshold": {"value": 3.5, "label": "much"}}}),
        json!({"title": "Table", "type": "table", "query": query(
            json!([{"id": "shop", "type": "terms", "field": "shop", "size": 7, "order": {"by": "p.95", "direction": "asc"}},
                {"id": "ten", "type": "range", "field": "n", "ranges": [{"key": "low", "to": 5.0}, {"key": "high", "from": 5.0}]}]),
            json!([{"id": "p", "type": "percentiles", "field": "ms", "percents": [50.0, 95.0]},
                {"id": "u", "type": "cardinality", "field": "user"},
                {"id": "last", "type": "top_hits", "field": "state", "sort": {"field": "ts", "order": "desc"}}]),
        ), "params": {"columns": [{"id": "shop", "title": "Shop"}, {"id": "u", "title": "Users"}]}}),
        json!({"title": "Pie", "type": "pie", "query": query(
            json!([{"id": "f", "type": "filters", "filters": {"A": "a: 1", "B": {"query": {"query": "b:2", "language": "lucene"}}}}]),
            json!([count])), "params": {"donut": true}}),
        json!({"title": "Heat", "type": "heatmap", "query": query(json!([
            {"id": "shop", "type": "terms", "field": "shop", "size": 4, "order": {"by": "revenue"}},
            {"id": "day", "type": "date_histogram", "calendar_interval": "day", "time_zone": "Europe/Berlin"}]), json!([count, sum])),
            "params": {"x": "day", "y": "shop", "metric": "n"}}),
        json!({"title": "Steps", "type": "histogram", "query": query(
            json!([{"id": "price", "type": "histogram", "field": "price", "interval": 2.5, "min_doc_count": 1}]), json!([count])),
            "params": {"x": "price"}}),
    ]
}

/// What OSD has no words for.
fn unsayable() -> Vec<Json> {
    vec![
        json!({"title": "Now", "type": "metric", "query": {"stream": "s", "over": "entities", "metrics": [{"id": "n", "type": "count"}]}}),
        json!({"title": "Ratio", "type": "metric", "query": {"stream": "s", "metrics": [{"id": "r", "type": "filter_ratio", "numerator": "a: 1"}]}}),
        json!({"title": "Map", "type": "map", "query": {"stream": "s", "entities": {}}}),
        json!({"title": "Own time", "type": "metric", "query": {"stream": "s", "time": {"from": "now/d", "to": "now"}, "metrics": [{"id": "n", "type": "count"}]}}),
        json!({"title": "Records", "type": "search", "query": {"stream": "s", "hits": {"size": 50, "fields": ["a", "ts"]}}, "params": {"line": "{a}"}}),
        json!({"title": "Words", "type": "markdown", "params": {"markdown": "**x**"}}),
        json!({"title": "Sparkline", "type": "metric", "query": {"stream": "s"}, "extra_queries": {"sparkline": {"stream": "t"}}}),
    ]
}

fn back(text: &str) -> SavedObject<Dashboard> {
    let export = read(text.as_bytes()).unwrap();
    let translation = translate(Import { export: &export, known: &[], stream_of: &stream_of });
    // A list of records alone is drawn in a line each; on its board it is what it was.
    for object in translation.objects.iter().filter(|object| object.report.kind != "search") {
        assert_eq!(object.report.outcome, Outcome::Exact, "{:?}", object.report);
    }
    let board = translation.objects.into_iter().find_map(|object| match object.ours {
        Ours::Dashboard(board) => Some(*board),
        Ours::Visualization(_) | Ours::Stream(_) | Ours::Nothing => None,
    });
    board.unwrap()
}

#[test]
fn a_board_comes_back_as_it_was() {
    let board = board(&[sayable(), unsayable()].concat());
    let text = write(&compose_dashboard(&board, &time_field_of), Details::Told);
    assert_eq!(back(&text), board);
}

/// Ours is taken out: what is left is what OSD would save.
fn seen_by_osd(objects: &[RawObject]) -> Vec<RawObject> {
    let without = |object: &RawObject| {
        let mut json = Json::Object(object.json().clone());
        for text in ["visState", "optionsJSON"] {
            let Some(before) = json["attributes"][text].as_str() else { continue };
            let mut after: Json = serde_json::from_str(before).unwrap();
            after.as_object_mut().unwrap().remove("hailstream");
            json["attributes"][text] = json!(after.to_string());
        }
        RawObject::new(json, 0).unwrap()
    };
    objects.iter().map(without).collect()
}

#[test]
fn what_osd_sees_asks_the_same_of_the_same_records() {
    let ours = sayable();
    let objects = seen_by_osd(&compose_dashboard(&board(&ours), &time_field_of));
    let text = write(&objects, Details::LeftOut);
    let export = read(text.as_bytes()).unwrap();
    let translation = translate(Import { export: &export, known: &[], stream_of: &stream_of });
    let mut seen = 0;
    for object in &translation.objects {
        let Ours::Visualization(came) = &object.ours else { continue };
        let went: Visualization = serde_json::from_value(ours[seen].clone()).unwrap();
        seen += 1;
        assert_eq!(object.report.ignored, [""; 0], "{}", went.title);
        let parts = |visualization: &Visualization| {
            let query = panel_query(&visualization.query, "now-2h", "now", &[]);
            let query = Query::from_json(&query).unwrap();
            let metrics: Vec<Json> = query.metrics.iter().map(|metric| json!(metric)).collect();
            (
                query.stream.clone(),
                query.query.clone(),
                json!(query.filters),
                json!(query.buckets),
                metrics,
            )
        };
        let (came_parts, went_parts) = (parts(&came.attributes), parts(&went));
        assert_eq!(came.attributes.kind, went.kind);
        assert_eq!(
            (&came_parts.0, &came_parts.1),
            (&went_parts.0, &went_parts.1),
            "{}",
            went.title
        );
        assert_eq!(came_parts.2, went_parts.2, "{}", went.title);
        assert_eq!(
            came_parts.3.as_array().unwrap().len(),
            went_parts.3.as_array().unwrap().len(),
            "{}",
            went.title
        );
        for metric in &came_parts.4 {
            let is_hidden = metric["id"].as_str().is_some_and(|id| id.contains('-'));
            assert!(
                is_hidden || went_parts.4.contains(metric),
                "{}: {metric} of {:?}",
                went.title,
                went_parts.4
            );
        }
    }
    assert_eq!(seen, ours.len());
    insta::assert_snapshot!(text);
}

#[test]
fn a_panel_that_somebody_edited_there_is_what_they_made_of_it() {
    let ours = [sayable()[0].clone()];
    let text = write(&compose_dashboard(&board(&ours), &time_field_of), Details::LeftOut);
    let edited = text.replace("\\\"field\\\":\\\"total\\\"", "\\\"field\\\":\\\"tax\\\"");
    assert_ne!(edited, text);
    let board = back(&edited);
    let panel = board.attributes.panels[0].visualization.as_ref().unwrap();
    assert_eq!(panel.query["metrics"][0]["field"], "tax");
    assert_eq!(panel.params.get("format"), None, "what OSD cannot say is lost with the edit");
}

#[test]
fn controls_leave_in_its_words_and_come_back() {
    let ours = json!({
        "title": "Choose", "type": "input_control_vis",
        "params": {
            "controls": [
                {"id": "1", "type": "list", "field": "country", "label": "Country"},
                {"id": "2", "type": "list", "field": "city", "label": "City", "parent": "1", "single": true},
                {"id": "3", "type": "range", "field": "price", "step": 5.0},
            ],
            "update_filters_on_change": true,
        },
        "extra_queries": {
            "1": {"stream": "s", "time": null, "buckets": [{"id": "o", "type": "terms", "field": "country", "size": 7}]},
            "2": {"stream": "t", "time": null, "buckets": [{"id": "o", "type": "terms", "field": "city"}]},
            "3": {"stream": "s", "time": null, "metrics": [{"id": "min", "type": "min", "field": "price"}, {"id": "max", "type": "max", "field": "price"}]},
        },
    });
    let board = board(std::slice::from_ref(&ours));
    let objects = compose_dashboard(&board, &time_field_of);
    assert_eq!(back(&write(&objects, Details::Told)), board);
    let patterns = objects.iter().filter(|object| object.kind() == "index-pattern").count();
    assert_eq!(patterns, 2);
    let text = write(&seen_by_osd(&objects), Details::LeftOut);
    let export = read(text.as_bytes()).unwrap();
    let translation = translate(Import { export: &export, known: &[], stream_of: &stream_of });
    let came = translation.objects.iter().find_map(|object| match &object.ours {
        Ours::Visualization(came) => Some(&came.attributes),
        Ours::Dashboard(_) | Ours::Stream(_) | Ours::Nothing => None,
    });
    let came = came.unwrap();
    assert_eq!(came.params["controls"][1]["single"], true);
    assert_eq!(came.params["controls"][1]["parent"], "1");
    assert_eq!(came.params["update_filters_on_change"], true);
    assert_eq!(came.extra_queries["1"]["buckets"][0]["size"], 7);
    assert_eq!(
        (&came.extra_queries["2"]["stream"], &came.extra_queries["2"]["time"]),
        (&json!("t"), &Json::Null)
    );
    assert_eq!(came.extra_queries["3"]["metrics"].as_array().unwrap().len(), 2);
}
