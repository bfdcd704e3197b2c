//! Ticks at 1-2-5 steps.

/// A round range that holds all values, and its ticks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NumberTicks {
    pub low: f64,
    pub high: f64,
    pub step: f64,
    pub at: Vec<f64>,
}

/// At most this many ticks on a value axis.
const MOST: f64 = 5.0;

/// What is known of the values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub low: f64,
    pub high: f64,
    /// Steps are multiples of a 1-2-5 number of this, e.g. 60 for seconds shown as minutes.
    pub unit: f64,
    /// All are whole: no tick stands between two of them.
    pub whole: bool,
}

/// Three to five ticks around the values; the range ends at the outer ones.
pub(crate) fn value_ticks(extent: Extent) -> NumberTicks {
    let Extent { mut low, mut high, unit, whole } = extent;
    if !(low.is_finite() && high.is_finite() && low <= high) {
        (low, high) = (0.0, 0.0);
    }
    if low == high {
        high += if low == 0.0 { unit } else { low.abs() * 0.1 };
    }
    if whole {
        high = high.max(low + 2.0);
    }
    let smallest = if whole { unit.max(1.0) } else { 0.0 };
    let step = steps((high - low) / (MOST * 4.0), unit)
        .find(|step| *step >= smallest && count(low, high, *step) <= MOST)
        .unwrap_or(high - low);
    let (first, last) = ((low / step).floor(), (high / step).ceil());
    let at = (0..=(last - first) as i64).map(|index| (first + index as f64) * step).collect();
    NumberTicks { low: first * step, high: last * step, step, at }
}

/// At most `most` round numbers inside a range that stays as it is.
pub(crate) fn inner_ticks(low: f64, high: f64, most: usize) -> (f64, Vec<f64>) {
    if low >= high || most == 0 {
        return (1.0, Vec::new());
    }
    let inside = |step: f64| (high / step + 1e-9).floor() - (low / step - 1e-9).ceil() + 1.0;
    let step = steps((high - low) / (most as f64 * 4.0), 1.0)
        .find(|step| inside(*step) <= most as f64)
        .unwrap_or(high - low);
    let first = (low / step - 1e-9).ceil();
    let at = (0..inside(step).max(0.0) as i64).map(|index| (first + index as f64) * step).collect();
    (step, at)
}

/// The decades around positive values, and at most [`MOST`] powers of ten among them. What is not positive has no place.
pub(crate) fn decades(low: f64, high: f64) -> (f64, f64, Vec<f64>) {
    let exponent = |value: f64| value.clamp(1e-300, 1e300).log10();
    let last = if high > 0.0 && high.is_finite() { exponent(high).ceil() as i32 } else { 1 };
    let first = if low > 0.0 { exponent(low).floor() as i32 } else { 0 };
    let first = first.min(last - 1);
    let step = (last - first).unsigned_abs().div_ceil(MOST as u32 - 1).max(1);
    let power = |exponent: i32| 10_f64.powi(exponent);
    (power(first), power(last), (first..=last).step_by(step as usize).map(power).collect())
}

fn count(low: f64, high: f64, step: f64) -> f64 {
    (high / step).ceil() - (low / step).floor() + 1.0
}

/// The 1-2-5 multiples of `unit` from about `smallest` on.
fn steps(smallest: f64, unit: f64) -> impl Iterator<Item = f64> {
    let exponent = (smallest / unit).max(f64::MIN_POSITIVE).log10().floor() as i32 - 1;
    (0..12).flat_map(move |decade| {
        let power = exponent + decade;
        // Dividing keeps 0.1 the double that is nearest to it; multiplying by 10^-1 may not.
        let scale = |digit: f64| {
            if power < 0 { digit / 10_f64.powi(-power) } else { digit * 10_f64.powi(power) }
        };
        [1.0, 2.0, 5.0].map(|digit| scale(digit) * unit)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(low: f64, high: f64) -> Vec<f64> {
        value_ticks(Extent { low, high, unit: 1.0, whole: false }).at
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(at(0.0, 16.0), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(at(0.0, 0.3), [0.0, 0.1, 0.2, 0.300_000_000_000_000_04]);
        assert_eq!(at(-3.0, 9.0), [-5.0, 0.0, 5.0, 10.0]);
        assert_eq!(at(0.0, 0.0), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn whole_numbers_get_no_halves() {
        let ticks = |high| value_ticks(Extent { low: 0.0, high, unit: 1.0, whole: true }).at;
        assert_eq!(ticks(0.0), [0.0, 1.0, 2.0]);
        assert_eq!(ticks(1.0), [0.0, 1.0, 2.0]);
        assert_eq!(ticks(3.0), [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn minutes_break_at_whole_minutes() {
        let ticks = value_ticks(Extent { low: 0.0, high: 560.0, unit: 60.0, whole: false });
        assert_eq!(ticks.at, [0.0, 300.0, 600.0]);
    }

    #[test]
    fn logarithms_break_at_powers_of_ten() {
        assert_eq!(decades(3.0, 800.0), (1.0, 1_000.0, vec![1.0, 10.0, 100.0, 1_000.0]));
        assert_eq!(decades(0.0, 0.0), (1.0, 10.0, vec![1.0, 10.0]));
        assert_eq!(decades(0.02, 5.0).2, [0.01, 0.1, 1.0, 10.0]);
        assert_eq!(decades(1.0, 1e12).2.len(), 5);
    }

    #[test]
    fn inner_ticks_stay_inside() {
        assert_eq!(inner_ticks(0.0, 42.0, 6), (10.0, vec![0.0, 10.0, 20.0, 30.0, 40.0]));
        assert_eq!(inner_ticks(3.0, 9.0, 6).1, [4.0, 6.0, 8.0]);
    }

    proptest! {
        #[test]
        fn three_to_five_ticks_hold_all_values(a in -1e9..1e9, span in 1e-6..1e9) {
            let ticks = value_ticks(Extent { low: a, high: a + span, unit: 1.0, whole: false });
            prop_assert!((3..=5).contains(&ticks.at.len()), "{ticks:?}");
            prop_assert!(ticks.low <= a && a + span <= ticks.high, "{ticks:?}");
        }
    }
}
