//! Pill filters over one record: a field with several values matches if one of them does.

use std::cmp::Ordering;

use hailstream_geo::distance::haversine_m;
use hailstream_geo::{Bounds, LonLat, Polygon};
use hailstream_protocol::Value;
use hailstream_query::{Condition, Filter};
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::{Record, position};
use crate::decode::time::iso_ms;

pub(super) fn all(filters: &[Filter], record: &Record) -> bool {
    filters.iter().filter(|filter| !filter.disabled).all(|filter| {
        let values = record.all(filter.condition.field());
        let holds = values.iter().any(|value| holds(&filter.condition, value));
        holds != filter.negate
    })
}

fn holds(condition: &Condition, value: &Value) -> bool {
    let order = |asked: &Json| compare(value, asked);
    match condition {
        Condition::Exists { .. } => true,
        Condition::Term { value: asked, .. } => order(asked) == Some(Ordering::Equal),
        Condition::Terms { values, .. } => {
            values.iter().any(|asked| order(asked) == Some(Ordering::Equal))
        }
        Condition::Range(range) => {
            let within = |bound: &Option<Json>, wanted: fn(Ordering) -> bool| {
                bound.as_ref().is_none_or(|bound| order(bound).is_some_and(wanted))
            };
            within(&range.gt, Ordering::is_gt)
                && within(&range.gte, Ordering::is_ge)
                && within(&range.lt, Ordering::is_lt)
                && within(&range.lte, Ordering::is_le)
        }
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
    }
}

/// Order of a value against one of the query, which may write numbers, times and booleans as text.
fn compare(value: &Value, asked: &Json) -> Option<Ordering> {
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
    Some(value.cmp(&asked))
}
