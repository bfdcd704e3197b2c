//! The scene: what a chart looks like, as one flat display list that every painter plays alike.
//!
//! # Display list
//!
//! A list of `f32`. All lengths are **device** pixels, y grows downwards. Each operation is four numbers and a payload:
//!
//! | `op` | `length` of the payload | `color`: index into the colour table | `width` of the stroke, else 0 | payload … |
//! |---|---|---|---|---|
//!
//! | op | name | payload | painted as |
//! |---|---|---|---|
//! | 0 | begin | width, height | the whole canvas in `color`; absent in an overlay |
//! | 1 | rects | (x, y, w, h) … | each rectangle filled by itself: never one path of thousands |
//! | 2 | polyline | (x, y) … | one stroke, round joins, butt ends |
//! | 3 | segments | (x0, y0, x1, y1) … | separate straight strokes, butt ends |
//! | 4 | polygons | (n, then n × (x, y)) … | filled, non-zero; opaque ones of a colour share an op |
//! | 5 | dashes | on, off, (x, y) … | one dashed stroke, phase 0 at its start, butt ends |
//! | 6 | circles | (x, y, radius) … | each filled by itself |
//! | 7 | text | string, x, baseline y, size, weight, align, turn | align: 0 starts at x, 0.5 centred, 1 ends at x; alphabetic baseline, no kerning; turned about x, y by degrees clockwise |
//!
//! `string` is an index into the string table. Painters need nothing else: no clip, no transform, no state from op to op.
//! The painter for the browser's canvas is `assets/js/paint_scene.js`; those for SVG and PNG are in `painter`.

use crate::color::Color;

pub(crate) const OP_BEGIN: f32 = 0.0;
pub(crate) const OP_RECTS: f32 = 1.0;
pub(crate) const OP_POLYLINE: f32 = 2.0;
pub(crate) const OP_SEGMENTS: f32 = 3.0;
pub(crate) const OP_POLYGONS: f32 = 4.0;
pub(crate) const OP_DASHES: f32 = 5.0;
pub(crate) const OP_CIRCLES: f32 = 6.0;
pub(crate) const OP_TEXT: f32 = 7.0;

/// Numbers in front of each payload.
pub(crate) const HEADER: usize = 4;

/// What a chart looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) list: Vec<f32>,
    pub(crate) colors: Vec<Color>,
    pub(crate) strings: Vec<String>,
    pub(crate) marks: Vec<Mark>,
}

/// Something that can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// What it stands for; the chart knows how to read it.
    pub id: u32,
    /// Left, top, right, bottom in device pixels.
    pub bounds: [f32; 4],
}

/// One operation of the display list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation<'a> {
    /// The canvas and its ground.
    Begin {
        /// Ground.
        color: Color,
        /// Device pixels across.
        width: f32,
        /// Device pixels down.
        height: f32,
    },
    /// Filled rectangles.
    Rects {
        /// Fill.
        color: Color,
        /// x, y, width, height of each.
        rects: &'a [f32],
    },
    /// A stroke through points.
    Polyline {
        /// Stroke.
        color: Color,
        /// Its width.
        width: f32,
        /// x, y of each.
        points: &'a [f32],
    },
    /// Straight strokes.
    Segments {
        /// Stroke.
        color: Color,
        /// Its width.
        width: f32,
        /// x0, y0, x1, y1 of each.
        segments: &'a [f32],
    },
    /// Filled polygons; read them with [`polygons`].
    Polygons {
        /// Fill.
        color: Color,
        /// Count of points, then x, y of each; for each polygon.
        payload: &'a [f32],
    },
    /// A dashed stroke through points.
    Dashes {
        /// Stroke.
        color: Color,
        /// Its width.
        width: f32,
        /// Length of a dash.
        on: f32,
        /// Length of a gap.
        off: f32,
        /// x, y of each.
        points: &'a [f32],
    },
    /// Filled circles.
    Circles {
        /// Fill.
        color: Color,
        /// x, y, radius of each.
        circles: &'a [f32],
    },
    /// A line of text.
    Text {
        /// Fill.
        color: Color,
        /// What it says.
        text: &'a str,
        /// Where it is anchored.
        x: f32,
        /// Alphabetic baseline.
        baseline: f32,
        /// Pixels per em.
        size: f32,
        /// Weight as CSS has it.
        weight: f32,
        /// Share of the width left of `x`: 0, 0.5 or 1.
        align: f32,
        /// Degrees clockwise about its anchor.
        turn: f32,
    },
}

impl Scene {
    /// Device pixels across.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.width
    }

    /// Device pixels down.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.height
    }

    /// The display list as the module describes it.
    #[must_use]
    pub fn display_list(&self) -> &[f32] {
        &self.list
    }

    /// The colours that operations name by index.
    #[must_use]
    pub fn colors(&self) -> &[Color] {
        &self.colors
    }

    /// The strings that texts name by index.
    #[must_use]
    pub fn strings(&self) -> &[String] {
        &self.strings
    }

    /// What can be pointed at; later ones lie above.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The uppermost mark under a point (device pixels).
    #[must_use]
    pub fn mark_at(&self, x: f32, y: f32) -> Option<&Mark> {
        self.marks.iter().rev().find(|mark| {
            let [left, top, right, bottom] = mark.bounds;
            (left..right).contains(&x) && (top..bottom).contains(&y)
        })
    }

    /// The texts alone, as a display list: what a canvas adds to the picture of a [`crate::raster::Raster`].
    #[must_use]
    pub fn texts(&self) -> Vec<f32> {
        let mut texts = Vec::new();
        let mut rest = self.list.as_slice();
        while let Some((&[op, length, ..], _)) = rest.split_first_chunk::<HEADER>() {
            let end = (HEADER + length as usize).min(rest.len());
            if op == OP_TEXT {
                texts.extend_from_slice(&rest[..end]);
            }
            rest = &rest[end..];
        }
        texts
    }

    /// Whether it paints its ground; an overlay does not.
    pub(crate) fn has_ground(&self) -> bool {
        self.list.first() == Some(&OP_BEGIN)
    }

    /// Whether a software canvas would take longer over it than [`crate::raster::Raster`] does: lines wider than a device pixel
    /// through hundreds of points. Never so of an overlay, which leaves what lies beneath.
    #[must_use]
    pub fn prefers_raster(&self) -> bool {
        let points: usize = self
            .operations()
            .map(|operation| match operation {
                Operation::Polyline { width, points, .. } if width > 1.0 => points.len() / 2,
                _ => 0,
            })
            .sum();
        self.has_ground() && points > 400
    }

    /// The operations in painting order.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let mut rest = self.list.as_slice();
        std::iter::from_fn(move || {
            let (header, tail) = rest.split_at_checked(HEADER)?;
            let (payload, tail) = tail.split_at_checked(header[1] as usize)?;
            rest = tail;
            self.operation(header[0], header[2] as usize, header[3], payload)
        })
    }

    fn operation<'a>(
        &'a self,
        op: f32,
        color: usize,
        width: f32,
        payload: &'a [f32],
    ) -> Option<Operation<'a>> {
        let color = *self.colors.get(color)?;
        Some(match (op, payload) {
            (OP_BEGIN, &[width, height]) => Operation::Begin { color, width, height },
            (OP_RECTS, rects) => Operation::Rects { color, rects },
            (OP_POLYLINE, points) => Operation::Polyline { color, width, points },
            (OP_SEGMENTS, segments) => Operation::Segments { color, width, segments },
            (OP_POLYGONS, payload) => Operation::Polygons { color, payload },
            (OP_DASHES, &[on, off, ref points @ ..]) => {
                Operation::Dashes { color, width, on, off, points }
            }
            (OP_CIRCLES, circles) => Operation::Circles { color, circles },
            (OP_TEXT, &[string, x, baseline, size, weight, align, turn]) => {
                let text = self.strings.get(string as usize)?;
                Operation::Text { color, text, x, baseline, size, weight, align, turn }
            }
            _ => return None,
        })
    }
}

/// The polygons of a payload, each as its x, y list.
pub fn polygons(payload: &[f32]) -> impl Iterator<Item = &[f32]> {
    let mut rest = payload;
    std::iter::from_fn(move || {
        let (count, tail) = rest.split_first()?;
        let (points, tail) = tail.split_at_checked(*count as usize * 2)?;
        rest = tail;
        Some(points)
    })
}
