//! Exact sums: the order in which records come must not show in what is published.
//!
//! A sum is kept as numbers that do not overlap (Shewchuk's expansions): adding loses nothing, and only the final value
//! is rounded, once and correctly.

/// An exact sum of finite numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ExactSum {
    /// Non-overlapping, smallest first.
    parts: Vec<f64>,
}

impl ExactSum {
    /// Adds a number; NaN and infinities, which no JSON record can hold, are left out.
    pub(super) fn add(&mut self, number: f64) {
        if !number.is_finite() {
            return;
        }
        let mut carried = number;
        let mut kept = 0;
        for place in 0..self.parts.len() {
            let (sum, error) = two_sum(carried, self.parts[place]);
            if error != 0.0 {
                self.parts[kept] = error;
                kept += 1;
            }
            carried = sum;
        }
        self.parts.truncate(kept);
        self.parts.push(carried);
    }

    /// Adds a whole number without loss.
    pub(super) fn add_int(&mut self, number: i64) {
        // Both halves are exact as floating point numbers.
        let low = number & 0xffff_ffff;
        self.add((number - low) as f64);
        self.add(low as f64);
    }

    /// The sum, correctly rounded.
    pub(super) fn value(&self) -> f64 {
        let Some((&last, rest)) = self.parts.split_last() else { return 0.0 };
        let mut sum = last;
        let mut error = 0.0;
        let mut left = rest.len();
        while left > 0 && error == 0.0 {
            left -= 1;
            (sum, error) = two_sum(sum, rest[left]);
        }
        // Exactly between two numbers: what is smaller still decides (ties go to even otherwise).
        if left > 0 && error.signum() == rest[left - 1].signum() && rest[left - 1] != 0.0 {
            let (rounded, twice) = (sum + error * 2.0, error * 2.0);
            if rounded - sum == twice {
                sum = rounded;
            }
        }
        sum
    }
}

/// The rounded sum of two numbers and what rounding left out.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum_of(numbers: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = ExactSum::default();
        numbers.into_iter().for_each(|number| sum.add(number));
        sum.value()
    }

    #[test]
    fn nothing_is_lost() {
        assert_eq!(sum_of([]), 0.0);
        assert_eq!(sum_of([0.1; 10]), 1.0);
        assert_eq!(sum_of([1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum_of([1.0, 2f64.powi(-53), 2f64.powi(-106)]), 1.0 + f64::EPSILON);
        let mut sum = ExactSum::default();
        sum.add_int(i64::MAX);
        sum.add_int(-i64::MAX + 3);
        assert_eq!(sum.value(), 3.0);
    }

    proptest! {
        #[test]
        fn order_does_not_show(mut numbers in prop::collection::vec(-1e12f64..1e12, 0..200)) {
            let forward = sum_of(numbers.iter().copied());
            numbers.sort_by(f64::total_cmp);
            prop_assert_eq!(forward.to_bits(), sum_of(numbers).to_bits());
        }
    }
}
