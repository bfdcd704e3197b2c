//! `gauge` and `goal`: an arc, circle or bar for each metric of each group, side by side in as many rows as show them largest.

use std::f64::consts::{FRAC_PI_2, TAU};

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{ColorMode, Format, FormatKind, GaugeParams, GaugeShape};

use crate::axis::{fit_label, label_width, lettering, margin};
use crate::chart::{Chart, Kind, Shape, Swatch, legend};
use crate::geometry::Rect;
use crate::ranges::{range_color, range_ends, range_of};
use crate::shape::{LayoutError, QueryShape, Roles};
use crate::surface::{Align, Lettering, Surface};
use crate::table::{SeriesKey, Table};
use crate::text::text_width;
use crate::theme::Token;
use crate::view::View;

/// Half of the turn that an arc leaves open below.
const OPEN: f64 = TAU / 6.0;
/// Of the radius, how thick the arc is.
const THICK: f64 = 0.18;
/// Gauges side by side are at least this far from each other, CSS px.
const GAP: f64 = 12.0;

/// Which of the two it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scaled {
    Gauge,
    Goal,
}

/// Lays out gauges: the number, and how far along the scale it is.
///
/// # Errors
/// Where the query has no metric.
pub fn gauge(
    result: &QueryResult,
    shape: &QueryShape,
    params: &GaugeParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    laid_out(result, shape, params, view, Scaled::Gauge)
}

/// Lays out goals: how much of the target is reached.
///
/// # Errors
/// Where the query has no metric.
pub fn goal(
    result: &QueryResult,
    shape: &QueryShape,
    params: &GaugeParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    laid_out(result, shape, params, view, Scaled::Goal)
}

fn laid_out(
    result: &QueryResult,
    shape: &QueryShape,
    params: &GaugeParams,
    view: &View<'_>,
    of: Scaled,
) -> Result<Chart, LayoutError> {
    let table = read(result, shape, params, view)?;
    let (low, mut high) = range_ends(&params.ranges);
    if params.extend_range {
        let values = table.series.iter().filter_map(|series| series.values.first().copied()?);
        high = values.fold(high, f64::max);
    }
    let is_percent = params.percentage_mode.unwrap_or(of == Scaled::Goal);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    surface.begin(view.color(Token::Surface1));
    let boxes = boxes(table.series.len(), params, view);
    let dial = Dial { surface: &surface, params, view, ends: (low, high), is_percent };
    for (at, (series, place)) in table.series.iter().zip(&boxes).enumerate() {
        let value = series.values.first().copied().flatten();
        surface.marked(at as u32, || dial.draw(&series.name, value, *place));
    }
    let mut entries = legend(&table, view, &params.format, Swatch::Square);
    for (entry, series) in entries.iter_mut().zip(&table.series) {
        let value = series.values.first().copied().flatten();
        entry.token = value.map_or(Token::Measure, |value| dial.token(value));
    }
    Ok(Chart {
        legend: entries,
        kind: Kind::Gauge,
        formats: vec![params.format.clone()],
        shape: Shape::Boxes(boxes),
        ends: Some((low, high)),
        ..Chart::of(table, surface, view)
    })
}

fn read(
    result: &QueryResult,
    shape: &QueryShape,
    params: &GaugeParams,
    view: &View<'_>,
) -> Result<Table, LayoutError> {
    let mut metrics = Vec::new();
    for id in &params.metrics {
        metrics.push(shape.metric(id)?.clone());
    }
    if metrics.is_empty() {
        metrics.clone_from(&shape.metrics);
    }
    if metrics.is_empty() {
        return Err(LayoutError::NoMetric);
    }
    let series = shape.buckets.first().cloned();
    let roles = Roles { x: None, series, metrics, series_first: true };
    let mut table = Table::read(result, &roles, view);
    for series in &mut table.series {
        let (SeriesKey::Metric(id) | SeriesKey::Of { metric_id: id, .. }) = &series.key else {
            continue;
        };
        if let (Some(name), Some(of)) =
            (params.names.get(id), series.name.strip_suffix(id.as_str()))
        {
            series.name = format!("{of}{name}");
        }
    }
    Ok(table)
}

/// The place of each: the number of columns that makes them largest.
fn boxes(count: usize, params: &GaugeParams, view: &View<'_>) -> Vec<Rect> {
    let aspect = if params.shape == GaugeShape::Bar { 3.0 } else { 1.1 };
    let size = |columns: usize| {
        let rows = count.div_ceil(columns);
        let width = (view.width - GAP * (columns as f64 - 1.0)) / columns as f64;
        let height = (view.height - GAP * (rows as f64 - 1.0)) / rows as f64;
        (width.max(1.0), height.max(1.0))
    };
    let fit = |columns: usize| {
        let (width, height) = size(columns);
        (width / aspect).min(height)
    };
    let best = (1..=count).max_by(|a, b| fit(*a).total_cmp(&fit(*b)).then(b.cmp(a)));
    let columns = best.unwrap_or(1);
    let (width, height) = size(columns);
    let place = |at: usize| {
        let left = (at % columns) as f64 * (width + GAP);
        let top = (at / columns) as f64 * (height + GAP);
        Rect { left, top, right: left + width, bottom: top + height }
    };
    (0..count).map(place).collect()
}

/// What all gauges of a panel share.
struct Dial<'a> {
    surface: &'a Surface,
    params: &'a GaugeParams,
    view: &'a View<'a>,
    ends: (f64, f64),
    is_percent: bool,
}

impl Dial<'_> {
    fn share(&self, value: f64) -> f64 {
        ((value - self.ends.0) / (self.ends.1 - self.ends.0)).clamp(0.0, 1.0)
    }

    fn token(&self, value: f64) -> Token {
        let params = self.params;
        let place = range_of(&params.ranges, value);
        let place = place.filter(|_| params.color_mode != ColorMode::None);
        place.map_or(Token::Measure, |place| {
            range_color(place, params.ranges.len(), params.colors, params.invert_colors)
        })
    }

    fn words(&self, value: Option<f64>) -> String {
        let Some(value) = value else { return "–".to_owned() };
        if self.is_percent {
            let share = (value - self.ends.0) / (self.ends.1 - self.ends.0);
            let format = Format { kind: FormatKind::Percent, ..Format::default() };
            return self.view.numbers(&format).full(share);
        }
        self.view.numbers(&self.params.format).short(value).to_string()
    }

    /// One of them. `place` in CSS px.
    fn draw(&self, name: &str, value: Option<f64>, place: Rect) {
        let line = self.view.theme.axis_text() * 1.4;
        let token = value.map_or(Token::Measure, |value| self.token(value));
        let mut inner = place;
        if self.params.show_labels {
            inner.bottom -= line;
        }
        if self.params.color_mode == ColorMode::Background && token != Token::Measure {
            let ground = self.view.mark(token).with_opacity(0.16);
            self.surface.rect(self.snapped(place), ground);
        }
        match self.params.shape {
            GaugeShape::Bar => self.draw_bar(value, token, inner),
            GaugeShape::Arc | GaugeShape::Circle => self.draw_arc(value, token, inner),
        }
        if self.params.show_labels {
            let text = lettering(self.view, Token::Text2);
            let words = fit_label(name, place.width(), self.view);
            let middle = f64::midpoint(place.left, place.right);
            self.text(&words, (middle, place.bottom - line * 0.28), Align::Middle, text);
        }
    }

    fn snapped(&self, css: Rect) -> Rect {
        let snap = |px: f64| self.surface.snap(px);
        Rect {
            left: snap(css.left),
            top: snap(css.top),
            right: snap(css.right),
            bottom: snap(css.bottom),
        }
    }

    fn text(&self, words: &str, (x, y): (f64, f64), align: Align, text: Lettering) {
        let anchor = (self.surface.px(x), self.surface.px(y).round());
        self.surface.text(words, anchor, align, text);
    }

    fn draw_arc(&self, value: Option<f64>, token: Token, place: Rect) {
        let is_arc = self.params.shape == GaugeShape::Arc;
        // An arc ends above the foot of its circle; the ends of the scale stand there.
        let depth = if is_arc { 1.0 + OPEN.cos() + 0.12 } else { 2.0 };
        let radius = (place.width() / 2.0 - 1.0).min((place.height() - 2.0) / depth).max(2.0);
        let slack = (place.height() - radius * depth) / 2.0;
        let center = (f64::midpoint(place.left, place.right), place.top + slack + radius);
        let (from, to) = if is_arc { (TAU / 2.0 + OPEN, TAU * 1.5 - OPEN) } else { (0.0, TAU) };
        let middle = radius * (1.0 - THICK / 2.0);
        let point = |angle: f64, radius: f64| {
            let (sin, cos) = (angle - FRAC_PI_2).sin_cos();
            (self.surface.px(center.0 + radius * cos), self.surface.px(center.1 + radius * sin))
        };
        // As an area, not a stroke: its ends are straight in every painter.
        let band = |(from, to): (f64, f64), (inner, outer): (f64, f64), color| {
            let count = ((to - from).abs() * radius / 2.0).ceil().max(2.0) as usize;
            let angle = |at: usize| from + (to - from) * at as f64 / count as f64;
            let mut outline: Vec<(f64, f64)> =
                (0..=count).map(|at| point(angle(at), outer)).collect();
            outline.extend((0..=count).rev().map(|at| point(angle(at), inner)));
            self.surface.polygon(&outline, color);
        };
        let thick = (radius * (1.0 - THICK), radius);
        band((from, to), thick, self.view.color(Token::Surface3));
        if let Some(share) = value.map(|value| self.share(value)).filter(|share| *share > 0.0) {
            band((from, from + (to - from) * share), thick, self.view.mark(token));
        }
        self.draw_ranges(&|from_share, to_share, color| {
            let span = to - from;
            let thin = (radius * 0.79 - 1.0, radius * 0.79 + 1.0);
            band((from + span * from_share, from + span * to_share), thin, color);
        });
        self.draw_number(value, token, center, radius * (1.0 - THICK) * 1.5);
        if is_arc && self.params.show_scale {
            let ends = [(from, self.ends.0), (to, self.ends.1)];
            for (angle, end) in ends {
                let angle = angle - FRAC_PI_2;
                let x = center.0 + middle * angle.cos();
                let y = center.1 + middle * angle.sin() + self.view.theme.axis_text() * 1.25;
                self.draw_end(end, (x, y.min(place.bottom - 1.0)), place);
            }
        }
    }

    /// A thin line in the colours of the ranges, where there are several.
    fn draw_ranges(&self, draw: &dyn Fn(f64, f64, crate::color::Color)) {
        let params = self.params;
        if params.ranges.len() < 2 || params.color_mode == ColorMode::None {
            return;
        }
        for (at, range) in params.ranges.iter().enumerate() {
            let token = range_color(at, params.ranges.len(), params.colors, params.invert_colors);
            let (from, to) = (self.share(range.from), self.share(range.to));
            // A little less than all, so that neighbours of one colour are told apart.
            if to - from > 0.01 {
                draw(from + 0.004, to - 0.004, self.view.mark(token));
            }
        }
    }

    fn draw_bar(&self, value: Option<f64>, token: Token, place: Rect) {
        let text = self.view.theme.axis_text();
        let height = (place.height() * 0.22).clamp(4.0, 20.0);
        let foot = if self.params.show_scale { text * 1.4 } else { 2.0 };
        let top = place.bottom - foot - height - 4.0;
        let bar = Rect { top, bottom: top + height, ..place };
        self.surface.rect(self.snapped(bar), self.view.color(Token::Surface3));
        if let Some(value) = value {
            let right = bar.left + bar.width() * self.share(value);
            self.surface.rect(self.snapped(Rect { right, ..bar }), self.view.mark(token));
        }
        self.draw_ranges(&|from, to, color| {
            let (left, right) = (bar.left + bar.width() * from, bar.left + bar.width() * to);
            let line = Rect { left, right, top: bar.bottom + 2.0, bottom: bar.bottom + 4.0 };
            self.surface.rect(self.snapped(line), color);
        });
        let center = (f64::midpoint(place.left, place.right), f64::midpoint(place.top, top));
        self.draw_number(value, token, center, place.width().min((top - place.top) * 2.6));
        if self.params.show_scale {
            for (end, x) in [(self.ends.0, place.left), (self.ends.1, place.right)] {
                self.draw_end(end, (x, place.bottom - 2.0), place);
            }
        }
    }

    /// The number, as large as fits into `room`, and the words under it.
    fn draw_number(&self, value: Option<f64>, token: Token, center: (f64, f64), room: f64) {
        let words = self.words(value);
        let largest = (room * 0.34).min(margin(self.view, 46.0));
        let width = text_width(&words, largest, 560.0);
        let size = if width > room { largest * room / width } else { largest };
        if size < 7.0 {
            return;
        }
        let is_told = matches!(token, Token::Ok | Token::Warn | Token::Bad)
            && self.params.color_mode != ColorMode::None;
        let color = self.view.color(if is_told { token } else { Token::Text1 });
        let number = Lettering { size, weight: 560, color };
        let small = lettering(self.view, Token::Text3);
        let sub = fit_label(&self.params.sub_text, room, self.view);
        let has_room = !sub.is_empty() && room * 0.5 > size * 0.4 + small.size;
        let rise = if has_room { size * 0.16 } else { size * 0.36 };
        self.text(&words, (center.0, center.1 + rise), Align::Middle, number);
        if has_room {
            let below = center.1 + rise + small.size * 1.4;
            self.text(&sub, (center.0, below), Align::Middle, small);
        }
    }

    fn draw_end(&self, value: f64, (x, y): (f64, f64), place: Rect) {
        let words = if self.is_percent {
            let share = (value - self.ends.0) / (self.ends.1 - self.ends.0);
            crate::words::percent(share)
        } else {
            self.view.numbers(&self.params.format).short(value).to_string()
        };
        let width = label_width(&words, self.view);
        if width > place.width() / 2.0 - 4.0 {
            return;
        }
        let half = width / 2.0;
        let center = x.clamp(place.left + half, (place.right - half).max(place.left + half));
        self.text(&words, (center, y), Align::Middle, lettering(self.view, Token::Text3));
    }
}
