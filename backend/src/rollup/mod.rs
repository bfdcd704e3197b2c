//! The embedded stream processor: tumbling windows of a stream into keyed rows of another, which is consumed again as an
//! `upsert` stream. The place that Spark or Flink have where one machine is not enough.
//!
//! Reading order: [`config`] (the file) → `windows` (the state machine, pure) → `fold` (records into it). What reads,
//! writes and begins anew is in `derived`.

pub mod config;
mod fold;
mod metric;
mod output;
mod shape;
mod windows;
