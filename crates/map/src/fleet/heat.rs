//! A heat map of vehicles: how many are about each place, as a smooth surface of colours over the ground.
//!
//! Vehicles are counted in squares; three running means, one after the other, spread each as a bell curve would (the central limit
//! theorem: Kovesi, "Fast Almost-Gaussian Filtering", 2010). Between the middles of squares the surface is linear.

use super::Seen;
use super::pixel::{BLOCK, Film, between, multiplied};
use super::raster::Raster;

/// Side of a square, CSS px.
const SQUARE: f32 = 4.0;
/// Squares to each side that a running mean takes in.
const REACH: usize = 3;
/// Colours told apart.
const SHADES: usize = 256;
/// So few vehicles within a spread are no heat yet: one alone is a faint spot.
const LEAST: f32 = 3.0;
/// The upper end of the scale falls by this share a frame, of which there are four a second: else the whole map would flicker with
/// its hottest spot.
const COOLS: f32 = 0.3;

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Heat {
    columns: usize,
    rows: usize,
    squares: Vec<f32>,
    spread: Vec<f32>,
    /// What is drawn in the hottest colour.
    most: f32,
    shades: Vec<Film>,
}

impl Heat {
    /// Counts the vehicles of a view `width` × `height` CSS px large. `ramp` are colours from cool to hot, not multiplied.
    pub fn count(&mut self, seen: &[Seen], (width, height): (f64, f64), ramp: &[[u8; 4]]) {
        // A square more on each side: half of what lies at the edge comes from outside.
        self.columns = (width as f32 / SQUARE).ceil() as usize + 2;
        self.rows = (height as f32 / SQUARE).ceil() as usize + 2;
        self.squares.clear();
        self.squares.resize(self.columns * self.rows, 0.0);
        for one in seen {
            let [column, row] = one.at.map(|at| (at / SQUARE + 1.0).floor());
            let is_inside = column >= 0.0 && row >= 0.0 && (column as usize) < self.columns;
            let at = row as usize * self.columns + column as usize;
            if let Some(square) = self.squares.get_mut(at).filter(|_| is_inside) {
                *square += 1.0;
            }
        }
        for _ in 0..3 {
            self.spread_along(self.columns, 1, self.rows, self.columns);
            self.spread_along(self.rows, self.columns, self.columns, 1);
        }
        let hottest = self.squares.iter().copied().fold(0.0, f32::max);
        let side = (2 * REACH + 1) as f32;
        let least = LEAST / (side * side);
        self.most = hottest.max(least).max(self.most * (1.0 - COOLS));
        self.shades = shades(ramp);
    }

    /// Running means of `lines` lines, `length` squares `step` apart in each, the lines `apart` from each other.
    fn spread_along(&mut self, length: usize, step: usize, lines: usize, apart: usize) {
        let share = 1.0 / (2 * REACH + 1) as f32;
        for line in 0..lines {
            let at = |place: usize| line * apart + place * step;
            self.spread.clear();
            let mut sum: f32 = (0..REACH.min(length)).map(|place| self.squares[at(place)]).sum();
            for place in 0..length {
                if place + REACH < length {
                    sum += self.squares[at(place + REACH)];
                }
                if place > REACH {
                    sum -= self.squares[at(place - REACH - 1)];
                }
                self.spread.push(sum.max(0.0) * share);
            }
            for place in 0..length {
                self.squares[at(place)] = self.spread[place];
            }
        }
    }

    /// Lays the surface over a picture; `ratio` are its pixels per CSS px.
    pub fn lay(&self, raster: &mut Raster, ratio: f64) {
        if self.shades.is_empty() || self.rows < 2 {
            return;
        }
        let step = 1.0 / (SQUARE * ratio as f32);
        let scale = (SHADES - 1) as f32 / self.most;
        for (y, row) in raster.rows_mut().enumerate() {
            let down = (y as f32 + 0.5) * step + 0.5;
            let (first, share) = (down as usize, down.fract());
            let line = |row: usize| {
                let row = row.min(self.rows - 1);
                &self.squares[row * self.columns..(row + 1) * self.columns]
            };
            let (upper, lower) = (line(first), line(first + 1));
            let warmth = |column: usize| {
                let column = column.min(self.columns - 1);
                upper[column] + (lower[column] - upper[column]) * share
            };
            let (mut column, mut left, mut right) = (usize::MAX, 0.0, 0.0);
            for (x, pixel) in row.iter_mut().enumerate() {
                let along = (x as f32 + 0.5) * step + 0.5;
                if along as usize != column {
                    column = along as usize;
                    (left, right) = (warmth(column), warmth(column + 1));
                }
                let heat = left + (right - left) * along.fract();
                // The root shows differences among the cool ones, too.
                let shade = ((heat * scale * (SHADES - 1) as f32).sqrt() as usize).min(SHADES - 1);
                if shade > 0 {
                    [*pixel, ..] = self.shades[shade].over([*pixel; BLOCK]);
                }
            }
        }
    }
}

/// Colours between those of a ramp; the coolest fade away.
fn shades(ramp: &[[u8; 4]]) -> Vec<Film> {
    let Some(last) = ramp.len().checked_sub(1) else { return Vec::new() };
    let shade = |index: usize| {
        let share = index as f32 / (SHADES - 1) as f32;
        let along = share * last as f32;
        let [first, second] = [along as usize, (along as usize + 1).min(last)].map(|at| {
            let [red, green, blue, _] = ramp[at];
            multiplied([red, green, blue, 255])
        });
        let [mixed, ..] =
            between([first; BLOCK], [second; BLOCK], [(along.fract() * 256.0) as u32; BLOCK]);
        let [red, green, blue, _] = mixed.to_le_bytes();
        let opacity = (share * 3.0).min(1.0) * 0.8;
        Film::of([multiplied([red, green, blue, (opacity * 255.0) as u8]); BLOCK])
    };
    (0..SHADES).map(shade).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Picture, Place};
    use super::*;

    const SIZE: (usize, usize) = (120, 80);
    const WHITE: [u8; 4] = [255, 255, 255, 255];

    fn seen(x: f32, y: f32) -> Seen {
        Seen {
            at: [x, y],
            heading: f32::NAN,
            index: 0,
            status: 0,
            is_silent: false,
            is_uncertain: false,
        }
    }

    /// How dark each pixel is.
    fn drawn(seen: &[Seen]) -> Vec<u8> {
        let mut heat = Heat::default();
        heat.count(seen, (120.0, 80.0), &[[255, 255, 255, 255], [0, 0, 0, 255]]);
        let mut raster = Raster::default();
        raster.begin(SIZE, &Picture::plain(WHITE), Place::default());
        heat.lay(&mut raster, 1.0);
        raster.bytes().iter().step_by(4).map(|red| 255 - red).collect()
    }

    #[test]
    fn it_is_hottest_where_most_are_and_fades_evenly_around() {
        let many: Vec<Seen> = (0..20).map(|_| seen(60.0, 40.0)).collect();
        let pixels = drawn(&many);
        let at = |x: usize, y: usize| pixels[y * SIZE.0 + x];
        assert!(at(60, 40) > 150, "{}", at(60, 40));
        for away in [8, 16, 24] {
            assert!(at(60 + away, 40) < at(60 + away - 8, 40));
            assert!(at(60 + away, 40).abs_diff(at(60 - away, 40)) < 30);
            assert!(at(60 + away, 40).abs_diff(at(60, 40 + away)) < 30);
        }
        assert_eq!((at(2, 2), at(117, 77)), (0, 0));
    }

    #[test]
    fn nobody_is_no_heat_and_one_alone_a_faint_one() {
        assert!(drawn(&[]).iter().all(|pixel| *pixel == 0));
        let faint = drawn(&[seen(60.0, 40.0)]).into_iter().max();
        let hot = drawn(&[seen(60.0, 40.0); 9]).into_iter().max();
        assert!(faint > Some(0) && faint < hot, "{faint:?} {hot:?}");
    }

    #[test]
    fn whoever_is_outside_warms_the_edge_and_breaks_nothing() {
        let pixels =
            drawn(&[seen(-3.0, 40.0), seen(-900.0, 40.0), seen(5_000.0, 9.0), seen(3.0, -50.0)]);
        assert!(pixels[40 * SIZE.0] > 0);
    }
}
