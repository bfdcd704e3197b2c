//! The top values of a field: how many records have each, and what share of all that is.

use hailstream_protocol::{QueryResult, Value};
use serde_json::{Value as Json, json};

/// Values that are shown.
pub const SHOWN: u32 = 8;

/// A value of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct TopValue {
    /// The value.
    pub value: Value,
    /// Records that have it.
    pub count: u64,
    /// Their share of all records in range, 0 to 1.
    pub share: f64,
}

/// The values of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopValues {
    /// The most frequent first.
    pub values: Vec<TopValue>,
    /// How many different ones there are.
    pub distinct: u64,
    /// Least, average and most, where they are numbers.
    pub spread: Option<[f64; 3]>,
}

/// The question; range and filters are added as for any panel. `is_number`s are also asked for their spread.
#[must_use]
pub fn query(stream: &str, field: &str, kind: &str) -> Json {
    let bucket = json!({"id": "value", "type": "terms", "field": field, "size": SHOWN});
    match kind {
        "long" | "double" => json!({"stream": stream, "metrics": [
            {"id": "least", "type": "min", "field": field},
            {"id": "mean", "type": "avg", "field": field},
            {"id": "most", "type": "max", "field": field},
        ]}),
        _ => json!({"stream": stream, "buckets": [bucket]}),
    }
}

/// Reads the answer.
#[must_use]
pub fn top_values(result: &QueryResult) -> TopValues {
    let is_spread = result.columns.first().is_some_and(|column| column == "least");
    if is_spread {
        let numbers = result.rows.first().map(|row| row.iter().filter_map(Value::as_f64).collect());
        let spread = numbers.and_then(|numbers: Vec<f64>| <[f64; 3]>::try_from(numbers).ok());
        return TopValues { spread, ..TopValues::default() };
    }
    let total = result.total.max(1) as f64;
    let value = |row: &hailstream_protocol::Row| {
        let [value, count] = row.as_slice() else { return None };
        let count = count.as_f64().unwrap_or(0.0);
        Some(TopValue { value: value.clone(), count: count as u64, share: count / total })
    };
    let values: Vec<TopValue> = result.rows.iter().filter_map(value).collect();
    let distinct = result.truncated.get("value").map_or(values.len() as u64, |cut| cut.of);
    TopValues { values, distinct, spread: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_all_records() {
        let row = |value: &str, count: i64| vec![Value::text(value), Value::Int(count)];
        let result = QueryResult {
            columns: vec!["value".into(), "count".into()],
            rows: vec![row("hired", 235), row("free", 168)],
            total: 470,
            ..QueryResult::default()
        };
        let values = top_values(&result);
        assert_eq!((values.distinct, values.spread), (2, None));
        assert_eq!(values.values[0].share, 0.5);
    }

    #[test]
    fn numbers_have_a_spread() {
        let result = QueryResult {
            columns: ["least", "mean", "most"].map(str::to_owned).to_vec(),
            rows: vec![vec![Value::Int(1), Value::Float(2.5), Value::Int(9)]],
            ..QueryResult::default()
        };
        assert_eq!(top_values(&result).spread, Some([1.0, 2.5, 9.0]));
    }
}
