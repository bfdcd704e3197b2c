//! Pictures of vehicles, drawn once per look by the browser; they are then stamped as often as there are vehicles.

use hailstream_chart::{Color, Theme, Token};
use hailstream_map::fleet::{Glyphs, HEADINGS, Sheet, Size};
use hailstream_protocol::visualization::GlyphShape;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::dom;

/// Whether a vehicle is where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fill {
    Certain,
    Uncertain,
}

/// What the pictures depend on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) size: Size,
    pub(super) ratio: f64,
    pub(super) casing: Color,
    pub(super) silent: Color,
    /// Only half seen, because they are old.
    pub(super) is_stale: bool,
    /// Shape and colour of each status.
    pub(super) statuses: Vec<(GlyphShape, Color)>,
}

/// The pictures of a look.
pub(super) struct Sprites {
    look: Look,
    pub(super) glyphs: Glyphs,
}

impl Sprites {
    /// Draws the pictures.
    pub(super) fn of(look: Look) -> Option<Self> {
        let canvas: HtmlCanvasElement =
            dom::document()?.create_element("canvas").ok()?.dyn_into().ok()?;
        let cell = ((look.size.unit() * 1.25 + 2.0) * 2.0 * look.ratio).ceil() + 1.0;
        // Half a device pixel on a fine screen cannot be seen.
        let phases = if look.ratio < 1.5 { 2 } else { 1 };
        let rows = Glyphs::rows(look.statuses.len(), phases);
        canvas.set_width((cell * f64::from(HEADINGS + 1)) as u32);
        canvas.set_height((cell * rows as f64) as u32);
        let context = dom::context(&canvas, false)?;
        for row in 0..rows {
            Self::draw_row(&look, &context, cell, phases, row);
        }
        let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
        let image = context.get_image_data(0.0, 0.0, width, height).ok()?;
        let mut pixels = image.data();
        if look.is_stale {
            pixels.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha /= 2);
        }
        let sheet = Sheet::of(&pixels, cell as usize, HEADINGS as usize + 1, rows);
        let is_dot =
            |(shape, _): &(GlyphShape, Color)| !look.size.has_arrows() || *shape == GlyphShape::Dot;
        let dots = look.statuses.iter().map(is_dot).collect();
        let glyphs = Glyphs { sheet, dots, phases, ratio: look.ratio };
        Some(Self { look, glyphs })
    }

    fn draw_row(
        look: &Look,
        context: &CanvasRenderingContext2d,
        cell: f64,
        phases: i32,
        row: usize,
    ) {
        let pen =
            Pen { context, ratio: look.ratio, casing: look.casing, reach: look.size.casing() };
        let per_status = (phases * phases) as usize;
        let phase = (row % per_status) as i32;
        let shift = |phase: i32| f64::from(phase) / f64::from(phases);
        let x = |column: u32| (f64::from(column) + 0.5) * cell + shift(phase % phases);
        let y = (row as f64 + 0.5) * cell + shift(phase / phases);
        let kind = row / per_status;
        let Some((_, color)) = look.statuses.get(kind / 2) else {
            return pen.ring((x(0), y), look.size.radius(), look.silent);
        };
        let fill = if kind.is_multiple_of(2) { Fill::Certain } else { Fill::Uncertain };
        for step in 0..HEADINGS {
            let heading = f64::from(step) * 360.0 / f64::from(HEADINGS);
            pen.outline((x(step), y), heading, look.size.unit());
            pen.finish(*color, fill);
        }
        pen.circle((x(HEADINGS), y), look.size.radius());
        pen.finish(*color, fill);
    }

    /// Whether they are those of this look.
    pub(super) fn is_of(&self, look: &Look) -> bool {
        self.look == *look
    }
}

/// Draws single vehicles.
pub(super) struct Pen<'a> {
    pub(super) context: &'a CanvasRenderingContext2d,
    pub(super) ratio: f64,
    pub(super) casing: Color,
    /// How far the casing reaches out, CSS px.
    pub(super) reach: f64,
}

impl Pen<'_> {
    /// Width of the line around what is hollow.
    const HOLLOW: f64 = 1.3;

    /// An arrow; `unit` in CSS px.
    pub(super) fn arrow(&self, at: (f64, f64), heading: f64, unit: f64, color: Color) {
        self.outline(at, heading, unit);
        self.cased(color);
    }

    fn outline(&self, (x, y): (f64, f64), heading: f64, unit: f64) {
        let (sin, cos) = heading.to_radians().sin_cos();
        let scale = unit * self.ratio;
        let corners = [(0.0, -1.25), (0.92, 1.0), (0.0, 0.55), (-0.92, 1.0)];
        self.context.begin_path();
        for (index, (across, down)) in corners.into_iter().enumerate() {
            let at_x = x + (across * cos - down * sin) * scale;
            let at_y = y + (across * sin + down * cos) * scale;
            if index == 0 {
                self.context.move_to(at_x, at_y);
            } else {
                self.context.line_to(at_x, at_y);
            }
        }
        self.context.close_path();
    }

    fn finish(&self, color: Color, fill: Fill) {
        match fill {
            Fill::Certain => self.cased(color),
            Fill::Uncertain => self.hollow(color),
        }
    }

    /// In its colour only around.
    fn hollow(&self, color: Color) {
        self.cased(self.casing);
        self.context.set_stroke_style_str(&color.css());
        self.context.set_line_width(Self::HOLLOW.min(self.reach * 1.5) * self.ratio);
        self.context.stroke();
    }

    pub(super) fn cased(&self, color: Color) {
        self.context.set_line_join("round");
        self.context.set_stroke_style_str(&self.casing.css());
        // The glyph covers half of it.
        self.context.set_line_width(2.0 * self.reach * self.ratio);
        self.context.stroke();
        self.context.set_fill_style_str(&color.css());
        self.context.fill();
    }

    pub(super) fn ring(&self, at: (f64, f64), radius: f64, color: Color) {
        let dash = |css_px: f64| wasm_bindgen::JsValue::from(css_px * self.ratio);
        self.circle(at, radius);
        let _kept = self.context.set_line_dash(&js_sys::Array::of2(&dash(2.0), &dash(1.6)));
        self.context.set_stroke_style_str(&color.css());
        self.context.set_line_width(1.3 * self.ratio);
        self.context.stroke();
        let _kept = self.context.set_line_dash(&js_sys::Array::new());
    }

    /// Begins a circle; `radius` in CSS px.
    pub(super) fn circle(&self, (x, y): (f64, f64), radius: f64) {
        self.context.begin_path();
        let _unseen = self.context.arc(x, y, radius * self.ratio, 0.0, std::f64::consts::TAU);
    }
}

/// The look of a fleet.
pub(super) fn look(
    size: Size,
    ratio: f64,
    theme: &Theme,
    is_stale: bool,
    statuses: Vec<(GlyphShape, Color)>,
) -> Look {
    Look {
        size,
        ratio,
        casing: theme.color(Token::MapCasing),
        silent: theme.color(Token::Other),
        is_stale,
        statuses,
    }
}
