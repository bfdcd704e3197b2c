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
        json!({"range": {"field": "hour", "gte": 12}}),
        json!({"range": {"field": "calc", "lt": 8}}),
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
    let mut lengths: Vec<(&str, Json)> = ["1s", "5s", "7s", "1m", "300ms", "90m", "1d"]
        .into_iter()
        .map(|fixed| ("fixed_interval", json!(fixed)))
        .collect();
    lengths.extend(
        ["minute", "1h", "day", "1w", "month"].map(|unit| ("calendar_interval", json!(unit))),
    );
    if auto {
        lengths.extend([("auto", json!(5)), ("auto", json!(40))]);
    }
    let bounds = || {
        one_of(vec![
            Json::Null,
            Json::Null,
            Json::Null,
            json!({"min": T0 - 10_000, "max": T0 + 40_500}),
            json!({"min": "now-30s"}),
            json!({"max": "now/m"}),
        ])
    };
    (
        prop::sample::select(lengths),
        one_of(vec![Json::Null, json!("ts")]),
        one_of(vec![Json::Null, json!("2s"), json!("-500ms"), json!("+6h")]),
        one_of(vec![
            Json::Null,
            Json::Null,
            json!("America/New_York"),
            json!("Australia/Lord_Howe"),
        ]),
        prop::sample::select(vec![0, 0, 0, 1, 1, 3]),
        bounds(),
        bounds(),
    )
        .prop_map(|(length, field, offset, zone, min, extended, hard)| {
            object(vec![
                ("type", json!("date_histogram")),
                length,
                ("field", field),
                ("offset", offset),
                ("time_zone", zone),
                ("min_doc_count", json!(min)),
                ("extended_bounds", extended),
                ("hard_bounds", hard),
            ])
        })
}

fn date_range() -> impl Strategy<Value = Json> {
    let ranges = one_of(vec![
        json!([{"to": T0 + 5_000}, {"from": T0, "to": T0 + 20_000, "key": "overlaps"}, {"from": T0 + 20_000}]),
        json!([{"from": "now-10s", "to": "now"}, {"to": "now-20s", "key": "old"}]),
        json!([{"from": "now/m", "to": "now+1m/m"}, {"from": "2023-11-14", "to": "2023-11-14||+1d", "key": "day"}]),
    ]);
    let field = one_of(vec![Json::Null, json!("ts"), json!("trips"), json!("nowhere")]);
    let zone = one_of(vec![Json::Null, json!("Asia/Kolkata")]);
    (ranges, field, zone).prop_map(|(ranges, field, zone)| {
        object(vec![
            ("type", json!("date_range")),
            ("field", field),
            ("time_zone", zone),
            ("ranges", ranges),
        ])
    })
}

fn range() -> impl Strategy<Value = Json> {
    let field = ["speed", "trips", "level", "occupied", "items.n", "status", "nowhere"];
    let ranges = one_of(vec![
        json!([{"to": 1}, {"from": 1, "to": 3}, {"from": 3}]),
        json!([{"from": -3.25, "to": 12.5, "key": "most"}, {"from": 0}, {"to": 0}, {}]),
        json!([{"from": 1e16}]),
    ]);
    (one_of(field.map(Json::from).to_vec()), ranges)
        .prop_map(|(field, ranges)| json!({"type": "range", "field": field, "ranges": ranges}))
}

fn ip_range() -> impl Strategy<Value = Json> {
    let ranges = one_of(vec![
        json!([{"mask": "10.0.0.0/29"}, {"from": "10.0.0.2", "to": "10.0.0.12"}, {"to": "10.0.0.2"}]),
        json!([{"mask": "2001:db8::/32", "key": "docs"}, {"from": "::"}, {"mask": "::1/128"}]),
    ]);
    (one_of(vec![json!("host"), json!("host"), json!("status")]), ranges)
        .prop_map(|(field, ranges)| json!({"type": "ip_range", "field": field, "ranges": ranges}))
}

fn histogram() -> impl Strategy<Value = Json> {
    let fields = ["lat", "lon", "occupied", "level", "items.n", "trips", "speed", "calc"];
    let bounds = || {
        one_of(vec![
            Json::Null,
            Json::Null,
            Json::Null,
            json!({"min": -1.5, "max": 3}),
            json!({"min": 2}),
            json!({"max": 38}),
        ])
    };
    (
        one_of(fields.map(Json::from).to_vec()),
        one_of(vec![json!(0.5), json!(1), json!(0.01)]),
        one_of(vec![Json::Null, json!(0.25)]),
        prop::sample::select(vec![0, 0, 1, 2]),
        bounds(),
        bounds(),
    )
        .prop_map(|(field, interval, offset, min, extended, hard)| {
            object(vec![
                ("type", json!("histogram")),
                ("field", field),
                ("interval", interval),
                ("offset", offset),
                ("min_doc_count", json!(min)),
                ("extended_bounds", extended),
                ("hard_bounds", hard),
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
            "hour",
            "calc",
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
    let include = one_of(vec![
        Json::Null,
        Json::Null,
        json!(["c1", "free", 2, true, 12.5, "3", "bag"]),
        json!(["::ffff:10.0.0.2", "192.168.1.9"]),
        json!("[a-z]*[e-r]+|\\d.*"),
    ]);
    let exclude =
        one_of(vec![Json::Null, Json::Null, json!(["c2", "hired", 1, false]), json!(".*1|true")]);
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

fn geohash_grid() -> impl Strategy<Value = Json> {
    geotile_grid().prop_map(|mut grid| {
        grid["type"] = json!("geohash_grid");
        grid["precision"] = json!(grid["precision"].as_u64().unwrap_or_default() / 2);
        grid
    })
}

fn bucket(auto: bool) -> impl Strategy<Value = Json> {
    prop_oneof![
        6 => date_histogram(auto),
        4 => histogram(),
        8 => terms(),
        4 => filters(),
        2 => range(),
        2 => date_range(),
        1 => ip_range(),
        1 => geotile_grid(),
        1 => geohash_grid(),
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
        "hour",
        "calc",
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
        range(json!("2023-11-14T22:13:30Z"), json!("2023-11-14T22:13:50Z")),
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
        json!({"hits": {"size": size, "fields": ["cab", "speed", "level", "position", "nowhere", "items.kind", "status.keyword", "calc", "trips"]}})
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
    let zone =
        one_of(vec![Json::Null, Json::Null, json!("America/Los_Angeles"), json!("Asia/Kolkata")]);
    let runtime = one_of(vec![
        Json::Null,
        json!({"hour": {"type": "hour_of_day"}, "calc": {"type": "formula", "formula": "(level - -trips) * 2.5 / speed"}}),
        json!({"hour": {"type": "day_of_week", "field": "ts", "time_zone": "Asia/Kolkata"},
            "calc": {"type": "formula", "formula": "items.n % 2 + occupied"}}),
        json!({"hour": {"type": "hour_of_day", "field": "nowhere"}, "trips": {"type": "formula", "formula": "trips + 1"}}),
    ]);
    let given = (time(), zone, runtime, prop::collection::vec(filter(), 0..3));
    given.prop_flat_map(|(time, zone, runtime, filters)| {
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
            if !runtime.is_null() && query.get("entities").is_none() {
                query["runtime"] = runtime.clone();
            }
            if !zone.is_null() {
                query["time_zone"] = zone.clone();
            }
            query
        })
    })
}
