//! What is wrong with a query, and where.

use thiserror::Error;

/// A query that cannot be answered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{at}: {detail}")]
pub struct QueryError {
    /// Stable word: `invalid_query`, `not_yet`, `unknown_stream`, `unknown_field`, `too_expensive`.
    pub code: &'static str,
    /// Path into the query, e.g. `buckets[1].size`; `query` for the whole.
    pub at: String,
    /// What is wrong and what was expected.
    pub detail: String,
}

impl QueryError {
    /// A query that says something it may not say.
    #[must_use]
    pub fn invalid(at: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: "invalid_query", at: at.into(), detail: detail.into() }
    }

    /// A query that says something that is planned but not built.
    #[must_use]
    pub fn not_yet(at: impl Into<String>, what: &str) -> Self {
        Self { code: "not_yet", at: at.into(), detail: format!("{what} is not supported yet") }
    }
}
