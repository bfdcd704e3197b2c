//! What the two sides of Hailstream say to each other.
//!
//! Results and their deltas, the messages of the WebSocket and their two encodings, saved objects, and what the
//! HTTP API tells about streams. Only data and its codec live here: no I/O, no clock, no question language (that is
//! `hailstream-query`), no aggregation (that is `hailstream-engine`).
//!
//! Reading order: [`Value`] → [`QueryResult`] → [`Delta`] → [`ServerMessage`] / [`ClientMessage`] → [`frame`], then
//! [`saved_object`] and [`visualization`] for dashboards, [`stream_info`] for the accounts.

mod as_of;
mod bits;
mod delta;
mod explanation;
pub mod frame;
mod message;
mod problem;
mod result;
mod row_changes;
pub mod saved_object;
mod steps;
pub mod stream_info;
mod value;
pub mod visualization;

pub use as_of::{AsOf, AsOfDelta, Offsets, OffsetsDelta, TimestampType};
pub use delta::{CellChange, Change, Delta, DeltaError, Run};
pub use explanation::{BucketEstimate, Explanation, Upkeep};
pub use message::{
    ClientMessage, PROTOCOL_VERSION, PanelAddress, Position, Refusals, ServerMessage, StreamHealth,
    StreamState,
};
pub use problem::Problem;
pub use result::{Coverage, Gap, QueryResult, Range, Row, RowFlags, Truncated};
pub use row_changes::{Followed, RowChanges};
pub use steps::{ColumnSteps, Steps, StepsError};
pub use value::Value;
