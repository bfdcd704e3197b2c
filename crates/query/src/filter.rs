//! Pill filters: one condition, mostly on one field, possibly negated.
//!
//! JSON: `{"range": {"field": "speed", "gte": 30}, "negate": true}`: one key names the condition.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::model::Language;

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
    /// Stays from board to board; asks nothing else.
    pub pinned: bool,
    /// Words on the pill.
    pub label: Option<String>,
}

/// A condition, mostly on one field. A field with several values matches if one of them does.
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
    /// Matches a value: the whole of a keyword, or words in this order in an analysed text. What OpenSearch's `match_phrase`
    /// asks, and with it the pill "is".
    Phrase {
        /// Field.
        field: String,
        /// Value.
        value: Json,
    },
    /// Matches one of the values as a phrase: the pill "is one of".
    Phrases {
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
    /// Matches the text of a query bar.
    Query {
        /// The text.
        query: String,
        /// Its language.
        language: Language,
    },
    /// A combination of others.
    Bool(Bool),
}

/// Filters joined as in OpenSearch's `bool`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bool {
    /// All of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub must: Vec<Filter>,
    /// All of these, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<Filter>,
    /// Some of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub should: Vec<Filter>,
    /// None of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub must_not: Vec<Filter>,
    /// How many of `should`; where absent one, or none beside `must` or `filter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_should_match: Option<u32>,
}

impl Bool {
    /// How many of `should` have to match. Disabled filters are not there.
    #[must_use]
    pub fn least(&self) -> usize {
        let active = |filters: &[Filter]| filters.iter().any(|filter| !filter.disabled);
        let optional = !active(&self.should) || active(&self.must) || active(&self.filter);
        self.minimum_should_match.map_or(usize::from(!optional), |least| least as usize)
    }

    /// All filters in it.
    pub fn filters(&self) -> impl Iterator<Item = &Filter> {
        [&self.must, &self.filter, &self.should, &self.must_not].into_iter().flatten()
    }

    pub(crate) fn lists(&mut self) -> [&mut Vec<Filter>; 4] {
        [&mut self.must, &mut self.filter, &mut self.should, &mut self.must_not]
    }
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
    /// The fields it names.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        match self {
            Self::Term { field, .. }
            | Self::Terms { field, .. }
            | Self::Phrase { field, .. }
            | Self::Phrases { field, .. }
            | Self::Exists { field }
            | Self::GeoBox { field, .. }
            | Self::GeoDistance { field, .. }
            | Self::GeoPolygon { field, .. }
            | Self::Range(RangeCondition { field, .. }) => vec![field.clone()],
            Self::Query { query, language } => language.fields(query),
            Self::Bool(joined) => joined.filters().flat_map(|f| f.condition.fields()).collect(),
        }
    }
}

impl Filter {
    /// A filter that must hold.
    #[must_use]
    pub fn new(condition: Condition) -> Self {
        Self { condition, negate: false, disabled: false, pinned: false, label: None }
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
    phrase: Option<Term>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phrases: Option<Terms>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bool: Option<Bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    negate: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pinned: bool,
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Text {
    query: String,
    #[serde(default)]
    language: Language,
}

impl TryFrom<Keys> for Filter {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let conditions = [
            keys.term.map(|Term { field, value }| Condition::Term { field, value }),
            keys.terms.map(|Terms { field, values }| Condition::Terms { field, values }),
            keys.phrase.map(|Term { field, value }| Condition::Phrase { field, value }),
            keys.phrases.map(|Terms { field, values }| Condition::Phrases { field, values }),
            keys.range.map(Condition::Range),
            keys.exists.map(|Exists { field }| Condition::Exists { field }),
            keys.geo_box.map(|GeoBox { field, bounds }| Condition::GeoBox { field, bounds }),
            keys.geo_distance.map(|GeoDistance { field, center, distance_m }| {
                Condition::GeoDistance { field, center, distance_m }
            }),
            keys.geo_polygon
                .map(|GeoPolygon { field, points }| Condition::GeoPolygon { field, points }),
            keys.query.map(|Text { query, language }| Condition::Query { query, language }),
            keys.bool.map(Condition::Bool),
        ];
        let mut given = conditions.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(condition), None) => Ok(Self {
                condition,
                negate: keys.negate,
                disabled: keys.disabled,
                pinned: keys.pinned,
                label: keys.label,
            }),
            _ => Err(
                "a filter has exactly one of term, terms, phrase, phrases, range, exists, geo_box, \
                 geo_distance, geo_polygon, query, bool"
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
            pinned: filter.pinned,
            label: filter.label,
            ..Self::default()
        };
        match filter.condition {
            Condition::Term { field, value } => keys.term = Some(Term { field, value }),
            Condition::Terms { field, values } => keys.terms = Some(Terms { field, values }),
            Condition::Phrase { field, value } => keys.phrase = Some(Term { field, value }),
            Condition::Phrases { field, values } => keys.phrases = Some(Terms { field, values }),
            Condition::Query { query, language } => keys.query = Some(Text { query, language }),
            Condition::Bool(joined) => keys.bool = Some(joined),
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
