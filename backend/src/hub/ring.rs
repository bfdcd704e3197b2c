//! What a view keeps for its viewers: the newest result, and recent deltas for those who are a little behind.
//!
//! Deltas that together weigh more than a snapshot are of no use to anybody, so the ring is small: every view has one, and those
//! of views that change seldom take long to fill.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use hailstream_protocol::{Delta, QueryResult};

use super::frame::SharedFrame;

/// Bounds of the ring; when full, the oldest deltas go and whoever still needed them gets a snapshot. The newest
/// delta always stays.
const MAX_DELTAS: usize = 256;
const MAX_BYTES: usize = 1 << 20;

/// The newest result of a view, encoded when first asked for.
#[derive(Debug)]
pub(crate) struct Snapshot {
    view: u32,
    result: Arc<QueryResult>,
    frame: OnceLock<SharedFrame>,
}

impl Snapshot {
    pub(crate) fn frame(&self) -> &SharedFrame {
        self.frame.get_or_init(|| SharedFrame::snapshot(self.view, &self.result))
    }

    pub(crate) fn result(&self) -> &Arc<QueryResult> {
        &self.result
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.result.as_of.sequence
    }
}

/// What brings a viewer up to date.
#[derive(Clone, Debug)]
pub(crate) enum CatchUp {
    /// Nothing: it is.
    Nothing,
    /// The one delta it misses.
    Delta(Arc<SharedFrame>),
    /// Several deltas, in order; the snapshot is there for the case that it weighs less.
    Deltas(Vec<Arc<SharedFrame>>, Arc<Snapshot>),
    /// The snapshot.
    Snapshot(Arc<Snapshot>),
}

#[derive(Debug, Default)]
pub(crate) struct Ring {
    newest: Option<Arc<Snapshot>>,
    /// Entry i leads to sequence `newest - len + 1 + i`.
    deltas: VecDeque<Arc<SharedFrame>>,
    bytes: usize,
}

impl Ring {
    /// Takes the next result; `delta` leads to it from the one before.
    pub(crate) fn push(&mut self, view: u32, result: Arc<QueryResult>, delta: Option<Delta>) {
        let follows = delta.as_ref().is_some_and(|delta| Some(delta.base) == self.sequence())
            && self.sequence().is_some_and(|before| before + 1 == result.as_of.sequence);
        match delta.filter(|_| follows) {
            Some(delta) => self.remember(SharedFrame::delta(view, delta)),
            None => {
                self.deltas.clear();
                self.bytes = 0;
            }
        }
        self.newest = Some(Arc::new(Snapshot { view, result, frame: OnceLock::new() }));
    }

    fn remember(&mut self, frame: SharedFrame) {
        self.bytes += frame.len();
        self.deltas.push_back(Arc::new(frame));
        while self.deltas.len() > 1 && (self.deltas.len() > MAX_DELTAS || self.bytes > MAX_BYTES) {
            self.bytes -= self.deltas.pop_front().map_or(0, |oldest| oldest.len());
        }
    }

    pub(crate) fn newest(&self) -> Option<&Arc<Snapshot>> {
        self.newest.as_ref()
    }

    pub(crate) fn sequence(&self) -> Option<u64> {
        self.newest.as_ref().map(|newest| newest.sequence())
    }

    /// Whether a viewer that holds `sequence` can go on without a snapshot.
    pub(crate) fn reaches(&self, sequence: u64) -> bool {
        self.missed(sequence).is_some()
    }

    /// How many deltas a viewer at `sequence` misses, if all of them are here.
    fn missed(&self, sequence: u64) -> Option<usize> {
        let missed = self.sequence()?.checked_sub(sequence)?;
        usize::try_from(missed).ok().filter(|missed| *missed <= self.deltas.len())
    }

    /// What brings a viewer that holds `sequence` (none: nothing yet) to the newest result.
    pub(crate) fn catch_up(&self, sequence: Option<u64>) -> CatchUp {
        let Some(newest) = &self.newest else { return CatchUp::Nothing };
        let missed = sequence.and_then(|sequence| self.missed(sequence));
        match missed {
            Some(0) => CatchUp::Nothing,
            Some(1) => self.deltas.back().map_or(CatchUp::Nothing, |d| CatchUp::Delta(d.clone())),
            Some(missed) => {
                let first = self.deltas.len() - missed;
                CatchUp::Deltas(self.deltas.range(first..).cloned().collect(), newest.clone())
            }
            None => CatchUp::Snapshot(newest.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::Value;

    use super::*;

    fn result(sequence: u64, text: &str) -> Arc<QueryResult> {
        let mut result = QueryResult {
            columns: vec!["a".into()],
            rows: vec![vec![Value::text(text)]],
            ..QueryResult::default()
        };
        result.as_of.sequence = sequence;
        Arc::new(result)
    }

    fn ring_of(sequences: std::ops::RangeInclusive<u64>, text: &str) -> Ring {
        let mut ring = Ring::default();
        let mut last: Option<Arc<QueryResult>> = None;
        for sequence in sequences {
            let next = result(sequence, &format!("{text}{sequence}"));
            let delta = last.map(|last| Delta::between(&last, &next, 0));
            ring.push(1, next.clone(), delta);
            last = Some(next);
        }
        ring
    }

    fn words(catch_up: &CatchUp) -> String {
        match catch_up {
            CatchUp::Nothing => "nothing".into(),
            CatchUp::Delta(_) => "delta".into(),
            CatchUp::Deltas(deltas, _) => format!("{} deltas", deltas.len()),
            CatchUp::Snapshot(snapshot) => format!("snapshot {}", snapshot.sequence()),
        }
    }

    #[test]
    fn viewers_get_what_they_miss() {
        let ring = ring_of(10..=15, "");
        for (have, want) in [
            (Some(15), "nothing"),
            (Some(14), "delta"),
            (Some(10), "5 deltas"),
            (Some(9), "snapshot 15"),
            (Some(16), "snapshot 15"),
            (None, "snapshot 15"),
        ] {
            assert_eq!(words(&ring.catch_up(have)), want, "{have:?}");
            assert_eq!(have.is_some_and(|have| ring.reaches(have)), !want.starts_with("snapshot"));
        }
    }

    #[test]
    fn the_oldest_go_when_the_ring_is_full() {
        let ring = ring_of(1..=3000, "");
        assert_eq!(words(&ring.catch_up(Some(3000 - 256))), "256 deltas");
        assert_eq!(words(&ring.catch_up(Some(3000 - 257))), "snapshot 3000");
        let ring = ring_of(1..=20, &"x".repeat(100_000));
        assert_eq!(words(&ring.catch_up(Some(11))), "9 deltas");
        assert_eq!(words(&ring.catch_up(Some(9))), "snapshot 20");
        let ring = ring_of(1..=3, &"x".repeat(2 << 20));
        assert_eq!(words(&ring.catch_up(Some(2))), "delta");
    }

    #[test]
    fn a_result_without_a_delta_starts_anew() {
        let mut ring = ring_of(1..=5, "");
        ring.push(1, result(9, "jump"), None);
        assert_eq!(words(&ring.catch_up(Some(5))), "snapshot 9");
        assert_eq!(words(&ring.catch_up(Some(8))), "snapshot 9");
    }
}
