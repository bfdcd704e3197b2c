//! Lengths of time as people write them: `500ms`, `30s`, `1m`, `12h`, `7d`; and the automatic choice of one.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// A fixed length of time, greater than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    millis: i64,
}

const UNITS: [(&str, i64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Steps for automatic intervals: natural lengths only.
pub const AUTO_STEPS_MS: [i64; 17] = [
    1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
    1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

impl Interval {
    /// An interval of `millis` milliseconds; `None` unless greater than zero.
    #[must_use]
    pub fn from_millis(millis: i64) -> Option<Self> {
        (millis > 0).then_some(Self { millis })
    }

    /// Its length in milliseconds.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.millis
    }

    /// Reads `30s`.
    ///
    /// # Errors
    /// Words that say what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let scale = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale);
        number
            .parse::<i64>()
            .ok()
            .zip(scale)
            .and_then(|(number, scale)| number.checked_mul(scale))
            .and_then(Self::from_millis)
            .ok_or_else(|| {
                format!("\"{text}\" is not a length of time such as 500ms, 30s, 1m, 12h, 7d")
            })
    }
}

/// The finest automatic step that cuts `length_ms` into at most `buckets` parts.
#[must_use]
pub fn auto_interval_ms(length_ms: i64, buckets: u32) -> i64 {
    let at_least = length_ms.max(1) / i64::from(buckets.max(1));
    let day = AUTO_STEPS_MS[AUTO_STEPS_MS.len() - 1];
    AUTO_STEPS_MS
        .into_iter()
        .find(|step| *step >= at_least)
        .unwrap_or_else(|| at_least.div_euclid(day).saturating_add(1).saturating_mul(day))
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, scale) =
            UNITS.into_iter().find(|(_, scale)| self.millis % scale == 0).unwrap_or(("ms", 1));
        write!(f, "{}{unit}", self.millis / scale)
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

impl JsonSchema for Interval {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Interval".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$" })
    }
}

/// A shift in time, forwards or backwards: `6h`, `+6h`, `-30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offset {
    millis: i64,
}

impl Offset {
    /// In milliseconds.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.millis
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.millis < 0 { "-" } else { "" };
        write!(f, "{sign}{}", Interval { millis: self.millis.abs() })
    }
}

impl Serialize for Offset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (sign, length) = match text.strip_prefix('-') {
            Some(length) => (-1, length),
            None => (1, text.strip_prefix('+').unwrap_or(&text)),
        };
        let length = Interval::parse(length).map_err(D::Error::custom)?;
        Ok(Self { millis: sign * length.millis })
    }
}

impl JsonSchema for Offset {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Offset".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[+-]?[0-9]+(ms|s|m|h|d)$" })
    }
}

/// A unit of the calendar. Read as `day` or as OpenSearch's `1d`; written as `day`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CalendarUnit {
    /// 60 seconds.
    Minute,
    /// As long as the clocks say: an hour that happens twice is two.
    Hour,
    /// Local midnight to local midnight: 23 to 25 hours.
    Day,
    /// From Monday on.
    Week,
    /// From the first of the month on.
    Month,
    /// From the first of January, April, July, October on.
    Quarter,
    /// From the first of January on.
    Year,
}

impl CalendarUnit {
    /// All of them, by length.
    pub const ALL: [Self; 7] =
        [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    fn names(self) -> [&'static str; 2] {
        match self {
            Self::Minute => ["minute", "1m"],
            Self::Hour => ["hour", "1h"],
            Self::Day => ["day", "1d"],
            Self::Week => ["week", "1w"],
            Self::Month => ["month", "1M"],
            Self::Quarter => ["quarter", "1q"],
            Self::Year => ["year", "1y"],
        }
    }

    /// About how long it is, ms; months have 30 days here.
    #[must_use]
    pub fn about_ms(self) -> i64 {
        const DAY_MS: i64 = 86_400_000;
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => DAY_MS,
            Self::Week => 7 * DAY_MS,
            Self::Month => 30 * DAY_MS,
            Self::Quarter => 91 * DAY_MS,
            Self::Year => 365 * DAY_MS,
        }
    }
}

impl Serialize for CalendarUnit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.names()[0])
    }
}

impl<'de> Deserialize<'de> for CalendarUnit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unit = Self::ALL.into_iter().find(|unit| unit.names().contains(&text.as_str()));
        unit.ok_or_else(|| {
            let names = Self::ALL.map(|unit| unit.names()[0]);
            let near = crate::near::nearest(&text, names);
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let names = names.join(", ");
            D::Error::custom(format!(
                "\"{text}\" is not a unit of the calendar: expected one of {names}{near}"
            ))
        })
    }
}

impl JsonSchema for CalendarUnit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CalendarUnit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Self::ALL.into_iter().flat_map(Self::names).collect();
        json_schema!({ "type": "string", "enum": names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, millis) in [("500ms", 500), ("30s", 30_000), ("1m", 60_000), ("7d", 604_800_000)]
        {
            let interval = Interval::parse(text).unwrap();
            assert_eq!((interval.millis(), interval.to_string()), (millis, text.to_owned()));
        }
        assert_eq!(Interval::parse("60s").unwrap().to_string(), "1m");
        for wrong in ["", "0s", "s", "1w", "-1s", "1.5h", "99999999999999999999d"] {
            assert!(Interval::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shifts_and_calendar_units_read_and_write() {
        let shift = |text: &str| -> Result<(i64, String), serde_json::Error> {
            let offset: Offset = serde_json::from_value(text.into())?;
            Ok((offset.millis(), offset.to_string()))
        };
        assert_eq!(shift("+6h").unwrap(), (21_600_000, "6h".to_owned()));
        assert_eq!(shift("-90s").unwrap(), (-90_000, "-90s".to_owned()));
        assert!(shift("--6h").is_err() && shift("6").is_err());
        for (text, unit) in [
            ("1M", CalendarUnit::Month),
            ("1m", CalendarUnit::Minute),
            ("week", CalendarUnit::Week),
        ] {
            assert_eq!(serde_json::from_value::<CalendarUnit>(text.into()).unwrap(), unit);
        }
        assert!(serde_json::from_value::<CalendarUnit>("2d".into()).is_err());
    }

    #[test]
    fn automatic_intervals_are_natural() {
        assert_eq!(auto_interval_ms(900_000, 60), 15_000);
        assert_eq!(auto_interval_ms(86_400_000, 48), 1_800_000);
        assert_eq!(auto_interval_ms(90 * 86_400_000, 50), 2 * 86_400_000);
    }
}
