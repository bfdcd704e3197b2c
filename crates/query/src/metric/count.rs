//! `count`: records in the group; with a `filter`, those of them that match.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Parameters;
use crate::bucket::FilterQuery;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Column id.
    pub id: String,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

impl Parameters for Count {
    fn id(&self) -> &str {
        &self.id
    }

    fn filter(&self) -> Option<&FilterQuery> {
        self.filter.as_ref()
    }

    fn filter_mut(&mut self) -> Option<&mut FilterQuery> {
        self.filter.as_mut()
    }
}
