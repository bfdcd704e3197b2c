//! `metric`: one number, with a sparkline from the extra query `sparkline` (a `date_histogram` and one metric); or a number for
//! each metric of each group, side by side.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;
use super::gauge::{ColorMode, ColorRange, RangeColors};

/// Parameters of `metric`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MetricParams {
    /// Metric id to show; the first where empty.
    pub metric: String,
    /// How the number is shown.
    pub format: Format,
    /// Words under the number.
    pub note: String,
    /// How the number differs from that of the extra query `before`, shown under it.
    pub change: Option<Change>,
    /// Metric ids of several numbers, or of one per group; `metric` alone where empty.
    pub metrics: Vec<String>,
    /// Names of metrics, by id.
    pub names: std::collections::BTreeMap<String, String>,
    /// Whether each of several is named.
    pub show_labels: bool,
    /// Size of the numbers in pt, as OSD counts; as the panel has it where absent.
    pub font_size: Option<f64>,
    /// Ranges of the number, ascending.
    pub ranges: Vec<ColorRange>,
    /// What the ranges colour.
    pub color_mode: ColorMode,
    /// From which colours ranges take theirs.
    pub colors: RangeColors,
    /// Whether the ranges take them from the other end.
    pub invert_colors: bool,
    /// The number is shown in percent of what the ranges span.
    pub percentage_mode: bool,
}

impl Default for MetricParams {
    fn default() -> Self {
        Self {
            metric: String::new(),
            format: Format::default(),
            note: String::new(),
            change: None,
            metrics: Vec::new(),
            names: std::collections::BTreeMap::new(),
            show_labels: true,
            font_size: None,
            ranges: Vec::new(),
            color_mode: ColorMode::None,
            colors: RangeColors::Meaning,
            invert_colors: false,
            percentage_mode: false,
        }
    }
}

/// A difference to an earlier number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// How it is shown.
    pub kind: ChangeKind,
    /// Which way is good.
    pub good: Good,
    /// What it is compared with, e.g. `vs the 5 min before`.
    pub label: String,
}

/// How a difference is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// In percent of the earlier number.
    #[default]
    Percent,
    /// In the number's own format; of percentages, in points.
    Difference,
}

/// Which way a number should go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Good {
    /// More is better.
    #[default]
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neither,
}
