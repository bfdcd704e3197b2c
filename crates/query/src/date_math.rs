//! Points in time as people write them: epoch ms, ISO 8601, or date math (`now-15m`, `now/d`), and their resolution.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp, Unit, Zoned, ZonedRound};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A point in time, not yet resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum TimePoint {
    /// Epoch milliseconds UTC.
    Millis(i64),
    /// ISO 8601 or date math.
    Text(String),
}

/// Which end of a rounded unit is meant: `now/d` as a start is the first instant of the day, as an end the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The first millisecond.
    First,
    /// The last millisecond.
    Last,
}

/// Resolves a start and an end at `now_ms` in `zone`: epoch ms, both inclusive, as in OpenSearch.
///
/// # Errors
/// Words that name the text and what was expected.
pub fn resolve_time(
    from: &TimePoint,
    to: &TimePoint,
    now_ms: i64,
    zone: &TimeZone,
) -> Result<(i64, i64), String> {
    Ok((resolve(from, now_ms, zone, Edge::First)?, resolve(to, now_ms, zone, Edge::Last)?))
}

/// Resolves a date of a condition on a field as OpenSearch's `strict_date_optional_time||epoch_millis` does: a year
/// (`2024`), any ISO 8601 date or date-time, epoch ms, each with date math behind `||`, or date math from `now`. What a date
/// leaves out is filled to the edge that is meant: `2024-03-05` is the first or the last millisecond of that day. Month
/// and day are filled with the first.
///
/// # Errors
/// Words that name the text and what was expected.
pub fn resolve_date(text: &str, now_ms: i64, zone: &TimeZone, edge: Edge) -> Result<i64, String> {
    if let Some(rest) = text.strip_prefix("now") {
        return date_math(text, rest, now_ms, zone, edge);
    }
    match text.split_once("||") {
        Some((date, rest)) => {
            let start = date_ms(date, zone, Edge::First).ok_or_else(|| expected(text))?;
            date_math(text, rest, start, zone, edge)
        }
        None => date_ms(text, zone, edge).ok_or_else(|| expected(text)),
    }
}

/// A date without date math.
fn date_ms(text: &str, zone: &TimeZone, edge: Edge) -> Option<i64> {
    let is_number = text.len() > 4
        && text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit());
    if is_number {
        return text.parse().ok().filter(|ms| Timestamp::from_millisecond(*ms).is_ok());
    }
    let (date, time) =
        text.split_once(['T', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    let mut numbers = [0, 1, 1];
    let lengths = [4, 2, 2];
    for (index, part) in date.split('-').enumerate() {
        *numbers.get_mut(index)? = digits(part, *lengths.get(index)?)?;
    }
    let [year, month, day] = numbers;
    let (clock, offset) = split_offset(time.unwrap_or_default())?;
    let nanos = time_of_day(clock, edge)?;
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    let civil = date.at(0, 0, 0, 0).checked_add(Span::new().nanoseconds(nanos)).ok()?;
    let zone = offset.map_or_else(|| zone.clone(), Offset::to_time_zone);
    Some(civil.to_zoned(zone).ok()?.timestamp().as_millisecond())
}

fn digits(text: &str, length: usize) -> Option<i64> {
    let is_number = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// The clock's part of a time, and `Z`, `+02`, `+02:00` or `+0200` behind it.
fn split_offset(time: &str) -> Option<(&str, Option<Offset>)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, Some(Offset::UTC)));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, None)) };
    let sign = if time[at..].starts_with('-') { -1 } else { 1 };
    let written = time[at + 1..].replace(':', "");
    let hours = digits(written.get(..2)?, 2)?;
    let minutes = if written.len() > 2 { digits(&written[2..], 2)? } else { 0 };
    let seconds = sign * (hours * 3_600 + minutes * 60);
    Some((&time[..at], Some(Offset::from_seconds(seconds as i32).ok()?)))
}

/// Nanoseconds since midnight of `10`, `10:30`, `10:30:15`, `10:30:15.25`; what is left out is filled to the edge.
fn time_of_day(clock: &str, edge: Edge) -> Option<i64> {
    let (clock, fraction) = clock
        .split_once(['.', ','])
        .map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let mut numbers = match edge {
        Edge::First => [0, 0, 0],
        Edge::Last => [23, 59, 59],
    };
    let mut given = 0;
    if !clock.is_empty() {
        for part in clock.split(':') {
            *numbers.get_mut(given)? = digits(part, 2)?;
            given += 1;
        }
    }
    let nanos = match (fraction, edge) {
        (Some(digits), _) if given == 3 && (1..=9).contains(&digits.len()) => {
            let number: u32 = digits.parse().ok()?;
            i64::from(number) * 10_i64.pow(9 - digits.len() as u32)
        }
        (Some(_), _) => return None,
        (None, Edge::First) => 0,
        (None, Edge::Last) => 999_999_999,
    };
    let [hour, minute, second] = numbers;
    let is_time = hour < 24 && minute < 60 && second < 60;
    is_time.then_some(((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanos)
}

/// Resolves one point at `now_ms` in `zone`, rounding down: epoch ms.
///
/// # Errors
/// As [`resolve_time`].
pub fn resolve_first(point: &TimePoint, now_ms: i64, zone: &TimeZone) -> Result<i64, String> {
    resolve(point, now_ms, zone, Edge::First)
}

impl TimePoint {
    /// Whether this point moves with the clock.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        matches!(self, Self::Text(text) if text.starts_with("now"))
    }

    /// Whether this is the present itself.
    #[must_use]
    pub fn is_now(&self) -> bool {
        matches!(self, Self::Text(text) if text == "now")
    }
}

fn resolve(point: &TimePoint, now_ms: i64, zone: &TimeZone, end: Edge) -> Result<i64, String> {
    match point {
        TimePoint::Millis(millis) => Ok(*millis),
        TimePoint::Text(text) => match (text.strip_prefix("now"), text.split_once("||")) {
            (Some(rest), _) => date_math(text, rest, now_ms, zone, end),
            (None, Some((base, rest))) => {
                let base = iso(base, zone).map_err(|_| expected(text))?;
                date_math(text, rest, base, zone, end)
            }
            (None, None) => iso(text, zone),
        },
    }
}

fn expected(text: &str) -> String {
    format!(
        "\"{text}\" is not a time: expected epoch ms, ISO 8601, or date math such as now-15m, now/d or 2026-01-01||+1M"
    )
}

fn iso(text: &str, zone: &TimeZone) -> Result<i64, String> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp.as_millisecond());
    }
    let civil = text.parse::<DateTime>().or_else(|_| {
        text.parse::<Date>().map(|date| date.to_datetime(jiff::civil::Time::midnight()))
    });
    civil
        .and_then(|civil| civil.to_zoned(zone.clone()))
        .map(|zoned| zoned.timestamp().as_millisecond())
        .map_err(|_| expected(text))
}

/// A moment followed by any number of `+1h`, `-15m`, `/d`.
fn date_math(
    text: &str,
    mut rest: &str,
    start_ms: i64,
    zone: &TimeZone,
    end: Edge,
) -> Result<i64, String> {
    let wrong = || expected(text);
    let start = Timestamp::from_millisecond(start_ms).map_err(|_| wrong())?;
    let mut at = start.to_zoned(zone.clone());
    while let Some(operator) = rest.chars().next() {
        let after = &rest[operator.len_utf8()..];
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = after.split_at(digits);
        let unit = tail.chars().next().ok_or_else(wrong)?;
        rest = &tail[unit.len_utf8()..];
        at = match operator {
            '/' if number.is_empty() => round(&at, unit, end),
            '+' | '-' => {
                shift(&at, if number.is_empty() { "1" } else { number }, unit, operator == '-')
            }
            _ => None,
        }
        .ok_or_else(wrong)?;
    }
    Ok(at.timestamp().as_millisecond())
}

fn shift(at: &Zoned, number: &str, unit: char, back: bool) -> Option<Zoned> {
    let number: i64 = number.parse().ok()?;
    let span = Span::new();
    let span = match unit {
        's' => span.try_seconds(number),
        'm' => span.try_minutes(number),
        'h' | 'H' => span.try_hours(number),
        'd' => span.try_days(number),
        'w' => span.try_weeks(number),
        'M' => span.try_months(number),
        'y' => span.try_years(number),
        _ => return None,
    }
    .ok()?;
    if back { at.checked_sub(span).ok() } else { at.checked_add(span).ok() }
}

fn round(at: &Zoned, unit: char, end: Edge) -> Option<Zoned> {
    let trunc =
        |unit: Unit| at.round(ZonedRound::new().smallest(unit).mode(jiff::RoundMode::Trunc)).ok();
    let first = match unit {
        's' => trunc(Unit::Second),
        'm' => trunc(Unit::Minute),
        'h' | 'H' => trunc(Unit::Hour),
        'd' => at.start_of_day().ok(),
        // Weeks start on Monday, as in OpenSearch.
        'w' => at
            .start_of_day()
            .ok()?
            .checked_sub(Span::new().days(i64::from(at.weekday().to_monday_zero_offset())))
            .ok(),
        'M' => at.first_of_month().ok()?.start_of_day().ok(),
        'y' => at.first_of_year().ok()?.start_of_day().ok(),
        _ => None,
    }?;
    match end {
        Edge::First => Some(first),
        Edge::Last => {
            shift(&first, "1", unit, false)?.checked_sub(Span::new().milliseconds(1)).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, end: Edge) -> String {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let now: Timestamp = "2026-03-09T03:30:15.5Z".parse().unwrap(); // a day after DST began, 20:30 local
        match resolve(&TimePoint::Text(text.to_owned()), now.as_millisecond(), &zone, end) {
            Ok(millis) => Timestamp::from_millisecond(millis).unwrap().to_string(),
            Err(words) => words,
        }
    }

    #[test]
    fn date_math_and_iso() {
        for (text, end, want) in [
            ("now", Edge::First, "2026-03-09T03:30:15.5Z"),
            ("now-15m", Edge::First, "2026-03-09T03:15:15.5Z"),
            ("now-1h/h", Edge::First, "2026-03-09T02:00:00Z"),
            ("now/d", Edge::First, "2026-03-08T08:00:00Z"),
            ("now/d", Edge::Last, "2026-03-09T06:59:59.999Z"), // a day of 23 hours
            ("now/w", Edge::First, "2026-03-02T08:00:00Z"),
            ("now-1M/M", Edge::First, "2026-02-01T08:00:00Z"),
            ("2026-03-08||+1d", Edge::First, "2026-03-09T07:00:00Z"),
            ("2026-03-08T10:00:00Z||/M", Edge::Last, "2026-04-01T06:59:59.999Z"),
            ("2026-03-08", Edge::First, "2026-03-08T08:00:00Z"),
            ("2026-03-08T10:00:00", Edge::First, "2026-03-08T17:00:00Z"),
            ("2026-03-08T10:00:00Z", Edge::First, "2026-03-08T10:00:00Z"),
            ("2026-03-08T10:00:00+02:00", Edge::First, "2026-03-08T08:00:00Z"),
        ] {
            assert_eq!(check(text, end), want, "{text}");
        }
    }

    #[test]
    fn dates_of_conditions_are_filled_to_the_edge_that_is_meant() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let now: Timestamp = "2026-03-09T03:30:15.5Z".parse().unwrap();
        let at = |text: &str, edge| match resolve_date(text, now.as_millisecond(), &zone, edge) {
            Ok(millis) => Timestamp::from_millisecond(millis).unwrap().to_string(),
            Err(words) => words,
        };
        for (text, first, last) in [
            ("2026", "2026-01-01T08:00:00Z", "2026-01-02T07:59:59.999Z"),
            ("2026-03", "2026-03-01T08:00:00Z", "2026-03-02T07:59:59.999Z"),
            ("2026-03-08", "2026-03-08T08:00:00Z", "2026-03-09T06:59:59.999Z"), // 23 hours long
            ("2026-03-08T10", "2026-03-08T17:00:00Z", "2026-03-08T17:59:59.999Z"),
            ("2026-03-08T10:20Z", "2026-03-08T10:20:00Z", "2026-03-08T10:20:59.999Z"),
            ("2026-03-08T10:20:30+02:00", "2026-03-08T08:20:30Z", "2026-03-08T08:20:30.999Z"),
            ("2026-03-08T10:20:30.25Z", "2026-03-08T10:20:30.25Z", "2026-03-08T10:20:30.25Z"),
            ("1772000000000", "2026-02-25T06:13:20Z", "2026-02-25T06:13:20Z"),
            ("now", "2026-03-09T03:30:15.5Z", "2026-03-09T03:30:15.5Z"),
            ("now/d", "2026-03-08T08:00:00Z", "2026-03-09T06:59:59.999Z"),
            ("2026-02-14||/M", "2026-02-01T08:00:00Z", "2026-03-01T07:59:59.999Z"),
            ("2026-02-14||+1d", "2026-02-15T08:00:00Z", "2026-02-15T08:00:00Z"),
        ] {
            assert_eq!(
                (at(text, Edge::First), at(text, Edge::Last)),
                (first.into(), last.into()),
                "{text}"
            );
        }
        for text in
            ["", "26", "2026-3-8", "2026-13-01", "noon", "2026-03-08T25", "2026-01-01-01", "é"]
        {
            assert!(at(text, Edge::First).contains("is not a time"), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_says_so() {
        for text in ["", "nowadays", "now-", "now-15x", "yesterday", "now/15m", "||+1d"] {
            assert!(
                check(text, Edge::First).starts_with(&format!("\"{text}\" is not a time")),
                "{text}"
            );
        }
    }
}
