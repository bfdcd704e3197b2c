//! Pill filters over rows.

use hailstream_geo::distance::haversine_m;
use hailstream_geo::{Bounds, LonLat, Polygon};
use hailstream_query::{Condition, Filter};
use serde_json::Value as Json;

use crate::decode::time::iso_ms;
use crate::fields::{Dictionary, Fields};
use crate::rows::{Rows, Slot};

/// Filters all of which must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    filters: Vec<(String, Test, bool)>,
}

#[derive(Clone, Debug)]
enum Test {
    Any(Vec<Json>),
    Range { low: Option<(Json, bool)>, high: Option<(Json, bool)> },
    Exists,
    Within(Bounds),
    Near(LonLat, f64),
    Inside(Polygon),
    Never,
}

impl Filters {
    pub(crate) fn new(filters: &[Filter]) -> Self {
        let active = filters.iter().filter(|filter| !filter.disabled);
        let filters = active.map(|filter| {
            (filter.condition.field().to_owned(), Test::of(&filter.condition), filter.negate)
        });
        Self { filters: filters.collect() }
    }

    /// Whether a row passes all filters. A field that is not there passes only negated ones.
    pub(crate) fn pass(
        &self,
        rows: &Rows,
        row: usize,
        fields: &Fields,
        words: &Dictionary,
    ) -> bool {
        self.filters.iter().all(|(field, test, negate)| {
            let slot = fields.id(field).and_then(|id| rows.slot(id, row));
            slot.is_some_and(|slot| test.holds(slot, words)) != *negate
        })
    }
}

impl Test {
    fn of(condition: &Condition) -> Self {
        match condition {
            Condition::Term { value, .. } => Self::Any(vec![value.clone()]),
            Condition::Terms { values, .. } => Self::Any(values.clone()),
            Condition::Range(range) => {
                let bound = |open: &Option<Json>, closed: &Option<Json>| {
                    let open = open.clone().map(|value| (value, false));
                    open.or_else(|| closed.clone().map(|value| (value, true)))
                };
                Self::Range {
                    low: bound(&range.gt, &range.gte),
                    high: bound(&range.lt, &range.lte),
                }
            }
            Condition::Exists { .. } => Self::Exists,
            Condition::GeoBox { bounds: [w, s, e, n], .. } => {
                Bounds::new(*w, *s, *e, *n).map_or(Self::Never, Self::Within)
            }
            Condition::GeoDistance { center: [lon, lat], distance_m, .. } => {
                LonLat::new(*lon, *lat)
                    .map_or(Self::Never, |center| Self::Near(center, *distance_m))
            }
            Condition::GeoPolygon { points, .. } => {
                let ring = points.iter().map(|[lon, lat]| LonLat::wrapped(*lon, *lat)).collect();
                Self::Inside(Polygon::from_rings([ring]))
            }
        }
    }

    fn holds(&self, slot: Slot, words: &Dictionary) -> bool {
        match (self, slot) {
            (Self::Exists, _) => true,
            (Self::Any(values), _) => values
                .iter()
                .any(|value| compare(slot, value, words) == Some(std::cmp::Ordering::Equal)),
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
fn compare(slot: Slot, value: &Json, words: &Dictionary) -> Option<std::cmp::Ordering> {
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
