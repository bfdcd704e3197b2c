//! Which picture of a vehicle is stamped, and where.

use super::Seen;
use super::raster::Stamp;
use super::sheet::Sheet;

/// Headings told apart: one picture for each 5°.
pub const HEADINGS: u32 = 72;

/// The pictures of vehicles on a sheet, and how to find them: for each status, certain and not, and last for silent ones, a row per
/// phase; in it the headings, then the dot.
#[derive(Clone, Debug)]
pub struct Glyphs {
    /// The pictures, `HEADINGS + 1` in a row.
    pub sheet: Sheet,
    /// Of each status: whether its vehicles are dots, whatever their heading.
    pub dots: Vec<bool>,
    /// Steps per device pixel, each way, a power of two: a vehicle that moves less than a pixel is still seen to move.
    pub phases: i32,
    /// Device pixels per CSS px.
    pub ratio: f64,
}

impl Glyphs {
    /// How many rows a sheet has.
    #[must_use]
    pub fn rows(statuses: usize, phases: i32) -> usize {
        (statuses * 2 + 1) * (phases * phases) as usize
    }

    pub(super) fn stamp(&self, seen: &Seen) -> Stamp {
        let (ratio, half) = (self.ratio as f32, self.sheet.cell() as f32 / 2.0);
        // Rounded by `floor`, which WASM has; for `round` it calls a function.
        let steps = |at: f32| ((at * ratio - half) * self.phases as f32 + 0.5).floor() as i32;
        let [left, top] = seen.at.map(steps);
        // Of powers of two, which need no division.
        debug_assert!(self.phases.count_ones() == 1);
        let (last, shift) = (self.phases - 1, self.phases.trailing_zeros());
        let phase = (top & last) << shift | (left & last);
        let kind = if seen.is_silent {
            self.dots.len() as u32 * 2
        } else {
            u32::from(seen.status) * 2 + u32::from(seen.is_uncertain)
        };
        let row = kind * (self.phases * self.phases) as u32 + phase as u32;
        let sprite = row * (HEADINGS + 1) + self.column(seen);
        Stamp { sprite, left: left >> shift, top: top >> shift }
    }

    fn column(&self, seen: &Seen) -> u32 {
        if seen.is_silent {
            return 0;
        }
        let is_dot = self.dots.get(usize::from(seen.status)).copied().unwrap_or(true);
        if is_dot || seen.heading.is_nan() {
            return HEADINGS;
        }
        let step = (seen.heading / 360.0 * HEADINGS as f32 + 0.5).floor() as i32;
        step.rem_euclid(HEADINGS as i32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two statuses, the second of them dots; pictures of 4 × 4.
    fn glyphs(phases: i32) -> Glyphs {
        let rows = Glyphs::rows(2, phases);
        let columns = HEADINGS as usize + 1;
        let pixels = vec![255; 4 * 4 * 4 * columns * rows];
        let sheet = Sheet::of(&pixels, 4, columns, rows);
        Glyphs { sheet, dots: vec![false, true], phases, ratio: 1.0 }
    }

    const SEEN: Seen = Seen {
        at: [10.0, 20.0],
        heading: 90.0,
        index: 0,
        status: 0,
        is_silent: false,
        is_uncertain: false,
    };

    fn placed(seen: Seen, phases: i32) -> (u32, u32, i32, i32) {
        let Stamp { sprite, left, top } = glyphs(phases).stamp(&seen);
        (sprite / 73, sprite % 73, left, top)
    }

    #[test]
    fn a_vehicle_has_the_picture_of_its_status_and_heading() {
        assert_eq!(placed(SEEN, 1), (0, 18, 8, 18));
        assert_eq!(placed(Seen { heading: -3.0, ..SEEN }, 1).1, 71);
        assert_eq!(placed(Seen { heading: 359.0, ..SEEN }, 1).1, 0);
        assert_eq!(placed(Seen { heading: f32::NAN, ..SEEN }, 1).1, HEADINGS);
        assert_eq!(placed(Seen { is_uncertain: true, ..SEEN }, 1), (1, 18, 8, 18));
        assert_eq!(placed(Seen { status: 1, ..SEEN }, 1), (2, HEADINGS, 8, 18));
        assert_eq!(placed(Seen { status: 1, is_silent: true, ..SEEN }, 1), (4, 0, 8, 18));
    }

    #[test]
    fn a_move_of_half_a_pixel_is_another_picture() {
        assert_eq!(placed(Seen { at: [10.5, 20.0], ..SEEN }, 2), (1, 18, 8, 18));
        assert_eq!(placed(Seen { at: [-0.5, 20.5], ..SEEN }, 2), (3, 18, -3, 18));
    }
}
