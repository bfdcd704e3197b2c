//! The chart types. Each is one file with one function; this is their registry.
//!
//! A type reads a result with its parameters and lays it out for a view: same input, same scene. `metric` is here for its
//! sparkline only (its number is text of the page); tables, lists and maps are drawn by the page itself.

mod gauge;
mod heatmap;
mod pie;
mod sparkline;
mod tagcloud;
mod xy;

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::Params;

use crate::chart::Chart;
use crate::shape::{LayoutError, QueryShape};
use crate::view::View;

pub use gauge::{gauge, goal};
pub use heatmap::heatmap;
pub use pie::pie;
pub use sparkline::sparkline;
pub use tagcloud::{Word, tagcloud};
pub(crate) use xy::{Layer, Spans, Turn};
pub use xy::{area, histogram, horizontal_bar, line};

/// Lays out `result` as `params` say; `None` for types that are not charts.
///
/// # Errors
/// Where the query has no bucket or metric for a role that the type needs.
pub fn layout(
    params: &Params,
    result: &QueryResult,
    shape: &QueryShape,
    view: &View<'_>,
) -> Option<Result<Chart, LayoutError>> {
    match params {
        Params::Line(params) => Some(line(result, shape, params, view)),
        Params::Area(params) => Some(area(result, shape, params, view)),
        Params::Histogram(params) => Some(histogram(result, shape, params, view)),
        Params::HorizontalBar(params) => Some(horizontal_bar(result, shape, params, view)),
        Params::Heatmap(params) => Some(heatmap(result, shape, params, view)),
        Params::Pie(params) => Some(pie(result, shape, params, view)),
        Params::Metric(params) => Some(sparkline(result, shape, params, view)),
        Params::Gauge(params) => Some(gauge(result, shape, params, view)),
        Params::Goal(params) => Some(goal(result, shape, params, view)),
        Params::Tagcloud(params) => Some(tagcloud(result, shape, params, view)),
        Params::Table(_)
        | Params::Search(_)
        | Params::Map(_)
        | Params::Markdown(_)
        | Params::Controls(_) => None,
    }
}
