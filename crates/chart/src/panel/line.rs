//! `line`: one line per metric, or per key of the series bucket, over time.
//!
//! A point stands in the middle of its bucket, so that crosshairs of line and bar panels agree. Where a bucket has no value the line
//! has a gap. What may still change is dotted, over a band.

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{Format, LineParams, Threshold};

use crate::axis::{
    ValueAxis, XTicks, draw_x, label_width, lettering, margin, middle, x_labels, x_span,
};
use crate::chart::{Chart, Kind, Shape, Swatch, legend};
use crate::color::Color;
use crate::decimate::{column_bars, is_dense};
use crate::geometry::Rect;
use crate::scale::Scale;
use crate::shape::{BucketKind, LayoutError, QueryShape, Roles};
use crate::surface::{Align, Surface};
use crate::table::{Series, SeriesKey, Table};
use crate::theme::Token;
use crate::view::View;

/// Lays out a line chart.
///
/// # Errors
/// Where the query has no bucket over time or no metric.
pub fn line(
    result: &QueryResult,
    shape: &QueryShape,
    params: &LineParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    let roles = roles(shape, params)?;
    let mut table = Table::read(result, &roles, view);
    for series in &mut table.series {
        if let SeriesKey::Metric(id) = &series.key
            && let Some(name) = params.names.get(id)
        {
            series.name.clone_from(name);
        }
    }
    let legend = legend(&table, view, &params.format, Swatch::Line);
    let numbers = view.numbers(&params.format);
    let axis =
        ValueAxis::new(extent(&table, view, params.threshold.as_ref()), &numbers, view.y_before);
    let plot_css = axis.plot(view);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    let plot = plot_css.scaled(view.device_pixel_ratio);
    let (from, to) = x_span(&table, result.range);
    let x = Scale { low: from, high: to, from_px: plot.left, to_px: plot.right };
    let y = axis.scale(plot);

    surface.begin(view.color(Token::Surface1));
    provisional_band(&surface, &table, plot, x, view);
    axis.draw(&surface, view, plot, y);
    draw_x(&surface, view, plot, &x_labels(&table, x, &numbers, view), XTicks::Drawn);
    for (series, entry) in table.series.iter().zip(&legend) {
        if entry.is_shown {
            let brush =
                Brush { color: view.mark(entry.token), width: surface.px(view.theme.line_width()) };
            draw_series(&surface, &table, series, (x, y), brush);
        }
    }
    if let Some(threshold) = &params.threshold {
        draw_threshold(&surface, view, plot, y, threshold);
    }
    let ratio = view.device_pixel_ratio;
    Ok(Chart {
        scene: surface.finish(),
        plot: plot_css,
        x: Some(x.scaled(1.0 / ratio)),
        y: Some(y.scaled(1.0 / ratio)),
        legend,
        table,
        kind: Kind::Line,
        format: params.format.clone(),
        x_format: Format::default(),
        device_pixel_ratio: ratio,
        shape: Shape::Columns,
        expected: None,
    })
}

fn roles(shape: &QueryShape, params: &LineParams) -> Result<Roles, LayoutError> {
    let over_time = |kind: BucketKind| matches!(kind, BucketKind::DateHistogram { .. });
    let x = if params.x.is_empty() {
        shape
            .buckets
            .iter()
            .find(|bucket| over_time(bucket.kind))
            .ok_or(LayoutError::NoBucket { axis: "x axis", wanted: "a date_histogram" })?
    } else {
        shape.bucket(&params.x)?
    };
    let series = shape.other_bucket(&params.series, &x.id)?;
    let metrics = match series {
        Some(_) => vec![shape.metric("")?.clone()],
        None if shape.metrics.is_empty() => return Err(LayoutError::NoMetric),
        None => shape.metrics.clone(),
    };
    Ok(Roles {
        series_first: series.is_some_and(|series| shape.is_before(&series.id, &x.id)),
        x: Some(x.clone()),
        series: series.cloned(),
        metrics,
    })
}

/// The range of values, with zero unless they all lie in a narrow band far from it; and whether all are whole.
fn extent(table: &Table, view: &View<'_>, threshold: Option<&Threshold>) -> (f64, f64, bool) {
    let (mut low, mut high, mut whole) = (f64::INFINITY, f64::NEG_INFINITY, true);
    let shown = table.series.iter().filter(|series| view.is_shown(&series.key));
    for value in shown.flat_map(|series| series.values.iter().flatten()) {
        low = low.min(*value);
        high = high.max(*value);
        whole &= value.fract() == 0.0;
    }
    if let Some(threshold) = threshold {
        // A tenth more, so that its words fit above it.
        low = low.min(threshold.value);
        high = high.max(threshold.value + threshold.value.abs() * 0.1);
    }
    if !low.is_finite() {
        return (0.0, 0.0, false);
    }
    let is_narrow = high - low < low.abs().min(high.abs()) * 0.1 && high > low;
    if is_narrow { (low, high, whole) } else { (low.min(0.0), high.max(0.0), whole) }
}

/// The band behind what may still change.
fn provisional_band(surface: &Surface, table: &Table, plot: Rect, x: Scale, view: &View<'_>) {
    let Some(first) = table.columns.iter().find(|column| column.is_provisional) else { return };
    let left = x.px(first.start).round().clamp(plot.left, plot.right);
    surface.rect(Rect { left, ..plot }, view.color(Token::Scrim));
}

#[derive(Clone, Copy)]
struct Brush {
    color: Color,
    width: f64,
}

fn draw_series(
    surface: &Surface,
    table: &Table,
    series: &Series,
    (x, y): (Scale, Scale),
    brush: Brush,
) {
    let open = table.columns.iter().position(|column| column.is_provisional);
    let points: Vec<Option<(f64, f64)>> = table
        .columns
        .iter()
        .zip(&series.values)
        .map(|(column, value)| Some((middle(column, x), y.px((*value)?))))
        .collect();
    let closed = open.unwrap_or(points.len());
    for run in runs(&points[..closed]) {
        draw_run(surface, &run, brush);
    }
    // The dotted end starts at the last closed point.
    for run in runs(&points[closed.saturating_sub(1)..]).into_iter().filter(|_| open.is_some()) {
        if run.len() > 1 {
            surface.dashed((2.0, 3.0), || surface.polyline(&run, brush.color, brush.width));
        } else {
            draw_run(surface, &run, brush);
        }
    }
}

fn runs(points: &[Option<(f64, f64)>]) -> Vec<Vec<(f64, f64)>> {
    points
        .split(Option::is_none)
        .filter(|run| !run.is_empty())
        .map(|run| run.iter().copied().flatten().collect())
        .collect()
}

fn draw_run(surface: &Surface, run: &[(f64, f64)], brush: Brush) {
    let (first, last) = (run[0], run[run.len() - 1]);
    if run.len() == 1 {
        surface.circle(first, brush.width * 1.25, brush.color);
    } else if is_dense(run.len(), last.0 - first.0) {
        for bar in column_bars(run, brush.width) {
            surface.rect(bar, brush.color);
        }
    } else {
        surface.polyline(run, brush.color, brush.width);
    }
}

fn draw_threshold(surface: &Surface, view: &View<'_>, plot: Rect, y: Scale, threshold: &Threshold) {
    let thickness = surface.hairline();
    // Odd widths are crisp around the middle of a pixel.
    let at = (y.px(threshold.value) - thickness / 2.0).round() + thickness / 2.0;
    let color = view.color(Token::Bad);
    surface.dashed((3.0, 3.0), || {
        surface.polyline(&[(plot.left, at), (plot.right, at)], color, thickness);
    });
    let text = lettering(view, Token::Bad);
    let words = crate::axis::fit_label(&threshold.label, view.width - margin(view, 40.0), view);
    let (left, gap) = (plot.left + surface.px(4.0), surface.px(4.0));
    let fits_above = at - gap - surface.px(text.size) > 0.0;
    let baseline = if fits_above { at - gap } else { at + gap + surface.px(text.size * 0.73) };
    // The words are read over lines too: a ground of the surface behind them.
    let ground = Rect {
        left: left - surface.px(2.0),
        right: left + surface.px(label_width(&words, view) + 2.0),
        top: baseline - surface.px(text.size * 0.85),
        bottom: baseline + surface.px(text.size * 0.25),
    };
    surface.rect(ground, view.color(Token::Surface1).with_opacity(0.7));
    surface.text(&words, (left, baseline.round()), Align::Start, text);
}
