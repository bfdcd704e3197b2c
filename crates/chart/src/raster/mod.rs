//! Plays a scene into pixels, for browsers whose canvas is software: there, stroking a thick line costs more than painting it
//! here and handing over the picture.
//!
//! Everything but text is painted: [`Scene::texts`] is what the canvas adds on top. Lines go by columns (`along` x, as nearly
//! all do, or any way: `columns`), other shapes by exact area (`area`). Blending is that of the canvas: source over, in
//! sRGB, 8 bits.

mod along;
mod area;
mod columns;

use along::Along;
use area::Area;
use columns::Strokes;

use crate::color::Color;
use crate::scene::{Operation, Scene, polygons};

/// A picture, and the scratch memory to paint the next one without allocating.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    pixels: Pixels,
    area: Area,
    along: Along,
    strokes: Strokes,
}

/// RGBA, row by row, opaque where the scene begins with a ground.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pixels {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Raster {
    /// Paints `scene` without its texts: RGBA, row by row, as `ImageData` takes it.
    pub fn play(&mut self, scene: &Scene) -> &[u8] {
        self.pixels.resize(scene.width() as usize, scene.height() as usize);
        if !scene.has_ground() {
            self.pixels.fill(Color { r: 0, g: 0, b: 0, a: 0 });
        }
        for operation in scene.operations() {
            self.paint(operation);
        }
        &self.pixels.bytes
    }

    fn paint(&mut self, operation: Operation<'_>) {
        let Self { pixels, area, along, strokes } = self;
        match operation {
            Operation::Begin { color, .. } => pixels.fill(color),
            Operation::Rects { color, rects } => {
                for rect in rects.chunks_exact(4) {
                    pixels.rect([rect[0], rect[1], rect[0] + rect[2], rect[1] + rect[3]], color);
                }
            }
            Operation::Polyline { color, width, points } if runs_along(points, width) => {
                along.paint(pixels, points, width, color);
            }
            Operation::Polyline { color, width, points } => {
                strokes.paint(pixels, points, width, color);
            }
            Operation::Segments { color, width, segments } => {
                for ends in segments.chunks_exact(4) {
                    area.add_stroke([ends[0], ends[1], ends[2], ends[3]], width);
                }
                area.paint(pixels, color);
            }
            Operation::Polygons { color, payload } => {
                for points in polygons(payload) {
                    area.add_polygon(points);
                }
                area.paint(pixels, color);
            }
            Operation::Dashes { color, width, on, off, points } => {
                for ends in dashes(points, on, off) {
                    area.add_stroke(ends, width);
                }
                area.paint(pixels, color);
            }
            Operation::Circles { color, circles } => {
                for circle in circles.chunks_exact(3) {
                    let (x, y, radius) = (circle[0], circle[1], circle[2]);
                    strokes.paint_disc(pixels, (x, y), radius, color);
                }
            }
            Operation::Text { .. } => {}
        }
    }
}

/// Whether a line runs along x: its butt ends are then vertical cuts.
fn runs_along(points: &[f32], width: f32) -> bool {
    let xs = points.chunks_exact(2).map(|point| point[0]);
    let ends = xs.clone().next().zip(xs.clone().next_back());
    ends.is_some_and(|(first, last)| last - first > width) && xs.is_sorted()
}

/// The straight pieces of a dashed line.
fn dashes(points: &[f32], on: f32, off: f32) -> Vec<[f32; 4]> {
    let mut pieces = Vec::new();
    // How far into its dash or gap the walk is.
    let (mut done, mut is_on) = (0.0, true);
    for pair in points.windows(4).step_by(2) {
        let (dx, dy) = (pair[2] - pair[0], pair[3] - pair[1]);
        let length = dx.hypot(dy);
        let mut at = 0.0;
        while at < length {
            let step = (if is_on { on } else { off } - done).max(1e-3).min(length - at);
            if is_on {
                let (from, to) = (at / length, (at + step) / length);
                pieces.push([
                    pair[0] + dx * from,
                    pair[1] + dy * from,
                    pair[0] + dx * to,
                    pair[1] + dy * to,
                ]);
            }
            at += step;
            done += step;
            if done >= if is_on { on } else { off } - 1e-3 {
                (done, is_on) = (0.0, !is_on);
            }
        }
    }
    pieces
}

impl Pixels {
    fn resize(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width, height);
        self.bytes.resize(width * height * 4, 0);
    }

    fn fill(&mut self, color: Color) {
        let Color { r, g, b, a } = color;
        let row_bytes = (self.width * 4).min(self.bytes.len());
        let (first_row, rows) = self.bytes.split_at_mut(row_bytes);
        for pixel in first_row.chunks_exact_mut(4) {
            pixel.copy_from_slice(&[r, g, b, a]);
        }
        // Copying rows is far quicker than setting pixels.
        for row in rows.chunks_exact_mut(first_row.len().max(4)) {
            row.copy_from_slice(first_row);
        }
    }

    /// Lays `color` over a pixel, as far as `coverage` (0 to 1) of it is covered.
    fn blend(&mut self, x: usize, y: usize, color: Color, coverage: f32) {
        let at = (y * self.width + x) * 4;
        let Some(pixel) = self.bytes.get_mut(at..at + 4) else { return };
        let share = f32::from(color.a) / 255.0 * coverage;
        if share >= 0.999 {
            pixel.copy_from_slice(&[color.r, color.g, color.b, 255]);
            return;
        }
        // Whole numbers: conversions to and from fractions cost more than the mixing.
        let share = (share * 256.0 + 0.5) as i32;
        let mix = |top: u8, below: u8| {
            (i32::from(below) + (((i32::from(top) - i32::from(below)) * share + 128) >> 8)) as u8
        };
        pixel[0] = mix(color.r, pixel[0]);
        pixel[1] = mix(color.g, pixel[1]);
        pixel[2] = mix(color.b, pixel[2]);
        pixel[3] = mix(255, pixel[3]);
    }

    /// A rectangle by its edges; fractional edges cover pixels in part.
    fn rect(&mut self, [left, top, right, bottom]: [f32; 4], color: Color) {
        let columns = covered(left, right, self.width);
        for (y, share_y) in covered(top, bottom, self.height) {
            for (x, share_x) in columns.clone() {
                self.blend(x, y, color, share_x * share_y);
            }
        }
    }
}

/// The pixels between two edges, and how much of each.
fn covered(from: f32, to: f32, limit: usize) -> impl Iterator<Item = (usize, f32)> + Clone {
    let (from, to) = (from.max(0.0), to.min(limit as f32));
    let pixels = if from < to { from as usize..to.ceil() as usize } else { 0..0 };
    pixels.map(move |pixel| {
        let start = pixel as f32;
        (pixel, to.min(start + 1.0) - from.max(start))
    })
}
