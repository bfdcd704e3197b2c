//! How wide text is, from Inter's own advances: no browser is asked, so layout is the same everywhere.

mod advances;

use advances::{ASCII, Advance, LATIN_1, OTHERS};

/// What a character takes that Inter's latin set does not have, in 1/2048 em: ideographs and emoji are square.
const UNKNOWN: Advance = [2048, 2048];

/// Units per em of the table.
const EM: f64 = 2048.0;

/// Width of `text` at `size` px per em, with tabular figures and no kerning; `weight` as CSS has it.
#[must_use]
pub fn text_width(text: &str, size: f64, weight: f64) -> f64 {
    let bolder = ((weight - 400.0) / 200.0).clamp(-1.0, 2.5);
    let units = |character: char| {
        let [regular, semibold] = advance(character).map(f64::from);
        regular + (semibold - regular) * bolder
    };
    text.chars().map(units).sum::<f64>() * size / EM
}

/// `text`, or as much of its start as fits into `width` with an ellipsis.
#[must_use]
pub fn fit(text: &str, width: f64, size: f64, weight: f64) -> String {
    if text_width(text, size, weight) <= width {
        return text.to_owned();
    }
    let room = width - text_width("…", size, weight);
    let mut taken = 0.0;
    let mut kept = String::new();
    for character in text.chars() {
        taken += text_width(character.encode_utf8(&mut [0; 4]), size, weight);
        if taken > room {
            break;
        }
        kept.push(character);
    }
    if kept.is_empty() {
        return kept;
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

fn advance(character: char) -> Advance {
    let code = character as usize;
    match code {
        0x20..=0x7e => ASCII[code - 0x20],
        0xa0..=0xff => LATIN_1[code - 0xa0],
        // Combining marks, and what other alphabets than latin need: about as wide as ours.
        0x300..=0x36f => [0, 0],
        0x100..=0x58f => [1240, 1290],
        _ => OTHERS
            .binary_search_by_key(&character, |(known, _)| *known)
            .map_or(UNKNOWN, |found| OTHERS[found].1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured in Chromium with tabular figures: five ones at 100 px are 324.21875 wide.
    #[test]
    fn widths_are_those_of_the_browser() {
        assert_eq!(text_width("11111", 100.0, 400.0), 324.218_75);
    }

    #[test]
    fn others_are_sorted_for_the_search() {
        assert!(OTHERS.is_sorted_by_key(|(character, _)| *character));
        assert!(text_width("€", 10.0, 400.0) < 8.0);
    }

    #[test]
    fn text_is_cut_to_its_room() {
        let check =
            |width, fitted: &str| assert_eq!(fit("North Beach", width, 11.0, 400.0), fitted);
        check(100.0, "North Beach");
        check(50.0, "North B…");
        check(44.0, "North…");
        check(3.0, "");
    }
}
