//! A field as a stream file declares it.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

use super::{FieldConfig, FieldType};

/// A type's name alone, or an object. Not an untagged enum: that would hide what is wrong, and read `y` as a boolean.
pub(super) enum FieldFile {
    Short(FieldType),
    Long(FieldLong),
}

impl<'de> Deserialize<'de> for FieldFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = FieldFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a type such as keyword, or an object with a type")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<FieldFile, E> {
        FieldType::deserialize(name.into_deserializer()).map(FieldFile::Short)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldFile, A::Error> {
        FieldLong::deserialize(MapAccessDeserializer::new(map)).map(FieldFile::Long)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldLong {
    #[serde(rename = "type")]
    kind: FieldType,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    pub(super) lat: Option<String>,
    #[serde(default)]
    lon: Option<String>,
}

pub(super) fn field_of(name: &str, file: FieldFile) -> Result<FieldConfig, String> {
    let long = match file {
        FieldFile::Short(kind) => return Ok(FieldConfig { kind, unit: None, lat_lon: None }),
        FieldFile::Long(long) => long,
    };
    let lat_lon = match (long.lat, long.lon) {
        (Some(lat), Some(lon)) if long.kind == FieldType::GeoPoint => Some((lat, lon)),
        (None, None) => None,
        _ => return Err(format!("fields.{name}: lat and lon go together, with type: geo_point")),
    };
    Ok(FieldConfig { kind: long.kind, unit: long.unit, lat_lon })
}
