//! The rows that a stream keeps: batches in order of arrival, small ones joined.
//!
//! A quiet stream brings a row at a time, and a batch of one row costs far more than the row. So batches have classes by
//! their length, each eight times the one below, and neighbours of a class or below become one batch as soon as that is one
//! of the class above: each row is copied at most four times, as in a log-structured merge. Small batches between large ones
//! stay. Rows are numbered in order of arrival, so that joining does not disturb a back-fill.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::fields::Fields;
use crate::rows::Rows;

/// Batches of this class, 4,096 rows and more, are left alone.
const LARGE: u32 = 4;

#[derive(Default)]
pub(crate) struct Retained {
    batches: VecDeque<Arc<Rows>>,
    /// Number of the first row that is kept.
    first_row: u64,
    /// Number of the next row.
    next_row: u64,
    bytes: u64,
    /// Event time from which nothing was let go.
    from_ms: Option<i64>,
    /// Least event time that ever came.
    oldest_ms: Option<i64>,
}

impl Retained {
    /// Keeps a batch.
    pub(crate) fn push(&mut self, rows: Arc<Rows>, fields: &Fields) {
        self.next_row += rows.len() as u64;
        self.bytes += rows.bytes;
        let oldest = rows.origins.iter().map(|origin| origin.time_ms).min();
        self.oldest_ms = [self.oldest_ms, oldest].into_iter().flatten().min();
        self.batches.push_back(rows);
        for most in 0..LARGE {
            let small = || self.batches.iter().rev().take_while(|rows| class(rows.len()) <= most);
            if class(small().map(|rows| rows.len()).sum()) > most {
                let small = small().count();
                let first = self.batches.len() - small;
                let parts = self.batches.range(first..).map(AsRef::as_ref);
                let joined = Rows::joined(parts.clone(), fields);
                self.bytes -= parts.map(|part| part.bytes).sum::<u64>();
                self.bytes += joined.bytes;
                self.batches.truncate(first);
                self.batches.push_back(Arc::new(joined));
            }
        }
    }

    /// Lets rows go that are older than `before_ms` by arrival, as long as more than `bytes` are kept.
    pub(crate) fn retire(&mut self, before_ms: i64, bytes: u64) {
        while let Some(oldest) = self.batches.front()
            && oldest.received_ms < before_ms
            && self.bytes > bytes
        {
            let newest = oldest.origins.iter().map(|origin| origin.time_ms).max();
            self.from_ms = self.from_ms.max(newest.map(|newest| newest + 1));
            self.bytes -= oldest.bytes;
            self.first_row += oldest.len() as u64;
            self.batches.pop_front();
        }
    }

    /// Event time from which nothing was let go; none where nothing was.
    pub(crate) fn complete_from_ms(&self) -> Option<i64> {
        self.from_ms
    }

    /// Least event time that ever came.
    pub(crate) fn oldest_ms(&self) -> Option<i64> {
        self.oldest_ms
    }

    /// The batches, to be read elsewhere, and the number of the row after them.
    pub(crate) fn snapshot(&self) -> (Vec<Arc<Rows>>, u64) {
        (self.batches.iter().cloned().collect(), self.next_row)
    }

    /// Rows from this number on: batches, each with the first of its rows that counts.
    pub(crate) fn since(&self, row: u64) -> impl Iterator<Item = (&Arc<Rows>, usize)> {
        let mut start = self.first_row;
        self.batches.iter().filter_map(move |rows| {
            let skipped = row.saturating_sub(start).min(rows.len() as u64) as usize;
            start += rows.len() as u64;
            (skipped < rows.len()).then_some((rows, skipped))
        })
    }

    /// The batches, the newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Arc<Rows>> {
        self.batches.iter().rev()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.next_row - self.first_row
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Of so many rows: their logarithm to the base of eight.
fn class(rows: usize) -> u32 {
    rows.checked_ilog2().unwrap_or_default() / 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Dictionary;
    use crate::rows::{Origin, RowsBuilder};

    /// Lengths are as the digits of a number to the base of eight: no row was copied more often than there are classes.
    #[test]
    fn rows_that_come_one_by_one_are_joined_by_class() {
        let (mut fields, mut retained) = (Fields::default(), Retained::default());
        let mut push = |offset: i64| {
            let origin =
                Origin { time_ms: offset, topic: 0, partition: 0, offset, timestamp_ms: None };
            let mut builder = RowsBuilder::with_capacity(1);
            builder.commit(origin, &mut fields, &Dictionary::default());
            retained.push(Arc::new(builder.finish(0)), &fields);
            retained.batches.iter().map(|rows| rows.len()).collect::<Vec<_>>()
        };
        for offset in 0..4_095 {
            push(offset);
        }
        let lengths = push(4_095);
        assert_eq!(lengths, [4_096]);
        for offset in 4_096..4_096 + 0o2_313 {
            push(offset);
        }
        let lengths = push(4_096 + 0o2_313);
        assert_eq!(lengths, [4_096, 512, 512, 64, 64, 64, 8, 1, 1, 1, 1]);
        let offsets = retained.since(0).flat_map(|(rows, _)| rows.origins.iter());
        assert!(offsets.map(|origin| origin.offset).eq(0..4_096 + 0o2_314));
    }
}
