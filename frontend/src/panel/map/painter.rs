//! What a map does in a frame: the ground where the view moved, the vehicles where they did, and the numbers around.

use std::sync::Arc;

use hailstream_chart::{Color, Theme, Token};
use hailstream_client::fleet::{Shown, lon_lat};
use hailstream_client::map_view::MapView;
use hailstream_geo::mercator::World;
use hailstream_protocol::Value;
use leptos::html;
use leptos::prelude::*;
use web_sys::CanvasRenderingContext2d;

use super::MapHandle;
use super::around::Around;
use super::sprites::{self, Pen, Size, Sprites};
use super::state::MapState;
use crate::dom;
use crate::frame::Next;
use crate::panel::canvas::Surface;
use crate::panel::context::PanelContext;

/// The map rests this long before its ground is drawn anew.
const REST_MS: f64 = 120.0;
/// Vehicles are drawn again when the quickest has moved this far, CSS px: less cannot be seen.
const STEP_PX: f64 = 0.25;
/// They are drawn at least this often while they move, and looked at when none does (silence comes with time).
const SLOWEST_MS: f64 = 250.0;
const IDLE_MS: f64 = 1_000.0;
/// How often the numbers around the map are counted.
const COUNT_EVERY_MS: f64 = 400.0;

/// See the module's words.
pub(super) struct MapPainter {
    context: PanelContext,
    handle: MapHandle,
    around: Around,
    sprites: Option<Sprites>,
    counted_at: f64,
    shown_view: Option<(MapView, bool)>,
}

impl MapPainter {
    pub(super) fn new(context: PanelContext, handle: MapHandle, around: Around) -> Self {
        Self {
            context,
            handle,
            around,
            sprites: None,
            counted_at: f64::NEG_INFINITY,
            shown_view: None,
        }
    }

    pub(super) fn paint(&mut self, surface: &Surface<'_>, vehicles: NodeRef<html::Canvas>) -> Next {
        let theme = untrack(|| self.context.theme());
        let is_dark = untrack(|| self.context.board.theme.is_dark());
        let shared = self.handle.state.clone();
        let Ok(mut state) = shared.try_borrow_mut() else { return Next::After(0.0) };
        state.stream_ms = self.context.stream_now_ms();
        if let Some(result) = untrack(|| self.context.result()) {
            state.take(&result, surface.now);
        }
        let mut view = state.sized_view(surface.width, surface.height);
        if state.follows
            && let Some(chosen) = state.chosen_shown(surface.now)
        {
            view = view.centered_on(chosen.place);
            state.view = Some(view);
        }
        let is_at_rest = self.ground(surface, &mut state, view, &theme, is_dark);
        if let Some(canvas) = vehicles.get_untracked() {
            dom::size_canvas(&canvas, surface.width, surface.height, surface.ratio);
            if let Some(context) = dom::context(&canvas, false) {
                self.vehicles(surface, &context, &state, view, &theme);
            }
        }
        if surface.now - self.counted_at >= COUNT_EVERY_MS {
            self.counted_at = surface.now;
            self.around.count(&state, &self.context, view, surface.now);
        }
        next(&state, view, surface.now, is_at_rest)
    }

    /// Shows the ground; whether it is exactly that of the view.
    fn ground(
        &mut self,
        surface: &Surface<'_>,
        state: &mut MapState,
        view: MapView,
        theme: &Theme,
        is_dark: bool,
    ) -> bool {
        let rests = surface.now - state.moved_at >= REST_MS;
        let Some(ground) = &mut state.ground else {
            surface.context.set_fill_style_str(&theme.color(Token::MapLand).css());
            let (width, height) = (surface.width * surface.ratio, surface.height * surface.ratio);
            surface.context.fill_rect(0.0, 0.0, width, height);
            return true;
        };
        let was_exact = ground.is_exact(view, surface.ratio, is_dark);
        if !was_exact && rests {
            ground.render(view, surface.ratio, theme, is_dark);
        }
        let is_exact = was_exact || rests;
        if self.shown_view != Some((view, is_exact)) || !was_exact {
            ground.show(surface.context, view, surface.ratio, theme);
            self.shown_view = Some((view, is_exact));
        }
        is_exact
    }

    fn vehicles(
        &mut self,
        surface: &Surface<'_>,
        context: &CanvasRenderingContext2d,
        state: &MapState,
        view: MapView,
        theme: &Theme,
    ) {
        let (width, height) = (surface.width, surface.height);
        context.clear_rect(0.0, 0.0, width * surface.ratio, height * surface.ratio);
        let size = Size::at(view.zoom());
        let colors = status_colors(state, &self.context, theme);
        let shapes = state.fleet.statuses().iter().map(|status| status.style.shape);
        let look =
            sprites::look(size, surface.ratio, theme, shapes.zip(colors.iter().copied()).collect());
        if !self.sprites.as_ref().is_some_and(|sprites| sprites.is_of(&look)) {
            self.sprites = Sprites::of(look);
        }
        let Some(sprites) = &self.sprites else { return };
        let chosen = state.chosen_shown(surface.now);
        if let Some(chosen) = &chosen {
            self.trail(surface, context, view, chosen, theme, &colors);
        }
        for shown in state.fleet.all_shown(surface.now, state.stream_ms) {
            let (x, y) = view.screen_from_world(shown.place);
            let is_inside =
                (-12.0..width + 12.0).contains(&x) && (-12.0..height + 12.0).contains(&y);
            let is_chosen = chosen.is_some_and(|chosen| chosen.index == shown.index);
            if is_inside && !is_chosen && state.is_shown(&shown) {
                let at = (x * surface.ratio, y * surface.ratio);
                sprites.stamp(context, at, shown.status, shown.heading, shown.is_silent);
            }
        }
        if size == Size::Named {
            names(surface, context, state, view, theme);
        }
        if let Some(chosen) = chosen {
            let color = colors.get(chosen.status).copied();
            disc(
                surface,
                context,
                view,
                &chosen,
                color.unwrap_or(theme.color(Token::Other)),
                theme,
                size,
            );
        }
    }

    /// The way of the chosen one in the last minutes, fading into the past.
    fn trail(
        &self,
        surface: &Surface<'_>,
        context: &CanvasRenderingContext2d,
        view: MapView,
        chosen: &Shown,
        theme: &Theme,
        colors: &[Color],
    ) {
        let fixes = untrack(|| self.around.trail(&self.context));
        let mut points: Vec<World> =
            fixes.iter().rev().filter_map(lon_lat).map(World::of).collect();
        // The newest fix is where it drives to: the trail ends where it is shown.
        points.pop();
        points.push(chosen.place);
        let points: Vec<(f64, f64)> = points
            .into_iter()
            .map(|place| view.screen_from_world(place))
            .map(|(x, y)| (x * surface.ratio, y * surface.ratio))
            .collect();
        context.set_line_join("round");
        context.set_line_cap("round");
        context.set_stroke_style_str(&theme.color(Token::MapCasing).css());
        context.set_line_width(6.5 * surface.ratio);
        context.begin_path();
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 { context.move_to(*x, *y) } else { context.line_to(*x, *y) }
        }
        context.stroke();
        let color = colors.get(chosen.status).copied().unwrap_or(theme.color(Token::Other));
        context.set_line_width(3.5 * surface.ratio);
        for (index, pair) in points.windows(2).enumerate() {
            let share = (index + 1) as f64 / points.len() as f64;
            // Opaque shades: overlapping round ends of translucent strokes would show as beads.
            let shade = color.with_opacity(0.35 + 0.65 * share).over(theme.color(Token::MapCasing));
            context.set_stroke_style_str(&shade.css());
            context.begin_path();
            context.move_to(pair[0].0, pair[0].1);
            context.line_to(pair[1].0, pair[1].1);
            context.stroke();
        }
    }
}

fn next(state: &MapState, view: MapView, now: f64, is_at_rest: bool) -> Next {
    if !is_at_rest {
        return Next::After((REST_MS - (now - state.moved_at)).max(0.0) + 1.0);
    }
    let px_per_ms = state.fleet.quickest(now) * view.world_px();
    if px_per_ms > 0.0 {
        Next::After((STEP_PX / px_per_ms).min(SLOWEST_MS))
    } else {
        Next::After(IDLE_MS)
    }
}

fn status_colors(state: &MapState, context: &PanelContext, theme: &Theme) -> Vec<Color> {
    let style = context.spec.style.board();
    let color = |value: &str| match value {
        "" => theme.color(Token::Measure),
        value => theme.color(style.color(&state.params.status, &Value::text(value))),
    };
    state.fleet.statuses().iter().map(|status| color(&status.value)).collect()
}

fn names(
    surface: &Surface<'_>,
    context: &CanvasRenderingContext2d,
    state: &MapState,
    view: MapView,
    theme: &Theme,
) {
    context
        .set_font(&format!("560 {}px \"Inter Variable\", Inter, sans-serif", 10.5 * surface.ratio));
    context.set_text_align("left");
    context.set_text_baseline("middle");
    context.set_line_width(3.0 * surface.ratio);
    context.set_line_join("round");
    context.set_stroke_style_str(&theme.color(Token::MapHalo).css());
    context.set_fill_style_str(&theme.color(Token::Text1).css());
    for shown in state.fleet.all_shown(surface.now, state.stream_ms) {
        let (x, y) = view.screen_from_world(shown.place);
        let is_inside = (0.0..surface.width).contains(&x) && (0.0..surface.height).contains(&y);
        let Some(vehicle) = state.fleet.vehicles().get(shown.index) else { continue };
        if is_inside && state.is_shown(&shown) {
            let (x, y) = ((x + 12.0) * surface.ratio, y * surface.ratio);
            let name = vehicle.entity.to_string();
            let _unseen = context.stroke_text(&name, x, y);
            let _unseen = context.fill_text(&name, x, y);
        }
    }
}

/// The chosen one: larger, on a disc with a ring.
fn disc(
    surface: &Surface<'_>,
    context: &CanvasRenderingContext2d,
    view: MapView,
    chosen: &Shown,
    color: Color,
    theme: &Theme,
    size: Size,
) {
    let (x, y) = view.screen_from_world(chosen.place);
    let at = (x * surface.ratio, y * surface.ratio);
    let pen = Pen { context, ratio: surface.ratio, casing: theme.color(Token::Surface1) };
    pen.circle(at, size.unit() * 2.5);
    context.set_fill_style_str(&theme.color(Token::Surface1).css());
    context.fill();
    context.set_stroke_style_str(&theme.color(Token::Accent).css());
    context.set_line_width(2.0 * surface.ratio);
    context.stroke();
    match chosen.heading {
        Some(heading) => pen.arrow(at, heading, size.unit() * 1.35, color),
        None => {
            pen.circle(at, size.unit() * 0.8);
            context.set_fill_style_str(&color.css());
            context.fill();
        }
    }
}

/// Rows of a hits result with their positions, newest first.
pub(super) fn positions(result: &Arc<hailstream_protocol::QueryResult>, field: &str) -> Vec<Value> {
    let Some(column) = result.columns.iter().position(|column| column == field) else {
        return Vec::new();
    };
    result.rows.iter().filter_map(|row| row.get(column).cloned()).collect()
}
