//! Words at slices: beside the pie, at the ends of thin lines, none over another.

use hailstream_protocol::visualization::PieLabels;

use super::Ring;
use crate::axis::{fit_label, label_width, lettering};
use crate::order::sort_stable;
use crate::surface::{Align, Surface};
use crate::theme::Token;
use crate::view::View;

/// From the rim to where a line bends, CSS px.
const BEND: f64 = 8.0;

/// The words of each slice that has some, by the angle of its middle.
pub(super) struct Label {
    pub middle: f64,
    pub words: String,
    pub token: Token,
}

/// What stands at a slice: its name, cut, and its share.
pub(super) fn words(name: &str, share: f64, params: &PieLabels) -> String {
    // Of a slice within others its own name.
    let name = name.rsplit(" › ").next().unwrap_or(name);
    let mut short: String = name.chars().take(params.truncate.max(1) as usize).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    match params.values {
        true => format!("{short} ({})", crate::words::percent(share)),
        false => short,
    }
}

/// How wide the labels of one side may be, CSS px.
pub(super) fn room(labels: &[String], view: &View<'_>) -> f64 {
    let widest = labels.iter().map(|words| label_width(words, view)).fold(0.0, f64::max);
    (widest + BEND * 2.0).min(view.width * 0.3)
}

pub(super) fn draw(surface: &Surface, ring: &Ring, labels: Vec<Label>, view: &View<'_>) {
    let (mut right, mut left) = (Vec::new(), Vec::new());
    for label in labels {
        if label.middle.sin() >= 0.0 { right.push(label) } else { left.push(label) }
    }
    side(surface, ring, right, (1.0, view));
    side(surface, ring, left, (-1.0, view));
}

/// One side, from above to below; what finds no room is left out.
fn side(surface: &Surface, ring: &Ring, mut labels: Vec<Label>, (to, view): (f64, &View<'_>)) {
    let text = lettering(view, Token::Text2);
    let line = surface.px(text.size * 1.25);
    sort_stable(&mut labels, &|a, b| b.middle.cos().total_cmp(&a.middle.cos()));
    let bottom = surface.px(view.height) - line / 2.0;
    let most = (surface.px(view.height) / line).floor() as usize;
    labels.truncate(most);
    let wanted = |label: &Label| {
        let reach = ring.outer + surface.px(BEND);
        ring.center.1 - reach * label.middle.cos()
    };
    // Downwards as far apart as lines are, then up again from the foot.
    let mut places: Vec<f64> = Vec::new();
    for label in &labels {
        let free_from = places.last().map_or(line / 2.0, |above| above + line);
        places.push(wanted(label).max(free_from));
    }
    let mut free_to = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(free_to);
        free_to = *place - line;
    }
    let bend = ring.center.0 + to * (ring.outer + surface.px(BEND));
    let room = match to > 0.0 {
        true => view.width - bend / view.device_pixel_ratio,
        false => bend / view.device_pixel_ratio,
    } - BEND;
    for (label, y) in labels.iter().zip(places) {
        let (sin, cos) = label.middle.sin_cos();
        let rim = (ring.center.0 + ring.outer * sin, ring.center.1 - ring.outer * cos);
        let words = fit_label(&label.words, room, view);
        if words.is_empty() {
            continue;
        }
        let end = bend + to * surface.px(BEND * 0.4);
        let color = view.mark(label.token);
        surface.polyline(&[rim, (bend, y), (end, y)], color, surface.hairline());
        let anchor = (end + to * surface.px(3.0), (y + surface.px(text.size * 0.36)).round());
        let align = if to > 0.0 { Align::Start } else { Align::End };
        surface.text(&words, anchor, align, text);
    }
}
