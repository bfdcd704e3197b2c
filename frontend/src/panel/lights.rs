//! Lights over buckets that were corrected late: they come on and go out again, so that a past that changes does not change
//! unseen.

use std::cell::{Cell, RefCell};

use hailstream_chart::{Chart, corrections};
use hailstream_client::filters::Filters;
use hailstream_client::time_range::TimeRange;

use crate::dom;

/// How long a light is seen, ms.
const LIT_MS: f64 = 1_800.0;
/// So long after another question was put no answer is taken for a correction of the one before.
const BLIND_MS: f64 = 3_000.0;
/// Between pictures of a light that fades.
pub(super) const STEP_MS: f64 = 50.0;

/// See the module's words.
#[derive(Default)]
pub(super) struct Lights {
    /// What was asked when it was looked last.
    asked: RefCell<Option<(Filters, TimeRange)>>,
    blind_until: Cell<f64>,
    /// Of the answer that was looked at last.
    sequence: Cell<u64>,
    /// Start of a bucket, and when it was lit.
    lit: RefCell<Vec<(f64, f64)>>,
}

impl Lights {
    /// Looks at what changed since the picture before.
    pub(super) fn look(
        &self,
        (before, after): (Option<&Chart>, &Chart),
        sequence: u64,
        asked: (Filters, TimeRange),
        now: f64,
    ) {
        let known = self.asked.replace(Some(asked));
        if known.is_some() && known != *self.asked.borrow() {
            self.blind_until.set(now + BLIND_MS);
        }
        let follows = self.sequence.replace(sequence) < sequence && now > self.blind_until.get();
        let Some(before) = before.filter(|_| follows) else { return };
        let mut lit = self.lit.borrow_mut();
        for start in corrections(&before.table, &after.table) {
            lit.retain(|(other, _)| *other != start);
            lit.push((start, now));
        }
    }

    /// Which buckets are lit now, and how brightly.
    pub(super) fn now(&self, now: f64) -> Vec<(f64, f64)> {
        let mut lit = self.lit.borrow_mut();
        lit.retain(|(_, since)| now - since < LIT_MS);
        if lit.is_empty() {
            return Vec::new();
        }
        let stands = dom::reduced_motion();
        let brightness = |since: f64| if stands { 0.6 } else { 1.0 - (now - since) / LIT_MS };
        lit.iter().map(|(start, since)| (*start, brightness(*since))).collect()
    }

    /// Whether one is on.
    pub(super) fn are_on(&self) -> bool {
        !self.lit.borrow().is_empty()
    }
}
