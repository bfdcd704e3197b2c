//! Geohashes: base-32 names of nested cells, as OpenSearch's `geohash_grid` and geo points write them.

use crate::{Bounds, LonLat};

/// The longest geohash that is written or read.
pub const MAX_LENGTH: usize = 12;

const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// A text that is no geohash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no geohash: \"{0}\"; 1 to 12 of 0-9 b-h j k m n p-z are needed")]
pub struct NoGeohash(pub String);

/// The geohash of the position, with 1 to 12 characters (other lengths are brought into that range).
pub fn encode(at: LonLat, length: usize) -> String {
    name(number(at, length), length)
}

/// The cell of the position as a number: five bits a character, in the order of the names.
#[must_use]
pub fn number(at: LonLat, length: usize) -> u64 {
    let bits = interleave(cell(at.lon(), 360.0), cell(at.lat(), 180.0));
    bits >> (64 - 5 * length.clamp(1, MAX_LENGTH))
}

/// The geohash that [`number`] gives with the same length.
#[must_use]
pub fn name(number: u64, length: usize) -> String {
    let length = length.clamp(1, MAX_LENGTH);
    (1..=length)
        .map(|place| char::from(ALPHABET[(number >> (5 * (length - place)) & 31) as usize]))
        .collect()
}

/// The cell that a geohash names; capital letters are read too.
pub fn decode(geohash: &str) -> Result<Bounds, NoGeohash> {
    let wrong = || NoGeohash(geohash.to_owned());
    if geohash.is_empty() || geohash.len() > MAX_LENGTH {
        return Err(wrong());
    }
    let mut steps = [(0_u64, 0_u32); 2];
    let mut axis = 0;
    for letter in geohash.bytes() {
        let letter = letter.to_ascii_lowercase();
        let value = ALPHABET.iter().position(|&known| known == letter).ok_or_else(wrong)?;
        for bit in (0..5).rev() {
            let (cell, depth) = steps[axis];
            steps[axis] = (cell << 1 | (value >> bit & 1) as u64, depth + 1);
            axis = 1 - axis;
        }
    }
    let edge = |axis: usize, step: u64, span: f64| {
        let (cell, depth) = steps[axis];
        (cell + step) as f64 / (1_u64 << depth) as f64 * span - span / 2.0
    };
    Bounds::new(edge(0, 0, 360.0), edge(1, 0, 180.0), edge(0, 1, 360.0), edge(1, 1, 180.0))
        .map_err(|_never: crate::NoBounds| wrong())
}

/// The number of the 2³⁰ slices of the axis that holds the value.
fn cell(degrees: f64, span: f64) -> u64 {
    let slices = f64::from(1_u32 << 30);
    ((degrees / span + 0.5) * slices).floor().clamp(0.0, slices - 1.0) as u64
}

/// 60 bits, longitude first, most significant first; shifted to the top of the word.
fn interleave(lon: u64, lat: u64) -> u64 {
    let bits = (0..30)
        .rev()
        .fold(0, |bits, place| bits << 2 | (lon >> place & 1) << 1 | (lat >> place & 1));
    bits << 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_hashes() {
        for (lon, lat, length, expected) in [
            (-5.6, 42.6, 5, "ezs42"),
            (10.407_44, 57.649_11, 11, "u4pruydqqvj"),
            (-122.4194, 37.7749, 6, "9q8yyk"),
            (180.0, 90.0, 3, "zzz"),
            (-180.0, -90.0, 3, "000"),
            (0.0, 0.0, 1, "s"),
        ] {
            assert_eq!(encode(LonLat::new(lon, lat).unwrap(), length), expected);
        }
    }

    #[test]
    fn what_is_no_geohash_is_refused() {
        for text in ["", "a", "ezs4i", "0123456789012", "é"] {
            assert_eq!(decode(text), Err(NoGeohash(text.to_owned())));
        }
        assert_eq!(decode("EZS42"), decode("ezs42"));
    }

    proptest! {
        #[test]
        fn the_cell_holds_the_position(lon in -180.0_f64..180.0, lat in -90.0_f64..90.0, length in 1_usize..=12) {
            let at = LonLat::new(lon, lat).unwrap();
            let geohash = encode(at, length);
            prop_assert_eq!(geohash.len(), length);
            let cell = decode(&geohash).unwrap();
            prop_assert!(cell.contains(at), "{cell:?} {at:?}");
            prop_assert_eq!(encode(cell.center(), length), geohash);
        }
    }
}
