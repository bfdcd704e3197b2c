//! Visualizations: a type, a query, and what the type wants to know about how to draw it.
//!
//! One file per type holds its parameters; [`Params::of`] is the registry. A new type is a new file and its lines there.

mod controls;
mod drilldown;
mod format;
mod gauge;
mod heatmap;
mod map;
mod markdown;
mod metric;
mod pie;
mod search;
mod table;
mod tagcloud;
mod trusted;
mod xy;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use controls::{Control, ControlKind, ControlsParams};
pub use drilldown::Drilldown;
pub use format::{Format, FormatKind};
pub use gauge::{ColorMode, ColorRange, GaugeParams, GaugeShape, RangeColors};
pub use heatmap::HeatmapParams;
pub use map::{CardField, GlyphShape, GlyphStyle, ListOrder, MapList, MapParams, ZoneLayer};
pub use markdown::MarkdownParams;
pub use metric::{Change, ChangeKind, Good, MetricParams};
pub use pie::{PieLabels, PieParams};
pub use search::SearchParams;
pub use table::{SplitDirection, TableColumn, TableParams, TableSort, Total};
pub use tagcloud::{Orientation, TagcloudParams};
pub use xy::{
    AxisSide, CategoryAxis, Interpolate, LegendPlace, ScaleKind, SeriesMark, SeriesMode,
    SeriesParams, Threshold, ValueAxis, XyParams,
};

/// A visualization's attributes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Visualization {
    /// Panel title.
    pub title: String,
    /// Small words beside it: what is counted per what.
    #[serde(default)]
    pub subtitle: String,
    /// Type, with OSD's ids: `metric`, `line`, `area`, `histogram`, `horizontal_bar`, `gauge`, `goal`, `heatmap`, `pie`, `tagcloud`,
    /// `table`, `search`, `map`, `markdown`, `input_control_vis`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The main query, as in `POST /api/query`. Without `time` it follows the dashboard's range. Null for a panel that asks
    /// nothing.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub query: serde_json::Value,
    /// Further queries by name (`sparkline` of a metric).
    #[serde(default)]
    pub extra_queries: BTreeMap<String, serde_json::Value>,
    /// Where a click on a value leads beside a filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drilldowns: Vec<Drilldown>,
    /// Parameters of the type.
    #[serde(default)]
    pub params: serde_json::Map<String, serde_json::Value>,
}

/// The parameters of a visualization, by type.
#[derive(Clone, Debug, PartialEq)]
pub enum Params {
    /// One number.
    Metric(Box<MetricParams>),
    /// Lines. Boxed, as all that is much larger than the others.
    Line(Box<XyParams>),
    /// Areas.
    Area(Box<XyParams>),
    /// Vertical bars.
    Histogram(Box<XyParams>),
    /// Horizontal bars.
    HorizontalBar(Box<XyParams>),
    /// Numbers on a scale.
    Gauge(Box<GaugeParams>),
    /// Numbers on their way to a target.
    Goal(Box<GaugeParams>),
    /// Cells of two buckets.
    Heatmap(HeatmapParams),
    /// Shares of a whole.
    Pie(PieParams),
    /// Words, larger for more.
    Tagcloud(TagcloudParams),
    /// Rows and columns.
    Table(TableParams),
    /// The newest records.
    Search(SearchParams),
    /// Entities on a map.
    Map(Box<MapParams>),
    /// Words.
    Markdown(MarkdownParams),
    /// Lists and ranges to choose from.
    Controls(ControlsParams),
}

/// Why a visualization cannot be drawn.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ParamsError {
    /// No such type.
    #[error("unknown visualization type \"{kind}\"; known: {known}")]
    UnknownType {
        /// The type asked for.
        kind: String,
        /// Those there are.
        known: String,
    },
    /// The parameters do not fit the type.
    #[error("params of {kind}: {why}")]
    Invalid {
        /// The type.
        kind: String,
        /// What does not fit.
        why: String,
    },
}

/// All types, in the order they are offered.
pub const TYPES: [&str; 15] = [
    "metric",
    "line",
    "area",
    "histogram",
    "horizontal_bar",
    "gauge",
    "goal",
    "heatmap",
    "pie",
    "tagcloud",
    "table",
    "search",
    "map",
    "markdown",
    "input_control_vis",
];

impl Params {
    /// Whether a panel of this type asks a main query.
    #[must_use]
    pub fn asks(&self) -> bool {
        !matches!(self, Self::Markdown(_) | Self::Controls(_))
    }

    /// The parameters of `visualization`, checked.
    ///
    /// # Errors
    /// For a type that is not known, and for parameters that do not fit it.
    pub fn of(visualization: &Visualization) -> Result<Self, ParamsError> {
        let kind = visualization.kind.as_str();
        match kind {
            "metric" => boxed(visualization).map(Self::Metric),
            "line" => boxed(visualization).map(Self::Line),
            "area" => boxed(visualization).map(Self::Area),
            "histogram" => boxed(visualization).map(Self::Histogram),
            "horizontal_bar" => boxed(visualization).map(Self::HorizontalBar),
            "gauge" => boxed(visualization).map(Self::Gauge),
            "goal" => boxed(visualization).map(Self::Goal),
            "heatmap" => read(visualization).map(Self::Heatmap),
            "pie" => read(visualization).map(Self::Pie),
            "tagcloud" => read(visualization).map(Self::Tagcloud),
            "table" => read(visualization).map(Self::Table),
            "search" => read(visualization).map(Self::Search),
            "map" => boxed(visualization).map(Self::Map),
            "markdown" => read(visualization).map(Self::Markdown),
            "input_control_vis" => read(visualization).map(Self::Controls),
            _ => Err(ParamsError::UnknownType { kind: kind.to_owned(), known: TYPES.join(", ") }),
        }
    }
}

fn boxed<P: for<'de> Deserialize<'de>>(
    visualization: &Visualization,
) -> Result<Box<P>, ParamsError> {
    read(visualization).map(Box::new)
}

fn read<P: for<'de> Deserialize<'de>>(visualization: &Visualization) -> Result<P, ParamsError> {
    P::deserialize(serde_json::Value::Object(visualization.params.clone())).map_err(|error| {
        ParamsError::Invalid { kind: visualization.kind.clone(), why: error.to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visualization(kind: &str, params: serde_json::Value) -> Visualization {
        let serde_json::Value::Object(params) = params else { panic!("params are an object") };
        Visualization { kind: kind.to_owned(), params, ..Visualization::default() }
    }

    #[test]
    fn an_unknown_type_names_the_known_ones() {
        let error = Params::of(&visualization("vega", serde_json::json!({}))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown visualization type \"vega\"; known: metric, line, area, histogram, horizontal_bar, \
             gauge, goal, heatmap, pie, tagcloud, table, search, map, markdown, input_control_vis"
        );
    }

    #[test]
    fn an_unknown_parameter_is_named() {
        let error =
            Params::of(&visualization("pie", serde_json::json!({"donat": true}))).unwrap_err();
        assert!(error.to_string().contains("donat"), "{error}");
    }

    #[test]
    fn every_type_is_in_the_registry_and_has_defaults() {
        for kind in TYPES {
            Params::of(&visualization(kind, serde_json::json!({}))).unwrap();
        }
    }
}
