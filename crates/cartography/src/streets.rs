//! Streets out of TIGER/Line roads: classes from MTFCC codes, doubles left out, junctions kept.

use crate::simplify;
use anyhow::{Context, Result, bail};
use hailstream_geo::LonLat;
use hailstream_geo::basemap::{Street, StreetClass, UNITS_PER_DEGREE};
use hailstream_geo::geojson::{Feature, Shape};
use std::collections::{HashMap, HashSet};

/// How far a street may move between junctions when it is simplified: less than the file's grid shows.
const TOLERANCE_M: f64 = 1.0;

/// A vertex on the grid of the file: where two streets share one, they meet.
type Vertex = (i32, i32);

/// The streets, least important class first, otherwise in the order of the input.
pub(crate) fn from_tiger(features: &[Feature]) -> Result<Vec<Street>> {
    let mut roads = features.iter().map(road).collect::<Result<Vec<_>>>()?;
    // Roads that carry several names come once for each: the line of the street's own name is kept, not the route's.
    roads.sort_by_key(|road| (std::cmp::Reverse(road.class), road.is_route));
    let mut drawn = HashSet::new();
    roads.retain(|road| {
        let fresh = segments(&road.points).filter(|segment| drawn.insert(*segment)).count();
        fresh > 0
    });
    let mut uses: HashMap<Vertex, usize> = HashMap::new();
    for point in roads.iter().flat_map(|road| &road.points) {
        *uses.entry(vertex(*point)).or_default() += 1;
    }
    let mut streets: Vec<Street> = roads
        .into_iter()
        .map(|road| {
            let shared = |index: usize| uses[&vertex(road.points[index])] > 1;
            let points = simplify::line(&road.points, TOLERANCE_M, shared);
            Street { class: road.class, name: road.name, points }
        })
        .collect();
    streets.sort_by_key(|street| street.class);
    Ok(streets)
}

struct Road {
    class: StreetClass,
    name: String,
    /// Named after a numbered route (I, US, State), not by the city.
    is_route: bool,
    points: Vec<LonLat>,
}

fn road(feature: &Feature) -> Result<Road> {
    let code = feature.text("MTFCC").context("a road without MTFCC")?;
    let name = feature.text("FULLNAME").unwrap_or_default().to_owned();
    let Shape::Lines(lines) = &feature.shape else { bail!("{name} is no line") };
    let [points] = lines.as_slice() else { bail!("{name} is not one line") };
    let is_ramp = code == "S1630" || name.ends_with(" Rmp");
    let class = match code {
        _ if is_ramp => StreetClass::Ramp,
        "S1100" => StreetClass::Motorway,
        "S1200" => StreetClass::Main,
        "S1400" | "S1640" => StreetClass::Local,
        _ => StreetClass::Minor,
    };
    let is_route = matches!(feature.text("RTTYP"), Some("I" | "U" | "S"));
    Ok(Road { class, name, is_route, points: points.clone() })
}

fn vertex(at: LonLat) -> Vertex {
    let grid = |degrees: f64| (degrees * UNITS_PER_DEGREE).round() as i32;
    (grid(at.lon()), grid(at.lat()))
}

/// The segments of a line, whichever way they run.
fn segments(points: &[LonLat]) -> impl Iterator<Item = (Vertex, Vertex)> {
    points.windows(2).map(|pair| {
        let (a, b) = (vertex(pair[0]), vertex(pair[1]));
        (a.min(b), a.max(b))
    })
}
