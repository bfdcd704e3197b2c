//! `top_hits`: what the first records of a group in an order say; by default the newest. With `field` (OSD's "Top Hit") its value,
//! of several records all values or one number made of them; with `_source` the records themselves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Parameters;
use crate::bucket::{Direction, FilterQuery};
use crate::error::QueryError;

/// As many records as OpenSearch gives (`index.max_inner_result_window`).
const MOST: u32 = 100;

/// See the module's words. Null for an empty group. One record gives a value, several (`size`) a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopHits {
    /// Column id.
    pub id: String,
    /// Whose values; instead of `_source`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The fields of the records; instead of `field`.
    #[serde(default, rename = "_source", skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// How many records; at most 100.
    #[serde(default = "one")]
    pub size: u32,
    /// Which records come first; the newest where absent. Records without the field come last; ties: the newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// What is made of the values of several records.
    #[serde(default)]
    pub aggregate: Aggregate,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

fn one() -> u32 {
    1
}

/// An order of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// By this field.
    pub field: String,
    /// Which way.
    #[serde(default)]
    pub order: Direction,
}

/// What is made of the values of several records, with OSD's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// A list of them.
    #[default]
    Concat,
    /// Their average.
    Average,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// Their sum.
    Sum,
}

impl Parameters for TopHits {
    fn id(&self) -> &str {
        &self.id
    }

    fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    fn filter(&self) -> Option<&FilterQuery> {
        self.filter.as_ref()
    }

    fn filter_mut(&mut self) -> Option<&mut FilterQuery> {
        self.filter.as_mut()
    }

    fn check(&self, at: &str) -> Result<(), QueryError> {
        if self.field.is_some() != self.source.is_empty() {
            let detail = "top_hits has either a field or a list of fields in _source";
            return Err(QueryError::invalid(format!("{at}.field"), detail));
        }
        if self.aggregate != Aggregate::Concat && self.field.is_none() {
            return Err(QueryError::invalid(format!("{at}.aggregate"), "goes with field only"));
        }
        if !(1..=MOST).contains(&self.size) {
            let detail = format!("{} is not between 1 and {MOST}", self.size);
            return Err(QueryError::invalid(format!("{at}.size"), detail));
        }
        Ok(())
    }
}
