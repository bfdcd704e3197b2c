//! `gauge` and `goal`: how far along a scale a number is, an arc or circle for each metric of each group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `gauge` and `goal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GaugeParams {
    /// Metric ids; all of the query where empty.
    pub metrics: Vec<String>,
    /// Names of metrics, by id.
    pub names: std::collections::BTreeMap<String, String>,
    /// How it looks.
    pub shape: GaugeShape,
    /// The ranges of its scale, ascending; 0 to 100 where empty. The last one's end is a `goal`'s target.
    pub ranges: Vec<ColorRange>,
    /// What the ranges colour.
    pub color_mode: ColorMode,
    /// From which colours ranges take theirs.
    pub colors: RangeColors,
    /// Whether the ranges take them from the other end.
    pub invert_colors: bool,
    /// The scale goes on to the greatest value where that is beyond it.
    pub extend_range: bool,
    /// The number is shown in percent of the scale. A `goal` does so where nothing is said.
    pub percentage_mode: Option<bool>,
    /// Whether each is named.
    pub show_labels: bool,
    /// Whether the ends of the scale are named.
    pub show_scale: bool,
    /// Small words under the number.
    pub sub_text: String,
    /// How numbers are shown.
    pub format: Format,
}

impl Default for GaugeParams {
    fn default() -> Self {
        Self {
            metrics: Vec::new(),
            names: std::collections::BTreeMap::new(),
            shape: GaugeShape::Arc,
            ranges: Vec::new(),
            color_mode: ColorMode::Labels,
            colors: RangeColors::Meaning,
            invert_colors: false,
            extend_range: false,
            percentage_mode: None,
            show_labels: true,
            show_scale: true,
            sub_text: String::new(),
            format: Format::default(),
        }
    }
}

/// How a gauge looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GaugeShape {
    /// Two thirds of a turn, open below.
    #[default]
    Arc,
    /// A whole turn from noon.
    Circle,
    /// A bar.
    Bar,
}

/// A range of values, its lower end in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColorRange {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
}

/// What ranges colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColorMode {
    /// Nothing.
    None,
    /// The number, and of a gauge its arc.
    #[default]
    Labels,
    /// The ground.
    Background,
}

/// The colours of ranges, from the first to the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RangeColors {
    /// Good, worth a look, bad.
    #[default]
    Meaning,
    /// The ramp of a heat map.
    Sequence,
}
