//! Where buckets of time begin: on the grid of a fixed length, or on units of the calendar, as the clocks of a zone say.
//!
//! The rules are OpenSearch's (`Rounding`): a fixed length is a grid of local time; a bucket whose start the clocks
//! skipped begins when they were set forward; an hour that happens twice is two buckets; days and longer begin at the
//! first instant of their first day.

use std::cell::Cell;

use hailstream_query::CalendarUnit;
use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Span, Timestamp};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// See the module's words.
#[derive(Clone, Debug)]
pub(crate) struct Rounding {
    length: Length,
    zone: TimeZone,
    offset_ms: i64,
    /// The zone's offset where it never changes.
    constant_ms: Option<i64>,
}

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// So many milliseconds of local time.
    Fixed(i64),
    /// A unit of the calendar.
    Calendar(CalendarUnit),
}

/// A time between two changes of the clocks: from, to (exclusive), and what is added to UTC, all in ms.
type Season = (i64, i64, i64);

impl Rounding {
    pub(crate) fn new(length: Length, zone: TimeZone, offset_ms: i64) -> Self {
        let constant_ms = zone.to_fixed_offset().ok().map(millis);
        Self { length, zone, offset_ms, constant_ms }
    }

    /// Start of the bucket that an instant lies in.
    pub(crate) fn start(&self, at_ms: i64) -> i64 {
        self.rounded(at_ms.saturating_sub(self.offset_ms)).saturating_add(self.offset_ms)
    }

    /// Start of the bucket after the one that starts at `start_ms`; none at the end of time.
    pub(crate) fn next(&self, start_ms: i64) -> Option<i64> {
        let start = start_ms.saturating_sub(self.offset_ms);
        // Where the clocks change a bucket is shorter or longer than its length: a look from its middle on finds the next.
        // No clock is set by more than a day, so that of long ones only the end need be looked at.
        let (step, surely) = match (self.length, self.constant_ms) {
            (Length::Fixed(length), Some(_)) => return start_ms.checked_add(length),
            (Length::Fixed(length), None) => (length, (length / 2).max(length - 2 * DAY_MS)),
            (Length::Calendar(unit), _) => (unit.about_ms(), unit.about_ms() / 2),
        };
        let mut at = start.checked_add(surely)?;
        loop {
            at = at.checked_add((step / 4).clamp(1, HOUR_MS))?;
            let next = self.rounded(at);
            if next > start {
                return next.checked_add(self.offset_ms);
            }
        }
    }

    /// About how long a bucket is, ms.
    pub(crate) fn about_ms(&self) -> i64 {
        match self.length {
            Length::Fixed(length) => length,
            Length::Calendar(unit) => unit.about_ms(),
        }
    }

    fn rounded(&self, at_ms: i64) -> i64 {
        match self.length {
            Length::Fixed(length) => self.on_grid(at_ms, length),
            Length::Calendar(CalendarUnit::Minute) => self.whole(at_ms, 60_000),
            Length::Calendar(CalendarUnit::Hour) => self.whole(at_ms, HOUR_MS),
            Length::Calendar(unit) => self.first_day(at_ms, unit).unwrap_or(at_ms),
        }
    }

    fn on_grid(&self, at_ms: i64, length: i64) -> i64 {
        let (since, _, shift) = self.season(at_ms);
        let local = at_ms.saturating_add(shift).div_euclid(length).saturating_mul(length);
        if local.saturating_sub(shift) >= since {
            return local.saturating_sub(shift);
        }
        // The bucket began before the clocks changed last.
        let Ok(reading) = Timestamp::from_millisecond(local) else { return local };
        let reading = Offset::UTC.to_datetime(reading);
        match self.zone.to_ambiguous_timestamp(reading).offset() {
            AmbiguousOffset::Unambiguous { offset } => local - millis(offset),
            AmbiguousOffset::Gap { .. } => since,
            AmbiguousOffset::Fold { before, after } => {
                let second = local - millis(after);
                if second <= at_ms { second } else { local - millis(before) }
            }
        }
    }

    /// The last instant at which the clocks showed a whole unit.
    fn whole(&self, mut at_ms: i64, unit_ms: i64) -> i64 {
        loop {
            let (since, _, shift) = self.season(at_ms);
            let start = at_ms.saturating_add(shift).div_euclid(unit_ms).saturating_mul(unit_ms);
            if start.saturating_sub(shift) >= since {
                return start.saturating_sub(shift);
            }
            at_ms = since - 1;
        }
    }

    /// The first instant of the first day of a unit; none beyond the calendar.
    fn first_day(&self, at_ms: i64, unit: CalendarUnit) -> Option<i64> {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        let date = self.zone.to_datetime(at).date();
        let days = Span::new().days(i64::from(date.weekday().to_monday_zero_offset()));
        let first = match unit {
            CalendarUnit::Week => date.checked_sub(days).ok()?,
            CalendarUnit::Month => date.first_of_month(),
            CalendarUnit::Quarter => {
                Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?
            }
            CalendarUnit::Year => date.first_of_year(),
            CalendarUnit::Minute | CalendarUnit::Hour | CalendarUnit::Day => date,
        };
        let noon = first.at(12, 0, 0, 0).to_zoned(self.zone.clone()).ok()?;
        Some(noon.start_of_day().ok()?.timestamp().as_millisecond())
    }

    fn season(&self, at_ms: i64) -> Season {
        if let Some(shift) = self.constant_ms {
            return (i64::MIN, i64::MAX, shift);
        }
        let Ok(at) = Timestamp::from_millisecond(at_ms) else { return (i64::MIN, i64::MAX, 0) };
        let after = Timestamp::from_millisecond(at_ms.saturating_add(1)).unwrap_or(at);
        let since = self.zone.preceding(after).next();
        let until = self.zone.following(at).next();
        let ms = |at: Timestamp| at.as_millisecond();
        (
            since.map_or(i64::MIN, |change| ms(change.timestamp())),
            until.map_or(i64::MAX, |change| ms(change.timestamp())),
            millis(self.zone.to_offset(at)),
        )
    }

    /// This rounding over many instants, most of which lie near one another.
    pub(crate) fn over_many(&self) -> Rounder<'_> {
        let grid = match self.length {
            Length::Fixed(length) => Some(length),
            Length::Calendar(CalendarUnit::Minute) => Some(60_000),
            Length::Calendar(CalendarUnit::Hour) => Some(HOUR_MS),
            Length::Calendar(_) => None,
        };
        let season = self.constant_ms.map_or((0, 0, 0), |shift| (i64::MIN, i64::MAX, shift));
        Rounder { rounding: self, grid, season: Cell::new(season), bucket: Cell::new((0, 0, 0)) }
    }
}

fn millis(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000
}

/// A rounding that remembers where it looked last.
pub(crate) struct Rounder<'a> {
    rounding: &'a Rounding,
    /// The length of buckets that follow from the season alone, ms.
    grid: Option<i64>,
    season: Cell<Season>,
    /// Instants from, to (exclusive) of one bucket, and its start.
    bucket: Cell<(i64, i64, i64)>,
}

impl Rounder<'_> {
    /// As [`Rounding::start`].
    pub(crate) fn start(&self, at_ms: i64) -> i64 {
        let bare = at_ms.saturating_sub(self.rounding.offset_ms);
        let start = match self.grid {
            Some(length) => self.on_grid(bare, length),
            None => self.of_calendar(bare),
        };
        start.saturating_add(self.rounding.offset_ms)
    }

    /// What the clocks show at an instant, as if it were UTC.
    pub(crate) fn local_ms(&self, at_ms: i64) -> i64 {
        at_ms.saturating_add(self.season(at_ms).2)
    }

    fn season(&self, at_ms: i64) -> Season {
        let (since, until, _) = self.season.get();
        if !(since..until).contains(&at_ms) {
            self.season.set(self.rounding.season(at_ms));
        }
        self.season.get()
    }

    fn on_grid(&self, at_ms: i64, length: i64) -> i64 {
        let (since, _, shift) = self.season(at_ms);
        let local = at_ms.saturating_add(shift).div_euclid(length).saturating_mul(length);
        let start = local.saturating_sub(shift);
        if start >= since { start } else { self.rounding.rounded(at_ms) }
    }

    fn of_calendar(&self, at_ms: i64) -> i64 {
        let (from, to, start) = self.bucket.get();
        if (from..to).contains(&at_ms) {
            return start;
        }
        let start = self.rounding.rounded(at_ms);
        // What is remembered ends where the clocks change: an instant may be of the day before once more.
        let (since, until, _) = self.rounding.season(at_ms);
        let next = self.rounding.next(start.saturating_add(self.rounding.offset_ms));
        let next = next.map_or(at_ms, |next| next.saturating_sub(self.rounding.offset_ms));
        self.bucket.set((start.max(since), next.min(until), start));
        start
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::naive::dates;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn the_end_of_a_bucket_of_ages_is_found_at_once() {
        for days in [40_000, 2_000_000] {
            let length = days * DAY_MS;
            let rounding = Rounding::new(Length::Fixed(length), zone("America/New_York"), 0);
            let start = rounding.start(1_700_000_000_000);
            let next = rounding.next(start).unwrap();
            assert!((next - start - length).abs() <= DAY_MS, "{days}: {start} to {next}");
            assert_eq!(rounding.start(next - 1), start);
        }
    }

    /// The starts of the buckets from one that holds an instant on, as the zone's clocks show them.
    fn starts(length: Length, name: &str, offset_ms: i64, from: &str, count: usize) -> String {
        let rounding = Rounding::new(length, zone(name), offset_ms);
        let from: Timestamp = from.parse().unwrap();
        let first = rounding.start(from.as_millisecond());
        let starts = std::iter::successors(Some(first), |start| rounding.next(*start)).take(count);
        let written = starts.map(|start| {
            let at = Timestamp::from_millisecond(start).unwrap().to_zoned(zone(name));
            at.strftime("%m-%d %H:%M%:z").to_string()
        });
        written.collect::<Vec<_>>().join(", ")
    }

    /// What, length, zone, offset, an instant, and the starts of three buckets from the one that holds it on.
    type Change = (&'static str, Length, &'static str, i64, &'static str, &'static str);

    const CHANGES: [Change; 17] = [
        (
            "a day of 23 hours",
            Length::Calendar(CalendarUnit::Day),
            "America/New_York",
            0,
            "2026-03-08T12:00:00Z",
            "03-08 00:00-05:00, 03-09 00:00-04:00, 03-10 00:00-04:00",
        ),
        (
            "a day of 25 hours",
            Length::Calendar(CalendarUnit::Day),
            "America/New_York",
            0,
            "2026-11-02T04:59:59Z",
            "11-01 00:00-04:00, 11-02 00:00-05:00, 11-03 00:00-05:00",
        ),
        (
            "an hour that does not happen",
            Length::Calendar(CalendarUnit::Hour),
            "America/New_York",
            0,
            "2026-03-08T06:30:00Z",
            "03-08 01:00-05:00, 03-08 03:00-04:00, 03-08 04:00-04:00",
        ),
        (
            "an hour that happens twice",
            Length::Calendar(CalendarUnit::Hour),
            "America/New_York",
            0,
            "2026-11-01T05:30:00Z",
            "11-01 01:00-04:00, 11-01 01:00-05:00, 11-01 02:00-05:00",
        ),
        (
            "half an hour back: the hour lasts 90 minutes",
            Length::Calendar(CalendarUnit::Hour),
            "Australia/Lord_Howe",
            0,
            "2026-04-04T14:30:00Z",
            "04-05 01:00+11:00, 04-05 02:00+10:30, 04-05 03:00+10:30",
        ),
        (
            "no midnight",
            Length::Calendar(CalendarUnit::Day),
            "America/Sao_Paulo",
            0,
            "2018-11-03T12:00:00Z",
            "11-03 00:00-03:00, 11-04 01:00-02:00, 11-05 00:00-02:00",
        ),
        (
            "hours of a zone off by half an hour",
            Length::Calendar(CalendarUnit::Hour),
            "Asia/Kolkata",
            0,
            "2026-01-01T00:00:00Z",
            "01-01 05:00+05:30, 01-01 06:00+05:30, 01-01 07:00+05:30",
        ),
        (
            "weeks begin on Monday",
            Length::Calendar(CalendarUnit::Week),
            "Europe/Prague",
            0,
            "2026-03-29T12:00:00Z",
            "03-23 00:00+01:00, 03-30 00:00+02:00, 04-06 00:00+02:00",
        ),
        (
            "months",
            Length::Calendar(CalendarUnit::Month),
            "Europe/Prague",
            0,
            "2026-02-28T23:30:00Z",
            "03-01 00:00+01:00, 04-01 00:00+02:00, 05-01 00:00+02:00",
        ),
        (
            "quarters",
            Length::Calendar(CalendarUnit::Quarter),
            "UTC",
            0,
            "2026-06-30T23:59:59Z",
            "04-01 00:00+00:00, 07-01 00:00+00:00, 10-01 00:00+00:00",
        ),
        (
            "years",
            Length::Calendar(CalendarUnit::Year),
            "Europe/Prague",
            0,
            "2025-12-31T23:00:00Z",
            "01-01 00:00+01:00, 01-01 00:00+01:00, 01-01 00:00+01:00",
        ),
        (
            "days that begin at six",
            Length::Calendar(CalendarUnit::Day),
            "Europe/Prague",
            6 * HOUR_MS,
            "2026-03-29T03:30:00Z",
            "03-28 06:00+01:00, 03-29 07:00+02:00, 03-30 06:00+02:00",
        ),
        (
            "24 fixed hours are local days too",
            Length::Fixed(24 * HOUR_MS),
            "America/New_York",
            0,
            "2026-03-08T12:00:00Z",
            "03-08 00:00-05:00, 03-09 00:00-04:00, 03-10 00:00-04:00",
        ),
        (
            "twelve hours where one is missing",
            Length::Fixed(12 * HOUR_MS),
            "America/New_York",
            0,
            "2026-03-08T12:00:00Z",
            "03-08 00:00-05:00, 03-08 12:00-04:00, 03-09 00:00-04:00",
        ),
        (
            "three hours where one is twice",
            Length::Fixed(3 * HOUR_MS),
            "America/New_York",
            0,
            "2026-11-01T07:30:00Z",
            "11-01 00:00-04:00, 11-01 03:00-05:00, 11-01 06:00-05:00",
        ),
        (
            "a quarter of an hour that happens twice",
            Length::Fixed(HOUR_MS / 4),
            "America/New_York",
            0,
            "2026-11-01T05:50:00Z",
            "11-01 01:45-04:00, 11-01 01:00-05:00, 11-01 01:15-05:00",
        ),
        (
            "a start that the clocks skip",
            Length::Fixed(24 * HOUR_MS),
            "America/Sao_Paulo",
            0,
            "2018-11-04T12:00:00Z",
            "11-04 01:00-02:00, 11-05 00:00-02:00, 11-06 00:00-02:00",
        ),
    ];

    #[test]
    fn buckets_where_the_clocks_change() {
        for (what, length, name, offset, from, want) in CHANGES {
            assert_eq!(starts(length, name, offset, from, 3), want, "{what}");
        }
    }

    proptest! {
        #[test]
        fn starts_are_the_naive_ones(
            unit in prop::sample::select(CalendarUnit::ALL.to_vec()),
            fixed in prop::option::of(prop::sample::select(vec![1, 7_000, 60_000, 900_000, 2_400_000, HOUR_MS, 3 * HOUR_MS, 86_400_000, 7 * 86_400_000])),
            name in prop::sample::select(vec!["UTC", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Casablanca", "America/St_Johns"]),
            offset_ms in prop::sample::select(vec![0, 6 * HOUR_MS, -1_800_000, 1]),
            near in prop::sample::select(vec![0, 1_772_953_200_000, 1_793_509_200_000, 1_775_314_800_000, 1_541_300_400_000, 1_162_090_860_000]),
            ats in prop::collection::vec(-100_000_000_i64..100_000_000, 1..6),
        ) {
            let length = fixed.map_or(Length::Calendar(unit), Length::Fixed);
            let rounding = Rounding::new(length, zone(name), offset_ms);
            let many = rounding.over_many();
            for at in ats {
                let at_ms = near + at;
                let naive = match length {
                    Length::Fixed(length) => dates::on_grid(at_ms - offset_ms, length, &zone(name)),
                    Length::Calendar(unit) => dates::of_calendar(at_ms - offset_ms, unit, &zone(name)),
                };
                prop_assert_eq!(rounding.start(at_ms), naive + offset_ms, "{}", at_ms);
                prop_assert_eq!(many.start(at_ms), naive + offset_ms, "{}", at_ms);
                let start = naive + offset_ms;
                let next = rounding.next(start).unwrap();
                prop_assert!(next > start && rounding.start(next) == next);
            }
        }
    }
}
