//! `terms`: the values of a field, the first `size` in an order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Only these keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<serde_json::Value>>,
    /// Not these keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<Vec<serde_json::Value>>,
}

fn default_size() -> u32 {
    10
}

/// Order of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// A metric id, `_count` or `_key`.
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
