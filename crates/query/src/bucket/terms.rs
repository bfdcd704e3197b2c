//! `terms`: the values of a field, the first `size` in an order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Keys;
use crate::error::QueryError;
use crate::metric::Metric;
use crate::model::Query;
use crate::near::nearest;
use crate::validate::size as check_size;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Column id.
    pub id: String,
    /// A keyword, boolean, date or numeric field.
    pub field: String,
    /// How many keys are shown.
    #[serde(default = "default_size")]
    pub size: u32,
    /// Which come first; ties by key ascending.
    #[serde(default)]
    pub order: Order,
    /// A last row for all other keys: key null, `other` in its flags.
    #[serde(default)]
    pub other: bool,
    /// Key under which records without the field are gathered; they are left out where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<serde_json::Value>,
    /// Only these keys: a list, or a regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Keys>,
    /// Not these keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<Keys>,
}

impl Terms {
    pub(super) fn check(&self, at: &str, query: &Query) -> Result<(), QueryError> {
        check_size(&format!("{at}.size"), self.size)?;
        check_order(&format!("{at}.order.by"), &self.order.by, query)?;
        for (name, keys) in [("include", &self.include), ("exclude", &self.exclude)] {
            let regex = keys.as_ref().map_or(Ok(None), Keys::regex);
            regex.map_err(|words| QueryError::invalid(format!("{at}.{name}"), words))?;
        }
        if self.missing.as_ref().is_some_and(|missing| missing.is_array() || missing.is_object()) {
            return Err(QueryError::invalid(format!("{at}.missing"), "a word, number or boolean"));
        }
        Ok(())
    }
}

fn check_order(at: &str, by: &str, query: &Query) -> Result<(), QueryError> {
    let orders = |metric: &&Metric| metric.columns().iter().any(|column| column == by);
    if query.metrics.iter().filter(orders).any(|metric| metric.buckets_path().is_some()) {
        let words = format!("\"{by}\" goes along a series and orders nothing");
        return Err(QueryError::invalid(at, words));
    }
    let columns = query.metric_columns();
    if by == "_count" || by == "_key" || columns.iter().any(|column| column == by) {
        return Ok(());
    }
    let near = nearest(by, columns.iter().map(String::as_str).chain(["_count", "_key"]));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let words = format!("\"{by}\" is neither _count, _key nor the column of a metric{near}");
    Err(QueryError::invalid(at, words))
}

fn default_size() -> u32 {
    10
}

/// Order of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The column of a metric, `_count` or `_key`.
    #[serde(default = "by_count")]
    pub by: String,
    /// Which way.
    #[serde(default)]
    pub direction: Direction,
}

fn by_count() -> String {
    "_count".to_owned()
}

impl Default for Order {
    fn default() -> Self {
        Self { by: by_count(), direction: Direction::Desc }
    }
}

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    #[default]
    Desc,
}
