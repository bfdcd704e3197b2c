//! Land: areas dissolved into one, so that no seam shows between them, or all around less what is water.

use crate::simplify;
use hailstream_geo::distance::LocalPlane;
use hailstream_geo::{Bounds, LonLat, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::simplify::SimplifyShape;
use i_overlay::float::single::SingleFloatOverlay;
use i_overlay::mesh::float::outline::offset::OutlineOffset;
use i_overlay::mesh::float::style::{LineJoin, OutlineStyle};

/// Gaps up to twice this wide between neighbours are closed.
const CLOSING_M: f64 = 10.0;

const TOLERANCE_M: f64 = 2.0;

type Shapes = Vec<Vec<Vec<[f64; 2]>>>;

/// How far around its streets a city has land where nothing else is said, degrees.
const AROUND_DEGREES: f64 = 0.5;

/// Areas as one: gaps of up to 20 m between neighbours are closed, and outlines simplified by 2 m.
#[must_use]
pub fn dissolve(areas: &[Polygon]) -> Vec<Polygon> {
    let Some(plane) = plane_of(areas) else { return Vec::new() };
    let parts: Shapes = areas.iter().map(|polygon| flat(polygon, &plane)).collect();
    let grow = OutlineStyle::new(CLOSING_M).line_join(LineJoin::Miter(0.5));
    let shrink = OutlineStyle::new(-CLOSING_M).line_join(LineJoin::Miter(0.5));
    let land = parts
        .simplify_shape_as::<i64>(FillRule::NonZero)
        .outline_as::<i64>(&grow)
        .outline_as::<i64>(&shrink);
    rounded(&land, &plane)
}

/// The land around a city that has no outline of its own: a box half a degree larger than `city`, less the water.
#[must_use]
pub fn around(city: Bounds, water: &[Polygon]) -> Vec<Polygon> {
    let (west, east) = (city.west() - AROUND_DEGREES, city.east() + AROUND_DEGREES);
    let (south, north) = (city.south() - AROUND_DEGREES, city.north() + AROUND_DEGREES);
    let corners = [(west, south), (east, south), (east, north), (west, north)];
    let on_map =
        |(lon, lat): (f64, f64)| LonLat::wrapped(lon.clamp(-180.0, 180.0), lat.clamp(-85.0, 85.0));
    let outer = corners.map(on_map).to_vec();
    without(vec![Polygon { outer, holes: Vec::new() }], water)
}

/// Land less the water on it.
#[must_use]
pub fn without(land: Vec<Polygon>, water: &[Polygon]) -> Vec<Polygon> {
    let Some(plane) = plane_of(&land).filter(|_| !water.is_empty()) else { return land };
    let shapes = |polygons: &[Polygon]| -> Shapes {
        polygons.iter().map(|polygon| flat(polygon, &plane)).collect()
    };
    let (dry, wet) = (shapes(&land), shapes(water));
    rounded(&dry.overlay(&wet, OverlayRule::Difference, FillRule::NonZero), &plane)
}

fn plane_of(areas: &[Polygon]) -> Option<LocalPlane> {
    Some(LocalPlane::around(areas.iter().find_map(Polygon::bounds)?.center()))
}

fn rounded(shapes: &[Vec<Vec<[f64; 2]>>], plane: &LocalPlane) -> Vec<Polygon> {
    let polygons = shapes.iter().map(|rings| round(rings, plane));
    polygons.filter(|polygon| polygon.outer.len() >= 3).collect()
}

/// Rings in metres, the outer one counterclockwise, holes clockwise, as the overlay wants them.
fn flat(polygon: &Polygon, plane: &LocalPlane) -> Vec<Vec<[f64; 2]>> {
    let ring = |(index, ring): (usize, &[LonLat])| {
        let mut points: Vec<[f64; 2]> = ring.iter().map(|&point| plane.metres(point)).collect();
        if (signed_area(&points) > 0.0) != (index == 0) {
            points.reverse();
        }
        points
    };
    polygon.rings().enumerate().map(ring).collect()
}

fn signed_area(points: &[[f64; 2]]) -> f64 {
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|([ax, ay], [bx, by])| ax * by - bx * ay).sum()
}

fn round(rings: &[Vec<[f64; 2]>], plane: &LocalPlane) -> Polygon {
    let mut rings = rings.iter().map(|ring| {
        let points: Vec<LonLat> = ring.iter().map(|&metres| plane.lonlat(metres)).collect();
        simplify::ring(&points, TOLERANCE_M)
    });
    Polygon {
        outer: rings.next().unwrap_or_default(),
        holes: rings.filter(|ring| ring.len() >= 3).collect(),
    }
}
