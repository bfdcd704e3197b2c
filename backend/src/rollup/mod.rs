//! The embedded stream processor: tumbling windows of a stream into keyed rows of another, which is consumed again as an
//! `upsert` stream. The place that Spark or Flink have where one machine is not enough.
//!
//! Reading order: [`config`] (the file) → [`windows`] (the state machine, pure) → `run` (Kafka in, Kafka out).

pub mod config;
mod metric;
mod output;
pub mod positions;
pub mod shape;
mod sum;
pub mod windows;
