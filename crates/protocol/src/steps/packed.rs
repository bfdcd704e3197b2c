//! Steps as bits, as `docs/protocol.md` has them.

use super::{ColumnSteps, Steps, StepsError};
use crate::bits::{BitReader, BitWriter, NoNumber, signed, unsigned};

/// Orders of the numbers in a packed head; see `docs/protocol.md`.
const ROWS_ORDER: u32 = 4;
const COLUMNS_ORDER: u32 = 1;
const COLUMN_GAP_ORDER: u32 = 0;
const NEWEST_ORDER: u32 = 6;
const FEW_ORDER: u32 = 2;
const FORM_BITS: u32 = 2;

impl From<NoNumber> for StepsError {
    fn from(_: NoNumber) -> Self {
        Self::Cut
    }
}

impl Steps {
    /// The bytes of the binary encoding.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.number(self.rows.len().saturating_sub(1) as u64, ROWS_ORDER);
        bits.numbers(gaps(self.rows.iter().copied()));
        bits.number(self.columns.len().saturating_sub(1) as u64, COLUMNS_ORDER);
        for (gap, column) in gaps(self.columns.iter().map(ColumnSteps::column)).zip(&self.columns) {
            bits.number(gap, COLUMN_GAP_ORDER);
            column.pack(&mut bits);
        }
        bits.finish()
    }

    /// Reads [`packed`](Self::packed) bytes.
    ///
    /// # Errors
    /// Where they are none.
    pub fn unpacked(bytes: &[u8]) -> Result<Self, StepsError> {
        let mut bits = BitReader::new(bytes);
        let count = bits.number(ROWS_ORDER)?.saturating_add(1);
        let count = usize::try_from(count).map_err(|_| StepsError::Cut)?;
        let rows = ascending(&bits.numbers(count)?)?;
        let mut columns: Vec<ColumnSteps> = Vec::new();
        for _ in 0..=bits.number(COLUMNS_ORDER)? {
            let gap = bits.number(COLUMN_GAP_ORDER)?;
            let first = columns.last().map_or(0, |last| u64::from(last.column()) + 1);
            let column = u32::try_from(first.saturating_add(gap)).map_err(|_| StepsError::Cut)?;
            columns.push(ColumnSteps::unpacked(&mut bits, column, count)?);
        }
        if bits.left() >= 8 {
            return Err(StepsError::TooLong);
        }
        Self::new(rows, columns)
    }
}

impl ColumnSteps {
    /// All but the column.
    pub(super) fn pack(&self, bits: &mut BitWriter) {
        match self {
            Self::By { steps, .. } => {
                bits.plain(0, FORM_BITS);
                bits.numbers(steps.iter().map(|by| unsigned(*by)));
            }
            Self::Behind { newest, steps, .. } => {
                bits.plain(1, FORM_BITS);
                bits.number(unsigned(*newest), NEWEST_ORDER);
                bits.numbers(steps.iter().copied());
            }
            Self::Few { places, steps, .. } => {
                bits.plain(2, FORM_BITS);
                bits.number(places.len().saturating_sub(1) as u64, FEW_ORDER);
                bits.numbers(gaps(places.iter().copied()));
                // None is 0, whose code is free.
                bits.numbers(steps.iter().map(|by| unsigned(*by).saturating_sub(1)));
            }
        }
    }

    fn unpacked(bits: &mut BitReader<'_>, column: u32, rows: usize) -> Result<Self, StepsError> {
        match bits.plain(FORM_BITS)? {
            0 => {
                let steps = bits.numbers(rows)?.into_iter().map(signed).collect();
                Ok(Self::By { column, steps })
            }
            1 => {
                let newest = signed(bits.number(NEWEST_ORDER)?);
                Ok(Self::Behind { column, newest, steps: bits.numbers(rows)? })
            }
            2 => {
                let count = bits.number(FEW_ORDER)?.saturating_add(1);
                let count = usize::try_from(count).map_err(|_| StepsError::Cut)?;
                let places = ascending(&bits.numbers(count)?)?;
                let steps = bits.numbers(count)?.into_iter();
                let steps = steps.map(|by| by.checked_add(1).map(signed).ok_or(StepsError::Cut));
                Ok(Self::Few { column, places, steps: steps.collect::<Result<_, _>>()? })
            }
            form => Err(StepsError::NoForm { form }),
        }
    }
}

/// The first number, then how many lie between neighbours.
fn gaps(ascending: impl Iterator<Item = u32> + Clone) -> impl Iterator<Item = u64> + Clone {
    let mut free = 0;
    ascending.map(move |number| {
        let gap = u64::from(number) - free;
        free = u64::from(number) + 1;
        gap
    })
}

fn ascending(gaps: &[u64]) -> Result<Vec<u32>, StepsError> {
    let mut free = 0_u64;
    let number = |gap: &u64| {
        let number = u32::try_from(free.saturating_add(*gap)).map_err(|_| StepsError::Cut)?;
        free = u64::from(number) + 1;
        Ok(number)
    };
    gaps.iter().map(number).collect()
}
