//! Runtime fields, record by record.

use hailstream_protocol::Value;
use hailstream_query::{Expression, Query, RuntimeField};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::{Facts, Record, metric};

/// The records with the runtime fields of a query, which go before others of the same name.
pub(super) fn with_runtime(query: &Query, facts: &Facts<'_>) -> Vec<Record> {
    let records = facts.records.iter();
    let richer = records.map(|record| {
        let mut richer = record.clone();
        for (name, field) in &query.runtime {
            let values = value(field, query, facts, record).into_iter().collect();
            richer.values.insert(name.clone(), values);
        }
        richer
    });
    richer.collect()
}

fn value(field: &RuntimeField, query: &Query, facts: &Facts<'_>, record: &Record) -> Option<Value> {
    let clock = |field: &Option<String>, zone: &Option<String>| -> Option<Zoned> {
        let at_ms = match field {
            Some(field) if Some(field.as_str()) != facts.time_field => {
                record.all(field).first()?.as_i64()?
            }
            _ => record.time_ms,
        };
        let zone = query.zone_of(zone.as_deref()).unwrap_or(TimeZone::UTC);
        Some(Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(zone))
    };
    match field {
        RuntimeField::HourOfDay { field, time_zone } => {
            Some(Value::Int(i64::from(clock(field, time_zone)?.hour())))
        }
        RuntimeField::DayOfWeek { field, time_zone } => {
            Some(Value::Int(i64::from(clock(field, time_zone)?.weekday().to_monday_one_offset())))
        }
        RuntimeField::Formula { formula } => {
            let number = number(&formula.expression, record)? + 0.0;
            number.is_finite().then_some(Value::Float(number))
        }
    }
}

fn number(expression: &Expression, record: &Record) -> Option<f64> {
    match expression {
        Expression::Number(number) => Some(*number),
        Expression::Field(name) => metric::number(record.all(name).first()?)?.as_f64(),
        Expression::Negated(inner) => Some(-number(inner, record)?),
        Expression::Both(operator, both) => {
            Some(operator.apply(number(&both.0, record)?, number(&both.1, record)?))
        }
    }
}
