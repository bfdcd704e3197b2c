//! What a well-formed query must also satisfy: ids, bounds, and things that do not go together.

use std::collections::BTreeSet;

use crate::asked;
use crate::bucket::{Bucket, FilterQuery, Filters};
use crate::date_math::resolve_time;
use crate::error::QueryError;
use crate::filter::{Condition, Filter};
use crate::metric::pipeline;
use crate::model::{Language, Query};

const MAX_BUCKETS: usize = 4;
const MAX_METRICS: usize = 32;
const MAX_FILTERS: usize = 256;
const MAX_DEPTH: usize = 16;
const MAX_SIZE: u32 = 100_000;

pub(crate) fn validate(query: &Query) -> Result<(), QueryError> {
    if query.stream.is_empty() {
        return Err(QueryError::invalid("stream", "a query names a stream"));
    }
    asked::read("query", query.language, &query.query)?;
    shape(query)?;
    time(query)?;
    crate::runtime::check(query)?;
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
        entities.check()?;
    }
    Ok(())
}

pub(crate) fn size(at: &str, size: u32) -> Result<(), QueryError> {
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
    let mut left = MAX_FILTERS;
    filters_below(at, filters, 0, &mut left)
}

fn filters_below(
    at: &str,
    filters: &[Filter],
    depth: usize,
    left: &mut usize,
) -> Result<(), QueryError> {
    *left = left
        .checked_sub(filters.len())
        .ok_or_else(|| QueryError::invalid(at, format!("at most {MAX_FILTERS} filters")))?;
    if depth > MAX_DEPTH {
        return Err(QueryError::invalid(at, format!("filters in at most {MAX_DEPTH} levels")));
    }
    for (index, filter) in filters.iter().enumerate() {
        let at = format!("{at}[{index}]");
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
            Condition::Query { query, language } => {
                asked::read(&format!("{at}.query"), *language, query)?;
                continue;
            }
            Condition::Bool(joined) => {
                let lists = [
                    ("must", &joined.must),
                    ("filter", &joined.filter),
                    ("should", &joined.should),
                    ("must_not", &joined.must_not),
                ];
                for (name, list) in lists {
                    filters_below(&format!("{at}.bool.{name}"), list, depth + 1, left)?;
                }
                continue;
            }
            _ => continue,
        };
        return Err(QueryError::invalid(at, wrong));
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
    if let Bucket::Filters(labelled) = bucket {
        check_filters(at, labelled)?;
    }
    bucket.check(at, query)
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
    asked::read(at, Language::Dql, filter.text())?;
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
            (serde_json::json!(["s", "", "dql"]), "query: a query is an object"),
            (serde_json::json!({"": 1}), "query: unknown field ``"),
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
                terms(serde_json::json!({"type": "significant_terms"})),
                "not_yet buckets[0].type: `significant_terms` is not supported yet",
            ),
            (
                serde_json::json!({"stream": "s", "metrics": [{"id": "m", "type": "sum"}]}),
                "metrics[0].field: this metric needs a field",
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

    #[test]
    fn errors_in_texts_name_the_character() {
        for (json, want) in [
            (
                serde_json::json!({"stream": "s", "query": "größe: 1 and b:"}),
                "query: expected a value after `b:` (character 16); `b: *` finds records that have it",
            ),
            (
                serde_json::json!({"stream": "s", "query": "a~", "language": "lucene"}),
                "query: fuzzy terms and proximity are not understood (character 2); leave `~` out",
            ),
            (
                serde_json::json!({"stream": "s",
                    "filters": [{"bool": {"should": [{"query": {"query": "("}}]}}]}),
                "filters[0].bool.should[0].query: expected a condition after `(` (character 2)",
            ),
            (
                serde_json::json!({"stream": "s", "buckets": [
                    {"id": "b", "type": "filters", "filters": {"x": "not"}}]}),
                "buckets[0].filters.x: expected a condition after `not` (character 4)",
            ),
        ] {
            let got = check(&json);
            assert!(got.contains(want), "{json}\n got {got}\nwant {want}");
        }
    }
}
