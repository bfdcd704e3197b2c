//! `std_dev`: how far values lie from their average: OpenSearch's `std_deviation`, that of the population. It is computed
//! from exact sums of values and of their squares and so does not lose digits where the average is large. With `bound` it is
//! OpenSearch's `std_deviation_bounds`: the average and `sigma` deviations more or less.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Parameters;
use crate::bucket::FilterQuery;
use crate::error::QueryError;

/// See the module's words. Null for an empty group, and where a value lies beyond ±10^120.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StdDev {
    /// Column id.
    pub id: String,
    /// A numeric field.
    pub field: String,
    /// Which bound instead of the deviation itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// How many deviations a bound lies from the average.
    #[serde(default = "two")]
    pub sigma: f64,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

fn two() -> f64 {
    2.0
}

/// A bound of the band around the average.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Average and `sigma` deviations.
    Upper,
    /// Average less `sigma` deviations.
    Lower,
}

impl Parameters for StdDev {
    reads_one_field!();

    fn check(&self, at: &str) -> Result<(), QueryError> {
        if self.sigma.is_finite() && self.sigma >= 0.0 {
            return Ok(());
        }
        Err(QueryError::invalid(format!("{at}.sigma"), "a number of deviations, not below 0"))
    }
}
