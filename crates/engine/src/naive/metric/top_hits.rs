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
    if let (Some(field), true) = (&asked.field, asked.aggregate != Aggregate::Concat) {
        let values = records.iter().flat_map(|record| record.all(field));
        return aggregated(asked.aggregate, &values.filter_map(number).collect::<Vec<_>>());
    }
    let shown: Vec<Value> = match &asked.field {
        Some(field) => {
            let values = records.iter().map(|record| record.shown(field));
            values.filter(|value| !value.is_null()).collect()
        }
        None => records.iter().map(|record| document(asked, record)).collect(),
    };
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

/// Records without the field come last, whichever way; of several values the one that comes first counts.
fn compare(sort: &Sort, a: &Record, b: &Record) -> Ordering {
    let ascending = sort.order == Direction::Asc;
    let first = |record: &Record| {
        let values = record.all(&sort.field).iter();
        if ascending { values.min() } else { values.max() }.cloned()
    };
    match (first(a), first(b)) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (a, b) if ascending => a.cmp(&b),
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
