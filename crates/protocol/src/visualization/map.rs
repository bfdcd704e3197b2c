//! `map`: entities (a query with `entities`) on streets, gliding between their fixes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `map`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MapParams {
    /// Name of the basemap in the preset's or server's maps; none where empty.
    pub basemap: String,
    /// `[longitude, latitude]` of the middle at the start; the basemap's where absent.
    pub center: Option<[f64; 2]>,
    /// Zoom at the start (web mercator, 256 px tiles, fractional).
    pub zoom: Option<f64>,
    /// Field with the position.
    pub position: String,
    /// Field with the heading, degrees clockwise from north; none where empty.
    pub heading: String,
    /// Field whose value picks the glyph.
    pub status: String,
    /// Glyph of each status, in drawing order: later ones lie above.
    pub glyphs: BTreeMap<String, GlyphStyle>,
    /// Word for one entity, e.g. `Cab`.
    pub entity_name: String,
    /// Word for several, e.g. `cabs`.
    pub entities_name: String,
    /// After this many seconds without a fix an entity counts as silent.
    pub silent_after_s: u32,
    /// Fields on the card of the chosen entity.
    pub card: Vec<CardField>,
    /// What the side list ranks; without a field it only finds entities by name.
    pub list: MapList,
    /// With more entities in view than can be told apart, and more than this, they become counts; 0: never.
    pub group_above: u32,
    /// What tints the zones; nothing where no query is named.
    pub zones: ZoneLayer,
}

impl Default for MapParams {
    fn default() -> Self {
        Self {
            basemap: String::new(),
            center: None,
            zoom: None,
            position: "position".to_owned(),
            heading: String::new(),
            status: String::new(),
            glyphs: BTreeMap::new(),
            entity_name: "Vehicle".to_owned(),
            entities_name: "vehicles".to_owned(),
            silent_after_s: 60,
            card: Vec::new(),
            list: MapList::default(),
            group_above: 2_000,
            zones: ZoneLayer::default(),
        }
    }
}

/// The side list of a map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MapList {
    /// Numeric field the entities are ranked by; one of the query's.
    pub field: String,
    /// Which come first.
    pub order: ListOrder,
    /// Its heading.
    pub title: String,
    /// Only entities of this status; all where empty.
    pub status: String,
    /// A further field that is shown between name and value; none where empty.
    pub detail: String,
    /// How the value is shown.
    pub format: Format,
}

/// Which entities lead a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListOrder {
    /// Those with the least.
    Asc,
    /// Those with the most.
    #[default]
    Desc,
}

/// The layer that tints the basemap's zones by a number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ZoneLayer {
    /// Name of the extra query: one `terms` bucket whose values are the names of zones, then one metric.
    pub query: String,
    /// What is counted, beside the ramp.
    pub title: String,
}

/// How entities of one status are drawn. The colour comes from the dashboard's registry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GlyphStyle {
    /// Shape.
    pub shape: GlyphShape,
    /// Higher lies above.
    pub level: u8,
}

/// Shape of an entity on the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GlyphShape {
    /// Points where it heads.
    #[default]
    Arrow,
    /// A disc.
    Dot,
}

/// A field on the card of the chosen entity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CardField {
    /// Field.
    pub field: String,
    /// Its words.
    pub title: String,
    /// How it is shown.
    pub format: Format,
}
