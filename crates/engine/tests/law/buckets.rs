//! Random buckets.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::queries::{filter, object, one_of, text};
use crate::records::T0;

pub(crate) fn date_histogram(auto: bool) -> impl Strategy<Value = Json> {
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

pub(crate) fn date_range() -> impl Strategy<Value = Json> {
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

pub(crate) fn range() -> impl Strategy<Value = Json> {
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

pub(crate) fn histogram() -> impl Strategy<Value = Json> {
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
            // Fine steps where they lead to few buckets.
            let narrow = (field == "lat" || field == "lon") && extended.is_null();
            let interval = if interval == 0.01 && !narrow { json!(0.5) } else { interval };
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

pub(crate) fn terms() -> impl Strategy<Value = Json> {
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

pub(crate) fn filters() -> impl Strategy<Value = Json> {
    let query = prop_oneof![
        1 => Just(json!("")),
        2 => text(),
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

pub(crate) fn geohash_grid() -> impl Strategy<Value = Json> {
    geotile_grid().prop_map(|mut grid| {
        grid["type"] = json!("geohash_grid");
        grid["precision"] = json!(grid["precision"].as_u64().unwrap_or_default() / 2);
        grid
    })
}

pub(crate) fn bucket(auto: bool) -> impl Strategy<Value = Json> {
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
