//! Local dates and times of day, from an epoch time and the offset of a time zone at it. Proleptic Gregorian.
//!
//! No zone database here: whoever asks brings a function from an instant to its offset from UTC, in ms.

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Offset from UTC, in ms, at an instant (epoch ms): positive east of Greenwich.
pub type ZoneOffset<'a> = &'a dyn Fn(i64) -> i64;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// From the weekday of 1970-01-01 on.
const WEEKDAYS: [&str; 7] =
    ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// A local date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999.
    pub millisecond: u16,
}

/// How much of a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// `2024`.
    Year,
    /// `Nov 2024`.
    Month,
    /// `21 Nov`.
    Day,
    /// `18:42`.
    Minute,
    /// `18:42:06`.
    Second,
    /// `18:42:06.250`.
    Millisecond,
}

impl Precision {
    /// What it takes to tell times apart that are `step_ms` apart.
    #[must_use]
    pub fn for_step(step_ms: i64) -> Self {
        match step_ms {
            step if step >= 360 * DAY => Self::Year,
            step if step >= 28 * DAY => Self::Month,
            step if step >= DAY => Self::Day,
            step if step >= MINUTE => Self::Minute,
            step if step >= SECOND => Self::Second,
            _ => Self::Millisecond,
        }
    }
}

impl Civil {
    /// The local time at an instant.
    #[must_use]
    pub fn at(epoch_ms: i64, zone: ZoneOffset<'_>) -> Self {
        Self::from_local_ms(epoch_ms + zone(epoch_ms))
    }

    pub(crate) fn from_local_ms(local_ms: i64) -> Self {
        let (days, in_day) = (local_ms.div_euclid(DAY), local_ms.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        Self {
            year,
            month,
            day,
            hour: (in_day / HOUR) as u8,
            minute: (in_day / MINUTE % 60) as u8,
            second: (in_day / SECOND % 60) as u8,
            millisecond: (in_day % SECOND) as u16,
        }
    }

    /// The first instant of a month, as local ms. `month` may lie outside 1 to 12.
    pub(crate) fn month_start_ms(year: i64, month: i64) -> i64 {
        let index = year * 12 + month - 1;
        days_before(index.div_euclid(12), index.rem_euclid(12) + 1) * DAY
    }

    /// Whether two local times fall on the same day.
    #[must_use]
    pub fn is_same_day(self, other: Self) -> bool {
        (self.year, self.month, self.day) == (other.year, other.month, other.day)
    }

    /// How much there is of a time of day: 0 nothing, 1 minutes, 2 seconds, 3 milliseconds.
    #[must_use]
    pub fn detail(self) -> u8 {
        match self {
            Self { millisecond: 1.., .. } => 3,
            Self { second: 1.., .. } => 2,
            Self { hour: 1.., .. } | Self { minute: 1.., .. } => 1,
            _ => 0,
        }
    }

    /// `21 Nov 2024, 18:42:06`, with so much of the time of day.
    #[must_use]
    pub fn date_words(self, detail: u8) -> String {
        let precision = match detail {
            0 => return format!("{} {}", self.day_name(), self.year),
            1 => Precision::Minute,
            2 => Precision::Second,
            _ => Precision::Millisecond,
        };
        format!("{} {}, {}", self.day_name(), self.year, self.write(precision))
    }

    /// `21 Nov`.
    #[must_use]
    pub fn day_name(self) -> String {
        format!("{} {}", self.day, MONTHS[usize::from(self.month - 1)])
    }

    /// `Friday 20 November`.
    #[must_use]
    pub fn long_day_name(self) -> String {
        let days = days_before(self.year, i64::from(self.month)) + i64::from(self.day) - 1;
        let weekday = WEEKDAYS[days.rem_euclid(7) as usize];
        format!("{weekday} {} {}", self.day, LONG_MONTHS[usize::from(self.month - 1)])
    }

    /// The time as `precision` has it.
    #[must_use]
    pub fn write(self, precision: Precision) -> String {
        let Self { year, hour, minute, second, millisecond, .. } = self;
        match precision {
            Precision::Year => year.to_string(),
            Precision::Month => format!("{} {year}", MONTHS[usize::from(self.month - 1)]),
            Precision::Day => self.day_name(),
            Precision::Minute => format!("{hour:02}:{minute:02}"),
            Precision::Second => format!("{hour:02}:{minute:02}:{second:02}"),
            Precision::Millisecond => {
                format!("{hour:02}:{minute:02}:{second:02}.{millisecond:03}")
            }
        }
    }
}

/// Days from 1970-01-01 to the first of a month. Years start in March here, so that the leap day comes last.
fn days_before(year: i64, month: i64) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn date_of(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month + 2) / 5 + 1) as u8;
    let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    (era * 400 + year_of_era + year, month as u8, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days() {
        let check = |ms: i64, day: &str, time: &str| {
            let civil = Civil::at(ms, &|_| 0);
            assert_eq!(
                (civil.day_name().as_str(), civil.write(Precision::Second).as_str()),
                (day, time)
            );
        };
        check(0, "1 Jan", "00:00:00");
        check(951_782_399_000, "28 Feb", "23:59:59");
        check(951_782_400_000, "29 Feb", "00:00:00");
        check(1_211_350_800_000, "21 May", "06:20:00");
        check(-1_000, "31 Dec", "23:59:59");
    }

    #[test]
    fn days_have_long_names() {
        let name = |epoch_ms| Civil::at(epoch_ms, &|_| 0).long_day_name();
        assert_eq!(name(0), "Thursday 1 January");
        assert_eq!(name(-1), "Wednesday 31 December");
        assert_eq!(name(1_211_350_800_000), "Wednesday 21 May");
    }

    #[test]
    fn month_starts_and_dates_are_inverse() {
        for index in -1200..3600_i64 {
            let civil = Civil::from_local_ms(Civil::month_start_ms(1970, index));
            assert_eq!(civil.year * 12 + i64::from(civil.month), 1970 * 12 + index);
            assert_eq!(civil.day, 1);
        }
    }
}
