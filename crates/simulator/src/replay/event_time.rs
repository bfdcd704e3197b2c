//! Event times in records: read in the stream's unit, written back when a replay moves them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// The unit a time field is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// Microseconds since 1970.
    Microseconds,
    /// Nanoseconds since 1970.
    Nanoseconds,
    /// A written date or date-time, `T` or a space between, the offset optional.
    Iso8601,
}

/// Where a record says when it happened.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeField {
    /// The field.
    pub field: String,
    /// Its unit.
    pub unit: TimeUnit,
    /// The zone of written times without an offset.
    pub zone: TimeZone,
}

impl TimeUnit {
    /// The unit a stream file names.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "s" => Self::Seconds,
            "ms" => Self::Milliseconds,
            "us" => Self::Microseconds,
            "ns" => Self::Nanoseconds,
            "iso8601" => Self::Iso8601,
            _ => return None,
        })
    }

    /// How many make a millisecond; none for written times.
    fn per_ms(self) -> Option<f64> {
        match self {
            Self::Seconds => Some(1e-3),
            Self::Milliseconds => Some(1.0),
            Self::Microseconds => Some(1e3),
            Self::Nanoseconds => Some(1e6),
            Self::Iso8601 => None,
        }
    }
}

impl TimeField {
    /// The time a value stands for, epoch milliseconds; none when it is no time of this unit.
    pub fn read_ms(&self, value: &Value) -> Option<i64> {
        let Some(per_ms) = self.unit.per_ms() else { return self.read_written(value.as_str()?) };
        match (self.unit, value.as_i64()) {
            // Whole numbers stay whole: a double holds no nanoseconds of this century.
            (TimeUnit::Seconds, Some(seconds)) => seconds.checked_mul(1000),
            (_, Some(number)) => Some(number.div_euclid(per_ms as i64)),
            (_, None) => {
                let ms = (value.as_f64()? / per_ms).floor();
                (ms.abs() < 9e15).then_some(ms as i64)
            }
        }
    }

    /// The value moved by so many milliseconds; what is no time stays as it is.
    pub fn moved(&self, value: &Value, by_ms: i64) -> Value {
        let moved = match self.unit {
            TimeUnit::Iso8601 => {
                self.read_written(value.as_str().unwrap_or_default()).and_then(|ms| {
                    Some(Value::from(
                        Timestamp::from_millisecond(ms.checked_add(by_ms)?).ok()?.to_string(),
                    ))
                })
            }
            TimeUnit::Seconds if by_ms % 1000 == 0 => whole(value, by_ms / 1000),
            TimeUnit::Seconds => None,
            TimeUnit::Milliseconds => whole(value, by_ms),
            TimeUnit::Microseconds => by_ms.checked_mul(1_000).and_then(|by| whole(value, by)),
            TimeUnit::Nanoseconds => by_ms.checked_mul(1_000_000).and_then(|by| whole(value, by)),
        };
        let fractional = || Some(Value::from(value.as_f64()? + by_ms as f64 * self.unit.per_ms()?));
        moved.or_else(fractional).unwrap_or_else(|| value.clone())
    }

    fn read_written(&self, text: &str) -> Option<i64> {
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(timestamp.as_millisecond());
        }
        let local = text.parse::<DateTime>().ok()?;
        let instant = self.zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(instant.as_millisecond())
    }
}

fn whole(value: &Value, by: i64) -> Option<Value> {
    Some(Value::from(value.as_i64()?.checked_add(by)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(unit: TimeUnit, zone: &str) -> TimeField {
        TimeField { field: "ts".to_owned(), unit, zone: TimeZone::get(zone).unwrap() }
    }

    #[test]
    fn times_are_read_in_their_unit() {
        for (unit, written, expected) in [
            (TimeUnit::Seconds, "1211353200", Some(1_211_353_200_000)),
            (TimeUnit::Seconds, "1211353200.25", Some(1_211_353_200_250)),
            (TimeUnit::Milliseconds, "1211353200123", Some(1_211_353_200_123)),
            (TimeUnit::Microseconds, "1211353200123999", Some(1_211_353_200_123)),
            (TimeUnit::Nanoseconds, "1211353200123999999", Some(1_211_353_200_123)),
            (TimeUnit::Seconds, "\"1211353200\"", None),
            (TimeUnit::Iso8601, "\"2008-05-21T07:00:00Z\"", Some(1_211_353_200_000)),
            (TimeUnit::Iso8601, "\"2008-05-21 00:00:00.5-07:00\"", Some(1_211_353_200_500)),
            (TimeUnit::Iso8601, "\"2008-05-21 00:00:00\"", Some(1_211_353_200_000)),
            (TimeUnit::Iso8601, "\"2008-05-21\"", Some(1_211_353_200_000)),
            (TimeUnit::Iso8601, "\"yesterday\"", None),
            (TimeUnit::Iso8601, "1211353200", None),
        ] {
            let value = serde_json::from_str(written).unwrap();
            let read = field(unit, "America/Los_Angeles").read_ms(&value);
            assert_eq!(read, expected, "{written}");
        }
    }

    #[test]
    fn moved_times_keep_their_unit() {
        for (unit, written, by_ms, expected) in [
            (TimeUnit::Seconds, "100", 5000, "105"),
            (TimeUnit::Seconds, "100", 500, "100.5"),
            (TimeUnit::Milliseconds, "100", 5, "105"),
            (TimeUnit::Microseconds, "100", 5, "5100"),
            (TimeUnit::Nanoseconds, "100", 5, "5000100"),
            (TimeUnit::Iso8601, "\"2008-05-21 07:00\"", 1500, "\"2008-05-21T07:00:01.5Z\""),
            (TimeUnit::Iso8601, "\"soon\"", 1500, "\"soon\""),
            (TimeUnit::Seconds, "null", 500, "null"),
        ] {
            let value = serde_json::from_str(written).unwrap();
            assert_eq!(field(unit, "UTC").moved(&value, by_ms).to_string(), expected, "{written}");
        }
    }
}
