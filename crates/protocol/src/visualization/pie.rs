//! `pie`: shares of a whole, one slice per key of the first bucket; each further bucket is a ring around it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;
use super::table::SplitDirection;
use super::xy::LegendPlace;

/// Parameters of `pie`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PieParams {
    /// Metric id of the size; the first where empty.
    pub metric: String,
    /// A ring instead of a disc.
    pub donut: bool,
    /// Word under the sum in the middle of a donut.
    pub label: String,
    /// Bucket id that splits into pies of their own; none where empty.
    pub split: String,
    /// How pies of their own stand.
    pub split_direction: SplitDirection,
    /// Words at the slices.
    pub labels: PieLabels,
    /// Where the legend stands; a list at the right where nothing is said.
    pub legend: Option<LegendPlace>,
    /// How values are shown.
    pub format: Format,
    /// Colour tokens of values by their words; others have the board's.
    pub colors: BTreeMap<String, String>,
}

impl Default for PieParams {
    fn default() -> Self {
        Self {
            metric: String::new(),
            donut: true,
            label: String::new(),
            split: String::new(),
            split_direction: SplitDirection::Columns,
            labels: PieLabels::default(),
            legend: None,
            format: Format::default(),
            colors: BTreeMap::new(),
        }
    }
}

/// Words at slices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PieLabels {
    /// Whether there are any.
    pub show: bool,
    /// The share behind each.
    pub values: bool,
    /// Only at the outermost ring.
    pub last_level: bool,
    /// Letters of a label at most.
    pub truncate: u32,
}

impl Default for PieLabels {
    fn default() -> Self {
        Self { show: false, values: true, last_level: true, truncate: 100 }
    }
}
