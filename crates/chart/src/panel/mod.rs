//! The chart types. Each is one file with one function; this is their registry.
//!
//! A type reads a result with its parameters and lays it out for a view: same input, same scene. `metric` is here for its
//! sparkline only (its number is text of the page); tables, lists and maps are drawn by the page itself.

mod heatmap;
mod histogram;
mod line;
mod pie;
mod sparkline;

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::Params;

use crate::chart::Chart;
use crate::shape::{LayoutError, QueryShape};
use crate::view::View;

pub use heatmap::heatmap;
pub use histogram::histogram;
pub use line::line;
pub use pie::pie;
pub use sparkline::sparkline;

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
        Params::Histogram(params) => Some(histogram(result, shape, params, view)),
        Params::Heatmap(params) => Some(heatmap(result, shape, params, view)),
        Params::Pie(params) => Some(pie(result, shape, params, view)),
        Params::Metric(params) => Some(sparkline(result, shape, params, view)),
        Params::Table(_)
        | Params::Search(_)
        | Params::Map(_)
        | Params::Markdown(_)
        | Params::Controls(_) => None,
    }
}
