//! What the first records in an order say.

use std::cmp::Ordering;

use hailstream_protocol::Value;
use hailstream_query::{Aggregate, Direction, Sort, TopHits};

use super::exact::sum;
use super::{Record, number};

pub(super) fn value(asked: &TopHits, mut records: Vec<&Record>) -> Value {
    // Newest first; sorting by the field leaves that order among equals.
    records.sort_by(|a, b| b.place().cmp(&a.place()));
    if let Some(sort) = &asked.sort {
        records.sort_by(|a, b| compare(sort, a, b));
    }
    records.truncate(asked.size as usize);
    let shown: Vec<Value> = match &asked.field {
        Some(field) => {
            let values = records.iter().map(|record| record.shown(field));
            values.filter(|value| !value.is_null()).collect()
        }
        None => records.iter().map(|record| document(asked, record)).collect(),
    };
    if asked.aggregate != Aggregate::Concat {
        return aggregated(
            asked.aggregate,
            &shown.into_iter().filter_map(|v| number(&v)).collect::<Vec<_>>(),
        );
    }
    match shown.as_slice() {
        [] => Value::Null,
        [one] if asked.size == 1 => one.clone(),
        _ => Value::List(shown),
    }
}

fn document(asked: &TopHits, record: &Record) -> Value {
    let fields = asked.source.iter().filter(|field| !record.shown(field).is_null());
    Value::Object(fields.map(|field| (field.clone(), record.shown(field))).collect())
}

/// Records without the field come last, whichever way.
fn compare(sort: &Sort, a: &Record, b: &Record) -> Ordering {
    match (a.shown(&sort.field), b.shown(&sort.field)) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        (_, Value::Null) => Ordering::Less,
        (a, b) if sort.order == Direction::Asc => a.cmp(&b),
        (a, b) => b.cmp(&a),
    }
}

fn aggregated(aggregate: Aggregate, numbers: &[Value]) -> Value {
    if numbers.is_empty() {
        return Value::Null;
    }
    match aggregate {
        Aggregate::Min => numbers.iter().min().cloned().unwrap_or_default(),
        Aggregate::Max => numbers.iter().max().cloned().unwrap_or_default(),
        Aggregate::Sum => Value::float(sum(numbers)),
        Aggregate::Average | Aggregate::Concat => Value::float(sum(numbers) / numbers.len() as f64),
    }
}
