//! Tumbling windows of keyed aggregates that survive being killed at any moment. Pure: records in, rows out; no broker,
//! no clock.
//!
//! The state is never stored: it is rebuilt from the input. Three rules make that invisible from outside.
//!
//! 1. **Lateness is decided by a record's own partition**: older than `lateness` against the newest event time before it
//!    in its partition. However partitions interleave, now or when read again, the same records count.
//! 2. **A window closes when no partition can add to it.** The *safe position* is one where everything before it belongs
//!    to closed, published windows; it is committed with the newest event time per partition and the time up to
//!    which windows are closed. Reading starts there again; closed windows are never touched again.
//! 3. **Nothing is published until the rebuilt state covers all that any published row covered** ([`Windows::is_holding`]).
//!    Values of a key therefore never go back. What every row needs to say for that is in [`Written`].
//!
//! A round of publishing is: [`Windows::take_rows`], write them with [`Windows::written`], await acknowledgement, then
//! [`Windows::published`]. A round begins only when the one before is acknowledged: any record of a round proves that
//! the earlier rounds are complete, so a row that changed only before them need not be written again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use hailstream_protocol::Value;

use super::metric::MetricState;
use super::shape::{Emit, Shape};
use crate::derived::positions::{Positions, Resume, SafePoint, Written, position};

/// A record that passed the stream's judgement, as far as a rollup sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// Event time, epoch ms.
    pub time_ms: i64,
    /// Whether it is one of those that are aggregated; otherwise it only tells how far time has come.
    pub passes: bool,
    /// Values of the `by` fields.
    pub group: &'a [Value],
    /// For each metric the value of its field.
    pub inputs: &'a [Value],
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It counts.
    Applied,
    /// It is none of those that are aggregated.
    Filtered,
    /// Too old for its partition.
    Late,
    /// Its window was published for good: while read again, or after its partition had been silent for long.
    Closed,
}

/// A row to be written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Start of the window, epoch ms.
    pub window_ms: i64,
    /// Values of the `by` fields.
    pub group: Arc<[Value]>,
    /// Values of the metrics.
    pub values: Vec<Value>,
}

#[derive(Clone, Debug)]
struct Partition {
    topic: String,
    number: i32,
    next: i64,
    newest_ms: Option<i64>,
    is_idle: bool,
    is_behind: bool,
    /// Newest event time two calls and one call of [`Windows::settle`] ago.
    settled_ms: [Option<i64>; 2],
}

#[derive(Clone, Debug)]
struct OpenRow {
    metrics: Vec<MetricState>,
    /// Changed since it was last published.
    is_changed: bool,
}

/// Positions at some moment: safe to start from once all it touched is closed.
#[derive(Clone, Debug)]
struct Mark {
    positions: BTreeMap<(String, i32), (i64, Option<i64>)>,
    /// Newest event time among all records before it.
    newest_ms: Option<i64>,
}

/// Marks kept: when there are more, every other one is forgotten.
const MARKS: usize = 128;

/// The state machine; see the module's words.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    shape: Shape,
    partitions: Vec<Partition>,
    windows: BTreeMap<i64, BTreeMap<Arc<[Value]>, OpenRow>>,
    resume: Resume,
    is_holding: bool,
    closed_until_ms: Option<i64>,
    newest_ms: Option<i64>,
    /// Positions of the last round that was acknowledged.
    published: Positions,
    /// The last round left out no row.
    is_all_written: bool,
    /// Number of the round that is next.
    round: u64,
    marks: VecDeque<Mark>,
}

impl Windows {
    /// Starts where the run before left off.
    #[must_use]
    pub(super) fn new(shape: Shape, resume: Resume) -> Self {
        Self {
            shape,
            partitions: Vec::new(),
            windows: BTreeMap::new(),
            is_holding: true,
            closed_until_ms: resume.closed_until_ms,
            newest_ms: None,
            published: resume.written.published.clone(),
            is_all_written: true,
            round: resume.written.round + 1,
            marks: VecDeque::new(),
            resume,
        }
    }

    /// Reading of a partition starts at `offset`; gives the number by which its records name it.
    pub(super) fn start(&mut self, topic: &str, number: i32, offset: i64) -> usize {
        let known =
            self.partitions.iter().position(|one| one.topic == topic && one.number == number);
        if let Some(known) = known {
            self.starts_over(known, offset);
            return known;
        }
        let (wanted, newest_ms) =
            self.resume.start.get(&(topic.to_owned(), number)).copied().unwrap_or_default();
        let counted = position(&self.resume.written.reached, topic, number);
        let topic = topic.to_owned();
        self.partitions.push(Partition {
            topic,
            number,
            next: offset,
            newest_ms,
            is_idle: false,
            is_behind: false,
            settled_ms: [None; 2],
        });
        let started = self.partitions.len() - 1;
        if offset < wanted {
            self.starts_over(started, offset);
        } else if offset > wanted && counted.is_some_and(|counted| wanted < counted) {
            self.freeze();
        }
        started
    }

    /// The topic was created anew: what is known of its offsets holds no more.
    fn starts_over(&mut self, partition: usize, offset: i64) {
        let own = &mut self.partitions[partition];
        own.next = offset;
        own.newest_ms = None;
        for positions in [&mut self.resume.written.reached, &mut self.resume.written.published] {
            if let Some(partitions) = positions.get_mut(&own.topic) {
                partitions.remove(&own.number);
            }
        }
    }

    /// Input that had been counted can no longer be read: what was published stays as it is for good.
    fn freeze(&mut self) {
        let newest_ms = self.resume.written.newest_ms.max(self.newest_ms);
        tracing::error!(
            "input that had been counted is gone: windows published so far are left as they are"
        );
        self.close_until(newest_ms.map(|newest| self.window_of(newest) + self.shape.window_ms));
        let Some(until_ms) = self.closed_until_ms else { return };
        let window_ms = self.shape.window_ms;
        self.windows.retain(|start, _| start + window_ms > until_ms);
    }

    fn window_of(&self, time_ms: i64) -> i64 {
        time_ms.div_euclid(self.shape.window_ms) * self.shape.window_ms
    }

    fn close_until(&mut self, until_ms: Option<i64>) {
        self.closed_until_ms = self.closed_until_ms.max(until_ms);
    }

    // ---- records ---------------------------------------------------------------------------------

    /// Takes in the record at `offset`.
    pub(super) fn apply(&mut self, partition: usize, offset: i64, record: Record<'_>) -> Verdict {
        let before = self.partitions[partition].newest_ms;
        self.pass(partition, offset);
        let own = &mut self.partitions[partition];
        own.newest_ms = own.newest_ms.max(Some(record.time_ms));
        if before.is_some_and(|newest| record.time_ms < newest - self.shape.lateness_ms) {
            return Verdict::Late;
        }
        let published = position(&self.resume.written.published, &own.topic, own.number);
        let is_unpublished =
            self.shape.emit == Emit::Close || published.is_none_or(|published| offset >= published);
        let start = self.window_of(record.time_ms);
        if self.closed_until_ms.is_some_and(|until| start + self.shape.window_ms <= until) {
            return Verdict::Closed;
        }
        self.newest_ms = self.newest_ms.max(Some(record.time_ms));
        if !record.passes {
            return Verdict::Filtered;
        }
        let rows = self.windows.entry(start).or_default();
        if !rows.contains_key(record.group) {
            let metrics = self.shape.metrics.iter().filter_map(MetricState::new).collect();
            rows.insert(Arc::from(record.group), OpenRow { metrics, is_changed: false });
        }
        if let Some(row) = rows.get_mut(record.group) {
            row.is_changed |= is_unpublished;
            for (metric, input) in row.metrics.iter_mut().zip(record.inputs) {
                metric.update(input);
            }
        }
        Verdict::Applied
    }

    /// Goes past a record that does not count (filtered, duplicate, dead letter).
    pub(super) fn pass(&mut self, partition: usize, offset: i64) {
        let own = &mut self.partitions[partition];
        own.next = offset + 1;
        own.is_idle = false;
    }

    /// The next offset of a partition.
    #[must_use]
    pub(super) fn next_offset(&self, partition: usize) -> i64 {
        self.partitions[partition].next
    }

    /// Whether a partition was read to its end and has been silent for long: it no longer keeps windows open, but the
    /// others close them only as far as they had come two calls of [`Windows::settle`] ago. A silent partition that
    /// wakes up together with the others shows itself before they outrun it.
    pub(super) fn idle(&mut self, partition: usize, is_idle: bool) {
        self.partitions[partition].is_idle = is_idle;
    }

    /// A moment has passed within which partitions that have more are known to be behind.
    pub(super) fn settle(&mut self) {
        for own in &mut self.partitions {
            own.settled_ms = [own.settled_ms[1], own.newest_ms];
        }
    }

    /// Whether a partition holds more than was read. See [`Windows::take_rows`].
    pub(super) fn behind(&mut self, partition: usize, is_behind: bool) {
        self.partitions[partition].is_behind = is_behind;
    }

    // ---- publishing ------------------------------------------------------------------------------

    /// The state does not yet cover all that was published before: nothing is written meanwhile.
    #[must_use]
    pub(super) fn is_holding(&self) -> bool {
        self.is_holding
    }

    /// Everything there was at the start has been read. Positions that were not reached by now never will be: that input
    /// was deleted or created anew. All that is open is written again then.
    pub(super) fn caught_up(&mut self) {
        let mut is_anew = false;
        for partition in 0..self.partitions.len() {
            let own = &self.partitions[partition];
            if self.resume.shows_more(&own.topic, own.number, own.next) {
                let (next, newest_ms) = (own.next, own.newest_ms);
                self.starts_over(partition, next);
                self.partitions[partition].newest_ms = newest_ms;
                is_anew = true;
            }
        }
        if is_anew {
            let rows = self.windows.values_mut().flat_map(BTreeMap::values_mut);
            rows.for_each(|row| row.is_changed = true);
        }
    }

    fn hold_or_release(&mut self) {
        let next = |topic: &str, number: i32| {
            let is_it = |own: &&Partition| own.topic == topic && own.number == number;
            self.partitions.iter().find(is_it).map(|own| own.next)
        };
        self.is_holding = self.is_holding && !self.resume.is_reached(next);
    }

    /// Closes what no partition can add to any more.
    fn close(&mut self) {
        let mut until_ms = None;
        let is_one_idle = self.partitions.iter().any(|partition| partition.is_idle);
        for partition in self.partitions.iter().filter(|partition| !partition.is_idle) {
            let reached = if is_one_idle { partition.settled_ms[0] } else { partition.newest_ms };
            let Some(newest_ms) = reached else { return };
            let open_from_ms = self.window_of(newest_ms.saturating_sub(self.shape.lateness_ms));
            until_ms = Some(until_ms.map_or(open_from_ms, |until: i64| until.min(open_from_ms)));
        }
        self.close_until(until_ms);
    }

    /// Windows that begin later than this are not written yet: partitions that are behind have not come so far. A reader
    /// of the rows would otherwise see time run ahead, and then take the rows of windows filled up later for late.
    fn write_until(&self) -> Option<i64> {
        let behind = self.partitions.iter().filter(|partition| partition.is_behind);
        behind.map(|partition| partition.newest_ms.unwrap_or(i64::MIN)).min()
    }

    /// The rows to be written now, by window and group. None while holding; while partitions are behind, none of
    /// windows that they have not reached.
    pub(super) fn take_rows(&mut self) -> Vec<Row> {
        self.close();
        self.hold_or_release();
        if self.is_holding {
            self.evict();
            return Vec::new();
        }
        let (closed_until_ms, write_until_ms) = (self.closed_until_ms, self.write_until());
        self.is_all_written = true;
        let (length, emit) = (self.shape.window_ms, self.shape.emit);
        let mut taken = Vec::new();
        for (start, rows) in &mut self.windows {
            let is_closed = closed_until_ms.is_some_and(|until| start + length <= until);
            let is_early = write_until_ms.is_some_and(|until| *start > until);
            if is_early || (emit == Emit::Close && !is_closed) {
                self.is_all_written &= rows.values().all(|row| !row.is_changed);
                continue;
            }
            for (group, row) in rows.iter_mut().filter(|(_, row)| row.is_changed) {
                row.is_changed = false;
                let values = row.metrics.iter().map(MetricState::value).collect();
                taken.push(Row { window_ms: *start, group: Arc::clone(group), values });
            }
        }
        taken
    }

    /// The highest round that was found in the output when this run began.
    #[must_use]
    pub(super) fn resumed_round(&self) -> u64 {
        self.resume.written.round
    }

    /// What the records of this round say.
    #[must_use]
    pub(super) fn written(&self) -> Written {
        let mut reached = Positions::new();
        for own in &self.partitions {
            reached.entry(own.topic.clone()).or_default().insert(own.number, own.next);
        }
        let newest_ms = self.newest_ms.max(self.resume.written.newest_ms);
        let published = self.published.clone();
        Written { round: self.round, reached, published, newest_ms }
    }

    /// All rows taken were acknowledged. Forgets closed windows; gives the safe point if there is a new one.
    pub(super) fn published(&mut self) -> Option<SafePoint> {
        if !self.is_holding {
            if self.is_all_written {
                self.published = self.written().reached;
            }
            self.round += 1;
        }
        self.mark();
        self.evict();
        self.safe_point()
    }

    /// Forgets rows of closed windows, but none that has still to be written.
    fn evict(&mut self) {
        let Some(until_ms) = self.closed_until_ms else { return };
        let mut open = self.windows.split_off(&(until_ms - self.shape.window_ms + 1));
        let mut closed = std::mem::take(&mut self.windows);
        closed.retain(|_, rows| {
            rows.retain(|_, row| row.is_changed);
            !rows.is_empty()
        });
        closed.append(&mut open);
        self.windows = closed;
    }

    fn mark(&mut self) {
        let positions: BTreeMap<_, _> = self
            .partitions
            .iter()
            .map(|own| ((own.topic.clone(), own.number), (own.next, own.newest_ms)))
            .collect();
        if self.marks.back().is_some_and(|last| last.positions == positions) {
            return;
        }
        self.marks.push_back(Mark { positions, newest_ms: self.newest_ms });
        if self.marks.len() > MARKS {
            let mut keep = false;
            self.marks.retain(|_| {
                keep = !keep;
                keep
            });
        }
    }

    /// The newest mark all of whose windows are closed and published; duplicates of what comes after it must be
    /// recognisable, so it lies that much earlier.
    fn safe_point(&mut self) -> Option<SafePoint> {
        let closed_until_ms = self.closed_until_ms?;
        let oldest = self.windows.first_key_value().map(|(start, _)| start + self.shape.window_ms);
        if self.is_holding || oldest.is_some_and(|oldest| oldest <= closed_until_ms) {
            return None;
        }
        let mut safe = None;
        while let Some(mark) = self.marks.front() {
            let touched_until_ms = mark.newest_ms.map_or(i64::MIN, |newest| {
                (self.window_of(newest) + self.shape.window_ms).saturating_add(self.shape.dedupe_ms)
            });
            if touched_until_ms > closed_until_ms {
                break;
            }
            safe = self.marks.pop_front();
        }
        safe.map(|mark| SafePoint {
            positions: mark.positions,
            published: Positions::new(),
            closed_until_ms: Some(closed_until_ms),
        })
    }
}

#[cfg(test)]
mod tests;
