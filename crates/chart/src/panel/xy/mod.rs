//! Charts with axes: `line`, `area`, `histogram`, `horizontal_bar`. One engine, as in OSD: each metric says how its series are drawn; the
//! types are what is drawn where nothing is said, and `horizontal_bar` lies.
//!
//! Reading order: `plan` (which metric is drawn how) → `stack` (where each value stands) → `frame` (axes) → `bars`, `lines`.

mod bars;
mod curve;
mod frame;
mod lines;
mod plan;
mod stack;

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{AxisSide, Format, SeriesMark, SeriesMode, XyParams};

use crate::chart::{Chart, Shape, Swatch, legend};
use crate::color::Color;
use crate::forecast::{Expected, expected};
use crate::geometry::Rect;
use crate::order::sort_stable;
use crate::scale::Scale;
use crate::shape::{LayoutError, QueryShape};
use crate::surface::Surface;
use crate::table::{SeriesKey, Table, XKind};
use crate::theme::Token;
use crate::view::View;

use frame::Frame;
pub(crate) use plan::{Layer, Turn};
use plan::{Plan, Usual};
pub(crate) use stack::Spans;

/// Lays out lines.
///
/// # Errors
/// Where the query has no metric, or not the buckets and metrics that are named.
pub fn line(
    result: &QueryResult,
    shape: &QueryShape,
    params: &XyParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    xy(result, shape, params, view, Usual::LINE)
}

/// Lays out areas.
///
/// # Errors
/// As [`line`].
pub fn area(
    result: &QueryResult,
    shape: &QueryShape,
    params: &XyParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    xy(result, shape, params, view, Usual::AREA)
}

/// Lays out bars, with a dashed outline where the open bucket is likely to end.
///
/// # Errors
/// As [`line`].
pub fn histogram(
    result: &QueryResult,
    shape: &QueryShape,
    params: &XyParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    xy(result, shape, params, view, Usual::HISTOGRAM)
}

/// Lays out bars that lie, the first at the top.
///
/// # Errors
/// As [`line`].
pub fn horizontal_bar(
    result: &QueryResult,
    shape: &QueryShape,
    params: &XyParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    xy(result, shape, params, view, Usual::HORIZONTAL_BAR)
}

fn xy(
    result: &QueryResult,
    shape: &QueryShape,
    params: &XyParams,
    view: &View<'_>,
    usual: Usual,
) -> Result<Chart, LayoutError> {
    let plan = Plan::of(shape, params, usual)?;
    let table = read(result, &plan, params, view);
    let shown: Vec<bool> = table.series.iter().map(|series| view.is_shown(&series.key)).collect();
    let spans = stack::spans(&table, &plan.layers, &shown);
    let expected = expected_whole(&table, &plan, view);
    let frame = Frame::of((&table, result.range), &plan, (&spans, expected), params, view);
    let chart = Chart {
        x: Some(frame.along.scaled(1.0 / view.device_pixel_ratio)),
        values: frame.values.map(|scale| Some(scale?.scaled(1.0 / view.device_pixel_ratio))),
        plot: frame.plot_css,
        legend: entries(&table, &plan, view),
        kind: plan.kind(&table),
        shape: Shape::Columns,
        turn: plan.turn,
        expected,
        formats: plan.formats.clone(),
        x_format: params.x_format.clone(),
        ..Chart::of(table, Surface::new(view.width, view.height, view.device_pixel_ratio), view)
    };
    Ok(draw(chart, &plan, spans, &frame, params, view))
}

/// The table under the names that are wanted, in the wanted order.
fn read(result: &QueryResult, plan: &Plan, params: &XyParams, view: &View<'_>) -> Table {
    let mut table = Table::read(result, &plan.roles, view);
    for series in &mut table.series {
        let id = match &series.key {
            SeriesKey::Metric(metric_id) | SeriesKey::Of { metric_id, .. } => metric_id,
            SeriesKey::Value { .. } | SeriesKey::Other { .. } | SeriesKey::Under { .. } => continue,
        };
        if let Some(name) = params.names.get(id) {
            series.name = match series.name.strip_suffix(id.as_str()) {
                Some(of) => format!("{of}{name}"),
                None => name.clone(),
            };
        }
    }
    if params.order_by_sum && table.x_kind == XKind::Category {
        let sums: Vec<f64> =
            (0..table.columns.len()).map(|at| table.total(at).unwrap_or(0.0)).collect();
        let mut order: Vec<usize> = (0..sums.len()).collect();
        sort_stable(&mut order, &|a, b| sums[*b].total_cmp(&sums[*a]));
        table.reorder(&order);
    }
    table
}

/// What the open bucket is likely to hold, where one stack of bars is all there is.
fn expected_whole(table: &Table, plan: &Plan, view: &View<'_>) -> Option<Expected> {
    let is_stack = |layer: &Layer| {
        layer.mark == SeriesMark::Histogram
            && (layer.mode == SeriesMode::Stacked || table.series.len() < 2)
            && layer.mode != SeriesMode::Percent
    };
    let is_whole = matches!(plan.layers.as_slice(), [only] if is_stack(only));
    let can_be = is_whole && plan.turn == Turn::Upright && view.shown.is_empty();
    expected(table, view.now_ms).filter(|_| can_be)
}

fn entries(table: &Table, plan: &Plan, view: &View<'_>) -> Vec<crate::chart::LegendEntry> {
    let mut entries = legend(table, view, &Format::default(), Swatch::Square);
    for (entry, series) in entries.iter_mut().zip(&table.series) {
        let layer = plan.layers.get(series.metric);
        if layer.is_some_and(|layer| layer.mark == SeriesMark::Line) {
            entry.swatch = Swatch::Line;
        }
        let newest = series.values.iter().rev().find_map(|value| *value);
        let format = plan.formats.get(series.metric).or(plan.formats.first());
        if let (Some(newest), Some(format)) = (newest, format) {
            entry.newest = view.numbers(format).full(newest);
        }
    }
    entries
}

/// What bars and lines are drawn with. Lengths are device pixels.
struct Picture<'a> {
    surface: &'a Surface,
    table: &'a Table,
    layers: &'a [Layer],
    spans: &'a Spans,
    /// Per series; absent where it is not shown.
    colors: Vec<Option<Color>>,
    along: Scale,
    /// Left, right; a side without series is the other's.
    values: [Scale; 2],
    turn: Turn,
    plot: Rect,
}

impl Picture<'_> {
    fn layer(&self, series: usize) -> Layer {
        self.layers.get(self.table.series[series].metric).copied().unwrap_or(Layer::LINE)
    }

    fn values(&self, series: usize) -> Scale {
        self.values[usize::from(self.layer(series).side == AxisSide::Right)]
    }

    /// Pixel of a value, within the plot.
    fn px(&self, series: usize, value: f64) -> f64 {
        let scale = self.values(series);
        let (low, high) = (scale.from_px.min(scale.to_px), scale.from_px.max(scale.to_px));
        scale.px(value).clamp(low, high)
    }

    fn of_mark(&self, mark: SeriesMark) -> Vec<usize> {
        let is_it =
            |index: &usize| self.colors[*index].is_some() && self.layer(*index).mark == mark;
        (0..self.table.series.len()).filter(is_it).collect()
    }
}

fn draw(
    mut chart: Chart,
    plan: &Plan,
    spans: Spans,
    frame: &Frame,
    params: &XyParams,
    view: &View<'_>,
) -> Chart {
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    surface.begin(view.color(Token::Surface1));
    let left = frame.values[0].or(frame.values[1]).unwrap_or(frame.along);
    let picture = Picture {
        surface: &surface,
        table: &chart.table,
        layers: &plan.layers,
        spans: &spans,
        colors: chart
            .legend
            .iter()
            .map(|entry| entry.is_shown.then(|| view.mark(entry.token)))
            .collect(),
        along: frame.along,
        values: [left, frame.values[1].unwrap_or(left)],
        turn: plan.turn,
        plot: frame.plot,
    };
    let has_lines = plan.layers.iter().any(|layer| layer.mark != SeriesMark::Histogram);
    if has_lines {
        picture.draw_band(view.color(Token::Scrim));
    }
    frame.draw(&surface, &chart.table, params, view);
    picture.draw_areas(view);
    picture.draw_bars(view.mark(Token::Text1));
    if let Some(expected) = chart.expected {
        picture.draw_expected(expected, view.mark(Token::Provisional));
    }
    picture.draw_lines(view);
    if params.show_values {
        picture.write_values(&plan.formats, view);
    }
    if params.time_marker && chart.table.x_kind == XKind::Time {
        picture.draw_present(view);
    }
    if let Some(threshold) = &params.threshold {
        frame.draw_threshold(&surface, view, picture.values[0], threshold);
    }
    chart.scene = surface.finish();
    chart.layers.clone_from(&plan.layers);
    chart.spans = spans;
    chart
}
