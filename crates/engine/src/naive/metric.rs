//! Metrics over the records of one group.

use std::collections::BTreeSet;

use hailstream_protocol::Value;
use hailstream_query::{Metric, MetricKind};

use super::Record;

pub(super) fn value(metric: &Metric, records: &[&Record]) -> Value {
    let values = || {
        let field = metric.field.as_deref().unwrap_or_default();
        records.iter().flat_map(move |record| record.all(field))
    };
    let numbers: Vec<Value> = values().filter_map(number).collect();
    match metric.kind {
        MetricKind::Count => Value::Int(records.len() as i64),
        MetricKind::Sum => Value::float(sum(&numbers)),
        MetricKind::Avg if numbers.is_empty() => Value::Null,
        MetricKind::Avg => Value::float(sum(&numbers) / numbers.len() as f64),
        MetricKind::Min => numbers.into_iter().min().unwrap_or_default(),
        MetricKind::Max => numbers.into_iter().max().unwrap_or_default(),
        MetricKind::Cardinality => Value::Int(values().collect::<BTreeSet<_>>().len() as i64),
    }
}

/// Booleans count as 0 and 1.
pub(super) fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Int(_) | Value::Float(_) => Some(value.clone()),
        Value::Bool(value) => Some(Value::Int(i64::from(*value))),
        Value::Null | Value::Text(_) | Value::List(_) | Value::Object(_) => None,
    }
}

/// The sum, rounded once: Shewchuk's expansions, whose parts do not overlap.
fn sum(numbers: &[Value]) -> f64 {
    let mut parts: Vec<f64> = Vec::new();
    for number in numbers {
        match number {
            // Two halves, each a double without loss.
            Value::Int(number) => {
                grow(&mut parts, (number >> 32) as f64 * 4_294_967_296.0);
                grow(&mut parts, (number & 0xffff_ffff) as f64);
            }
            other => grow(&mut parts, other.as_f64().unwrap_or_default()),
        }
    }
    rounded(&parts)
}

/// Adds a number to an expansion (parts by growing magnitude).
fn grow(parts: &mut Vec<f64>, mut number: f64) {
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
fn rounded(parts: &[f64]) -> f64 {
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
