//! Runs as bits, as `docs/protocol.md` has them: which rows stay costs a byte or two for each that comes or goes, and the rows
//! that come are told column by column, whole numbers from the least of them. A vehicle that enters a tile takes little more
//! than its name.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use thiserror::Error;

use super::Run;
use crate::bits::{BitReader, BitWriter, NoNumber, signed, unsigned};
use crate::result::Row;
use crate::value::Value;

const RUNS_ORDER: u32 = 2;
const WIDTH_ORDER: u32 = 2;
const LEAST_ORDER: u32 = 6;
const FORM_BITS: u32 = 2;

/// Why bytes are no runs.
#[derive(Debug, Error, PartialEq, Eq)]
enum RunsError {
    #[error("packed runs end early or hold a number that is too large")]
    Cut,
    #[error("packed runs hold what is no text")]
    NoText,
    #[error("packed runs hold what is no value: {0}")]
    NoValue(#[from] postcard::Error),
    #[error("{0} is no form of a column")]
    NoForm(u32),
}

impl From<NoNumber> for RunsError {
    fn from(_: NoNumber) -> Self {
        Self::Cut
    }
}

/// Runs that are packed when they are written.
pub(super) struct Packed<'a>(pub(super) &'a [Run]);

/// Runs that were packed.
pub(super) struct Unpacked(pub(super) Vec<Run>);

impl Serialize for Packed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = packed(self.0).map_err(serde::ser::Error::custom)?;
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Unpacked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(deserializer)?;
        unpacked(bytes).map(Self).map_err(D::Error::custom)
    }
}

fn packed(runs: &[Run]) -> Result<Vec<u8>, RunsError> {
    let mut bits = BitWriter::default();
    bits.number(runs.len() as u64, RUNS_ORDER);
    runs.iter().for_each(|run| bits.plain(u32::from(matches!(run, Run::Insert(_))), 1));
    bits.numbers(runs.iter().map(|run| match run {
        Run::Keep { count, .. } => u64::from(*count),
        Run::Insert(rows) => rows.len() as u64,
    }));
    let mut free = 0_i64;
    let jumps: Vec<u64> = runs
        .iter()
        .filter_map(|run| match run {
            Run::Keep { from, count } => {
                let jump = i64::from(*from) - free;
                free = i64::from(*from) + i64::from(*count);
                Some(unsigned(jump))
            }
            Run::Insert(_) => None,
        })
        .collect();
    bits.numbers(jumps.iter().copied());
    let rows: Vec<&Row> = runs
        .iter()
        .flat_map(|run| match run {
            Run::Insert(rows) => rows.as_slice(),
            Run::Keep { .. } => &[],
        })
        .collect();
    let width = rows.first().map_or(0, |row| row.len());
    if width == 0 || rows.iter().any(|row| row.len() != width) {
        bits.plain(0, 1);
        bits.bytes(&postcard::to_stdvec(&rows)?);
        return Ok(bits.finish());
    }
    bits.plain(1, 1);
    bits.number(width as u64 - 1, WIDTH_ORDER);
    for column in 0..width {
        let cells: Vec<&Value> = rows.iter().filter_map(|row| row.get(column)).collect();
        pack_column(&mut bits, &cells)?;
    }
    Ok(bits.finish())
}

fn pack_column(bits: &mut BitWriter, cells: &[&Value]) -> Result<(), RunsError> {
    let numbers: Option<Vec<i64>> = cells.iter().map(|cell| cell.as_i64()).collect();
    if let Some(numbers) = numbers {
        let least = numbers.iter().copied().min().unwrap_or_default();
        bits.plain(0, FORM_BITS);
        bits.number(unsigned(least), LEAST_ORDER);
        bits.numbers(numbers.iter().map(|number| number.wrapping_sub(least) as u64));
        return Ok(());
    }
    let texts: Option<Vec<&str>> = cells.iter().map(|cell| cell.as_str()).collect();
    if let Some(texts) = texts {
        bits.plain(1, FORM_BITS);
        bits.numbers(texts.iter().map(|text| text.len() as u64));
        texts.iter().for_each(|text| bits.bytes(text.as_bytes()));
        return Ok(());
    }
    let written: Vec<Vec<u8>> = cells.iter().map(postcard::to_stdvec).collect::<Result<_, _>>()?;
    bits.plain(2, FORM_BITS);
    bits.numbers(written.iter().map(|bytes| bytes.len() as u64));
    written.iter().for_each(|bytes| bits.bytes(bytes));
    Ok(())
}

fn unpacked(bytes: &[u8]) -> Result<Vec<Run>, RunsError> {
    let mut bits = BitReader::new(bytes);
    let count = length(bits.number(RUNS_ORDER)?)?;
    if count > bits.left() {
        return Err(RunsError::Cut);
    }
    let come: Vec<bool> =
        (0..count).map(|_| Ok(bits.plain(1)? == 1)).collect::<Result<_, RunsError>>()?;
    let counts = bits.numbers(count)?;
    let jumps = bits.numbers(come.iter().filter(|come| !**come).count())?;
    let coming = come.iter().zip(&counts).filter(|(come, _)| **come);
    let rows = coming.fold(0_u64, |rows, (_, count)| rows.saturating_add(*count));
    let mut rows = unpacked_rows(&mut bits, length(rows)?)?.into_iter();
    let (mut jumps, mut free) = (jumps.into_iter(), 0_i64);
    let run = |(come, count): (bool, u64)| {
        if come {
            return Ok(Run::Insert(rows.by_ref().take(length(count)?).collect()));
        }
        let jump = signed(jumps.next().ok_or(RunsError::Cut)?);
        let from = free.checked_add(jump).and_then(|from| u32::try_from(from).ok());
        let (from, count) = from.zip(u32::try_from(count).ok()).ok_or(RunsError::Cut)?;
        free = i64::from(from) + i64::from(count);
        Ok(Run::Keep { from, count })
    };
    come.into_iter().zip(counts).map(run).collect()
}

fn length(number: u64) -> Result<usize, RunsError> {
    usize::try_from(number).map_err(|_| RunsError::Cut)
}

/// The rows that come. Each cell takes a bit at least: there is no room for more than there are bits.
fn unpacked_rows(bits: &mut BitReader<'_>, count: usize) -> Result<Vec<Row>, RunsError> {
    if bits.plain(1)? == 0 {
        let written = bits.bytes(bits.left() / 8)?;
        let (rows, _): (Vec<Row>, _) = postcard::take_from_bytes(&written)?;
        return if rows.len() == count { Ok(rows) } else { Err(RunsError::Cut) };
    }
    let width = bits.number(WIDTH_ORDER)?.saturating_add(1);
    if count == 0 || width.saturating_mul(count as u64) > bits.left() as u64 {
        return Err(RunsError::Cut);
    }
    let mut rows = vec![Row::with_capacity(length(width)?); count];
    for _ in 0..width {
        let cells = unpacked_column(bits, count)?;
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
    }
    Ok(rows)
}

fn unpacked_column(bits: &mut BitReader<'_>, count: usize) -> Result<Vec<Value>, RunsError> {
    let form = bits.plain(FORM_BITS)?;
    if form == 0 {
        let least = signed(bits.number(LEAST_ORDER)?);
        let above = bits.numbers(count)?.into_iter();
        return Ok(above.map(|above| Value::Int(least.wrapping_add(above as i64))).collect());
    }
    let lengths = bits.numbers(count)?;
    let cell = |bytes: u64| {
        let bytes = bits.bytes(length(bytes)?)?;
        match form {
            1 => {
                let text = std::str::from_utf8(&bytes).map_err(|_| RunsError::NoText)?;
                Ok(Value::text(text))
            }
            2 => Ok(postcard::from_bytes(&bytes)?),
            _ => Err(RunsError::NoForm(form)),
        }
    };
    lengths.into_iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_enters_a_tile_costs_little_more_than_a_name() {
        let row = |cab: i64| {
            let name = Value::text(&format!("cab-{cab:05}"));
            let numbers = [1_700_000_000 + cab % 3, 4_095, 700 + cab, cab % 16, cab % 2];
            [name].into_iter().chain(numbers.map(Value::Int)).collect::<Row>()
        };
        let runs: Vec<Run> = (0..8_i64)
            .flat_map(|part| {
                let keep = Run::Keep { from: part as u32 * 301, count: 300 };
                [keep, Run::Insert(vec![row(part * 300)])]
            })
            .collect();
        let bytes = packed(&runs).unwrap();
        assert_eq!(bytes.len(), 142);
        assert_eq!(unpacked(&bytes), Ok(runs));
    }

    #[test]
    fn rows_of_any_kind_come_back() {
        let mixed = vec![
            vec![Value::Int(i64::MIN), Value::Null],
            vec![Value::Int(i64::MAX), Value::text("")],
        ];
        for rows in [vec![], vec![vec![]], vec![vec![Value::Null], vec![]], mixed] {
            let runs = vec![
                Run::Insert(rows),
                Run::Keep { from: 7, count: 0 },
                Run::Keep { from: 0, count: u32::MAX },
            ];
            assert_eq!(unpacked(&packed(&runs).unwrap()), Ok(runs));
        }
    }
}
