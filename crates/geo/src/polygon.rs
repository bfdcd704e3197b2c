//! Areas: rings, polygons with holes, multipolygons, and whether a point lies inside.
//!
//! Degrees are treated as a plane, as GeoJSON and OpenSearch's `geo_polygon` do for areas the size of a city or a
//! country. A ring that crosses the antimeridian must be cut there, as RFC 7946 asks. Points exactly on an edge
//! fall to one side by the half-open rule (south and west edges of a rectangle are inside), so that of two
//! neighbours sharing a border exactly one holds a point of it.

use crate::distance::LocalPlane;
use crate::{Bounds, LonLat};

/// An edge longer than this goes round the back of the globe, degrees of longitude.
const LONGEST_EDGE: f64 = 180.0;

/// A polygon: one outer ring and any number of holes. Rings are implicitly closed: the first point is not repeated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon {
    /// The outer boundary.
    pub outer: Vec<LonLat>,
    /// The holes in it.
    pub holes: Vec<Vec<LonLat>>,
}

/// Several polygons that make one area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MultiPolygon {
    /// The parts.
    pub polygons: Vec<Polygon>,
}

impl Polygon {
    /// A polygon from rings as GeoJSON writes them (outer first, last point repeating the first or not).
    pub fn from_rings(rings: impl IntoIterator<Item = Vec<LonLat>>) -> Self {
        let mut rings = rings.into_iter().map(open_ring);
        Self { outer: rings.next().unwrap_or_default(), holes: rings.collect() }
    }

    /// Whether the point lies inside the outer ring and in no hole.
    pub fn contains(&self, at: LonLat) -> bool {
        ring_contains(&self.outer, at) && !self.holes.iter().any(|hole| ring_contains(hole, at))
    }

    /// All rings, the outer one first.
    pub fn rings(&self) -> impl Iterator<Item = &[LonLat]> {
        std::iter::once(self.outer.as_slice()).chain(self.holes.iter().map(Vec::as_slice))
    }

    /// The box around the outer ring; none when it is empty.
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::around(self.outer.iter().copied())
    }

    /// The area in square degrees, holes taken off: for comparing sizes of neighbours, not for surveying.
    pub fn area_square_degrees(&self) -> f64 {
        let holes: f64 = self.holes.iter().map(|hole| ring_area(hole).abs()).sum();
        ring_area(&self.outer).abs() - holes
    }
}

impl MultiPolygon {
    /// Why nobody can be inside, or it cannot be told.
    pub fn fault(&self) -> Option<&'static str> {
        let is_flat = |polygon: &Polygon| polygon.area_square_degrees() <= 0.0;
        if self.polygons.iter().flat_map(Polygon::rings).any(is_across) {
            Some("a ring across the antimeridian: cut it there into two polygons (RFC 7946, 3.1.9)")
        } else {
            self.polygons.iter().any(is_flat).then_some("a ring around nothing")
        }
    }

    /// Whether any part holds the point.
    pub fn contains(&self, at: LonLat) -> bool {
        self.polygons.iter().any(|polygon| polygon.contains(at))
    }

    /// Metres from the point to the nearest part; 0 inside one, infinitely many where there is none. The ground is taken as flat
    /// around the point ([`LocalPlane`]): meant for points near the area.
    pub fn distance_m(&self, at: LonLat) -> f64 {
        if self.contains(at) {
            return 0.0;
        }
        let plane = LocalPlane::around(at);
        let edges = self.polygons.iter().flat_map(Polygon::rings).flat_map(edges);
        edges
            .map(|(a, b)| from_origin_m(plane.metres(a), plane.metres(b)))
            .fold(f64::INFINITY, f64::min)
    }

    /// The box around all parts; none without points.
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::around(self.polygons.iter().flat_map(|polygon| polygon.outer.iter().copied()))
    }

    /// A good place for a label: well inside the largest part (the widest stretch of a few horizontal cuts).
    /// None when nothing has an area.
    pub fn label_point(&self) -> Option<LonLat> {
        let largest = self
            .polygons
            .iter()
            .max_by(|a, b| a.area_square_degrees().total_cmp(&b.area_square_degrees()))?;
        let bounds = largest.bounds()?;
        let height = bounds.north() - bounds.south();
        // Cuts near the middle of the height count more: a label sits best where the shape's weight is.
        let cuts = (1..CUTS).map(|cut| {
            let share = f64::from(cut) / f64::from(CUTS);
            (bounds.south() + height * share, 1.0 - (share - 0.5).abs())
        });
        cuts.filter_map(|(lat, weight)| {
            let (west, east) = widest_inside(largest, lat)?;
            Some(((east - west) * weight, LonLat::wrapped(f64::midpoint(west, east), lat)))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, at)| at)
    }
}

/// Horizontal cuts tried for a label.
const CUTS: i32 = 24;

/// The ring without the repeated last point.
fn open_ring(mut ring: Vec<LonLat>) -> Vec<LonLat> {
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

/// Whether an edge would lead around the globe.
fn is_across(ring: &[LonLat]) -> bool {
    edges(ring).any(|(a, b)| (a.lon() - b.lon()).abs() > LONGEST_EDGE)
}

/// The edges of a ring, the closing one included.
pub(crate) fn edges(ring: &[LonLat]) -> impl Iterator<Item = (LonLat, LonLat)> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Even-odd rule; an edge counts where it spans the latitude half-open, so a shared vertex is crossed once.
fn ring_contains(ring: &[LonLat], at: LonLat) -> bool {
    let mut inside = false;
    for (a, b) in edges(ring) {
        if (a.lat() > at.lat()) != (b.lat() > at.lat()) && at.lon() < crossing_lon(a, b, at.lat()) {
            inside = !inside;
        }
    }
    inside
}

/// Where the edge meets the latitude, worked out from its southern end, so that both neighbours get the same number.
fn crossing_lon(a: LonLat, b: LonLat, lat: f64) -> f64 {
    let (south, north) = if a.lat() < b.lat() { (a, b) } else { (b, a) };
    south.lon() + (lat - south.lat()) / (north.lat() - south.lat()) * (north.lon() - south.lon())
}

/// How far the stretch from `a` to `b` is from the origin.
fn from_origin_m(a: [f64; 2], b: [f64; 2]) -> f64 {
    let along = [b[0] - a[0], b[1] - a[1]];
    let square = along[0] * along[0] + along[1] * along[1];
    let share = if square > 0.0 { -(a[0] * along[0] + a[1] * along[1]) / square } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    (a[0] + share * along[0]).hypot(a[1] + share * along[1])
}

fn ring_area(ring: &[LonLat]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let doubled: f64 = edges(ring)
        .map(|(a, b)| {
            (a.lon() - origin.lon()) * (b.lat() - origin.lat())
                - (b.lon() - origin.lon()) * (a.lat() - origin.lat())
        })
        .sum();
    doubled / 2.0
}

/// The widest stretch of the parallel that lies inside the polygon.
fn widest_inside(polygon: &Polygon, lat: f64) -> Option<(f64, f64)> {
    let mut crossings: Vec<f64> = polygon
        .rings()
        .flat_map(edges)
        .filter(|(a, b)| (a.lat() > lat) != (b.lat() > lat))
        .map(|(a, b)| crossing_lon(a, b, lat))
        .collect();
    crossings.sort_by(f64::total_cmp);
    crossings
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(points: &[(f64, f64)]) -> Vec<LonLat> {
        points.iter().map(|&(lon, lat)| LonLat::new(lon, lat).unwrap()).collect()
    }

    fn square(west: f64, south: f64, side: f64) -> Vec<LonLat> {
        ring(&[
            (west, south),
            (west + side, south),
            (west + side, south + side),
            (west, south + side),
            (west, south),
        ])
    }

    #[test]
    fn holes_are_outside() {
        let polygon = Polygon::from_rings([square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)]);
        for (lon, lat, held) in [
            (1.0, 1.0, true),
            (5.0, 5.0, false),
            (4.0, 3.9, true),
            (11.0, 5.0, false),
            (5.0, -1.0, false),
        ] {
            assert_eq!(polygon.contains(LonLat::new(lon, lat).unwrap()), held, "{lon} {lat}");
        }
        assert_eq!(polygon.outer.len(), 4);
        assert_eq!(polygon.area_square_degrees(), 96.0);
    }

    #[test]
    fn a_label_sits_inside_a_crescent() {
        let crescent = Polygon::from_rings([ring(&[
            (0.0, 0.0),
            (9.0, 0.0),
            (9.0, 9.0),
            (0.0, 9.0),
            (0.0, 8.0),
            (8.0, 8.0),
            (8.0, 1.0),
            (0.0, 1.0),
        ])]);
        let shape = MultiPolygon { polygons: vec![crescent] };
        assert!(shape.contains(shape.label_point().unwrap()));
        assert_eq!(MultiPolygon::default().label_point(), None);
    }

    #[test]
    fn distances_are_to_the_nearest_edge_of_any_ring() {
        let with_hole = Polygon::from_rings([square(0.0, 0.0, 0.1), square(0.04, 0.04, 0.02)]);
        let shape = MultiPolygon { polygons: vec![with_hole] };
        for (lon, lat, metres) in [
            (0.01, 0.01, 0.0),
            (0.05, -0.001, 111.2),   // south of the middle of an edge
            (-0.001, -0.001, 157.3), // off a corner
            (0.05, 0.049, 1_000.8),  // in the hole
        ] {
            let distance = shape.distance_m(LonLat::new(lon, lat).unwrap());
            assert!((distance - metres).abs() < 0.1, "{lon} {lat}: {distance}");
        }
        assert_eq!(
            MultiPolygon::default().distance_m(LonLat::new(0.0, 0.0).unwrap()),
            f64::INFINITY
        );
    }

    proptest! {
        /// Squares that tile the plane share each point with nobody and leave none out.
        #[test]
        fn neighbours_hold_each_point_exactly_once(lon in 0_i32..=40, lat in 0_i32..=40) {
            let at = LonLat::new(f64::from(lon) / 10.0, f64::from(lat) / 10.0).unwrap();
            let holders = (0..5)
                .flat_map(|x| (0..5).map(move |y| square(f64::from(x), f64::from(y), 1.0)))
                .filter(|ring| Polygon::from_rings([ring.clone()]).contains(at))
                .count();
            prop_assert_eq!(holders, 1);
        }
    }
}
