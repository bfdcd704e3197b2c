//! Pictures of vehicles, drawn once per look and stamped as often as there are vehicles.

use hailstream_chart::{Color, Theme, Token};
use hailstream_protocol::visualization::GlyphShape;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::dom;

/// Headings told apart: one picture for each 5°.
const HEADINGS: u32 = 72;
/// Arrows below this zoom would say less than they cover.
const ARROWS_FROM: f64 = 12.0;
/// From here on vehicles are large and named.
const NAMES_FROM: f64 = 14.5;

/// How vehicles look at a zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Dots of 5.
    Dots,
    /// Arrows of 10 × 11.
    Arrows,
    /// Arrows of 16, with names.
    Named,
}

impl Size {
    pub(super) fn at(zoom: f64) -> Self {
        if zoom < ARROWS_FROM {
            Self::Dots
        } else if zoom < NAMES_FROM {
            Self::Arrows
        } else {
            Self::Named
        }
    }

    /// The unit of the arrow's outline, CSS px: it is 1.84 wide and 2.25 high.
    pub(super) fn unit(self) -> f64 {
        match self {
            Self::Dots => 4.0,
            Self::Arrows => 5.0,
            Self::Named => 7.2,
        }
    }
}

/// What the pictures depend on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) size: Size,
    pub(super) ratio: f64,
    pub(super) casing: Color,
    pub(super) silent: Color,
    /// Shape and colour of each status.
    pub(super) statuses: Vec<(GlyphShape, Color)>,
}

/// One row of pictures per status (the headings, then the dot), and a last row for silent ones.
pub(super) struct Sprites {
    look: Look,
    sheet: HtmlCanvasElement,
    cell: f64,
}

impl Sprites {
    /// Draws the sheet.
    pub(super) fn of(look: Look) -> Option<Self> {
        let sheet: HtmlCanvasElement =
            dom::document()?.create_element("canvas").ok()?.dyn_into().ok()?;
        let cell = ((look.size.unit() * 2.6 + 6.0) * look.ratio).ceil();
        sheet.set_width((cell * f64::from(HEADINGS + 1)) as u32);
        sheet.set_height((cell * (look.statuses.len() + 1) as f64) as u32);
        let context = dom::context(&sheet, false)?;
        let pen = Pen { context: &context, ratio: look.ratio, casing: look.casing };
        for (row, (_, color)) in look.statuses.iter().enumerate() {
            let y = (row as f64 + 0.5) * cell;
            for step in 0..HEADINGS {
                let x = (f64::from(step) + 0.5) * cell;
                pen.arrow(
                    (x, y),
                    f64::from(step) * 360.0 / f64::from(HEADINGS),
                    look.size.unit(),
                    *color,
                );
            }
            pen.dot(((f64::from(HEADINGS) + 0.5) * cell, y), look.size, *color);
        }
        let y = (look.statuses.len() as f64 + 0.5) * cell;
        pen.ring((cell / 2.0, y), look.size.unit() * 0.62, look.silent);
        Some(Self { look, sheet, cell })
    }

    /// Whether the sheet is that of this look.
    pub(super) fn is_of(&self, look: &Look) -> bool {
        self.look == *look
    }

    /// Stamps a vehicle at a place in device pixels.
    pub(super) fn stamp(
        &self,
        context: &CanvasRenderingContext2d,
        (x, y): (f64, f64),
        status: usize,
        heading: Option<f64>,
        is_silent: bool,
    ) {
        let (column, row) = if is_silent {
            (0, self.look.statuses.len())
        } else {
            let is_dot = self.look.size == Size::Dots
                || self
                    .look
                    .statuses
                    .get(status)
                    .is_some_and(|(shape, _)| *shape == GlyphShape::Dot);
            let step =
                |heading: f64| (heading / 360.0 * f64::from(HEADINGS)).round() as u32 % HEADINGS;
            (heading.filter(|_| !is_dot).map_or(HEADINGS, step), status)
        };
        let (from_x, from_y) = (f64::from(column) * self.cell, row as f64 * self.cell);
        let half = self.cell / 2.0;
        let _lost = context
            .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                &self.sheet,
                from_x,
                from_y,
                self.cell,
                self.cell,
                x - half,
                y - half,
                self.cell,
                self.cell,
            );
    }
}

/// Draws single vehicles.
pub(super) struct Pen<'a> {
    pub(super) context: &'a CanvasRenderingContext2d,
    pub(super) ratio: f64,
    pub(super) casing: Color,
}

impl Pen<'_> {
    /// Width of the casing's stroke, half of which the glyph covers.
    const CASING: f64 = 2.6;

    /// An arrow; `unit` in CSS px.
    pub(super) fn arrow(&self, (x, y): (f64, f64), heading: f64, unit: f64, color: Color) {
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
        self.cased(color);
    }

    fn dot(&self, at: (f64, f64), size: Size, color: Color) {
        let radius = if size == Size::Dots { 2.5 } else { size.unit() * 0.62 };
        self.circle(at, radius);
        self.cased(color);
    }

    fn cased(&self, color: Color) {
        self.context.set_line_join("round");
        self.context.set_stroke_style_str(&self.casing.css());
        self.context.set_line_width(Self::CASING * self.ratio);
        self.context.stroke();
        self.context.set_fill_style_str(&color.css());
        self.context.fill();
    }

    fn ring(&self, at: (f64, f64), radius: f64, color: Color) {
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
    statuses: Vec<(GlyphShape, Color)>,
) -> Look {
    Look {
        size,
        ratio,
        casing: theme.color(Token::MapCasing),
        silent: theme.color(Token::Other),
        statuses,
    }
}
