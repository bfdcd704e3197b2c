//! Metrics of one group: partial states that merge in any order.

use std::collections::HashSet;

use hailstream_protocol::Value;
use hailstream_query::MetricKind;

use crate::exact_sum::ExactSum;
use crate::rows::Slot;

#[derive(Clone, Debug)]
pub(crate) enum Partial {
    Count,
    Sum(ExactSum),
    Avg(ExactSum, u64),
    Min(Option<Number>),
    Max(Option<Number>),
    Cardinality(HashSet<(u8, u64), foldhash::fast::FixedState>),
}

/// A number with its kind kept: longs show as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Long(i64),
    Double(f64),
}

impl Number {
    fn of(slot: Slot) -> Option<Self> {
        match slot {
            Slot::Long(number) => Some(Self::Long(number)),
            Slot::Double(number) => Some(Self::Double(number)),
            Slot::Bool(value) => Some(Self::Long(i64::from(value))),
            Slot::Word(_) | Slot::Point(_) => None,
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Long(number) => Value::Int(number),
            Self::Double(number) => Value::float(number),
        }
    }

    fn less(self, other: Self) -> bool {
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

impl Partial {
    pub(crate) fn new(kind: MetricKind) -> Self {
        match kind {
            MetricKind::Count => Self::Count,
            MetricKind::Sum => Self::Sum(ExactSum::default()),
            MetricKind::Avg => Self::Avg(ExactSum::default(), 0),
            MetricKind::Min => Self::Min(None),
            MetricKind::Max => Self::Max(None),
            MetricKind::Cardinality => Self::Cardinality(HashSet::default()),
        }
    }

    pub(crate) fn update(&mut self, slot: Slot) {
        match self {
            Self::Count => {}
            Self::Sum(sum) => add(sum, slot),
            Self::Avg(sum, count) => {
                if slot.number().is_some() {
                    *count += 1;
                    add(sum, slot);
                }
            }
            Self::Min(least) => {
                if let Some(number) = Number::of(slot)
                    && least.is_none_or(|least| number.less(least))
                {
                    *least = Some(number);
                }
            }
            Self::Max(most) => {
                if let Some(number) = Number::of(slot)
                    && most.is_none_or(|most| most.less(number))
                {
                    *most = Some(number);
                }
            }
            Self::Cardinality(seen) => {
                seen.insert(identity(slot));
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Sum(a), Self::Sum(b)) => a.merge(b),
            (Self::Avg(a, n), Self::Avg(b, m)) => {
                a.merge(b);
                *n += m;
            }
            (Self::Min(a), Self::Min(Some(b))) if a.is_none_or(|a| b.less(a)) => *a = Some(*b),
            (Self::Max(a), Self::Max(Some(b))) if a.is_none_or(|a| a.less(*b)) => *a = Some(*b),
            (Self::Cardinality(a), Self::Cardinality(b)) => a.extend(b.iter().copied()),
            _ => {}
        }
    }

    pub(crate) fn value(&self, count: u64) -> Value {
        match self {
            Self::Count => Value::Int(count as i64),
            Self::Sum(sum) => Value::float(sum.value()),
            Self::Avg(_, 0) => Value::Null,
            Self::Avg(sum, count) => Value::float(sum.value() / *count as f64),
            Self::Min(number) | Self::Max(number) => number.map_or(Value::Null, Number::value),
            Self::Cardinality(seen) => Value::Int(seen.len() as i64),
        }
    }
}

fn add(sum: &mut ExactSum, slot: Slot) {
    match slot {
        Slot::Long(number) => sum.add_integer(number),
        _ => {
            if let Some(number) = slot.number() {
                sum.add(number);
            }
        }
    }
}
