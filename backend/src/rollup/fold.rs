//! A rollup as what is derived from a stream: its windows, between records and rows.

use std::sync::Arc;

use hailstream_engine::StreamConfig;

use super::config::RollupConfig;
use super::output::{key_of, value_of};
use super::shape::Shape;
use super::windows::{Record, Windows};
use crate::derived::positions::{Resume, SafePoint, Written};
use crate::derived::{Derivation, Fact, Machine, Row};
use crate::source::checkpoint::{Checkpoint, CheckpointError};

impl Derivation for RollupConfig {
    type Machine = Fold;

    const KIND: &'static str = "rollup";

    fn name(&self) -> &str {
        &self.name
    }

    fn to(&self) -> &str {
        &self.to
    }

    fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Those of `by`, then one per metric.
    fn fields(&self, _: &StreamConfig) -> Vec<String> {
        let metrics =
            self.metrics.iter().map(|metric| metric.field().unwrap_or_default().to_owned());
        self.by.iter().cloned().chain(metrics).collect()
    }

    fn begin(
        self: Arc<Self>,
        stream: &StreamConfig,
        resume: Resume,
        _: &Checkpoint,
    ) -> Result<Fold, CheckpointError> {
        let shape = Shape {
            window_ms: self.window.millis(),
            lateness_ms: stream.lateness_ms(),
            // The engine remembers identities for one to two times the window.
            dedupe_ms: stream.dedupe().map_or(0, |(_, within_ms)| 2 * within_ms),
            metrics: self.metrics.clone(),
            emit: self.emit,
        };
        Ok(Fold { windows: Windows::new(shape, resume), config: self })
    }
}

/// See the module's words.
pub(crate) struct Fold {
    config: Arc<RollupConfig>,
    windows: Windows,
}

impl Machine for Fold {
    fn start(&mut self, topic: &str, partition: i32, offset: i64) -> usize {
        self.windows.start(topic, partition, offset)
    }

    fn apply(&mut self, partition: usize, fact: Fact<'_>) {
        let Fact { offset, time_ms, passes, values } = fact;
        let (group, inputs) = values.split_at(self.config.by.len());
        self.windows.apply(partition, offset, Record { time_ms, passes, group, inputs });
    }

    fn pass(&mut self, partition: usize, offset: i64) {
        self.windows.pass(partition, offset);
    }

    fn refused(&mut self, _: usize) {}

    fn next_offset(&self, partition: usize) -> i64 {
        self.windows.next_offset(partition)
    }

    fn caught_up(&mut self) {
        self.windows.caught_up();
    }

    fn behind(&mut self, partition: usize, is_behind: bool) {
        self.windows.behind(partition, is_behind);
    }

    fn idle(&mut self, partition: usize, is_idle: bool) {
        self.windows.idle(partition, is_idle);
    }

    fn settle(&mut self) {
        self.windows.settle();
    }

    fn take_rows(&mut self) -> serde_json::Result<Vec<Row>> {
        let config = &self.config;
        let row = |row| {
            let value = value_of(config, &row)?;
            Ok(Row { key: key_of(config, &row), value, origin: None })
        };
        self.windows.take_rows().into_iter().map(row).collect()
    }

    fn is_holding(&self) -> bool {
        self.windows.is_holding()
    }

    fn resumed_round(&self) -> u64 {
        self.windows.resumed_round()
    }

    fn written(&self) -> Written {
        self.windows.written()
    }

    fn published(&mut self) -> Option<SafePoint> {
        self.windows.published()
    }

    fn tell(&mut self) {}
}
