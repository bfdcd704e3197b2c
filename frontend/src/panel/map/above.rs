//! What lies above the vehicles: the chosen one on its disc with its trail, names at street level, counts where there are too many.

use std::f64::consts::TAU;

use hailstream_chart::{Color, Token};
use hailstream_map::area::Area;
use hailstream_map::fleet::{Cell, NameTags, Seen, Shown, Size};
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule};

use super::layer::{Layer, clear, set_font};
use super::painter::Frame;
use super::sprites::Pen;
use super::state::MapState;
use super::trail::Trail;

/// Width of a letter or figure of a vehicle's name, and the height of the name, CSS px.
const LETTER_PX: f64 = 6.6;
const NAME_PX: f64 = 14.0;

/// See the module's words.
pub(super) struct Above {
    layer: Layer,
    tags: NameTags,
    pub(super) trail: Trail,
}

impl Above {
    pub(super) fn new(layer: Layer) -> Self {
        Self { layer, tags: NameTags::default(), trail: Trail::default() }
    }

    pub(super) fn paint(&mut self, frame: &Frame<'_>, state: &MapState, cells: Option<&[Cell]>) {
        let chosen = state.chosen_shown(frame.surface.now);
        let is_named = frame.size == Size::Named && !state.is_heat;
        let area = state.drawing.area.as_ref();
        let is_empty = chosen.is_none() && !is_named && cells.is_none() && area.is_none();
        if is_empty {
            return self.layer.hide(frame.surface);
        }
        let Some(context) = self.layer.sized(frame.surface) else { return };
        clear(context, frame.surface);
        self.trail.paint(context, frame, state);
        if let Some(area) = area {
            outline(context, frame, area);
        }
        for cell in cells.unwrap_or_default() {
            count(context, frame, cell);
        }
        self.tags.clear();
        if let Some(chosen) = &chosen {
            reach(context, frame, chosen);
            disc(context, frame, chosen);
            if is_named {
                tag(context, frame, state, chosen, &mut self.tags);
            }
        }
        if is_named {
            names(context, frame, state, &mut self.tags);
        }
    }
}

/// The area that a person draws.
fn outline(context: &CanvasRenderingContext2d, frame: &Frame<'_>, area: &Area) {
    let ratio = frame.surface.ratio;
    context.begin_path();
    for (index, corner) in area.corners().into_iter().enumerate() {
        let (x, y) = frame.view.screen_from_world(corner);
        if index == 0 {
            context.move_to(x * ratio, y * ratio);
        } else {
            context.line_to(x * ratio, y * ratio);
        }
    }
    context.close_path();
    let accent = frame.theme.color(Token::Accent).css();
    context.set_fill_style_str(&accent);
    context.set_global_alpha(0.10);
    // As it is counted: what is enclosed twice is outside.
    context.fill_with_canvas_winding_rule(CanvasWindingRule::Evenodd);
    context.set_global_alpha(1.0);
    context.set_stroke_style_str(&accent);
    context.set_line_width(1.5 * ratio);
    context.stroke();
}

/// How many vehicles a cell has: a number in a ring of their statuses. A single one is a dot.
fn count(context: &CanvasRenderingContext2d, frame: &Frame<'_>, cell: &Cell) {
    let ratio = frame.surface.ratio;
    let (x, y) = (cell.at.0 * ratio, cell.at.1 * ratio);
    let radius = cell.radius();
    let pen = Pen {
        context,
        ratio,
        casing: frame.theme.color(Token::MapCasing),
        reach: Size::Dots.casing(),
    };
    let color = |class: usize| {
        if class + 1 == cell.shares.len() {
            frame.theme.color(Token::Other)
        } else {
            frame.color(class)
        }
    };
    if cell.count == 1 {
        let class = cell.shares.iter().position(|share| *share > 0).unwrap_or(0);
        return pen.disc((x, y), 3.0, color(class));
    }
    pen.disc((x, y), radius, frame.theme.color(Token::Surface1));
    context.set_line_width(3.0 * ratio);
    context.set_line_cap("butt");
    let mut from = -TAU / 4.0;
    for (class, share) in cell.shares.iter().enumerate().filter(|(_, share)| **share > 0) {
        let to = from + TAU * *share as f64 / cell.count as f64;
        context.begin_path();
        let _unseen = context.arc(x, y, (radius - 1.5) * ratio, from, to);
        context.set_stroke_style_str(&color(class).css());
        context.stroke();
        from = to;
    }
    set_font(context, 600, if cell.count < 1_000 { 10.5 } else { 9.5 }, ratio);
    context.set_text_align("center");
    context.set_text_baseline("middle");
    context.set_fill_style_str(&frame.theme.color(Token::Text1).css());
    let _unseen = context.fill_text(&cell.count.to_string(), x, y + 0.5 * ratio);
}

/// Around the chosen one, where it is four times in five. Only how far that is from the guess is known, not in which direction.
fn reach(context: &CanvasRenderingContext2d, frame: &Frame<'_>, chosen: &Shown) {
    let radius = chosen.radius_m * frame.view.px_per_metre(chosen.place);
    if radius <= frame.size.unit() * 2.5 {
        return;
    }
    let ratio = frame.surface.ratio;
    let (x, y) = frame.view.screen_from_world(chosen.place);
    let accent = frame.theme.color(Token::Accent);
    let pen = Pen { context, ratio, casing: accent, reach: Size::Dots.casing() };
    pen.circle((x * ratio, y * ratio), radius);
    context.set_fill_style_str(&accent.css());
    context.set_global_alpha(0.08);
    context.fill();
    context.set_global_alpha(0.7);
    context.set_stroke_style_str(&accent.css());
    context.set_line_width(ratio);
    let dash = |px: f64| JsValue::from(px * ratio);
    let _whole = context.set_line_dash(&js_sys::Array::of2(&dash(4.0), &dash(3.0)));
    context.stroke();
    let _whole = context.set_line_dash(&js_sys::Array::new());
    context.set_global_alpha(1.0);
}

/// The chosen one: larger, on a disc with a ring.
fn disc(context: &CanvasRenderingContext2d, frame: &Frame<'_>, chosen: &Shown) {
    let ratio = frame.surface.ratio;
    let (x, y) = frame.view.screen_from_world(chosen.place);
    let at = (x * ratio, y * ratio);
    let unit = frame.size.unit();
    let surface = frame.theme.color(Token::Surface1);
    let pen = Pen { context, ratio, casing: surface, reach: Size::Dots.casing() };
    pen.circle(at, unit * 2.5);
    context.set_fill_style_str(&surface.css());
    context.fill();
    context.set_stroke_style_str(&frame.theme.color(Token::Accent).css());
    context.set_line_width(2.0 * ratio);
    context.stroke();
    let color = frame.color(chosen.status);
    match chosen.heading {
        _ if chosen.is_silent => pen.ring(at, unit, frame.theme.color(Token::Other)),
        Some(heading) => pen.arrow(at, heading, unit * 1.35, color),
        None => pen.disc(at, unit * 0.8, color),
    }
}

/// Name of the chosen one on a plate, which no other name covers.
fn tag(
    context: &CanvasRenderingContext2d,
    frame: &Frame<'_>,
    state: &MapState,
    chosen: &Shown,
    tags: &mut NameTags,
) {
    let Some(vehicle) = state.fleet.vehicles().get(chosen.index) else { return };
    let name = vehicle.entity.to_string();
    let ratio = frame.surface.ratio;
    let (x, y) = frame.view.screen_from_world(chosen.place);
    let left = x + frame.size.unit() * 2.5 + 4.0;
    let width = name.len() as f64 * LETTER_PX + 10.0;
    tags.take([x - 20.0, y - 20.0, x + 20.0, y + 20.0]);
    tags.take([left, y - 9.0, left + width, y + 9.0]);
    context.set_fill_style_str(&frame.theme.color(Token::AccentFill).css());
    context.begin_path();
    context.rect(left * ratio, (y - 9.0) * ratio, width * ratio, 18.0 * ratio);
    context.fill();
    set_font(context, 600, 11.0, ratio);
    context.set_text_align("center");
    context.set_text_baseline("middle");
    context.set_fill_style_str(&frame.theme.color(Token::OnAccent).css());
    let _unseen = context.fill_text(&name, (left + width / 2.0) * ratio, (y + 0.5) * ratio);
}

fn named(seen: &Seen) -> (f64, f64, usize) {
    let (x, y) = seen.place();
    (x, y, seen.index as usize)
}

fn names(
    context: &CanvasRenderingContext2d,
    frame: &Frame<'_>,
    state: &MapState,
    tags: &mut NameTags,
) {
    let ratio = frame.surface.ratio;
    set_font(context, 560, 10.5, ratio);
    context.set_text_align("left");
    context.set_text_baseline("middle");
    context.set_line_width(3.0 * ratio);
    context.set_line_join("round");
    context.set_stroke_style_str(&frame.theme.color(Token::MapHalo).css());
    context.set_fill_style_str(&frame.theme.color(Token::Text1).css());
    for (x, y, index) in state.seen.iter().map(named) {
        let Some(vehicle) = state.fleet.vehicles().get(index) else { continue };
        let is_chosen = state.chosen.as_ref() == Some(&vehicle.entity);
        let name = vehicle.entity.to_string();
        let width = name.len() as f64 * LETTER_PX;
        let (left, top) = (x + 12.0, y - NAME_PX / 2.0);
        if !is_chosen && tags.take([left, top, left + width, top + NAME_PX]) {
            let (x, y) = (left * ratio, y * ratio);
            let _unseen = context.stroke_text(&name, x, y);
            let _unseen = context.fill_text(&name, x, y);
        }
    }
}

impl Pen<'_> {
    /// A disc with its casing; `radius` in CSS px.
    fn disc(&self, at: (f64, f64), radius: f64, color: Color) {
        self.circle(at, radius);
        self.cased(color);
    }
}
