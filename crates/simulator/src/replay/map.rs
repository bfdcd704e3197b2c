//! The replay map: a YAML file that says how recorded rows become a stream's records.
//!
//! ```yaml
//! map: taxis-sf-2008
//! rename: {latitude: lat}            # input name: name in the record
//! convert: {ts: s to ms}             # by the new name
//! constant: {city: San Francisco}
//! drop: [remark]
//! inputs: {entity: cab_id, lat: lat, lon: lon, occupied: occupied}
//! polygons: {files: [zones.geojson.gz], name: name, outside: Elsewhere}
//! derive:
//!   status: from occupied            # hired | free; `from positions`: moving | standing
//!   speed: from positions            # km/h
//!   heading: from positions          # degrees
//!   idle_s: from positions
//!   zone: from polygons
//!   fare: from occupied              # what the meter shows, while a trip is under way
//!   trips: from occupied             # a second kind of record, to the topic below
//!   events: from occupied            # a third one: hired, free, back after silence
//! trips: {topic: taxi.trips}
//! events: {topic: taxi.events}
//! ```
//!
//! Everything but `map` may be left out. Steps happen in this order: rename, convert, constant, drop, derive. What the
//! derivations mean is written at [`crate::motion`] and [`crate::trips`]. Unknown keys are errors with near names.

use super::units::Conversion;
use crate::input::FieldTyping;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A replay map, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayMap {
    /// What it is called.
    pub name: String,
    /// New names by input name.
    pub rename: BTreeMap<String, String>,
    pub(super) convert: BTreeMap<String, Conversion>,
    pub(super) constant: BTreeMap<String, Value>,
    pub(super) drop: BTreeSet<String>,
    pub(super) inputs: Inputs,
    pub(super) derive: Derive,
    /// The areas behind `zone: from polygons` and the zones of trips.
    pub polygons: Option<Polygons>,
    pub(super) trips_topic: Option<String>,
    pub(super) events_topic: Option<String>,
}

/// A map that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("replay map: {0}")]
pub struct MapError(String);

/// Where zones come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Polygons {
    /// GeoJSON files, gzip or not, relative to the map; of areas that overlap the first one counts.
    pub files: Vec<String>,
    /// The property that names an area.
    #[serde(default = "name_property")]
    pub name: String,
    /// What a place outside of all areas is called; left out where this is not given.
    pub outside: Option<String>,
}

fn name_property() -> String {
    "name".to_owned()
}

/// The fields that derivations read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Inputs {
    pub entity: String,
    pub lat: String,
    pub lon: String,
    pub occupied: String,
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            entity: "entity".to_owned(),
            lat: "lat".to_owned(),
            lon: "lon".to_owned(),
            occupied: "occupied".to_owned(),
        }
    }
}

/// The derivations asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Derive {
    pub status: Option<StatusFrom>,
    pub speed: Option<FromPositions>,
    pub heading: Option<FromPositions>,
    pub idle_s: Option<FromPositions>,
    pub zone: Option<FromPolygons>,
    pub fare: Option<FromOccupied>,
    pub trips: Option<FromOccupied>,
    pub events: Option<FromOccupied>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum StatusFrom {
    #[serde(rename = "from occupied")]
    Occupied,
    #[serde(rename = "from positions")]
    Positions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum FromOccupied {
    #[serde(rename = "from occupied")]
    FromOccupied,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum FromPositions {
    #[serde(rename = "from positions")]
    FromPositions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum FromPolygons {
    #[serde(rename = "from polygons")]
    FromPolygons,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    map: String,
    #[serde(default)]
    rename: BTreeMap<String, String>,
    #[serde(default)]
    convert: BTreeMap<String, String>,
    #[serde(default)]
    constant: BTreeMap<String, Value>,
    #[serde(default)]
    drop: BTreeSet<String>,
    #[serde(default)]
    inputs: Inputs,
    polygons: Option<Polygons>,
    #[serde(default)]
    derive: Derive,
    trips: Option<WrittenTopic>,
    events: Option<WrittenTopic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTopic {
    topic: String,
}

impl ReplayMap {
    /// The map in this YAML.
    pub fn parse(yaml: &str) -> Result<Self, MapError> {
        let written: Written = serde_saphyr::from_str(yaml)
            .map_err(|error| MapError(with_near_name(&error.without_snippet().to_string())))?;
        if written.derive.zone.is_some() && written.polygons.is_none() {
            return Err(MapError(
                "`zone: from polygons` needs `polygons: {files: […]}`".to_owned(),
            ));
        }
        if written.derive.trips.is_some() != written.trips.is_some() {
            let what = "`derive: {trips: from occupied}` and `trips: {topic: …}` need each other";
            return Err(MapError(what.to_owned()));
        }
        if written.derive.events.is_some() != written.events.is_some() {
            let what = "`derive: {events: from occupied}` and `events: {topic: …}` need each other";
            return Err(MapError(what.to_owned()));
        }
        Ok(Self {
            name: written.map,
            rename: written.rename,
            convert: conversions(written.convert)?,
            constant: written.constant,
            drop: written.drop,
            inputs: written.inputs,
            derive: written.derive,
            polygons: written.polygons,
            trips_topic: written.trips.map(|trips| trips.topic),
            events_topic: written.events.map(|events| events.topic),
        })
    }
}

impl ReplayMap {
    /// The types of the input's fields, given those of the record's: by their names before the renaming.
    pub fn typing_of_input(&self, typing: &FieldTyping) -> FieldTyping {
        let renamed = |(old, new): (&String, &String)| Some((old.clone(), *typing.get(new)?));
        let same = typing.iter().map(|(name, declared)| (name.clone(), *declared));
        same.chain(self.rename.iter().filter_map(renamed)).collect()
    }
}

fn conversions(
    written: BTreeMap<String, String>,
) -> Result<BTreeMap<String, Conversion>, MapError> {
    let conversion = |(field, text): (String, String)| match Conversion::parse(&text) {
        Ok(conversion) => Ok((field, conversion)),
        Err(what) => Err(MapError(format!("convert.{field}: {what}"))),
    };
    written.into_iter().map(conversion).collect()
}

/// The message, with the known name nearest to an unknown one.
fn with_near_name(message: &str) -> String {
    let near = || {
        let (_, rest) = message.split_once("unknown field `")?;
        let (unknown, rest) = rest.split_once('`')?;
        let (_, known) = rest.split_once("expected one of ")?;
        let likeness = |name: &str| strsim::jaro_winkler(unknown, name);
        let nearest = known.split(", ").max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(nearest) > 0.75).then_some(nearest)
    };
    match near() {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(yaml: &str) -> String {
        ReplayMap::parse(yaml).unwrap_err().to_string()
    }

    #[test]
    fn the_least_map_changes_nothing() {
        let map = ReplayMap::parse("map: plain").unwrap();
        assert_eq!(map.name, "plain");
        assert_eq!(map.derive, Derive::default());
    }

    #[test]
    fn errors_name_the_key_and_near_names() {
        insta::assert_snapshot!(refused("map: x\nrenames: {a: b}"), @"replay map: unknown field `renames`, expected one of map, rename, convert, constant, drop, inputs, polygons, derive, trips, events at line 2, column 1; did you mean `rename`?");
        insta::assert_snapshot!(refused("map: x\nderive:\n  sped: from positions"), @"replay map: unknown field `sped`, expected one of status, speed, heading, idle_s, zone, fare, trips, events at line 3, column 3; did you mean `speed`?");
        insta::assert_snapshot!(refused("map: x\nderive:\n  speed: from occupied"), @"replay map: unknown variant `from occupied`, expected one of from positions at line 3, column 10");
        insta::assert_snapshot!(refused("map: x\nderive:\n  zone: from polygons"), @"replay map: `zone: from polygons` needs `polygons: {files: […]}`");
        insta::assert_snapshot!(refused("map: x\nderive:\n  trips: from occupied"), @"replay map: `derive: {trips: from occupied}` and `trips: {topic: …}` need each other");
        insta::assert_snapshot!(refused("map: x\nevents: {topic: e}"), @"replay map: `derive: {events: from occupied}` and `events: {topic: …}` need each other");
        insta::assert_snapshot!(refused("map: x\nconvert: {speed: mph to kmh}"), @r#"replay map: convert.speed: unknown unit "kmh"; known are ns, us, ms, s, min, h, m/s, km/h, mph, kn, m, km, mi, ft, K, °C, °F, l, gal, ml"#);
        insta::assert_snapshot!(refused("rename: {a: b}"), @"replay map: missing field `map` at line 1, column 1");
    }
}
