//! Reading GeoJSON: the lines and areas of a feature collection, with their properties.
//!
//! Points and geometry collections are refused: nothing here needs them. Positions may carry an altitude, which is
//! dropped. Errors name the feature by number and by its name, where it has one, in the property that the reader says.

use std::fmt;

use crate::{LonLat, MultiPolygon, Polygon};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Positions read from one document at most; more is an error.
pub const MAX_POSITIONS: usize = 20_000_000;

const LEAST_CORNERS: usize = 3;

/// One feature: a shape and what is known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its geometry.
    pub shape: Shape,
    /// Its properties, as written.
    pub properties: Map<String, Value>,
}

/// The geometries that are read.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `LineString` or `MultiLineString`.
    Lines(Vec<Vec<LonLat>>),
    /// `Polygon` or `MultiPolygon`.
    Area(MultiPolygon),
}

/// Why a document could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GeoJsonError {
    /// It is no JSON, or no feature collection.
    #[error("not a GeoJSON feature collection: {0}")]
    NotACollection(#[from] serde_json::Error),
    /// A feature is wrong.
    #[error("feature {number}{}: {what}", called(.name))]
    Feature {
        /// Its number, from 1.
        number: usize,
        /// The property that names it; empty where it has none.
        name: String,
        /// What is wrong.
        what: String,
    },
}

fn called(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" (\"{name}\")") }
}

impl Feature {
    /// A property that is a text.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.properties.get(property)?.as_str()
    }
}

/// The features of a document, in its order. In errors they are called by their property `name`.
pub fn read(document: &[u8]) -> Result<Vec<Feature>, GeoJsonError> {
    read_each(document, "name")?.into_iter().collect()
}

/// The same, where one that is wrong is no reason to do without the others; it is called by `name_property`.
pub fn read_each(
    document: &[u8],
    name_property: &str,
) -> Result<Vec<Result<Feature, GeoJsonError>>, GeoJsonError> {
    let collection: Collection = serde_json::from_slice(document)?;
    let told = |(index, feature): (usize, Result<Feature, Wrong>)| {
        feature.map_err(|Wrong { properties, what }| {
            let name = properties.get(name_property).and_then(Value::as_str).unwrap_or_default();
            GeoJsonError::Feature { number: index + 1, name: name.to_owned(), what }
        })
    };
    Ok(collection.features.into_iter().enumerate().map(told).collect())
}

/// The areas of a document, each named by its text property `name_property`. Lines are an error, and so is what nobody can be in.
pub fn read_zones(
    document: &[u8],
    name_property: &str,
) -> Result<Vec<(String, MultiPolygon)>, GeoJsonError> {
    let named = |(index, feature): (usize, Feature)| {
        let name = feature.text(name_property).unwrap_or_default().to_owned();
        let wrong = |what| GeoJsonError::Feature { number: index + 1, name: name.clone(), what };
        match feature.shape {
            Shape::Lines(_) => Err(wrong("a line, where an area is needed".to_owned())),
            Shape::Area(_) if name.is_empty() => {
                Err(wrong(format!("no text property \"{name_property}\"")))
            }
            Shape::Area(area) => match area.fault() {
                Some(what) => Err(wrong(what.to_owned())),
                None => Ok((name, area)),
            },
        }
    };
    let features: Result<Vec<Feature>, _> =
        read_each(document, name_property)?.into_iter().collect();
    features?.into_iter().enumerate().map(named).collect()
}

/// A feature that could not be read.
struct Wrong {
    properties: Map<String, Value>,
    what: String,
}

#[derive(Deserialize)]
struct Collection {
    #[serde(deserialize_with = "one_by_one")]
    features: Vec<Result<Feature, Wrong>>,
}

/// Features as they are written are many times as large as what is made of them: there is one of them at a time.
fn one_by_one<'de, D: Deserializer<'de>>(
    document: D,
) -> Result<Vec<Result<Feature, Wrong>>, D::Error> {
    document.deserialize_seq(Reader { positions_left: MAX_POSITIONS })
}

#[derive(Deserialize)]
struct RawFeature {
    geometry: Option<RawGeometry>,
}

/// A position as written: longitude, latitude and perhaps an altitude.
type RawPosition = Vec<f64>;
type RawLine = Vec<RawPosition>;

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum RawGeometry {
    LineString(RawLine),
    MultiLineString(Vec<RawLine>),
    Polygon(Vec<RawLine>),
    MultiPolygon(Vec<Vec<RawLine>>),
}

/// Turns raw geometry into shapes; says in words what is wrong.
struct Reader {
    positions_left: usize,
}

impl<'de> Visitor<'de> for Reader {
    type Value = Vec<Result<Feature, Wrong>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("features")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut all: A) -> Result<Self::Value, A::Error> {
        let mut features = Vec::new();
        while let Some(mut raw) = all.next_element::<Value>()? {
            let written = raw.get_mut("properties").map(Value::take).unwrap_or_default();
            let (properties, fault) = match written {
                Value::Object(properties) => (properties, None),
                Value::Null => (Map::new(), None),
                _ => (Map::new(), Some("properties that are no object".to_owned())),
            };
            features.push(match fault.map_or_else(|| self.shape(raw), Err) {
                Ok(shape) => Ok(Feature { shape, properties }),
                Err(what) => Err(Wrong { properties, what }),
            });
        }
        Ok(features)
    }
}

impl Reader {
    fn shape(&mut self, raw: Value) -> Result<Shape, String> {
        let raw = RawFeature::deserialize(raw).map_err(|error| error.to_string())?;
        Ok(match raw.geometry.ok_or("no geometry")? {
            RawGeometry::LineString(line) => Shape::Lines(vec![self.line(&line)?]),
            RawGeometry::MultiLineString(lines) => Shape::Lines(self.lines(&lines)?),
            RawGeometry::Polygon(rings) => Shape::Area(self.area(&[rings])?),
            RawGeometry::MultiPolygon(polygons) => Shape::Area(self.area(&polygons)?),
        })
    }

    fn area(&mut self, polygons: &[Vec<RawLine>]) -> Result<MultiPolygon, String> {
        if polygons.is_empty() || polygons.iter().any(Vec::is_empty) {
            return Err("an area without rings".to_owned());
        }
        let polygon = |rings: &Vec<RawLine>| {
            let rings = self.lines(rings)?;
            rings.iter().try_for_each(|ring| has_corners(ring))?;
            Ok(Polygon::from_rings(rings))
        };
        Ok(MultiPolygon { polygons: polygons.iter().map(polygon).collect::<Result<_, String>>()? })
    }

    fn lines(&mut self, lines: &[RawLine]) -> Result<Vec<Vec<LonLat>>, String> {
        lines.iter().map(|line| self.line(line)).collect()
    }

    fn line(&mut self, line: &RawLine) -> Result<Vec<LonLat>, String> {
        self.positions_left = self
            .positions_left
            .checked_sub(line.len())
            .ok_or_else(|| format!("the document holds more than {MAX_POSITIONS} positions"))?;
        line.iter().map(position).collect()
    }
}

/// A ring around something has three corners at least.
fn has_corners(ring: &[LonLat]) -> Result<(), String> {
    let mut different: Vec<LonLat> = Vec::with_capacity(LEAST_CORNERS);
    for place in ring {
        if !different.contains(place) {
            different.push(*place);
        }
        if different.len() == LEAST_CORNERS {
            return Ok(());
        }
    }
    let count = different.len();
    Err(format!("a ring of {count} different positions, at least {LEAST_CORNERS} are needed"))
}

fn position(raw: &RawPosition) -> Result<LonLat, String> {
    match raw.as_slice() {
        [lon, lat] | [lon, lat, _] => LonLat::new(*lon, *lat).map_err(|error| error.to_string()),
        other => Err(format!("a position of {} numbers", other.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    fn feature(name: &str, geometry: &str) -> String {
        format!(r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{geometry}}}"#)
    }

    #[test]
    fn lines_and_areas_are_read() {
        let line = feature("Main St", r#"{"type":"LineString","coordinates":[[1,2],[3,4,99]]}"#);
        let area = feature(
            "Park",
            r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[0,4],[0,0]],[[1,1],[2,1],[1,2],[1,1]]]}"#,
        );
        let features = read(collection(&format!("{line},{area}")).as_bytes()).unwrap();
        assert_eq!(features[0].text("name"), Some("Main St"));
        let Shape::Lines(lines) = &features[0].shape else { panic!("not lines") };
        assert_eq!(lines, &[vec![LonLat::new(1.0, 2.0).unwrap(), LonLat::new(3.0, 4.0).unwrap()]]);
        let Shape::Area(area) = &features[1].shape else { panic!("not an area") };
        assert_eq!((area.polygons[0].outer.len(), area.polygons[0].holes.len()), (3, 1));
    }

    #[test]
    fn errors_name_the_feature() {
        let fine = feature("A", r#"{"type":"LineString","coordinates":[]}"#);
        for (broken, expected) in [
            (
                feature("B", r#"{"type":"LineString","coordinates":[[200,0]]}"#),
                "feature 2 (\"B\"): no position on the globe: longitude 200, latitude 0",
            ),
            (
                feature("B", r#"{"type":"LineString","coordinates":[[1]]}"#),
                "feature 2 (\"B\"): a position of 1 numbers",
            ),
            (feature("", "null"), "feature 2: no geometry"),
            (
                feature("B", r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[0,0],[4,0]]]}"#),
                "feature 2 (\"B\"): a ring of 2 different positions, at least 3 are needed",
            ),
            (
                feature("B", r#"{"type":"MultiPolygon","coordinates":[[]]}"#),
                "feature 2 (\"B\"): an area without rings",
            ),
        ] {
            let error = read(collection(&format!("{fine},{broken}")).as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        let point = feature("B", r#"{"type":"Point","coordinates":[1,2]}"#);
        let error = read(collection(&point).as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("feature 1 (\"B\"): unknown variant `Point`"), "{error}");
    }

    #[test]
    fn zones_need_names() {
        let nameless = feature("", r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[0,4]]]}"#);
        let error = read_zones(collection(&nameless).as_bytes(), "name").unwrap_err();
        assert_eq!(error.to_string(), "feature 1: no text property \"name\"");
        assert!(read_zones(b"[]", "name").is_err());
    }

    #[test]
    fn a_zone_that_is_wrong_is_called_by_the_property_that_names_zones() {
        let zone = |ring: &str| {
            let geometry = format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
            let feature =
                feature("Bay View", &geometry).replace(r#"{"name""#, r#"{"id":"Z12","name""#);
            read_zones(collection(&feature).as_bytes(), "id").map_err(|error| error.to_string())
        };
        assert_eq!(zone("[[0,0],[4,0],[0,4]]").unwrap()[0].0, "Z12");
        for (ring, what) in [
            ("[[0,0],[4,0],[0,0]]", "a ring of 2 different positions, at least 3 are needed"),
            ("[[0,0],[1,0],[2,0]]", "a ring around nothing"),
            (
                "[[170,0],[-170,0],[-170,9]]",
                "a ring across the antimeridian: cut it there into two polygons (RFC 7946, 3.1.9)",
            ),
        ] {
            assert_eq!(zone(ring).unwrap_err(), format!("feature 1 (\"Z12\"): {what}"));
        }
    }
}
