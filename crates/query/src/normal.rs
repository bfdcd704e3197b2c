//! The normal form of a query and the key under which equal questions share one view.

use std::fmt;

use jiff::tz::TimeZone;

use crate::asked;
use crate::bucket::{Bucket, FilterQuery};
use crate::entities::Entities;
use crate::error::QueryError;
use crate::filter::{Condition, Filter};
use crate::metric::Metric;
use crate::model::{Language, Query};

/// Identity of a view: the normalised query as text. Row scopes of viewers will be part of it when there are users.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewKey(String);

impl ViewKey {
    /// The normalised query as JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ViewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Drops what has no effect and puts the rest into one order.
fn normalise_filters(filters: &mut Vec<Filter>) {
    filters.retain(|filter| !filter.disabled);
    for filter in filters.iter_mut() {
        (filter.label, filter.pinned) = (None, false);
        match &mut filter.condition {
            Condition::Query { query, language } => *query = asked::normal(*language, query),
            Condition::Bool(joined) => joined.lists().into_iter().for_each(normalise_filters),
            _ => {}
        }
    }
    filters.sort_by_cached_key(|filter| serde_json::to_string(filter).unwrap_or_default());
    filters.dedup();
}

fn normalise_labelled(filter: &mut FilterQuery) {
    if let FilterQuery::Text(text) = filter {
        *text = asked::normal(Language::Dql, text);
        return;
    }
    let mut filters = filter.filters().to_vec();
    normalise_filters(&mut filters);
    *filter = FilterQuery::All(filters);
}

impl Query {
    /// The same question with all defaults spelt out and everything without effect removed.
    #[must_use]
    pub fn normalised(&self) -> Self {
        let mut query = self.clone();
        query.query = asked::normal(query.language, &query.query);
        if query.query.is_empty() {
            query.language = Language::default();
        }
        normalise_filters(&mut query.filters);
        for bucket in &mut query.buckets {
            if let Bucket::Filters(labelled) = bucket {
                labelled.filters.iter_mut().for_each(|(_, filter)| normalise_labelled(filter));
            }
        }
        query.metrics.iter_mut().flat_map(Metric::filters_mut).for_each(normalise_labelled);
        query.entities.iter_mut().for_each(Entities::normalise);
        if query.metrics.is_empty() && query.hits.is_none() && query.entities.is_none() {
            query.metrics.push(Metric::count("count"));
        }
        query
    }

    /// The key of the view that answers this query.
    #[must_use]
    pub fn view_key(&self) -> ViewKey {
        // A query is plain data with text keys: writing it as JSON cannot fail.
        ViewKey(serde_json::to_string(&self.normalised()).unwrap_or_default())
    }

    /// The time zone of this query.
    ///
    /// # Errors
    /// Where the name is not one of the IANA database.
    pub fn zone(&self) -> Result<TimeZone, QueryError> {
        self.zone_of(None)
    }

    /// The time zone of a part of this query that may name one of its own.
    ///
    /// # Errors
    /// As [`Query::zone`].
    pub fn zone_of(&self, own: Option<&str>) -> Result<TimeZone, QueryError> {
        let name = own.unwrap_or(&self.time_zone);
        TimeZone::get(name).map_err(|_| {
            QueryError::invalid("time_zone", format!("\"{name}\" is not an IANA time zone"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ViewKey {
        Query::from_text(text).unwrap().view_key()
    }

    #[test]
    fn the_key_of_a_text_at_the_limits_can_be_read() {
        let conditions: Vec<String> =
            (0..247).map(|n| format!("field:a_value_of_length_{n:05}")).collect();
        let long = conditions.join(" or ");
        let deep = (0..31).fold("a".to_owned(), |inner, _| format!("a b -({inner})"));
        for (text, language) in [(long, "dql"), (deep, "lucene")] {
            let query = serde_json::json!({"stream": "s", "query": text, "language": language});
            let key = Query::from_json(&query).unwrap().view_key();
            assert_eq!(Query::from_text(key.as_str()).map(|query| query.view_key()), Ok(key));
        }
    }

    #[test]
    fn equal_questions_have_one_key() {
        let plain =
            key(r#"{"stream":"s","filters":[{"exists":{"field":"a"}},{"exists":{"field":"b"}}]}"#);
        let dressed = key(
            r#"{"filters":[{"exists":{"field":"b"},"label":"has b"},{"exists":{"field":"a"}},
                {"exists":{"field":"c"},"disabled":true}],"stream":"s","metrics":[{"id":"count","type":"count"}],
                "time_zone":"UTC","over":"records"}"#,
        );
        assert_eq!(plain, dressed);
        assert_ne!(plain, key(r#"{"stream":"s"}"#));
        let asked = key(r#"{"stream":"s","query":"a: 1 and not b: \"x\""}"#);
        assert_eq!(
            asked,
            key(r#"{"stream":"s","query":" (NOT b:\"x\") AND a:1","language":"kuery"}"#)
        );
        assert_eq!(
            key(r#"{"stream":"s"}"#),
            key(r#"{"stream":"s","query":"*:*","language":"lucene"}"#)
        );
        let pill = key(r#"{"stream":"s","filters":[{"query":{"query":"b or a"},"pinned":true}]}"#);
        assert_eq!(pill, key(r#"{"stream":"s","filters":[{"query":{"query":"a or b"}}]}"#));
    }
}
