//! An image in memory: the ground of the map, onto which pictures of vehicles are stamped, so that forty thousand of them are one
//! call of the browser, and one opaque layer of the page.
//!
//! Pictures are multiplied by their alpha: laying a pixel over another one is then the same few steps for all of its bytes, and
//! several pixels take them at once.

use super::Seen;
use super::glyphs::Glyphs;
use super::picture::{Picture, Place};
use super::pixel::{BLOCK, Block, Pixel, multiplied, over};

/// Rows of the image that are filled before the next: so many stay in a processor's cache.
const BAND: i32 = 32;

/// Pictures side by side, all of one size.
#[derive(Clone, Debug)]
pub struct Sheet {
    cell: usize,
    /// What is not empty, line by line of each picture, picture by picture.
    pieces: Vec<Piece>,
    /// Where in the pieces each line of each picture begins, and where the last one ends.
    lines: Vec<u32>,
}

/// A block of a picture.
#[derive(Clone, Copy, Debug)]
struct Piece {
    block: Block,
    /// Its line.
    line: u16,
    /// Its first pixel in the line.
    left: u16,
    /// All below it is hidden.
    hides: bool,
}

/// A picture with its upper left corner at a pixel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    /// Its number on the sheet.
    pub(super) sprite: u32,
    pub(super) left: i32,
    pub(super) top: i32,
}

impl Sheet {
    /// From an image `columns` × `rows` cells large, as the browser gives it.
    #[must_use]
    pub fn of(bytes: &[u8], cell: usize, columns: usize, rows: usize) -> Self {
        let (image, _rest) = bytes.as_chunks::<4>();
        let image: Vec<Pixel> = image.iter().map(|pixel| multiplied(*pixel)).collect();
        let width = cell * columns;
        let mut sheet = Self { cell, pieces: Vec::new(), lines: vec![0] };
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |at| (row, at))) {
            for line in 0..cell {
                let from = (row * cell + line) * width + column * cell;
                let pixels = image.get(from..from + cell).unwrap_or_default();
                sheet.push(pixels, line as u16);
                sheet.lines.push(sheet.pieces.len() as u32);
            }
        }
        sheet
    }

    /// Takes a line of a picture, from its first pixel that is seen to its last.
    fn push(&mut self, line: &[Pixel], number: u16) {
        let first = line.iter().position(|pixel| *pixel != 0).unwrap_or(line.len());
        let end = line.iter().rposition(|pixel| *pixel != 0).map_or(first, |last| last + 1);
        for (index, pixels) in line[first..end].chunks(BLOCK).enumerate() {
            let mut block = [0; BLOCK];
            block[..pixels.len()].copy_from_slice(pixels);
            self.pieces.push(Piece {
                block,
                line: number,
                left: (first + index * BLOCK) as u16,
                hides: block.iter().all(|pixel| pixel >> 24 == 255),
            });
        }
    }

    /// Pixels of a picture's side.
    #[must_use]
    pub fn cell(&self) -> usize {
        self.cell
    }

    /// The pieces of some lines of a picture.
    fn pieces(&self, sprite: u32, from: usize, end: usize) -> &[Piece] {
        let first = sprite as usize * self.cell;
        let at = |line: usize| self.lines.get(first + line).map(|at| *at as usize);
        let range = at(from).zip(at(end)).and_then(|(from, end)| self.pieces.get(from..end));
        range.unwrap_or_default()
    }
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
    pub fn stamp(&mut self, glyphs: &Glyphs, seen: &[Seen], but: Option<usize>) {
        let mut stamps = std::mem::take(&mut self.stamps);
        stamps.clear();
        let others = seen.iter().filter(|seen| but != Some(seen.index as usize));
        stamps.extend(others.map(|seen| glyphs.stamp(seen)));
        self.put(&glyphs.sheet, &stamps);
        self.stamps = stamps;
    }

    fn put(&mut self, sheet: &Sheet, stamps: &[Stamp]) {
        let mut sorted = std::mem::take(&mut self.sorted);
        let ends = into_bands(stamps, &mut sorted, sheet.cell as i32, self.height as i32);
        let mut from = 0;
        for (band, end) in (0..).zip(ends) {
            let rows = (band * BAND, ((band + 1) * BAND).min(self.height as i32));
            for stamp in sorted.get(from..end).unwrap_or_default() {
                self.stamp_rows(sheet, *stamp, rows);
            }
            from = end;
        }
        self.sorted = sorted;
    }

    /// Draws what of a picture lies in some rows of the image.
    fn stamp_rows(&mut self, sheet: &Sheet, stamp: Stamp, (from, end): (i32, i32)) {
        let Stamp { sprite, left, top } = stamp;
        let cell = sheet.cell as i32;
        let lines = ((from - top).clamp(0, cell) as usize, (end - top).clamp(0, cell) as usize);
        let pieces = sheet.pieces(sprite, lines.0, lines.1);
        let is_inside = left >= 0 && left + cell + BLOCK as i32 <= self.width as i32;
        if !is_inside {
            return pieces.iter().for_each(|piece| self.cut(piece, left, top));
        }
        // Where it would begin, were it not cut above: added to the rest it is inside again.
        let corner = (top as isize * self.width as isize + left as isize) as usize;
        for piece in pieces {
            let offset = usize::from(piece.line) * self.width + usize::from(piece.left);
            let at = corner.wrapping_add(offset);
            let below = self.pixels.get_mut(at..).and_then(|pixels| pixels.first_chunk_mut());
            let Some(below) = below else { return };
            *below = if piece.hides { piece.block } else { over(*below, piece.block) };
        }
    }

    /// Draws a piece of which part may be outside.
    fn cut(&mut self, piece: &Piece, left: i32, top: i32) {
        let row = (top + i32::from(piece.line)) * self.width as i32;
        for (pixel, x) in piece.block.iter().zip(left + i32::from(piece.left)..) {
            let is_inside = (0..self.width as i32).contains(&x);
            let below = is_inside.then(|| self.pixels.get_mut((row + x) as usize)).flatten();
            if let Some(below) = below {
                [*below, ..] = over([*below, 0, 0, 0], [*pixel, 0, 0, 0]);
            }
        }
    }
}

/// Sorts stamps by the band that they lie in, else leaving their order; who lies in two comes twice. Where each band ends.
fn into_bands(stamps: &[Stamp], sorted: &mut Vec<Stamp>, cell: i32, height: i32) -> Vec<usize> {
    let last = (height - 1).max(0) / BAND;
    let bands = |stamp: &Stamp| {
        let (top, bottom) = (stamp.top.div_euclid(BAND), (stamp.top + cell - 1).div_euclid(BAND));
        (top.max(0)..=bottom.min(last)).map(|band| band as usize)
    };
    let mut ends = vec![0; last as usize + 1];
    for band in stamps.iter().flat_map(bands) {
        ends[band] += 1;
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
            sorted[ends[band]] = *stamp;
            ends[band] += 1;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
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
        let pixels: Vec<[u8; 4]> = (0..18 * 18).map(dot).collect();
        let sheet = Sheet::of(pixels.as_flattened(), 18, 1, 1);
        let stamp = |at| Stamp { sprite: 0, left: at * 37 % 130 - 25, top: at * 53 % 150 - 25 };
        let stamps: Vec<Stamp> = (0..600).map(stamp).collect();
        let mut raster = Raster::default();
        raster.begin(SIZE, &Picture::plain([100, 100, 100, 255]), Place::default());
        let mut plain = raster.clone();
        raster.put(&sheet, &stamps);
        for Stamp { left, top, .. } in stamps {
            for (at, pixel) in (0..).zip(&pixels) {
                let (x, y) = (left + at % 18, top + at / 18);
                if (0..SIZE.0 as i32).contains(&x) && (0..SIZE.1 as i32).contains(&y) {
                    let below = &mut plain.pixels[y as usize * SIZE.0 + x as usize];
                    [*below, ..] = over([*below, 0, 0, 0], [multiplied(*pixel), 0, 0, 0]);
                }
            }
        }
        assert_eq!(raster.bytes(), plain.bytes());
    }
}
