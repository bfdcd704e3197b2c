//! `heatmap`: a cell for each pair of keys, in steps of the sequence; more is further from the surface.
//!
//! Cell edges lie on whole device pixels. Cells are painted step by step, so that a painter changes its colour few times.

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{
    ColorRange, Format, FormatKind, HeatmapParams, ScaleKind,
};

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
use crate::surface::{Align, Lettering, Surface};
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
    let x = Scale::linear((from, to), (plot.left, plot.right));

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
        let format = Format::default();
        draw_x(
            &surface,
            view,
            plot,
            &x_labels(&table, x, &view.numbers(&format), view),
            XTicks::None,
        );
    }
    let steps = Steps::of(&table, params);
    let cells = Cells { surface: &surface, table: &table, edges: &edges, x };
    cells.draw(&steps, view);
    if params.show_values {
        cells.write(&steps, &params.format, view);
    }
    let ratio = view.device_pixel_ratio;
    Ok(Chart {
        plot: plot_css,
        x: Some(x.scaled(1.0 / ratio)),
        legend: legend(&table, view, &params.format, Swatch::Square),
        kind: Kind::Heatmap,
        steps: steps.words(params, view),
        formats: vec![params.format.clone()],
        shape: Shape::Cells { row_edges: edges.iter().map(|edge| edge / ratio).collect() },
        ..Chart::of(table, surface, view)
    })
}

/// Along x a range where there is one, else the second bucket; a single one goes along x, with the metric's row.
fn roles(shape: &QueryShape, params: &HeatmapParams) -> Result<Roles, LayoutError> {
    let wanted = "two buckets, such as terms and date_histogram";
    let free = |bucket: &&BucketShape| params.y.is_empty() || bucket.id != params.y;
    let is_range =
        |bucket: &&BucketShape| free(bucket) && !matches!(bucket.kind, BucketKind::Terms);
    let x = match params.x.as_str() {
        "" => shape
            .buckets
            .iter()
            .find(is_range)
            .or(shape.buckets.get(1).filter(free))
            .or(shape.buckets.first().filter(free)),
        id => Some(shape.bucket(id)?),
    };
    let y = shape.other_bucket(&params.y, x.map_or("", |x| x.id.as_str()))?;
    if x.is_none() && y.is_none() {
        return Err(LayoutError::NoBucket { axis: "columns", wanted });
    }
    Ok(Roles {
        series_first: x.zip(y).is_none_or(|(x, y)| shape.is_before(&y.id, &x.id)),
        x: x.cloned(),
        series: y.cloned(),
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

/// The steps of colour: each an interval of values, the next above it.
struct Steps {
    /// Ascending. What lies in none of ranges of one's own has no step.
    ranges: Vec<ColorRange>,
    tokens: Vec<Token>,
    /// Where the steps are even.
    scale: Option<Scale>,
}

impl Steps {
    fn of(table: &Table, params: &HeatmapParams) -> Self {
        let values = || table.series.iter().flat_map(|series| series.values.iter().flatten());
        let highest = values().fold(0.0, |a: f64, b| a.max(*b));
        let least = values().fold(f64::INFINITY, |a: f64, b| a.min(*b));
        let least = if params.fit && least.is_finite() { least } else { 0.0 };
        let count = match params.ranges.len() {
            0 => params.colors_number.clamp(2, 10) as usize,
            own => own,
        };
        let token = |at: usize| {
            let at = if params.invert_colors { count - 1 - at } else { at };
            let last = SEQUENCE.len() - 1;
            SEQUENCE[(at * last + (count - 1) / 2) / (count - 1).max(1)]
        };
        let tokens = (0..count).map(token).collect();
        if !params.ranges.is_empty() {
            return Self { ranges: params.ranges.clone(), tokens, scale: None };
        }
        let kind = params.scale;
        let low = if kind == ScaleKind::Log { least.max(1.0) } else { least };
        let scale = Scale { low, high: highest, from_px: 0.0, to_px: count as f64, kind };
        let range = |at: usize| ColorRange {
            from: scale.value(at as f64),
            to: scale.value(at as f64 + 1.0),
        };
        Self { ranges: (0..count).map(range).collect(), tokens, scale: Some(scale) }
    }

    fn step(&self, value: f64) -> Option<usize> {
        let Some(scale) = self.scale else {
            let holds = |range: &ColorRange| range.from <= value && value < range.to;
            return self.ranges.iter().position(holds);
        };
        let count = self.tokens.len() as f64;
        if scale.high <= scale.low {
            return Some(0);
        }
        Some(scale.px(value).clamp(0.0, count * 0.9999) as usize)
    }

    fn words(&self, params: &HeatmapParams, view: &View<'_>) -> Vec<(Token, String)> {
        let highest = self.ranges.last().map_or(1.0, |range| range.to);
        let percent = Format { kind: FormatKind::Percent, ..Format::default() };
        let word = |value: f64| match params.percentage_mode && highest != 0.0 {
            true => view.numbers(&percent).full(value / highest),
            false => view.numbers(&params.format).short(value).to_string(),
        };
        let line = |(range, token): (&ColorRange, &Token)| {
            (*token, format!("{} to {}", word(range.from), word(range.to)))
        };
        self.ranges.iter().zip(&self.tokens).map(line).collect()
    }
}

/// Where cells lie; device pixels.
struct Cells<'a> {
    surface: &'a Surface,
    table: &'a Table,
    edges: &'a [f64],
    x: Scale,
}

impl Cells<'_> {
    fn place(&self, row: usize, column: usize) -> Rect {
        let gap = self.surface.hairline();
        let column = &self.table.columns[column];
        let (mut left, right) = (self.x.px(column.start).round(), self.x.px(column.end).round());
        let (top, bottom) = (self.edges[row], self.edges[row + 1]);
        // A cell too small to spare the gap does without.
        let gap_x = if right - left > gap * 2.0 { gap } else { 0.0 };
        let gap_y = if bottom - top > gap * 2.0 { gap } else { 0.0 };
        if right <= left {
            // Cells that share a pixel are all drawn there, the greatest last.
            left = self.x.px(column.start).floor();
        }
        Rect {
            left,
            right: (right - gap_x).max(left + 1.0),
            top,
            bottom: (bottom - gap_y).max(top + 1.0),
        }
    }

    fn draw(&self, steps: &Steps, view: &View<'_>) {
        let mut by_step: Vec<Vec<(usize, usize)>> = vec![Vec::new(); steps.tokens.len()];
        for (row, series) in self.table.series.iter().enumerate() {
            for (column, value) in series.values.iter().enumerate() {
                if let Some(step) = value.and_then(|value| steps.step(value)) {
                    by_step[step].push((row, column));
                }
            }
        }
        for (cells, token) in by_step.iter().zip(&steps.tokens) {
            let color = view.mark(*token);
            for &(row, column) in cells {
                let id = (column * self.table.series.len() + row) as u32;
                self.surface.marked(id, || self.surface.rect(self.place(row, column), color));
            }
        }
        let hatch = view.color(Token::Surface1).with_opacity(0.7);
        for &(row, column) in by_step.iter().flatten() {
            if self.table.columns[column].is_provisional {
                let corners = self.place(row, column).corners();
                self.surface.stripes(&corners, hatch, self.surface.px(1.5));
            }
        }
    }

    /// Values in the cells that have room for them.
    fn write(&self, steps: &Steps, format: &Format, view: &View<'_>) {
        let base = lettering(view, Token::Text1);
        for (row, series) in self.table.series.iter().enumerate() {
            for (column, value) in series.values.iter().enumerate() {
                let Some(value) = *value else { continue };
                let Some(step) = steps.step(value) else { continue };
                let place = self.place(row, column);
                let words = view.numbers(format).short(value).to_string();
                let is_wide = self.surface.px(label_width(&words, view) + 4.0) > place.width();
                if is_wide || place.height() < self.surface.px(base.size) {
                    continue;
                }
                // Whichever of the two is read on this ground.
                let ground = view.mark(steps.tokens[step]);
                let (dark, light) = (view.color(Token::Text1), view.color(Token::Surface1));
                let color =
                    if ground.contrast(dark) >= ground.contrast(light) { dark } else { light };
                let anchor = (
                    f64::midpoint(place.left, place.right),
                    (f64::midpoint(place.top, place.bottom) + self.surface.px(base.size * 0.36))
                        .round(),
                );
                self.surface.text(&words, anchor, Align::Middle, Lettering { color, ..base });
            }
        }
    }
}
