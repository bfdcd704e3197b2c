//! What a map does in a frame: the ground where the view moved, the vehicles where they did, and the numbers around.
//!
//! Four canvases lie on each other, because they change at different times: the ground (a bitmap), what lies beneath the
//! vehicles, the vehicles (one image made in memory), and what lies above them.

use hailstream_chart::{Color, Theme, Token};
use hailstream_map::fleet::{Cell, Raster, Shown, cells, is_crowded};
use hailstream_map::map_view::MapView;
use hailstream_protocol::Value;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::Clamped;
use web_sys::ImageData;

use super::MapHandle;
use super::above::Above;
use super::around::Around;
use super::beneath::Beneath;
use super::layer::Layer;
use super::sprites::{self, Size, Sprites};
use super::state::MapState;
use crate::frame::Next;
use crate::panel::canvas::Surface;
use crate::panel::context::PanelContext;

/// The map rests this long before its ground is drawn anew.
const REST_MS: f64 = 120.0;
/// Vehicles are drawn again when the quickest has moved this far, CSS px: less cannot be seen.
const STEP_PX: f64 = 0.4;
/// They are drawn at least this often while they move, and looked at when none does (silence comes with time).
const SLOWEST_MS: f64 = 250.0;
const IDLE_MS: f64 = 1_000.0;
/// How often the numbers around the map are counted.
const COUNT_EVERY_MS: f64 = 400.0;
/// Vehicles this far outside are still partly seen, CSS px.
const MARGIN_PX: f64 = 12.0;

/// A vehicle in view, and where on the screen.
pub(super) struct Seen {
    /// CSS px.
    pub(super) at: (f64, f64),
    pub(super) shown: Shown,
}

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

/// The canvases above the ground.
#[derive(Clone, Copy)]
pub(super) struct Canvases {
    pub(super) beneath: NodeRef<html::Canvas>,
    pub(super) vehicles: NodeRef<html::Canvas>,
    pub(super) above: NodeRef<html::Canvas>,
}

/// See the module's words.
pub(super) struct MapPainter {
    context: PanelContext,
    handle: MapHandle,
    around: Around,
    beneath: Beneath,
    vehicles: Layer,
    above: Above,
    sprites: Option<Sprites>,
    raster: Raster,
    /// Kept, so that a frame allocates nothing for its vehicles.
    seen: Vec<Seen>,
    colors: Vec<Color>,
    was_dark: bool,
    counted_at: f64,
    painted_at: f64,
    shown_view: Option<(MapView, bool)>,
}

impl MapPainter {
    pub(super) fn new(
        context: PanelContext,
        handle: MapHandle,
        around: Around,
        canvases: Canvases,
    ) -> Self {
        Self {
            context,
            handle,
            around,
            beneath: Beneath::new(Layer::new(canvases.beneath)),
            vehicles: Layer::new(canvases.vehicles),
            above: Above::new(Layer::new(canvases.above)),
            sprites: None,
            raster: Raster::default(),
            seen: Vec::new(),
            colors: Vec::new(),
            was_dark: false,
            counted_at: f64::NEG_INFINITY,
            painted_at: 0.0,
            shown_view: None,
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
        let elapsed_ms = surface.now - std::mem::replace(&mut self.painted_at, surface.now);
        let (view, is_pursuing) = state.pursue(view, surface.now, elapsed_ms.min(100.0));
        let is_at_rest = self.ground(surface, &mut state, view, &theme, is_dark);
        let is_due = surface.now - self.counted_at >= COUNT_EVERY_MS
            || std::mem::take(&mut state.wants_count);
        let is_other = self.colors.len() != state.fleet.statuses().len();
        if is_due || is_other || self.was_dark != is_dark {
            self.was_dark = is_dark;
            status_colors(&state, &self.context, &theme, &mut self.colors);
        }
        self.look(&mut state, view, surface.now);
        self.layers(surface, &state, view, &theme, is_dark);
        if let Some(chosen) = state.chosen_shown(surface.now) {
            state.settle_card(view, &chosen);
        }
        self.around.point(&state, &self.context, view, surface.now);
        if is_due {
            self.counted_at = surface.now;
            self.around.count(&mut state, &self.context, view, surface.now);
        }
        if is_pursuing {
            Next::After(0.0)
        } else if is_at_rest {
            self.next(&state, view, surface.now)
        } else {
            Next::After((REST_MS - (surface.now - state.moved_at)).max(0.0) + 1.0)
        }
    }

    fn next(&self, state: &MapState, view: MapView, now: f64) -> Next {
        let is_moving = !state.is_crowded;
        let px_per_ms = if is_moving { state.fleet.quickest(now) * view.world_px() } else { 0.0 };
        if px_per_ms > 0.0 {
            Next::After((STEP_PX / px_per_ms).min(SLOWEST_MS))
        } else {
            Next::After(IDLE_MS)
        }
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

    /// Finds the vehicles that are to be drawn.
    fn look(&mut self, state: &mut MapState, view: MapView, now: f64) {
        self.seen.clear();
        let (width, height) = view.size();
        for shown in state.fleet.all_shown(now, state.stream_ms) {
            let at = view.screen_from_world(shown.place);
            let is_inside = (-MARGIN_PX..width + MARGIN_PX).contains(&at.0)
                && (-MARGIN_PX..height + MARGIN_PX).contains(&at.1);
            if is_inside && state.isolation.shows(shown.class()) {
                self.seen.push(Seen { at, shown });
            }
        }
        let above = state.params.group_above;
        state.is_crowded = is_crowded(&view, self.seen.len(), above, state.is_crowded);
    }

    fn layers(
        &mut self,
        surface: &Surface<'_>,
        state: &MapState,
        view: MapView,
        theme: &Theme,
        is_dark: bool,
    ) {
        let colors = std::mem::take(&mut self.colors);
        let size = Size::at(view.zoom());
        let frame = Frame { surface, view, theme, is_dark, size, colors: &colors };
        self.beneath.take_trail(untrack(|| self.around.trail_result()), state);
        let numbers = untrack(|| self.around.zone_numbers(&self.context));
        let most = self.beneath.take_tints(numbers, state.ground.as_ref());
        self.around.show_ramp(most);
        self.beneath.paint(&frame, state, self.seen.iter().map(|seen| seen.at));
        let counts: Option<Vec<Cell>> = state.is_crowded.then(|| {
            cells(&view, state.fleet.statuses().len(), self.seen.iter().map(|seen| seen.shown))
        });
        self.vehicles(&frame, state);
        self.above.paint(&frame, state, &self.seen, counts.as_deref());
        self.colors = colors;
    }

    /// Stamps the vehicles into an image, and gives it to the browser in one call.
    fn vehicles(&mut self, frame: &Frame<'_>, state: &MapState) {
        let surface = frame.surface;
        let shapes = state.fleet.statuses().iter().map(|status| status.style.shape);
        let statuses = shapes.zip(frame.colors.iter().copied()).collect();
        let look = sprites::look(frame.size, surface.ratio, frame.theme, statuses);
        if !self.sprites.as_ref().is_some_and(|sprites| sprites.is_of(&look)) {
            self.sprites = Sprites::of(look);
        }
        let Some(sprites) = &self.sprites else { return };
        let Some((context, _)) = self.vehicles.sized(surface) else { return };
        let width = (surface.width * surface.ratio).round() as u32;
        let height = (surface.height * surface.ratio).round() as u32;
        self.raster.clear(width as usize, height as usize);
        let chosen = state.chosen_shown(surface.now).map(|chosen| chosen.index);
        if !state.is_crowded {
            for Seen { at: (x, y), shown } in &self.seen {
                if chosen != Some(shown.index) {
                    let at = (x * surface.ratio, y * surface.ratio);
                    sprites.stamp(&mut self.raster, at, shown);
                }
            }
        }
        let bytes = Clamped(self.raster.finish());
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(bytes, width, height) {
            let _lost = context.put_image_data(&image, 0.0, 0.0);
        }
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
