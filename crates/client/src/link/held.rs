//! The answer a subscription holds, and how it goes on when the page still shows the present one.
//!
//! What is shown must not change under the page's hands, so a delta makes a new result. Copying thousands of rows for a few
//! cells is what would cost most of a frame; instead the result before, which the page has let go of by then, is brought up
//! to date. Two copies take turns.

use std::sync::Arc;

use hailstream_protocol::{Delta, DeltaError, QueryResult};

/// Deltas kept for the other copy; with more than this, copying is cheaper than catching up.
const BEHIND: usize = 8;

/// See the module's words.
#[derive(Clone, Debug)]
pub(super) struct Held {
    result: Arc<QueryResult>,
    other: Option<Other>,
}

/// The copy before, and what it has missed.
#[derive(Clone, Debug)]
struct Other {
    result: Arc<QueryResult>,
    /// At most [`BEHIND`]: with more the copy is given up.
    missed: Vec<Delta>,
}

impl Held {
    pub(super) fn new(mut result: QueryResult) -> Self {
        result.row_changes.follow();
        Self { result: Arc::new(result), other: None }
    }

    pub(super) fn result(&self) -> &Arc<QueryResult> {
        &self.result
    }

    /// Takes the next delta.
    pub(super) fn advance(&mut self, delta: &Delta) -> Result<(), DeltaError> {
        if let Some(result) = Arc::get_mut(&mut self.result) {
            // Several in one frame: nobody has seen the one before.
            self.other = self.other.take().filter(|other| other.missed.len() < BEHIND);
            if let Some(other) = &mut self.other {
                other.missed.push(delta.clone());
            }
            return delta.clone().apply(result);
        }
        let next = match self.other.take() {
            Some(Other { mut result, missed }) => match Arc::get_mut(&mut result) {
                Some(other) => {
                    missed.into_iter().try_for_each(|missed| missed.apply(other))?;
                    delta.clone().apply(other)?;
                    result
                }
                None => self.copied(delta)?,
            },
            None => self.copied(delta)?,
        };
        let result = std::mem::replace(&mut self.result, next);
        self.other = Some(Other { result, missed: vec![delta.clone()] });
        Ok(())
    }

    fn copied(&self, delta: &Delta) -> Result<Arc<QueryResult>, DeltaError> {
        delta.clone().applied_to(&self.result).map(Arc::new)
    }
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::{AsOf, Value};

    use super::*;

    fn result(sequence: u64) -> QueryResult {
        let row = |at: u64| vec![Value::Int(at as i64), Value::Int((at * sequence) as i64)];
        QueryResult {
            columns: vec!["key".into(), "n".into()],
            rows: (sequence..sequence + 5).map(row).collect(),
            as_of: AsOf { sequence, ..AsOf::default() },
            ..QueryResult::default()
        }
    }

    /// Whatever the page holds on to, and however many deltas come between two looks.
    #[test]
    fn what_is_shown_stays_and_what_is_held_goes_on() {
        for looks_every in 1..12 {
            let mut held = Held::new(result(0));
            let mut shown = vec![Arc::clone(held.result())];
            for sequence in 1..40 {
                let delta = Delta::between(&result(sequence - 1), &result(sequence), 1);
                held.advance(&delta).unwrap();
                assert_eq!(**held.result(), result(sequence));
                if sequence % looks_every == 0 {
                    // The page lets go of all but its newest picture, and now and then of none.
                    shown.retain(|_| sequence % 5 == 0);
                    shown.push(Arc::clone(held.result()));
                }
                assert!(shown.iter().all(|shown| **shown == result(shown.as_of.sequence)));
            }
        }
    }

    #[test]
    fn the_copy_before_is_used_again_once_it_is_let_go() {
        let mut held = Held::new(result(0));
        let mut shown = Arc::clone(held.result());
        let mut places = Vec::new();
        for sequence in 1..7 {
            let delta = Delta::between(&result(sequence - 1), &result(sequence), 1);
            held.advance(&delta).unwrap();
            shown = Arc::clone(held.result());
            places.push(Arc::as_ptr(&shown));
        }
        assert_eq!(shown.as_of.sequence, 6);
        places.sort();
        places.dedup();
        assert_eq!(places.len(), 2);
    }
}
