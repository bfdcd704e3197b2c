//! The difference between two results of one view, and its application.
//!
//! The law, property-tested below: `apply(old, diff(old, new)) == new`. A delta names the sequence it starts from;
//! applying it to anything else is an error that asks for a snapshot.
//!
//! Form: the new rows are described as runs copied from the old rows or inserted, then whole numbers step, then single
//! cells are changed. A sliding histogram is "keep all but the first, insert one, step the last"; a moved row of a ranking
//! is a run of length one.

mod packed_runs;
mod rows;
mod wire;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::as_of::AsOfDelta;
use crate::result::{Coverage, QueryResult, Range, Row, RowFlags, Truncated};
use crate::steps::Steps;
use crate::value::Value;
use rows::{Edits, rows_after, rows_between};

/// Whether a part of the result changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change<T> {
    /// As before.
    #[default]
    Same,
    /// This is the new value.
    To(T),
}

/// A stretch of the new rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// `count` old rows from index `from` on.
    Keep {
        /// First old row.
        from: u32,
        /// How many.
        count: u32,
    },
    /// Rows that were not there.
    Insert(Vec<Row>),
}

/// One cell of a kept row that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CellChange {
    /// Index in the new rows.
    pub row: u32,
    /// Index in the columns.
    pub column: u32,
    /// New value.
    pub value: Value,
}

/// What changed from one result of a view to a later one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self")]
pub struct Delta {
    /// Sequence of the result this applies to.
    pub base: u64,
    /// Columns; change only when a stream's inferred fields do.
    pub columns: Change<Vec<String>>,
    /// The new rows as runs.
    pub runs: Vec<Run>,
    /// Changed whole numbers of kept rows, where that is shorter than cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
    /// Changed cells of kept rows.
    pub cells: Vec<CellChange>,
    /// Flags of the rows.
    pub row_flags: Change<Vec<RowFlags>>,
    /// Matching records.
    pub total: Change<u64>,
    /// Columns that are estimates.
    pub approximate: Change<Vec<String>>,
    /// Provisional mark.
    pub provisional_from_ms: Change<Option<i64>>,
    /// Truncated buckets.
    pub truncated: Change<BTreeMap<String, Truncated>>,
    /// Resolved time range.
    pub range: Change<Option<Range>>,
    /// Coverage.
    pub coverage: Change<Coverage>,
    /// Stamps and positions.
    pub as_of: AsOfDelta,
}

/// Why a delta does not fit a result: the viewer needs a snapshot.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DeltaError {
    /// The delta starts elsewhere.
    #[error("delta starts at sequence {base}, the result is at {at}")]
    OtherBase {
        /// Where the delta starts.
        base: u64,
        /// Where the result is.
        at: u64,
    },
    /// A run or cell names something that is not there.
    #[error("delta names row {row} of {rows}")]
    NoSuchRow {
        /// Row index named.
        row: u64,
        /// Rows there are.
        rows: u64,
    },
    /// A step from a cell that holds no whole number.
    #[error("delta steps in row {row}, column {column}, where no whole number is")]
    NoWholeNumber {
        /// Row index named.
        row: u64,
        /// Column index named.
        column: u32,
    },
}

impl<T: PartialEq + Clone> Change<T> {
    fn between(old: &T, new: &T) -> Self {
        if old == new { Self::Same } else { Self::To(new.clone()) }
    }
}

impl<T> Change<T> {
    pub(crate) fn is_same(&self) -> bool {
        matches!(self, Self::Same)
    }

    fn apply_to(self, target: &mut T) {
        if let Self::To(value) = self {
            *target = value;
        }
    }
}

impl Delta {
    /// The difference from `old` to `new`. Rows are recognised by their first `key_columns` cells; with none they are
    /// recognised by place.
    #[must_use]
    pub fn between(old: &QueryResult, new: &QueryResult, key_columns: usize) -> Self {
        let same_columns = old.columns == new.columns;
        let Edits { runs, steps, cells } = if same_columns {
            rows_between(&old.rows, &new.rows, key_columns)
        } else {
            Edits { runs: vec![Run::Insert(new.rows.clone())], ..Edits::default() }
        };
        Self {
            base: old.as_of.sequence,
            columns: Change::between(&old.columns, &new.columns),
            runs,
            steps,
            cells,
            row_flags: Change::between(&old.row_flags, &new.row_flags),
            total: Change::between(&old.total, &new.total),
            approximate: Change::between(&old.approximate, &new.approximate),
            provisional_from_ms: Change::between(
                &old.provisional_from_ms,
                &new.provisional_from_ms,
            ),
            truncated: Change::between(&old.truncated, &new.truncated),
            range: Change::between(&old.range, &new.range),
            coverage: Change::between(&old.coverage, &new.coverage),
            as_of: old.as_of.delta_to(&new.as_of),
        }
    }

    /// Whether nothing a person could see changed: rows, totals and marks are as before (stamps may have moved).
    #[must_use]
    pub fn is_quiet(&self, old_rows: usize) -> bool {
        let keeps_all = match self.runs.as_slice() {
            [] => old_rows == 0,
            [Run::Keep { from: 0, count }] => *count as usize == old_rows,
            _ => false,
        };
        keeps_all
            && self.steps.is_none()
            && self.cells.is_empty()
            && self.columns.is_same()
            && self.row_flags.is_same()
            && self.total.is_same()
            && self.approximate.is_same()
            && self.truncated.is_same()
            && self.coverage.is_same()
    }

    /// Moves `result` on.
    ///
    /// # Errors
    /// Where the delta does not fit; `result` is then unusable and must be replaced by a snapshot.
    pub fn apply(mut self, result: &mut QueryResult) -> Result<(), DeltaError> {
        self.check_base(result)?;
        result.row_changes.remember(&self, result.rows.len());
        let rows = Cow::Owned(std::mem::take(&mut result.rows));
        result.rows = self.rows_after(rows)?;
        self.apply_rest(result);
        Ok(())
    }

    /// The result after `result`, which stays as it is. Rows that do not stay are not copied.
    ///
    /// # Errors
    /// Where the delta does not fit.
    pub fn applied_to(mut self, result: &QueryResult) -> Result<QueryResult, DeltaError> {
        self.check_base(result)?;
        let mut row_changes = result.row_changes.clone();
        row_changes.remember(&self, result.rows.len());
        let mut next = QueryResult {
            rows: self.rows_after(Cow::Borrowed(&result.rows))?,
            columns: result.columns.clone(),
            row_flags: result.row_flags.clone(),
            total: result.total,
            approximate: result.approximate.clone(),
            provisional_from_ms: result.provisional_from_ms,
            truncated: result.truncated.clone(),
            range: result.range,
            coverage: result.coverage.clone(),
            as_of: result.as_of.clone(),
            row_changes,
        };
        self.apply_rest(&mut next);
        Ok(next)
    }

    fn check_base(&self, result: &QueryResult) -> Result<(), DeltaError> {
        let at = result.as_of.sequence;
        if self.base == at { Ok(()) } else { Err(DeltaError::OtherBase { base: self.base, at }) }
    }

    fn rows_after(&mut self, old: Cow<'_, [Row]>) -> Result<Vec<Row>, DeltaError> {
        let runs = std::mem::take(&mut self.runs);
        let cells = std::mem::take(&mut self.cells);
        rows_after(old, Edits { runs, steps: self.steps.take(), cells })
    }

    /// All but the rows.
    fn apply_rest(self, result: &mut QueryResult) {
        self.columns.apply_to(&mut result.columns);
        self.row_flags.apply_to(&mut result.row_flags);
        self.total.apply_to(&mut result.total);
        self.approximate.apply_to(&mut result.approximate);
        self.provisional_from_ms.apply_to(&mut result.provisional_from_ms);
        self.truncated.apply_to(&mut result.truncated);
        self.range.apply_to(&mut result.range);
        self.coverage.apply_to(&mut result.coverage);
        result.as_of.apply(&self.as_of);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::as_of::TimestampType;

    fn result(sequence: u64, rows: Vec<(u8, i64)>) -> QueryResult {
        let mut seen = std::collections::BTreeSet::new();
        let rows: Vec<Row> = rows
            .into_iter()
            .filter(|(key, _)| seen.insert(*key))
            .map(|(key, count)| vec![Value::text(&format!("k{key}")), Value::Int(count)])
            .collect();
        let mut result = QueryResult {
            columns: vec!["b1".into(), "m1".into()],
            total: rows.len() as u64,
            rows,
            ..QueryResult::default()
        };
        result.as_of.sequence = sequence;
        result.as_of.event_time_ms = Some(1_000 + sequence as i64);
        result.as_of.offsets = [("t".to_owned(), [(0, sequence as i64 * 3)].into())].into();
        // Unknown before the first record.
        let timestamp_type = if sequence > 1 { TimestampType::Create } else { TimestampType::None };
        result.as_of.timestamp_type = timestamp_type;
        result
    }

    #[test]
    fn a_sliding_window_costs_what_moved() {
        let old = result(1, vec![(1, 5), (2, 6), (3, 7)]);
        let new = result(2, vec![(2, 6), (3, 8), (4, 1)]);
        let delta = Delta::between(&old, &new, 1);
        let text = serde_json::to_string(&(&delta.runs, &delta.steps, &delta.cells)).unwrap();
        assert_eq!(
            text,
            r#"[[{"keep":{"from":1,"count":2}},{"insert":[["k4",1]]}],null,[{"row":1,"column":1,"value":8}]]"#
        );
    }

    #[test]
    fn a_moved_vehicle_costs_some_three_bytes() {
        let fleet = |sequence: i64| {
            let rows = (0..3_000_i64).map(|cab| {
                // About one in sixty has a new fix: some metres on, another heading, and hired now and then.
                let has_fix = sequence > 1 && cab * 7 % 61 == 0;
                let by = if has_fix { cab * 37 % 9 } else { 0 };
                let time = if has_fix { 1_700_000_100 - cab % 2 } else { 1_700_000_000 + cab % 60 };
                let numbers = [time, 500 + by - 4, 300 + by, by, i64::from(by == 3)];
                let name = Value::text(&format!("cab-{cab:05}"));
                [name].into_iter().chain(numbers.map(Value::Int)).collect()
            });
            QueryResult { rows: rows.collect(), ..result(sequence as u64, Vec::new()) }
        };
        let (old, new) = (fleet(1), fleet(2));
        let delta = Delta::between(&old, &new, 1);
        let moved = delta.steps.as_ref().map_or(0, |steps| steps.rows().len());
        let bytes = postcard::to_stdvec(&delta).unwrap();
        assert_eq!((moved, delta.cells.len(), bytes.len()), (50, 0, 173));
        assert_eq!(postcard::from_bytes::<Delta>(&bytes).unwrap().applied_to(&old), Ok(new));
    }

    #[test]
    fn a_delta_for_another_base_is_refused() {
        let old = result(1, vec![(1, 5)]);
        let delta = Delta::between(&old, &result(2, vec![(1, 6)]), 1);
        let mut elsewhere = result(7, vec![(1, 5)]);
        assert_eq!(delta.apply(&mut elsewhere), Err(DeltaError::OtherBase { base: 1, at: 7 }));
    }

    proptest! {
        #[test]
        fn apply_of_diff_is_new(
            old in proptest::collection::vec((0u8..20, 0i64..4), 0..20),
            new in proptest::collection::vec((0u8..20, 0i64..4), 0..20),
            keys in 0usize..2,
        ) {
            let old = result(1, old);
            let new = result(2, new);
            let delta = Delta::between(&old, &new, keys);
            let bytes = postcard::to_stdvec(&delta).unwrap();
            let json = serde_json::to_string(&delta).unwrap();
            for travelled in [postcard::from_bytes::<Delta>(&bytes).unwrap(), serde_json::from_str(&json).unwrap()] {
                let mut applied = old.clone();
                prop_assert_eq!(&travelled.clone().applied_to(&applied).unwrap(), &new);
                travelled.apply(&mut applied).unwrap();
                prop_assert_eq!(&applied, &new);
            }
        }
    }
}
