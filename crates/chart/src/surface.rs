//! What charts draw on: plotters' elements on a drawing area over the scene backend, in device pixels as `f64`.
//!
//! Nothing here knows about data. Snapping to whole pixels is the caller's wish ([`Surface::snap`]), because only it knows which
//! edges have to be crisp.

use std::cell::RefCell;
use std::rc::Rc;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use crate::backend::{SceneBackend, UNITS};
use crate::color::Color;
use crate::geometry::Rect;
use crate::hatch::stripes;
use crate::recorder::{Pen, Recorder};
use crate::scene::Scene;

/// Where a text stands against its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

/// How a text looks, in CSS px.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lettering {
    pub size: f64,
    pub weight: u16,
    pub color: Color,
}

pub(crate) struct Surface {
    area: DrawingArea<SceneBackend, Shift>,
    recorder: Rc<RefCell<Recorder>>,
    ratio: f64,
}

type Unit = (i32, i32);

fn unit((x, y): (f64, f64)) -> Unit {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

fn shape(color: Color, width: f64) -> ShapeStyle {
    let Color { r, g, b, .. } = color;
    ShapeStyle {
        color: RGBAColor(r, g, b, color.to_backend().alpha),
        filled: width == 0.0,
        stroke_width: (width * UNITS).round() as u32,
    }
}

impl Surface {
    /// A surface of `width` × `height` CSS px on a screen with `ratio` device pixels to each.
    pub(crate) fn new(width: f64, height: f64, ratio: f64) -> Self {
        let device = |css: f64| (css * ratio).round().clamp(1.0, 16_384.0) as f32;
        let recorder = Rc::new(RefCell::new(Recorder::new(device(width), device(height))));
        let area = SceneBackend::new(Rc::clone(&recorder)).into_drawing_area();
        Self { area, recorder, ratio }
    }

    /// Paints the ground; an overlay leaves it out.
    pub(crate) fn begin(&self, ground: Color) {
        self.recorder.borrow_mut().begin(ground);
    }

    pub(crate) fn finish(self) -> Scene {
        self.recorder.borrow_mut().finish()
    }

    /// Device pixels of a CSS length.
    pub(crate) fn px(&self, css: f64) -> f64 {
        css * self.ratio
    }

    /// Device pixels of a CSS length, whole.
    pub(crate) fn snap(&self, css: f64) -> f64 {
        (css * self.ratio).round()
    }

    /// The thinnest line that is 1 CSS px, in whole device pixels.
    pub(crate) fn hairline(&self) -> f64 {
        self.snap(1.0).max(1.0)
    }

    #[expect(
        clippy::expect_used,
        reason = "the backend has no errors, and no element draws through another"
    )]
    fn draw<'e, E>(&self, element: &'e E)
    where
        &'e E: PointCollection<'e, Unit>,
        E: Drawable<SceneBackend>,
    {
        self.area.draw(element).expect("the recorder takes everything");
    }

    fn with_pen(&self, pen: Pen, draw: impl FnOnce()) {
        let before = self.recorder.borrow().pen;
        self.recorder.borrow_mut().pen = pen;
        draw();
        self.recorder.borrow_mut().pen = before;
    }

    /// What `draw` paints belongs to mark `id`.
    pub(crate) fn marked(&self, id: u32, draw: impl FnOnce()) {
        let pen = Pen { mark: Some(id), ..self.recorder.borrow().pen };
        self.with_pen(pen, draw);
    }

    /// Strokes that `draw` paints are dashed, in CSS px.
    pub(crate) fn dashed(&self, (on, off): (f64, f64), draw: impl FnOnce()) {
        let dash = Some((self.px(on) as f32, self.px(off) as f32));
        let pen = Pen { dash, ..self.recorder.borrow().pen };
        self.with_pen(pen, draw);
    }

    /// Texts that `draw` writes are turned about their anchors, by degrees clockwise.
    pub(crate) fn turned(&self, degrees: f64, draw: impl FnOnce()) {
        let pen = Pen { turn: degrees as f32, ..self.recorder.borrow().pen };
        self.with_pen(pen, draw);
    }

    pub(crate) fn rect(&self, rect: Rect, color: Color) {
        if rect.width() <= 0.0 || rect.height() <= 0.0 {
            return;
        }
        let corners = [unit((rect.left, rect.top)), unit((rect.right, rect.bottom))];
        self.draw(&Rectangle::new(corners, shape(color, 0.0)));
    }

    pub(crate) fn outline(&self, rect: Rect, color: Color, width: f64) {
        let corners = [unit((rect.left, rect.top)), unit((rect.right, rect.bottom))];
        self.draw(&Rectangle::new(corners, shape(color, width)));
    }

    pub(crate) fn polyline(&self, points: &[(f64, f64)], color: Color, width: f64) {
        let points: Vec<Unit> = points.iter().copied().map(unit).collect();
        self.draw(&PathElement::new(points, shape(color, width)));
    }

    pub(crate) fn polygon(&self, points: &[(f64, f64)], color: Color) {
        let points: Vec<Unit> = points.iter().copied().map(unit).collect();
        self.draw(&Polygon::new(points, shape(color, 0.0)));
    }

    pub(crate) fn circle(&self, center: (f64, f64), radius: f64, color: Color) {
        self.draw(&Circle::new(unit(center), (radius * UNITS).round(), shape(color, 0.0)));
    }

    /// An open bucket's fill: stripes at 45° (2 CSS px on, 3 off) over 22 % of the colour.
    pub(crate) fn hatched(&self, outline: &[(f64, f64)], color: Color) {
        self.polygon(outline, color.with_opacity(0.22));
        self.stripes(outline, color, self.px(2.0));
    }

    /// Stripes alone, `width` device pixels wide at a distance of 5 CSS px. They are anchored to the canvas, so those of
    /// neighbours run on into each other.
    pub(crate) fn stripes(&self, outline: &[(f64, f64)], color: Color, width: f64) {
        for stripe in stripes(outline, width, self.px(5.0)) {
            self.polygon(&stripe, color);
        }
    }

    pub(crate) fn text(&self, text: &str, anchor: (f64, f64), align: Align, lettering: Lettering) {
        if text.is_empty() {
            return;
        }
        let h_pos = match align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let weight = lettering.weight.to_string();
        let size = lettering.size * self.ratio * UNITS;
        let font = FontDesc::new(FontFamily::Name(&weight), size, FontStyle::Normal);
        let style = TextStyle {
            font,
            color: lettering.color.to_backend(),
            pos: Pos::new(h_pos, VPos::Bottom),
        };
        self.draw(&Text::new(text, unit(anchor), style));
    }
}
