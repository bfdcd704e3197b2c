//! `filters`: named filters in the order given, empty ones kept. A record counts in each filter that it matches.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::filter::Filter;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filters {
    /// Column id.
    pub id: String,
    /// Label and query of each filter. In JSON an object whose order counts.
    #[serde(serialize_with = "write_pairs", deserialize_with = "read_pairs")]
    #[schemars(schema_with = "pairs_schema")]
    pub filters: Vec<(String, FilterQuery)>,
}

/// What a labelled filter asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FilterQuery {
    /// DQL text; empty matches all.
    Text(String),
    /// One pill filter.
    One(Filter),
    /// All of these.
    All(Vec<Filter>),
}

impl FilterQuery {
    /// Its DQL text; empty where it has none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::One(_) | Self::All(_) => "",
        }
    }

    /// The pill filters, all of which must match.
    #[must_use]
    pub fn filters(&self) -> &[Filter] {
        match self {
            Self::Text(_) => &[],
            Self::One(filter) => std::slice::from_ref(filter),
            Self::All(filters) => filters,
        }
    }
}

fn write_pairs<S: Serializer>(
    pairs: &[(String, FilterQuery)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (label, query) in pairs {
        map.serialize_entry(label, query)?;
    }
    map.end()
}

fn read_pairs<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, FilterQuery)>, D::Error> {
    struct Pairs;

    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, FilterQuery)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of label: filter")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = entries.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }

    deserializer.deserialize_map(Pairs)
}

fn pairs_schema(generator: &mut SchemaGenerator) -> Schema {
    let query = generator.subschema_for::<FilterQuery>();
    json_schema!({ "type": "object", "additionalProperties": query })
}
