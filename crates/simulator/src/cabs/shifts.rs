//! When a cab is on the road: a day shift and a night shift, most of them worked, with a change in the afternoon.
//!
//! The hours are drawn so that the share of cabs on the road follows the real fleet's: least at four in the morning,
//! a dip at the change of shifts, most in the evening, longer nights at weekends.

use super::calendar::{Calendar, MINUTE_MS};
use super::chance::Chance;

/// The shifts of one cab.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shifts {
    seed: u64,
    cab: u64,
}

/// Whether a cab is on the road at a time, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    On { until_ms: i64 },
    Off { until_ms: i64 },
}

/// What lies at least between two shifts: the hand-over.
const HAND_OVER_MS: i64 = 15 * MINUTE_MS;

impl Shifts {
    pub(super) fn new(seed: u64, cab: u64) -> Self {
        Self { seed, cab }
    }

    /// Whether the cab is on the road at a time.
    pub(super) fn duty(&self, calendar: &Calendar, at_ms: i64) -> Duty {
        let day = calendar.day(at_ms);
        let mut free_from_ms = i64::MIN;
        // A cab is never off the road for three days.
        for (day, is_night) in (day - 1..day + 4).flat_map(|day| [(day, false), (day, true)]) {
            let Some((start_ms, end_ms)) = self.shift(calendar, day, is_night) else { continue };
            let start_ms = start_ms.max(free_from_ms);
            free_from_ms = free_from_ms.max(end_ms + HAND_OVER_MS);
            if at_ms < start_ms {
                return Duty::Off { until_ms: start_ms };
            }
            if at_ms < end_ms {
                return Duty::On { until_ms: end_ms };
            }
        }
        Duty::Off { until_ms: at_ms + 720 * MINUTE_MS }
    }

    fn shift(&self, calendar: &Calendar, day: i64, is_night: bool) -> Option<(i64, i64)> {
        let mut chance = Chance::of([self.seed, self.cab, day as u64, 16 + u64::from(is_night)]);
        let is_weekend = calendar.is_weekend(calendar.at(day, 22.0));
        let is_saturday_or_sunday = calendar.is_weekend(calendar.at(day, 12.0));
        let (worked, start, end) = if is_night {
            let later = if is_weekend { 1.4 } else { 0.0 };
            (0.78, 16.0 + 1.1 * chance.bell(), 25.9 + later + 2.1 * chance.bell())
        } else {
            let worked = if is_saturday_or_sunday { 0.62 } else { 0.70 };
            (worked, 6.1 + 1.8 * chance.bell(), 16.0 + 1.2 * chance.bell())
        };
        let span = (calendar.at(day, start), calendar.at(day, end));
        (chance.next() < worked).then_some(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_road_is_busiest_in_the_evening_and_never_empty() {
        let calendar = Calendar::new(1, 0);
        // 2024-06-05, a Wednesday.
        let day = 19_879;
        let on_duty = |hour: f64| {
            let at_ms = calendar.at(day, hour);
            let on = |cab: &u64| match Shifts::new(1, *cab).duty(&calendar, at_ms) {
                Duty::On { until_ms } | Duty::Off { until_ms } if until_ms <= at_ms => {
                    panic!("{cab} at {hour}: the answer has passed")
                }
                duty => matches!(duty, Duty::On { .. }),
            };
            (0..1000).filter(on).count()
        };
        let hours = [3.5, 9.0, 16.0, 20.0].map(on_duty);
        let [night, morning, change, evening] = hours;
        assert!(night > 60 && night < change && change < morning && morning < evening, "{hours:?}");
    }

    #[test]
    fn a_shift_lasts_until_it_says() {
        let calendar = Calendar::new(1, 0);
        for cab in 0..50 {
            let shifts = Shifts::new(7, cab);
            let mut at_ms = calendar.at(19_879, 0.0);
            for _ in 0..20 {
                let duty = shifts.duty(&calendar, at_ms);
                let (Duty::On { until_ms } | Duty::Off { until_ms }) = duty;
                assert_eq!(shifts.duty(&calendar, until_ms - 1), duty);
                assert_ne!(shifts.duty(&calendar, until_ms), duty);
                at_ms = until_ms;
            }
        }
    }
}
