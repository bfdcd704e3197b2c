//! Rows: from the old ones to the new ones as runs, steps and cells, and back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::discriminant;

use super::{CellChange, DeltaError, Run};
use crate::result::Row;
use crate::steps::{NumberChange, Steps};
use crate::value::Value;

/// How to make new rows from old ones.
#[derive(Default)]
pub(super) struct Edits {
    pub(super) runs: Vec<Run>,
    pub(super) steps: Option<Steps>,
    pub(super) cells: Vec<CellChange>,
}

pub(super) fn rows_between(old: &[Row], new: &[Row], key_columns: usize) -> Edits {
    let mut script = Script::default();
    let mut by_key: Option<HashMap<&[Value], usize>> = None;
    let mut expected = 0;
    for (place, row) in new.iter().enumerate() {
        let found = if key_columns == 0 {
            (place < old.len()).then_some(place)
        } else {
            let key = &row[..key_columns.min(row.len())];
            match old.get(expected) {
                Some(next) if next[..key_columns.min(next.len())] == *key => Some(expected),
                _ => by_key
                    .get_or_insert_with(|| {
                        let key_of = |row: &'_ Row| key_columns.min(row.len());
                        old.iter().enumerate().map(|(i, row)| (&row[..key_of(row)], i)).collect()
                    })
                    .get(key)
                    .copied(),
            }
        };
        match found {
            Some(index) if old[index].len() == row.len() => {
                script.keep(index);
                script.change_cells((index, &old[index]), (place, row));
                expected = index + 1;
            }
            _ => script.insert(row),
        }
    }
    script.finish(old, new)
}

pub(super) fn rows_after(old: Cow<'_, [Row]>, edits: Edits) -> Result<Vec<Row>, DeltaError> {
    let Edits { runs, steps, cells } = edits;
    let keeps_all =
        matches!(runs.as_slice(), [Run::Keep { from: 0, count }] if *count as usize == old.len());
    let mut rows = match old {
        old if keeps_all => old.into_owned(),
        Cow::Owned(old) if ascend(&runs) => rows_moved(old, runs)?,
        old => rows_copied(&old, runs)?,
    };
    if let Some(steps) = steps {
        steps.apply(&mut rows)?;
    }
    let count = rows.len() as u64;
    for cell in cells {
        let target = rows
            .get_mut(cell.row as usize)
            .and_then(|row| row.get_mut(cell.column as usize))
            .ok_or(DeltaError::NoSuchRow { row: u64::from(cell.row), rows: count })?;
        *target = cell.value;
    }
    Ok(rows)
}

/// Collects runs, joining neighbours.
#[derive(Default)]
struct Script {
    runs: Vec<Run>,
    cells: Vec<CellChange>,
    numbers: Vec<NumberChange>,
}

impl Script {
    fn keep(&mut self, index: usize) {
        let index = index as u32;
        match self.runs.last_mut() {
            Some(Run::Keep { from, count }) if *from + *count == index => *count += 1,
            _ => self.runs.push(Run::Keep { from: index, count: 1 }),
        }
    }

    fn insert(&mut self, row: &Row) {
        match self.runs.last_mut() {
            Some(Run::Insert(rows)) => rows.push(row.clone()),
            _ => self.runs.push(Run::Insert(vec![row.clone()])),
        }
    }

    fn change_cells(&mut self, (old_row, old): (usize, &Row), (row, new): (usize, &Row)) {
        let (row, old_row) = (row as u32, old_row as u32);
        for (column, (before, after)) in (0..).zip(old.iter().zip(new)) {
            match (before, after) {
                (Value::Int(old), Value::Int(new)) if old == new => {}
                (&Value::Int(old), &Value::Int(new)) => {
                    self.numbers.push(NumberChange { row, old_row, column, old, new });
                }
                // Kinds are compared too: 2 and 2.0 are equal as keys but print differently.
                _ if before != after || discriminant(before) != discriminant(after) => {
                    self.cells.push(CellChange { row, column, value: after.clone() });
                }
                _ => {}
            }
        }
    }

    /// Changed whole numbers as steps, or as cells like all others where that is shorter.
    fn finish(mut self, old: &[Row], new: &[Row]) -> Edits {
        let steps = Steps::of(&self.numbers, old, new);
        let as_cells = self.numbers.iter().map(NumberChange::cell_bytes).sum::<usize>();
        let steps = steps.filter(|steps| steps.packed().len() < as_cells);
        if steps.is_none() {
            let numbers = self.numbers.iter().map(|change| CellChange {
                row: change.row,
                column: change.column,
                value: Value::Int(change.new),
            });
            self.cells.extend(numbers);
            self.cells.sort_by_key(|cell| (cell.row, cell.column));
        }
        Edits { runs: self.runs, steps, cells: self.cells }
    }
}

/// Whether no old row is kept twice or out of order, as in all but rankings.
fn ascend(runs: &[Run]) -> bool {
    let mut free = 0;
    runs.iter().all(|run| match run {
        Run::Insert(_) => true,
        Run::Keep { from, count } => {
            let is_free = u64::from(*from) >= free;
            free = u64::from(*from) + u64::from(*count);
            is_free
        }
    })
}

fn rows_moved(old: Vec<Row>, runs: Vec<Run>) -> Result<Vec<Row>, DeltaError> {
    let all = old.len() as u64;
    let mut rows = Vec::with_capacity(old.len() + 1);
    let mut rest = old.into_iter();
    let mut at = 0;
    for run in runs {
        match run {
            Run::Insert(inserted) => rows.extend(inserted),
            Run::Keep { from, count } => {
                let end = u64::from(from) + u64::from(count);
                if end > all {
                    return Err(DeltaError::NoSuchRow { row: end, rows: all });
                }
                rest.by_ref().take(from as usize - at).for_each(drop);
                rows.extend(rest.by_ref().take(count as usize));
                at = end as usize;
            }
        }
    }
    Ok(rows)
}

fn rows_copied(old: &[Row], runs: Vec<Run>) -> Result<Vec<Row>, DeltaError> {
    let mut rows = Vec::with_capacity(old.len() + 1);
    for run in runs {
        match run {
            Run::Insert(inserted) => rows.extend(inserted),
            Run::Keep { from, count } => {
                let end = u64::from(from) + u64::from(count);
                let kept = old
                    .get(from as usize..end as usize)
                    .ok_or(DeltaError::NoSuchRow { row: end, rows: old.len() as u64 })?;
                rows.extend_from_slice(kept);
            }
        }
    }
    Ok(rows)
}
