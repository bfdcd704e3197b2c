//! Random metrics.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::buckets::{date_histogram, date_range, filters, geohash_grid, histogram, range, terms};
use crate::queries::{filter, object, one_of};

pub(crate) fn metric() -> impl Strategy<Value = Json> {
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
pub(crate) fn ordering_column(metric: &Json) -> Option<String> {
    let id = metric["id"].as_str()?;
    match metric["type"].as_str()? {
        "cardinality" | "unique_count" if metric.get("precision_threshold").is_some() => None,
        "percentiles" if metric.get("percents").is_some() => Some(format!("{id}.33.3")),
        "percentiles" => Some(format!("{id}.95")),
        "percentile_ranks" => Some(format!("{id}.0.1")),
        _ => Some(id.to_owned()),
    }
}

/// Columns that metrics along a series may read: what is exact, so that no error is carried further.
pub(crate) fn readable_column(metric: &Json) -> Option<String> {
    match metric["type"].as_str()? {
        "cardinality" | "unique_count" if metric.get("precision_threshold").is_some() => None,
        "top_hits" | "geo_centroid" | "geo_bounds" => None,
        _ => ordering_column(metric),
    }
}

pub(crate) fn along_series() -> impl Strategy<Value = Json> {
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
