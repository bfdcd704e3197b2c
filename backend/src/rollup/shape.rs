//! What a rollup aggregates, as its state machine needs to know it.

use hailstream_query::Metric;

/// When rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// When they change, and so several times.
    Update,
    /// Once, when their window has closed.
    Close,
}

/// What is aggregated.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Length of a window.
    pub window_ms: i64,
    /// Records older than this against their partition's newest do not count.
    pub lateness_ms: i64,
    /// How far back duplicates are recognised: reading must start so much before the first open window.
    pub dedupe_ms: i64,
    /// The metrics of a row.
    pub metrics: Vec<Metric>,
    /// When rows are written.
    pub emit: Emit,
}
