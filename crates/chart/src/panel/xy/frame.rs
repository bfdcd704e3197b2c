//! The frame of a chart with axes: where the plot lies, its scales, grid, labels, titles, threshold.

use hailstream_protocol::Range;
use hailstream_protocol::visualization::{
    AxisSide, Format, FormatKind, SeriesMark, SeriesMode, Threshold, ValueAxis as AxisParams,
    XyParams,
};

use super::plan::{Plan, Turn};
use super::stack::Spans;
use crate::axis::{
    XTicks, category_labels, draw_x, fit_label, label_width, lettering, margin, snapped, x_labels,
    x_span,
};
use crate::civil::Precision;
use crate::forecast::Expected;
use crate::geometry::Rect;
use crate::scale::Scale;
use crate::surface::{Align, Surface};
use crate::table::{Column, Table, XKind};
use crate::theme::Token;
use crate::value_axis::ValueAxis;
use crate::view::View;

/// Beside an axis without labels, CSS px.
const BARE: f64 = 6.0;
/// Height of a row of titles, CSS px.
const TITLES: f64 = 16.0;

pub(super) struct Frame {
    /// In CSS px.
    pub plot_css: Rect,
    /// In device pixels, as are the scales.
    pub plot: Rect,
    /// Along the categories.
    pub along: Scale,
    /// Left and right; absent where no series is.
    pub values: [Option<Scale>; 2],
    axes: [Option<ValueAxis>; 2],
    turn: Turn,
    /// Of a chart that lies, the names of its columns.
    names: Vec<String>,
}

impl Frame {
    pub(super) fn of(
        (table, range): (&Table, Option<Range>),
        plan: &Plan,
        (spans, expected): (&Spans, Option<Expected>),
        params: &XyParams,
        view: &View<'_>,
    ) -> Self {
        let axis = |side: AxisSide| {
            let index = usize::from(side == AxisSide::Right);
            let of_side = if index == 0 { &params.value_axis } else { &params.right_axis };
            let place = plan.layers.iter().position(|layer| layer.side == side)?;
            let is_percent = plan.layers[place].mode == SeriesMode::Percent;
            let percent = Format { kind: FormatKind::Percent, ..Format::default() };
            let format = if is_percent { &percent } else { plan.formats.get(place)? };
            let threshold = params.threshold.as_ref().filter(|_| index == 0);
            let extent = extent((table, plan, spans), side, of_side, (expected, threshold));
            Some(ValueAxis::new(extent, &view.numbers(format), view.y_before[index], of_side))
        };
        let axes = [axis(AxisSide::Left), axis(AxisSide::Right)];
        let names = match plan.turn {
            Turn::Upright => Vec::new(),
            Turn::Lying => {
                table.columns.iter().map(|column| name(column, table, params, view)).collect()
            }
        };
        let plot_css = match plan.turn {
            Turn::Upright => upright(&axes, params, view),
            Turn::Lying => lying(&names, params, view),
        };
        let plot = plot_css.scaled(view.device_pixel_ratio);
        let span = x_span(table, range);
        let (along, ends) = match plan.turn {
            Turn::Upright => {
                (Scale::linear(span, (plot.left, plot.right)), (plot.bottom, plot.top))
            }
            Turn::Lying => (Scale::linear(span, (plot.top, plot.bottom)), (plot.left, plot.right)),
        };
        let values = [0, 1].map(|side: usize| Some(axes[side].as_ref()?.scale(ends.0, ends.1)));
        Self { plot_css, plot, along, values, axes, turn: plan.turn, names }
    }

    /// Grid, labels and titles.
    pub(super) fn draw(
        &self,
        surface: &Surface,
        table: &Table,
        params: &XyParams,
        view: &View<'_>,
    ) {
        let shows = [params.value_axis.show, params.right_axis.show];
        match self.turn {
            Turn::Upright => {
                self.draw_upright(surface, shows, view);
                if params.category_axis.show || params.category_lines {
                    self.draw_along(surface, table, params, view);
                }
                self.draw_titles(surface, params, view);
            }
            Turn::Lying => {
                let side = usize::from(self.axes[0].is_none());
                if let (Some(axis), Some(scale)) = (&self.axes[side], self.values[side]) {
                    axis.draw_lying(surface, view, (self.plot, scale), shows[side]);
                }
                if params.category_axis.show {
                    self.draw_names(surface, table, view);
                }
            }
        }
    }

    fn draw_upright(&self, surface: &Surface, shows: [bool; 2], view: &View<'_>) {
        let mut has_grid = false;
        for (side, axis) in self.axes.iter().enumerate() {
            let (Some(axis), Some(scale)) = (axis, self.values[side]) else { continue };
            if !has_grid {
                axis.draw_grid(surface, view, self.plot, scale);
                has_grid = true;
            }
            match side {
                _ if !shows[side] => {}
                0 => axis.label_left(surface, view, self.plot, scale),
                _ => axis.label_right(surface, view, self.plot, scale),
            }
        }
    }

    fn draw_along(&self, surface: &Surface, table: &Table, params: &XyParams, view: &View<'_>) {
        let (labels, ticks) = if table.x_kind == XKind::Category {
            let names: Vec<String> =
                table.columns.iter().map(|column| name(column, table, params, view)).collect();
            let slot = self.plot_css.width() / names.len().max(1) as f64;
            let middle = |index: usize| self.along.px(index as f64 + 0.5);
            (category_labels(&names, middle, slot, view), XTicks::None)
        } else {
            let numbers = view.numbers(&params.x_format);
            (x_labels(table, self.along, &numbers, view), XTicks::Drawn)
        };
        if params.category_lines {
            let thickness = surface.hairline();
            for label in &labels {
                let left = (label.at_px - thickness / 2.0).round();
                let rect = Rect { left, right: left + thickness, ..self.plot };
                surface.rect(rect, view.color(Token::GridLine));
            }
        }
        if params.category_axis.show {
            draw_x(surface, view, self.plot, &labels, ticks);
        }
    }

    fn draw_titles(&self, surface: &Surface, params: &XyParams, view: &View<'_>) {
        let text = lettering(view, Token::Text3);
        let baseline = surface.snap(margin(view, 10.0));
        let ends = [(0.0, Align::Start), (surface.px(view.width - BARE), Align::End)];
        let titles = [&params.value_axis.title, &params.right_axis.title];
        for (side, title) in titles.into_iter().enumerate() {
            if self.axes[side].is_some() {
                let words = fit_label(title, view.width / 2.0 - BARE, view);
                surface.text(&words, (ends[side].0, baseline), ends[side].1, text);
            }
        }
    }

    /// Names beside their bars, as many as there is room for.
    fn draw_names(&self, surface: &Surface, table: &Table, view: &View<'_>) {
        let text = lettering(view, Token::Text2);
        let room = self.plot_css.left - 6.0;
        let mut free_from = f64::NEG_INFINITY;
        for (column, name) in table.columns.iter().zip(&self.names) {
            let middle = self.along.px(f64::midpoint(column.start, column.end));
            let half = surface.px(text.size * 0.6);
            if middle - half < free_from {
                continue;
            }
            free_from = middle + half;
            let baseline = (middle + surface.px(text.size * 0.36)).round();
            let anchor = (surface.px(room), baseline);
            surface.text(&fit_label(name, room, view), anchor, Align::End, text);
        }
    }

    pub(super) fn draw_threshold(
        &self,
        surface: &Surface,
        view: &View<'_>,
        scale: Scale,
        threshold: &Threshold,
    ) {
        let plot = self.plot;
        let thickness = surface.hairline();
        let at = scale.px(threshold.value);
        if !(at >= scale.from_px.min(scale.to_px) && at <= scale.from_px.max(scale.to_px)) {
            return;
        }
        // Odd widths are crisp around the middle of a pixel.
        let at = (at - thickness / 2.0).round() + thickness / 2.0;
        let color = view.color(Token::Bad);
        let ends = match self.turn {
            Turn::Upright => [(plot.left, at), (plot.right, at)],
            Turn::Lying => [(at, plot.top), (at, plot.bottom)],
        };
        surface.dashed((3.0, 3.0), || surface.polyline(&ends, color, thickness));
        if threshold.label.is_empty() {
            return;
        }
        let text = lettering(view, Token::Bad);
        let words = fit_label(&threshold.label, view.width - margin(view, 40.0), view);
        let gap = surface.px(4.0);
        let width = surface.px(label_width(&words, view));
        let (left, baseline) = match self.turn {
            Turn::Upright if at - gap - surface.px(text.size) > 0.0 => (plot.left + gap, at - gap),
            Turn::Upright => (plot.left + gap, at + gap + surface.px(text.size * 0.73)),
            Turn::Lying => {
                let fits = at + gap + width < surface.px(view.width);
                let left = if fits { at + gap } else { (at - gap - width).max(0.0) };
                (left, plot.top + surface.px(text.size))
            }
        };
        // The words are read over lines too: a ground of the surface behind them.
        let ground = Rect {
            left: left - surface.px(2.0),
            right: left + width + surface.px(2.0),
            top: baseline - surface.px(text.size * 0.85),
            bottom: baseline + surface.px(text.size * 0.25),
        };
        surface.rect(ground, view.color(Token::Surface1).with_opacity(0.7));
        surface.text(&words, (left, baseline.round()), Align::Start, text);
    }
}

/// The plot beside and above its labels, on whole device pixels.
fn upright(axes: &[Option<ValueAxis>; 2], params: &XyParams, view: &View<'_>) -> Rect {
    let room = |side: usize, shows: bool| match &axes[side] {
        Some(axis) if shows => axis.room(view),
        _ => BARE,
    };
    let has_title = !params.value_axis.title.is_empty() || !params.right_axis.title.is_empty();
    let titles = if has_title { margin(view, TITLES) } else { 0.0 };
    let foot = if params.category_axis.show { 18.0 } else { 4.0 };
    let rect = Rect {
        left: room(0, params.value_axis.show),
        top: margin(view, 6.0) + titles,
        right: view.width - room(1, params.right_axis.show),
        bottom: view.height - margin(view, foot),
    };
    snapped(rect, view)
}

/// The plot beside its names and above its labels.
fn lying(names: &[String], params: &XyParams, view: &View<'_>) -> Rect {
    let widest = names.iter().map(|name| label_width(name, view)).fold(0.0, f64::max);
    let room = if params.category_axis.show { widest.min(view.width * 0.45).ceil() } else { 0.0 };
    let foot = if params.value_axis.show { 18.0 } else { 4.0 };
    let rect = Rect {
        left: room + 6.0,
        top: 2.0,
        right: view.width - margin(view, 10.0),
        bottom: view.height - margin(view, foot),
    };
    snapped(rect, view)
}

fn name(column: &Column, table: &Table, params: &XyParams, view: &View<'_>) -> String {
    match table.x_kind {
        XKind::Time => {
            let precision = Precision::for_step((column.end - column.start) as i64);
            view.civil(column.start).write(precision)
        }
        XKind::Number => view.numbers(&params.x_format).full(column.start),
        XKind::Category if column.is_other => "Other".to_owned(),
        XKind::Category if table.x_id.is_empty() => "All".to_owned(),
        XKind::Category => view.value_name(&table.x_id, &column.key),
    }
}

/// The range of values of one side, and whether all are whole. It holds zero, unless they all are points in a narrow band far from it,
/// or it is to begin at the least.
fn extent(
    (table, plan, spans): (&Table, &Plan, &Spans),
    side: AxisSide,
    params: &AxisParams,
    (expected, threshold): (Option<Expected>, Option<&Threshold>),
) -> (f64, f64, bool) {
    let (mut low, mut high, mut whole) = (f64::INFINITY, f64::NEG_INFINITY, true);
    let mut of_side = plan.layers.iter().filter(|layer| layer.side == side);
    let from_zero = of_side.any(|layer| layer.mark != SeriesMark::Line || layer.is_stacked());
    for (series, spans) in table.series.iter().zip(spans) {
        let Some(layer) = plan.layers.get(series.metric).filter(|layer| layer.side == side) else {
            continue;
        };
        for (_, to) in spans.iter().flatten() {
            // Shares that add up to a little more than all are a matter of rounding.
            let to = match layer.mode {
                SeriesMode::Percent => &to.clamp(-1.0, 1.0),
                SeriesMode::Normal | SeriesMode::Stacked => to,
            };
            low = low.min(*to);
            high = high.max(*to);
            whole &= to.fract() == 0.0;
        }
        whole &= layer.mode != SeriesMode::Percent;
    }
    if let Some(expected) = expected {
        high = high.max(expected.total);
    }
    if let Some(threshold) = threshold {
        // A tenth more, so that its words fit above it.
        low = low.min(threshold.value);
        high = high.max(threshold.value + threshold.value.abs() * 0.1);
    }
    if !low.is_finite() {
        return (0.0, 0.0, from_zero);
    }
    let is_narrow = !from_zero && high - low < low.abs().min(high.abs()) * 0.1 && high > low;
    if is_narrow || params.fit { (low, high, whole) } else { (low.min(0.0), high.max(0.0), whole) }
}
