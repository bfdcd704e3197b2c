//! How far values lie from their average: exact sums of values and of their squares, so that neither the order of records nor
//! a large average costs digits. Below 1.3 kB.

use hailstream_protocol::Value;
use hailstream_query::{Bound, StdDev};

use crate::exact_sum::ExactSum;

use super::number::Number;

/// Squares of larger numbers, times the count, would leave the range of doubles: 2^400.
const LARGEST: f64 = 2.582_249_878_086_908_6e120;

#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    count: u64,
    sum: ExactSum,
    squares: ExactSum,
    /// Values beyond [`LARGEST`].
    beyond: u64,
}

impl Spread {
    pub(super) fn add(&mut self, number: Number) {
        self.count += 1;
        match number {
            Number::Double(number) if number.abs() <= LARGEST => {
                self.sum.add(number);
                self.squares.add_product(number, number);
            }
            Number::Double(_) => self.beyond += 1,
            Number::Long(number) => {
                // Two halves, each a double without loss.
                let high = (number >> 32) as f64 * 4_294_967_296.0;
                let low = (number & 0xffff_ffff) as f64;
                self.sum.add_integer(number);
                self.squares.add_product(high, high);
                self.squares.add_product(2.0 * high, low);
                self.squares.add_product(low, low);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        self.beyond += other.beyond;
    }

    pub(super) fn value(&self, asked: &StdDev) -> Value {
        if self.count == 0 || self.beyond > 0 {
            return Value::Null;
        }
        let count = self.count as f64;
        let (deviation, average) = (self.variance().sqrt(), self.sum.value() / count);
        Value::float(match asked.bound {
            None => deviation,
            Some(Bound::Upper) => average + asked.sigma * deviation,
            Some(Bound::Lower) => average - asked.sigma * deviation,
        })
    }

    /// (n Σx² − (Σx)²) / n²; the difference is exact before it is rounded.
    fn variance(&self) -> f64 {
        let count = self.count as f64;
        let mut scaled = ExactSum::default();
        for part in self.squares.expansion() {
            scaled.add_product(count, part);
        }
        let sum = self.sum.expansion();
        for a in &sum {
            for b in &sum {
                scaled.add_product(-a, *b);
            }
        }
        // Below 0 only where squares are too small for a double.
        scaled.value().max(0.0) / (count * count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deviation(numbers: &[Number]) -> Option<f64> {
        let mut spread = Spread::default();
        numbers.iter().for_each(|number| spread.add(*number));
        let (id, field) = (String::new(), String::new());
        let value = spread.value(&StdDev { id, field, bound: None, sigma: 2.0, filter: None });
        value.as_f64()
    }

    #[test]
    fn a_large_average_costs_no_digits() {
        let doubles =
            |numbers: &[f64]| numbers.iter().copied().map(Number::Double).collect::<Vec<_>>();
        assert_eq!(
            deviation(&doubles(&[1e15 + 1.0, 1e15 + 2.0, 1e15 + 3.0, 1e15 + 4.0])),
            Some(1.25_f64.sqrt())
        );
        assert_eq!(deviation(&doubles(&[0.1; 7])), Some(0.0));
        assert_eq!(deviation(&doubles(&[1e-200; 3])), Some(0.0));
        assert_eq!(deviation(&doubles(&[1e121, 1.0])), None);
        assert_eq!(deviation(&doubles(&[-2e120, 2e120])), Some(2e120));
        assert_eq!(deviation(&[]), None);
        let longs = [i64::MAX, i64::MAX - 2, i64::MIN, i64::MIN + 2].map(Number::Long);
        assert_eq!(deviation(&longs), Some(9_223_372_036_854_775_807.0 - 1.0));
    }
}
