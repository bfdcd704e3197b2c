//! `percentiles`: the values below which shares of all values lie; a column each, `id.95`. Exact up to 1,000 values in a
//! group (between two values as `numpy.percentile` and SQL's `percentile_cont` do), beyond that from a sketch: within 1 % of the
//! value.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Parameters, check_numbers, columns_of};
use crate::bucket::FilterQuery;
use crate::error::QueryError;

/// See the module's words. Null for an empty group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percentiles {
    /// The columns' names begin with it.
    pub id: String,
    /// A numeric field.
    pub field: String,
    /// Which, between 0 and 100.
    #[serde(default = "usual")]
    pub percents: Vec<f64>,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

fn usual() -> Vec<f64> {
    vec![1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0]
}

impl Parameters for Percentiles {
    reads_one_field!();

    fn columns(&self) -> Vec<String> {
        columns_of(&self.id, &self.percents)
    }

    fn check(&self, at: &str) -> Result<(), QueryError> {
        let at = format!("{at}.percents");
        check_numbers(&at, &self.percents)?;
        match self.percents.iter().position(|percent| !(0.0..=100.0).contains(percent)) {
            Some(index) => Err(QueryError::invalid(format!("{at}[{index}]"), "between 0 and 100")),
            None => Ok(()),
        }
    }
}
