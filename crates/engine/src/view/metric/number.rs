//! Numbers of cells, and what tells cells apart.

use hailstream_protocol::Value;

use crate::rows::Slot;

/// A number with its kind kept: longs show as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Long(i64),
    Double(f64),
}

impl Number {
    pub(super) fn of(slot: Slot) -> Option<Self> {
        match slot {
            Slot::Long(number) => Some(Self::Long(number)),
            Slot::Double(number) => Some(Self::Double(number)),
            Slot::Bool(value) => Some(Self::Long(i64::from(value))),
            Slot::Word(_) | Slot::Point(_) => None,
        }
    }

    pub(super) fn value(self) -> Value {
        match self {
            Self::Long(number) => Value::Int(number),
            Self::Double(number) => Value::float(number),
        }
    }

    pub(super) fn less(self, other: Self) -> bool {
        self.value() < other.value()
    }
}

/// Whole doubles below this are whole numbers without loss.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Distinct identity of a cell.
pub(crate) fn identity(slot: Slot) -> (u8, u64) {
    match slot {
        Slot::Word(code) => (1, u64::from(code)),
        Slot::Long(number) => (2, number as u64),
        // One field may hold both kinds: equal numbers are one value.
        Slot::Double(number) if number == (number as i64) as f64 && number.abs() < EXACT => {
            (2, number as i64 as u64)
        }
        Slot::Double(number) => (3, number.to_bits()),
        Slot::Bool(value) => (4, u64::from(value)),
        // As OpenSearch keeps points: 32 bits each, about a centimetre.
        Slot::Point(at) => {
            let bits = |degrees: f64, turn: f64| ((degrees / turn + 0.5) * 4_294_967_295.0) as u64;
            (5, bits(at.lon(), 360.0) | bits(at.lat(), 180.0) << 32)
        }
    }
}
