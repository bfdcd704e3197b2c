//! Starts of buckets of time, found by looking at what the clocks of a zone show.

use hailstream_query::CalendarUnit;
use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

const MINUTE_MS: i64 = 60_000;

fn reading(at_ms: i64, zone: &TimeZone) -> DateTime {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    zone.to_datetime(at)
}

/// What the clocks show, as if it were UTC, ms.
fn local_ms(at_ms: i64, zone: &TimeZone) -> i64 {
    let utc = reading(at_ms, zone).to_zoned(TimeZone::UTC);
    utc.map_or(at_ms, |utc| utc.timestamp().as_millisecond())
}

/// A fixed length: the last instant at which the clocks showed the grid's time before; where they skipped it, the first
/// after.
pub(crate) fn on_grid(at_ms: i64, length: i64, zone: &TimeZone) -> i64 {
    let wanted = local_ms(at_ms, zone).div_euclid(length) * length;
    // No zone is farther than 15 hours from UTC, and no clock is set by more than a day.
    let shifts = [0, 24, -24, 48, -48].map(|hours| {
        let near = wanted + hours * 60 * MINUTE_MS;
        local_ms(near, zone) - near
    });
    let shown =
        shifts.into_iter().chain([local_ms(at_ms, zone) - at_ms]).map(|shift| wanted - shift);
    let last = shown.filter(|start| *start <= at_ms && local_ms(*start, zone) == wanted).max();
    last.unwrap_or_else(|| {
        let mut start = (wanted - 16 * 60 * MINUTE_MS).div_euclid(MINUTE_MS) * MINUTE_MS;
        while local_ms(start, zone) < wanted {
            start += MINUTE_MS;
        }
        start
    })
}

/// A unit of the calendar: minutes and hours from the last instant that showed a whole one, days and longer from the
/// first instant of their first day.
pub(crate) fn of_calendar(at_ms: i64, unit: CalendarUnit, zone: &TimeZone) -> i64 {
    let mut start = at_ms.div_euclid(MINUTE_MS) * MINUTE_MS;
    if unit == CalendarUnit::Minute {
        return start;
    }
    if unit == CalendarUnit::Hour {
        while reading(start, zone).minute() != 0 {
            start -= MINUTE_MS;
        }
        return start;
    }
    let mut day = reading(at_ms, zone).date();
    let begins = |day: jiff::civil::Date| match unit {
        CalendarUnit::Week => day.weekday() == Weekday::Monday,
        CalendarUnit::Month => day.day() == 1,
        CalendarUnit::Quarter => day.day() == 1 && [1, 4, 7, 10].contains(&day.month()),
        CalendarUnit::Year => day.day_of_year() == 1,
        CalendarUnit::Minute | CalendarUnit::Hour | CalendarUnit::Day => true,
    };
    while !begins(day) {
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    let noon = day.at(12, 0, 0, 0).to_zoned(zone.clone());
    let mut start = noon.map_or(at_ms, |noon| noon.timestamp().as_millisecond());
    let first = start - 14 * 60 * MINUTE_MS;
    // The first minute of the day, of which an early part may come again.
    start = (0..)
        .map(|minutes| first + minutes * MINUTE_MS)
        .find(|at| reading(*at, zone).date() == day)
        .unwrap_or(start);
    start
}
