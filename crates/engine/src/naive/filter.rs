//! Filters over one record: a field with several values matches if one of them does.

use hailstream_dql::Bound;
use hailstream_geo::distance::haversine_m;
use hailstream_geo::{Bounds, LonLat, Polygon};
use hailstream_protocol::Value;
use hailstream_query::{Condition, Filter, FilterQuery, Language, Query, RangeCondition};
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::text::values;
use super::{Facts, Record, position};
use crate::decode::time::iso_ms;

/// Whoever asks: what the words of conditions mean at this moment.
pub(super) struct Asker<'a> {
    /// Conditions on dates follow the clock in seconds.
    pub(super) now_ms: i64,
    pub(super) zone: TimeZone,
    pub(super) facts: Facts<'a>,
}

impl<'a> Asker<'a> {
    pub(super) fn of(query: &Query, facts: &Facts<'a>) -> Self {
        let now_ms = facts.now_ms.unwrap_or_default().div_euclid(1_000) * 1_000;
        Self { now_ms, zone: query.zone().unwrap_or(TimeZone::UTC), facts: *facts }
    }

    pub(super) fn query(&self, query: &Query, record: &Record) -> bool {
        self.text(query.language, &query.query, record) && self.all(&query.filters, record)
    }

    pub(super) fn labelled(&self, query: &FilterQuery, record: &Record) -> bool {
        self.text(Language::Dql, query.text(), record) && self.all(query.filters(), record)
    }

    pub(super) fn text(&self, language: Language, text: &str, record: &Record) -> bool {
        language.parse(text).is_ok_and(|node| self.node(&node, None, record))
    }

    fn all(&self, filters: &[Filter], record: &Record) -> bool {
        filters.iter().filter(|filter| !filter.disabled).all(|filter| self.pill(filter, record))
    }

    fn pill(&self, filter: &Filter, record: &Record) -> bool {
        let holds = match &filter.condition {
            Condition::Query { query, language } => self.text(*language, query, record),
            Condition::Bool(joined) => {
                let active = |filters: &'_ [Filter]| -> Vec<bool> {
                    let active = filters.iter().filter(|filter| !filter.disabled);
                    active.map(|filter| self.pill(filter, record)).collect()
                };
                let some = active(&joined.should).into_iter().filter(|holds| *holds).count();
                active(&joined.must).into_iter().all(|holds| holds)
                    && active(&joined.filter).into_iter().all(|holds| holds)
                    && !active(&joined.must_not).into_iter().any(|holds| holds)
                    && some >= joined.least()
            }
            Condition::Phrase { field, value } => self.phrase(field, value, record),
            Condition::Phrases { field, values } => {
                values.iter().any(|value| self.phrase(field, value, record))
            }
            Condition::Range(range) => self.range(range, record),
            Condition::Term { field, .. }
            | Condition::Terms { field, .. }
            | Condition::Exists { field }
            | Condition::GeoBox { field, .. }
            | Condition::GeoDistance { field, .. }
            | Condition::GeoPolygon { field, .. } => {
                values(record, field).iter().any(|value| holds(&filter.condition, value))
            }
        };
        holds != filter.negate
    }

    fn phrase(&self, field: &str, value: &Json, record: &Record) -> bool {
        let Some(text) = text(value) else { return false };
        let asked = hailstream_dql::Value::Phrase(text);
        values(record, field).iter().any(|value| self.is(field, &asked, value))
    }

    fn range(&self, range: &RangeCondition, record: &Record) -> bool {
        let given = [&range.gt, &range.gte, &range.lt, &range.lte];
        if given.into_iter().flatten().any(|bound| text(bound).is_none()) {
            return false;
        }
        let bound = |asked: &Option<Json>, inclusive: bool| {
            asked.as_ref().and_then(text).map(|value| Bound { value, inclusive })
        };
        let low = bound(&range.gt, false).or(bound(&range.gte, true));
        let high = bound(&range.lt, false).or(bound(&range.lte, true));
        let inside = |value: &Value| self.between(&range.field, low.as_ref(), high.as_ref(), value);
        values(record, &range.field).iter().any(inside)
    }
}

/// What a value of a pill is as text; lists and objects are nothing to compare with.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn holds(condition: &Condition, value: &Value) -> bool {
    let is = |asked: &Json| equals(value, asked).unwrap_or(false);
    match condition {
        Condition::Exists { .. } => true,
        Condition::Term { value: asked, .. } => is(asked),
        Condition::Terms { values, .. } => values.iter().any(is),
        Condition::GeoBox { bounds: [w, s, e, n], .. } => position(value)
            .zip(Bounds::new(*w, *s, *e, *n).ok())
            .is_some_and(|(at, bounds)| bounds.contains(at)),
        Condition::GeoDistance { center: [lon, lat], distance_m, .. } => position(value)
            .zip(LonLat::new(*lon, *lat).ok())
            .is_some_and(|(at, center)| haversine_m(center, at) <= *distance_m),
        Condition::GeoPolygon { points, .. } => position(value).is_some_and(|at| {
            let ring = points.iter().map(|[lon, lat]| LonLat::wrapped(*lon, *lat)).collect();
            Polygon::from_rings([ring]).contains(at)
        }),
        Condition::Phrase { .. }
        | Condition::Phrases { .. }
        | Condition::Range(_)
        | Condition::Query { .. }
        | Condition::Bool(_) => false,
    }
}

/// Whether a value is one of the query, which may write numbers, times and booleans as text; none where they do not compare.
fn equals(value: &Value, asked: &Json) -> Option<bool> {
    let asked = match (value, asked) {
        (_, Json::Null | Json::Array(_) | Json::Object(_)) => return None,
        (Value::Text(_), Json::Number(number)) => Value::text(&number.to_string()),
        (Value::Text(_), Json::String(text)) => Value::text(text),
        (Value::Bool(_), Json::Bool(asked)) => Value::Bool(*asked),
        (Value::Bool(_), Json::String(text)) => Value::Bool(text.parse().ok()?),
        (Value::Int(_), Json::String(text)) => {
            Value::Int(text.parse().ok().or_else(|| iso_ms(text, &TimeZone::UTC))?)
        }
        (Value::Float(_), Json::String(text)) => Value::Float(text.parse().ok()?),
        (Value::Int(_) | Value::Float(_), Json::Number(number)) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64()?),
        },
        _ => return None,
    };
    Some(*value == asked)
}
