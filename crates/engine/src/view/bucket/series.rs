//! `date_histogram` and `histogram`: buckets along a line, each at a place; places are ordered as their numbers are.

use hailstream_query::{DateHistogram, Histogram, Query, TimeBounds};
use jiff::tz::TimeZone;

use crate::view::rounding::{Length, Rounding};
use crate::view::window::range_length_ms;

/// Buckets along a line.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) line: Line,
    pub(super) min_doc_count: u64,
    /// First and last place that are filled up even without a hit.
    pub(super) extended: (Option<i64>, Option<i64>),
    /// First place that counts, and what starts must lie before.
    hard: (Option<i64>, Option<Before>),
}

#[derive(Clone, Debug)]
pub(super) enum Line {
    /// A place is a start, epoch ms.
    Dates(Rounding),
    /// A place is a whole number of intervals.
    Numbers { interval: f64, offset: f64 },
}

#[derive(Clone, Copy, Debug)]
enum Before {
    Instant(i64),
    Number(f64),
}

/// A number as one that is ordered likewise, and back: the total order of IEEE 754.
fn ordered(bits: i64) -> i64 {
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn of_number(number: f64) -> i64 {
    // Zero has one place.
    ordered((number + 0.0).to_bits() as i64)
}

fn number(place: i64) -> f64 {
    f64::from_bits(ordered(place) as u64)
}

impl Series {
    pub(super) fn of_dates(date: &DateHistogram, query: &Query, now_ms: Option<i64>) -> Self {
        let zone = query.zone_of(date.time_zone.as_deref()).unwrap_or(TimeZone::UTC);
        let length =
            match (date.calendar_interval, date.interval_ms(range_length_ms(query, now_ms))) {
                (Some(unit), _) => Length::Calendar(unit),
                (None, interval) => Length::Fixed(interval.unwrap_or(60_000)),
            };
        let offset_ms = date.offset.map_or(0, hailstream_query::Offset::millis);
        let rounding = Rounding::new(length, zone.clone(), offset_ms);
        let ends = |bounds: &Option<TimeBounds>| {
            let resolve =
                |bounds: &TimeBounds| bounds.resolve(now_ms.unwrap_or_default(), &zone).ok();
            bounds.as_ref().and_then(resolve).unwrap_or_default()
        };
        let start = |at: Option<i64>| at.map(|at| rounding.start(at));
        let (extended, hard) = (ends(&date.extended_bounds), ends(&date.hard_bounds));
        Self {
            extended: (start(extended.0), start(extended.1)),
            hard: (start(hard.0), hard.1.map(Before::Instant)),
            min_doc_count: date.min_doc_count,
            line: Line::Dates(rounding),
        }
    }

    pub(super) fn of_numbers(histogram: &Histogram) -> Self {
        let (interval, offset) = (histogram.interval, histogram.offset);
        let place = |number: Option<f64>| {
            number.map(|number| of_number(((number - offset) / interval).floor()))
        };
        let ends = |bounds: Option<hailstream_query::NumberBounds>| {
            bounds.map_or((None, None), |bounds| (bounds.min, bounds.max))
        };
        let (extended, hard) = (ends(histogram.extended_bounds), ends(histogram.hard_bounds));
        Self {
            extended: (place(extended.0), place(extended.1)),
            hard: (place(hard.0), hard.1.map(Before::Number)),
            min_doc_count: histogram.min_doc_count,
            line: Line::Numbers { interval, offset },
        }
    }

    /// The place of a number on a line of numbers.
    pub(super) fn number_place(&self, value: f64) -> Option<i64> {
        let Line::Numbers { interval, offset } = self.line else { return None };
        let place = ((value - offset) / interval).floor();
        place.is_finite().then(|| of_number(place))
    }

    /// Whether the hard bounds let a place count.
    pub(super) fn admits(&self, place: i64) -> bool {
        self.hard.0.is_none_or(|first| place >= first)
            && self.hard.1.is_none_or(|before| match before {
                Before::Instant(end) => place < end,
                Before::Number(end) => self.start(place) < end,
            })
    }

    /// Where the bucket at a place of a line of numbers begins.
    pub(super) fn start(&self, place: i64) -> f64 {
        match self.line {
            Line::Numbers { interval, offset } => number(place) * interval + offset,
            Line::Dates(_) => place as f64,
        }
    }

    pub(super) fn next(&self, place: i64) -> Option<i64> {
        match &self.line {
            Line::Dates(rounding) => rounding.next(place),
            Line::Numbers { .. } => Some(of_number(number(place) + 1.0)),
        }
        .filter(|next| *next > place)
    }

    /// About how many buckets lie from one place to another, both included.
    pub(super) fn count(&self, first: i64, last: i64) -> u64 {
        match &self.line {
            Line::Dates(rounding) => {
                (last.saturating_sub(first) / rounding.about_ms()).saturating_add(1) as u64
            }
            Line::Numbers { .. } => (number(last) - number(first) + 1.0) as u64,
        }
    }

    /// What may move with the clock.
    pub(super) fn moving(&self) -> Vec<i64> {
        let about = match &self.line {
            Line::Dates(rounding) => rounding.about_ms(),
            Line::Numbers { .. } => 0,
        };
        let before = match self.hard.1 {
            Some(Before::Instant(end)) => end,
            Some(Before::Number(_)) | None => 0,
        };
        let places = [self.extended.0, self.extended.1, self.hard.0];
        places.into_iter().map(Option::unwrap_or_default).chain([about, before]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_as_their_numbers() {
        let numbers = [f64::MIN, -1e17, -2.0, -1.0, 0.0, 1.0, 2.0, 1e17, f64::MAX];
        let places: Vec<i64> = numbers.into_iter().map(of_number).collect();
        assert!(places.is_sorted());
        assert_eq!(places.iter().map(|place| number(*place)).collect::<Vec<_>>(), numbers);
        assert_eq!(of_number(-0.0), of_number(0.0));
    }
}
