//! The newest record of each live entity: all of them, those in a box, or those in a tile of the map.
//!
//! In a tile everything that moves can be a small whole number: the position in units of the tile, the time in seconds, a
//! heading in steps, a status as its place in a list. A vehicle that moved then travels in a few bytes.

use std::fmt;

use hailstream_geo::mercator::Tile;
use hailstream_protocol::Value;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::QueryError;
use crate::interval::Interval;

/// Units along a tile's side where a query names none, as in the vector tiles of Elasticsearch and OpenSearch.
const EXTENT: u32 = 4_096;
const MAX_EXTENT: u32 = 1 << 20;
/// How often the changes of a tile are told where a query does not say: its times are in seconds.
const EVERY_MS: i64 = 1_000;
const MAX_EVERY_MS: i64 = 60_000;
const MAX_VALUES: usize = 256;

/// Live entities, ordered by entity. Columns: the entity field, `_event_time` in epoch ms, then the fields; with a `tile` the
/// entity field, `_event_time_s` in epoch seconds, `_x`, `_y`, then the fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entities {
    /// Only those in `[west, south, east, north]` (the stream's first `geo_point` field).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
    /// Only those in this tile, and where in it: `_x` to the east and `_y` to the south, in whole units from its upper left
    /// corner. Latitudes beyond ±85.0511° lie in the outermost rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile: Option<MapTile>,
    /// Units along the tile's side, a power of two up to 1,048,576; 4,096 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<u32>,
    /// Changes are told no more often than this, at most 1m; 1s for a tile, else at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Interval>,
    /// How many at most.
    #[serde(default = "entities_size")]
    pub size: u32,
    /// Which fields; all where empty, but for the position of a tile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<EntityField>,
}

fn entities_size() -> u32 {
    10_000
}

/// A tile of the map, written `zoom/x/y` as the keys of `geotile_grid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapTile(pub Tile);

/// A field of entities as a column: as it is, or as a whole number.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum EntityField {
    /// As it is.
    Plain(String),
    /// In steps.
    Steps(SteppedField),
    /// As a place in a list.
    Places(ListedField),
}

/// A number as the nearest whole number of steps, halves away from zero; null where there is no number.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SteppedField {
    /// The field, and the column.
    pub field: String,
    /// Length of a step in the field's unit, above 0.
    pub step: f64,
}

/// A value as its place in a list, from 0; null where it is not in it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ListedField {
    /// The field, and the column.
    pub field: String,
    /// Words, numbers, `true`, `false`: each once.
    pub values: Vec<Value>,
}

impl Entities {
    /// Units along the side of the tile.
    #[must_use]
    pub fn extent(&self) -> u32 {
        self.extent.unwrap_or(EXTENT)
    }

    /// Changes are told no more often than this, ms.
    #[must_use]
    pub fn every_ms(&self) -> Option<i64> {
        let of_tile = self.tile.map(|_| EVERY_MS);
        self.every.map(Interval::millis).or(of_tile)
    }

    pub(crate) fn normalise(&mut self) {
        if self.tile.is_some() {
            self.extent = Some(self.extent());
        }
        self.every = self.every_ms().and_then(Interval::from_millis);
    }

    pub(crate) fn check(&self) -> Result<(), QueryError> {
        let wrong =
            |key: &str, words: String| Err(QueryError::invalid(format!("entities.{key}"), words));
        if self.tile.is_some() && self.bounds.is_some() {
            return wrong("tile", "tile and bounds exclude each other".to_owned());
        }
        if let Some(extent) = self.extent {
            if self.tile.is_none() {
                return wrong("extent", "an extent goes with a tile".to_owned());
            }
            if !extent.is_power_of_two() || extent > MAX_EXTENT {
                let words = format!("{extent} is not a power of two from 1 to {MAX_EXTENT}");
                return wrong("extent", words);
            }
        }
        match self.every {
            Some(every) if every.millis() > MAX_EVERY_MS => {
                wrong("every", format!("{every} is longer than 1m"))
            }
            _ => Ok(()),
        }
    }
}

impl EntityField {
    /// The field, which names the column too.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Plain(field) => field,
            Self::Steps(SteppedField { field, .. }) | Self::Places(ListedField { field, .. }) => {
                field
            }
        }
    }
}

impl SteppedField {
    /// The steps of a number.
    #[must_use]
    pub fn steps(&self, number: f64) -> i64 {
        // Beyond 64 bits it stays at their end.
        (number / self.step).round() as i64
    }
}

impl Serialize for MapTile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MapTile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl JsonSchema for MapTile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MapTile".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+/[0-9]+/[0-9]+$" })
    }
}

/// The object form of a field, as people write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Coded {
    field: String,
    step: Option<f64>,
    values: Option<Vec<Value>>,
}

impl Coded {
    fn understood(self) -> Result<EntityField, String> {
        match (self.step, self.values) {
            (Some(step), None) if step.is_finite() && step > 0.0 => {
                Ok(EntityField::Steps(SteppedField { field: self.field, step }))
            }
            (Some(step), None) => Err(format!("step {step} is not a number above 0")),
            (None, Some(values)) => {
                let nested = |value: &Value| {
                    matches!(value, Value::Null | Value::List(_) | Value::Object(_))
                };
                let repeated = (1..values.len()).any(|end| values[..end].contains(&values[end]));
                if values.is_empty() || values.len() > MAX_VALUES {
                    return Err(format!("values are a list of 1 to {MAX_VALUES}"));
                }
                if repeated || values.iter().any(nested) {
                    return Err("values are words, numbers, true or false, each once".to_owned());
                }
                Ok(EntityField::Places(ListedField { field: self.field, values }))
            }
            _ => Err("a field has either a step or values; alone it is just its name".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for EntityField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = EntityField;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field, or an object with `field` and `step` or `values`")
    }

    fn visit_str<E: Error>(self, field: &str) -> Result<EntityField, E> {
        Ok(EntityField::Plain(field.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EntityField, A::Error> {
        let coded = Coded::deserialize(MapAccessDeserializer::new(map))?;
        coded.understood().map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Query;

    fn told(entities: &serde_json::Value) -> String {
        match Query::from_json(&json!({"stream": "s", "entities": entities})) {
            Ok(query) => query.view_key().to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_tile_is_asked_for_with_all_defaults_spelt_out() {
        let key = told(&json!({"tile": "12/655/1583", "fields": ["zone",
            {"field": "heading", "step": 22.5}, {"field": "status", "values": ["free", "hired"]}]}));
        assert_eq!(
            key,
            r#"{"stream":"s","language":"dql","time_zone":"UTC","over":"records","entities":{"tile":"12/655/1583","extent":4096,"every":"1s","size":10000,"fields":["zone",{"field":"heading","step":22.5},{"field":"status","values":["free","hired"]}]}}"#
        );
        let query: Query = serde_json::from_str(&key).unwrap();
        assert_eq!(query.view_key().as_str(), key);
        let spelt_out = json!({"tile": "12/655/1583", "extent": 4096, "every": "1000ms", "size": 10_000,
            "fields": ["zone", {"step": 22.5, "field": "heading"}, {"values": ["free", "hired"], "field": "status"}]});
        assert_eq!(told(&spelt_out), key);
    }

    #[test]
    fn what_cannot_be_asked_for_is_told_with_its_place() {
        for (entities, want) in [
            (json!({"tile": "3/8/0"}), "entities.tile: no tile: \"3/8/0\"; zoom/x/y"),
            (json!({"tile": "30/0/0"}), "entities.tile: no tile"),
            (json!({"tile": 3}), "entities.tile: invalid type"),
            (json!({"tile": "0/0/0", "bounds": [0, 0, 1, 1]}), "entities.tile: tile and bounds"),
            (json!({"extent": 512}), "entities.extent: an extent goes with a tile"),
            (json!({"tile": "0/0/0", "extent": 1_000}), "entities.extent: 1000 is not a power"),
            (json!({"tile": "0/0/0", "extent": 2_097_152}), "entities.extent: 2097152 is not"),
            (json!({"tile": "0/0/0", "extent": 0}), "entities.extent: 0 is not a power of two"),
            (json!({"every": "2m"}), "entities.every: 2m is longer than 1m"),
            (json!({"every": "soon"}), "entities.every: \"soon\" is not a length of time"),
            (json!({"tiel": "0/0/0"}), "unknown field `tiel`"),
            (json!({"fields": [3]}), "entities.fields[0]: invalid type: integer `3`, expected the"),
            (json!({"fields": [{"field": "a"}]}), "entities.fields[0]: a field has either a step"),
            (
                json!({"fields": [{"field": "a", "step": 1, "values": [1]}]}),
                "entities.fields[0]: a field has either a step or values",
            ),
            (
                json!({"fields": ["b", {"field": "a", "step": 0}]}),
                "entities.fields[1]: step 0 is not a number above 0",
            ),
            (json!({"fields": [{"field": "a", "step": "x"}]}), "entities.fields[0].step: invalid"),
            (json!({"fields": [{"feld": "a"}]}), "did you mean `field`?"),
            (json!({"fields": [{"field": "a", "values": []}]}), "values are a list of 1 to 256"),
            (json!({"fields": [{"field": "a", "values": [1, 1.0]}]}), "each once"),
            (json!({"fields": [{"field": "a", "values": [[1]]}]}), "words, numbers"),
        ] {
            let got = told(&entities);
            assert!(got.contains(want), "{entities}\n got {got}\nwant {want}");
        }
    }

    #[test]
    fn a_number_is_told_in_steps() {
        let heading = SteppedField { field: "heading".to_owned(), step: 11.25 };
        let told = [0.0, 5.6, 5.7, 359.0, -5.7, 1e300].map(|degrees| heading.steps(degrees));
        assert_eq!(told, [0, 0, 1, 32, -1, i64::MAX]);
    }
}
