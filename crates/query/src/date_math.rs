//! Points in time as people write them: epoch ms, ISO 8601, or date math (`now-15m`, `now/d`), and their resolution.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
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
enum End {
    First,
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
    Ok((resolve(from, now_ms, zone, End::First)?, resolve(to, now_ms, zone, End::Last)?))
}

/// Resolves one point at `now_ms` in `zone`, rounding down: epoch ms.
///
/// # Errors
/// As [`resolve_time`].
pub fn resolve_first(point: &TimePoint, now_ms: i64, zone: &TimeZone) -> Result<i64, String> {
    resolve(point, now_ms, zone, End::First)
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

fn resolve(point: &TimePoint, now_ms: i64, zone: &TimeZone, end: End) -> Result<i64, String> {
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
    from_ms: i64,
    zone: &TimeZone,
    end: End,
) -> Result<i64, String> {
    let wrong = || expected(text);
    let from = Timestamp::from_millisecond(from_ms).map_err(|_| wrong())?;
    let mut at = from.to_zoned(zone.clone());
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

fn round(at: &Zoned, unit: char, end: End) -> Option<Zoned> {
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
        End::First => Some(first),
        End::Last => shift(&first, "1", unit, false)?.checked_sub(Span::new().milliseconds(1)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, end: End) -> String {
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
            ("now", End::First, "2026-03-09T03:30:15.5Z"),
            ("now-15m", End::First, "2026-03-09T03:15:15.5Z"),
            ("now-1h/h", End::First, "2026-03-09T02:00:00Z"),
            ("now/d", End::First, "2026-03-08T08:00:00Z"),
            ("now/d", End::Last, "2026-03-09T06:59:59.999Z"), // a day of 23 hours
            ("now/w", End::First, "2026-03-02T08:00:00Z"),
            ("now-1M/M", End::First, "2026-02-01T08:00:00Z"),
            ("2026-03-08||+1d", End::First, "2026-03-09T07:00:00Z"),
            ("2026-03-08T10:00:00Z||/M", End::Last, "2026-04-01T06:59:59.999Z"),
            ("2026-03-08", End::First, "2026-03-08T08:00:00Z"),
            ("2026-03-08T10:00:00", End::First, "2026-03-08T17:00:00Z"),
            ("2026-03-08T10:00:00Z", End::First, "2026-03-08T10:00:00Z"),
            ("2026-03-08T10:00:00+02:00", End::First, "2026-03-08T08:00:00Z"),
        ] {
            assert_eq!(check(text, end), want, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_says_so() {
        for text in ["", "nowadays", "now-", "now-15x", "yesterday", "now/15m", "||+1d"] {
            assert!(
                check(text, End::First).starts_with(&format!("\"{text}\" is not a time")),
                "{text}"
            );
        }
    }
}
