//! What old visualizations say in odd ways, one case each: what becomes of it, and what ours is.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod saved;

use hailstream_osd::{ObjectReport, Outcome};
use saved::{count, last, object, pattern};
use serde_json::{Value as Json, json};

fn visualization(state: &Json, source: &Json) -> (ObjectReport, Json) {
    let attributes = json!({
        "title": "V", "visState": state.to_string(),
        "kibanaSavedObjectMeta": {"searchSourceJSON": source.to_string()},
    });
    last(&[pattern(), object("visualization", "v", &attributes, &json!([]))])
}

/// A visualization of this type with parameters and aggregations, in a line: outcome, what is not honoured, why.
fn told(kind: &str, params: &Json, aggs: &Json) -> String {
    let state = json!({"title": "V", "type": kind, "params": params, "aggs": aggs});
    let (report, _) = visualization(&state, &json!({"index": "p"}));
    format!("{} [{}] {}", report.outcome, report.ignored.join(", "), report.why)
}

/// The query of one, without its stream.
fn asked(kind: &str, aggs: &Json) -> String {
    let state = json!({"title": "V", "type": kind, "params": {}, "aggs": aggs});
    let (report, mut ours) = visualization(&state, &json!({"index": "p"}));
    let query = ours.get_mut("query").and_then(Json::as_object_mut);
    let Some(query) = query else { return report.why };
    assert_eq!(query.shift_remove("stream").unwrap(), "logs");
    Json::Object(query.clone()).to_string()
}

fn over_time() -> Json {
    json!({"id": "2", "enabled": "true", "type": "date_histogram", "schema": "segment", "params": {"field": "at", "interval": "h"}})
}

fn by(schema: &str) -> Json {
    json!({"id": "3", "type": "terms", "schema": schema, "params": {"field": "f", "orderBy": "1", "size": "5"}})
}

#[test]
fn numbers_and_booleans_may_be_text_and_misspelt_keys_are_told() {
    let series = |extra: Json| {
        let mut series = json!({"type": "line", "mode": "normal", "show": "true", "lineWidth": "2", "data": {"id": "1"}});
        series.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"seriesParams": [series, {"data": {"id": "9"}, "type": "area"}]})
    };
    let aggs = json!([count(), over_time(), {"id": "4", "enabled": "false", "type": "odd"}]);
    assert_eq!(told("line", &series(json!({})), &aggs), "exact [] ");
    assert_eq!(
        told("line", &series(json!({"seperate_axis": 1, "lineWidth": "3"})), &aggs),
        "approximate [params.seriesParams[0].seperate_axis] it is drawn without `params.seriesParams[0].seperate_axis`"
    );
}

#[test]
fn nothing_is_exact_by_accident() {
    let aggs = |extra: Json| {
        let mut count = count();
        count["params"] = extra;
        json!([count])
    };
    assert_eq!(told("metric", &json!({}), &aggs(json!({}))), "exact [] ");
    assert_eq!(
        told("metric", &json!({"newest": {"thing": true}}), &aggs(json!({}))),
        "approximate [params.newest] it is drawn without `params.newest`"
    );
    assert_eq!(
        told("metric", &json!({}), &aggs(json!({"json": "{\"missing\": 0}"}))),
        "approximate [aggs.1.params.json] it is drawn without `aggs.1.params.json`"
    );
    assert_eq!(
        told("sunburst", &json!({}), &json!([])),
        "kept [] the type `sunburst` is not known here"
    );
    let many = Json::Array(vec![count(); 101]);
    assert_eq!(
        told("metric", &json!({}), &many),
        "kept [] it has 101 aggregations, at most 100 are read"
    );
    assert_eq!(told("vega", &json!({}), &json!([])), "kept [] the type `vega` is not drawn yet");
}

#[test]
fn a_series_says_how_it_is_drawn() {
    let series = |kinds: &[&str]| {
        let series: Vec<Json> =
            kinds.iter().map(|kind| json!({"type": kind, "mode": "stacked"})).collect();
        json!({ "seriesParams": series })
    };
    let aggs = json!([count(), over_time(), by("group")]);
    let state = json!({"type": "area", "params": series(&["histogram"]), "aggs": aggs});
    let (report, ours) = visualization(&state, &json!({"index": "p"}));
    assert_eq!(
        (report.outcome, report.visualization_type.as_deref()),
        (Outcome::Exact, Some("area"))
    );
    assert_eq!(ours["type"], "histogram");
    assert_eq!(ours["params"], json!({"x": "2", "metric": "1", "mode": "stacked", "series": "3"}));
    assert_eq!(told("area", &json!({}), &aggs), "exact [] ");
    let odd = told("line", &series(&["bubble"]), &aggs);
    assert_eq!(odd, "kept [] series of the type `bubble` are not known here");
    for aggs in [json!([count(), by("segment")]), json!([count(), by("group")]), json!([count()])] {
        assert_eq!(told("line", &json!({}), &aggs), "exact [] ");
    }
}

#[test]
fn lines_over_bars_have_an_axis_of_their_own() {
    let params = json!({
        "valueAxes": [
            {"id": "A", "position": "left", "title": {"text": "Flights"}},
            {"id": "B", "position": "right", "title": {"text": "Price"}, "scale": {"type": "square root", "setYExtents": "true", "min": "0", "max": 900}},
        ],
        "seriesParams": [
            {"data": {"id": "1"}, "type": "histogram", "mode": "stacked", "valueAxis": "A"},
            {"data": {"id": "4"}, "type": "line", "mode": "normal", "valueAxis": "B", "drawLinesBetweenPoints": false, "interpolate": "step-after", "lineWidth": 3},
        ],
        "addLegend": false,
    });
    let price = json!({"id": "4", "type": "avg", "schema": "metric", "params": {"field": "n", "customLabel": "Price"}});
    let state = json!({"type": "area", "params": params, "aggs": [count(), price, over_time()]});
    let (report, ours) = visualization(&state, &json!({"index": "p"}));
    assert_eq!((report.outcome, report.ignored), (Outcome::Exact, Vec::new()));
    assert_eq!(ours["type"], "area");
    assert_eq!(
        ours["params"],
        json!({
            "x": "2",
            "series_params": [
                {"metric": "1", "mode": "stacked", "type": "histogram"},
                {"metric": "4", "mode": "normal", "type": "line", "axis": "right", "draw_lines_between_points": false,
                    "interpolate": "step-after", "line_width": 3.0},
            ],
            "names": {"1": "Count", "4": "Price"},
            "value_axis": {"title": "Flights"},
            "right_axis": {"title": "Price", "scale": "square_root", "min": 0.0, "max": 900.0},
            "legend": "hidden",
        })
    );
}

#[test]
fn bars_with_their_categories_at_the_left_lie() {
    let lying = |kind: &str, params: Json| {
        let state = json!({"type": kind, "params": params, "aggs": [count(), by("segment")]});
        let (report, ours) = visualization(&state, &json!({"index": "p"}));
        format!("{} {} {}", report.outcome, ours["type"].as_str().unwrap(), ours["params"]["mode"])
    };
    let at_left = json!({
        "categoryAxes": [{"position": "left", "labels": {"truncate": 200, "filter": false}}],
        "valueAxes": [{"id": "V", "position": "bottom", "labels": {"rotate": 75, "filter": true}, "scale": {"mode": "percentage"}}],
        "seriesParams": [{"data": {"id": "1"}, "mode": "stacked", "valueAxis": "V"}],
    });
    assert_eq!(lying("histogram", at_left), r#"exact horizontal_bar "percent""#);
    assert_eq!(lying("horizontal_bar", json!({})), r#"exact horizontal_bar "normal""#);
}

#[test]
fn ranges_colour_gauges_and_numbers() {
    let ranges = json!([{"from": 0, "to": "75"}, {"from": 75, "to": 150}]);
    let gauge = json!({"gauge": {
        "gaugeType": "Circle", "colorSchema": "Green to Red", "gaugeColorMode": "Labels", "colorsRange": ranges,
        "invertColors": true, "labels": {"show": true, "color": "black"}, "scale": {"show": false},
        "style": {"subText": "per order", "fontSize": 60, "bgColor": true}, "type": "meter",
    }});
    let state = json!({"type": "gauge", "params": gauge, "aggs": [count(), by("group")]});
    let (report, ours) = visualization(&state, &json!({"index": "p"}));
    assert_eq!((report.outcome, report.ignored), (Outcome::Exact, Vec::new()));
    let want = json!({
        "metrics": ["1"], "names": {"1": "Count"}, "shape": "circle", "invert_colors": true, "show_scale": false,
        "ranges": [{"from": 0.0, "to": 75.0}, {"from": 75.0, "to": 150.0}], "sub_text": "per order",
    });
    assert_eq!(ours["params"], want);
    let number = |schema: &str| {
        let metric =
            json!({"metricColorMode": "Labels", "colorsRange": ranges, "colorSchema": schema});
        told("metric", &json!({"metric": metric}), &json!([count()]))
    };
    assert_eq!(number("Blues"), "exact [] ");
    assert!(number("Greys").starts_with("approximate [params.metric.colorSchema]"));
}

#[test]
fn clouds_rings_and_cells_say_what_they_are() {
    let ours = |kind: &str, params: Json, aggs: Json| {
        let state = json!({"type": kind, "params": params, "aggs": aggs});
        let (report, ours) = visualization(&state, &json!({"index": "p"}));
        assert_eq!((report.outcome, report.ignored), (Outcome::Exact, Vec::new()), "{kind}");
        ours["params"].clone()
    };
    assert_eq!(
        ours(
            "tagcloud",
            json!({"scale": "square root", "orientation": "right angled", "minFontSize": "10"}),
            json!([count(), by("segment")])
        ),
        json!({"metric": "1", "min_font_size": 10.0, "scale": "square_root", "orientation": "right_angled", "label": "f: Descending - Count"})
    );
    let ring = json!({"id": "5", "type": "terms", "schema": "segment", "params": {"field": "g"}});
    let apart = json!({"id": "6", "type": "terms", "schema": "split", "params": {"field": "h"}});
    assert_eq!(
        ours(
            "pie",
            json!({"labels": {"show": true, "values": false}, "legendPosition": "bottom"}),
            json!([count(), apart, by("segment"), ring])
        ),
        json!({"metric": "1", "donut": true, "split": "6", "split_direction": "rows", "legend": "bottom",
            "labels": {"show": true, "values": false, "last_level": true, "truncate": 100}})
    );
    assert_eq!(
        ours(
            "heatmap",
            json!({"colorsNumber": 5, "setColorRange": true, "colorsRange": [{"from": 0, "to": 9}],
            "valueAxes": [{"show": false, "labels": {"show": true}}]}),
            json!([count(), by("group")])
        ),
        json!({"metric": "1", "y": "3", "legend": "right", "colors_number": 5, "show_values": true, "ranges": [{"from": 0.0, "to": 9.0}]})
    );
}

#[test]
fn axes_that_were_changed_are_told() {
    let params = json!({
        "categoryAxes": [{"position": "bottom", "show": "false", "labels": {"rotate": 75}, "title": {}}],
        "valueAxes": [{"scale": {"type": "log", "mode": "normal"}, "title": {"text": "Requests"}}, {"id": "ValueAxis-2"}],
        "thresholdLine": {"show": "true", "value": "5", "style": "dot-dashed"}, "legendPosition": "top",
    });
    let aggs = json!([count(), over_time()]);
    let state = json!({"type": "histogram", "params": params, "aggs": aggs});
    let (report, ours) = visualization(&state, &json!({"index": "p"}));
    assert_eq!(
        report.ignored,
        [
            "params.categoryAxes[0].labels.rotate",
            "params.valueAxes[1]",
            "params.thresholdLine.style"
        ]
    );
    assert_eq!(
        ours["params"],
        json!({"x": "2", "metric": "1", "mode": "stacked", "names": {"1": "Count"}, "category_axis": {"show": false},
            "value_axis": {"scale": "log"}, "threshold": {"value": 5.0, "label": ""}, "legend": "top"})
    );
    assert_eq!(ours["subtitle"], "Requests");
}

#[test]
fn orders_in_all_their_spellings() {
    let terms = |params: Json| {
        let mut bucket = json!({"field": "f", "size": 3});
        bucket.as_object_mut().unwrap().extend(params.as_object().unwrap().clone());
        let avg = json!({"id": "1", "type": "avg", "schema": "metric", "params": {"field": "n"}});
        json!([avg, {"id": "2", "type": "terms", "schema": "segment", "params": bucket}])
    };
    let order = |params: Json| {
        let query: Json = serde_json::from_str(&asked("pie", &terms(params))).unwrap();
        format!("{} {}", query["buckets"][0]["order"], query["metrics"].as_array().unwrap().len())
    };
    assert_eq!(order(json!({})), r#"{"by":"_count","direction":"desc"} 1"#);
    assert_eq!(order(json!({"orderBy": "1"})), r#"{"by":"1","direction":"desc"} 1"#);
    let old = json!({"orderBy": "_term", "order": {"val": "asc"}});
    assert_eq!(order(old), r#"{"by":"_key","direction":"asc"} 1"#);
    let custom =
        json!({"orderBy": "custom", "orderAgg": {"type": "max", "params": {"field": "n"}}});
    assert_eq!(order(custom), r#"{"by":"2-order","direction":"desc"} 2"#);
    let missing = asked("pie", &terms(json!({"orderBy": "7"})));
    assert!(
        missing.starts_with("its question cannot be asked here: buckets[0].order.by"),
        "{missing}"
    );
}

#[test]
fn what_goes_along_a_series_has_its_empty_buckets() {
    let along = |params: Json| json!([count(), {"id": "4", "type": "moving_avg", "schema": "metric", "params": params}, over_time()]);
    assert_eq!(
        asked("line", &along(json!({"metricAgg": "1", "window": "3"}))),
        r#"{"buckets":[{"id":"2","type":"date_histogram","calendar_interval":"hour","min_doc_count":0}],"metrics":[{"id":"1","type":"count"},{"id":"4","type":"moving_avg","buckets_path":"1","window":3}]}"#
    );
    let custom = json!({"metricAgg": "custom", "customMetric": {"type": "count"}});
    assert!(asked("line", &along(custom)).contains(r#""buckets_path":"_count""#));
    let script = json!({"metricAgg": "1", "script": "return 1"});
    assert!(
        asked("line", &along(script)).starts_with("its question cannot be asked here: metrics[1]")
    );
}

#[test]
fn parts_within_parts_are_judged_too() {
    let aggs = |bucket: Json| {
        json!([{"id": "1", "type": "avg_bucket", "schema": "metric", "params": {
            "customBucket": bucket, "customMetric": {"type": "max", "params": {"field": "n", "json": "{}"}}}}])
    };
    let hours = json!({"type": "date_histogram", "params": {"field": "at", "interval": "h", "drop_partials": true}});
    assert_eq!(
        told("metric", &json!({}), &aggs(hours)),
        "approximate [aggs.1.params.customMetric.params.json, aggs.1.params.customBucket.params.drop_partials] \
         it is drawn without 2 settings that change the picture"
    );
    let terms =
        json!({"type": "terms", "params": {"field": "f", "orderBy": "_term", "order": "asc"}});
    assert!(asked("metric", &aggs(terms)).contains(r#""order":{"by":"_key","direction":"asc"}"#));
    let ordered = json!({"type": "terms", "params": {"field": "f", "orderBy": "7"}});
    assert!(told("metric", &json!({}), &aggs(ordered)).starts_with("kept"));
    let order_agg = json!({"type": "max", "params": {"field": "n", "odd": 1}});
    let by = json!({"field": "f", "orderBy": "custom", "orderAgg": order_agg});
    let bucket = json!({"id": "2", "type": "terms", "schema": "segment", "params": by});
    assert!(
        told("pie", &json!({}), &json!([count(), bucket])).contains("[aggs.2-order.params.odd]")
    );
}

#[test]
fn words_at_axes_stand_beside_the_title() {
    let subtitle = |kind: &str, params: Json, aggs: Json| {
        let state = json!({"type": kind, "params": params, "aggs": aggs});
        visualization(&state, &json!({"index": "p"})).1["subtitle"].clone()
    };
    assert_eq!(subtitle("histogram", json!({}), json!([count(), over_time()])), "Count");
    assert_eq!(subtitle("histogram", json!({}), json!([count(), by("segment")])), "Count per f");
    let titles = json!({"categoryAxes": [{"title": {"text": "Host"}}], "valueAxes": [{"title": {"text": "Hits"}}]});
    assert_eq!(subtitle("histogram", titles, json!([count(), by("segment")])), "Hits per Host");
    let cells = json!([count(), by("segment"), {"id": "5", "type": "terms", "schema": "group", "params": {"field": "g"}}]);
    assert_eq!(subtitle("heatmap", json!({}), cells), "Count per f and g");
}

#[test]
fn metrics_of_several_columns_stand_in_tables() {
    let aggs = json!([
        {"id": "1", "type": "std_dev", "schema": "metric", "params": {"field": "n"}},
        {"id": "2", "type": "percentiles", "schema": "metric", "params": {"field": "n", "percents": ["50", 99.9], "customLabel": "N"}},
        {"id": "3", "type": "top_hits", "schema": "metric",
            "params": {"field": "s", "aggregate": {"value": "concat"}, "size": 1, "sortField": "at", "sortOrder": {"value": "desc"}}},
    ]);
    let state = json!({"type": "table", "params": {"perPage": 10}, "aggs": aggs});
    let (report, ours) = visualization(&state, &json!({"index": "p"}));
    assert_eq!(report.outcome, Outcome::Exact, "{report:?}");
    let columns = ours["params"]["columns"].as_array().unwrap().iter();
    let columns: Vec<String> =
        columns.map(|column| format!("{}: {}", column["id"], column["title"])).collect();
    assert_eq!(
        columns,
        [
            r#""1.std_lower": "Lower Standard Deviation of n""#,
            r#""1.std_upper": "Upper Standard Deviation of n""#,
            r#""2.50": "50th percentile of N""#,
            r#""2.99.9": "99.9th percentile of N""#,
            r#""3": "Last s""#,
        ]
    );
    assert_eq!(
        told("pie", &json!({}), &json!([aggs[1], by("segment")])),
        "kept [] metrics of several numbers are not drawn in charts yet"
    );
}

/// A table's parameters without its columns, and what is not honoured.
fn table(params: &Json, ui: &Json, aggs: &Json) -> (Json, Vec<String>) {
    let state = json!({"title": "V", "type": "table", "params": params, "aggs": aggs});
    let attributes = json!({
        "title": "V", "visState": state.to_string(), "uiStateJSON": ui.to_string(),
        "kibanaSavedObjectMeta": {"searchSourceJSON": "{\"index\":\"p\"}"},
    });
    let (report, mut ours) =
        last(&[pattern(), object("visualization", "v", &attributes, &json!([]))]);
    (ours["params"].take(), report.ignored)
}

#[test]
fn pages_sorts_totals_shares_and_widths_of_tables_are_honoured() {
    let aggs = json!([count(), by("bucket")]);
    let params = json!({"perPage": "25", "showTotal": "true", "totalFunc": "avg", "percentageCol": "Count",
        "sort": {"columnIndex": null, "direction": null}});
    let ui = json!({"vis": {"sortColumn": {"colIndex": 2, "direction": "asc"},
        "columnsWidth": [{"colIndex": 0, "width": 120.4}, {"colIndex": 9, "width": 50}]}});
    let (ours, ignored) = table(&params, &ui, &aggs);
    assert_eq!(ignored, ["uiState.vis.columnsWidth[1]"]);
    assert_eq!((&ours["per_page"], &ours["total"]), (&json!(25), &json!("avg")));
    assert_eq!((&ours["percentage"], &ours["columns"][0]["width"]), (&json!("1"), &json!(120)));
    assert_eq!(
        ours["sort"],
        json!({"column": "1-percents", "order": "asc"}),
        "shares are a column"
    );
    let (ours, ignored) = table(
        &json!({"perPage": "", "sort": {"columnIndex": 1, "direction": "desc"}}),
        &json!({}),
        &aggs,
    );
    assert_eq!((ours.get("per_page"), ignored), (None, vec![]));
    assert_eq!(ours["sort"], json!({"column": "1", "order": "desc"}));
    let (_, ignored) = table(
        &json!({"sort": {"columnIndex": 7, "direction": "desc"}, "showPartialRows": true}),
        &json!({}),
        &aggs,
    );
    assert_eq!(ignored, ["params.showPartialRows", "params.sort"]);
}

#[test]
fn split_tables_are_split() {
    let aggs = json!([count(), by("bucket"), {"id": "5", "type": "terms", "schema": "split", "params": {"field": "g", "row": true}}]);
    let (ours, ignored) =
        table(&json!({"sort": {"columnIndex": 0, "direction": "asc"}}), &json!({}), &aggs);
    assert!(ignored.is_empty(), "{ignored:?}");
    assert_eq!((&ours["split"], &ours["split_direction"]), (&json!("5"), &json!("rows")));
    assert_eq!(ours["sort"]["column"], "3", "the split is no column");
    let (ours, _) = table(&json!({"row": false}), &json!({}), &aggs);
    assert_eq!(ours["split_direction"], "columns");
}

#[test]
fn there_is_a_number_for_each_metric_of_each_key() {
    let aggs = json!([count(), by("group")]);
    assert_eq!(told("metric", &json!({}), &aggs), "exact [] ");
    let times = json!([count(), over_time()]);
    assert!(told("metric", &json!({}), &times).starts_with("approximate [aggs.2] times"));
}

#[test]
fn fields_that_scripts_work_out_are_kept_and_formats_told() {
    let of = |field: &str| json!([{"id": "1", "type": "sum", "schema": "metric", "params": {"field": field}}]);
    assert_eq!(
        told("metric", &json!({}), &of("hour")),
        "kept [] its field `hour` is worked out by a script"
    );
    assert_eq!(
        told("metric", &json!({}), &of("money")),
        "approximate [fieldFormatMap.money] it is drawn without `fieldFormatMap.money`"
    );
}

#[test]
fn sources_are_read_in_all_their_forms() {
    let state = json!({"type": "metric", "aggs": [count()]});
    let of = |source: Json| {
        let (report, ours) = visualization(&state, &source);
        if ours.is_null() { report.why } else { ours["query"].to_string() }
    };
    let rest = r#""metrics":[{"id":"1","type":"count"}]}"#;
    assert_eq!(
        of(json!({"index": "p", "query": {"query": "a: b", "language": "kuery"}})),
        format!(r#"{{"stream":"logs","query":"a: b","language":"dql",{rest}"#)
    );
    let dsl = json!({"query_string": {"query": "a:b AND c:d", "analyze_wildcard": true}});
    assert_eq!(
        of(json!({"index": "logs-*", "query": {"query": dsl, "language": "lucene"}})),
        format!(
            r#"{{"stream":"logs","filters":[{{"query":{{"query":"a:b AND c:d","language":"lucene"}}}}],{rest}"#
        )
    );
    assert_eq!(
        of(json!({"index": "p", "query": {"query": {"match_all": {}}}})),
        format!(r#"{{"stream":"logs",{rest}"#)
    );
    assert_eq!(
        of(json!({"index": "p", "query": {"query": "SELECT 1", "language": "SQL"}})),
        "its query is written in `SQL`"
    );
    assert_eq!(of(json!({"index": "other"})), "no stream stands for the index pattern \"other\"");
    assert_eq!(of(json!({})), "it names no index pattern");
    assert_eq!(
        of(json!({"index": "p", "filter": [{"meta": {}, "script": {"script": "1"}}]})),
        "one of its filters, a `script`, cannot be said in ours"
    );
    assert!(
        of(json!({"index": "p", "query": {"query": "a: (", "language": "kuery"}}))
            .starts_with("its question cannot")
    );
}

#[test]
fn times_in_tables_are_written_and_ranges_that_are_none_told() {
    let mut over_time = over_time();
    over_time["schema"] = json!("bucket");
    let newest = json!({"id": "4", "type": "max", "schema": "metric", "params": {"field": "at"}});
    assert_eq!(told("table", &json!({}), &json!([newest, over_time])), "exact [] ");
    let attributes = json!({"title": "D", "timeRestore": true, "timeFrom": "yesterday", "timeTo": "now",
        "uiStateJSON": "{\"P-1\":{\"vis\":{\"colors\":{\"a\":\"#fff\"}}}}"});
    let (report, ours) = last(&[object("dashboard", "d", &attributes, &json!([]))]);
    assert_eq!(report.ignored, ["uiState.P-1", "timeFrom"]);
    assert_eq!(ours["attributes"]["timeFrom"], "now-15m");
}

#[test]
fn words_stand_where_numbers_do() {
    let newest = json!({"id": "1", "type": "top_hits", "schema": "metric", "params": {"field": "s", "sortField": "at"}});
    assert_eq!(told("metric", &json!({}), &json!([newest])), "exact [] ");
}
