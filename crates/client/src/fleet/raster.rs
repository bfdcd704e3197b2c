//! An image in memory into which pictures of vehicles are stamped, so that ten thousand of them are one call of the browser.
//!
//! Pixels are red, green, blue and alpha, each pixel one number, because WASM would load and store its bytes one by one. While
//! it is stamped the image is multiplied by its alpha: laying a pixel over another one is then the same few steps for all.

/// One pixel: red is its lowest byte, alpha its highest.
type Pixel = u32;

/// Red and blue, or shifted green and alpha, each with room above it for a product.
const PAIR: u32 = 0xff_00ff;

/// Pictures side by side, all of one size.
#[derive(Clone, Debug)]
pub struct Sheet {
    cell: usize,
    columns: usize,
    /// Row by row of each picture, picture by picture.
    pixels: Vec<Pixel>,
    /// For each row of each picture, the part that is not empty.
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
        let mut sheet = Self { cell, columns, pixels: Vec::new(), spans: Vec::new() };
        sheet.pixels.reserve_exact(cell * cell * columns * rows);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |at| (row, at))) {
            for line in 0..cell {
                let from = (row * cell + line) * width + column * cell;
                let line = image.get(from..from + cell).unwrap_or_default();
                sheet.pixels.extend_from_slice(line);
                sheet.pixels.resize(sheet.spans.len() * cell + cell, 0);
                let is_seen = |pixel: &Pixel| *pixel > 0;
                let first = line.iter().position(is_seen).unwrap_or(0);
                let end = line.iter().rposition(is_seen).map_or(first, |last| last + 1);
                sheet.spans.push((first as u16, end as u16));
            }
        }
        sheet
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
        for pixel in &mut self.pixels {
            let alpha = *pixel >> 24;
            if alpha > 0 && alpha < 255 {
                *pixel = divided(*pixel, alpha);
            }
        }
        bytemuck::cast_slice(&self.pixels)
    }

    /// Puts a picture with its upper left corner at a pixel. What is outside is cut.
    pub fn stamp(&mut self, sheet: &Sheet, sprite: Sprite, left: i32, top: i32) {
        let cell = sheet.cell;
        let first_span = (sprite.row * sheet.columns + sprite.column) * cell;
        let Some(spans) = sheet.spans.get(first_span..first_span + cell) else { return };
        let (width, height) = (self.width as i32, self.height as i32);
        let first_line = top.min(0).unsigned_abs() as usize;
        let end_line = (height - top).clamp(0, cell as i32) as usize;
        for line in first_line..end_line {
            let (first, end) = spans[line];
            let from = i32::from(first).max(-left);
            let to = i32::from(end).min(width - left);
            if from >= to {
                continue;
            }
            let source = (first_span + line) * cell;
            let target = ((top + line as i32) * width + left + from) as usize;
            let above = sheet.pixels.get(source + from as usize..source + to as usize);
            let below = self.pixels.get_mut(target..target + (to - from) as usize);
            let Some((below, above)) = below.zip(above) else { continue };
            for (below, above) in below.iter_mut().zip(above) {
                *below = over(*below, *above);
            }
        }
    }
}

/// Lays a pixel over another one.
fn over(below: Pixel, above: Pixel) -> Pixel {
    let alpha = above >> 24;
    let rest = 256 - (alpha + (alpha >> 7)); // 0 under an opaque one, 256 under none
    let red_blue = (below & PAIR) * rest + 0x80_0080;
    let green_alpha = ((below >> 8) & PAIR) * rest + 0x80_0080;
    above + ((red_blue >> 8) & PAIR) + (green_alpha & !PAIR)
}

fn multiplied([red, green, blue, alpha]: [u8; 4]) -> Pixel {
    let by_alpha = |color: u8| ((u32::from(color) * u32::from(alpha) + 127) / 255) as u8;
    Pixel::from_le_bytes([by_alpha(red), by_alpha(green), by_alpha(blue), alpha])
}

fn divided(pixel: Pixel, alpha: u32) -> Pixel {
    let [red, green, blue, _] = pixel.to_le_bytes();
    // One division serves all three.
    let factor = (255 << 16) / alpha;
    let by_alpha = |color: u8| ((u32::from(color) * factor + 0x8000) >> 16) as u8;
    Pixel::from_le_bytes([by_alpha(red), by_alpha(green), by_alpha(blue), alpha as u8])
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
