//! One land area out of many: neighbourhoods and counties dissolved, so that no seam shows between them.

use crate::simplify;
use hailstream_geo::distance::LocalPlane;
use hailstream_geo::{LonLat, MultiPolygon, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::float::simplify::SimplifyShape;
use i_overlay::mesh::float::outline::offset::OutlineOffset;
use i_overlay::mesh::float::style::{LineJoin, OutlineStyle};

/// The county whose coarse outline the neighbourhoods replace.
const REPLACED: &str = "San Francisco";

/// Gaps up to twice this wide between neighbours are closed.
const CLOSING_M: f64 = 10.0;

const TOLERANCE_M: f64 = 2.0;

type Shapes = Vec<Vec<Vec<[f64; 2]>>>;

/// The land: all zones, and all counties but the one they lie in.
pub(crate) fn dissolve(
    zones: &[(String, MultiPolygon)],
    counties: &[(String, MultiPolygon)],
) -> Vec<Polygon> {
    let Some(middle) = zones.iter().find_map(|(_, shape)| shape.bounds()) else {
        return Vec::new();
    };
    let plane = LocalPlane::around(middle.center());
    let around = counties.iter().filter(|(name, _)| name != REPLACED);
    let parts: Shapes = zones
        .iter()
        .chain(around)
        .flat_map(|(_, shape)| &shape.polygons)
        .map(|polygon| flat(polygon, &plane))
        .collect();
    let grow = OutlineStyle::new(CLOSING_M).line_join(LineJoin::Miter(0.5));
    let shrink = OutlineStyle::new(-CLOSING_M).line_join(LineJoin::Miter(0.5));
    let land = parts
        .simplify_shape_as::<i64>(FillRule::NonZero)
        .outline_as::<i64>(&grow)
        .outline_as::<i64>(&shrink);
    land.iter()
        .map(|rings| round(rings, &plane))
        .filter(|polygon| polygon.outer.len() >= 3)
        .collect()
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
