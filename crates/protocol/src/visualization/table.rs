//! `table`: the rows of the result, ranked or on pages, with totals and shares.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;
use super::map::ListOrder;

/// Parameters of `table`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableParams {
    /// Columns in order; all of the result where empty.
    pub columns: Vec<TableColumn>,
    /// Number the rows and show how they moved.
    pub rank: bool,
    /// Rows on a page; all on one where 0.
    pub per_page: u32,
    /// By which column rows stand until somebody sorts them otherwise; as the result has them where absent.
    pub sort: Option<TableSort>,
    /// What stands under each metric's column; no such row where absent.
    pub total: Option<Total>,
    /// Column whose shares of its sum stand in a column beside it; none where empty.
    pub percentage: String,
    /// Bucket id: a table of its own for each of its keys; one for all where empty.
    pub split: String,
    /// How those tables stand.
    pub split_direction: SplitDirection,
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
    /// Width in px; what its words need where absent.
    pub width: Option<u32>,
}

/// An order of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableSort {
    /// Column id; that of the column of shares is the metric's with `-percents` behind it.
    pub column: String,
    /// Which come first.
    pub order: ListOrder,
}

/// A number of all rows of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Total {
    /// Their sum.
    Sum,
    /// Their sum divided by the number of rows.
    Avg,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The number of rows.
    Count,
}

/// How the tables of a split one stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SplitDirection {
    /// Under each other.
    #[default]
    Rows,
    /// Beside each other.
    Columns,
}
