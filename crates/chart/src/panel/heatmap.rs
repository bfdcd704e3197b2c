//! `heatmap`: a cell for each pair of keys, in eight steps of the sequence; more is further from the surface.
//!
//! Cell edges lie on whole device pixels. Cells are painted step by step, so that a painter changes its colour eight times.

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::HeatmapParams;

use crate::axis::{
    XTicks, category_labels, draw_x, fit_label, label_width, lettering, margin, snapped, x_labels,
    x_span,
};
use crate::chart::{Chart, Kind, Shape, Swatch, legend};
use crate::geometry::Rect;
use crate::order::sort_stable;
use crate::palette::SEQUENCE;
use crate::scale::Scale;
use crate::shape::{BucketKind, BucketShape, LayoutError, QueryShape, Roles};
use crate::surface::{Align, Surface};
use crate::table::{Table, XKind};
use crate::theme::Token;
use crate::view::View;

/// The widest that row names may be, CSS px.
const NAMES: f64 = 86.0;

/// Lays out a heat map.
///
/// # Errors
/// Where the query has fewer than two buckets, or no metric.
pub fn heatmap(
    result: &QueryResult,
    shape: &QueryShape,
    params: &HeatmapParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    let roles = roles(shape, params)?;
    let mut table = Table::read(result, &roles, view);
    if matches!(roles.series.as_ref().map(|y| y.kind), Some(BucketKind::Histogram { .. })) {
        // Numbers grow upwards.
        sort_stable(&mut table.series, &|a, b| b.key.cmp(&a.key));
    }
    let plot_css = plot(&table, view);
    let plot = plot_css.scaled(view.device_pixel_ratio);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    let (from, to) = x_span(&table, result.range);
    let x = Scale { low: from, high: to, from_px: plot.left, to_px: plot.right };

    surface.begin(view.color(Token::Surface1));
    let rows = table.series.len().max(1) as f64;
    let edges: Vec<f64> = (0..=table.series.len())
        .map(|row| (plot.top + plot.height() * row as f64 / rows).round())
        .collect();
    draw_names(&surface, &table, &edges, plot, view);
    if table.x_kind == XKind::Category {
        let names: Vec<String> =
            table.columns.iter().map(|column| view.value_name(&table.x_id, &column.key)).collect();
        let slot = plot_css.width() / names.len().max(1) as f64;
        let middle = |index: usize| x.px(index as f64 + 0.5);
        draw_x(&surface, view, plot, &category_labels(&names, middle, slot, view), XTicks::None);
    } else {
        let format = hailstream_protocol::visualization::Format::default();
        draw_x(
            &surface,
            view,
            plot,
            &x_labels(&table, x, &view.numbers(&format), view),
            XTicks::None,
        );
    }
    draw_cells(&surface, &table, &edges, x, view);
    let ratio = view.device_pixel_ratio;
    Ok(Chart {
        scene: surface.finish(),
        plot: plot_css,
        x: Some(x.scaled(1.0 / ratio)),
        y: None,
        legend: legend(&table, view, &params.format, Swatch::Square),
        table,
        kind: Kind::Heatmap,
        format: params.format.clone(),
        x_format: hailstream_protocol::visualization::Format::default(),
        device_pixel_ratio: ratio,
        shape: Shape::Cells { row_edges: edges.iter().map(|edge| edge / ratio).collect() },
        expected: None,
    })
}

fn roles(shape: &QueryShape, params: &HeatmapParams) -> Result<Roles, LayoutError> {
    let wanted = "two buckets, such as terms and date_histogram";
    let is_range = |bucket: &&BucketShape| !matches!(bucket.kind, BucketKind::Terms);
    let x = match params.x.as_str() {
        "" => shape
            .buckets
            .iter()
            .find(is_range)
            .or(shape.buckets.get(1))
            .ok_or(LayoutError::NoBucket { axis: "columns", wanted })?,
        id => shape.bucket(id)?,
    };
    let y = shape
        .other_bucket(&params.y, &x.id)?
        .ok_or(LayoutError::NoBucket { axis: "rows", wanted })?;
    Ok(Roles {
        series_first: shape.is_before(&y.id, &x.id),
        x: Some(x.clone()),
        series: Some(y.clone()),
        metrics: vec![shape.metric(&params.metric)?.clone()],
    })
}

fn plot(table: &Table, view: &View<'_>) -> Rect {
    let widest =
        table.series.iter().map(|series| label_width(&series.name, view)).fold(0.0, f64::max);
    let names = widest.min(margin(view, NAMES)).min(view.width * 0.4);
    let rect = Rect {
        left: names.ceil() + 6.0,
        top: 0.0,
        right: view.width,
        bottom: view.height - margin(view, 18.0),
    };
    snapped(rect, view)
}

fn draw_names(surface: &Surface, table: &Table, edges: &[f64], plot: Rect, view: &View<'_>) {
    let text = lettering(view, Token::Text2);
    let room = plot.left / view.device_pixel_ratio - 6.0;
    let mut free_from = f64::NEG_INFINITY;
    for (series, row) in table.series.iter().zip(edges.windows(2)) {
        let middle = f64::midpoint(row[0], row[1]);
        let half = surface.px(text.size * 0.6);
        if middle - half < free_from {
            continue;
        }
        free_from = middle + half;
        let baseline = (middle + surface.px(text.size * 0.36)).round();
        surface.text(&fit_label(&series.name, room, view), (0.0, baseline), Align::Start, text);
    }
}

/// Step of the sequence for a value, 0 to 7.
fn step(value: f64, highest: f64) -> usize {
    if highest > 0.0 { ((value / highest).clamp(0.0, 1.0) * 7.99) as usize } else { 0 }
}

fn draw_cells(surface: &Surface, table: &Table, edges: &[f64], x: Scale, view: &View<'_>) {
    let highest = table
        .series
        .iter()
        .flat_map(|series| series.values.iter().flatten())
        .fold(0.0, |a: f64, b| a.max(*b));
    let gap = surface.hairline();
    let cell = |row: usize, column: usize| {
        let column = &table.columns[column];
        let (mut left, right) = (x.px(column.start).round(), x.px(column.end).round());
        let (top, bottom) = (edges[row], edges[row + 1]);
        // A cell too small to spare the gap does without.
        let gap_x = if right - left > gap * 2.0 { gap } else { 0.0 };
        let gap_y = if bottom - top > gap * 2.0 { gap } else { 0.0 };
        if right <= left {
            // Cells that share a pixel are all drawn there, the greatest last.
            left = x.px(column.start).floor();
        }
        Rect {
            left,
            right: (right - gap_x).max(left + 1.0),
            top,
            bottom: (bottom - gap_y).max(top + 1.0),
        }
    };
    let mut by_step: [Vec<(usize, usize)>; SEQUENCE.len()] = Default::default();
    for (row, series) in table.series.iter().enumerate() {
        for (column, value) in series.values.iter().enumerate() {
            if let Some(value) = value {
                by_step[step(*value, highest)].push((row, column));
            }
        }
    }
    for (cells, token) in by_step.iter().zip(SEQUENCE) {
        let color = view.mark(token);
        for &(row, column) in cells {
            let id = (column * table.series.len() + row) as u32;
            surface.marked(id, || surface.rect(cell(row, column), color));
        }
    }
    let hatch = view.color(Token::Surface1).with_opacity(0.7);
    for &(row, column) in by_step.iter().flatten() {
        if table.columns[column].is_provisional {
            surface.stripes(&cell(row, column).corners(), hatch, surface.px(1.5));
        }
    }
}
