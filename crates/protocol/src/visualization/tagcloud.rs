//! `tagcloud`: the keys of a bucket as words, larger for more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;
use super::xy::ScaleKind;

/// Parameters of `tagcloud`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TagcloudParams {
    /// Metric id of the sizes; the first where empty.
    pub metric: String,
    /// Size of the least word, px.
    pub min_font_size: f64,
    /// Size of the greatest word, px; smaller where the panel is.
    pub max_font_size: f64,
    /// How values become sizes.
    pub scale: ScaleKind,
    /// Which way words are turned.
    pub orientation: Orientation,
    /// What is shown, under the words; nothing where empty.
    pub label: String,
    /// How values are shown.
    pub format: Format,
}

impl Default for TagcloudParams {
    fn default() -> Self {
        Self {
            metric: String::new(),
            min_font_size: 18.0,
            max_font_size: 72.0,
            scale: ScaleKind::Linear,
            orientation: Orientation::Single,
            label: String::new(),
            format: Format::default(),
        }
    }
}

/// Which way words are turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// All upright.
    #[default]
    Single,
    /// Some from below to above.
    RightAngled,
    /// At several angles.
    Multiple,
}
