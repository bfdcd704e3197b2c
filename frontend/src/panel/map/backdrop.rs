//! What lies beneath the vehicles, as pixels: the ground, tints of zones, their names. It is a margin larger than the view: while a
//! person drags or zooms, it is moved and scaled, and it is made anew when the map comes to rest.

use std::sync::Arc;

use hailstream_chart::{Color, SEQUENCE, Token};
use hailstream_map::fleet::{Crowd, Label, Picture, Place, Seen, Tints, place_labels, tints};
use hailstream_map::map_view::MapView;
use hailstream_protocol::QueryResult;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::basemap::{Area, Ground};
use super::layer::set_font;
use super::painter::Frame;
use super::state::is_same;
use crate::dom;

/// How much larger than the view it is, on each side.
const MARGIN: f64 = 0.25;
/// Zone names are there from this zoom on.
const NAMES_FROM: f64 = 11.2;
/// How often names look for a better place while only vehicles move.
const PLACE_EVERY_MS: f64 = 1_000.0;
/// Size and line of zone names, CSS px.
const NAME_PX: f64 = 10.5;
const NAME_LINE_PX: f64 = 12.5;

/// What it was made for.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Made {
    view: MapView,
    ratio: f64,
    is_dark: bool,
}

/// A canvas out of sight.
struct Sheet {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

/// See the module's words.
pub(super) struct Backdrop {
    made: Option<Made>,
    picture: Picture,
    /// The ground alone, and with all that lies on it.
    sheets: Option<[Sheet; 2]>,
    crowd: Crowd,
    /// Which way aside each zone's name goes.
    asides: Vec<Option<usize>>,
    placed_at: f64,
    tints: Tints,
    tints_of: Option<Arc<QueryResult>>,
    /// Tints or names have changed.
    is_dirty: bool,
}

impl Backdrop {
    pub(super) fn new() -> Self {
        Self {
            made: None,
            picture: Picture::default(),
            sheets: None,
            crowd: Crowd::default(),
            asides: Vec::new(),
            placed_at: f64::NEG_INFINITY,
            tints: Tints::default(),
            tints_of: None,
            is_dirty: true,
        }
    }

    /// Takes the numbers of the zones, or none where the layer is off; the number at the end of the ramp.
    pub(super) fn take_tints(
        &mut self,
        result: Option<Arc<QueryResult>>,
        ground: Option<&Ground>,
    ) -> Option<f64> {
        let areas = ground.map(Ground::areas).unwrap_or_default();
        if !is_same(self.tints_of.as_ref(), result.as_ref())
            || self.tints.steps.len() != areas.len()
        {
            let names = areas.iter().map(|area| area.name.as_str());
            let tints = result.as_ref().map(|result| tints(result, names)).unwrap_or_default();
            self.is_dirty |= tints != self.tints;
            self.tints = tints;
            self.tints_of = result;
        }
        self.tints_of.as_ref().map(|_| self.tints.most)
    }

    /// Makes it anew where it has to be and the map `rests`; whether it is exactly that of the view.
    pub(super) fn settle(
        &mut self,
        frame: &Frame<'_>,
        ground: Option<&Ground>,
        rests: bool,
        seen: &[Seen],
    ) -> bool {
        let Some(ground) = ground else {
            self.picture = Picture::plain(frame.theme.color(Token::MapLand).opaque_bytes());
            return true;
        };
        let fits = self.made.is_some_and(|made| made.fits(frame));
        if !fits && !rests && self.made.is_some() {
            return false;
        }
        if self.sheets.is_none() {
            self.sheets = Sheet::new().zip(Sheet::new()).map(|(bare, full)| [bare, full]);
        }
        self.place_names(frame, ground, seen, !fits);
        if !fits || self.is_dirty {
            self.make(frame, ground, fits);
        }
        true
    }

    /// What is seen of it, and where in the picture of a view it lies.
    pub(super) fn picture(&self, view: MapView, ratio: f64) -> (&Picture, Place) {
        let Some(made) = self.made else { return (&self.picture, Place::default()) };
        let (width, height) = made.view.size();
        let corner = made.view.world_from_screen(-width * MARGIN, -height * MARGIN);
        let (left, top) = view.screen_from_world(corner);
        let scale = view.world_px() / made.view.world_px() * ratio / made.ratio;
        (&self.picture, Place { left: left * ratio, top: top * ratio, scale })
    }

    fn make(&mut self, frame: &Frame<'_>, ground: &Ground, fits: bool) {
        let ratio = frame.surface.ratio;
        let Some([bare, full]) = &self.sheets else { return };
        let view = match self.made.filter(|_| fits) {
            Some(made) => made.view,
            None => frame.view,
        };
        let (width, height) = view.size();
        let wide = view.with_size(width * (1.0 + 2.0 * MARGIN), height * (1.0 + 2.0 * MARGIN));
        if !fits {
            let (width, height) = wide.size();
            dom::size_canvas(&bare.canvas, width, height, ratio);
            dom::size_canvas(&full.canvas, width, height, ratio);
            ground.draw(&bare.context, wide, ratio, frame.theme, frame.is_dark);
        }
        let _lost = full.context.draw_image_with_html_canvas_element(&bare.canvas, 0.0, 0.0);
        tint(&full.context, frame, (ground, wide), &self.tints);
        names(&full.context, frame, (ground, wide), &self.asides);
        if let Some(picture) = full.picture(frame.theme.color(Token::MapWater)) {
            self.picture = picture;
            self.made = Some(Made { view, ratio, is_dark: frame.is_dark });
            self.is_dirty = false;
        }
    }

    fn place_names(&mut self, frame: &Frame<'_>, ground: &Ground, seen: &[Seen], is_other: bool) {
        let areas = ground.areas();
        let view = frame.view;
        let is_due = frame.surface.now - self.placed_at >= PLACE_EVERY_MS;
        if !is_due && !is_other && self.asides.len() == areas.len() {
            return;
        }
        self.placed_at = frame.surface.now;
        self.asides.resize(areas.len(), None);
        let mut asides = vec![None; areas.len()];
        if view.zoom() >= NAMES_FROM {
            self.crowd.count(
                frame.surface.width,
                frame.surface.height,
                seen.iter().map(Seen::place),
            );
            let label = |(area, before): (&Area, &Option<usize>)| {
                let letters = area.lines.iter().map(|line| line.chars().count()).max();
                Label {
                    at: view.screen_from_world(area.label),
                    half: (
                        letters.unwrap_or(0) as f64 * 3.0 + 2.0,
                        area.lines.len() as f64 * NAME_LINE_PX / 2.0,
                    ),
                    before: *before,
                }
            };
            let labels: Vec<Label> = areas.iter().zip(&self.asides).map(label).collect();
            asides = place_labels(&labels, &self.crowd);
        }
        self.is_dirty |= asides != self.asides;
        self.asides = asides;
    }
}

impl Made {
    /// Nothing is scaled, and the view lies within it.
    fn fits(&self, frame: &Frame<'_>) -> bool {
        let view = frame.view;
        let (x, y) = self.view.screen_from_world(view.center());
        let (width, height) = view.size();
        let (dx, dy) = ((x - width / 2.0).abs(), (y - height / 2.0).abs());
        let is_inside = dx <= width * MARGIN && dy <= height * MARGIN;
        let is_same = self.view.size() == view.size() && self.view.zoom() == view.zoom();
        let is_like = self.ratio == frame.surface.ratio && self.is_dark == frame.is_dark;
        is_same && is_inside && is_like
    }
}

impl Sheet {
    fn new() -> Option<Self> {
        let canvas: HtmlCanvasElement =
            dom::document()?.create_element("canvas").ok()?.dyn_into().ok()?;
        let context = dom::read_context(&canvas)?;
        Some(Self { canvas, context })
    }

    fn picture(&self, beyond: Color) -> Option<Picture> {
        let (width, height) = (self.canvas.width(), self.canvas.height());
        let image = self.context.get_image_data(0.0, 0.0, width.into(), height.into()).ok()?;
        Some(Picture::of(&image.data(), width as usize, beyond.opaque_bytes()))
    }
}

fn tint(
    context: &CanvasRenderingContext2d,
    frame: &Frame<'_>,
    (ground, view): (&Ground, MapView),
    tints: &Tints,
) {
    ground.transform(context, view, frame.surface.ratio);
    context.set_global_alpha(if frame.is_dark { 0.36 } else { 0.5 });
    for (area, step) in ground.areas().iter().zip(&tints.steps) {
        if let Some(token) = step.and_then(|step| SEQUENCE.get(step)) {
            context.set_fill_style_str(&frame.theme.color(*token).css());
            context.fill_with_path_2d(&area.outline);
        }
    }
    context.set_global_alpha(1.0);
    let _kept = context.reset_transform();
}

fn names(
    context: &CanvasRenderingContext2d,
    frame: &Frame<'_>,
    (ground, view): (&Ground, MapView),
    asides: &[Option<usize>],
) {
    let ratio = frame.surface.ratio;
    set_font(context, 600, NAME_PX, ratio);
    context.set_text_align("center");
    context.set_text_baseline("middle");
    context.set_line_join("round");
    context.set_line_width(3.0 * ratio);
    let halo = frame.theme.color(Token::MapHalo).with_opacity(0.85);
    context.set_stroke_style_str(&halo.css());
    context.set_fill_style_str(&frame.theme.color(Token::MapLabel).css());
    for (area, aside) in ground.areas().iter().zip(asides) {
        let Some(aside) = *aside else { continue };
        let at = view.screen_from_world(area.label);
        let (x, y) = Label { at, half: (0.0, 0.0), before: None }.middle(aside);
        for (index, line) in area.lines.iter().enumerate() {
            let line_y = y + (index as f64 - (area.lines.len() as f64 - 1.0) / 2.0) * NAME_LINE_PX;
            let _unseen = context.stroke_text(line, x * ratio, line_y * ratio);
            let _unseen = context.fill_text(line, x * ratio, line_y * ratio);
        }
    }
}
