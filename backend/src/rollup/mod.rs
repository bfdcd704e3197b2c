//! The embedded stream processor: tumbling windows of a stream into keyed rows of another, which is consumed again as an
//! `upsert` stream. The place that Spark or Flink have where one machine is not enough.
//!
//! Reading order: [`windows`] (the state machine, pure) → `config` (the file) → `run` (Kafka in, Kafka out).

mod metric;
pub mod positions;
pub mod shape;
mod sum;
pub mod windows;
