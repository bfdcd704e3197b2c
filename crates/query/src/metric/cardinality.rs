//! `cardinality`: distinct values; OSD's "unique count". Exact up to `precision_threshold` of them in a group, beyond that
//! estimated, with a standard error of 0.8 % (at the default; 0.2 % at 40,000).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Parameters;
use crate::bucket::FilterQuery;
use crate::error::QueryError;

/// The greatest [`Cardinality::precision_threshold`], as in OpenSearch.
const MOST: u32 = 40_000;

/// See the module's words. 0 for an empty group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cardinality {
    /// Column id.
    pub id: String,
    /// The field it reads.
    pub field: String,
    /// Up to how many distinct values they are counted exactly; at most 40,000.
    #[serde(default = "usual")]
    pub precision_threshold: u32,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

fn usual() -> u32 {
    3_000
}

impl Parameters for Cardinality {
    reads_one_field!();

    fn check(&self, at: &str) -> Result<(), QueryError> {
        if self.precision_threshold <= MOST {
            return Ok(());
        }
        let at = format!("{at}.precision_threshold");
        Err(QueryError::invalid(at, format!("{} is above {MOST}", self.precision_threshold)))
    }
}
