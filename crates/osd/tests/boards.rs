//! Boards, what they refer to, and objects that are broken or there twice.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod saved;

use hailstream_osd::{Import, Outcome, RawObject, read, translate};
use saved::{count, last, object, pattern};
use serde_json::{Value as Json, json};

#[test]
fn texts_and_references_that_are_broken_are_refused() {
    let refused = |attributes: Json| {
        let (report, _) = last(&[pattern(), object("visualization", "v", &attributes, &json!([]))]);
        assert_eq!(report.outcome, Outcome::Refused);
        report.why
    };
    assert_eq!(
        refused(json!({"visState": "{\"type\": "})),
        "attributes.visState of visualization \"v\" is not JSON: EOF while parsing a value at line 1 column 9"
    );
    assert_eq!(
        refused(json!({"visState": "[]"})),
        "attributes.visState of visualization \"v\" is not an object"
    );
    assert_eq!(refused(json!({})), "attributes.visState of visualization \"v\" names no type");
    let state = json!({"type": "metric", "aggs": [count()]}).to_string();
    let meta = json!({"searchSourceJSON": "{\"indexRefName\": \"i\"}"});
    assert_eq!(
        refused(json!({"visState": state, "kibanaSavedObjectMeta": meta})),
        "attributes.kibanaSavedObjectMeta.searchSourceJSON.indexRefName of visualization \"v\" names no reference: \"i\""
    );
    let source = |source: Json| json!({"visState": state, "kibanaSavedObjectMeta": {"searchSourceJSON": source}});
    assert_eq!(
        refused(source(json!("x".repeat(70_000)))),
        "attributes.kibanaSavedObjectMeta.searchSourceJSON of visualization \"v\" has 70000 bytes, at most 65536 are read"
    );
    assert!(refused(source(json!({}))).ends_with("is not JSON as text"));
    let deep = "[".repeat(5_000);
    assert!(refused(json!({"visState": deep})).contains("recursion limit"));
}

#[test]
fn a_visualization_asks_what_its_search_asks_and_more() {
    let source = |query: &str, extra: Json| {
        let mut source = json!({"query": {"query": query, "language": "kuery"}});
        source.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "searchSourceJSON": source.to_string() })
    };
    let search = object(
        "search",
        "s",
        // Names itself, too: searches build on nothing.
        &json!({"columns": ["a"], "savedSearchRefName": "me", "kibanaSavedObjectMeta": source("a: 1", json!({"index": "p"}))}),
        &json!([{"name": "me", "type": "search", "id": "s"}]),
    );
    let on_search = |query: &str| {
        let state = json!({"type": "metric", "aggs": [count()]}).to_string();
        let attributes = json!({"visState": state, "savedSearchRefName": "search_0",
            "kibanaSavedObjectMeta": source(query, json!({}))});
        let references = json!([{"name": "search_0", "type": "search", "id": "s"}]);
        object("visualization", "v", &attributes, &references)
    };
    let (report, ours) = last(&[pattern(), search.clone(), on_search("b: 2")]);
    assert_eq!(report.outcome, Outcome::Exact, "{report:?}");
    assert_eq!(ours["query"]["query"], "b: 2");
    assert_eq!(ours["query"]["filters"], json!([{"query": {"query": "a: 1", "language": "dql"}}]));
    let (_, ours) = last(&[pattern(), search.clone(), on_search("")]);
    assert_eq!(ours["query"]["query"], "a: 1");
    let (report, _) = last(&[pattern(), on_search("")]);
    assert_eq!(report.why, "the saved search \"s\" it builds on is not at hand");
    let (report, ours) = last(&[pattern(), search]);
    assert_eq!(report.outcome, Outcome::Exact, "{report:?}");
    assert_eq!(ours["params"]["columns"], json!(["a"]));
}

#[test]
fn panels_of_old_boards_move_to_the_grid() {
    let dashboard = |panels: Json, references: Json| {
        let attributes = json!({"title": "D", "panelsJSON": panels.to_string(), "optionsJSON": "{\"useMargins\":true}",
            "timeRestore": "true", "timeFrom": "now/d"});
        last(&[pattern(), object("dashboard", "d", &attributes, &references)])
    };
    let old = json!([{"panelIndex": 1, "id": "p", "type": "index-pattern", "row": 1, "col": "7", "size_x": 6, "size_y": 3}]);
    let (report, ours) = dashboard(old, json!([]));
    assert_eq!(report.outcome, Outcome::Exact, "{report:?}");
    let panel = &ours["attributes"]["panels"][0];
    assert_eq!(panel["gridData"], json!({"x": 24, "y": 0, "w": 24, "h": 12}));
    assert_eq!((&panel["panelIndex"], &panel["panelRefName"]), (&json!("1"), &json!("panel_0")));
    assert_eq!(
        ours["references"],
        json!([{"name": "panel_0", "type": "index-pattern", "id": "p"}])
    );
    assert_eq!(
        (&ours["attributes"]["timeFrom"], &ours["attributes"]["timeTo"]),
        (&json!("now/d"), &json!("now"))
    );

    let grid = |x: Json| json!({"x": x, "y": 0, "w": 24, "h": 15, "i": "7"});
    let panels = json!([
        {"gridData": grid(json!("24")), "panelRefName": "here", "embeddableConfig": {"vis": {"colors": {"a": "#fff"}}, "table": null}},
        {"gridData": grid(json!(40)), "panelRefName": "gone", "title": "T"},
    ]);
    let (report, ours) =
        dashboard(panels, json!([{"name": "here", "type": "dashboard", "id": "d"}]));
    assert_eq!(report.ignored, ["panels[1].gridData", "panels[1].panelRefName"]);
    let panels = &ours["attributes"]["panels"];
    assert_eq!((&panels[0]["panelIndex"], &panels[1]["panelIndex"]), (&json!("7"), &json!("7'")));
    assert_eq!((&panels[0]["gridData"]["x"], &panels[1]["title"]), (&json!(24), &json!("T")));
}

#[test]
fn what_a_board_asks_itself_it_asks_here() {
    let board = |source: Json, options: Json| {
        let attributes = json!({"title": "D", "optionsJSON": options.to_string(),
            "kibanaSavedObjectMeta": {"searchSourceJSON": source.to_string()}});
        last(&[object("dashboard", "d", &attributes, &json!([]))])
    };
    let source = json!({"query": {"query": "a: 1", "language": "kuery"}, "filter": [
        {"meta": {"disabled": true}, "exists": {"field": "a"}},
        {"meta": {"negate": true, "alias": "Not b"}, "$state": {"store": "globalState"}, "query": {"match_phrase": {"b": "x"}}},
    ]});
    let (report, ours) = board(source, json!({"hidePanelTitles": true, "useMargins": false}));
    assert_eq!(report.outcome, Outcome::Exact, "{report:?}");
    let ours = &ours["attributes"];
    assert_eq!(ours["query"], "a: 1");
    assert_eq!(
        ours["filters"],
        json!([
            {"exists": {"field": "a"}, "disabled": true},
            {"phrase": {"field": "b", "value": "x"}, "negate": true, "pinned": true, "label": "Not b"},
        ])
    );
    assert_eq!((&ours["hidePanelTitles"], &ours["useMargins"]), (&json!(true), &json!(false)));
    let (report, ours) =
        board(json!({"query": {"query": "a:1 AND b:2", "language": "lucene"}}), json!({}));
    assert_eq!(report.outcome, Outcome::Exact, "{report:?}");
    assert_eq!(
        ours["attributes"]["filters"],
        json!([{"query": {"query": "a:1 AND b:2", "language": "lucene"}, "label": "a:1 AND b:2"}])
    );
    let (report, _) =
        board(json!({"filter": [{"meta": {}, "script": {"script": "1"}}]}), json!({}));
    assert_eq!(report.ignored, ["searchSource"]);
    let (report, _) = board(json!({"query": {"query": "a: (", "language": "kuery"}}), json!({}));
    assert_eq!(report.ignored, ["searchSource.query"]);
}

#[test]
fn a_panel_shows_its_visualization_in_a_state_of_its_own() {
    let by = json!({"id": "3", "type": "terms", "schema": "bucket", "params": {"field": "f"}});
    let state =
        json!({"type": "table", "params": {"perPage": 5}, "aggs": [count(), by]}).to_string();
    let table = object(
        "visualization",
        "v",
        &json!({"visState": state,
        "kibanaSavedObjectMeta": {"searchSourceJSON": "{\"index\":\"p\"}"}}),
        &json!([]),
    );
    let config = json!({"hidePanelTitles": true, "vis": {"columnsWidth": [{"colIndex": 1, "width": 90}],
        "sortColumn": {"colIndex": 1, "direction": "asc"}, "colors": {"a": "#fff"}}});
    let panels = json!([{"gridData": {"x": 0, "y": 0, "w": 24, "h": 9}, "panelRefName": "t", "embeddableConfig": config}]);
    let board = object(
        "dashboard",
        "d",
        &json!({"title": "D", "panelsJSON": panels.to_string()}),
        &json!([{"name": "t", "type": "visualization", "id": "v"}]),
    );
    let (report, ours) = last(&[pattern(), table, board]);
    assert_eq!(report.ignored, ["panels[0].embeddableConfig.vis.colors"]);
    let panel = &ours["attributes"]["panels"][0];
    assert_eq!(panel["hidePanelTitles"], true);
    assert_eq!(panel["params"]["sort"], json!({"column": "1", "order": "asc"}));
    assert_eq!(panel["params"]["columns"][1]["width"], 90);
    assert_eq!(
        panel["params"].as_object().unwrap().len(),
        2,
        "what is the same stays with the visualization"
    );
}

#[test]
fn controls_ask_for_what_they_offer() {
    let control = |id: &str, kind: &str, more: Json| {
        let mut control = json!({"id": id, "type": kind, "fieldName": format!("f{id}"), "label": id, "indexPatternRefName": "i"});
        control.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        control
    };
    let controls = json!([
        control(
            "1",
            "list",
            json!({"options": {"type": "terms", "multiselect": true, "dynamicOptions": true, "size": 5, "order": "desc"}})
        ),
        control(
            "2",
            "list",
            json!({"parent": "1", "options": {"multiselect": false, "size": "7"}})
        ),
        control("3", "range", json!({"options": {"decimalPlaces": 0, "step": 10}})),
    ]);
    let state = |params: Json| {
        let state = json!({"type": "input_control_vis", "params": params, "aggs": []}).to_string();
        let attributes = json!({"title": "C", "visState": state});
        last(&[
            pattern(),
            object(
                "visualization",
                "v",
                &attributes,
                &json!([{"name": "i", "type": "index-pattern", "id": "p"}]),
            ),
        ])
    };
    let (report, ours) =
        state(json!({"controls": controls, "updateFiltersOnChange": true, "pinFilters": false}));
    assert_eq!(report.outcome, Outcome::Exact, "{report:?}");
    assert_eq!(
        ours["params"]["controls"].to_string(),
        r#"[{"id":"1","field":"f1","label":"1","type":"list","dynamic_options":true},{"id":"2","field":"f2","label":"2","parent":"1","type":"list","single":true},{"id":"3","field":"f3","label":"3","type":"range","step":10.0}]"#
    );
    assert_eq!(ours["params"]["update_filters_on_change"], true);
    assert_eq!(ours["query"], Json::Null);
    assert_eq!(
        ours["extra_queries"]["2"].to_string(),
        r#"{"stream":"logs","buckets":[{"id":"option","type":"terms","field":"f2","size":7}],"metrics":[{"id":"count","type":"count"}],"time":null}"#
    );
    assert_eq!(ours["extra_queries"]["1"]["buckets"][0]["size"], 10);
    let (_, ours) = state(json!({"controls": controls, "useTimeFilter": true}));
    assert_eq!(
        ours["extra_queries"]["3"].to_string(),
        r#"{"stream":"logs","metrics":[{"id":"min","type":"min","field":"f3"},{"id":"max","type":"max","field":"f3"}]}"#
    );
    let (report, _) =
        state(json!({"controls": [control("1", "dial", json!({"options": {"order": "asc"}}))]}));
    assert!(report.why.starts_with("it cannot be drawn here"), "{report:?}");
    let (report, _) = state(json!({"controls": []}));
    assert_eq!(report.why, "it has 0 controls, 1 to 100 are drawn");
}

#[test]
fn common_forms_of_tsvb_are_drawn() {
    let told = |params: Json| {
        let state = json!({"type": "metrics", "params": params, "aggs": []}).to_string();
        let (report, ours) = last(&[
            pattern(),
            object("visualization", "v", &json!({"title": "T", "visState": state}), &json!([])),
        ]);
        (format!("{} [{}] {}", report.outcome, report.ignored.join(", "), report.why), ours)
    };
    let series = |id: &str, metric: Json, more: Json| {
        let mut series = json!({"id": id, "label": id, "split_mode": "everything", "metrics": [metric], "formatter": "number", "chart_type": "line"});
        series.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        series
    };
    let filter = |text: &str| json!({"query": text, "language": "kuery"});
    let (told_of, ours) = told(
        json!({"type": "timeseries", "index_pattern": "logs-*", "time_field": "at", "interval": ">=1h", "filter": filter("a: 1"), "series": [
            series("r", json!({"id": "m", "type": "filter_ratio", "numerator": filter("d: true"), "denominator": ""}), json!({"formatter": "percent"})),
            series("s", json!({"id": "n", "type": "sum", "field": "n"}), json!({"formatter": "percent", "filter": {"query": "x:y*", "language": "lucene"}})),
        ]}),
    );
    assert_eq!(told_of, "exact [] ");
    assert_eq!(
        ours["query"].to_string(),
        r#"{"stream":"logs","filters":[{"query":{"query":"a: 1","language":"dql"}}],"buckets":[{"id":"time","type":"date_histogram","auto":100,"minimum_interval":"1h"}],"metrics":[{"id":"r","type":"filter_ratio","numerator":{"query":{"query":"d: true","language":"dql"}}},{"id":"s","type":"sum","field":"n","filter":{"query":{"query":"x:y*","language":"lucene"}}}]}"#
    );
    assert_eq!(
        (&ours["type"], &ours["params"]["names"]),
        (&json!("line"), &json!({"r": "r", "s": "s"}))
    );
    let one = |form: &str, more: Json| {
        told(
            json!({"type": form, "index_pattern": "logs-*", "time_range_mode": "entire_time_range",
        "series": [series("c", json!({"id": "m", "type": "count"}), more)]}),
        )
    };
    assert_eq!(one("metric", json!({"value_template": "${{value}}"})).0, "exact [] ");
    assert_eq!(
        one("markdown", json!({})).0,
        "approximate [params.type] a markdown is drawn as its number"
    );
    let (told_of, ours) = one(
        "top_n",
        json!({"split_mode": "terms", "terms_field": "f", "terms_size": "7", "filter": filter("g: 1")}),
    );
    assert_eq!(told_of, "approximate [params.type] its bars stand in a table");
    assert_eq!(
        ours["query"].to_string(),
        r#"{"stream":"logs","filters":[{"query":{"query":"g: 1","language":"dql"}}],"buckets":[{"id":"split","type":"terms","field":"f","size":7,"order":{"by":"_count","direction":"desc"}}],"metrics":[{"id":"c","type":"count"}]}"#
    );
    let (told_of, ours) = one(
        "timeseries",
        json!({"chart_type": "bar", "stacked": "stacked", "split_mode": "filters", "split_filters": [{"filter": filter("a: 1"), "label": "A"}]}),
    );
    assert_eq!((told_of.as_str(), &ours["type"]), ("exact [] ", &json!("histogram")));
    let math = json!({"id": "m", "type": "math", "script": "1"});
    let (told_of, _) = told(
        json!({"type": "metric", "index_pattern": "logs-*", "series": [series("c", math, json!({}))]}),
    );
    assert_eq!(told_of, "kept [] TSVB's metric `math` is not drawn yet");
}

#[test]
fn of_repeated_objects_the_first_counts_and_unknown_ones_are_kept() {
    let (report, _) = last(&[pattern(), pattern()]);
    assert_eq!(report.why, "number 1 of the file has the same type and id already");
    assert_eq!(report.outcome, Outcome::Refused);
    let (report, _) = last(&[object("lens", "l", &json!({"title": "Of Kibana 8"}), &json!([]))]);
    assert_eq!(
        (report.outcome, report.why.as_str()),
        (Outcome::Kept, "objects of the type `lens` are not shown yet")
    );
    let (report, ours) = last(&[pattern()]);
    assert_eq!((report.outcome, ours), (Outcome::Approximate, json!("logs")));
}

#[test]
fn known_objects_are_looked_up_behind_those_of_the_file() {
    let known = [RawObject::new(pattern(), 1).unwrap()];
    let state = json!({"type": "metric", "aggs": [count()]}).to_string();
    let attributes = json!({"visState": state, "kibanaSavedObjectMeta": {"searchSourceJSON": "{\"index\":\"p\"}"}});
    let export =
        read(object("visualization", "v", &attributes, &json!([])).to_string().as_bytes()).unwrap();
    let stream_of = |title: &str| (title == "logs-*").then(|| "logs".to_owned());
    let translation = translate(Import { export: &export, known: &known, stream_of: &stream_of });
    assert_eq!(translation.report().objects[0].outcome, Outcome::Exact);
}
