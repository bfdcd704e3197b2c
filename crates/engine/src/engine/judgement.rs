//! Judgement: where every record goes, in one order: decode → dead letter → filtered → duplicate →
//! late → applied.

use super::{Engine, RowKeys};
use crate::config::{Clock, Mode};
use crate::decode::{Cell, Refusal, Scratch, time};
use crate::record::{DeadLetter, RawRecord};
use crate::rows::{Origin, RowsBuilder};
use std::sync::Arc;

/// Records that are judged together: the rows they make so far, and what is reused from one to the next.
pub(super) struct Batch<'a> {
    pub(super) rows: RowsBuilder,
    pub(super) keys: RowKeys,
    scratch: Scratch<'a>,
    received_ms: i64,
}

impl Batch<'_> {
    pub(super) fn new(records: usize, received_ms: i64) -> Self {
        let (keys, scratch) = (RowKeys::new(), Scratch::default());
        Self { rows: RowsBuilder::with_capacity(records), keys, scratch, received_ms }
    }
}

impl Engine {
    /// The order of judgement: decode, dead letter, filtered, duplicate, late, applied.
    pub(super) fn judge<'a>(
        &mut self,
        record: &RawRecord<'a>,
        topic: u16,
        batch: &mut Batch<'a>,
    ) -> Result<(), Refusal> {
        let Some(value) = record.value else {
            self.partitions.get(topic, record.partition).account.tombstones += 1;
            if let (Mode::Upsert, Some(key)) = (self.config.mode(), record.key) {
                self.flush(batch);
                self.delete(key);
            }
            return Ok(());
        };
        self.decoder.read(value, &mut self.fields, &mut batch.scratch)?;
        let scratch = &batch.scratch;
        let time_ms = self.event_time(scratch, record)?;
        batch.rows.stage(scratch, &mut self.fields, &mut self.words)?;
        self.judge_future(time_ms, batch.received_ms)?;
        let key = self.row_key(scratch, record)?;
        let origin = Origin {
            time_ms,
            topic,
            partition: record.partition,
            offset: record.offset,
            timestamp_ms: record.timestamp_ms,
        };
        if !self.passes(origin, batch) {
            let state = self.partitions.get(topic, record.partition);
            state.account.filtered += 1;
            // It does not count, but shows how far time has come.
            state.newest_ms = state.newest_ms.max(Some(time_ms));
            if let Some(key) = key {
                self.flush(batch);
                self.forget(&key);
            }
            return Ok(());
        }
        let identity =
            self.config.dedupe().map(|(by, within)| (self.identity(scratch, by), within));
        if identity.as_ref().is_some_and(|(identity, _)| self.identities.contain(identity)) {
            self.partitions.get(topic, record.partition).account.duplicate += 1;
            return Ok(());
        }
        // A row that is told anew is what was meant all along. Nor is an old row that is new late: where a log is compacted,
        // it may be all that is left of one that was told in time.
        let lateness = (self.config.mode() == Mode::Append).then_some(self.config.lateness_ms());
        let state = self.partitions.get(topic, record.partition);
        let oldest =
            state.newest_ms.zip(lateness).map(|(newest, late)| newest.saturating_sub(late));
        if oldest.is_some_and(|oldest| time_ms < oldest) {
            state.account.late_dropped += 1;
            return Ok(());
        }
        state.newest_ms = state.newest_ms.max(Some(time_ms));
        state.account.applied += 1;
        if let Some((identity, within_ms)) = identity {
            self.identities.remember((topic, record.partition), identity, time_ms, within_ms);
        }
        batch.rows.commit(origin, &mut self.fields, &self.words);
        batch.keys.push(key);
        Ok(())
    }

    pub(super) fn event_time(
        &self,
        scratch: &Scratch<'_>,
        record: &RawRecord<'_>,
    ) -> Result<i64, Refusal> {
        let Some((field, unit, _)) = self.config.time() else {
            return record
                .timestamp_ms
                .ok_or_else(|| Refusal::new("no_time", "the record has no timestamp"));
        };
        let cell = self.time_field.and_then(|id| scratch.get(id));
        let cell =
            cell.ok_or_else(|| Refusal::new("no_time", format!("the field {field} is missing")))?;
        time::event_time_ms(cell, unit, &self.zone).ok_or_else(|| {
            let what = format!("{field}: not a time in the stream's unit");
            Refusal::new("wrong_type", what).of_field(field)
        })
    }

    pub(super) fn judge_future(&self, time_ms: i64, received_ms: i64) -> Result<(), Refusal> {
        let ahead = time_ms.saturating_sub(received_ms);
        if self.config.clock() == Clock::Wall && ahead > self.config.future_ms() {
            let what = format!("{} s ahead of the clock", ahead / 1_000);
            let field = self.config.time().map_or("", |(field, _, _)| field);
            return Err(Refusal::new("future", what).of_field(field));
        }
        Ok(())
    }

    pub(super) fn row_key(
        &mut self,
        scratch: &Scratch<'_>,
        record: &RawRecord<'_>,
    ) -> Result<Option<Box<[u8]>>, Refusal> {
        if self.config.mode() != Mode::Upsert {
            return Ok(None);
        }
        if self.config.key().is_empty() {
            let key =
                record.key.ok_or_else(|| Refusal::new("no_key", "an upsert record has a key"))?;
            return Ok(Some(key.into()));
        }
        let key = self.identity(scratch, self.config.key());
        if let Some(kafka_key) = record.key {
            self.row_keys.insert(kafka_key.into(), key.clone());
        }
        Ok(Some(key))
    }

    pub(super) fn identity(&self, scratch: &Scratch<'_>, by: &[String]) -> Box<[u8]> {
        let mut identity = Vec::new();
        for name in by {
            match self.fields.id(name).and_then(|id| scratch.get(id)) {
                Some(Cell::Text(text)) => identity.extend_from_slice(text.as_bytes()),
                Some(Cell::Int(number)) => {
                    identity.extend_from_slice(number.to_string().as_bytes());
                }
                Some(Cell::Float(number)) => {
                    identity.extend_from_slice(number.to_string().as_bytes());
                }
                Some(Cell::Bool(value)) => identity.push(u8::from(*value)),
                Some(Cell::Null) | None => {}
            }
            identity.push(0xff);
        }
        identity.into()
    }

    pub(super) fn refuse(
        &mut self,
        index: usize,
        record: &RawRecord<'_>,
        refusal: Refusal,
    ) -> DeadLetter {
        self.refused.note(record, &refusal);
        DeadLetter {
            index,
            topic: record.topic.to_owned(),
            partition: record.partition,
            offset: record.offset,
            reason: refusal.reason,
            detail: refusal.detail,
        }
    }

    pub(super) fn flush(&mut self, batch: &mut Batch<'_>) {
        if !batch.rows.is_empty() {
            let rows = self.finished(batch.rows.cut(), batch.received_ms);
            self.take_in(Arc::new(rows), std::mem::take(&mut batch.keys));
        }
    }

    /// Whether the staged record is one that the stream is of.
    fn passes(&self, origin: Origin, batch: &Batch<'_>) -> bool {
        let Some(filter) = &self.filter else { return true };
        let rows = self.finished(batch.rows.staged(origin, &self.fields), batch.received_ms);
        filter.over(&rows, &self.fields, &self.words).row(0)
    }

    /// A null deletes the row that the same Kafka key wrote last.
    pub(super) fn delete(&mut self, kafka_key: &[u8]) {
        let row_key = self.row_keys.remove(kafka_key);
        self.forget(row_key.as_deref().unwrap_or(kafka_key));
    }

    /// The row of a key goes: it was deleted, or has become one that does not count.
    fn forget(&mut self, row_key: &[u8]) {
        if self.current.remove(row_key).is_some() {
            self.views.values_mut().for_each(|entry| entry.stale = true);
        }
    }
}
