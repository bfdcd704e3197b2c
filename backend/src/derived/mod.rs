//! Topics that are worked out from streams: what rollups and geofences have in common. A state machine of either kind is
//! given a stream's records, as the stream's engine judges them, and gives rows; what is here reads, writes, and begins
//! anew after a crash.
//!
//! Reading order: [`Machine`] → `input` (records into it) → `run` (Kafka in, Kafka out) → `memory` (what is left behind
//! for the next run).

pub(crate) mod file;
mod input;
pub(crate) mod key;
mod memory;
pub(crate) mod positions;
mod run;

use std::sync::Arc;

use hailstream_engine::StreamConfig;
use hailstream_protocol::Value;

use self::positions::{Origin, Resume, SafePoint, Written};
pub(crate) use self::run::{DerivedHandle, spawn};
use crate::source::checkpoint::{Checkpoint, CheckpointError};

/// What is worked out, from a checked file.
pub(crate) trait Derivation: Send + Sync + 'static {
    /// How.
    type Machine: Machine;

    /// What such a thing is called, in the log and in the names of its consumer groups.
    const KIND: &'static str;

    /// Its own name.
    fn name(&self) -> &str;

    /// The topic of its rows.
    fn to(&self) -> &str;

    /// Which of the stream's records count, in DQL.
    fn filter(&self) -> Option<&str>;

    /// Fields of the stream whose values are wanted.
    fn fields(&self, stream: &StreamConfig) -> Vec<String>;

    /// The state machine as the run before left it; what that wrote can be looked up in the output.
    ///
    /// # Errors
    /// The output cannot be read.
    fn begin(
        self: Arc<Self>,
        stream: &StreamConfig,
        resume: Resume,
        output: &Checkpoint,
    ) -> Result<Self::Machine, CheckpointError>;
}

/// A record that passed the stream's judgement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact<'a> {
    pub(crate) offset: i64,
    /// Event time, epoch ms.
    pub(crate) time_ms: i64,
    /// Whether it is one of those that count; otherwise it only tells how far time has come.
    pub(crate) passes: bool,
    /// Values of the wanted fields.
    pub(crate) values: &'a [Value],
}

/// A row to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) value: Vec<u8>,
    /// The record that made it, where it was a single one.
    pub(crate) origin: Option<Origin>,
}

/// A state machine that survives being killed at any moment. Pure: records in, rows out; no broker, no clock.
///
/// A round of publishing is: [`Machine::take_rows`], write them with [`Machine::written`], await acknowledgement, then
/// [`Machine::published`]. A round begins only when the one before is acknowledged: any record of a round proves that
/// the earlier rounds are complete.
pub(crate) trait Machine {
    /// Reading of a partition starts at `offset`; gives the number by which its records name it.
    fn start(&mut self, topic: &str, partition: i32, offset: i64) -> usize;

    /// Takes in a record.
    fn apply(&mut self, partition: usize, fact: Fact<'_>);

    /// Goes past a record that does not count (duplicate, dead letter), or was taken in.
    fn pass(&mut self, partition: usize, offset: i64);

    /// So many records could not be understood.
    fn refused(&mut self, records: usize);

    /// The next offset of a partition.
    fn next_offset(&self, partition: usize) -> i64;

    /// Everything there was at the start has been read.
    fn caught_up(&mut self);

    /// Whether a partition holds more than was read.
    fn behind(&mut self, partition: usize, is_behind: bool);

    /// Whether a partition was read to its end and has been silent for long.
    fn idle(&mut self, partition: usize, is_idle: bool);

    /// A moment has passed within which partitions that have more are known to be behind.
    fn settle(&mut self);

    /// The rows to be written now; none while holding.
    fn take_rows(&mut self) -> serde_json::Result<Vec<Row>>;

    /// The state does not yet cover all that was published before: nothing is written meanwhile.
    fn is_holding(&self) -> bool;

    /// The highest round that was found in the output when this run began.
    fn resumed_round(&self) -> u64;

    /// What the records of this round say.
    fn written(&self) -> Written;

    /// All rows taken were acknowledged; gives the safe point if there is a new one.
    fn published(&mut self) -> Option<SafePoint>;

    /// Tells people what was counted; called once a minute.
    fn tell(&mut self);
}
