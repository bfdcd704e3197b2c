//! The axis of values: its ends, ticks and labels, at the left or right of a plot, or below one that lies.

use hailstream_protocol::visualization::{ScaleKind, ValueAxis as Params};

use crate::axis::{horizontal, label_width, lettering, margin};
use crate::geometry::Rect;
use crate::number::Numbers;
use crate::scale::Scale;
use crate::surface::{Align, Surface};
use crate::theme::Token;
use crate::ticks::number::{Extent, NumberTicks, decades, value_ticks};
use crate::view::View;

/// Labels nearer than this (CSS px) are left out.
const LABEL_GAP: f64 = 8.0;

/// Ticks and labels of the value axis; ticks are values of the data.
pub(crate) struct ValueAxis {
    ticks: Vec<f64>,
    labels: Vec<String>,
    low: f64,
    high: f64,
    kind: ScaleKind,
}

impl ValueAxis {
    /// An axis around values from `low` to `high`, or the one before while that will do.
    pub(crate) fn new(
        (low, high, whole): (f64, f64, bool),
        numbers: &Numbers<'_>,
        before: Option<Scale>,
        params: &Params,
    ) -> Self {
        let (low, high) = (params.min.unwrap_or(low), params.max.unwrap_or(high));
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        if params.scale == ScaleKind::Log {
            return Self::decades(low, high, numbers);
        }
        let axis = Self::around((low, high, whole), numbers);
        let will_do = |before: &Scale| {
            let is_near = before.high - before.low < (axis.high - axis.low) * 2.1;
            is_near && before.low <= low && high <= before.high && before.low < before.high
        };
        let mut axis = match before.filter(will_do) {
            Some(before) => Self::around((before.low, before.high, whole), numbers),
            None => axis,
        };
        axis.kind = params.scale;
        axis.end_at(params.min, params.max);
        axis
    }

    fn around((low, high, whole): (f64, f64, bool), numbers: &Numbers<'_>) -> Self {
        let scale = match numbers.format.scale {
            Some(scale) if scale > 0.0 && scale.is_finite() => scale,
            _ => 1.0,
        };
        let (low, high) = (low * scale, high * scale);
        let unit = numbers.axis_unit(low.abs().max(high.abs()));
        let whole = whole && scale == 1.0 && unit == 1.0;
        let NumberTicks { low, high, step, at } = value_ticks(Extent { low, high, unit, whole });
        let labels = numbers.axis_labels(&at, step);
        let ticks = at.into_iter().map(|tick| tick / scale).collect();
        let kind = ScaleKind::Linear;
        Self { ticks, labels, low: low / scale, high: high / scale, kind }
    }

    fn decades(low: f64, high: f64, numbers: &Numbers<'_>) -> Self {
        let (low, high, ticks) = decades(low, high);
        let label = |tick: &f64| {
            let at = [numbers.scaled(*tick)];
            numbers.axis_labels(&at, at[0]).concat()
        };
        Self { labels: ticks.iter().map(label).collect(), ticks, low, high, kind: ScaleKind::Log }
    }

    /// Ends where somebody wants it to.
    fn end_at(&mut self, min: Option<f64>, max: Option<f64>) {
        let (low, high) = (min.unwrap_or(self.low), max.unwrap_or(self.high));
        if !(low.is_finite() && high.is_finite() && low < high) {
            return;
        }
        (self.low, self.high) = (low, high);
        let kept = |tick: &f64| (low..=high).contains(tick);
        let labels = std::mem::take(&mut self.labels).into_iter();
        self.labels =
            self.ticks.iter().zip(labels).filter(|(tick, _)| kept(tick)).map(|of| of.1).collect();
        self.ticks.retain(kept);
    }

    /// Room beside the plot, CSS px: in steps of 4, so that it does not change with every digit.
    pub(crate) fn room(&self, view: &View<'_>) -> f64 {
        let widest = self.labels.iter().map(|label| label_width(label, view)).fold(0.0, f64::max);
        let room = ((widest + 6.0) / 4.0).ceil() * 4.0;
        room.max(margin(view, 30.0)).min(view.width / 2.0)
    }

    /// The scale between two pixels.
    pub(crate) fn scale(&self, from_px: f64, to_px: f64) -> Scale {
        Scale { low: self.low, high: self.high, from_px, to_px, kind: self.kind }
    }

    /// Grid lines. `plot` and `scale` in device pixels.
    pub(crate) fn draw_grid(&self, surface: &Surface, view: &View<'_>, plot: Rect, scale: Scale) {
        for &tick in &self.ticks {
            horizontal(surface, plot, scale.px(tick), view.color(line_token(tick)));
        }
    }

    /// Labels at the left.
    pub(crate) fn label_left(&self, surface: &Surface, view: &View<'_>, plot: Rect, scale: Scale) {
        self.label(surface, view, scale, (plot.left - surface.px(6.0), Align::End));
    }

    /// Labels at the right.
    pub(crate) fn label_right(&self, surface: &Surface, view: &View<'_>, plot: Rect, scale: Scale) {
        self.label(surface, view, scale, (plot.right + surface.px(6.0), Align::Start));
    }

    fn label(&self, surface: &Surface, view: &View<'_>, scale: Scale, (x, align): (f64, Align)) {
        let text = lettering(view, Token::Text3);
        let mut free_to = f64::INFINITY;
        for (tick, label) in self.ticks.iter().zip(&self.labels) {
            let at = scale.px(*tick);
            // Only uneven scales crowd.
            if self.kind != ScaleKind::Linear && at > free_to {
                continue;
            }
            free_to = at - surface.px(text.size * 1.1);
            let baseline = at + surface.px(text.size * 0.36);
            surface.text(label, (x, baseline.round()), align, text);
        }
    }

    /// Upright grid lines with their labels below: of a plot that lies.
    pub(crate) fn draw_lying(
        &self,
        surface: &Surface,
        view: &View<'_>,
        (plot, scale): (Rect, Scale),
        has_labels: bool,
    ) {
        let thickness = surface.hairline();
        for &tick in &self.ticks {
            let left = (scale.px(tick) - thickness / 2.0).round();
            let rect = Rect { left, right: left + thickness, ..plot };
            surface.rect(rect, view.color(line_token(tick)));
        }
        let text = lettering(view, Token::Text3);
        let baseline = surface.snap(view.height - margin(view, 4.0));
        let mut free_from = f64::NEG_INFINITY;
        for (tick, label) in self.ticks.iter().zip(&self.labels).filter(|_| has_labels) {
            let half = surface.px(label_width(label, view)) / 2.0;
            let edge = surface.px(view.width);
            let center = scale.px(*tick).clamp(half.min(edge / 2.0), (edge - half).max(edge / 2.0));
            if center - half >= free_from && half * 2.0 <= edge {
                surface.text(label, (center, baseline), Align::Middle, text);
                free_from = center + half + surface.px(LABEL_GAP);
            }
        }
    }
}

fn line_token(tick: f64) -> Token {
    if tick == 0.0 { Token::Axis } else { Token::GridLine }
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::visualization::Format;

    use super::*;
    use crate::number::Locale;

    fn numbers(format: &Format) -> Numbers<'_> {
        Numbers { format, locale: Locale::default(), zone: &|_| 0 }
    }

    #[test]
    fn an_axis_stays_while_its_values_fill_half_of_it() {
        let format = Format::default();
        let mut before = None;
        let ends = [16.0, 21.0, 19.0, 11.0, 9.0, 30.0].map(|high| {
            let axis =
                ValueAxis::new((0.0, high, true), &numbers(&format), before, &Params::default());
            before = Some(axis.scale(0.0, 1.0));
            axis.high
        });
        assert_eq!(ends, [20.0, 30.0, 30.0, 30.0, 10.0, 30.0]);
    }

    #[test]
    fn an_axis_ends_where_it_is_told() {
        let format = Format::default();
        let axis = |params: Params| {
            let axis = ValueAxis::new((0.0, 800.0, true), &numbers(&format), None, &params);
            (axis.low, axis.high, axis.labels.join(" "))
        };
        let ends = Params { min: Some(150.0), max: Some(520.0), ..Params::default() };
        assert_eq!(axis(ends), (150.0, 520.0, "200 400".to_owned()));
        let log = Params { scale: ScaleKind::Log, ..Params::default() };
        assert_eq!(axis(log), (1.0, 1_000.0, "1 10 100 1\u{a0}k".to_owned()));
        // Ends that are none are passed over.
        let wrong = Params { min: Some(900.0), max: Some(900.0), ..Params::default() };
        let (low, high, _) = axis(wrong);
        assert!(low <= 900.0 && high > low);
    }
}
