//! Conditions of pills on one field: values in JSON, areas.

use hailstream_dql::Bound;
use hailstream_geo::distance::haversine_m;
use hailstream_geo::{Bounds, LonLat, Polygon};
use hailstream_query::{Condition, RangeCondition};
use serde_json::Value as Json;

use crate::decode::time::iso_ms;
use crate::fields::{Code, Dictionary};
use crate::rows::{Column, Slot};

#[derive(Clone, Debug)]
pub(super) enum Test {
    Any(Vec<Json>),
    Exists,
    Within(Bounds),
    Near(LonLat, f64),
    Inside(Polygon),
    Never,
}

/// A value of a pill as it is written; none where it is a list, an object or null.
pub(super) fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Both ends of a range, an open one before a closed one; none where an end is a list or an object.
pub(super) fn ends(range: &RangeCondition) -> Option<(Option<Bound>, Option<Bound>)> {
    let end = |open: &Option<Json>, closed: &Option<Json>| {
        let Some(asked) = open.as_ref().or(closed.as_ref()) else { return Some(None) };
        Some(Some(Bound { value: text(asked)?, inclusive: open.is_none() }))
    };
    Some((end(&range.gt, &range.gte)?, end(&range.lt, &range.lte)?))
}

impl Test {
    /// The field and what must hold of it; none for conditions that are no test of one field.
    pub(super) fn of(condition: &Condition) -> Option<(&str, Self)> {
        let (field, test) = match condition {
            Condition::Term { field, value } => (field, Self::Any(vec![value.clone()])),
            Condition::Terms { field, values } => (field, Self::Any(values.clone())),
            Condition::Exists { field } => (field, Self::Exists),
            Condition::GeoBox { field, bounds: [w, s, e, n] } => {
                (field, Bounds::new(*w, *s, *e, *n).map_or(Self::Never, Self::Within))
            }
            Condition::GeoDistance { field, center: [lon, lat], distance_m } => {
                let near = |center| Self::Near(center, *distance_m);
                (field, LonLat::new(*lon, *lat).map_or(Self::Never, near))
            }
            Condition::GeoPolygon { field, points } => {
                let ring = points.iter().map(|[lon, lat]| LonLat::wrapped(*lon, *lat)).collect();
                (field, Self::Inside(Polygon::from_rings([ring])))
            }
            Condition::Phrase { .. }
            | Condition::Phrases { .. }
            | Condition::Range(_)
            | Condition::Query { .. }
            | Condition::Bool(_) => return None,
        };
        Some((field, test))
    }

    /// The codes of the words asked for, where words are asked for and the column has words.
    pub(super) fn codes(&self, column: Option<&Column>, words: &Dictionary) -> Option<Vec<Code>> {
        match (self, column.map(Column::cells)) {
            (Self::Any(values), Some(Column::Words(_))) if values.iter().all(Json::is_string) => {
                let known = values.iter().filter_map(Json::as_str);
                Some(known.filter_map(|word| words.find(word)).collect())
            }
            _ => None,
        }
    }

    pub(super) fn holds(&self, slot: Slot, words: &Dictionary) -> bool {
        match (self, slot) {
            (Self::Exists, _) => true,
            (Self::Any(values), _) => values.iter().any(|value| equals(slot, value, words)),
            (Self::Within(bounds), Slot::Point(at)) => bounds.contains(at),
            (Self::Near(center, distance_m), Slot::Point(at)) => {
                haversine_m(*center, at) <= *distance_m
            }
            (Self::Inside(polygon), Slot::Point(at)) => polygon.contains(at),
            _ => false,
        }
    }
}

/// Whether a cell is a value of the query, which may write numbers, times and booleans as text.
fn equals(slot: Slot, value: &Json, words: &Dictionary) -> bool {
    match (slot, value) {
        (Slot::Word(code), Json::String(text)) => words.word(code).as_ref() == text.as_str(),
        (Slot::Word(code), Json::Number(number)) => {
            words.word(code).as_ref() == number.to_string().as_str()
        }
        (Slot::Bool(a), Json::Bool(b)) => a == *b,
        (Slot::Bool(a), Json::String(text)) => text.parse() == Ok(a),
        (Slot::Long(a), Json::Number(number)) => match number.as_i64() {
            Some(b) => a == b,
            None => number.as_f64() == Some(a as f64),
        },
        (Slot::Long(a), Json::String(text)) => {
            text.parse().ok().or_else(|| iso_ms(text, &jiff::tz::TimeZone::UTC)) == Some(a)
        }
        (Slot::Double(a), Json::Number(number)) => number.as_f64() == Some(a),
        (Slot::Double(a), Json::String(text)) => text.parse() == Ok(a),
        _ => false,
    }
}
