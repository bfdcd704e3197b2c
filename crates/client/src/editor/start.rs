//! What a new visualization begins with, and what stays of one that becomes another type.

use serde_json::{Value as Json, json};

use super::controls::{add_control, control_fields};
use super::kinds::{BucketRole, CONTROLS, Kind, MetricCount, Stands, kind_of};
use super::parts::{add_bucket, add_metric};
use super::put::put;
use crate::stream_fields::StreamFields;

/// A new visualization of a type: the needed buckets with the likeliest fields, and a count.
#[must_use]
pub fn begin(kind: &Kind, source: &StreamFields) -> Json {
    let mut visualization =
        json!({ "title": format!("New {}", kind.words.to_lowercase()), "type": kind.id });
    put(&mut visualization, "/params", Some(first_params(kind, source)));
    if kind.id == CONTROLS {
        put(&mut visualization, "/params", Some(json!({ "update_filters_on_change": true })));
        let fields = control_fields(source);
        let mut words = source.fields.iter().filter(|field| field.kind == "keyword");
        let likeliest = words.find(|field| !source.is_id(field)).map(|field| field.name.as_str());
        if let Some(field) = likeliest.or(fields.first().copied()) {
            add_control(&mut visualization, source, field);
        }
    }
    if !kind.asks() {
        return visualization;
    }
    put(&mut visualization, "/query", Some(first_query(kind, source)));
    for role in kind.buckets.iter().filter(|role| role.stands == Stands::Needed) {
        add_bucket(&mut visualization, role, source);
    }
    visualization
}

/// The same question as another type. Buckets and metrics stay as far as the type has a use for them; its own settings begin anew.
#[must_use]
pub fn change_kind(visualization: &Json, kind: &Kind, source: &StreamFields) -> Json {
    let mut made = begin(kind, source);
    let can_be_clicked = kind.metrics != MetricCount::None && !kind.buckets.is_empty();
    let kept = ["title", "subtitle"].into_iter().chain(can_be_clicked.then_some("drilldowns"));
    for key in kept {
        if let Some(held) = visualization.get(key) {
            put(&mut made, &format!("/{key}"), Some(held.clone()));
        }
    }
    let held = visualization.get("query").filter(|query| query.is_object());
    let (Some(held), true) = (held, made.get("query").is_some()) else { return made };
    for key in ["stream", "query", "language", "filters", "time", "time_zone"] {
        if let Some(value) = held.get(key) {
            put(&mut made, &format!("/query/{key}"), Some(value.clone()));
        }
    }
    let was = visualization.get("type").and_then(Json::as_str).and_then(kind_of);
    let aggregates = |kind: &Kind| kind.metrics != MetricCount::None;
    if !aggregates(kind) || !was.is_none_or(aggregates) {
        return made;
    }
    let buckets = held.get("buckets").and_then(Json::as_array).cloned().unwrap_or_default();
    let fit = |count: usize| {
        let roles = kind.roles(count);
        let fits = |(role, bucket): (&&BucketRole, &Json)| {
            let of = bucket.get("type").and_then(Json::as_str).unwrap_or_default();
            role.types.contains(&of)
        };
        roles.len() == count && roles.iter().zip(&buckets).all(fits)
    };
    if let Some(count) = (kind.needed()..=buckets.len()).rev().find(|count| fit(*count)) {
        put(&mut made, "/query/buckets", Some(buckets[..count].into()));
        if let Some(axis) = visualization
            .pointer("/params/x")
            .filter(|_| count > 1 && kind.roles(count)[0].stands == Stands::Outer)
        {
            put(&mut made, "/params/x", Some(axis.clone()));
        }
    }
    let mut metrics = held.get("metrics").and_then(Json::as_array).cloned().unwrap_or_default();
    if kind.metrics == MetricCount::One {
        metrics.truncate(1);
    }
    if !metrics.is_empty() {
        put(&mut made, "/query/metrics", Some(metrics.into()));
    }
    made
}

fn first_query(kind: &Kind, source: &StreamFields) -> Json {
    let mut query = json!({ "stream": source.stream });
    match kind.id {
        "search" => {
            let fields: Vec<&str> =
                source.fields.iter().take(6).map(|field| field.name.as_str()).collect();
            put(&mut query, "/hits", Some(json!({ "size": 100, "fields": fields })));
        }
        "map" => {
            let fields: Vec<&str> = source.fields.iter().map(|field| field.name.as_str()).collect();
            put(&mut query, "/entities", Some(json!({ "size": 10_000, "fields": fields })));
        }
        _ => {
            if kind.metrics != MetricCount::None {
                add_metric(&mut query, source);
            }
        }
    }
    query
}

fn first_params(kind: &Kind, source: &StreamFields) -> Json {
    let of_type = |kind: &str| source.fields.iter().find(|field| field.kind == kind);
    match kind.id {
        "map" => {
            let position = of_type("geo_point").map_or("", |field| field.name.as_str());
            json!({ "position": position })
        }
        "markdown" => json!({ "markdown": "## A heading\n\nAnd what there is to say." }),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::visualization::{Params, Visualization};

    use super::super::KINDS;
    use super::*;

    fn source() -> StreamFields {
        let field = |(name, kind): (&str, &str)| json!({"name": name, "type": kind});
        let fields = [
            ("cab", "keyword"),
            ("ts", "date"),
            ("zone", "keyword"),
            ("speed", "double"),
            ("fare", "double"),
            ("position", "geo_point"),
        ];
        StreamFields::of(&json!({"stream": "trips", "entity": "cab", "fields": fields.map(field)}))
    }

    #[test]
    fn every_type_begins_with_something_that_can_be_drawn() {
        for kind in KINDS {
            let begun = begin(kind, &source());
            let read: Visualization = serde_json::from_value(begun.clone()).unwrap();
            Params::of(&read).unwrap_or_else(|error| panic!("{}: {error}", kind.id));
            let needed = kind.needed();
            let buckets =
                begun.pointer("/query/buckets").and_then(Json::as_array).map_or(0, Vec::len);
            assert_eq!(buckets, needed, "{}", kind.id);
        }
    }

    #[test]
    fn a_stream_without_fields_still_has_a_first_picture() {
        let bare = StreamFields { stream: "s".into(), ..StreamFields::default() };
        let bars = begin(kind_of("histogram").unwrap(), &bare);
        assert_eq!(
            bars["query"]["buckets"],
            json!([{"id": "b1", "type": "date_histogram", "auto": 50}])
        );
    }

    #[test]
    fn bars_that_become_lines_ask_the_same() {
        let mut bars = begin(kind_of("histogram").unwrap(), &source());
        bars["title"] = json!("Trips");
        bars["drilldowns"] = json!([{"title": "Records", "discover": true}]);
        bars["query"]["query"] = json!("zone: Mission");
        bars["query"]["buckets"] = json!([
            {"id": "b2", "type": "terms", "field": "zone", "size": 3},
            {"id": "b1", "type": "date_histogram", "fixed_interval": "30s"},
        ]);
        let lines = change_kind(&bars, kind_of("line").unwrap(), &source());
        assert_eq!(lines["query"], bars["query"]);
        assert_eq!((&lines["title"], &lines["type"]), (&json!("Trips"), &json!("line")));
        assert_eq!(lines["drilldowns"], bars["drilldowns"]);
        // A pie has no use for time.
        let pie = change_kind(&bars, kind_of("pie").unwrap(), &source());
        assert_eq!(pie["query"]["buckets"], json!([bars["query"]["buckets"][0]]));
        assert_eq!(pie["query"]["query"], "zone: Mission");
        let list = change_kind(&bars, kind_of("search").unwrap(), &source());
        assert_eq!(
            (list["query"].get("buckets"), &list["query"]["hits"]["size"]),
            (None, &json!(100))
        );
        let back = change_kind(&list, kind_of("metric").unwrap(), &source());
        assert_eq!(back["query"]["metrics"], json!([{"id": "m1", "type": "count"}]));
    }

    #[test]
    fn bars_are_split_over_the_whole_range() {
        let kind = kind_of("histogram").unwrap();
        let mut bars = begin(kind, &source());
        assert_eq!(kind.next_role(1).unwrap().words, "Split bars by");
        add_bucket(&mut bars, kind.next_role(1).unwrap(), &source());
        let ids: Vec<&str> = bars["query"]["buckets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|b| b["id"].as_str().unwrap())
            .collect();
        assert_eq!((ids, &bars["params"]["x"]), (vec!["b2", "b1"], &json!("b1")));
        assert_eq!(bars["query"]["buckets"][0]["field"], "zone", "the cab names single things");
        let words: Vec<&str> = kind.roles(2).iter().map(|role| role.words).collect();
        assert_eq!(words, ["Split bars by", "X axis"]);
        assert!(kind.next_role(2).is_none());
    }

    #[test]
    fn parts_have_ids_of_their_own_and_fields_that_fit() {
        let kind = kind_of("table").unwrap();
        let mut table = begin(kind, &source());
        add_bucket(&mut table, &kind.buckets[1], &source());
        let query = &mut table["query"];
        add_metric(query, &source());
        let ids: Vec<&str> = query["buckets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|b| b["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["b1", "b2"]);
        assert_eq!(query["metrics"][1], json!({"id": "m2", "type": "avg", "field": "speed"}));
        super::super::set_bucket_type(&mut query["buckets"][0], "histogram", &source());
        assert_eq!(
            query["buckets"][0],
            json!({"id": "b1", "type": "histogram", "field": "speed", "interval": 10})
        );
        super::super::set_metric_type(&mut query["metrics"][1], "cardinality", &source());
        assert_eq!(
            query["metrics"][1],
            json!({"id": "m2", "type": "cardinality", "field": "speed"})
        );
    }
}
