//! An image in memory into which pictures of vehicles are stamped, so that ten thousand of them are one call of the browser.
//!
//! While it is stamped the image is multiplied by its alpha: laying a pixel over another one is then the same few steps for
//! all of its bytes, and several pixels take them at once.

use wide::u32x4;

/// One pixel: red is its lowest byte, alpha its highest.
type Pixel = u32;

/// Pixels that are laid over others in one go.
const BLOCK: usize = 4;
type Block = [Pixel; BLOCK];

/// Red and blue, or shifted green and alpha, each with room above it for a product.
const PAIR: u32 = 0xff_00ff;

/// Pictures side by side, all of one size.
#[derive(Clone, Debug)]
pub struct Sheet {
    cell: usize,
    columns: usize,
    /// Blocks of a line of a picture; its last may reach beyond the picture, where it is empty.
    blocks_across: usize,
    /// Line by line of each picture, picture by picture.
    blocks: Vec<Block>,
    /// For each line of each picture, the blocks that are not empty.
    spans: Vec<(u16, u16)>,
}

/// A picture of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sprite {
    /// Its column.
    pub column: usize,
    /// Its row.
    pub row: usize,
}

impl Sheet {
    /// From an image `columns` × `rows` cells large, as the browser gives it.
    #[must_use]
    pub fn of(bytes: &[u8], cell: usize, columns: usize, rows: usize) -> Self {
        let (image, _rest) = bytes.as_chunks::<4>();
        let image: Vec<Pixel> = image.iter().map(|pixel| multiplied(*pixel)).collect();
        let width = cell * columns;
        let blocks_across = cell.div_ceil(BLOCK);
        let mut blocks = Vec::with_capacity(blocks_across * cell * columns * rows);
        let mut spans = Vec::with_capacity(cell * columns * rows);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |at| (row, at))) {
            for line in 0..cell {
                let from = (row * cell + line) * width + column * cell;
                let mut line = image.get(from..from + cell).unwrap_or_default().to_vec();
                line.resize(blocks_across * BLOCK, 0);
                let line = line.as_chunks().0;
                let is_seen = |block: &Block| *block != [0; BLOCK];
                let first = line.iter().position(is_seen).unwrap_or(0);
                let end = line.iter().rposition(is_seen).map_or(first, |last| last + 1);
                spans.push((first as u16, end as u16));
                blocks.extend_from_slice(line);
            }
        }
        Self { cell, columns, blocks_across, blocks, spans }
    }

    /// Pixels of a picture's side.
    #[must_use]
    pub fn cell(&self) -> usize {
        self.cell
    }
}

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    width: usize,
    height: usize,
    pixels: Vec<Pixel>,
}

impl Raster {
    /// Makes it empty, of this size. Allocates only where it grows.
    pub fn clear(&mut self, width: usize, height: usize) {
        self.width = width;
        self.height = height;
        self.pixels.resize(width * height, 0);
        self.pixels.fill(0);
    }

    /// Its bytes, row by row, not multiplied, as the browser's `ImageData` has them. Ends the stamping: what follows is
    /// [`Self::clear`].
    pub fn finish(&mut self) -> &[u8] {
        // Only of what is half seen do the two forms differ.
        let is_half_seen = |pixel: Pixel| pixel.wrapping_sub(1 << 24) < 254 << 24;
        for pixel in self.pixels.iter_mut().filter(|pixel| is_half_seen(**pixel)) {
            *pixel = divided(*pixel);
        }
        bytemuck::cast_slice(&self.pixels)
    }

    /// Puts a picture with its upper left corner at a pixel. What is outside is cut.
    pub fn stamp(&mut self, sheet: &Sheet, sprite: Sprite, left: i32, top: i32) {
        let cell = sheet.cell;
        let first_span = (sprite.row * sheet.columns + sprite.column) * cell;
        let Some(spans) = sheet.spans.get(first_span..first_span + cell) else { return };
        let (width, height) = (self.width as i32, self.height as i32);
        let is_inside = left >= 0 && left + (sheet.blocks_across * BLOCK) as i32 <= width;
        let first_line = top.min(0).unsigned_abs() as usize;
        let end_line = (height - top).clamp(0, cell as i32) as usize;
        let lines = spans.iter().enumerate().take(end_line).skip(first_line);
        for (line, (first, end)) in lines {
            let (first, end) = (usize::from(*first), usize::from(*end));
            let blocks = (first_span + line) * sheet.blocks_across;
            let Some(above) = sheet.blocks.get(blocks + first..blocks + end) else { return };
            let left = left + (first * BLOCK) as i32;
            let row = (top + line as i32) * width;
            if is_inside {
                let from = (row + left) as usize;
                let below = self.pixels.get_mut(from..from + above.len() * BLOCK);
                let below = below.unwrap_or_default().as_chunks_mut().0;
                for (below, above) in below.iter_mut().zip(above) {
                    *below = over(*below, *above);
                }
            } else {
                self.cut(above, left, row);
            }
        }
    }

    /// Lays a line of which part may be outside.
    fn cut(&mut self, above: &[Block], left: i32, row: i32) {
        for (pixel, x) in above.as_flattened().iter().zip(left..) {
            let is_inside = (0..self.width as i32).contains(&x);
            let below = is_inside.then(|| self.pixels.get_mut((row + x) as usize)).flatten();
            if let Some(below) = below {
                [*below, ..] = over([*below, 0, 0, 0], [*pixel, 0, 0, 0]);
            }
        }
    }
}

/// Lays pixels over others.
fn over(below: Block, above: Block) -> Block {
    let (below, above) = (u32x4::new(below), u32x4::new(above));
    let pair = u32x4::splat(PAIR);
    let half = u32x4::splat(0x80_0080);
    let alpha = above >> 24_u32;
    let rest = u32x4::splat(256) - (alpha + (alpha >> 7_u32)); // 0 under an opaque one, 256 under none
    let red_blue = (below & pair) * rest + half;
    let green_alpha = ((below >> 8_u32) & pair) * rest + half;
    (above + ((red_blue >> 8_u32) & pair) + (green_alpha & !pair)).to_array()
}

fn multiplied([red, green, blue, alpha]: [u8; 4]) -> Pixel {
    let by_alpha = |color: u8| ((u32::from(color) * u32::from(alpha) + 127) / 255) as u8;
    Pixel::from_le_bytes([by_alpha(red), by_alpha(green), by_alpha(blue), alpha])
}

fn divided(pixel: Pixel) -> Pixel {
    let [red, green, blue, alpha] = pixel.to_le_bytes();
    // One division serves all three.
    let factor = (255 << 16) / u32::from(alpha).max(1);
    let by_alpha = |color: u8| ((u32::from(color) * factor + 0x8000) >> 16) as u8;
    Pixel::from_le_bytes([by_alpha(red), by_alpha(green), by_alpha(blue), alpha])
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

    fn drawn(stamps: &[(usize, i32, i32)]) -> Vec<[u8; 4]> {
        let mut raster = Raster::default();
        raster.clear(3, 2);
        for (column, left, top) in stamps {
            raster.stamp(&sheet(), Sprite { column: *column, row: 0 }, *left, *top);
        }
        raster.finish().as_chunks::<4>().0.to_vec()
    }

    #[test]
    fn a_stamp_lands_where_it_is_put_and_is_cut_at_the_edges() {
        let (red, none) = ([255, 0, 0, 255], [0; 4]);
        assert_eq!(drawn(&[(0, 1, 0)]), [none, none, red, none, red, red]);
        assert_eq!(drawn(&[(0, -1, 1)]), [none, none, none, red, none, none]);
        assert_eq!(drawn(&[(0, 2, -1)]), [none, none, red, none, none, none]);
        assert_eq!(drawn(&[(0, 9, 9), (7, 0, 0)]), [none; 6]);
    }

    #[test]
    fn what_is_half_seen_mixes_with_what_lies_below() {
        let pixels = drawn(&[(0, 0, 0), (1, 0, 0)]);
        assert_eq!(pixels[0], [0, 0, 255, 128], "nothing below");
        assert_eq!(pixels[1], [127, 0, 128, 255], "half of the red below");
    }
}
