//! `line`, `area`, `histogram`, `horizontal_bar`: series over an axis of times, numbers or words. One file, because a series of any of
//! them may be drawn as in another; the types are what is drawn where nothing is said, and `horizontal_bar` lies.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;
use super::table::SplitDirection;

/// Parameters of `line`, `area`, `histogram` and `horizontal_bar`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct XyParams {
    /// Bucket id of the x axis; the first `date_histogram` or else the first bucket that does not split where empty.
    pub x: String,
    /// Bucket id that splits into series; the first other bucket where empty.
    pub series: String,
    /// Bucket id that splits into charts of their own; none where empty.
    pub split: String,
    /// How charts of their own stand.
    pub split_direction: SplitDirection,
    /// Metric id of the values, where `series_params` names none; in a `line` all, else the first, where empty.
    pub metric: String,
    /// The metrics that are drawn, and how.
    pub series_params: Vec<SeriesParams>,
    /// How series stand to each other, where `series_params` does not say; `line` and `horizontal_bar` normal, else stacked.
    pub mode: Option<SeriesMode>,
    /// How values are shown.
    pub format: Format,
    /// The same for single metrics, by id.
    pub formats: BTreeMap<String, Format>,
    /// How numbers of the x axis are shown.
    pub x_format: Format,
    /// Names of metrics, by id.
    pub names: BTreeMap<String, String>,
    /// Colour tokens of values by their words, and of metrics by id; others have the board's.
    pub colors: BTreeMap<String, String>,
    /// A level to watch.
    pub threshold: Option<Threshold>,
    /// The axis of times, numbers or words.
    pub category_axis: CategoryAxis,
    /// The axis of values.
    pub value_axis: ValueAxis,
    /// That of the series at the other side.
    pub right_axis: ValueAxis,
    /// Where the legend stands; in a row above the plot where nothing is said.
    pub legend: Option<LegendPlace>,
    /// Words come in the order of their sums, greatest first.
    pub order_by_sum: bool,
    /// Lines from the category axis, too.
    pub category_lines: bool,
    /// Values are written at bars.
    pub show_values: bool,
    /// A line at the present.
    pub time_marker: bool,
}

/// How the series of a metric are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SeriesParams {
    /// The metric.
    pub metric: String,
    /// What is drawn; as the type says where absent.
    #[serde(rename = "type")]
    pub kind: Option<SeriesMark>,
    /// How its series stand to others of its axis.
    pub mode: Option<SeriesMode>,
    /// The side of its axis.
    pub axis: AxisSide,
    /// Of a line: whether its points are joined; else they are drawn.
    pub draw_lines_between_points: bool,
    /// How they are joined.
    pub interpolate: Interpolate,
    /// Width of a line; the usual is 2.
    pub line_width: f64,
}

impl Default for SeriesParams {
    fn default() -> Self {
        Self {
            metric: String::new(),
            kind: None,
            mode: None,
            axis: AxisSide::Left,
            draw_lines_between_points: true,
            interpolate: Interpolate::Linear,
            line_width: 2.0,
        }
    }
}

/// What a series is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesMark {
    /// A line.
    Line,
    /// A line and what is below it.
    Area,
    /// Bars.
    Histogram,
}

/// How series stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesMode {
    /// On top of each other.
    Stacked,
    /// Bars beside each other, areas and lines over each other.
    #[serde(alias = "grouped", alias = "none")]
    Normal,
    /// On top of each other, as shares of their sum.
    Percent,
}

/// A side of the plot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AxisSide {
    /// Left.
    #[default]
    Left,
    /// Right.
    Right,
}

/// How points are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Interpolate {
    /// Straight.
    #[default]
    Linear,
    /// Smoothly.
    Cardinal,
    /// In steps, each value until the next.
    StepAfter,
}

/// An axis of times, numbers or words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CategoryAxis {
    /// Whether its labels are shown.
    pub show: bool,
}

impl Default for CategoryAxis {
    fn default() -> Self {
        Self { show: true }
    }
}

/// An axis of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ValueAxis {
    /// Whether its labels are shown.
    pub show: bool,
    /// Its words, over it.
    pub title: String,
    /// How values become lengths.
    pub scale: ScaleKind,
    /// Its lower end; round numbers around the values where absent.
    pub min: Option<f64>,
    /// Its upper end.
    pub max: Option<f64>,
    /// It begins at the least value instead of 0.
    pub fit: bool,
}

impl Default for ValueAxis {
    fn default() -> Self {
        Self {
            show: true,
            title: String::new(),
            scale: ScaleKind::Linear,
            min: None,
            max: None,
            fit: false,
        }
    }
}

/// How values become lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScaleKind {
    /// Evenly.
    #[default]
    Linear,
    /// By their logarithm; what is below the least decade shown lies at its foot.
    Log,
    /// By their square root.
    SquareRoot,
}

/// Where a legend stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegendPlace {
    /// Above the plot.
    Top,
    /// At its right.
    Right,
    /// Below it.
    Bottom,
    /// At its left.
    Left,
    /// Nowhere.
    Hidden,
}

/// A dashed line with words on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Where.
    pub value: f64,
    /// Its words.
    pub label: String,
}
