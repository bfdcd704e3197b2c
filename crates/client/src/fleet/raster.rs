//! An image in memory into which pictures of vehicles are stamped, so that ten thousand of them are one call of the browser.
//!
//! Pixels are red, green, blue and alpha, not multiplied, as the browser's `ImageData` has them.

/// One pixel.
type Pixel = [u8; 4];

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
        let width = cell * columns;
        let mut sheet = Self { cell, columns, pixels: Vec::new(), spans: Vec::new() };
        sheet.pixels.reserve_exact(cell * cell * columns * rows);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |at| (row, at))) {
            for line in 0..cell {
                let from = (row * cell + line) * width + column * cell;
                let line = image.get(from..from + cell).unwrap_or_default();
                sheet.pixels.extend_from_slice(line);
                sheet.pixels.resize(sheet.spans.len() * cell + cell, [0; 4]);
                let is_seen = |pixel: &Pixel| pixel[3] > 0;
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
        self.pixels.clear();
        self.pixels.resize(width * height, [0; 4]);
    }

    /// Its bytes, row by row.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    /// Puts a picture with its upper left corner at a pixel. What is outside is cut.
    pub fn stamp(&mut self, sheet: &Sheet, sprite: Sprite, left: i64, top: i64) {
        let cell = sheet.cell;
        let first_span = (sprite.row * sheet.columns + sprite.column) * cell;
        let Some(spans) = sheet.spans.get(first_span..first_span + cell) else { return };
        for (line, (first, end)) in spans.iter().enumerate() {
            let y = top + line as i64;
            if y < 0 || y >= self.height as i64 {
                continue;
            }
            let from = i64::from(*first).max(-left);
            let to = i64::from(*end).min(self.width as i64 - left);
            if from >= to {
                continue;
            }
            let source = (first_span + line) * cell;
            let target = y as usize * self.width;
            let above = sheet.pixels.get(source + from as usize..source + to as usize);
            let range = target + (left + from) as usize..target + (left + to) as usize;
            let Some((below, above)) = self.pixels.get_mut(range).zip(above) else { continue };
            for (below, above) in below.iter_mut().zip(above) {
                over(below, *above);
            }
        }
    }
}

/// Lays a pixel over another one.
fn over(below: &mut Pixel, above: Pixel) {
    match above[3] {
        0 => {}
        255 => *below = above,
        _ if below[3] == 0 => *below = above,
        alpha => {
            let alpha = u32::from(alpha);
            let rest = u32::from(below[3]) * (255 - alpha) / 255;
            let sum = alpha + rest;
            for (under, color) in below.iter_mut().zip(above).take(3) {
                let mixed = (u32::from(color) * alpha + u32::from(*under) * rest + sum / 2) / sum;
                *under = mixed as u8;
            }
            below[3] = sum as u8;
        }
    }
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

    fn drawn(stamps: &[(usize, i64, i64)]) -> Vec<[u8; 4]> {
        let mut raster = Raster::default();
        raster.clear(3, 2);
        for (column, left, top) in stamps {
            raster.stamp(&sheet(), Sprite { column: *column, row: 0 }, *left, *top);
        }
        raster.bytes().as_chunks::<4>().0.to_vec()
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
