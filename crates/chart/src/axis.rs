//! The frame of a chart with axes: margins, grid, ticks and labels. Labels are chosen here so that none touches another or
//! leaves the canvas.

use hailstream_protocol::Range;

use crate::geometry::Rect;
use crate::number::Numbers;
use crate::scale::Scale;
use crate::surface::{Align, Lettering, Surface};
use crate::table::{Column, Table, XKind};
use crate::text::{fit, text_width};
use crate::theme::Token;
use crate::ticks::number::inner_ticks;
use crate::ticks::time::{TimeAxis, time_ticks};
use crate::view::View;

/// Weight of axis text.
const WEIGHT: u16 = 420;
/// At most this many labels along x.
const MOST_X: usize = 6;
/// Labels nearer than this (CSS px) are left out.
const LABEL_GAP: f64 = 8.0;

/// Axis text in `token`.
pub(crate) fn lettering(view: &View<'_>, token: Token) -> Lettering {
    Lettering { size: view.theme.axis_text(), weight: WEIGHT, color: view.color(token) }
}

pub(crate) fn label_width(text: &str, view: &View<'_>) -> f64 {
    text_width(text, view.theme.axis_text(), f64::from(WEIGHT))
}

pub(crate) fn fit_label(text: &str, width: f64, view: &View<'_>) -> String {
    fit(text, width, view.theme.axis_text(), f64::from(WEIGHT))
}

/// CSS px of a margin that is `at_11` beside axis text of 11 px.
pub(crate) fn margin(view: &View<'_>, at_11: f64) -> f64 {
    at_11 * view.theme.axis_text() / 11.0
}

/// At least one device pixel in each direction, edges on whole ones.
pub(crate) fn snapped(rect: Rect, view: &View<'_>) -> Rect {
    let snap = |css: f64| (css * view.device_pixel_ratio).round() / view.device_pixel_ratio;
    let (left, top) = (snap(rect.left.max(0.0)), snap(rect.top.max(0.0)));
    let pixel = 1.0 / view.device_pixel_ratio;
    Rect {
        left,
        top,
        right: snap(rect.right).max(left + pixel),
        bottom: snap(rect.bottom).max(top + pixel),
    }
}

/// A crisp line across the plot whose middle is nearest to `y`.
pub(crate) fn horizontal(surface: &Surface, plot: Rect, y: f64, color: crate::color::Color) {
    let thickness = surface.hairline();
    let top = (y - thickness / 2.0).round();
    surface.rect(Rect { top, bottom: top + thickness, ..plot }, color);
}

/// A label along x, where it would stand, and whether it goes before others.
pub(crate) struct XLabel {
    pub at_px: f64,
    pub text: String,
    pub is_first_choice: bool,
}

/// The span of the x axis: whole buckets around the asked range.
pub(crate) fn x_span(table: &Table, range: Option<Range>) -> (f64, f64) {
    let (Some(first), Some(last)) = (table.columns.first(), table.columns.last()) else {
        return range.map_or((0.0, 1.0), |range| (range.from_ms as f64, range.to_ms as f64));
    };
    let (mut from, mut to) = (first.start, last.end);
    if let (XKind::Time, Some(range)) = (table.x_kind, range) {
        let length = first.end - first.start;
        let whole = |gap: f64| (gap / length).max(0.0);
        // What the first bucket's start cuts off belongs to a bucket too; what the newest has not reached yet is to come.
        from -= whole(from - range.from_ms as f64).floor() * length;
        to += whole(range.to_ms as f64 - to).floor() * length;
    }
    (from, to)
}

/// The labels of a time or number axis.
pub(crate) fn x_labels(
    table: &Table,
    scale: Scale,
    numbers: &Numbers<'_>,
    view: &View<'_>,
) -> Vec<XLabel> {
    let width = (scale.to_px - scale.from_px) / view.device_pixel_ratio;
    // Without data and range there is no time to speak of.
    if table.columns.is_empty() && scale.high - scale.low <= 1.0 {
        return Vec::new();
    }
    if table.x_kind == XKind::Number {
        return number_labels(scale, numbers, width, view);
    }
    // As many as may stand side by side when they are as wide as `18:42:06`.
    let room = (width / (label_width("00:00:00", view) + LABEL_GAP)).floor().max(1.0) as usize;
    let axis = TimeAxis {
        from_ms: scale.low as i64,
        to_ms: scale.high as i64,
        now_ms: view.now_ms,
        zone: view.zone,
        most: MOST_X.min(room),
        least_ms: table.columns.first().map_or(1, |column| (column.end - column.start) as i64),
    };
    let label = |tick: crate::ticks::time::TimeTick| XLabel {
        at_px: scale.px(tick.at_ms as f64),
        text: tick.label,
        is_first_choice: tick.names_day,
    };
    time_ticks(&axis).into_iter().map(label).collect()
}

fn number_labels(scale: Scale, numbers: &Numbers<'_>, width: f64, view: &View<'_>) -> Vec<XLabel> {
    let widest = [scale.low, scale.high].map(|value| {
        label_width(&numbers.axis_labels(&[numbers.scaled(value)], 1.0).concat(), view)
    });
    let room = width / (widest[0].max(widest[1]) + LABEL_GAP * 2.0);
    let most = MOST_X.min(room.floor().max(1.0) as usize);
    let factor = numbers.scaled(1.0);
    let (step, ticks) = inner_ticks(numbers.scaled(scale.low), numbers.scaled(scale.high), most);
    let labels = numbers.axis_labels(&ticks, step);
    let at = ticks.into_iter().map(|tick| scale.px(tick / factor));
    at.zip(labels).map(|(at_px, text)| XLabel { at_px, text, is_first_choice: false }).collect()
}

/// The labels of categories: one under the middle of each, cut to its room, or every n-th where that is too little.
pub(crate) fn category_labels(
    names: &[String],
    middle: impl Fn(usize) -> f64,
    slot_css: f64,
    view: &View<'_>,
) -> Vec<XLabel> {
    const LEAST: f64 = 28.0;
    let every = (LEAST / slot_css).ceil().max(1.0) as usize;
    let room = slot_css * every as f64 - LABEL_GAP;
    names
        .iter()
        .enumerate()
        .step_by(every)
        .map(|(index, name)| XLabel {
            at_px: middle(index),
            text: fit_label(name, room, view),
            is_first_choice: false,
        })
        .collect()
}

/// How ticks are shown along x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XTicks {
    /// A short line down from the axis.
    Drawn,
    /// Labels only.
    None,
}

/// Draws those labels that fit. `plot` in device pixels.
pub(crate) fn draw_x(
    surface: &Surface,
    view: &View<'_>,
    plot: Rect,
    labels: &[XLabel],
    ticks: XTicks,
) {
    let text = lettering(view, Token::Text3);
    let baseline = surface.snap(view.height - margin(view, 4.0));
    for (label, center) in kept(labels, surface, view) {
        surface.text(&label.text, (center, baseline), Align::Middle, text);
        if ticks == XTicks::Drawn {
            let (thickness, top) = (surface.hairline(), plot.bottom);
            let left = (label.at_px - thickness / 2.0).round().min(plot.right - thickness);
            let rect = Rect { left, top, right: left + thickness, bottom: top + surface.snap(3.0) };
            surface.rect(rect, view.color(Token::Axis));
        }
    }
}

/// The labels that fit, with the middle each gets: moved in from the canvas's edge, and no two nearer than the gap.
/// Labels that name a day are placed first.
fn kept<'l>(labels: &'l [XLabel], surface: &Surface, view: &View<'_>) -> Vec<(&'l XLabel, f64)> {
    let edge = surface.px(view.width);
    let gap = surface.px(LABEL_GAP);
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut kept = Vec::new();
    let first = labels.iter().filter(|label| label.is_first_choice);
    for label in first.chain(labels.iter().filter(|label| !label.is_first_choice)) {
        let half = surface.px(label_width(&label.text, view)) / 2.0;
        if label.text.is_empty() || half * 2.0 > edge {
            continue;
        }
        let center = label.at_px.clamp(half, edge - half);
        let (start, end) = (center - half, center + half);
        if taken.iter().all(|(from, to)| end + gap <= *from || start >= to + gap) {
            taken.push((start, end));
            kept.push((label, center));
        }
    }
    kept
}

/// Middle of a column on a scale, in its pixels.
pub(crate) fn middle(column: &Column, scale: Scale) -> f64 {
    scale.px(f64::midpoint(column.start, column.end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::theme::Theme;

    proptest! {
        #[test]
        fn labels_never_touch_and_never_leave_the_canvas(
            at in prop::collection::vec(-50.0..500.0_f64, 0..20),
            words in prop::collection::vec("[a-zA-Z0-9 :]{0,14}", 20),
            first in prop::collection::vec(any::<bool>(), 20),
        ) {
            let theme = Theme::light();
            let view = View::new(400.0, 100.0, &theme);
            let surface = Surface::new(400.0, 100.0, 1.0);
            let labels: Vec<XLabel> = at
                .iter()
                .zip(words.iter().zip(&first))
                .map(|(at_px, (text, first))| XLabel { at_px: *at_px, text: text.clone(), is_first_choice: *first })
                .collect();
            let mut spans: Vec<(f64, f64)> = kept(&labels, &surface, &view)
                .into_iter()
                .map(|(label, center)| {
                    let half = label_width(&label.text, &view) / 2.0;
                    (center - half, center + half)
                })
                .collect();
            spans.sort_by(|a, b| a.0.total_cmp(&b.0));
            prop_assert!(spans.iter().all(|(from, to)| *from >= -1e-9 && *to <= 400.0 + 1e-9));
            prop_assert!(spans.windows(2).all(|pair| pair[0].1 + LABEL_GAP <= pair[1].0 + 1e-9));
        }
    }
}
