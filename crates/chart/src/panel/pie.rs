//! `pie`: shares of a whole, one slice per key of the first bucket, clockwise from noon in the result's order.

use std::f64::consts::{FRAC_PI_2, TAU};

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{Format, PieParams};

use crate::axis::{fit_label, lettering};
use crate::chart::{Chart, Kind, LegendEntry, Shape, Swatch, legend};
use crate::geometry::Rect;
use crate::shape::{LayoutError, QueryShape, Roles};
use crate::surface::{Align, Lettering, Surface};
use crate::table::Table;
use crate::text::text_width;
use crate::theme::Token;
use crate::view::View;

/// Share of the radius that is hole.
const HOLE: f64 = 0.66;
/// Distance between slices, CSS px.
const GAP: f64 = 2.0;

/// Lays out a pie or donut.
///
/// # Errors
/// Where the query has no bucket or no metric.
pub fn pie(
    result: &QueryResult,
    shape: &QueryShape,
    params: &PieParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    let slices = shape
        .buckets
        .first()
        .ok_or(LayoutError::NoBucket { axis: "slices", wanted: "a terms or filters" })?;
    let roles = Roles {
        x: None,
        series: Some(slices.clone()),
        metrics: vec![shape.metric(&params.metric)?.clone()],
        series_first: true,
    };
    let table = Table::read(result, &roles, view);
    let legend = legend(&table, view, &params.format, Swatch::Square);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    surface.begin(view.color(Token::Surface1));
    let radius = (view.width.min(view.height) / 2.0 - 2.0).max(1.0);
    let ring = Ring {
        center: (surface.px(view.width) / 2.0, surface.px(view.height) / 2.0),
        outer: surface.px(radius),
        inner: if params.donut { surface.px(radius * HOLE) } else { 0.0 },
        gap: surface.px(GAP),
    };
    let parts = parts(&table, &legend);
    ring.draw(&surface, &parts, &legend, view);
    if params.donut {
        draw_middle(&surface, &ring, &parts, params, view);
    }
    let ratio = view.device_pixel_ratio;
    let center = (view.width / 2.0, view.height / 2.0);
    Ok(Chart {
        scene: surface.finish(),
        plot: Rect {
            left: center.0 - radius,
            right: center.0 + radius,
            top: center.1 - radius,
            bottom: center.1 + radius,
        },
        x: None,
        y: None,
        legend,
        table,
        kind: Kind::Pie,
        format: params.format.clone(),
        x_format: Format::default(),
        device_pixel_ratio: ratio,
        shape: Shape::Ring {
            center,
            outer: radius,
            inner: ring.inner / ratio,
            ends: parts.iter().map(|part| (part.series, part.end)).collect(),
        },
        expected: None,
    })
}

/// A slice: its series and angles, clockwise from noon.
struct Part {
    series: usize,
    value: f64,
    start: f64,
    end: f64,
}

fn parts(table: &Table, legend: &[LegendEntry]) -> Vec<Part> {
    let value = |index: usize| {
        let value = table.series[index].values.first().copied().flatten().unwrap_or(0.0);
        if legend[index].is_shown { value.max(0.0) } else { 0.0 }
    };
    let sum: f64 = (0..table.series.len()).map(value).sum();
    let mut start = 0.0;
    let mut parts = Vec::new();
    for series in (0..table.series.len()).filter(|index| value(*index) > 0.0) {
        let end = start + value(series) / sum * TAU;
        parts.push(Part { series, value: value(series), start, end });
        start = end;
    }
    parts
}

/// Where slices lie; device pixels.
struct Ring {
    center: (f64, f64),
    outer: f64,
    inner: f64,
    gap: f64,
}

impl Ring {
    fn draw(&self, surface: &Surface, parts: &[Part], legend: &[LegendEntry], view: &View<'_>) {
        if parts.is_empty() {
            self.full(surface, view.color(Token::Surface2));
            return;
        }
        for part in parts {
            let color = view.mark(legend[part.series].token);
            surface.marked(part.series as u32, || {
                if parts.len() == 1 {
                    self.full(surface, color);
                } else {
                    surface.polygon(&self.slice(part.start, part.end), color);
                }
            });
        }
    }

    /// The whole ring, without a seam.
    fn full(&self, surface: &Surface, color: crate::color::Color) {
        if self.inner == 0.0 {
            surface.polygon(&self.arc(self.outer, 0.0, TAU), color);
            return;
        }
        let radius = f64::midpoint(self.outer, self.inner);
        // A little over one turn: the ends lie on each other.
        surface.polyline(&self.arc(radius, 0.0, TAU + 0.1), color, self.outer - self.inner);
    }

    /// A slice's outline. Its sides are parallel to its neighbours', so that the gap is as wide inside as outside.
    fn slice(&self, start: f64, end: f64) -> Vec<(f64, f64)> {
        let shrunk = |radius: f64| {
            let inset = if radius > 0.0 { (self.gap / 2.0 / radius).min(1.0).asin() } else { 0.0 };
            let (from, to) = (start + inset, end - inset);
            // A slice thinner than the gap is still seen.
            if to - from > 0.004 {
                (from, to)
            } else {
                let middle = f64::midpoint(start, end);
                (middle - 0.002, middle + 0.002)
            }
        };
        let (from, to) = shrunk(self.outer);
        let mut outline = self.arc(self.outer, from, to);
        let (from, to) = shrunk(self.inner.max(self.gap));
        let mut inside = self.arc(self.inner.max(self.gap), from, to);
        inside.reverse();
        outline.append(&mut inside);
        outline
    }

    /// Points along an arc, near enough that no chord is more than 0.04 px off.
    fn arc(&self, radius: f64, from: f64, to: f64) -> Vec<(f64, f64)> {
        let step = 2.0 * (1.0 - 0.04 / radius.max(1.0)).clamp(-1.0, 1.0).acos();
        let count = ((to - from).abs() / step.max(0.01)).ceil().max(1.0) as usize;
        let point = |index: usize| {
            let angle = from + (to - from) * index as f64 / count as f64 - FRAC_PI_2;
            (self.center.0 + radius * angle.cos(), self.center.1 + radius * angle.sin())
        };
        (0..=count).map(point).collect()
    }
}

/// The sum and its word, where they fit into the hole.
fn draw_middle(
    surface: &Surface,
    ring: &Ring,
    parts: &[Part],
    params: &PieParams,
    view: &View<'_>,
) {
    let sum: f64 = parts.iter().map(|part| part.value).sum();
    let words = view.numbers(&params.format).short(sum).to_string();
    let room = ring.inner * 1.6 / view.device_pixel_ratio;
    let full = view.theme.middle_text();
    let width = text_width(&words, full, 560.0);
    let size = if width > room { full * room / width } else { full };
    if size < 9.0 {
        return;
    }
    let (x, y) = ring.center;
    let number = Lettering { size, weight: 560, color: view.color(Token::Text1) };
    let label = fit_label(&params.label, room, view);
    let rise = if label.is_empty() { size * 0.36 } else { size * 0.2 };
    surface.text(&words, (x, (y + surface.px(rise)).round()), Align::Middle, number);
    let small = lettering(view, Token::Text3);
    let below = surface.px(rise + small.size * 1.36);
    surface.text(&label, (x, (y + below).round()), Align::Middle, small);
}
