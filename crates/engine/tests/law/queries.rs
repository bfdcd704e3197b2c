//! Random queries over everything there is.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::records::T0;

fn one_of(choices: Vec<Json>) -> impl Strategy<Value = Json> {
    prop::sample::select(choices)
}

/// An object; parts that are null are absent.
fn object(parts: Vec<(&str, Json)>) -> Json {
    let given = parts.into_iter().filter(|(_, part)| !part.is_null());
    Json::Object(given.map(|(name, part)| (name.to_owned(), part)).collect::<Map<_, _>>())
}

fn filter() -> impl Strategy<Value = Json> {
    let condition = one_of(vec![
        json!({"term": {"field": "status", "value": "hired"}}),
        json!({"term": {"field": "trips", "value": 3}}),
        json!({"term": {"field": "occupied", "value": true}}),
        json!({"term": {"field": "level", "value": 2}}),
        json!({"term": {"field": "status", "value": "never seen"}}),
        json!({"terms": {"field": "cab", "values": ["c1", "c3", 7]}}),
        json!({"terms": {"field": "status", "values": ["free", ""]}}),
        json!({"range": {"field": "speed", "gte": 0, "lt": 12.5}}),
        json!({"range": {"field": "speed", "gt": "0.1"}}),
        json!({"range": {"field": "trips", "lte": 2.5}}),
        json!({"range": {"field": "cab", "gte": "c2"}}),
        json!({"range": {"field": "lat", "gt": 37.73, "lte": 37.766}}),
        json!({"range": {"field": "trips", "gt": 9_007_199_254_740_992_i64}}),
        json!({"exists": {"field": "level"}}),
        json!({"exists": {"field": "nowhere"}}),
        json!({"term": {"field": "host", "value": "10.0.0.2"}}),
        json!({"terms": {"field": "items.kind.keyword", "values": ["bag", "none"]}}),
        json!({"range": {"field": "items.n", "gte": 3}}),
        json!({"geo_box": {"field": "position", "bounds": [-122.49, 37.70, -122.44, 37.75]}}),
        json!({"geo_distance": {"field": "position", "center": [-122.45, 37.75], "distance_m": 3000.0}}),
        json!({"geo_polygon": {"field": "position",
            "points": [[-122.51, 37.69], [-122.40, 37.69], [-122.45, 37.80]]}}),
    ]);
    (condition, prop::bool::weighted(0.3), prop::bool::weighted(0.1)).prop_map(
        |(mut condition, negate, disabled)| {
            condition["negate"] = json!(negate);
            condition["disabled"] = json!(disabled);
            condition
        },
    )
}

fn date_histogram(auto: bool) -> impl Strategy<Value = Json> {
    let mut lengths = vec![json!("1s"), json!("5s"), json!("7s"), json!("1m"), json!("300ms")];
    if auto {
        lengths.extend([json!(5), json!(40)]);
    }
    (
        one_of(lengths),
        one_of(vec![Json::Null, json!("ts")]),
        one_of(vec![Json::Null, json!("2s"), json!("500ms")]),
        0..2,
    )
        .prop_map(|(length, field, offset, min)| {
            let length =
                if length.is_number() { ("auto", length) } else { ("fixed_interval", length) };
            object(vec![
                ("type", json!("date_histogram")),
                length,
                ("field", field),
                ("offset", offset),
                ("min_doc_count", json!(min)),
            ])
        })
}

fn histogram() -> impl Strategy<Value = Json> {
    (
        one_of(vec![
            json!("lat"),
            json!("lon"),
            json!("occupied"),
            json!("level"),
            json!("items.n"),
        ]),
        one_of(vec![json!(0.5), json!(1), json!(0.01)]),
        one_of(vec![Json::Null, json!(0.25)]),
        0..2,
    )
        .prop_map(|(field, interval, offset, min)| {
            object(vec![
                ("type", json!("histogram")),
                ("field", field),
                ("interval", interval),
                ("offset", offset),
                ("min_doc_count", json!(min)),
            ])
        })
}

fn terms() -> impl Strategy<Value = Json> {
    let field = one_of(
        [
            "cab",
            "status",
            "status.keyword",
            "trips",
            "occupied",
            "level",
            "note",
            "speed",
            "host",
            "items.kind.keyword",
            "items.n",
            "ts",
            "nowhere",
        ]
        .map(Json::from)
        .to_vec(),
    );
    let order = (
        one_of(["_count", "_key", "m0", "m1"].map(Json::from).to_vec()),
        one_of(vec![json!("asc"), json!("desc")]),
    )
        .prop_map(|(by, direction)| json!({"by": by, "direction": direction}));
    let missing = one_of(vec![Json::Null, Json::Null, json!("none"), json!(-1)]);
    let include = one_of(vec![Json::Null, Json::Null, json!(["c1", "free", 2, true, 12.5])]);
    let exclude = one_of(vec![Json::Null, Json::Null, json!(["c2", "hired", 1, false])]);
    (field, 1_u32..5, order, any::<bool>(), missing, include, exclude).prop_map(
        |(field, size, order, other, missing, include, exclude)| {
            object(vec![
                ("type", json!("terms")),
                ("field", field),
                ("size", json!(size)),
                ("order", order),
                ("other", json!(other)),
                ("missing", missing),
                ("include", include),
                ("exclude", exclude),
            ])
        },
    )
}

fn filters() -> impl Strategy<Value = Json> {
    let query = prop_oneof![
        1 => Just(json!("")),
        3 => filter(),
        2 => prop::collection::vec(filter(), 0..3).prop_map(Json::from),
    ];
    prop::collection::vec(query, 1..4).prop_map(|queries| {
        let labelled = queries.into_iter().enumerate().map(|(i, q)| (format!("f{i}"), q));
        json!({"type": "filters", "filters": labelled.collect::<Map<_, _>>()})
    })
}

fn geotile_grid() -> impl Strategy<Value = Json> {
    let bounds = one_of(vec![Json::Null, json!([-122.49, 37.70, -122.44, 37.75])]);
    (8_u8..16, 1_u32..12, bounds).prop_map(|(precision, size, bounds)| {
        object(vec![
            ("type", json!("geotile_grid")),
            ("field", json!("position")),
            ("precision", json!(precision)),
            ("size", json!(size)),
            ("bounds", bounds),
        ])
    })
}

fn bucket(auto: bool) -> impl Strategy<Value = Json> {
    prop_oneof![
        3 => date_histogram(auto),
        2 => histogram(),
        4 => terms(),
        2 => filters(),
        1 => geotile_grid(),
    ]
}

fn metric() -> impl Strategy<Value = Json> {
    let kinds = ["count", "sum", "avg", "min", "max", "cardinality"].map(Json::from).to_vec();
    let fields = [
        "speed",
        "trips",
        "occupied",
        "level",
        "status.keyword",
        "lat",
        "ts",
        "nowhere",
        "items.n",
        "items.kind",
        "host",
    ];
    (one_of(kinds), one_of(fields.map(Json::from).to_vec())).prop_map(|(kind, field)| {
        let field = if kind == "count" { Json::Null } else { field };
        object(vec![("type", kind), ("field", field)])
    })
}

/// Ranges: none, absolute, sliding, and each mixture of ends. `2023-11-14T22:13:20Z` is the first record's time.
fn time() -> impl Strategy<Value = Json> {
    let range = |from: Json, to: Json| json!({"from": from, "to": to});
    one_of(vec![
        Json::Null,
        Json::Null,
        range(json!(T0 + 5_000), json!(T0 + 30_000)),
        range(json!("2023-11-14T22:13:30"), json!("2023-11-14T22:13:50Z")),
        range(json!(T0 + 10_000), json!("now")),
        range(json!(T0), json!("now-10s")),
        range(json!("now-20s"), json!("now")),
        range(json!("now-1m"), json!("now")),
        range(json!("now-1m"), json!("now-10s")),
        range(json!("now-50s"), json!("now-7s")),
        range(json!("now-15m"), json!("now")),
        range(json!("now-30s"), json!("now+1m")),
        range(json!("now-1m"), json!(T0 + 25_300)),
        range(json!("now/m"), json!("now/m")),
        range(json!("now-1m/m"), json!("now")),
    ])
}

fn with_ids(parts: Vec<Json>, letter: char) -> Vec<Json> {
    let named = parts.into_iter().enumerate().map(|(index, mut part)| {
        part["id"] = json!(format!("{letter}{index}"));
        part
    });
    named.collect()
}

fn grouped(auto: bool) -> impl Strategy<Value = Json> {
    let buckets = prop::collection::vec(bucket(auto), 0..4);
    let metrics = prop::collection::vec(metric(), 0..4);
    let over = prop_oneof![5 => Just("records"), 1 => Just("entities")];
    (buckets, metrics, over).prop_map(|(buckets, metrics, over)| {
        let (mut buckets, metrics) = (with_ids(buckets, 'b'), with_ids(metrics, 'm'));
        for bucket in &mut buckets {
            let by = bucket.pointer("/order/by").and_then(Json::as_str).unwrap_or_default();
            if by.starts_with('m') && !metrics.iter().any(|metric| metric["id"] == by) {
                bucket["order"]["by"] = json!("_count");
            }
        }
        json!({"buckets": buckets, "metrics": metrics, "over": over})
    })
}

fn hits() -> impl Strategy<Value = Json> {
    (1_u32..30).prop_map(|size| {
        json!({"hits": {"size": size, "fields": ["cab", "speed", "level", "position", "nowhere", "items.kind", "status.keyword"]}})
    })
}

fn entities() -> impl Strategy<Value = Json> {
    let bounds = one_of(vec![Json::Null, json!([-122.49, 37.70, -122.44, 37.75])]);
    (1_u32..6, bounds).prop_map(|(size, bounds)| {
        let asked = object(vec![
            ("size", json!(size)),
            ("bounds", bounds),
            ("fields", json!(["status", "position", "trips"])),
        ]);
        json!({ "entities": asked })
    })
}

pub(crate) fn query() -> impl Strategy<Value = Json> {
    (time(), prop::collection::vec(filter(), 0..3)).prop_flat_map(|(time, filters)| {
        let body = prop_oneof![
            6 => grouped(!time.is_null()),
            1 => hits(),
            1 => entities(),
        ];
        body.prop_map(move |mut query| {
            query["stream"] = json!("s");
            query["filters"] = json!(filters);
            if !time.is_null() {
                query["time"] = time.clone();
            }
            query
        })
    })
}
