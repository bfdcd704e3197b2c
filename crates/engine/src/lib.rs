//! The heart: records in, results and deltas out.
//!
//! Pure: no I/O, no clock, no threads. An [`Engine`] holds one stream: it judges records, keeps the account and the
//! retained rows, and folds rows into views. Time arrives as data, so every test is reproducible.
//!
//! Reading order: [`StreamConfig`] → `decode` (bytes → cells) → `stream` (judgement, account) → `rows` (columns) →
//! `view` (panes, groups, results) → [`Engine`]; [`naive`] is the slow evaluator that all of it is held against.

mod account;
pub mod config;
mod decode;
mod engine;
mod exact_sum;
mod fields;
mod filter;
pub mod naive;
mod record;
mod retained;
mod rows;
mod runtime;
mod view;

pub use config::{
    Clock, ConfigError, FieldType, Mode, StreamConfig, TimeUnit, TopicSelector, bytes_of,
};
pub use engine::{Backfill, BackfilledView, Engine, Judged, Tick, ViewId};
pub use exact_sum::ExactSum;
pub use filter::Where;
pub use record::{DeadLetter, RawRecord};
pub use view::Budget;
