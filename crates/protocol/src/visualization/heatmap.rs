//! `heatmap`: a cell for each pair of keys of two buckets, darker for more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;
use super::gauge::ColorRange;
use super::xy::{LegendPlace, ScaleKind};

/// Parameters of `heatmap`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HeatmapParams {
    /// Bucket id of the columns; the first `date_histogram` or `histogram` or else the second bucket where empty.
    pub x: String,
    /// Bucket id of the rows; the first other bucket where empty.
    pub y: String,
    /// Metric id of the cells; the first where empty.
    pub metric: String,
    /// How values are shown.
    pub format: Format,
    /// Steps of colour, 2 to 10.
    pub colors_number: u32,
    /// The ranges of the steps instead; what lies in none is not drawn.
    pub ranges: Vec<ColorRange>,
    /// Less is further from the surface.
    pub invert_colors: bool,
    /// Steps begin at the least value instead of 0.
    pub fit: bool,
    /// How values become steps.
    pub scale: ScaleKind,
    /// The steps are told in percent of the greatest value.
    pub percentage_mode: bool,
    /// Values are written in their cells.
    pub show_values: bool,
    /// Where the legend of the steps stands; there is none where nothing is said.
    pub legend: Option<LegendPlace>,
}

impl Default for HeatmapParams {
    fn default() -> Self {
        Self {
            x: String::new(),
            y: String::new(),
            metric: String::new(),
            format: Format::default(),
            colors_number: 8,
            ranges: Vec::new(),
            invert_colors: false,
            fit: false,
            scale: ScaleKind::Linear,
            percentage_mode: false,
            show_values: false,
            legend: None,
        }
    }
}
