//! Percentiles and ranks of all values in order.

use hailstream_protocol::Value;

/// Between two values on the straight line between them.
pub(super) fn percentile(numbers: &[Value], percent: f64) -> Value {
    let sorted = sorted(numbers);
    let Some(last) = sorted.len().checked_sub(1) else { return Value::Null };
    let place = last as f64 * percent / 100.0;
    let index = place as usize;
    let share = place - index as f64;
    if share == 0.0 {
        return Value::float(sorted[index]);
    }
    Value::float(sorted[index] + (sorted[index + 1] - sorted[index]) * share)
}

/// Per cent of the values that are at most `value`.
pub(super) fn rank(numbers: &[Value], value: f64) -> Value {
    let sorted = sorted(numbers);
    if sorted.is_empty() {
        return Value::Null;
    }
    let below = sorted.iter().filter(|number| **number <= value).count();
    Value::float(below as f64 * 100.0 / sorted.len() as f64)
}

fn sorted(numbers: &[Value]) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.iter().filter_map(Value::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}
