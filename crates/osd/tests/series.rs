//! What is said of single series: colours of values and metrics, and how each is drawn.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod saved;

use hailstream_osd::ObjectReport;
use saved::{count, last, object, pattern};
use serde_json::{Value as Json, json};

fn visualization(state: &Json, ui: &Json) -> (ObjectReport, Json) {
    let attributes = json!({
        "title": "V", "visState": state.to_string(), "uiStateJSON": ui.to_string(),
        "kibanaSavedObjectMeta": {"searchSourceJSON": "{\"index\":\"p\"}"},
    });
    last(&[pattern(), object("visualization", "v", &attributes, &json!([]))])
}

fn over_time() -> Json {
    json!({"id": "2", "type": "date_histogram", "schema": "segment", "params": {"field": "at", "interval": "h"}})
}

fn by(schema: &str) -> Json {
    json!({"id": "3", "type": "terms", "schema": schema, "params": {"field": "f", "orderBy": "1", "size": "5"}})
}

/// A green and an orange that OSD offers, by words.
fn colors(words: [&str; 2]) -> Json {
    let css = [0x7E_B2_6D, 0xEF_84_3C].map(|hex| format!("#{hex:06X}"));
    json!({"vis": {"colors": {words[0]: css[0], words[1]: css[1]}}})
}

#[test]
fn colours_of_values_and_metrics_are_the_nearest_of_ours() {
    let asked = |kind: &str, aggs: &Json, words: [&str; 2]| {
        let state = json!({"type": kind, "params": {}, "aggs": aggs});
        let (report, ours) = visualization(&state, &colors(words));
        (report.ignored.join(", "), ours["params"]["colors"].clone())
    };
    let told = |words: &str, colors: Json| (words.to_owned(), colors);
    let both = |a: &str, b: &str| json!({a: "data-6", b: "data-2"});
    let bars = json!([count(), over_time(), by("group")]);
    assert_eq!(asked("histogram", &bars, ["200", "1,404"]), told("", both("200", "1404")));
    let pie = json!([count(), by("segment")]);
    assert_eq!(asked("pie", &pie, ["ok", "bad"]), told("", both("ok", "bad")));
    // By its words where nothing splits; one that is there no more says nothing.
    let line = json!([count(), over_time()]);
    assert_eq!(asked("line", &line, ["Count", "Sum of n"]), told("", json!({"1": "data-6"})));
    // The rest has one colour everywhere.
    assert_eq!(
        asked("pie", &pie, ["ok", "Other"]),
        told("uiState.vis.colors.Other", json!({"ok": "data-6"}))
    );
    let sum = json!({"id": "4", "type": "sum", "schema": "metric", "params": {"field": "n"}});
    let several = json!([count(), sum, over_time(), by("group")]);
    assert_eq!(
        asked("line", &several, ["200: Count", "404: Count"]),
        told("uiState.vis.colors.200: Count, uiState.vis.colors.404: Count", Json::Null)
    );
}

#[test]
fn a_series_of_no_metric_is_told_where_a_metric_has_none() {
    let series = |id: &str| json!({"type": "line", "mode": "stacked", "data": {"id": id}});
    let drawn = |series: Json| {
        let state = json!({"type": "histogram", "params": {"seriesParams": series}, "aggs": [count(), over_time()]});
        let (report, ours) = visualization(&state, &json!({}));
        (report.ignored.join(", "), ours["type"].clone(), ours["params"]["mode"].clone())
    };
    let told =
        |ignored: &str, kind: &str, mode: &str| (ignored.to_owned(), json!(kind), json!(mode));
    assert_eq!(drawn(json!([series("1")])), told("", "line", "stacked"));
    assert_eq!(drawn(json!([series("1"), series("9")])), told("", "line", "stacked"));
    // OSD draws it as the type says, side by side.
    assert_eq!(
        drawn(json!([series("9")])),
        told("params.seriesParams[0].data.id", "histogram", "normal")
    );
}

#[test]
fn a_number_in_percent_of_its_ranges_is_one_here() {
    let metric = json!({"percentageMode": true, "colorsRange": [{"from": 0, "to": 500}]});
    let state = json!({"type": "metric", "params": {"metric": metric}, "aggs": [count()]});
    let (report, ours) = visualization(&state, &json!({}));
    assert_eq!(report.ignored, Vec::<String>::new());
    assert_eq!(ours["params"]["percentage_mode"], true);
    assert_eq!(ours["params"]["ranges"], json!([{"from": 0.0, "to": 500.0}]));
}

#[test]
fn series_of_tsvb_are_drawn_each_in_its_way() {
    let drawn = |series: Json| {
        let params = json!({"type": "timeseries", "index_pattern": "logs-*", "series": series});
        let (report, ours) =
            visualization(&json!({"type": "metrics", "params": params}), &json!({}));
        (report.ignored.join(", "), ours)
    };
    let green = format!("#{:06X}", 0x7E_B2_6D);
    let (ignored, ours) = drawn(json!([
        {"id": "a", "metrics": [{"type": "count"}], "chart_type": "bar", "stacked": "stacked", "color": green},
        {"id": "b", "metrics": [{"type": "avg", "field": "n"}], "formatter": "bytes", "separate_axis": 1, "axis_position": "right"},
    ]));
    assert_eq!(ignored, "");
    assert_eq!(
        ours["params"]["series_params"],
        json!([{"metric": "a", "type": "histogram", "mode": "stacked"}, {"metric": "b", "type": "line", "mode": "normal", "axis": "right"}])
    );
    assert_eq!(ours["params"]["formats"]["b"], json!({"kind": "bytes"}));
    assert_eq!(ours["params"]["colors"], json!({"a": "data-6"}));
    // What is split stands before time: its keys are those of the whole range.
    let (ignored, ours) = drawn(json!([{"id": "a", "metrics": [{"type": "count"}], "color": green,
        "split_mode": "terms", "terms_field": "f", "terms_size": 3}]));
    assert_eq!(ignored, "params.series[0].color");
    assert_eq!(ours["query"]["buckets"][0]["id"], "split");
    assert_eq!(
        (&ours["params"]["x"], &ours["params"]["series"]),
        (&json!("time"), &json!("split"))
    );
}
