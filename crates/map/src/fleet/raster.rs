//! An image in memory: the ground of the map, onto which pictures of vehicles are stamped, so that forty thousand of them are one
//! call of the browser, and one opaque layer of the page.
//!
//! Pictures are multiplied by their alpha: laying a pixel over another one is then the same few steps for all of its bytes, and
//! several pixels take them at once.

use super::Seen;
use super::glyphs::Glyphs;
use super::picture::{Picture, Place};
use super::pixel::{BLOCK, Film, Pixel};
use super::sheet::{Sheet, Sprite};

/// Rows of the image that are filled before the next: so many stay in a processor's cache.
const BAND: usize = 64;

/// A picture with its upper left corner at a pixel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    /// Its number on the sheet.
    pub(super) sprite: u32,
    pub(super) left: i32,
    pub(super) top: i32,
}

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    width: usize,
    height: usize,
    pixels: Vec<Pixel>,
    /// Kept only for their memory.
    stamps: Vec<Stamp>,
    sorted: Vec<Stamp>,
}

impl Raster {
    /// Begins with the ground at a place. Allocates only where it grows.
    #[inline(never)] // The crate says why.
    pub fn begin(&mut self, (width, height): (usize, usize), ground: &Picture, place: Place) {
        self.width = width;
        self.height = height;
        self.pixels.resize(width * height, 0);
        ground.lay(&mut self.pixels, width, place);
    }

    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [Pixel]> {
        self.pixels.chunks_exact_mut(self.width.max(1))
    }

    /// Its bytes, row by row, as the browser's `ImageData` has them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.pixels)
    }

    /// Puts the glyphs of vehicles where these are, each over those before it; that of one of them is left out. What is outside is
    /// cut.
    #[inline(never)] // The crate says why.
    pub fn stamp(&mut self, glyphs: &Glyphs, seen: &[Seen], but: Option<usize>) {
        let mut stamps = std::mem::take(&mut self.stamps);
        stamps.clear();
        let others = seen.iter().filter(|seen| but != Some(seen.index as usize));
        stamps.extend(others.map(|seen| glyphs.stamp(seen)));
        self.put(&glyphs.sheet, &stamps);
        self.stamps = stamps;
    }

    fn put(&mut self, sheet: &Sheet, stamps: &[Stamp]) {
        let size = (self.width as i32, self.height as i32);
        let ends = into_bands(stamps, &mut self.sorted, sheet.cell() as i32, size);
        let mut from = 0;
        let bands = self.pixels.chunks_mut((self.width * BAND).max(1));
        for (rows, end) in bands.zip(ends) {
            for stamp in self.sorted.get(from..end).unwrap_or_default() {
                lay(rows, self.width, sheet, *stamp);
            }
            from = end;
        }
    }
}

/// Lays a picture over rows; what is outside of them is cut.
#[inline]
fn lay(rows: &mut [Pixel], width: usize, sheet: &Sheet, Stamp { sprite, left, top }: Stamp) {
    let Sprite { corner, films_a_line, films } = sheet.sprite(sprite);
    let (left, top) = (left + i32::from(corner[0]), top + i32::from(corner[1]));
    let above = (-top).max(0) as usize * films_a_line;
    let lines = films.get(above..).unwrap_or_default().chunks_exact(films_a_line);
    let first = top.max(0) as usize * width;
    let rows = rows.get_mut(first..).unwrap_or_default().chunks_exact_mut(width.max(1));
    let end = left + (films_a_line * BLOCK) as i32;
    if left < 0 || end > width as i32 {
        return rows.zip(lines).for_each(|(row, line)| cut(row, left, line));
    }
    for (row, line) in rows.zip(lines) {
        let Some(row) = row.get_mut(left as usize..end as usize) else { return };
        for (below, film) in row.as_chunks_mut().0.iter_mut().zip(line) {
            *below = film.over(*below);
        }
    }
}

/// Sorts stamps by the band that they lie in, where their tops are counted from; else their order is left. Who lies in two comes
/// twice, who lies outside not at all. Where each band ends.
fn into_bands(
    stamps: &[Stamp],
    sorted: &mut Vec<Stamp>,
    cell: i32,
    (width, height): (i32, i32),
) -> Vec<usize> {
    let rows = BAND as i32;
    let bands = |stamp: &Stamp| {
        let is_beside = stamp.left <= -cell || stamp.left >= width || stamp.top >= height;
        let height = if is_beside { 0 } else { height };
        let (top, bottom) = (stamp.top.max(0), (stamp.top + cell).clamp(0, height));
        top as usize / BAND..(bottom as usize).div_ceil(BAND)
    };
    let mut ends = vec![0; (height as usize).div_ceil(BAND)];
    for stamp in stamps {
        for band in bands(stamp) {
            ends[band] += 1;
        }
    }
    let mut from = 0;
    for end in &mut ends {
        from += std::mem::replace(end, from);
    }
    sorted.clear();
    sorted.resize(from, Stamp { sprite: 0, left: 0, top: 0 });
    // Each begins where the one before ends, and is moved on to its own end.
    for stamp in stamps {
        for band in bands(stamp) {
            let end = &mut ends[band];
            sorted[*end] = Stamp { top: stamp.top - band as i32 * rows, ..*stamp };
            *end += 1;
        }
    }
    ends
}

/// Lays a line of which part may be outside of its row.
fn cut(row: &mut [Pixel], left: i32, line: &[Film]) {
    for (film, x) in line.iter().flat_map(Film::singles).zip(left..) {
        if let Some(below) = usize::try_from(x).ok().and_then(|x| row.get_mut(x)) {
            [*below, ..] = film.over([*below; BLOCK]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pixel::{BLOCK, Film, multiplied};
    use super::*;

    /// Two pictures of 2 × 2: a full red one with an empty corner, and a half-seen blue one.
    fn sheet() -> Sheet {
        let red = [255, 0, 0, 255];
        let blue = [0, 0, 255, 128];
        let image = [[0; 4], red, blue, blue, red, red, blue, blue];
        Sheet::of(image.as_flattened(), 2, 2, 1)
    }

    const GREY: [u8; 4] = [100, 100, 100, 255];

    fn drawn(stamps: &[(u32, i32, i32)]) -> Vec<[u8; 4]> {
        let mut raster = Raster::default();
        raster.begin((3, 2), &Picture::plain(GREY), Place::default());
        let stamp = |&(sprite, left, top): &(u32, i32, i32)| Stamp { sprite, left, top };
        let stamps: Vec<Stamp> = stamps.iter().map(stamp).collect();
        raster.put(&sheet(), &stamps);
        raster.bytes().as_chunks::<4>().0.to_vec()
    }

    #[test]
    fn a_stamp_lands_where_it_is_put_and_is_cut_at_the_edges() {
        let red = [255, 0, 0, 255];
        assert_eq!(drawn(&[(0, 1, 0)]), [GREY, GREY, red, GREY, red, red]);
        assert_eq!(drawn(&[(0, -1, 1)]), [GREY, GREY, GREY, red, GREY, GREY]);
        assert_eq!(drawn(&[(0, 2, -1)]), [GREY, GREY, red, GREY, GREY, GREY]);
        assert_eq!(drawn(&[(0, 9, 9), (7, 0, 0)]), [GREY; 6]);
    }

    #[test]
    fn what_is_half_seen_mixes_with_what_lies_below() {
        let pixels = drawn(&[(0, 0, 0), (1, 0, 0)]);
        assert_eq!(pixels[0], [50, 50, 178, 255], "half of the ground below");
        assert_eq!(pixels[1], [127, 0, 128, 255], "half of the red below");
    }

    /// What is drawn band by band is what would be drawn picture by picture, pixel by pixel.
    #[test]
    fn bands_do_not_show() {
        const SIZE: (usize, usize) = (90, 110);
        let dot = |at: usize| {
            let (x, y) = ((at % 18) as f64 - 8.7, (at / 18) as f64 - 8.2);
            [200, 90, 10, ((5.5 - x.hypot(y)).clamp(0.0, 1.0) * 255.0) as u8]
        };
        let half_seen = |at: usize| [10, 90, 200, dot(at)[3] / 2];
        let pixels: Vec<[u8; 4]> = (0..18 * 36)
            .map(|at| (at / 36 * 18 + at % 18, at % 36 < 18))
            .map(|(at, is_dot)| if is_dot { dot(at) } else { half_seen(at) })
            .collect();
        let sheet = Sheet::of(pixels.as_flattened(), 18, 2, 1);
        let stamp = |at| Stamp {
            sprite: u32::from(at % 5 == 0),
            left: at * 37 % 130 - 25,
            top: at * 53 % 150 - 25,
        };
        let stamps: Vec<Stamp> = (0..600).map(stamp).collect();
        let mut raster = Raster::default();
        raster.begin(SIZE, &Picture::plain([100, 100, 100, 255]), Place::default());
        let mut plain = raster.clone();
        raster.put(&sheet, &stamps);
        for Stamp { sprite, left, top } in stamps {
            for at in 0..18 * 18 {
                let (x, y) = (left + at % 18, top + at / 18);
                if (0..SIZE.0 as i32).contains(&x) && (0..SIZE.1 as i32).contains(&y) {
                    let pixel = pixels[(at / 18 * 36 + at % 18) as usize + 18 * sprite as usize];
                    let below = &mut plain.pixels[y as usize * SIZE.0 + x as usize];
                    [*below, ..] = Film::of([multiplied(pixel); BLOCK]).over([*below; BLOCK]);
                }
            }
        }
        assert_eq!(raster.bytes(), plain.bytes());
    }
}
