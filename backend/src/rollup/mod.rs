//! The embedded stream processor: tumbling windows of a stream into keyed rows of another, which is consumed again as an
//! `upsert` stream. The place that Spark or Flink have where one machine is not enough.
//!
//! Reading order: [`config`] (the file) → [`windows`] (the state machine, pure) → `fold` (records into it) → `run`
//! (Kafka in, Kafka out) → `resume` (what is left behind for the next run).

pub mod config;
mod fold;
mod metric;
mod output;
pub mod positions;
mod resume;
pub mod run;
pub mod shape;
pub mod windows;

pub use run::{RollupError, RollupHandle, spawn};
