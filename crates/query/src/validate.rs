//! What a well-formed query must also satisfy: ids, bounds, and things that do not go together.

use std::collections::BTreeSet;

use crate::bucket::{Bucket, DateHistogram, FilterQuery, Filters};
use crate::date_math::resolve_time;
use crate::error::QueryError;
use crate::filter::{Condition, Filter};
use crate::metric::{Metric, pipeline};
use crate::model::Query;

const MAX_BUCKETS: usize = 4;
const MAX_METRICS: usize = 32;
const MAX_FILTERS: usize = 256;
const MAX_SIZE: u32 = 100_000;

pub(crate) fn validate(query: &Query) -> Result<(), QueryError> {
    if query.stream.is_empty() {
        return Err(QueryError::invalid("stream", "a query names a stream"));
    }
    if !query.query.trim().is_empty() {
        return Err(QueryError::not_yet("query", "DQL text"));
    }
    shape(query)?;
    time(query)?;
    filters("filters", &query.filters)?;
    for (index, metric) in query.metrics.iter().enumerate() {
        let at = format!("metrics[{index}]");
        for (key, filter) in metric.parameters().filters() {
            check_filter(&format!("{at}.{key}"), filter)?;
        }
        metric.parameters().check(&at)?;
        if let Some(bucket) = metric.parameters().bucket() {
            check_bucket(&format!("{at}.bucket"), bucket, query)?;
        }
    }
    pipeline::check(query)?;
    ids(query)?;
    for (index, bucket) in query.buckets.iter().enumerate() {
        check_bucket(&format!("buckets[{index}]"), bucket, query)?;
    }
    Ok(())
}

fn shape(query: &Query) -> Result<(), QueryError> {
    let groups = !query.buckets.is_empty() || !query.metrics.is_empty();
    if query.hits.is_some() && query.entities.is_some() {
        return Err(QueryError::invalid("entities", "hits and entities exclude each other"));
    }
    if groups && query.hits.is_some() {
        return Err(QueryError::invalid("hits", "hits exclude buckets and metrics"));
    }
    if groups && query.entities.is_some() {
        return Err(QueryError::invalid("entities", "entities exclude buckets and metrics"));
    }
    if query.buckets.len() > MAX_BUCKETS {
        return Err(QueryError::invalid("buckets", format!("at most {MAX_BUCKETS} buckets")));
    }
    if query.metrics.len() > MAX_METRICS {
        return Err(QueryError::invalid("metrics", format!("at most {MAX_METRICS} metrics")));
    }
    if let Some(hits) = &query.hits {
        size("hits.size", hits.size)?;
    }
    if let Some(entities) = &query.entities {
        size("entities.size", entities.size)?;
    }
    Ok(())
}

fn size(at: &str, size: u32) -> Result<(), QueryError> {
    if (1..=MAX_SIZE).contains(&size) {
        return Ok(());
    }
    Err(QueryError::invalid(at, format!("{size} is not between 1 and {MAX_SIZE}")))
}

fn time(query: &Query) -> Result<(), QueryError> {
    let zone = query.zone()?;
    let Some(time) = &query.time else { return Ok(()) };
    // Any instant serves to see whether the words are times and in order.
    let (from, to) = resolve_time(&time.from, &time.to, 1_600_000_000_000, &zone)
        .map_err(|detail| QueryError::invalid("time", detail))?;
    let comparable = time.from.is_relative() == time.to.is_relative();
    if comparable && from > to {
        return Err(QueryError::invalid("time", "the range ends before it starts"));
    }
    Ok(())
}

fn filters(at: &str, filters: &[Filter]) -> Result<(), QueryError> {
    if filters.len() > MAX_FILTERS {
        return Err(QueryError::invalid(at, format!("at most {MAX_FILTERS} filters")));
    }
    for (index, filter) in filters.iter().enumerate() {
        let wrong = match &filter.condition {
            Condition::GeoBox { bounds: [_, south, _, north], .. } if south > north => {
                "bounds are [west, south, east, north] with south below north"
            }
            Condition::GeoDistance { distance_m, .. }
                if distance_m.is_nan() || *distance_m < 0.0 =>
            {
                "distance_m is a length in metres"
            }
            Condition::GeoPolygon { points, .. } if points.len() < 3 => {
                "a polygon has at least three points"
            }
            _ => continue,
        };
        return Err(QueryError::invalid(format!("{at}[{index}]"), wrong));
    }
    Ok(())
}

fn ids(query: &Query) -> Result<(), QueryError> {
    let mut seen = BTreeSet::new();
    let buckets = query
        .buckets
        .iter()
        .enumerate()
        .map(|(i, bucket)| (format!("buckets[{i}].id"), bucket.id()));
    let metrics = query
        .metrics
        .iter()
        .enumerate()
        .map(|(i, metric)| (format!("metrics[{i}].id"), metric.id()));
    for (at, id) in buckets.chain(metrics) {
        if id.is_empty() || id.starts_with('_') {
            return Err(QueryError::invalid(at, "an id is not empty and does not start with _"));
        }
        if !seen.insert(id.to_owned()) {
            return Err(QueryError::invalid(at, format!("id \"{id}\" is taken")));
        }
    }
    for (index, metric) in query.metrics.iter().enumerate() {
        let columns = metric.columns().into_iter().filter(|column| column != metric.id());
        for column in columns {
            if seen.contains(&column) {
                let detail = format!("its column \"{column}\" has the name of another");
                return Err(QueryError::invalid(format!("metrics[{index}].id"), detail));
            }
            seen.insert(column);
        }
    }
    Ok(())
}

fn check_bucket(at: &str, bucket: &Bucket, query: &Query) -> Result<(), QueryError> {
    match bucket {
        Bucket::DateHistogram(date) => check_date_histogram(at, date, query),
        Bucket::Histogram(histogram) => {
            if !(histogram.interval > 0.0 && histogram.interval.is_finite()) {
                return Err(QueryError::invalid(format!("{at}.interval"), "greater than 0"));
            }
            if !histogram.offset.is_finite() {
                return Err(QueryError::invalid(format!("{at}.offset"), "a finite number"));
            }
            Ok(())
        }
        Bucket::Terms(terms) => {
            size(&format!("{at}.size"), terms.size)?;
            let by = &terms.order.by;
            let orders = |metric: &Metric| metric.columns().contains(by);
            let is_metric = query.metrics.iter().any(orders);
            if query.metrics.iter().any(|metric| orders(metric) && metric.buckets_path().is_some())
            {
                let detail = format!("\"{by}\" goes along a series and orders nothing");
                return Err(QueryError::invalid(format!("{at}.order.by"), detail));
            }
            if by != "_count" && by != "_key" && !is_metric {
                return Err(QueryError::invalid(
                    format!("{at}.order.by"),
                    format!("\"{by}\" is neither _count, _key nor the column of a metric"),
                ));
            }
            Ok(())
        }
        Bucket::Filters(labelled) => check_filters(at, labelled),
        Bucket::GeotileGrid(grid) => {
            size(&format!("{at}.size"), grid.size)?;
            if grid.precision > 29 {
                return Err(QueryError::invalid(format!("{at}.precision"), "between 0 and 29"));
            }
            Ok(())
        }
    }
}

fn check_date_histogram(at: &str, date: &DateHistogram, query: &Query) -> Result<(), QueryError> {
    let given =
        [date.fixed_interval.is_some(), date.calendar_interval.is_some(), date.auto.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        return Err(QueryError::invalid(
            at,
            "a date_histogram has exactly one of fixed_interval, calendar_interval, auto",
        ));
    }
    if date.calendar_interval.is_some() {
        return Err(QueryError::not_yet(format!("{at}.calendar_interval"), "calendar_interval"));
    }
    if date.minimum_interval.is_some() && date.auto.is_none() {
        return Err(QueryError::invalid(format!("{at}.minimum_interval"), "goes with auto only"));
    }
    if date.auto.is_some() && query.time.is_none() {
        return Err(QueryError::invalid(format!("{at}.auto"), "auto needs a time range"));
    }
    Ok(())
}

fn check_filters(at: &str, labelled: &Filters) -> Result<(), QueryError> {
    if labelled.filters.is_empty() {
        return Err(QueryError::invalid(format!("{at}.filters"), "at least one filter"));
    }
    for (label, filter) in &labelled.filters {
        check_filter(&format!("{at}.filters.{label}"), filter)?;
    }
    Ok(())
}

fn check_filter(at: &str, filter: &FilterQuery) -> Result<(), QueryError> {
    if matches!(filter, FilterQuery::Text(text) if !text.trim().is_empty()) {
        return Err(QueryError::not_yet(at, "DQL text"));
    }
    filters(at, filter.filters())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &serde_json::Value) -> String {
        match Query::from_json(json) {
            Ok(query) => format!("ok {}", query.view_key()),
            Err(error) => format!("{} {error}", error.code),
        }
    }

    #[test]
    fn errors_name_the_place_and_near_names() {
        let terms = |extra: serde_json::Value| {
            let mut bucket = serde_json::json!({"id": "b", "type": "terms", "field": "status"});
            bucket.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            serde_json::json!({"stream": "s", "buckets": [bucket]})
        };
        for (json, want) in [
            (serde_json::json!({"stream": "s", "filds": []}), "did you mean `filters`?"),
            (serde_json::json!({}), "missing field `stream`"),
            (terms(serde_json::json!({"sise": 3})), "buckets[0].sise: unknown field `sise`"),
            (terms(serde_json::json!({"size": -1})), "buckets[0].size: invalid value"),
            (
                terms(serde_json::json!({"size": 0})),
                "buckets[0].size: 0 is not between 1 and 100000",
            ),
            (
                terms(serde_json::json!({"order": {"by": "m9"}})),
                "buckets[0].order.by: \"m9\" is neither",
            ),
            (
                terms(serde_json::json!({"type": "geohash_grid"})),
                "not_yet buckets[0].type: `geohash_grid` is not supported yet",
            ),
            (
                serde_json::json!({"stream": "s", "metrics": [{"id": "m", "type": "sum"}]}),
                "metrics[0].field: this metric needs a field",
            ),
            (
                serde_json::json!({"stream": "s", "query": "a: b"}),
                "not_yet query: DQL text is not supported yet",
            ),
            (
                serde_json::json!({"stream": "s", "time": {"from": "now", "to": "now-1h"}}),
                "ends before it starts",
            ),
            (
                serde_json::json!({"stream": "s", "time_zone": "Mars"}),
                "time_zone: \"Mars\" is not an IANA time zone",
            ),
            (serde_json::json!({"stream": "s", "hits": {}, "entities": {}}), "exclude each other"),
            (
                serde_json::json!({"stream": "s", "filters": [{"negate": true}]}),
                "filters[0]: a filter has exactly one of",
            ),
        ] {
            let got = check(&json);
            assert!(got.contains(want), "{json}\n got {got}\nwant {want}");
        }
    }
}
