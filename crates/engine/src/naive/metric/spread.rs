//! The deviation of a population: √((n Σx² − (Σx)²) / n²).

use hailstream_protocol::Value;
use hailstream_query::{Bound, StdDev};

use super::exact::{grow, grow_by_product, halves, rounded, sum};

pub(super) fn value(asked: &StdDev, numbers: &[Value]) -> Value {
    let count = numbers.len() as f64;
    let is_too_large = |number: &Value| number.as_f64().is_some_and(|x| x.abs() > 2_f64.powi(400));
    if numbers.is_empty() || numbers.iter().any(is_too_large) {
        return Value::Null;
    }
    let (mut once, mut squared, mut scaled) = (Vec::new(), Vec::new(), Vec::new());
    for [a, b] in numbers.iter().map(halves) {
        grow(&mut once, a);
        grow(&mut once, b);
        grow_by_product(&mut squared, a, a);
        grow_by_product(&mut squared, 2.0 * a, b);
        grow_by_product(&mut squared, b, b);
    }
    squared.iter().for_each(|part| grow_by_product(&mut scaled, count, *part));
    for a in &once {
        once.iter().for_each(|b| grow_by_product(&mut scaled, -a, *b));
    }
    let deviation = (rounded(&scaled).max(0.0) / (count * count)).sqrt();
    let average = sum(numbers) / count;
    Value::float(match asked.bound {
        None => deviation,
        Some(Bound::Upper) => average + asked.sigma * deviation,
        Some(Bound::Lower) => average - asked.sigma * deviation,
    })
}
