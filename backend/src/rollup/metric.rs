//! The partial state of one metric of one row. Only metrics that can be added up further are here: counts, sums,
//! extremes, distinct values.

use std::collections::HashSet;

use hailstream_engine::ExactSum;
use hailstream_protocol::Value;
use hailstream_query::Metric;

/// A metric's state; grows with every record that counts and never goes back.
#[derive(Clone, Debug)]
pub(super) enum MetricState {
    Count(i64),
    /// Whole numbers stay whole until the sum is no longer one.
    Sum {
        exact: ExactSum,
        whole: Option<i64>,
    },
    Min(Value),
    Max(Value),
    Cardinality(HashSet<Value>),
}

impl MetricState {
    /// The state before any record; `None` for metrics that cannot be added up further.
    pub(super) fn new(metric: &Metric) -> Option<Self> {
        match metric {
            Metric::Count(_) => Some(Self::Count(0)),
            Metric::Sum(_) => Some(Self::Sum { exact: ExactSum::default(), whole: Some(0) }),
            Metric::Min(_) => Some(Self::Min(Value::Null)),
            Metric::Max(_) => Some(Self::Max(Value::Null)),
            Metric::Cardinality(_) => Some(Self::Cardinality(HashSet::new())),
            _ => None,
        }
    }

    /// Takes in a record's value; an absent one only counts as a record.
    pub(super) fn update(&mut self, value: &Value) {
        match self {
            Self::Count(count) => *count += 1,
            Self::Sum { exact, whole } => match value {
                Value::Int(number) => {
                    exact.add_integer(*number);
                    *whole = whole.and_then(|sum| sum.checked_add(*number));
                }
                Value::Float(number) => {
                    exact.add(*number);
                    *whole = None;
                }
                Value::Bool(flag) => {
                    exact.add_integer(i64::from(*flag));
                    *whole = whole.and_then(|sum| sum.checked_add(i64::from(*flag)));
                }
                _ => {}
            },
            Self::Min(least) => {
                if !value.is_null() && (least.is_null() || *value < *least) {
                    *least = value.clone();
                }
            }
            Self::Max(most) => {
                if !value.is_null() && (most.is_null() || *value > *most) {
                    *most = value.clone();
                }
            }
            Self::Cardinality(values) => {
                if !value.is_null() && !values.contains(value) {
                    values.insert(value.clone());
                }
            }
        }
    }

    /// What is published.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Count(count) => Value::Int(*count),
            Self::Sum { whole: Some(sum), .. } => Value::Int(*sum),
            Self::Sum { exact, .. } => Value::float(exact.value()),
            Self::Min(value) | Self::Max(value) => value.clone(),
            Self::Cardinality(values) => {
                Value::Int(i64::try_from(values.len()).unwrap_or(i64::MAX))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(name: &str) -> Metric {
        let field = if name == "count" { "" } else { r#","field":"f""# };
        serde_json::from_str(&format!(r#"{{"id":"m","type":"{name}"{field}}}"#)).unwrap()
    }

    fn after(name: &str, values: &[Value]) -> Value {
        let mut state = MetricState::new(&metric(name)).unwrap();
        values.iter().for_each(|value| state.update(value));
        state.value()
    }

    #[test]
    fn metrics_of_a_few_values() {
        let floats = [Value::Float(0.5), Value::Null, Value::Float(-1.5), Value::Float(0.5)];
        let ints = [Value::Int(2), Value::Int(3), Value::Null, Value::Int(3)];
        for (kind, of_floats, of_ints, of_none) in [
            ("count", Value::Int(4), Value::Int(4), Value::Int(0)),
            ("sum", Value::Float(-0.5), Value::Int(8), Value::Int(0)),
            ("min", Value::Float(-1.5), Value::Int(2), Value::Null),
            ("max", Value::Float(0.5), Value::Int(3), Value::Null),
            ("cardinality", Value::Int(2), Value::Int(2), Value::Int(0)),
        ] {
            assert_eq!(after(kind, &floats), of_floats, "{kind}");
            assert_eq!(after(kind, &ints), of_ints, "{kind}");
            assert_eq!(after(kind, &[]), of_none, "{kind}");
        }
        assert!(MetricState::new(&metric("avg")).is_none());
    }
}
