//! `percentile_ranks`: how many per cent of all values lie at or below given values; a column each, `id.30`. Exact up to 1,000
//! values in a group, beyond that the rank of a number within 1 % of the given one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Parameters, check_numbers, columns_of};
use crate::bucket::FilterQuery;
use crate::error::QueryError;

/// See the module's words. Null for an empty group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PercentileRanks {
    /// The columns' names begin with it.
    pub id: String,
    /// A numeric field.
    pub field: String,
    /// Whose ranks.
    pub values: Vec<f64>,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

impl Parameters for PercentileRanks {
    reads_one_field!();

    fn columns(&self) -> Vec<String> {
        columns_of(&self.id, &self.values)
    }

    fn check(&self, at: &str) -> Result<(), QueryError> {
        check_numbers(&format!("{at}.values"), &self.values)
    }
}
