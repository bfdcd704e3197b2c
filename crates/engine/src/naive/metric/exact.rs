//! Arithmetic without rounding, after Shewchuk: numbers as sums of doubles that do not overlap.

use hailstream_protocol::Value;

/// The sum, rounded once: Shewchuk's expansions, whose parts do not overlap.
pub(super) fn sum(numbers: &[Value]) -> f64 {
    let mut parts: Vec<f64> = Vec::new();
    numbers.iter().flat_map(halves).for_each(|half| grow(&mut parts, half));
    rounded(&parts)
}

/// Adds a number to an expansion (parts by growing magnitude).
pub(super) fn grow(parts: &mut Vec<f64>, mut number: f64) {
    let mut kept = Vec::new();
    for part in parts.iter() {
        let (large, small) =
            if number.abs() < part.abs() { (*part, number) } else { (number, *part) };
        let high = large + small;
        let low = small - (high - large);
        if low != 0.0 {
            kept.push(low);
        }
        number = high;
    }
    kept.push(number);
    *parts = kept;
}

/// The double nearest to an expansion, ties to even.
pub(super) fn rounded(parts: &[f64]) -> f64 {
    let mut rest = parts.iter().rev().copied();
    let mut high = rest.next().unwrap_or(0.0);
    let mut low = 0.0;
    for part in rest.by_ref() {
        let before = high;
        high = before + part;
        low = part - (high - before);
        if low != 0.0 {
            break;
        }
    }
    // What follows decides a tie that the last addition rounded the wrong way.
    if let Some(next) = rest.next()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let twice = low * 2.0;
        let other = high + twice;
        if other - high == twice {
            high = other;
        }
    }
    high
}

/// A number as two doubles without loss.
pub(super) fn halves(number: &Value) -> [f64; 2] {
    match number {
        Value::Int(number) => {
            [(number >> 32) as f64 * 4_294_967_296.0, (number & 0xffff_ffff) as f64]
        }
        other => [other.as_f64().unwrap_or_default(), 0.0],
    }
}

/// Adds a product to an expansion: Dekker's, whose factors are split into halves that multiply exactly.
pub(super) fn grow_by_product(parts: &mut Vec<f64>, a: f64, b: f64) {
    let split = |number: f64| {
        // Large ones are made smaller meanwhile, so that nothing overflows.
        let scale = if number.abs() > 1e200 { 2_f64.powi(-60) } else { 1.0 };
        let scaled = number * scale;
        let shifted = 134_217_729.0 * scaled;
        let high = shifted - (shifted - scaled);
        (high / scale, (scaled - high) / scale)
    };
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    grow(parts, product);
    grow(parts, error);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_rounded_once() {
        let floats = |numbers: &[f64]| -> Vec<Value> {
            numbers.iter().map(|number| Value::Float(*number)).collect()
        };
        assert_eq!(sum(&floats(&[0.1; 10])), 1.0);
        assert_eq!(sum(&floats(&[1e16, 1.0, -1e16])), 1.0);
        assert_eq!(sum(&floats(&[1e-16, 1.0, 1e16])), 1.000_000_000_000_000_2e16);
        assert_eq!(sum(&[Value::Int(i64::MAX), Value::Int(-i64::MAX), Value::Int(3)]), 3.0);
        assert_eq!(sum(&[]), 0.0);
    }
}
