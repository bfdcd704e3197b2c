//! Lines that run along x, as those of charts do: at a few x in each pixel column, the one interval of the vertical that the
//! stroke covers, exact in y.
//!
//! A stroke with round joins is the union of its segments' bodies and its points' discs. A vertical cuts it in a single
//! interval: whatever it cuts besides the segment it crosses is joined to that segment by discs that it cuts as well. So the
//! lowest and the highest edge over each vertical are the whole stroke, and nothing is sorted or merged.

use super::Pixels;
use crate::color::Color;

/// Verticals per pixel column.
const VERTICALS: usize = 4;
const PER_PX: f32 = VERTICALS as f32;

/// Scratch memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Along {
    /// Of each vertical, the covered interval: least and greatest y; turned round where nothing is covered.
    cuts: Vec<[f32; 2]>,
    /// Coverage of one pixel column, by row.
    column: Vec<f32>,
}

/// The verticals that a stroke can cover; the first has this number on the canvas.
#[derive(Clone, Copy)]
struct Span {
    first: usize,
    end: usize,
}

impl Span {
    /// The verticals within two x.
    fn between(self, low: f32, high: f32) -> std::ops::Range<usize> {
        let number = |x: f32| (x * PER_PX + 0.5) as usize; // negative ones become 0
        let first = number(low).max(self.first);
        first..number(high).min(self.end).max(first)
    }
}

fn x_of(vertical: usize) -> f32 {
    (vertical as f32 + 0.5) / PER_PX
}

/// The lesser and the greater, by plain comparison: there is no NaN among them, and WASM has to call a function for `f32::min`.
fn lesser(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

fn greater(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

impl Along {
    /// Paints a polyline whose x never descend. Its ends are butt.
    pub(super) fn paint(&mut self, pixels: &mut Pixels, points: &[f32], width: f32, color: Color) {
        let (points, _) = points.as_chunks::<2>();
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        let all = Span { first: 0, end: pixels.width * VERTICALS };
        let reach = all.between(first[0], last[0]);
        let span = Span { first: reach.start, end: reach.end };
        self.cuts.clear();
        self.cuts.resize(reach.len(), [f32::INFINITY, f32::NEG_INFINITY]);
        let radius = width / 2.0;
        for point in points {
            self.disc(span, *point, radius);
        }
        for ends in points.windows(2) {
            self.body(span, ends[0], ends[1], radius);
        }
        for x in span.first / VERTICALS..span.end.div_ceil(VERTICALS) {
            self.paint_column(pixels, span, x, color);
        }
    }

    fn disc(&mut self, span: Span, [x, y]: [f32; 2], radius: f32) {
        let reach = span.between(x - radius, x + radius);
        let first = reach.start;
        let cuts = self.cuts.get_mut(first - span.first..reach.end - span.first);
        for (index, cut) in cuts.unwrap_or_default().iter_mut().enumerate() {
            let off = x_of(first + index) - x;
            let half = greater(radius * radius - off * off, 0.0).sqrt();
            *cut = [lesser(cut[0], y - half), greater(cut[1], y + half)];
        }
    }

    /// The two long edges of a segment's body; its short ones lie within discs.
    fn body(&mut self, span: Span, from: [f32; 2], to: [f32; 2], radius: f32) {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = dx.hypot(dy);
        if dx <= 0.0 {
            return; // upright: from one disc to the other
        }
        let (across, down, slope) = (radius * dy / length, radius * dx / length, dy / dx);
        for (side, edge) in [(1.0_f32, 0), (-1.0, 1)] {
            // The upper edge is shifted to the right and up where the line descends, the lower one to the left and down.
            let start = [from[0] + side * across, from[1] - side * down];
            let reach = span.between(start[0], to[0] + side * across);
            let first = reach.start;
            let cuts = self.cuts.get_mut(first - span.first..reach.end - span.first);
            for (index, cut) in cuts.unwrap_or_default().iter_mut().enumerate() {
                let y = start[1] + (x_of(first + index) - start[0]) * slope;
                cut[edge] = if edge == 0 { lesser(cut[edge], y) } else { greater(cut[edge], y) };
            }
        }
    }

    fn paint_column(&mut self, pixels: &mut Pixels, span: Span, x: usize, color: Color) {
        let from = (x * VERTICALS).max(span.first);
        let end = ((x + 1) * VERTICALS).min(span.end);
        let cuts = self.cuts.get(from - span.first..end - span.first).unwrap_or_default();
        let bound = pixels.height as f32;
        let covers = |cut: &&[f32; 2]| cut[0] < cut[1];
        let highest = cuts.iter().filter(covers).fold(bound, |least, cut| lesser(least, cut[0]));
        let lowest = cuts.iter().filter(covers).fold(0.0, |most, cut| greater(most, cut[1]));
        let (top, bottom) = (highest as usize, lesser(lowest, bound).ceil() as usize);
        if top >= bottom {
            return;
        }
        self.column.clear();
        self.column.resize(bottom - top, 0.0);
        for [from, to] in cuts.iter().filter(covers) {
            add_interval(&mut self.column, from - top as f32, to - top as f32);
        }
        for (row, coverage) in self.column.iter().enumerate() {
            if *coverage > 0.0 {
                pixels.blend(x, top + row, color, coverage / PER_PX);
            }
        }
    }
}

/// Adds to each row how much of it lies within two y.
fn add_interval(rows: &mut [f32], from: f32, to: f32) {
    let (from, to) = (greater(from, 0.0), lesser(to, rows.len() as f32));
    if from >= to {
        return;
    }
    let (first, last) = (from as usize, (to.ceil() as usize).saturating_sub(1));
    let Some(rows) = rows.get_mut(first..=last) else { return };
    for row in &mut *rows {
        *row += 1.0;
    }
    if let Some(row) = rows.first_mut() {
        *row -= from - first as f32;
    }
    if let Some(row) = rows.last_mut() {
        *row -= (last + 1) as f32 - to;
    }
}
