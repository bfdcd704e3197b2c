//! Filled shapes by exact area: every edge adds to the pixels it crosses what lies right of it, and a running sum along each row
//! is the coverage.

use super::Pixels;
use crate::color::Color;

/// Edges collected so far; painting empties it.
#[derive(Clone, Debug, Default)]
pub(super) struct Area {
    edges: Vec<[f32; 4]>,
    /// Signed area per pixel of the shapes' bounding box, one column wider.
    sums: Vec<f32>,
}

/// The pixels around the edges.
#[derive(Clone, Copy, Debug)]
struct Window {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Area {
    /// Adds a polygon. Those painted together must not overlap with opposite turns.
    pub(super) fn add_polygon(&mut self, points: &[f32]) {
        let mut corners = points.chunks_exact(2);
        let Some(first) = corners.clone().next() else { return };
        let mut before = [first[0], first[1]];
        corners.next();
        for corner in corners.chain(std::iter::once(first)) {
            self.edges.push([before[0], before[1], corner[0], corner[1]]);
            before = [corner[0], corner[1]];
        }
    }

    /// Adds a straight stroke with butt ends.
    pub(super) fn add_stroke(&mut self, [x0, y0, x1, y1]: [f32; 4], width: f32) {
        let (dx, dy) = (x1 - x0, y1 - y0);
        let length = dx.hypot(dy);
        if length == 0.0 {
            return;
        }
        let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
        self.add_polygon(&[x0 + nx, y0 + ny, x1 + nx, y1 + ny, x1 - nx, y1 - ny, x0 - nx, y0 - ny]);
    }

    /// Fills what was added.
    pub(super) fn paint(&mut self, pixels: &mut Pixels, color: Color) {
        if let Some(window) = self.window(pixels) {
            self.sums.clear();
            self.sums.resize((window.width + 1) * window.height, 0.0);
            for index in 0..self.edges.len() {
                self.add_edge(window, self.edges[index]);
            }
            for row in 0..window.height {
                self.paint_row(pixels, window, row, color);
            }
        }
        self.edges.clear();
    }

    fn paint_row(&self, pixels: &mut Pixels, window: Window, row: usize, color: Color) {
        let sums = &self.sums[row * (window.width + 1)..][..window.width];
        let mut sum = 0.0_f32;
        for (column, part) in sums.iter().enumerate() {
            sum += part;
            let coverage = sum.abs().min(1.0);
            if coverage > 0.002 {
                pixels.blend(window.left + column, window.top + row, color, coverage);
            }
        }
    }

    fn window(&self, pixels: &Pixels) -> Option<Window> {
        let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
        let [left, top, right, bottom] = self.edges.iter().fold(start, |[l, t, r, b], e| {
            [
                l.min(e[0]).min(e[2]),
                t.min(e[1]).min(e[3]),
                r.max(e[0]).max(e[2]),
                b.max(e[1]).max(e[3]),
            ]
        });
        let clamp = |value: f32, limit: usize| value.clamp(0.0, limit as f32) as usize;
        let (left, top) = (clamp(left.floor(), pixels.width), clamp(top.floor(), pixels.height));
        let width = clamp(right.ceil(), pixels.width).checked_sub(left)?;
        let height = clamp(bottom.ceil(), pixels.height).checked_sub(top)?;
        (width > 0 && height > 0).then_some(Window { left, top, width, height })
    }

    fn add_edge(&mut self, window: Window, [x0, y0, x1, y1]: [f32; 4]) {
        if y0 == y1 {
            return;
        }
        let (turn, top, bottom) =
            if y0 < y1 { (1.0, (x0, y0), (x1, y1)) } else { (-1.0, (x1, y1), (x0, y0)) };
        let slope = (bottom.0 - top.0) / (bottom.1 - top.1);
        let offset = (window.left as f32, window.top as f32);
        let from = (top.1 - offset.1).max(0.0);
        let to = (bottom.1 - offset.1).min(window.height as f32);
        let mut row = from as usize;
        while row < window.height && (row as f32) < to {
            let (start, end) = (from.max(row as f32), to.min(row as f32 + 1.0));
            let x_at = |y: f32| top.0 - offset.0 + (y + offset.1 - top.1) * slope;
            self.add_row(window, row, (x_at(start), x_at(end)), turn * (end - start));
            row += 1;
        }
    }

    /// An edge's part in one row, from `x0` to `x1`, with signed height `height`.
    fn add_row(&mut self, window: Window, row: usize, (x0, x1): (f32, f32), height: f32) {
        let limit = window.width as f32;
        let (left, right) = (x0.min(x1).clamp(0.0, limit), x0.max(x1).clamp(0.0, limit));
        let sums = &mut self.sums[row * (window.width + 1)..(row + 1) * (window.width + 1)];
        let first = left as usize;
        if right <= (first + 1) as f32 {
            // Within one pixel: its share is what lies right of the edge's middle; all further right is inside.
            let share = 1.0 - (f32::midpoint(left, right) - first as f32);
            sums[first] += height * share;
            if let Some(next) = sums.get_mut(first + 1) {
                *next += height * (1.0 - share);
            }
            return;
        }
        let per_pixel = height / (right - left);
        let mut carried = 0.0;
        let mut column = first;
        let mut at = left;
        while at < right && column < sums.len() {
            let end = right.min((column + 1) as f32);
            let part = per_pixel * (end - at);
            let share = 1.0 - (f32::midpoint(at, end) - column as f32);
            sums[column] += carried + part * share;
            carried = part * (1.0 - share);
            at = end;
            column += 1;
        }
        if let Some(next) = sums.get_mut(column) {
            *next += carried;
        }
    }
}
