//! Lines that turn back, and discs, by columns: at a few x in each pixel column, the parts of the vertical that the stroke
//! covers, exact in y.
//!
//! A stroke with round joins is the union of its segments' capsules (all that is within half a width of the segment), and a
//! vertical cuts a capsule in one interval. So the cut of the whole stroke is the union of a few intervals: segments are
//! never clipped at their ends, and steep lines do not become a string of beads where segments meet.

use super::Pixels;
use crate::color::Color;
use crate::order::sort_stable;

/// Verticals per pixel column.
const VERTICALS: usize = 4;

/// Scratch memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Strokes {
    /// Coverage of one pixel column, by row.
    column: Vec<f32>,
    /// Where one vertical is covered.
    cuts: Vec<(f32, f32)>,
}

/// A segment with ascending x, its unit direction, and half the stroke's width.
#[derive(Clone, Copy, Debug)]
struct Capsule {
    from: (f32, f32),
    to: (f32, f32),
    along: (f32, f32),
    radius: f32,
}

impl Capsule {
    fn new(a: (f32, f32), b: (f32, f32), radius: f32) -> Self {
        let (from, to) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let along = if length > 0.0 { (dx / length, dy / length) } else { (1.0, 0.0) };
        Self { from, to, along, radius }
    }

    /// The interval of the vertical at `x` that lies inside.
    fn cut(&self, x: f32) -> Option<(f32, f32)> {
        if x < self.from.0 - self.radius || x > self.to.0 + self.radius {
            return None;
        }
        // The lower envelope (greater y) is touched from the foot at x + radius·sin, the upper from x − radius·sin.
        let low = self.envelope(x, 1.0)?;
        let high = self.envelope(x, -1.0)?;
        (high < low).then_some((high, low))
    }

    /// The farthest covered y in direction `side`.
    fn envelope(&self, x: f32, side: f32) -> Option<f32> {
        let (ux, uy) = self.along;
        let foot = x + side * self.radius * uy;
        if ux > 0.0 && foot >= self.from.0 && foot <= self.to.0 {
            return Some(self.from.1 + (foot - self.from.0) * (uy / ux) + side * self.radius * ux);
        }
        let cap = |(at_x, at_y): (f32, f32)| {
            let inside = self.radius * self.radius - (x - at_x) * (x - at_x);
            (inside >= 0.0).then(|| at_y + side * inside.sqrt())
        };
        let farther = |a: f32, b: f32| if (a - b) * side > 0.0 { a } else { b };
        match (cap(self.from), cap(self.to)) {
            (Some(a), Some(b)) => Some(farther(a, b)),
            (a, b) => a.or(b),
        }
    }
}

impl Strokes {
    /// Paints a polyline. Segments may be in any order of x; few of them lie over one column in a chart.
    pub(super) fn paint(&mut self, pixels: &mut Pixels, points: &[f32], width: f32, color: Color) {
        let capsules: Vec<Capsule> = points
            .windows(4)
            .step_by(2)
            .map(|pair| Capsule::new((pair[0], pair[1]), (pair[2], pair[3]), width / 2.0))
            .collect();
        let xs = points.chunks_exact(2).map(|point| point[0]);
        let (low, high) =
            xs.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let reach = width / 2.0;
        self.paint_capsules(pixels, capsules, (low - reach, high + reach), color);
    }

    pub(super) fn paint_disc(
        &mut self,
        pixels: &mut Pixels,
        center: (f32, f32),
        radius: f32,
        color: Color,
    ) {
        let disc = Capsule::new(center, center, radius);
        self.paint_capsules(pixels, vec![disc], (center.0 - radius, center.0 + radius), color);
    }

    fn paint_capsules(
        &mut self,
        pixels: &mut Pixels,
        mut capsules: Vec<Capsule>,
        (low, high): (f32, f32),
        color: Color,
    ) {
        sort_stable(&mut capsules, &|a, b| a.from.0.total_cmp(&b.from.0));
        let first = low.floor().max(0.0) as usize;
        let last = (high.ceil().max(0.0) as usize).min(pixels.width);
        // Capsules that may still touch the present column.
        let mut active: Vec<Capsule> = Vec::new();
        let mut waiting = capsules.into_iter().peekable();
        for x in first..last {
            let left = x as f32;
            active.retain(|capsule| capsule.to.0 + capsule.radius >= left);
            while let Some(capsule) =
                waiting.next_if(|capsule| capsule.from.0 - capsule.radius <= left + 1.0)
            {
                active.push(capsule);
            }
            self.paint_column(pixels, x, &active, (low, high), color);
        }
    }

    fn paint_column(
        &mut self,
        pixels: &mut Pixels,
        x: usize,
        active: &[Capsule],
        (low, high): (f32, f32),
        color: Color,
    ) {
        self.column.resize(pixels.height, 0.0);
        let (mut top, mut bottom) = (pixels.height, 0);
        for vertical in 0..VERTICALS {
            let at = x as f32 + (vertical as f32 + 0.5) / VERTICALS as f32;
            if at < low || at > high {
                continue;
            }
            self.cuts.clear();
            self.cuts.extend(active.iter().filter_map(|capsule| capsule.cut(at)));
            sort_stable(&mut self.cuts, &|a, b| a.0.total_cmp(&b.0));
            let mut end = f32::NEG_INFINITY;
            for &(from, to) in &self.cuts {
                // What another segment has covered already counts once.
                for (y, share) in super::covered(from.max(end), to, self.column.len()) {
                    self.column[y] += share / VERTICALS as f32;
                    top = top.min(y);
                    bottom = bottom.max(y + 1);
                }
                end = end.max(to);
            }
        }
        for y in top..bottom {
            let coverage = std::mem::take(&mut self.column[y]);
            if coverage > 0.0 {
                pixels.blend(x, y, color, coverage.min(1.0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INK: Color = Color::rgb(0);

    fn painted(points: &[f32]) -> Vec<u8> {
        let mut pixels = Pixels::default();
        pixels.resize(12, 120);
        pixels.fill(Color::rgb(0xff_ff_ff));
        Strokes::default().paint(&mut pixels, points, 1.6, INK);
        pixels.bytes
    }

    /// Clipping segments at their ends made steep lines thin wherever two of them met.
    #[test]
    fn a_steep_line_in_pieces_is_the_line_in_one() {
        let at = |step: u8| {
            let share = f32::from(step) / 40.0;
            [2.0 + 7.0 * share, 4.0 + 110.0 * share]
        };
        let pieces: Vec<f32> = (0..=40).flat_map(at).collect();
        let one: Vec<f32> = [at(0), at(40)].concat();
        let apart = painted(&pieces).iter().zip(painted(&one)).map(|(a, b)| a.abs_diff(b)).max();
        assert!(apart <= Some(2), "{apart:?}");
    }

    /// A line of width 1.6 covers 1.6 px across, whatever its slope: on a row, that is 1.6 / cos of its angle to the vertical.
    #[test]
    fn a_steep_line_is_as_wide_as_any() {
        let bytes = painted(&[2.0, 4.0, 9.0, 114.0]);
        let across = 1.6 * (110.0_f32).hypot(7.0) / 110.0;
        for row in 20..100 {
            let row = &bytes[row * 12 * 4..(row + 1) * 12 * 4];
            let dark: f32 =
                row.chunks_exact(4).map(|pixel| 1.0 - f32::from(pixel[0]) / 255.0).sum();
            assert!((dark - across).abs() < 0.26, "{dark} instead of {across}");
        }
    }
}
