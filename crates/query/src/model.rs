//! The query object, and reading it from JSON.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bucket::{self, Bucket};
use crate::date_math::TimePoint;
use crate::entities::Entities;
use crate::error::QueryError;
use crate::filter::Filter;
use crate::metric::{self, Metric};
use crate::near::explain_serde;
use crate::runtime::RuntimeFields;
use crate::validate::validate;

/// A question to a stream: which records, grouped how, and what of each group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Name of the stream.
    pub stream: String,
    /// Text of the query bar; empty matches all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Its language.
    #[serde(default)]
    pub language: Language,
    /// Pill filters, all of which must match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Only records of this time; all that is retained where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeRange>,
    /// IANA name; rounds date math and calendar intervals.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Fields worked out of others, by name; buckets, metrics and filters name them as any other.
    #[serde(default, skip_serializing_if = "RuntimeFields::is_empty")]
    pub runtime: RuntimeFields,
    /// Records, or the newest record of each live entity.
    #[serde(default)]
    pub over: Over,
    /// Groups, outermost first; none = one row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<Bucket>,
    /// What is computed of each group; one `count` where absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// The newest records themselves, instead of groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hits: Option<Hits>,
    /// The newest record of each live entity, instead of groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Entities>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Language of [`Query::query`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Dashboards Query Language.
    #[default]
    #[serde(alias = "kuery")]
    Dql,
    /// The part of Lucene's query language that old boards use.
    Lucene,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Every record.
    #[default]
    Records,
    /// The newest record of each entity that is not expired.
    Entities,
}

/// A time range, both ends inclusive as in OpenSearch. An end of `now` is open: nothing newer is cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeRange {
    /// Start.
    pub from: TimePoint,
    /// End.
    pub to: TimePoint,
}

/// The newest records. Columns `_topic, _partition, _offset, _timestamp`, then the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hits {
    /// How many.
    #[serde(default = "hits_size")]
    pub size: u32,
    /// Which fields; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

fn hits_size() -> u32 {
    100
}

impl Query {
    /// Reads and validates a query.
    ///
    /// # Errors
    /// Names the place in the query, what is wrong, and near names.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, QueryError> {
        // Lists would be read, too: as the values of all keys in their order.
        if !json.is_object() {
            return Err(QueryError::invalid("query", "a query is an object"));
        }
        let query: Self = serde_path_to_error::deserialize(json).map_err(|error| {
            let at = error.path().to_string();
            let (at, words) = within_part(json, &at).unwrap_or((at, error.inner().to_string()));
            // A key may be empty, too.
            let is_whole = at == "." || at.is_empty();
            from_serde(if is_whole { "query".to_owned() } else { at }, &words)
        })?;
        validate(&query)?;
        Ok(query)
    }

    /// Reads and validates a query from text.
    ///
    /// # Errors
    /// As [`Query::from_json`], and where the text is not JSON.
    pub fn from_text(text: &str) -> Result<Self, QueryError> {
        let json = serde_json::from_str(text)
            .map_err(|error| QueryError::invalid("query", format!("not JSON: {error}")))?;
        Self::from_json(&json)
    }

    /// The columns of its metrics.
    #[must_use]
    pub fn metric_columns(&self) -> Vec<String> {
        self.metrics.iter().flat_map(Metric::columns).collect()
    }

    /// How many of the first columns make the key of a row in results of this query.
    #[must_use]
    pub fn key_columns(&self) -> usize {
        match (&self.hits, &self.entities) {
            (Some(_), _) => 3,
            (None, Some(_)) => 1,
            (None, None) => self.buckets.len(),
        }
    }
}

/// The place and words of an error in the bucket or metric that `at` names, e.g. `buckets[0].size`.
fn within_part(query: &serde_json::Value, at: &str) -> Option<(String, String)> {
    let (list, number) = at.strip_suffix(']')?.split_once('[')?;
    let part = query.get(list)?.get(number.parse::<usize>().ok()?)?;
    let (key, words) = match list {
        "buckets" => bucket::fault_within(part)?,
        "metrics" => metric::fault_within(part)?,
        _ => return None,
    };
    let within = if key == "." { at.to_owned() } else { format!("{at}.{key}") };
    Some((within, words))
}

fn from_serde(at: String, message: &str) -> QueryError {
    let unknown = message.strip_prefix("unknown variant `").and_then(|rest| rest.split('`').next());
    if let Some(name) = unknown
        && (bucket::NOT_YET.contains(&name) || metric::NOT_YET.contains(&name))
    {
        return QueryError::not_yet(at, &format!("`{name}`"));
    }
    QueryError::invalid(at, explain_serde(message))
}
