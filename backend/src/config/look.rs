//! What can be said about a panel's query before any record is there: is there such a stream, and does it declare the
//! fields.

use std::sync::Arc;

use hailstream_engine::StreamConfig;
use hailstream_query::{EntityField, Query, nearest};

use super::Fault;

/// What begins a finding that does not keep the server from starting.
const UNDECLARED: &str = "is not declared in the stream file";

/// A panel of a type that is not known shows so itself; a field that is not declared may still come with the records.
pub(super) fn is_wrong(finding: &Fault) -> bool {
    !finding.detail.starts_with("unknown visualization type")
        && !finding.detail.contains(UNDECLARED)
}

/// What can be said about a panel's query before any record is there.
pub(super) fn look(query: &Query, streams: &[Arc<StreamConfig>]) -> Vec<(String, String)> {
    let Some(stream) = streams.iter().find(|stream| stream.name() == query.stream) else {
        let near = nearest(&query.stream, streams.iter().map(|stream| stream.name()))
            .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        return vec![(
            "stream".to_owned(),
            format!("there is no stream \"{}\"{near}", query.stream),
        )];
    };
    fields_of(query)
        .into_iter()
        .filter(|(_, field)| !query.runtime.contains_key(field) && !is_declared(field, stream))
        .map(|(at, field)| {
            let near = nearest(&field, stream.fields().keys().map(String::as_str))
                .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
            (at, format!("\"{field}\" {UNDECLARED} of {}{near}", stream.name()))
        })
        .collect()
}

fn is_declared(field: &str, stream: &StreamConfig) -> bool {
    let field = field.strip_suffix(".keyword").unwrap_or(field);
    stream.fields().is_empty()
        || stream.fields().contains_key(field)
        || stream.time().is_some_and(|(time, _, _)| time == field)
        || stream.entity() == Some(field)
        || stream.key().iter().any(|key| key == field)
}

/// The fields that a query names, with their places.
fn fields_of(query: &Query) -> Vec<(String, String)> {
    let text = query.language.fields(&query.query);
    let text = text.into_iter().map(|field| ("query".to_owned(), field));
    let buckets = query.buckets.iter().enumerate().filter_map(|(index, bucket)| {
        Some((format!("buckets[{index}].field"), bucket.field()?.to_owned()))
    });
    let metrics = query.metrics.iter().enumerate().filter_map(|(index, metric)| {
        Some((format!("metrics[{index}].field"), metric.field()?.to_owned()))
    });
    let filters = query.filters.iter().enumerate().flat_map(|(index, filter)| {
        let fields = filter.condition.fields().into_iter();
        fields.map(move |field| (format!("filters[{index}]"), field))
    });
    let hits = query.hits.iter().flat_map(|hits| &hits.fields).map(String::as_str);
    let entities = query.entities.iter().flat_map(|entities| &entities.fields);
    let fields = hits.chain(entities.map(EntityField::name));
    let fields = fields.map(|field| ("fields".to_owned(), field.to_owned()));
    text.chain(buckets).chain(metrics).chain(filters).chain(fields).collect()
}
