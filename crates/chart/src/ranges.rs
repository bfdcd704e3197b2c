//! Ranges of values and their colours: from good to bad, or along the ramp.

use hailstream_protocol::visualization::{ColorRange, RangeColors};

use crate::palette::SEQUENCE;
use crate::theme::Token;

/// Less of the ramp than this is hardly seen as a text or an arc.
const FAINT: usize = 3;

/// The place of the range that holds a value; what lies beyond the ends belongs to the nearest.
#[must_use]
pub fn range_of(ranges: &[ColorRange], value: f64) -> Option<usize> {
    let last = ranges.len().checked_sub(1)?;
    let holds = |range: &ColorRange| range.from <= value && value < range.to;
    Some(ranges.iter().position(holds).unwrap_or_else(|| {
        if ranges.first().is_some_and(|first| value < first.from) { 0 } else { last }
    }))
}

/// The colour of the range at `place` among `count`. A single one has none of its own.
#[must_use]
pub fn range_color(place: usize, count: usize, colors: RangeColors, inverted: bool) -> Token {
    if count < 2 {
        return Token::Measure;
    }
    let place = if inverted { count - 1 - place.min(count - 1) } else { place.min(count - 1) };
    match colors {
        RangeColors::Meaning => [Token::Ok, Token::Warn, Token::Bad][place * 2 / (count - 1)],
        RangeColors::Sequence => {
            let span = SEQUENCE.len() - 1 - FAINT;
            SEQUENCE[FAINT + (place * span + (count - 1) / 2) / (count - 1)]
        }
    }
}

/// Where the ranges begin and end; 0 to 100 where there are none.
#[must_use]
pub fn range_ends(ranges: &[ColorRange]) -> (f64, f64) {
    let low = ranges.iter().map(|range| range.from).fold(f64::INFINITY, f64::min);
    let high = ranges.iter().map(|range| range.to).fold(f64::NEG_INFINITY, f64::max);
    if low < high { (low, high) } else { (0.0, 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_go_from_good_to_bad_or_along_the_ramp() {
        let names = |count: usize, colors, inverted| {
            let name = |place| range_color(place, count, colors, inverted).name();
            (0..count).map(name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(1, RangeColors::Meaning, false), "measure");
        assert_eq!(names(2, RangeColors::Meaning, false), "ok bad");
        assert_eq!(names(3, RangeColors::Meaning, true), "bad warn ok");
        assert_eq!(names(4, RangeColors::Meaning, false), "ok ok warn bad");
        assert_eq!(names(3, RangeColors::Sequence, false), "seq-4 seq-6 seq-8");
    }

    #[test]
    fn what_lies_beyond_belongs_to_the_nearest() {
        let ranges = [(0.0, 50.0), (50.0, 75.0)].map(|(from, to)| ColorRange { from, to });
        let places = [-1.0, 0.0, 49.9, 50.0, 80.0].map(|value| range_of(&ranges, value).unwrap());
        assert_eq!(places, [0, 0, 0, 1, 1]);
        assert_eq!((range_ends(&ranges), range_ends(&[])), ((0.0, 75.0), (0.0, 100.0)));
    }
}
