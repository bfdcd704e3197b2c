//! A scene as PNG, with tiny-skia and the outlines of a font: reports and previews on a server, the same picture as in the
//! browser.

use thiserror::Error;
use tiny_skia::{
    Color as SkiaColor, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect,
    Stroke, StrokeDash, Transform,
};

use super::font::Font;
use crate::color::Color;
use crate::scene::{Operation, Scene, polygons};

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum PngError {
    /// No pixels, or too many to hold.
    #[error("a picture of {width} × {height} pixels cannot be made")]
    Size {
        /// Pixels across.
        width: f32,
        /// Pixels down.
        height: f32,
    },
    /// Encoding failed.
    #[error("the picture cannot be encoded: {why}")]
    Encoding {
        /// Why.
        why: String,
    },
}

/// The scene as PNG; without a font its texts are left out.
///
/// # Errors
/// For a scene without pixels, and where encoding fails.
pub fn png(scene: &Scene, font: Option<&Font<'_>>) -> Result<Vec<u8>, PngError> {
    let (width, height) = (scene.width(), scene.height());
    let mut pixmap =
        Pixmap::new(width as u32, height as u32).ok_or(PngError::Size { width, height })?;
    for operation in scene.operations() {
        paint(&mut pixmap, operation, font);
    }
    pixmap.encode_png().map_err(|error| PngError::Encoding { why: error.to_string() })
}

fn paint(pixmap: &mut Pixmap, operation: Operation<'_>, font: Option<&Font<'_>>) {
    match operation {
        Operation::Begin { color, .. } => pixmap.fill(skia(color)),
        Operation::Rects { color, rects } => {
            for rect in rects.chunks_exact(4) {
                if let Some(rect) = Rect::from_xywh(rect[0], rect[1], rect[2], rect[3]) {
                    pixmap.fill_rect(rect, &ink(color), Transform::identity(), None);
                }
            }
        }
        Operation::Polyline { color, width, points } => {
            stroke(pixmap, lines([points]), color, width, None);
        }
        Operation::Segments { color, width, segments } => {
            stroke(pixmap, lines(segments.chunks_exact(4)), color, width, None);
        }
        Operation::Polygons { color, payload } => {
            let mut builder = PathBuilder::new();
            for points in polygons(payload) {
                trace(&mut builder, points);
                builder.close();
            }
            fill(pixmap, builder.finish(), color);
        }
        Operation::Dashes { color, width, on, off, points } => {
            stroke(pixmap, lines([points]), color, width, StrokeDash::new(vec![on, off], 0.0));
        }
        Operation::Circles { color, circles } => {
            for circle in circles.chunks_exact(3) {
                fill(pixmap, PathBuilder::from_circle(circle[0], circle[1], circle[2]), color);
            }
        }
        Operation::Text { color, text, x, baseline, size, weight, align, turn } => {
            let outline = |font: &Font<'_>| font.outline(text, (x, baseline), size, weight, align);
            let turned = Transform::from_rotate_at(turn, x, baseline);
            fill(pixmap, font.and_then(outline).and_then(|path| path.transform(turned)), color);
        }
    }
}

fn skia(color: Color) -> SkiaColor {
    SkiaColor::from_rgba8(color.r, color.g, color.b, color.a)
}

fn ink(color: Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(skia(color));
    paint.anti_alias = true;
    paint
}

fn fill(pixmap: &mut Pixmap, path: Option<Path>, color: Color) {
    if let Some(path) = path {
        pixmap.fill_path(&path, &ink(color), FillRule::Winding, Transform::identity(), None);
    }
}

fn stroke(
    pixmap: &mut Pixmap,
    path: Option<Path>,
    color: Color,
    width: f32,
    dash: Option<StrokeDash>,
) {
    if let Some(path) = path {
        let stroke = Stroke {
            width,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            dash,
            ..Stroke::default()
        };
        pixmap.stroke_path(&path, &ink(color), &stroke, Transform::identity(), None);
    }
}

fn lines<'p>(parts: impl IntoIterator<Item = &'p [f32]>) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for points in parts {
        trace(&mut builder, points);
    }
    builder.finish()
}

fn trace(builder: &mut PathBuilder, points: &[f32]) {
    for (index, point) in points.chunks_exact(2).enumerate() {
        if index == 0 {
            builder.move_to(point[0], point[1]);
        } else {
            builder.line_to(point[0], point[1]);
        }
    }
}
