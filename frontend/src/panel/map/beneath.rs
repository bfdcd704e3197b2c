//! What lies between the streets and the vehicles: tints of zones, their names, the trail of the chosen one. It is drawn
//! again only when something of it has changed.

use std::sync::Arc;

use hailstream_chart::{Color, SEQUENCE, Token};
use hailstream_geo::mercator::World;
use hailstream_map::fleet::{Crowd, Label, Passed, Tints, passed, place_labels, tints};
use hailstream_map::map_view::MapView;
use hailstream_protocol::QueryResult;
use web_sys::CanvasRenderingContext2d;

use super::basemap::Ground;
use super::layer::{Layer, clear, set_font};
use super::painter::Frame;
use super::sprites::Pen;
use super::state::MapState;

/// Zone names are there from this zoom on.
const NAMES_FROM: f64 = 11.2;
/// How often names look for a better place while only vehicles move.
const PLACE_EVERY_MS: f64 = 1_000.0;
/// Size and line of zone names, CSS px.
const NAME_PX: f64 = 10.5;
const NAME_LINE_PX: f64 = 12.5;
/// What the picture shows; another one is drawn anew.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    view: MapView,
    is_dark: bool,
    has_trail: bool,
    tinted: bool,
}

/// See the module's words.
pub(super) struct Beneath {
    layer: Layer,
    crowd: Crowd,
    /// Which way aside each zone's name goes.
    asides: Vec<Option<usize>>,
    placed_at: f64,
    placed_zoom: f64,
    trail: Vec<Passed>,
    trail_of: Option<Arc<QueryResult>>,
    tints: Tints,
    tints_of: Option<Arc<QueryResult>>,
    shown: Option<Shown>,
    /// Something has changed that [`Shown`] does not tell.
    is_dirty: bool,
}

impl Beneath {
    pub(super) fn new(layer: Layer) -> Self {
        Self {
            layer,
            crowd: Crowd::default(),
            asides: Vec::new(),
            placed_at: f64::NEG_INFINITY,
            placed_zoom: f64::NAN,
            trail: Vec::new(),
            trail_of: None,
            tints: Tints::default(),
            tints_of: None,
            shown: None,
            is_dirty: true,
        }
    }

    /// Takes the newest records of the chosen one.
    pub(super) fn take_trail(&mut self, result: Option<Arc<QueryResult>>, state: &MapState) {
        if !same(self.trail_of.as_ref(), result.as_ref()) {
            let fixes = result.as_ref().map(|result| passed(result, &state.params, &state.fleet));
            self.trail = fixes.unwrap_or_default();
            self.trail_of = result;
        }
    }

    /// Takes the numbers of the zones, or none where the layer is off; the number at the end of the ramp.
    pub(super) fn take_tints(
        &mut self,
        result: Option<Arc<QueryResult>>,
        ground: Option<&Ground>,
    ) -> Option<f64> {
        let areas = ground.map(Ground::areas).unwrap_or_default();
        let is_same = same(self.tints_of.as_ref(), result.as_ref());
        if !is_same || self.tints.steps.len() != areas.len() {
            let names = areas.iter().map(|area| area.name.as_str());
            self.tints = result.as_ref().map(|result| tints(result, names)).unwrap_or_default();
            self.tints_of = result;
            self.is_dirty = true;
        }
        self.tints_of.as_ref().map(|_| self.tints.most)
    }

    pub(super) fn paint(
        &mut self,
        frame: &Frame<'_>,
        state: &MapState,
        seen: impl Iterator<Item = (f64, f64)>,
    ) {
        let ground = state.ground.as_ref();
        self.place_names(frame, ground, seen);
        let chosen = state.chosen_shown(frame.surface.now);
        let shown = Shown {
            view: frame.view,
            is_dark: frame.is_dark,
            has_trail: chosen.is_some(),
            tinted: self.tints_of.is_some(),
        };
        let Some((context, is_new)) = self.layer.sized(frame.surface) else { return };
        let is_same = self.shown.as_ref() == Some(&shown);
        if is_same && !is_new && !self.is_dirty && chosen.is_none() {
            return;
        }
        clear(context, frame.surface);
        if let Some(ground) = ground {
            tint(context, frame, ground, &self.tints);
            names(context, frame, ground, &self.asides);
        }
        if let Some(chosen) = chosen {
            let fix_ms = state.fleet.vehicles().get(chosen.index).map(|vehicle| vehicle.fix_ms);
            trail(context, frame, &self.trail, fix_ms.unwrap_or(i64::MAX), chosen.place);
        }
        self.shown = Some(shown);
        self.is_dirty = false;
    }

    fn place_names(
        &mut self,
        frame: &Frame<'_>,
        ground: Option<&Ground>,
        seen: impl Iterator<Item = (f64, f64)>,
    ) {
        let areas = ground.map(Ground::areas).unwrap_or_default();
        let view = frame.view;
        let is_due = frame.surface.now - self.placed_at >= PLACE_EVERY_MS
            || self.placed_zoom != view.zoom()
            || self.asides.len() != areas.len();
        if !is_due {
            return;
        }
        self.placed_at = frame.surface.now;
        self.placed_zoom = view.zoom();
        self.asides.resize(areas.len(), None);
        let mut asides = vec![None; areas.len()];
        if view.zoom() >= NAMES_FROM {
            self.crowd.count(frame.surface.width, frame.surface.height, seen);
            let label = |(area, before): (&super::basemap::Area, &Option<usize>)| {
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
        if asides != self.asides {
            self.asides = asides;
            self.is_dirty = true;
        }
    }
}

fn same(a: Option<&Arc<QueryResult>>, b: Option<&Arc<QueryResult>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn tint(context: &CanvasRenderingContext2d, frame: &Frame<'_>, ground: &Ground, tints: &Tints) {
    ground.transform(context, frame.view, frame.surface.ratio);
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
    ground: &Ground,
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
        let at = frame.view.screen_from_world(area.label);
        let (x, y) = Label { at, half: (0.0, 0.0), before: None }.middle(aside);
        for (index, line) in area.lines.iter().enumerate() {
            let line_y = y + (index as f64 - (area.lines.len() as f64 - 1.0) / 2.0) * NAME_LINE_PX;
            let _unseen = context.stroke_text(line, x * ratio, line_y * ratio);
            let _unseen = context.fill_text(line, x * ratio, line_y * ratio);
        }
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
    let pen = Pen { context, ratio: frame.surface.ratio, casing };
    pen.circle(at, 3.5);
    context.set_fill_style_str(&casing.css());
    context.fill();
    context.set_stroke_style_str(&color.css());
    context.set_line_width(1.8 * frame.surface.ratio);
    context.stroke();
}
