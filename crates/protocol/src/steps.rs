//! Whole numbers of kept rows that changed, as differences: what makes a moved vehicle cost a few bytes.
//!
//! Steps belong to some rows and some columns. In JSON they are plain lists; in the binary encoding they are packed bit by
//! bit, as `docs/protocol.md` says. What is no whole number before and after travels as a cell of its own.

mod packed;

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use thiserror::Error;

use crate::bits::{BitWriter, unsigned};
use crate::delta::DeltaError;
use crate::result::Row;
use crate::value::Value;

/// Steps of some rows. Never empty; rows ascend, columns too, and each list fits the rows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, JsonSchema)]
#[serde(remote = "Self")]
pub struct Steps {
    /// Indices in the new rows, ascending.
    rows: Vec<u32>,
    /// What changed in them, by column.
    columns: Vec<ColumnSteps>,
}

/// Steps of one column in the rows of [`Steps`]. Sums are of 64 bits and wrap.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ColumnSteps {
    /// A step for each of the rows; 0 leaves the cell as it is, whatever it holds.
    By {
        /// Index in the columns.
        column: u32,
        /// To be added to the cells.
        steps: Vec<i64>,
    },
    /// Cells that come to lie near one another, such as times of the newest fixes: each is `newest` above the old cell of
    /// the first of the rows, less its step.
    Behind {
        /// Index in the columns.
        column: u32,
        /// From the old cell of the first row to what the steps are taken from.
        newest: i64,
        /// How far behind that each row's cell is, 0 or more.
        steps: Vec<u64>,
    },
    /// Steps of few of the rows.
    Few {
        /// Index in the columns.
        column: u32,
        /// Which of the rows: indices in their list, ascending.
        places: Vec<u32>,
        /// To be added to their cells; none is 0.
        steps: Vec<i64>,
    },
}

/// Why lists are no steps.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum StepsError {
    /// The bytes end early, or hold a number that is too large.
    #[error("packed steps end early or hold a number that is too large")]
    Cut,
    /// More bytes than the steps take.
    #[error("packed steps are followed by something else")]
    TooLong,
    /// Rows, columns or places that do not ascend, or none.
    #[error("rows, columns and places of steps ascend, and there is one of each at least")]
    NoOrder,
    /// A list of another length than its rows.
    #[error("column {column} has not one step for each of its rows")]
    Uneven {
        /// The column.
        column: u32,
    },
    /// A form that there is not.
    #[error("{form} is no form of steps")]
    NoForm {
        /// Its number.
        form: u32,
    },
}

/// A whole number of a kept row that changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberChange {
    /// Index in the new rows.
    pub(crate) row: u32,
    /// Index in the old rows.
    pub(crate) old_row: u32,
    pub(crate) column: u32,
    pub(crate) old: i64,
    pub(crate) new: i64,
}

impl NumberChange {
    /// Bytes of the same change as a cell.
    pub(crate) fn cell_bytes(&self) -> usize {
        let bytes = |number: u64| (number | 1).ilog2() as usize / 7 + 1;
        bytes(self.row.into()) + bytes(self.column.into()) + 1 + bytes(unsigned(self.new))
    }
}

impl ColumnSteps {
    fn column(&self) -> u32 {
        match self {
            Self::By { column, .. } | Self::Behind { column, .. } | Self::Few { column, .. } => {
                *column
            }
        }
    }

    fn fits(&self, rows: usize) -> Result<(), StepsError> {
        let even = match self {
            Self::By { steps, .. } => steps.len() == rows,
            Self::Behind { steps, .. } => steps.len() == rows,
            Self::Few { places, steps, .. } => {
                let inside = places.last().is_some_and(|last| (*last as usize) < rows);
                if !inside || !places.is_sorted_by(|a, b| a < b) {
                    return Err(StepsError::NoOrder);
                }
                steps.len() == places.len() && !steps.contains(&0)
            }
        };
        if even { Ok(()) } else { Err(StepsError::Uneven { column: self.column() }) }
    }
}

impl Steps {
    /// Steps of these rows.
    ///
    /// # Errors
    /// Where lists do not ascend or do not fit one another.
    pub fn new(rows: Vec<u32>, columns: Vec<ColumnSteps>) -> Result<Self, StepsError> {
        let some = !rows.is_empty() && !columns.is_empty();
        let columns_ascend = columns.is_sorted_by(|a, b| a.column() < b.column());
        if !some || !columns_ascend || !rows.is_sorted_by(|a, b| a < b) {
            return Err(StepsError::NoOrder);
        }
        columns.iter().try_for_each(|column| column.fits(rows.len()))?;
        Ok(Self { rows, columns })
    }

    /// The rows that step, in the new order.
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// What changed in them.
    #[must_use]
    pub fn columns(&self) -> &[ColumnSteps] {
        &self.columns
    }

    /// The changes as steps, each column in its shortest form; none where there are none. Changes come row by row.
    pub(crate) fn of(changes: &[NumberChange], old: &[Row], new: &[Row]) -> Option<Self> {
        let mut columns: Vec<u32> = changes.iter().map(|change| change.column).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut rows: Vec<(u32, u32)> =
            changes.iter().map(|change| (change.row, change.old_row)).collect();
        rows.dedup();
        let first_old = rows.first()?.1;
        let shortest = |column: &u32| {
            let cell = |rows: &[Row], row: u32| {
                rows.get(row as usize)?.get(*column as usize).and_then(Value::as_i64)
            };
            let few = few(changes, &rows, *column);
            let by = by(&few, rows.len());
            let new_cells: Option<Vec<i64>> = rows.iter().map(|(row, _)| cell(new, *row)).collect();
            let behind = cell(old, first_old)
                .zip(new_cells)
                .and_then(|(first, cells)| behind(*column, first, &cells));
            let forms = [Some(by), Some(few), behind].into_iter().flatten();
            forms.min_by_key(|form| {
                let mut bits = BitWriter::default();
                form.pack(&mut bits);
                bits.finish().len()
            })
        };
        let columns = columns.iter().filter_map(shortest).collect();
        Some(Self { rows: rows.into_iter().map(|(row, _)| row).collect(), columns })
    }

    /// Moves the new rows on, whose cells are still the old ones.
    pub(crate) fn apply(&self, rows: &mut [Row]) -> Result<(), DeltaError> {
        let count = rows.len() as u64;
        let step = |rows: &mut [Row], row: u32, column: u32, to: &dyn Fn(i64) -> i64| {
            let cell = rows
                .get_mut(row as usize)
                .and_then(|row| row.get_mut(column as usize))
                .ok_or(DeltaError::NoSuchRow { row: u64::from(row), rows: count })?;
            let Value::Int(number) = cell else {
                return Err(DeltaError::NoWholeNumber { row: u64::from(row), column });
            };
            *number = to(*number);
            Ok(*number)
        };
        for column in &self.columns {
            match column {
                ColumnSteps::By { column, steps } => {
                    let some = self.rows.iter().zip(steps).filter(|(_, by)| **by != 0);
                    for (row, by) in some {
                        step(rows, *row, *column, &|old| old.wrapping_add(*by))?;
                    }
                }
                ColumnSteps::Few { column, places, steps } => {
                    for (place, by) in places.iter().zip(steps) {
                        let row = self.rows.get(*place as usize).copied().unwrap_or(u32::MAX);
                        step(rows, row, *column, &|old| old.wrapping_add(*by))?;
                    }
                }
                ColumnSteps::Behind { column, newest, steps } => {
                    let first = self.rows.first().copied().unwrap_or(u32::MAX);
                    let newest = step(rows, first, *column, &|old| old.wrapping_add(*newest))?;
                    for (row, by) in self.rows.iter().zip(steps) {
                        step(rows, *row, *column, &|_| newest.wrapping_sub(*by as i64))?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The changes of a column, which are as many as there are.
fn few(changes: &[NumberChange], rows: &[(u32, u32)], column: u32) -> ColumnSteps {
    let (mut places, mut steps) = (Vec::new(), Vec::new());
    let mut place = 0;
    for change in changes.iter().filter(|change| change.column == column) {
        while rows.get(place).is_some_and(|(row, _)| *row < change.row) {
            place += 1;
        }
        places.push(place as u32);
        steps.push(change.new.wrapping_sub(change.old));
    }
    ColumnSteps::Few { column, places, steps }
}

fn by(few: &ColumnSteps, rows: usize) -> ColumnSteps {
    let ColumnSteps::Few { column, places, steps } = few else { return few.clone() };
    let mut all = vec![0; rows];
    for (place, by) in places.iter().zip(steps) {
        if let Some(step) = all.get_mut(*place as usize) {
            *step = *by;
        }
    }
    ColumnSteps::By { column: *column, steps: all }
}

/// The cells as distances from the greatest.
fn behind(column: u32, first_old: i64, cells: &[i64]) -> Option<ColumnSteps> {
    let newest = *cells.iter().max()?;
    let steps = cells.iter().map(|cell| newest.wrapping_sub(*cell) as u64).collect();
    Some(ColumnSteps::Behind { column, newest: newest.wrapping_sub(first_old), steps })
}

impl Serialize for Steps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Self::serialize(self, serializer);
        }
        serializer.serialize_bytes(&self.packed())
    }
}

impl<'de> Deserialize<'de> for Steps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let steps = Self::deserialize(deserializer)?;
            return Self::new(steps.rows, steps.columns).map_err(D::Error::custom);
        }
        let bytes: &[u8] = Deserialize::deserialize(deserializer)?;
        Self::unpacked(bytes).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = i64> {
        prop_oneof![4 => -3_i64..4, 1 => any::<i64>(), 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
    }

    #[test]
    fn a_column_takes_its_shortest_form() {
        let old: Vec<Row> =
            (0..40).map(|row| [row * 1_000, 1_000 + row, 7].map(Value::Int).to_vec()).collect();
        let mut changes = Vec::new();
        let mut new = old.clone();
        for row in 0..20_u32 {
            let time = 5_000 - i64::from(row % 2);
            for (column, to) in
                [(0, i64::from(row) * 1_000 + 3), (1, time), (2, i64::from(row / 19))]
            {
                let was = old[row as usize][column].as_i64().unwrap();
                if was != to && (column < 2 || to == 1) {
                    new[row as usize][column] = Value::Int(to);
                    let column = column as u32;
                    changes.push(NumberChange { row, old_row: row, column, old: was, new: to });
                }
            }
        }
        let steps = Steps::of(&changes, &old, &new).unwrap();
        let forms: Vec<String> = steps
            .columns()
            .iter()
            .map(|form| format!("{form:?}").chars().take(3).collect())
            .collect();
        assert_eq!(forms, ["By ", "Beh", "Few"]);
        assert_eq!(Steps::unpacked(&steps.packed()).as_ref(), Ok(&steps));
        let mut moved = old;
        assert_eq!(steps.apply(&mut moved), Ok(()));
        assert_eq!(moved, new);
    }

    #[test]
    fn the_example_of_the_page_is_packed_as_it_says() {
        let page = include_str!("../../../docs/protocol.md");
        let (_, example) = page.split_once("These steps are the bytes `").unwrap();
        let (bytes, json) = example.split_once("`:\n\n```json\n").unwrap();
        let (json, _) = json.split_once('\n').unwrap();
        let steps: Steps = serde_json::from_str(json).unwrap();
        let packed: String = steps.packed().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(packed, bytes);
    }

    #[test]
    fn what_fits_no_rows_is_no_steps() {
        let by = |column, steps| ColumnSteps::By { column, steps };
        assert_eq!(Steps::new(vec![], vec![by(0, vec![])]), Err(StepsError::NoOrder));
        assert_eq!(Steps::new(vec![1, 1], vec![by(0, vec![1, 1])]), Err(StepsError::NoOrder));
        assert_eq!(Steps::new(vec![1], vec![by(4, vec![])]), Err(StepsError::Uneven { column: 4 }));
        let text = r#"{"rows":[2],"columns":[{"few":{"column":0,"places":[1],"steps":[5]}}]}"#;
        assert!(serde_json::from_str::<Steps>(text).is_err());
        let steps = Steps::new(vec![2], vec![by(1, vec![5])]).unwrap();
        let mut rows = vec![vec![Value::Int(1), Value::text("x")]; 3];
        assert_eq!(steps.apply(&mut rows), Err(DeltaError::NoWholeNumber { row: 2, column: 1 }));
        assert_eq!(Steps::unpacked(&[steps.packed(), vec![0]].concat()), Err(StepsError::TooLong));
    }

    proptest! {
        #[test]
        fn packed_steps_are_read_as_they_were(
            rows in proptest::collection::btree_set(0_u32..2_000, 1..30),
            seeds in proptest::collection::vec((number(), 0_u8..3), 1..5),
            numbers in proptest::collection::vec(number(), 30),
        ) {
            let rows: Vec<u32> = rows.into_iter().collect();
            let of = |(place, (newest, form)): (usize, (i64, u8))| {
                let column = place as u32 * 3;
                let steps: Vec<i64> = numbers[..rows.len()].to_vec();
                match form {
                    0 => ColumnSteps::By { column, steps },
                    1 => {
                        let steps = steps.into_iter().map(|by| by as u64).collect();
                        ColumnSteps::Behind { column, newest, steps }
                    }
                    _ => {
                        let (places, steps) = (0..).zip(steps).filter(|(_, by)| *by != 0).unzip();
                        ColumnSteps::Few { column, places, steps }
                    }
                }
            };
            let columns = seeds.into_iter().enumerate().map(of).collect();
            let Ok(steps) = Steps::new(rows, columns) else { return Ok(()) };
            let packed = steps.packed();
            prop_assert_eq!(Steps::unpacked(&packed), Ok(steps.clone()));
            let text = serde_json::to_string(&steps).unwrap();
            prop_assert_eq!(serde_json::from_str::<Steps>(&text).unwrap(), steps);
        }

        #[test]
        fn any_bytes_are_steps_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(steps) = Steps::unpacked(&bytes) {
                prop_assert_eq!(Steps::unpacked(&steps.packed()), Ok(steps));
            }
        }
    }
}
