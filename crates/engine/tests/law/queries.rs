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
        json!({"phrase": {"field": "status", "value": "off duty"}}),
        json!({"phrases": {"field": "trips", "values": [1, "3"]}}),
        json!({"query": {"query": "level: 2 or not cab: c*"}}),
        json!({"query": {"query": "+speed:[0 TO 12.5} -status:free", "language": "lucene"}}),
        json!({"bool": {"should": [{"term": {"field": "cab", "value": "c1"}},
            {"exists": {"field": "level"}, "negate": true}],
            "must_not": [{"query": {"query": "occupied: true"}}]}}),
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

/// Texts of the query bar; more of them in `tests/questions.rs`.
fn text() -> impl Strategy<Value = Json> {
    one_of(
        [
            "",
            "",
            "hired",
            "status: hired or trips >= 3",
            "not status: * and cab: (c1 or c2 or 7)",
            "status: \"off duty\" or status: h*",
            "not (speed < 0 or occupied: false)",
            "l*: 2 or note: x",
            "trips > 9007199254740992",
            "ts >= now-20s",
            "ts < now-7s or ts: 1700000000000",
            "not ts > \"2023-11-14T22:13:30\"",
            "items.kind: bag and not items.n > 2",
            "items: {kind: b?x and n >= 3} or i*s.n: 2",
            "host: \"10.0.0.0/29\" or host > \"2001:db8::\"",
            "status.keyword: (hired or \"\") and not host.keyword: \"::1\"",
            "hour >= 12 or c*c < 3",
            "not (calc: * or hour: 6)",
        ]
        .map(Json::from)
        .to_vec(),
    )
}

fn filters() -> impl Strategy<Value = Json> {
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
    let fields = [
        "speed",
        "trips",
        "occupied",
        "level",
        "status",
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
    let parameters = one_of(vec![
        json!({"type": "sum"}),
        json!({"type": "avg"}),
        json!({"type": "min"}),
        json!({"type": "max"}),
        json!({"type": "value_count"}),
        json!({"type": "std_dev"}),
        json!({"type": "std_dev", "bound": "upper"}),
        json!({"type": "std_dev", "bound": "lower", "sigma": 0.7}),
        json!({"type": "median"}),
        json!({"type": "percentiles"}),
        json!({"type": "percentiles", "percents": [0, 33.3, 100]}),
        json!({"type": "percentile_ranks", "values": [-2, 0.1, 12.5, 1e17]}),
        json!({"type": "cardinality"}),
        json!({"type": "unique_count", "precision_threshold": 2}),
        json!({"type": "cardinality", "precision_threshold": 12}),
    ]);
    let of_field =
        (parameters, one_of(fields.map(Json::from).to_vec())).prop_map(|(mut metric, field)| {
            metric["field"] = field;
            metric
        });
    let other = prop_oneof![
        1 => Just(json!({"type": "count"})),
        2 => of_other_things(),
        2 => top_hits(),
        1 => filter_ratio(),
        2 => of_buckets(),
    ];
    let metric = prop_oneof![1 => other, 2 => of_field];
    let filter = prop_oneof![
        6 => Just(Json::Null),
        1 => Just(json!("")),
        2 => filter(),
        1 => prop::collection::vec(filter(), 0..3).prop_map(Json::from),
    ];
    (metric, filter).prop_map(|(mut metric, filter)| {
        if !filter.is_null() {
            metric["filter"] = filter;
        }
        metric
    })
}

fn of_other_things() -> impl Strategy<Value = Json> {
    one_of(vec![
        json!({"type": "geo_centroid", "field": "position"}),
        json!({"type": "geo_bounds", "field": "position"}),
        json!({"type": "geo_bounds", "field": "position", "wrap_longitude": false}),
        json!({"type": "geo_centroid", "field": "speed"}),
    ])
}

fn top_hits() -> impl Strategy<Value = Json> {
    let shown = one_of(vec![
        json!({"field": "status"}),
        json!({"field": "position"}),
        json!({"field": "trips", "aggregate": "average"}),
        json!({"field": "level", "aggregate": "sum"}),
        json!({"field": "occupied", "aggregate": "max"}),
        json!({"field": "speed", "aggregate": "min"}),
        json!({"field": "nowhere"}),
        json!({"field": "items.kind.keyword"}),
        json!({"field": "items.n", "aggregate": "sum"}),
        json!({"field": "calc", "aggregate": "average"}),
        json!({"_source": ["cab", "speed", "nowhere", "items.n", "hour"]}),
    ]);
    let fields = ["speed", "status", "trips", "ts", "level", "items.n", "hour", "nowhere"];
    let fields = fields.map(Json::from).to_vec();
    let sort = (one_of(fields), one_of(vec![Json::Null, json!("asc"), json!("desc")]))
        .prop_map(|(field, order)| object(vec![("field", field), ("order", order)]));
    let sort = prop_oneof![1 => Just(Json::Null), 2 => sort];
    (shown, 1_u32..5, sort).prop_map(|(mut metric, size, sort)| {
        metric["type"] = json!("top_hits");
        metric["size"] = json!(size);
        if !sort.is_null() {
            metric["sort"] = sort;
        }
        metric
    })
}

fn filter_ratio() -> impl Strategy<Value = Json> {
    let divided = one_of(vec![
        json!({}),
        json!({"metric_agg": "sum", "field": "trips"}),
        json!({"metric_agg": "avg", "field": "speed"}),
    ]);
    (divided, filter(), prop::option::of(filter())).prop_map(|(mut metric, above, below)| {
        metric["type"] = json!("filter_ratio");
        metric["numerator"] = above;
        if let Some(below) = below {
            metric["denominator"] = below;
        }
        metric
    })
}

/// One number of further buckets.
fn of_buckets() -> impl Strategy<Value = Json> {
    let kinds = ["avg_bucket", "sum_bucket", "min_bucket", "max_bucket"].map(Json::from).to_vec();
    let bucket = prop_oneof![
        4 => date_histogram(false),
        3 => histogram(),
        4 => terms(),
        3 => filters(),
        1 => range(),
        1 => date_range(),
        1 => geohash_grid(),
    ];
    let inner = one_of(vec![
        Json::Null,
        json!({"type": "count", "filter": {"exists": {"field": "speed"}}}),
        json!({"type": "sum", "field": "speed"}),
        json!({"type": "avg", "field": "level"}),
        json!({"type": "max", "field": "trips"}),
        json!({"type": "median", "field": "speed"}),
        json!({"type": "cardinality", "field": "cab"}),
    ]);
    let policy = one_of(vec![Json::Null, json!("skip"), json!("insert_zeros")]);
    (one_of(kinds), bucket, inner, policy).prop_map(|(kind, mut bucket, mut metric, policy)| {
        bucket["id"] = json!("inside");
        if bucket.pointer("/order/by").and_then(Json::as_str).is_some_and(|by| by.starts_with('m'))
        {
            bucket["order"]["by"] = json!("_count");
        }
        if metric.is_object() {
            metric["id"] = json!("value");
        }
        object(vec![("type", kind), ("bucket", bucket), ("metric", metric), ("gap_policy", policy)])
    })
}

/// What a `terms` bucket may be ordered by: the metric's first column; nothing where estimates may decide.
fn ordering_column(metric: &Json) -> Option<String> {
    let id = metric["id"].as_str()?;
    match metric["type"].as_str()? {
        "cardinality" | "unique_count" if metric.get("precision_threshold").is_some() => None,
        "percentiles" if metric.get("percents").is_some() => Some(format!("{id}.33.3")),
        "percentiles" => Some(format!("{id}.95")),
        "percentile_ranks" => Some(format!("{id}.0.1")),
        _ => Some(id.to_owned()),
    }
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
            if by.starts_with('m') {
                let metric = metrics.iter().find(|metric| metric["id"] == by);
                let column = metric.and_then(ordering_column);
                bucket["order"]["by"] = json!(column.unwrap_or("_count".to_owned()));
            }
        }
        json!({"buckets": buckets, "metrics": metrics, "over": over})
    })
}

/// Columns that metrics along a series may read: what is exact, so that no error is carried further.
fn readable_column(metric: &Json) -> Option<String> {
    match metric["type"].as_str()? {
        "cardinality" | "unique_count" if metric.get("precision_threshold").is_some() => None,
        "top_hits" | "geo_centroid" | "geo_bounds" => None,
        _ => ordering_column(metric),
    }
}

fn along_series() -> impl Strategy<Value = Json> {
    let policy = || one_of(vec![Json::Null, json!("skip"), json!("insert_zeros")]);
    let function = one_of(
        ["unweightedAvg", "linearWeightedAvg", "sum", "min", "max"]
            .map(|name| json!(format!("MovingFunctions.{name}(values)")))
            .to_vec(),
    );
    let moving =
        (function, 1_u32..7, -2_i32..4, policy()).prop_map(|(script, window, shift, policy)| {
            object(vec![
                ("type", json!("moving_fn")),
                ("window", json!(window)),
                ("shift", json!(shift)),
                ("script", script),
                ("gap_policy", policy),
            ])
        });
    let difference = (1_u32..4, policy()).prop_map(|(lag, policy)| {
        object(vec![("type", json!("serial_diff")), ("lag", json!(lag)), ("gap_policy", policy)])
    });
    let derivative = policy()
        .prop_map(|policy| object(vec![("type", json!("derivative")), ("gap_policy", policy)]));
    prop_oneof![moving, difference, derivative, Just(json!({"type": "cumulative_sum"}))]
}

/// Groups with a series innermost and metrics along it, which may read one another.
fn series(auto: bool) -> impl Strategy<Value = Json> {
    let axis = prop_oneof![2 => date_histogram(auto).boxed(), 1 => histogram().boxed()];
    let along = prop::collection::vec((along_series(), any::<prop::sample::Index>()), 1..4);
    (grouped(auto), axis, along).prop_map(|(mut query, mut axis, along)| {
        axis["min_doc_count"] = json!(0);
        axis["id"] = json!("axis");
        let buckets = query["buckets"].as_array_mut().expect("it has buckets");
        buckets.truncate(2);
        buckets.push(axis);
        let metrics = query["metrics"].as_array_mut().expect("it has metrics");
        let mut columns: Vec<String> = metrics.iter().filter_map(readable_column).collect();
        columns.push("_count".to_owned());
        for (index, (mut metric, source)) in along.into_iter().enumerate() {
            let id = format!("a{index}");
            metric["buckets_path"] = json!(source.get(&columns));
            metric["id"] = json!(id);
            columns.push(id);
            // What is read may come later.
            metrics.insert(0, metric);
        }
        query
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
    let given = (time(), text(), zone, runtime, prop::collection::vec(filter(), 0..3));
    given.prop_flat_map(|(time, text, zone, runtime, filters)| {
        let body = prop_oneof![
            6 => grouped(!time.is_null()),
            2 => series(!time.is_null()),
            1 => hits(),
            1 => entities(),
        ];
        body.prop_map(move |mut query| {
            query["stream"] = json!("s");
            query["filters"] = json!(filters);
            query["query"] = text.clone();
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
