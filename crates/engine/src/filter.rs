//! Pill filters over rows.

use hailstream_geo::distance::haversine_m;
use hailstream_geo::{Bounds, LonLat, Polygon};
use hailstream_query::{Condition, Filter};
use serde_json::Value as Json;

use crate::decode::time::iso_ms;
use crate::fields::{Code, Dictionary, Fields};
use crate::rows::{Column, Rows, Slot};

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

    /// The filters over one batch: columns are looked up and words turned into codes once.
    pub(crate) fn over<'a>(
        &'a self,
        rows: &'a Rows,
        fields: &Fields,
        words: &'a Dictionary,
    ) -> Passing<'a> {
        let tests = self.filters.iter().map(|(field, test, negate)| {
            let column = fields.asked(field).and_then(|id| rows.column(id));
            let prepared = match (test, column) {
                (Test::Any(values), Some(Column::Words(_)))
                    if values.iter().all(Json::is_string) =>
                {
                    let known =
                        values.iter().filter_map(Json::as_str).filter_map(|word| words.find(word));
                    Prepared::Codes(known.collect())
                }
                _ => Prepared::Test(test),
            };
            (column, prepared, *negate)
        });
        Passing { tests: tests.collect(), words }
    }
}

/// Filters over one batch.
pub(crate) struct Passing<'a> {
    tests: Vec<(Option<&'a Column>, Prepared<'a>, bool)>,
    words: &'a Dictionary,
}

enum Prepared<'a> {
    Codes(Vec<Code>),
    Test(&'a Test),
}

impl Passing<'_> {
    /// Whether a row passes all filters. A field that is not there passes only negated ones.
    pub(crate) fn row(&self, row: usize) -> bool {
        self.tests.iter().all(|(column, prepared, negate)| {
            let one = |slot: Slot| match (prepared, slot) {
                (Prepared::Codes(codes), Slot::Word(code)) => codes.contains(&code),
                (Prepared::Codes(_), _) => false,
                (Prepared::Test(test), slot) => test.holds(slot, self.words),
            };
            column.is_some_and(|column| column.slots(row).any(one)) != *negate
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
