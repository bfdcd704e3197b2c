//! Conditions of pills on one field: values and bounds in JSON, areas.

use std::cmp::Ordering;

use hailstream_geo::distance::haversine_m;
use hailstream_geo::{Bounds, LonLat, Polygon};
use hailstream_query::Condition;
use serde_json::Value as Json;

use crate::decode::time::iso_ms;
use crate::fields::{Code, Dictionary};
use crate::rows::{Column, Slot};

#[derive(Clone, Debug)]
pub(super) enum Test {
    Any(Vec<Json>),
    Range { low: Option<(Json, bool)>, high: Option<(Json, bool)> },
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

impl Test {
    /// The field and what must hold of it; none for conditions that are no test of one field.
    pub(super) fn of(condition: &Condition) -> Option<(&str, Self)> {
        let (field, test) = match condition {
            Condition::Term { field, value } => (field, Self::Any(vec![value.clone()])),
            Condition::Terms { field, values } => (field, Self::Any(values.clone())),
            Condition::Range(range) => {
                let bound = |open: &Option<Json>, closed: &Option<Json>| {
                    let open = open.clone().map(|value| (value, false));
                    open.or_else(|| closed.clone().map(|value| (value, true)))
                };
                let (low, high) = (bound(&range.gt, &range.gte), bound(&range.lt, &range.lte));
                (&range.field, Self::Range { low, high })
            }
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
            (Self::Any(values), _) => {
                values.iter().any(|value| compare(slot, value, words) == Some(Ordering::Equal))
            }
            (Self::Range { low, high }, _) => {
                let above = low.as_ref().is_none_or(|(value, closed)| {
                    compare(slot, value, words)
                        .is_some_and(|order| order.is_gt() || (*closed && order.is_eq()))
                });
                let below = high.as_ref().is_none_or(|(value, closed)| {
                    compare(slot, value, words)
                        .is_some_and(|order| order.is_lt() || (*closed && order.is_eq()))
                });
                above && below
            }
            (Self::Within(bounds), Slot::Point(at)) => bounds.contains(at),
            (Self::Near(center, distance_m), Slot::Point(at)) => {
                haversine_m(*center, at) <= *distance_m
            }
            (Self::Inside(polygon), Slot::Point(at)) => polygon.contains(at),
            _ => false,
        }
    }
}

/// Order of a cell against a value of the query; `None` where they do not compare.
fn compare(slot: Slot, value: &Json, words: &Dictionary) -> Option<Ordering> {
    match (slot, value) {
        (Slot::Word(code), Json::String(text)) => {
            Some(words.word(code).as_ref().cmp(text.as_str()))
        }
        (Slot::Word(code), Json::Number(number)) => {
            Some(words.word(code).as_ref().cmp(&number.to_string()))
        }
        (Slot::Bool(a), Json::Bool(b)) => Some(a.cmp(b)),
        (Slot::Bool(a), Json::String(text)) => Some(a.cmp(&text.parse().ok()?)),
        (Slot::Long(a), Json::Number(number)) => match number.as_i64() {
            Some(b) => Some(a.cmp(&b)),
            None => (a as f64).partial_cmp(&number.as_f64()?),
        },
        (Slot::Long(a), Json::String(text)) => {
            Some(a.cmp(&text.parse().ok().or_else(|| iso_ms(text, &jiff::tz::TimeZone::UTC))?))
        }
        (Slot::Double(a), Json::Number(number)) => a.partial_cmp(&number.as_f64()?),
        (Slot::Double(a), Json::String(text)) => a.partial_cmp(&text.parse().ok()?),
        _ => None,
    }
}
