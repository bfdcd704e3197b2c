//! Random queries over everything there is; their buckets and metrics have files of their own.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::buckets::{bucket, date_histogram, histogram};
use crate::metrics::{along_series, metric, ordering_column, readable_column};
use crate::records::T0;

pub(crate) fn one_of(choices: Vec<Json>) -> impl Strategy<Value = Json> {
    prop::sample::select(choices)
}

/// An object; parts that are null are absent.
pub(crate) fn object(parts: Vec<(&str, Json)>) -> Json {
    let given = parts.into_iter().filter(|(_, part)| !part.is_null());
    Json::Object(given.map(|(name, part)| (name.to_owned(), part)).collect::<Map<_, _>>())
}

pub(crate) fn filter() -> impl Strategy<Value = Json> {
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
        json!({"range": {"field": "host", "gte": "10.0.0.2", "lt": "10.0.0.10"}}),
        json!({"range": {"field": "ts", "gt": "2023-11-14T22:13", "lte": "now-7s"}}),
        json!({"range": {"field": "ts", "gte": "2023-11-14T22:13:20Z||+5s", "lt": T0 + 30_000}}),
        json!({"range": {"field": "trips", "gte": 1, "lt": [3]}}),
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

/// Texts of the query bar; more of them in `tests/questions.rs`.
pub(crate) fn text() -> impl Strategy<Value = Json> {
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
    let place = one_of(vec![
        json!({}),
        json!({"bounds": [-122.49, 37.70, -122.44, 37.75]}),
        json!({"tile": "0/0/0", "extent": 1_048_576}),
        json!({"tile": "12/655/1583"}),
        json!({"tile": "12/654/1583", "extent": 1_024, "every": "3s"}),
        json!({"tile": "14/2620/6333", "extent": 1, "every": "1ms"}),
        json!({"tile": "29/83816823/202769432", "extent": 2}),
    ]);
    let fields = one_of(vec![
        json!(["status", "position", "trips"]),
        json!([{"field": "speed", "step": 2.5}, {"field": "trips", "step": 3}, {"field": "occupied", "step": 1}]),
        json!([{"field": "status.keyword", "values": ["hired", "", "free"]}, {"field": "level", "values": [2, true, "x"]},
            {"field": "occupied", "values": [false, true]}, {"field": "nowhere", "values": [1]}]),
    ]);
    (1_u32..6, place, fields).prop_map(|(size, mut asked, fields)| {
        asked["fields"] = fields;
        asked["size"] = json!(size);
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
    let bodies = [false, true].map(|has_time| {
        let body = prop_oneof![
            6 => grouped(has_time),
            2 => series(has_time),
            1 => hits(),
            2 => entities(),
        ];
        body.boxed()
    });
    let given = (time(), text(), zone, runtime, prop::collection::vec(filter(), 0..3));
    given.prop_flat_map(move |(time, text, zone, runtime, filters)| {
        let body = bodies[usize::from(!time.is_null())].clone();
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
