//! Streets out of lines: classes from the tags of OpenStreetMap or the codes of TIGER/Line, doubles left out, junctions kept.
//!
//! | property | source | meaning |
//! |---|---|---|
//! | `highway` | OpenStreetMap | class, see [`class_of_highway`]; what is not (yet) a way to drive or walk is left out |
//! | `MTFCC` | TIGER/Line 2017, appendix E | S1100 motorway, S1200 main, S1400 and S1640 local, S1630 ramp, all else minor |
//! | neither | | local |
//! | `name`, `FULLNAME` | | name |
//! | `RTTYP` | TIGER/Line | I, U, S: the line is named after a numbered route; where it doubles a street, the street's name is kept |

use std::collections::{HashMap, HashSet};

use hailstream_geo::LonLat;
use hailstream_geo::basemap::{Street, StreetClass, UNITS_PER_DEGREE};
use hailstream_geo::geojson::{Feature, Shape};

use crate::simplify;

/// How far a street may move between junctions when it is simplified: less than the file's grid shows.
const TOLERANCE_M: f64 = 1.0;

/// A vertex on the grid of the file: where two streets share one, they meet.
type Vertex = (i32, i32);

/// A line that becomes a street.
#[derive(Clone, Debug, PartialEq)]
pub struct Road {
    /// How important it is.
    pub class: StreetClass,
    /// Its name; empty where it has none.
    pub name: String,
    /// Named after a numbered route, not by the city.
    pub is_route: bool,
    /// Its course.
    pub points: Vec<LonLat>,
}

/// A feature that is no street.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("feature {number} (\"{name}\") is an area, where lines are needed")]
pub struct NoLine {
    /// Its number, from 1.
    pub number: usize,
    /// Its name.
    pub name: String,
}

/// The roads of a GeoJSON document; the module's words tell what its properties mean.
///
/// # Errors
/// The first area among the lines.
pub fn roads(features: &[Feature]) -> Result<Vec<Road>, NoLine> {
    let mut roads = Vec::with_capacity(features.len());
    for (index, feature) in features.iter().enumerate() {
        let name = feature.text("name").or_else(|| feature.text("FULLNAME")).unwrap_or_default();
        let Shape::Lines(lines) = &feature.shape else {
            return Err(NoLine { number: index + 1, name: name.to_owned() });
        };
        let Some(class) = class(feature, name) else { continue };
        let is_route = matches!(feature.text("RTTYP"), Some("I" | "U" | "S"));
        roads.extend(lines.iter().filter(|points| points.len() > 1).map(|points| Road {
            class,
            name: name.to_owned(),
            is_route,
            points: points.clone(),
        }));
    }
    Ok(roads)
}

fn class(feature: &Feature, name: &str) -> Option<StreetClass> {
    if let Some(highway) = feature.text("highway") {
        return class_of_highway(highway);
    }
    let Some(code) = feature.text("MTFCC") else { return Some(StreetClass::Local) };
    Some(match code {
        _ if code == "S1630" || name.ends_with(" Rmp") => StreetClass::Ramp,
        "S1100" => StreetClass::Motorway,
        "S1200" => StreetClass::Main,
        "S1400" | "S1640" => StreetClass::Local,
        _ => StreetClass::Minor,
    })
}

/// What OpenStreetMap's `highway` means to a map; none where there is nothing to drive or walk on (yet).
/// Source: the wiki's page on the key.
#[must_use]
pub fn class_of_highway(value: &str) -> Option<StreetClass> {
    Some(match value {
        "motorway" | "trunk" => StreetClass::Motorway,
        "primary" | "secondary" => StreetClass::Main,
        "tertiary" | "unclassified" | "residential" | "living_street" | "road" | "busway" => {
            StreetClass::Local
        }
        "construction" | "proposed" | "razed" | "abandoned" | "platform" | "rest_area"
        | "services" | "elevator" | "bus_stop" | "emergency_bay" => return None,
        _ if value.ends_with("_link") => StreetClass::Ramp,
        _ => StreetClass::Minor,
    })
}

/// The streets of these roads, least important class first, otherwise in the order of the input.
#[must_use]
pub fn streets(mut roads: Vec<Road>) -> Vec<Street> {
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
    streets
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

#[cfg(test)]
mod tests {
    use super::*;
    use hailstream_geo::geojson;

    fn read(features: &str) -> Result<Vec<Road>, NoLine> {
        roads(&geojson::read(format!("{{\"features\": [{features}]}}").as_bytes()).unwrap())
    }

    fn line(properties: &str, points: &str) -> String {
        format!(
            r#"{{"properties": {{{properties}}}, "geometry": {{"type": "LineString", "coordinates": [{points}]}}}}"#
        )
    }

    #[test]
    fn tags_and_codes_become_classes() {
        let ways = [
            line(r#""highway": "primary_link""#, "[0,0],[0,1]"),
            line(r#""highway": "residential", "name": "Elm St""#, "[0,0],[1,1]"),
            line(r#""highway": "proposed""#, "[0,0],[2,1]"),
            line(r#""MTFCC": "S1100", "FULLNAME": "I- 80", "RTTYP": "I""#, "[0,0],[3,1]"),
            line("", "[0,0],[4,1]"),
        ];
        let read = read(&ways.join(",")).unwrap();
        let told: Vec<_> =
            read.iter().map(|road| (road.class, road.name.as_str(), road.is_route)).collect();
        assert_eq!(
            told,
            [
                (StreetClass::Ramp, "", false),
                (StreetClass::Local, "Elm St", false),
                (StreetClass::Motorway, "I- 80", true),
                (StreetClass::Local, "", false),
            ]
        );
    }

    #[test]
    fn doubles_are_left_out_and_junctions_stay() {
        let ways = [
            line(r#""FULLNAME": "US- 101", "RTTYP": "U""#, "[0,0],[0.001,0],[0.002,0]"),
            line(r#""FULLNAME": "Van Ness Ave""#, "[0,0],[0.001,0],[0.002,0]"),
            line(r#""FULLNAME": "Oak St""#, "[0.001,0],[0.001,0.001]"),
        ];
        let streets = streets(read(&ways.join(",")).unwrap());
        let told: Vec<_> =
            streets.iter().map(|street| (street.name.as_str(), street.points.len())).collect();
        assert_eq!(
            told,
            [("Van Ness Ave", 3), ("Oak St", 2)],
            "a straight line keeps its junction"
        );
    }

    #[test]
    fn an_area_is_named() {
        let area = r#"{"properties": {"name": "Lake"}, "geometry": {"type": "Polygon", "coordinates": [[[0,0],[0,1],[1,1],[0,0]]]}}"#;
        let error = read(area).unwrap_err().to_string();
        assert_eq!(error, "feature 1 (\"Lake\") is an area, where lines are needed");
    }
}
