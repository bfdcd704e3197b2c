//! Pill filters: one condition on one field, possibly negated.
//!
//! JSON: `{"range": {"field": "speed", "gte": 30}, "negate": true}`: one key names the condition.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A filter as the filter bar has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Keys", into = "Keys")]
#[schemars(with = "Keys")]
pub struct Filter {
    /// What must hold.
    pub condition: Condition,
    /// Must not hold instead. Records without the field then match.
    pub negate: bool,
    /// Kept but without effect.
    pub disabled: bool,
    /// Words on the pill.
    pub label: Option<String>,
}

/// A condition on one field. A field with several values matches if one of them does.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Equals a value.
    Term {
        /// Field.
        field: String,
        /// Value.
        value: Json,
    },
    /// Equals one of the values.
    Terms {
        /// Field.
        field: String,
        /// Values.
        values: Vec<Json>,
    },
    /// Lies between bounds.
    Range(RangeCondition),
    /// Has a value.
    Exists {
        /// Field.
        field: String,
    },
    /// Lies in `[west, south, east, north]`; west greater than east crosses the antimeridian.
    GeoBox {
        /// A `geo_point` field.
        field: String,
        /// Bounds in degrees.
        bounds: [f64; 4],
    },
    /// Lies within a distance.
    GeoDistance {
        /// A `geo_point` field.
        field: String,
        /// `[longitude, latitude]`.
        center: [f64; 2],
        /// Metres.
        distance_m: f64,
    },
    /// Lies in a polygon.
    GeoPolygon {
        /// A `geo_point` field.
        field: String,
        /// `[longitude, latitude]` of each corner.
        points: Vec<[f64; 2]>,
    },
}

/// Bounds of a range; numbers, or times as text for date fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RangeCondition {
    /// Field.
    pub field: String,
    /// Greater than or equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gte: Option<Json>,
    /// Greater than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gt: Option<Json>,
    /// Less than or equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lte: Option<Json>,
    /// Less than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lt: Option<Json>,
}

impl Condition {
    /// The field it reads.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Term { field, .. }
            | Self::Terms { field, .. }
            | Self::Exists { field }
            | Self::GeoBox { field, .. }
            | Self::GeoDistance { field, .. }
            | Self::GeoPolygon { field, .. } => field,
            Self::Range(range) => &range.field,
        }
    }
}

impl Filter {
    /// A filter that must hold.
    #[must_use]
    pub fn new(condition: Condition) -> Self {
        Self { condition, negate: false, disabled: false, label: None }
    }
}

/// The JSON form: exactly one of the conditions is present.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    #[serde(skip_serializing_if = "Option::is_none")]
    term: Option<Term>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<Terms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<RangeCondition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exists: Option<Exists>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo_box: Option<GeoBox>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo_distance: Option<GeoDistance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo_polygon: Option<GeoPolygon>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    negate: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Term {
    field: String,
    value: Json,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Terms {
    field: String,
    values: Vec<Json>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Exists {
    field: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GeoBox {
    field: String,
    bounds: [f64; 4],
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GeoDistance {
    field: String,
    center: [f64; 2],
    distance_m: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GeoPolygon {
    field: String,
    points: Vec<[f64; 2]>,
}

impl TryFrom<Keys> for Filter {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let conditions = [
            keys.term.map(|Term { field, value }| Condition::Term { field, value }),
            keys.terms.map(|Terms { field, values }| Condition::Terms { field, values }),
            keys.range.map(Condition::Range),
            keys.exists.map(|Exists { field }| Condition::Exists { field }),
            keys.geo_box.map(|GeoBox { field, bounds }| Condition::GeoBox { field, bounds }),
            keys.geo_distance.map(|GeoDistance { field, center, distance_m }| {
                Condition::GeoDistance { field, center, distance_m }
            }),
            keys.geo_polygon
                .map(|GeoPolygon { field, points }| Condition::GeoPolygon { field, points }),
        ];
        let mut given = conditions.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(condition), None) => Ok(Self {
                condition,
                negate: keys.negate,
                disabled: keys.disabled,
                label: keys.label,
            }),
            _ => Err(
                "a filter has exactly one of term, terms, range, exists, geo_box, geo_distance, \
                      geo_polygon"
                    .to_owned(),
            ),
        }
    }
}

impl From<Filter> for Keys {
    fn from(filter: Filter) -> Self {
        let mut keys = Self {
            negate: filter.negate,
            disabled: filter.disabled,
            label: filter.label,
            ..Self::default()
        };
        match filter.condition {
            Condition::Term { field, value } => keys.term = Some(Term { field, value }),
            Condition::Terms { field, values } => keys.terms = Some(Terms { field, values }),
            Condition::Range(range) => keys.range = Some(range),
            Condition::Exists { field } => keys.exists = Some(Exists { field }),
            Condition::GeoBox { field, bounds } => keys.geo_box = Some(GeoBox { field, bounds }),
            Condition::GeoDistance { field, center, distance_m } => {
                keys.geo_distance = Some(GeoDistance { field, center, distance_m });
            }
            Condition::GeoPolygon { field, points } => {
                keys.geo_polygon = Some(GeoPolygon { field, points });
            }
        }
        keys
    }
}
