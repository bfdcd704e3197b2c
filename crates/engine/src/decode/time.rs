//! Event times in the units of the stream file.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::Cell;
use crate::config::TimeUnit;

/// Epoch ms of a cell; `None` where it is no time. Beyond ±292 million years is no time either.
pub(crate) fn event_time_ms(cell: &Cell<'_>, unit: TimeUnit, zone: &TimeZone) -> Option<i64> {
    if let TimeUnit::Iso8601 = unit {
        let Cell::Text(text) = cell else { return None };
        return iso_ms(text, zone);
    }
    let (numerator, denominator) = match unit {
        TimeUnit::S => (1_000, 1),
        TimeUnit::Us => (1, 1_000),
        TimeUnit::Ns => (1, 1_000_000),
        TimeUnit::Ms | TimeUnit::Iso8601 => (1, 1),
    };
    let whole = |number: i64| number.checked_mul(numerator).map(|ms| ms.div_euclid(denominator));
    let ms = match cell {
        Cell::Int(number) => whole(*number),
        Cell::Float(number) => {
            let ms = (number * numerator as f64 / denominator as f64).floor();
            (ms.abs() < 9.0e18).then_some(ms as i64)
        }
        Cell::Text(text) => text.trim().parse().ok().and_then(whole),
        Cell::Null | Cell::Bool(_) => None,
    };
    // jiff's range, and Kafka's: years beyond it are faults.
    ms.filter(|ms| Timestamp::from_millisecond(*ms).is_ok())
}

/// Epoch ms of ISO 8601 text: a date or date-time, with T or space, with or without a zone.
pub(crate) fn iso_ms(text: &str, zone: &TimeZone) -> Option<i64> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    let civil = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(|date| date.to_datetime(Time::midnight())))
        .ok()?;
    Some(civil.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}
