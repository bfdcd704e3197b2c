//! Which rows the last deltas changed, for who followed an answer of many rows and would otherwise look at all of them again.
//!
//! It is kept only where it was asked for ([`RowChanges::follow`]), travels with the answer, and is no part of it: answers that
//! came to be in different ways are equal.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::delta::{Delta, Run};

/// Deltas remembered: more than a page that draws is ever behind.
const REMEMBERED: usize = 16;

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct RowChanges {
    /// Tells answers apart whose sequences have nothing to do with each other. 0 where nothing is kept.
    line: u64,
    deltas: VecDeque<Changed>,
}

/// What one delta changed.
#[derive(Clone, Debug)]
struct Changed {
    /// Sequence of the answer before.
    base: u64,
    /// Rows of which cells changed; none where rows came, went or moved.
    rows: Option<Vec<u32>>,
}

/// How far somebody has followed an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    line: u64,
    sequence: u64,
}

impl RowChanges {
    /// Begins to keep what changes from here on.
    pub fn follow(&mut self) {
        static LINES: AtomicU64 = AtomicU64::new(1);
        *self = Self { line: LINES.fetch_add(1, Ordering::Relaxed), deltas: VecDeque::new() };
    }

    /// Remembers a delta that leads on from an answer of so many rows.
    pub(crate) fn remember(&mut self, delta: &Delta, rows: usize) {
        if self.line == 0 {
            return;
        }
        self.deltas.truncate(REMEMBERED - 1);
        self.deltas.push_front(Changed { base: delta.base, rows: changed_rows(delta, rows) });
    }

    /// Somebody has seen the answer at this sequence.
    pub(crate) fn followed(&self, sequence: u64) -> Option<Followed> {
        (self.line != 0).then_some(Followed { line: self.line, sequence })
    }

    /// Rows changed since then, some perhaps twice. Nothing where that is not known, or where rows came, went or moved.
    pub(crate) fn since(&self, followed: Followed) -> Option<impl Iterator<Item = usize>> {
        if followed.line != self.line {
            return None;
        }
        let first = self.deltas.iter().position(|delta| delta.base == followed.sequence)?;
        let deltas = self.deltas.iter().take(first + 1).map(|delta| delta.rows.as_deref());
        let deltas: Option<Vec<&[u32]>> = deltas.collect();
        Some(deltas?.into_iter().flatten().map(|row| *row as usize))
    }
}

/// Nothing of it is part of the answer.
impl PartialEq for RowChanges {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

fn changed_rows(delta: &Delta, rows: usize) -> Option<Vec<u32>> {
    let keeps_all = matches!(
        delta.runs.as_slice(), [Run::Keep { from: 0, count }] if *count as usize == rows
    );
    let is_like = keeps_all && delta.columns.is_same();
    is_like.then(|| {
        let stepped = delta.steps.iter().flat_map(|steps| steps.rows().iter().copied());
        stepped.chain(delta.cells.iter().map(|cell| cell.row)).collect()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::result::{QueryResult, Row};
    use crate::value::Value;

    fn result(sequence: u64, rows: &[(u8, i64)]) -> QueryResult {
        let row = |(key, number): &(u8, i64)| -> Row {
            vec![Value::Int((*key).into()), Value::Int(*number), Value::text(&number.to_string())]
        };
        let mut result = QueryResult {
            columns: ["key", "number", "text"].map(str::to_owned).to_vec(),
            rows: rows.iter().map(row).collect(),
            ..QueryResult::default()
        };
        result.as_of.sequence = sequence;
        result
    }

    fn changed(result: &QueryResult, followed: Option<Followed>) -> Option<Vec<usize>> {
        let mut rows: Vec<usize> = result.rows_changed_since(followed?)?.collect();
        rows.sort_unstable();
        rows.dedup();
        Some(rows)
    }

    #[test]
    fn who_follows_is_told_the_rows_of_all_deltas_since() {
        let answers =
            [[5, 6, 7], [5, 9, 7], [5, 9, 7], [4, 9, 7]].map(|[a, b, c]| [(0, a), (1, b), (2, c)]);
        let mut now = result(0, &answers[0]);
        assert_eq!(now.followed(), None, "nobody asked for it");
        now.row_changes.follow();
        let seen: Vec<Option<Followed>> = (1..)
            .zip(&answers[1..])
            .map(|(sequence, rows)| {
                let seen = now.followed();
                now = Delta::between(&now, &result(sequence, rows), 1).applied_to(&now).unwrap();
                seen
            })
            .collect();
        let told: Vec<_> = seen.iter().map(|seen| changed(&now, *seen)).collect();
        assert_eq!(told, [Some(vec![0, 1]), Some(vec![0]), Some(vec![0])]);
        assert_eq!(changed(&now, now.followed()), None, "nothing leads on from there yet");

        let mut elsewhere = now.clone();
        elsewhere.row_changes.follow();
        assert_eq!(changed(&elsewhere, seen[0]), None, "another answer with the same sequences");
        let one_more = result(4, &[(0, 4), (1, 9), (2, 7), (3, 1)]);
        now = Delta::between(&now, &one_more, 1).applied_to(&now).unwrap();
        assert_eq!(changed(&now, seen[0]), None, "a row came");
    }

    proptest! {
        /// Rows that nobody is told of are what they were.
        #[test]
        fn what_is_not_told_has_not_changed(
            answers in proptest::collection::vec(proptest::collection::vec((0u8..4, 0i64..3), 3..5), 2..40),
            keys in 0usize..2,
        ) {
            let answers: Vec<QueryResult> = (0..).zip(answers).map(|(sequence, mut rows)| {
                rows.sort_unstable();
                rows.dedup_by_key(|(key, _)| *key);
                result(sequence, &rows)
            }).collect();
            let mut now = answers[0].clone();
            now.row_changes.follow();
            let mut seen = vec![(now.followed(), answers[0].clone())];
            for next in &answers[1..] {
                Delta::between(&now, next, keys).apply(&mut now).unwrap();
                for (followed, before) in &seen {
                    if let Some(rows) = changed(&now, *followed) {
                        prop_assert_eq!(before.rows.len(), now.rows.len());
                        for (row, (old, new)) in before.rows.iter().zip(&now.rows).enumerate() {
                            prop_assert!(old == new || rows.contains(&row), "row {}", row);
                        }
                    }
                }
                seen.push((now.followed(), next.clone()));
            }
        }
    }
}
