//! The pictures of vehicles as they are kept for stamping: without what is empty around them, and line by line in blocks of pixels
//! that are laid in one go.

use super::pixel::{BLOCK, Film, Pixel, multiplied};

/// Pictures side by side, all of one size.
#[derive(Clone, Debug)]
pub struct Sheet {
    cell: usize,
    pictures: Vec<Kept>,
    films: Vec<Film>,
}

/// What is kept of a picture: all between its first and last line and column that are not empty.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    corner: [u16; 2],
    films_a_line: u32,
    films: [u32; 2],
}

/// A picture of a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sprite<'a> {
    /// Empty columns before it, and empty lines.
    pub(super) corner: [u16; 2],
    /// At least 1.
    pub(super) films_a_line: usize,
    /// Line by line.
    pub(super) films: &'a [Film],
}

impl Sheet {
    /// From an image `columns` × `rows` cells large, as the browser gives it.
    #[must_use]
    pub fn of(bytes: &[u8], cell: usize, columns: usize, rows: usize) -> Self {
        let (image, _rest) = bytes.as_chunks::<4>();
        let image: Vec<Pixel> = image.iter().map(|pixel| multiplied(*pixel)).collect();
        let width = cell * columns;
        let mut sheet = Self { cell, pictures: Vec::new(), films: Vec::new() };
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |at| (row, at))) {
            let lines = (0..cell).map(|line| {
                let from = (row * cell + line) * width + column * cell;
                image.get(from..from + cell).unwrap_or_default()
            });
            sheet.push(&lines.collect::<Vec<_>>());
        }
        sheet
    }

    fn push(&mut self, lines: &[&[Pixel]]) {
        let is_seen = |pixel: &Pixel| *pixel != 0;
        let firsts = lines.iter().filter_map(|line| line.iter().position(is_seen));
        let lasts = lines.iter().filter_map(|line| line.iter().rposition(is_seen));
        let (left, right) = (firsts.min().unwrap_or(0), lasts.max().map_or(0, |last| last + 1));
        let is_line_seen = |line: &&[Pixel]| line.iter().any(is_seen);
        let top = lines.iter().position(is_line_seen).unwrap_or(0);
        let bottom = lines.iter().rposition(is_line_seen).map_or(0, |last| last + 1);
        let first = self.films.len() as u32;
        for pixels in lines[top..bottom].iter().flat_map(|line| line[left..right].chunks(BLOCK)) {
            let mut block = [0; BLOCK];
            block[..pixels.len()].copy_from_slice(pixels);
            self.films.push(Film::of(block));
        }
        self.pictures.push(Kept {
            corner: [left as u16, top as u16],
            films_a_line: (right - left).div_ceil(BLOCK) as u32,
            films: [first, self.films.len() as u32],
        });
    }

    /// Pixels of a picture's side.
    #[must_use]
    pub fn cell(&self) -> usize {
        self.cell
    }

    /// A picture by its number.
    #[inline]
    pub(super) fn sprite(&self, number: u32) -> Sprite<'_> {
        let kept = self.pictures.get(number as usize).copied().unwrap_or_default();
        let Kept { corner, films_a_line, films: [from, end] } = kept;
        let films = self.films.get(from as usize..end as usize).unwrap_or_default();
        Sprite { corner, films_a_line: films_a_line.max(1) as usize, films }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_around_a_picture_is_not_kept() {
        let mut image = [[0; 4]; 8 * 8];
        image[2 * 8 + 3] = [9, 9, 9, 128];
        image[4 * 8 + 7] = [9, 9, 9, 255];
        let sheet = Sheet::of(image.as_flattened(), 8, 1, 1);
        let Sprite { corner, films_a_line, films } = sheet.sprite(0);
        assert_eq!((corner, films_a_line, films.len()), ([3, 2], 2, 6));
        assert!(sheet.sprite(1).films.is_empty(), "there is but one");
    }
}
