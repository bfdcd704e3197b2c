//! The ground as pixels, a margin larger than what is seen of it: dragging copies its rows, zooming scales them until they are
//! drawn anew.

use super::pixel::{BLOCK, Block, Pixel, between};

/// Places in a row are counted in these parts of a pixel.
const ONE: f64 = 65_536.0;

/// Opaque pixels. What lies outside of them has one colour.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<Pixel>,
    beyond: Pixel,
}

/// Where the ground lies: its upper left corner in pixels of the picture, and how many of these one of its own covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// To the right.
    pub left: f64,
    /// Down.
    pub top: f64,
    /// 1 where nothing is scaled.
    pub scale: f64,
}

impl Default for Place {
    fn default() -> Self {
        Self { left: 0.0, top: 0.0, scale: 1.0 }
    }
}

impl Picture {
    /// Of one colour.
    #[must_use]
    pub fn plain(color: [u8; 4]) -> Self {
        Self { beyond: Pixel::from_le_bytes(color), ..Self::default() }
    }

    /// From an opaque image as the browser gives it, `width` pixels wide; `beyond` is what lies outside.
    #[must_use]
    pub fn of(bytes: &[u8], width: usize, beyond: [u8; 4]) -> Self {
        let pixels: Vec<Pixel> =
            bytes.as_chunks().0.iter().map(|pixel| Pixel::from_le_bytes(*pixel)).collect();
        let height = pixels.len().checked_div(width).unwrap_or(0);
        Self { width, height, pixels, beyond: Pixel::from_le_bytes(beyond) }
    }

    /// Fills a picture `width` pixels wide.
    pub(super) fn lay(&self, picture: &mut [Pixel], width: usize, place: Place) {
        // Half a pixel is not worth a blurred picture.
        let is_scaled = (place.scale - 1.0).abs() * self.width as f64 > 0.5;
        let rows = picture.chunks_exact_mut(width.max(1)).enumerate();
        if is_scaled {
            let mut band = Band { between: Vec::new(), y: f64::NAN };
            for (y, row) in rows {
                self.scale_row(row, y, place, &mut band);
            }
            return;
        }
        let (left, top) = (place.left.round() as i64, place.top.round() as i64);
        for (y, row) in rows {
            let from = usize::try_from(y as i64 - top).ok().and_then(|y| self.row(y));
            copy_row(row, from.unwrap_or_default(), left, self.beyond);
        }
    }

    fn row(&self, y: usize) -> Option<&[Pixel]> {
        self.pixels.get(y * self.width..(y + 1) * self.width).filter(|row| !row.is_empty())
    }

    /// One row of a scaled ground, between the two of its own that it lies between.
    fn scale_row(&self, row: &mut [Pixel], y: usize, place: Place, band: &mut Band) {
        let own_y = (y as f64 + 0.5 - place.top) / place.scale - 0.5;
        let last = self.height as f64 - 1.0;
        if self.width < 2 || own_y < -0.5 || own_y > last + 0.5 {
            return row.fill(self.beyond);
        }
        let own_y = own_y.clamp(0.0, last);
        if band.y != own_y {
            band.y = own_y;
            let first = own_y as usize;
            let rows = self.row(first).zip(self.row(first + 1).or_else(|| self.row(first)));
            let Some((first, second)) = rows else { return };
            mix_rows(&mut band.between, first, second, (own_y.fract() * 256.0) as u32);
        }
        let step = 1.0 / place.scale;
        let begin = (0.5 - place.left) * step - 0.5;
        // The part of the row that lies on the ground.
        let inside = |at: f64| at.clamp(0.0, row.len() as f64) as usize;
        let from = inside((-begin / step).ceil());
        let until = inside(((self.width as f64 - 1.001 - begin) / step).floor() + 1.0).max(from);
        row[..from].fill(self.beyond);
        row[until..].fill(self.beyond);
        let (step, mut at) = ((step * ONE) as u32, ((begin + from as f64 * step) * ONE) as u32);
        for block in row[from..until].chunks_mut(BLOCK) {
            let places: [u32; BLOCK] = std::array::from_fn(|lane| at + step * lane as u32);
            let pixel = |at: u32| band.between.get(at as usize).copied().unwrap_or(self.beyond);
            let (left, right): (Block, Block) =
                (places.map(|at| pixel(at >> 16)), places.map(|at| pixel((at >> 16) + 1)));
            let mixed = between(left, right, places.map(|at| (at & 0xffff) >> 8));
            block.copy_from_slice(&mixed[..block.len()]);
            at += step * BLOCK as u32;
        }
    }
}

/// A row between two of the ground's.
struct Band {
    between: Vec<Pixel>,
    /// Where it lies.
    y: f64,
}

fn mix_rows(mixed: &mut Vec<Pixel>, first: &[Pixel], second: &[Pixel], share: u32) {
    mixed.clear();
    let ((first, first_rest), (second, second_rest)) =
        (first.as_chunks::<BLOCK>(), second.as_chunks::<BLOCK>());
    for (first, second) in first.iter().zip(second) {
        mixed.extend(between(*first, *second, [share; BLOCK]));
    }
    for (first, second) in first_rest.iter().zip(second_rest) {
        mixed.push(between([*first; BLOCK], [*second; BLOCK], [share; BLOCK])[0]);
    }
}

/// Copies a row that begins at `left`.
fn copy_row(row: &mut [Pixel], from: &[Pixel], left: i64, beyond: Pixel) {
    let width = row.len() as i64;
    let begin = left.clamp(0, width) as usize;
    let end = (left + from.len() as i64).clamp(begin as i64, width) as usize;
    let first = begin as i64 - left;
    row[..begin].fill(beyond);
    row[end..].fill(beyond);
    if let Some(from) = usize::try_from(first).ok().and_then(|at| from.get(at..at + end - begin)) {
        row[begin..end].copy_from_slice(from);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BEYOND: [u8; 4] = [9, 9, 9, 255];

    /// 4 × 3, each pixel with its column in red and its row in green.
    fn ground() -> Picture {
        let pixels: Vec<[u8; 4]> = (0..12).map(|at| [at % 4 * 40, at / 4 * 40, 0, 255]).collect();
        Picture::of(pixels.as_flattened(), 4, BEYOND)
    }

    fn laid(width: usize, height: usize, place: Place) -> Vec<[u8; 4]> {
        let mut picture = vec![0; width * height];
        ground().lay(&mut picture, width, place);
        picture.into_iter().map(Pixel::to_le_bytes).collect()
    }

    #[test]
    fn a_dragged_ground_is_copied_and_ends_in_what_lies_beyond() {
        let at = |left, top| laid(3, 2, Place { left, top, scale: 1.0 });
        let pixel = |x: u8, y: u8| [x * 40, y * 40, 0, 255];
        let want = [pixel(1, 1), pixel(2, 1), pixel(3, 1), pixel(1, 2), pixel(2, 2), pixel(3, 2)];
        assert_eq!(at(-1.0, -1.0), want);
        let want = [BEYOND, BEYOND, BEYOND, BEYOND, BEYOND, pixel(0, 0)];
        assert_eq!(at(2.0, 1.0), want);
        assert_eq!(at(-9.0, 0.0), [BEYOND; 6]);
        assert_eq!(at(0.0, 9.0), [BEYOND; 6]);
    }

    #[test]
    fn a_zoomed_ground_runs_evenly_between_its_pixels() {
        let picture = laid(8, 1, Place { left: 0.0, top: 0.0, scale: 2.0 });
        let reds: Vec<u8> = picture.iter().map(|pixel| pixel[0]).collect();
        assert_eq!(reds, [9, 10, 30, 50, 70, 90, 110, 9]);
    }

    proptest! {
        /// Whatever its place, nothing is read outside, and every pixel is the ground's or that beyond.
        #[test]
        fn any_place_fills_the_picture(
            left in -30.0..30.0, top in -30.0..30.0, zoom in -3.0..3.0f64, width in 1usize..20, height in 1usize..20,
        ) {
            let picture = laid(width, height, Place { left, top, scale: zoom.exp2() });
            prop_assert!(picture.iter().all(|pixel| pixel[3] == 255));
        }
    }
}
