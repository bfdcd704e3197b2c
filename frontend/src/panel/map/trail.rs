//! The way of the chosen one in the last minutes, drawn above the others: who is chosen is what one looks for.

use std::sync::Arc;

use hailstream_chart::{Color, Token};
use hailstream_geo::mercator::World;
use hailstream_map::fleet::{Passed, Size, passed};
use hailstream_protocol::QueryResult;
use web_sys::CanvasRenderingContext2d;

use super::painter::Frame;
use super::sprites::Pen;
use super::state::{MapState, is_same};

/// See the module's words.
#[derive(Default)]
pub(super) struct Trail {
    fixes: Vec<Passed>,
    of: Option<Arc<QueryResult>>,
}

impl Trail {
    /// Takes the newest records of the chosen one.
    pub(super) fn take(&mut self, result: Option<Arc<QueryResult>>, state: &MapState) {
        if !is_same(self.of.as_ref(), result.as_ref()) {
            let fixes = result.as_ref().map(|result| passed(result, &state.params, &state.fleet));
            self.fixes = fixes.unwrap_or_default();
            self.of = result;
        }
    }

    /// Draws it up to where the chosen one is shown.
    pub(super) fn paint(
        &self,
        context: &CanvasRenderingContext2d,
        frame: &Frame<'_>,
        state: &MapState,
    ) {
        // What is known of its way belongs to the present.
        let chosen = state.chosen_shown(frame.surface.now).filter(|_| state.past.is_none());
        let Some(chosen) = chosen else { return };
        let fix_ms = state.fleet.vehicles().get(chosen.index).map(|vehicle| vehicle.fix_ms);
        trail(context, frame, &self.fixes, fix_ms.unwrap_or(i64::MAX), chosen.place);
    }
}

/// The way of the chosen one to where it is shown, fading into the past, in the colour of what it did there.
fn trail(
    context: &CanvasRenderingContext2d,
    frame: &Frame<'_>,
    fixes: &[Passed],
    fix_ms: i64,
    shown_at: World,
) {
    // The newest fix is where it still drives to.
    let fixes = &fixes[..fixes.partition_point(|fix| fix.at_ms < fix_ms)];
    let Some(last) = fixes.last() else { return };
    let ratio = frame.surface.ratio;
    let screen = |place: World| {
        let (x, y) = frame.view.screen_from_world(place);
        (x * ratio, y * ratio)
    };
    let end = Passed { place: shown_at, ..*last };
    let points: Vec<(Passed, (f64, f64))> =
        fixes.iter().chain([&end]).map(|fix| (*fix, screen(fix.place))).collect();
    let casing = frame.theme.color(Token::MapCasing);
    context.set_line_join("round");
    context.set_line_cap("round");
    context.set_stroke_style_str(&casing.css());
    context.set_line_width(6.5 * ratio);
    context.begin_path();
    for (index, (_, (x, y))) in points.iter().enumerate() {
        if index == 0 { context.move_to(*x, *y) } else { context.line_to(*x, *y) }
    }
    context.stroke();
    context.set_line_width(3.5 * ratio);
    for (index, pair) in points.windows(2).enumerate() {
        let share = (index + 1) as f64 / points.len() as f64;
        context.set_stroke_style_str(&shade(frame, pair[0].0.status, share, casing).css());
        context.begin_path();
        context.move_to(pair[0].1.0, pair[0].1.1);
        context.line_to(pair[1].1.0, pair[1].1.1);
        context.stroke();
    }
    if let Some((fix, at)) = points.first() {
        start_ring(context, frame, *at, shade(frame, fix.status, 0.6, casing));
    }
}

/// Opaque shades: overlapping round ends of translucent strokes would show as beads.
fn shade(frame: &Frame<'_>, status: usize, share: f64, casing: Color) -> Color {
    frame.color(status).with_opacity(0.35 + 0.65 * share).over(casing)
}

fn start_ring(context: &CanvasRenderingContext2d, frame: &Frame<'_>, at: (f64, f64), color: Color) {
    let casing = frame.theme.color(Token::MapCasing);
    let pen = Pen { context, ratio: frame.surface.ratio, casing, reach: Size::Dots.casing() };
    pen.circle(at, 3.5);
    context.set_fill_style_str(&casing.css());
    context.fill();
    context.set_stroke_style_str(&color.css());
    context.set_line_width(1.8 * frame.surface.ratio);
    context.stroke();
}
