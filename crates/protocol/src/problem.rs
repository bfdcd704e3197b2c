//! An error as the HTTP API tells it: `application/problem+json` (RFC 9457).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What went wrong, where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Kind of problem, a stable word such as `invalid_query`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind, for people.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What exactly, with what was expected.
    pub detail: String,
    /// The place: a path into the request (`buckets[0].interval`), or a file and line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}
