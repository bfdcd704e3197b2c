//! Plotters' drawing backend that records a scene.
//!
//! Plotters counts in whole pixels, which makes lines wobble and axes smear. Here its unit is 1/16 device pixel: the size it is
//! told, every coordinate, stroke width and font size are 16 times the device's, and are divided again on the way into
//! the scene. Nothing is rasterised and no font is asked: text widths come from our own table.
//!
//! Conventions beyond the trait's: a rectangle's corners are its edges (not its last pixels); text stands on its
//! alphabetic baseline whatever the vertical anchor says; the font's family name is its weight, because plotters knows
//! only normal and bold.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use crate::color::Color;
use crate::recorder::{Recorder, TextOp};
use crate::text::text_width;

/// Units per device pixel.
pub(crate) const UNITS: f64 = 16.0;

/// Records what plotters draws. The recorder is shared with whoever sets the pen between draw calls.
pub(crate) struct SceneBackend {
    recorder: Rc<RefCell<Recorder>>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl SceneBackend {
    pub(crate) fn new(recorder: Rc<RefCell<Recorder>>) -> Self {
        Self { recorder }
    }
}

/// Device pixels of a coordinate.
fn device((x, y): BackendCoord) -> [f32; 2] {
    [x as f32 / UNITS as f32, y as f32 / UNITS as f32]
}

fn flatten(points: impl IntoIterator<Item = BackendCoord>) -> Vec<f32> {
    points.into_iter().flat_map(device).collect()
}

fn width_of(style: &impl BackendStyle) -> f32 {
    style.stroke_width() as f32 / UNITS as f32
}

fn weight_of(style: &impl BackendTextStyle) -> f32 {
    f32::from(style.family().as_str().parse::<u16>().unwrap_or(400))
}

impl DrawingBackend for SceneBackend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.recorder.borrow().size();
        ((f64::from(width) * UNITS) as u32, (f64::from(height) * UNITS) as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let [x, y] = device(point);
        self.recorder.borrow_mut().rect(Color::from_backend(color), [x, y, 1.0, 1.0]);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        let ([x0, y0], [x1, y1]) = (device(from), device(to));
        let color = Color::from_backend(style.color());
        self.recorder.borrow_mut().segment(color, width_of(style), [x0, y0, x1, y1]);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let ([x0, y0], [x1, y1]) = (device(upper_left), device(bottom_right));
        let color = Color::from_backend(style.color());
        let mut recorder = self.recorder.borrow_mut();
        if fill {
            recorder.rect(color, [x0, y0, x1 - x0, y1 - y0]);
        } else {
            recorder.polyline(color, width_of(style), &[x0, y0, x1, y0, x1, y1, x0, y1, x0, y0]);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points = flatten(path);
        let color = Color::from_backend(style.color());
        let mut recorder = self.recorder.borrow_mut();
        match points.as_slice() {
            &[x0, y0, x1, y1] => recorder.segment(color, width_of(style), [x0, y0, x1, y1]),
            [_, _, _, _, ..] => recorder.polyline(color, width_of(style), &points),
            _ => {}
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let [x, y] = device(center);
        let radius = radius as f32 / UNITS as f32;
        let color = Color::from_backend(style.color());
        let mut recorder = self.recorder.borrow_mut();
        if fill {
            recorder.circle(color, [x, y, radius]);
        } else {
            let turn = |step: u8| {
                let angle = f32::from(step) * std::f32::consts::TAU / 48.0;
                [x + radius * angle.cos(), y + radius * angle.sin()]
            };
            let rim: Vec<f32> = (0..=48).flat_map(turn).collect();
            recorder.polyline(color, width_of(style), &rim);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let color = Color::from_backend(style.color());
        self.recorder.borrow_mut().polygon(color, &flatten(vert));
        Ok(())
    }

    fn draw_text<TStyle: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &TStyle,
        pos: BackendCoord,
    ) -> Drawn {
        let [x, baseline] = device(pos);
        let align = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => 0.5,
            HPos::Right => 1.0,
        };
        let (size, weight) = ((style.size() / UNITS) as f32, weight_of(style));
        let color = Color::from_backend(style.color());
        let op = TextOp { x, baseline, size, weight, align, color };
        self.recorder.borrow_mut().text(text, op);
        Ok(())
    }

    fn estimate_text_size<TStyle: BackendTextStyle>(
        &self,
        text: &str,
        style: &TStyle,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let width = text_width(text, style.size(), f64::from(weight_of(style)));
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }

    fn blit_bitmap(&mut self, _: BackendCoord, _: (u32, u32), _: &[u8]) -> Drawn {
        // A scene has no pictures, and no chart of ours draws one.
        Ok(())
    }
}
