//! `table`: the rows of the result, ranked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `table`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableParams {
    /// Columns in order; all of the result where empty.
    pub columns: Vec<TableColumn>,
    /// Number the rows and show how they moved.
    pub rank: bool,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableColumn {
    /// Bucket or metric id, or field.
    pub id: String,
    /// Header.
    pub title: String,
    /// How numbers are shown.
    pub format: Format,
    /// A bar beside the number, relative to the column's largest.
    pub bar: bool,
}
