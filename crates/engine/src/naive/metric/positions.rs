//! Average and extent of positions.

use hailstream_protocol::Value;
use hailstream_query::GeoBounds;

use super::exact::sum;
use crate::naive::position;

fn degrees(values: &[&Value]) -> (Vec<f64>, Vec<f64>) {
    values.iter().filter_map(|value| position(value)).map(|at| (at.lon(), at.lat())).unzip()
}

pub(super) fn centroid(values: &[&Value]) -> Value {
    let (lon, lat) = degrees(values);
    if lon.is_empty() {
        return Value::Null;
    }
    let average = |all: Vec<f64>| {
        let count = all.len() as f64;
        Value::float(sum(&all.into_iter().map(Value::Float).collect::<Vec<_>>()) / count)
    };
    Value::List(vec![average(lon), average(lat)])
}

/// The box from the westernmost to the easternmost; or the one that leaves out all between the innermost on both sides of
/// Greenwich, if that is narrower.
pub(super) fn bounds(asked: &GeoBounds, values: &[&Value]) -> Value {
    let (lon, lat) = degrees(values);
    if lon.is_empty() {
        return Value::Null;
    }
    let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |all: &[f64]| all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut west, mut east) = (least(&lon), most(&lon));
    let (left, right): (Vec<f64>, Vec<f64>) = lon.iter().partition(|lon| **lon < 0.0);
    if asked.wrap_longitude && !left.is_empty() && !right.is_empty() {
        let (start, end) = (least(&right), most(&left));
        if 360.0 - start + end < east - west {
            (west, east) = (start, end);
        }
    }
    Value::List([west, least(&lat), east, most(&lat)].map(Value::float).to_vec())
}
