//! The answer to one query: rows in one order, with what the reader must know to trust them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::as_of::AsOf;
use crate::row_changes::{Followed, RowChanges};
use crate::value::Value;

/// One row: the cells of [`QueryResult::columns`], in their order.
pub type Row = Vec<Value>;

/// The full result of a query at one position of its stream. Times are epoch ms UTC.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QueryResult {
    /// Ids: buckets then metrics; for hits and entities the field names.
    pub columns: Vec<String>,
    /// Rows in the order the query defines; ties by key.
    pub rows: Vec<Row>,
    /// One entry per row, or none at all where no row has a flag.
    pub row_flags: Vec<RowFlags>,
    /// Records (or live entities) that match, whatever is shown of them.
    pub total: u64,
    /// Columns whose values are estimates.
    pub approximate: Vec<String>,
    /// Buckets that reach beyond this time may still change without any record being late.
    pub provisional_from_ms: Option<i64>,
    /// Per bucket id: how many of its keys are shown where there are more.
    pub truncated: BTreeMap<String, Truncated>,
    /// The time range that was asked for, resolved. Absent where the query has none.
    pub range: Option<Range>,
    /// From when on the answer is complete.
    pub coverage: Coverage,
    /// Which records the answer covers.
    pub as_of: AsOf,
    /// Which rows the last deltas changed: no part of the answer, and nothing that travels.
    #[serde(skip)]
    pub row_changes: RowChanges,
}

impl QueryResult {
    /// What somebody who has now looked at all rows is to keep. Nothing where changes are not followed.
    #[must_use]
    pub fn followed(&self) -> Option<Followed> {
        self.row_changes.followed(self.as_of.sequence)
    }

    /// The rows with cells that changed since then, some perhaps twice, where all others are what and where they were.
    #[must_use]
    pub fn rows_changed_since(&self, followed: Followed) -> Option<impl Iterator<Item = usize>> {
        self.row_changes.since(followed)
    }
}

/// What is special about a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RowFlags {
    /// The row gathers the keys beyond a `terms` bucket's size.
    pub other: bool,
}

/// How many keys of a bucket are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Truncated {
    /// Keys in the rows.
    pub shown: u64,
    /// Keys there are.
    pub of: u64,
}

/// The resolved time range, epoch ms, both ends inclusive as in OpenSearch. `to_ms` of a range that ends `now` is the
/// clock; records slightly ahead of it are not cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// First instant inside.
    pub from_ms: i64,
    /// Last instant inside.
    pub to_ms: i64,
}

/// From when on an answer is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Event time from which all records are known; absent while nothing is known.
    pub from_ms: Option<i64>,
    /// Whether the whole asked range is covered and nothing in it is missing.
    pub complete: bool,
    /// Known holes.
    pub gaps: Vec<Gap>,
}

/// A hole in the data: records that existed and could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Topic of the missing records.
    pub topic: String,
    /// Their partition.
    pub partition: i32,
    /// First missing offset.
    pub from_offset: i64,
    /// First offset present again.
    pub to_offset: i64,
    /// Why, for people.
    pub why: String,
}
