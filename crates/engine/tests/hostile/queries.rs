//! Queries: good ones of every kind, and spoilt ones.

use hailstream_fuzz::spoil;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Each asks something that the others do not.
const SEEDS: &[&str] = &[
    r#"{"buckets": [{"id": "b", "type": "terms", "field": "status", "size": 5, "other": true, "missing": "none",
        "order": {"by": "m", "direction": "asc"}}], "metrics": [{"id": "m", "type": "sum", "field": "speed"}]}"#,
    r#"{"buckets": [{"id": "b", "type": "terms", "field": "cab", "include": "c[0-9]", "exclude": ["c7"]},
        {"id": "c", "type": "terms", "field": "level"}, {"id": "d", "type": "terms", "field": "seen"}],
        "metrics": [{"id": "m", "type": "cardinality", "field": "trips", "precision_threshold": 2}]}"#,
    r#"{"time": {"from": "now-1m", "to": "now"}, "time_zone": "America/New_York",
        "buckets": [{"id": "t", "type": "date_histogram", "auto": 10, "min_doc_count": 0}],
        "metrics": [{"id": "n", "type": "count"}, {"id": "d", "type": "derivative", "buckets_path": "n"}]}"#,
    r#"{"buckets": [{"id": "t", "type": "date_histogram", "field": "seen", "calendar_interval": "month",
        "time_zone": "Asia/Kolkata", "offset": "+6h"}],
        "metrics": [{"id": "p", "type": "percentiles", "field": "speed", "percents": [1, 50, 99.9]}]}"#,
    r#"{"buckets": [{"id": "t", "type": "date_histogram", "fixed_interval": "1d", "min_doc_count": 0,
        "extended_bounds": {"min": "now-2d", "max": "now"}, "hard_bounds": {"min": "now-9d"}}]}"#,
    r#"{"buckets": [{"id": "h", "type": "histogram", "field": "speed", "interval": 2.5, "offset": 0.5,
        "min_doc_count": 0, "extended_bounds": {"min": 0, "max": 20}}],
        "metrics": [{"id": "s", "type": "std_dev", "field": "speed", "bound": "upper", "sigma": 3}]}"#,
    r#"{"buckets": [{"id": "f", "type": "filters", "filters": {"fast": "speed > 10", "slow": "not speed > 10"}}],
        "metrics": [{"id": "r", "type": "filter_ratio", "numerator": "occupied: true", "denominator": ""}]}"#,
    r#"{"buckets": [{"id": "r", "type": "range", "field": "trips",
        "ranges": [{"to": 2}, {"from": 2, "to": 9.5}, {"from": 9.5, "key": "many"}]}],
        "metrics": [{"id": "m", "type": "median", "field": "level"}, {"id": "v", "type": "value_count", "field": "a"}]}"#,
    r#"{"buckets": [{"id": "r", "type": "date_range", "field": "seen", "ranges": [{"from": "now-1d/d", "to": "now"}]}],
        "metrics": [{"id": "k", "type": "percentile_ranks", "field": "trips", "values": [0, 3]}]}"#,
    r#"{"buckets": [{"id": "r", "type": "ip_range", "field": "host", "ranges": [{"mask": "10.0.0.0/8"}, {"to": "::1"}]}]}"#,
    r#"{"buckets": [{"id": "g", "type": "geohash_grid", "field": "at", "precision": 5}],
        "metrics": [{"id": "c", "type": "geo_centroid", "field": "at"}, {"id": "b", "type": "geo_bounds", "field": "at"}]}"#,
    r#"{"buckets": [{"id": "g", "type": "geotile_grid", "field": "at", "precision": 8}]}"#,
    r#"{"metrics": [{"id": "t", "type": "top_hits", "field": "speed", "size": 3, "aggregate": "max",
        "sort": {"field": "ts", "order": "desc"}}]}"#,
    r#"{"metrics": [{"id": "a", "type": "avg_bucket", "bucket": {"id": "x", "type": "terms", "field": "cab"},
        "metric": {"id": "y", "type": "sum", "field": "trips"}}]}"#,
    r#"{"buckets": [{"id": "h", "type": "histogram", "field": "trips", "interval": 1, "min_doc_count": 0}],
        "metrics": [{"id": "n", "type": "max", "field": "trips"}, {"id": "c", "type": "cumulative_sum", "buckets_path": "n"},
        {"id": "m", "type": "moving_fn", "buckets_path": "_count", "window": 3}, {"id": "s", "type": "serial_diff",
        "buckets_path": "n", "lag": 2}]}"#,
    r#"{"hits": {"size": 20, "fields": ["cab", "items.n", "a.b.c.d", "status.keyword"]}}"#,
    r#"{"entities": {"size": 10, "bounds": [-180, -90, 180, 90], "fields": ["speed", "at"]}}"#,
    r#"{"over": "entities", "buckets": [{"id": "b", "type": "terms", "field": "occupied"}]}"#,
    r#"{"query": "status: (free or hired) and not speed < 3 and items: {n >= 1}", "metrics": [{"id": "n", "type": "min",
        "field": "ts"}]}"#,
    r#"{"query": "+status:fr?e* -speed:[0 TO 12.5} AND cab:/c[0-9]+/", "language": "lucene"}"#,
    r#"{"filters": [{"term": {"field": "status", "value": "free"}, "negate": true}, {"range": {"field": "seen", "gte": "now-1d/d"}},
        {"bool": {"should": [{"exists": {"field": "level"}}, {"phrases": {"field": "note", "values": ["a b", 3]}}],
        "minimum_should_match": 1}}]}"#,
    r#"{"filters": [{"geo_box": {"field": "at", "bounds": [170, -10, -170, 10]}},
        {"geo_distance": {"field": "at", "center": [-122.4, 37.7], "distance_m": 1e4}, "disabled": true},
        {"geo_polygon": {"field": "at", "points": [[0, 0], [1, 0], [0, 1]]}},
        {"query": {"query": "host: \"10.0.0.0/8\"", "language": "kuery"}}]}"#,
    r#"{"runtime": {"hour": {"type": "hour_of_day"}, "day": {"type": "day_of_week", "field": "seen", "time_zone": "Asia/Tokyo"},
        "calc": {"type": "formula", "formula": "(speed - -trips) * 2.5 / level % 3"}},
        "buckets": [{"id": "h", "type": "histogram", "field": "calc", "interval": 1}, {"id": "d", "type": "terms", "field": "day"}]}"#,
    r#"{"time": {"from": 1699999990000, "to": "now/d"}, "metrics": [{"id": "n", "type": "count",
        "filter": [{"query": {"query": "speed: *"}}, {"exists": {"field": "trips"}}]}]}"#,
];

fn seeds() -> Vec<Json> {
    let read = |text: &&str| {
        let mut query: Json = serde_json::from_str(text).expect("JSON");
        query["stream"] = json!("s");
        query
    };
    SEEDS.iter().map(read).collect()
}

/// Some of the good ones.
pub(crate) fn some_good() -> BoxedStrategy<Vec<Json>> {
    prop::collection::vec(prop::sample::select(seeds()), 1..4).boxed()
}

pub(crate) fn spoilt() -> BoxedStrategy<Json> {
    spoil::json(seeds())
}

#[test]
fn the_seeds_are_good() {
    let refused: Vec<String> = seeds()
        .iter()
        .filter_map(|query| {
            Some(format!("{query}: {}", hailstream_query::Query::from_json(query).err()?))
        })
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}
