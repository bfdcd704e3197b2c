//! What an answer would cost, told before it is worked out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What it would take to answer a query, live. All but the limits are estimates: the newest records were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// Records that the stream holds: a new view is filled from these.
    pub records: u64,
    /// Keys that the answer shows, by bucket, in the query's order.
    pub buckets: Vec<BucketEstimate>,
    /// Rows of the answer.
    pub rows: u64,
    /// More rows are refused.
    pub most_rows: u64,
    /// Memory that the view's groups take, bytes.
    pub bytes: u64,
    /// Beyond so many bytes the smallest keys are no longer told apart, and the answer says so.
    pub most_bytes: u64,
    /// How the view is kept up to date.
    pub upkeep: Upkeep,
    /// A view of this question is there already: who asks again costs no more than the sending.
    pub is_standing: bool,
    /// Why the query is refused, if it is.
    pub refused: Option<String>,
}

/// How many keys a bucket has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BucketEstimate {
    /// The bucket's id.
    pub id: String,
    /// Keys shown.
    pub keys: u64,
}

/// How a view is kept up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Upkeep {
    /// Each record is taken in once, when it comes.
    Incremental,
    /// Worked out from all records that count, whenever something changed: rows replace each other, or what counts
    /// follows the clock.
    Anew,
}
