//! `metric`: the sparkline beside the number. An area under a line, a dot at its end, no axes.
//!
//! Sums and counts of an open bucket are left out, because a bucket that has just begun would always look like a fall.

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::MetricParams;

use crate::axis::x_span;
use crate::chart::{Chart, Kind, Swatch, legend};
use crate::decimate::{column_bars, is_dense};
use crate::geometry::Rect;
use crate::scale::Scale;
use crate::shape::{BucketKind, EmptyValue, LayoutError, QueryShape, Roles};
use crate::surface::Surface;
use crate::table::Table;
use crate::theme::Token;
use crate::view::View;

/// Lays out a sparkline: `result` is that of the extra query `sparkline`, a `date_histogram` and one metric.
///
/// # Errors
/// Where the query has no bucket over time or no metric.
pub fn sparkline(
    result: &QueryResult,
    shape: &QueryShape,
    params: &MetricParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    let over_time =
        shape.buckets.iter().find(|bucket| matches!(bucket.kind, BucketKind::DateHistogram { .. }));
    let wanted = "a date_histogram";
    let x = over_time.ok_or(LayoutError::NoBucket { axis: "sparkline", wanted })?;
    // The sparkline's query has its own metrics; it need not have the one that the number shows.
    let metric = shape.metric(&params.metric).or_else(|_| shape.metric(""))?;
    let roles = Roles {
        x: Some(x.clone()),
        series: None,
        metrics: vec![metric.clone()],
        series_first: false,
    };
    let table = Table::read(result, &roles, view);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    surface.begin(view.color(Token::Surface1));
    let points = points(&table);
    let (x, y) = scales(&points, &table, view, &surface);
    let pixels: Vec<(f64, f64)> =
        points.iter().map(|(at, value)| (x.px(*at), y.px(*value))).collect();
    draw(&surface, &pixels, view);
    let ratio = view.device_pixel_ratio;
    Ok(Chart {
        x: Some(x.scaled(1.0 / ratio)),
        values: [Some(y.scaled(1.0 / ratio)), None],
        legend: legend(&table, view, &params.format, Swatch::Line),
        kind: Kind::Sparkline,
        formats: vec![params.format.clone()],
        ..Chart::of(table, surface, view)
    })
}

/// Middles of buckets and their values.
fn points(table: &Table) -> Vec<(f64, f64)> {
    let Some(series) = table.series.first() else { return Vec::new() };
    let closed = table.columns.iter().filter(|column| !column.is_provisional).count();
    let leave_out = table.empty == EmptyValue::Zero && closed >= 2;
    let pairs = table.columns.iter().zip(&series.values);
    pairs
        .filter(|(column, _)| !(leave_out && column.is_provisional))
        .filter_map(|(column, value)| Some((f64::midpoint(column.start, column.end), (*value)?)))
        .collect()
}

fn scales(
    points: &[(f64, f64)],
    table: &Table,
    view: &View<'_>,
    surface: &Surface,
) -> (Scale, Scale) {
    let (low, high) =
        points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
            (low.min(point.1), high.max(point.1))
        });
    let span = |from: f64, to: f64| if to > from { (from, to) } else { x_span(table, None) };
    let (from, to) = match (points.first(), points.last()) {
        (Some(first), Some(last)) => span(first.0, last.0),
        _ => (0.0, 1.0),
    };
    let x = Scale::linear((from, to), (0.0, surface.px(view.width - 4.0)));
    let (bottom, top) = (surface.px(view.height - 3.0), surface.px(5.0));
    // A value that never changes is a line through the middle.
    let (low, high) = if low < high { (low, high) } else { (low - 1.0, low + 1.0) };
    (x, Scale::linear((low, high), (bottom, top)))
}

fn draw(surface: &Surface, points: &[(f64, f64)], view: &View<'_>) {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else { return };
    let color = view.mark(Token::Measure);
    let width = surface.px(1.5);
    let floor = surface.px(view.height);
    let soft = view.color(Token::Measure).with_opacity(0.1);
    if is_dense(points.len(), last.0 - first.0) && points.len() > 2 {
        for bar in column_bars(points, width) {
            surface.rect(Rect { bottom: floor, ..bar }, soft);
            surface.rect(bar, color);
        }
    } else if points.len() > 1 {
        let mut area = points.to_vec();
        area.extend([(last.0, floor), (first.0, floor)]);
        surface.polygon(&area, soft);
        surface.polyline(points, color, width);
    }
    surface.circle(last, surface.px(2.5), color);
}
