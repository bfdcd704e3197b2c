//! What a map does in a frame: ground and vehicles, and the numbers around.
//!
//! Both are one opaque image made in memory, because layers that change in each frame cost a browser without a graphics processor
//! more than all else. What lies above the vehicles is a layer of its own while there is something.

use hailstream_chart::{Color, SEQUENCE, Theme, Token};
use hailstream_map::fleet::{Cell, Heat, Raster, Size, cells, is_crowded};
use hailstream_map::map_view::MapView;
use hailstream_protocol::Value;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::Clamped;
use web_sys::ImageData;

use super::MapHandle;
use super::above::Above;
use super::around::Around;
use super::backdrop::Backdrop;
use super::layer::Layer;
use super::sprites::{self, Sprites};
use super::state::MapState;
use crate::frame::Next;
use crate::panel::canvas::Surface;
use crate::panel::context::{PanelContext, State};

/// The map rests this long before its ground is drawn anew.
const REST_MS: f64 = 120.0;
/// Vehicles are drawn again when the quickest has moved this far, CSS px: less cannot be seen.
const STEP_PX: f64 = 0.4;
/// They are drawn at least this often while they move, and looked at when none does (silence comes with time).
const SLOWEST_MS: f64 = 250.0;
const IDLE_MS: f64 = 1_000.0;
/// How often the numbers around the map are counted.
const COUNT_EVERY_MS: f64 = 400.0;
/// What all layers of one frame are painted with.
pub(super) struct Frame<'a> {
    pub(super) surface: &'a Surface<'a>,
    pub(super) view: MapView,
    pub(super) theme: &'a Theme,
    pub(super) is_dark: bool,
    pub(super) size: Size,
    /// Of each status.
    pub(super) colors: &'a [Color],
}

impl Frame<'_> {
    /// The colour of a status.
    pub(super) fn color(&self, status: usize) -> Color {
        self.colors.get(status).copied().unwrap_or_else(|| self.theme.color(Token::Other))
    }
}

/// See the module's words.
pub(super) struct MapPainter {
    context: PanelContext,
    handle: MapHandle,
    around: Around,
    backdrop: Backdrop,
    above: Above,
    sprites: Option<Sprites>,
    raster: Raster,
    size: Option<Size>,
    heat: Heat,
    colors: Vec<Color>,
    was_dark: bool,
    counted_at: f64,
    painted_at: f64,
}

impl MapPainter {
    pub(super) fn new(
        context: PanelContext,
        handle: MapHandle,
        around: Around,
        above: NodeRef<html::Canvas>,
    ) -> Self {
        Self {
            context,
            handle,
            around,
            backdrop: Backdrop::new(),
            above: Above::new(Layer::new(above)),
            sprites: None,
            raster: Raster::default(),
            size: None,
            heat: Heat::default(),
            colors: Vec::new(),
            was_dark: false,
            counted_at: f64::NEG_INFINITY,
            painted_at: 0.0,
        }
    }

    pub(super) fn paint(&mut self, surface: &Surface<'_>) -> Next {
        let theme = untrack(|| self.context.theme());
        let is_dark = untrack(|| self.context.board.theme.is_dark());
        let shared = self.handle.state.clone();
        let Ok(mut state) = shared.try_borrow_mut() else { return Next::After(0.0) };
        state.stream_ms = self.context.stream_now_ms();
        if let Some(result) = untrack(|| self.context.result()) {
            state.take(&result, surface.now);
        }
        let view = state.sized_view(surface.width, surface.height);
        self.around.ask(&mut state, &self.context, view, surface.now);
        let replayed = self.around.playback.step(
            &self.handle,
            self.around,
            &self.context,
            &mut state,
            surface.now,
        );
        let elapsed_ms = surface.now - std::mem::replace(&mut self.painted_at, surface.now);
        let (view, is_pursuing) = state.pursue(view, surface.now, elapsed_ms.min(100.0));
        let is_due = surface.now - self.counted_at >= COUNT_EVERY_MS
            || std::mem::take(&mut state.wants_count);
        let is_other = self.colors.len() != state.fleet.statuses().len();
        if is_due || is_other || self.was_dark != is_dark {
            self.was_dark = is_dark;
            status_colors(&state, &self.context, &theme, &mut self.colors);
        }
        let quickest = look(&mut state, view, surface.now);
        let colors = std::mem::take(&mut self.colors);
        let drawn = if state.is_heat || state.is_crowded { 0 } else { state.seen.len() };
        let size = *self.size.insert(Size::of(&view, drawn, self.size));
        let frame = Frame { surface, view, theme: &theme, is_dark, size, colors: &colors };
        let is_at_rest = self.layers(&frame, &state);
        self.colors = colors;
        if let Some(chosen) = state.chosen_shown(surface.now) {
            let has_list = self.around.is_list_open.get_untracked();
            state.settle_card(view, &chosen, has_list);
        }
        self.around.point(&state, &self.context, view, surface.now);
        if is_due {
            self.counted_at = surface.now;
            self.around.count(&mut state, &self.context, view, surface.now);
        }
        let next_ms = if is_pursuing {
            0.0
        } else if is_at_rest {
            next_ms(&state, quickest)
        } else {
            (REST_MS - (surface.now - state.moved_at)).max(0.0) + 1.0
        };
        Next::After(replayed.map_or(next_ms, |replayed_ms| replayed_ms.min(next_ms)))
    }

    /// Paints; whether the ground is exactly that of the view.
    fn layers(&mut self, frame: &Frame<'_>, state: &MapState) -> bool {
        self.above.trail.take(untrack(|| self.around.trail_result()), state);
        let numbers = untrack(|| self.around.zone_numbers(&self.context));
        let ground = state.ground.as_ref();
        self.around.show_ramp(self.backdrop.take_tints(numbers, ground));
        let rests = frame.surface.now - state.moved_at >= REST_MS;
        let is_at_rest = self.backdrop.settle(frame, ground, rests, &state.seen);
        self.image(frame, state);
        let counts: Option<Vec<Cell>> = (state.is_crowded && !state.is_heat)
            .then(|| cells(&frame.view, state.fleet.statuses().len(), &state.seen));
        self.above.paint(frame, state, counts.as_deref());
        is_at_rest
    }

    /// Stamps the vehicles onto the ground, and gives the image to the browser in one call.
    fn image(&mut self, frame: &Frame<'_>, state: &MapState) {
        let surface = frame.surface;
        let shapes = state.fleet.statuses().iter().map(|status| status.style.shape);
        let statuses = shapes.zip(frame.colors.iter().copied()).collect();
        let is_stale = untrack(|| self.context.state.with(|state| *state == State::Stale));
        let look = sprites::look(frame.size, surface.ratio, frame.theme, is_stale, statuses);
        if !self.sprites.as_ref().is_some_and(|sprites| sprites.is_of(&look)) {
            self.sprites = Sprites::of(look);
        }
        let width = (surface.width * surface.ratio).round() as u32;
        let height = (surface.height * surface.ratio).round() as u32;
        let (picture, place) = self.backdrop.picture(frame.view, surface.ratio);
        self.raster.begin((width as usize, height as usize), picture, place);
        let chosen = state.chosen_shown(surface.now).map(|chosen| chosen.index);
        if state.is_heat {
            let ramp = SEQUENCE.map(|token| frame.theme.color(token).opaque_bytes());
            self.heat.count(&state.seen, (surface.width, surface.height), &ramp);
            self.heat.lay(&mut self.raster, surface.ratio);
        } else if let Some(sprites) = self.sprites.as_ref().filter(|_| !state.is_crowded) {
            self.raster.stamp(&sprites.glyphs, &state.seen, chosen);
        }
        let bytes = Clamped(self.raster.bytes());
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(bytes, width, height) {
            let _lost = surface.context.put_image_data(&image, 0.0, 0.0);
        }
    }
}

/// Finds the vehicles that are to be drawn; how fast the quickest of them moves, CSS px a millisecond.
fn look(state: &mut MapState, view: MapView, now: f64) -> f64 {
    let MapState { seen, fleet, isolation, .. } = state;
    let quickest = fleet.look(seen, &view, isolation, (now, state.stream_ms));
    let above = state.params.group_above;
    state.is_crowded = is_crowded(&view, seen.len(), above, state.is_crowded);
    quickest
}

fn next_ms(state: &MapState, quickest: f64) -> f64 {
    if state.is_heat && quickest > 0.0 {
        SLOWEST_MS
    } else if quickest > 0.0 && !state.is_crowded {
        (STEP_PX / quickest).min(SLOWEST_MS)
    } else {
        IDLE_MS
    }
}

fn status_colors(state: &MapState, context: &PanelContext, theme: &Theme, colors: &mut Vec<Color>) {
    let style = context.spec.style.board();
    let color = |value: &str| match value {
        "" => theme.color(Token::Measure),
        value => theme.color(style.color(&state.params.status, &Value::text(value))),
    };
    colors.clear();
    colors.extend(state.fleet.statuses().iter().map(|status| color(&status.value)));
}
