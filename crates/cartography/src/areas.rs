//! Areas with simpler outlines: parks, zones with the place where their name goes.

use hailstream_geo::basemap::Zone;
use hailstream_geo::{MultiPolygon, Polygon};

use crate::simplify;

/// How far an outline may move when it is simplified, m.
const TOLERANCE_M: f64 = 2.0;

/// The area with fewer points.
#[must_use]
pub fn simplified(shape: &MultiPolygon) -> MultiPolygon {
    MultiPolygon { polygons: shape.polygons.iter().filter_map(polygon).collect() }
}

/// The polygon with fewer points; none where nothing is left of it.
#[must_use]
pub fn polygon(polygon: &Polygon) -> Option<Polygon> {
    let mut rings = polygon
        .rings()
        .map(|ring| simplify::ring(ring, TOLERANCE_M))
        .filter(|ring| ring.len() >= 3);
    Some(Polygon { outer: rings.next()?, holes: rings.collect() })
}

/// A zone of a basemap; none where it has no area.
#[must_use]
pub fn zone(name: &str, shape: &MultiPolygon) -> Option<Zone> {
    let label = shape.label_point()?;
    Some(Zone { name: name.to_owned(), shape: simplified(shape), label })
}
