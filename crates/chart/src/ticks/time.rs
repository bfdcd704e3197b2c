//! Ticks at natural breaks of local time: full minutes, hours, days, months, and never more than fit.

use crate::civil::{Civil, Precision, ZoneOffset};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A labelled instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeTick {
    pub at_ms: i64,
    pub label: String,
    /// It names its day: the last label to be left out.
    pub names_day: bool,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many ms of local time, at most a day.
    Clock(i64),
    Days(i64),
    Months(i64),
}

const STEPS: [Step; 36] = [
    Step::Clock(1),
    Step::Clock(10),
    Step::Clock(100),
    Step::Clock(200),
    Step::Clock(500),
    Step::Clock(SECOND),
    Step::Clock(2 * SECOND),
    Step::Clock(5 * SECOND),
    Step::Clock(10 * SECOND),
    Step::Clock(15 * SECOND),
    Step::Clock(30 * SECOND),
    Step::Clock(MINUTE),
    Step::Clock(2 * MINUTE),
    Step::Clock(3 * MINUTE),
    Step::Clock(5 * MINUTE),
    Step::Clock(10 * MINUTE),
    Step::Clock(15 * MINUTE),
    Step::Clock(30 * MINUTE),
    Step::Clock(HOUR),
    Step::Clock(2 * HOUR),
    Step::Clock(3 * HOUR),
    Step::Clock(6 * HOUR),
    Step::Clock(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(1200),
];

impl Step {
    /// Its shortest length.
    fn min_ms(self) -> i64 {
        match self {
            Self::Clock(ms) => ms,
            Self::Days(days) => days * DAY - HOUR,
            Self::Months(months) => months * 28 * DAY,
        }
    }

    /// Its greatest length.
    fn max_ms(self) -> i64 {
        match self {
            Self::Clock(ms) => ms,
            Self::Days(days) => days * DAY + HOUR,
            Self::Months(months) => months * 31 * DAY + HOUR,
        }
    }

    fn precision(self) -> Precision {
        match self {
            Self::Clock(ms) => Precision::for_step(ms),
            Self::Days(_) => Precision::Day,
            Self::Months(months) if months % 12 == 0 => Precision::Year,
            Self::Months(_) => Precision::Month,
        }
    }

    /// The last break at or before a local time, and how to go on from it.
    fn floor(self, local_ms: i64) -> i64 {
        match self {
            Self::Clock(ms) => {
                let midnight = local_ms.div_euclid(DAY) * DAY;
                midnight + (local_ms - midnight) / ms * ms
            }
            Self::Days(days) => {
                // Weeks start on Monday; 1970-01-05 was one.
                let anchor = if days % 7 == 0 { 4 } else { 0 };
                let index = local_ms.div_euclid(DAY) - anchor;
                (index.div_euclid(days) * days + anchor) * DAY
            }
            Self::Months(months) => {
                let civil = Civil::from_local_ms(local_ms);
                let index = civil.year * 12 + i64::from(civil.month) - 1;
                Civil::month_start_ms(0, index.div_euclid(months) * months + 1)
            }
        }
    }

    fn next(self, local_ms: i64) -> i64 {
        match self {
            Self::Clock(ms) => local_ms + ms,
            Self::Days(days) => local_ms + days * DAY,
            Self::Months(months) => {
                let civil = Civil::from_local_ms(local_ms);
                Civil::month_start_ms(civil.year, i64::from(civil.month) + months)
            }
        }
    }
}

/// What the axis has room for and when it is read.
pub(crate) struct TimeAxis<'a> {
    pub from_ms: i64,
    pub to_ms: i64,
    pub now_ms: i64,
    pub zone: ZoneOffset<'a>,
    /// At most so many ticks.
    pub most: usize,
    /// No finer than this: the length of a bucket.
    pub least_ms: i64,
}

/// The ticks of the finest step that gives at most `most`. The day is named where it changes, and once at the start where it is
/// not today.
pub(crate) fn time_ticks(axis: &TimeAxis<'_>) -> Vec<TimeTick> {
    let span = axis.to_ms - axis.from_ms;
    if span <= 0 || axis.most == 0 {
        return Vec::new();
    }
    let breaks = STEPS
        .iter()
        .filter(|step| step.max_ms() >= axis.least_ms)
        .filter(|step| span / step.min_ms() <= axis.most as i64 + 1)
        .map(|step| (*step, breaks(axis, *step)))
        .find(|(_, at)| at.len() <= axis.most);
    let Some((step, at)) = breaks else { return Vec::new() };
    label(axis, step.precision(), &at)
}

fn breaks(axis: &TimeAxis<'_>, step: Step) -> Vec<i64> {
    let mut local = step.floor(axis.from_ms + (axis.zone)(axis.from_ms));
    let mut at: Vec<i64> = Vec::new();
    // The first break may lie before the range, one may fall into the hour that summer time skips, and one more ends the loop.
    for _ in 0..axis.most + 4 {
        let instant = instant_of(local, axis.zone);
        if instant >= axis.to_ms {
            break;
        }
        if instant >= axis.from_ms && at.last().is_none_or(|last| instant > *last) {
            at.push(instant);
        }
        local = step.next(local);
    }
    at
}

/// The instant at which clocks show `local_ms`; the one just after, where they skip it.
fn instant_of(local_ms: i64, zone: ZoneOffset<'_>) -> i64 {
    let guess = local_ms - zone(local_ms);
    local_ms - zone(guess)
}

fn label(axis: &TimeAxis<'_>, precision: Precision, at: &[i64]) -> Vec<TimeTick> {
    let mut day = Civil::at(axis.now_ms, axis.zone);
    let first_day = Civil::at(axis.from_ms, axis.zone);
    if first_day.is_same_day(Civil::at(axis.to_ms - 1, axis.zone)) && !first_day.is_same_day(day) {
        // One day only, and not today's: the first tick names it beside its time.
    } else {
        day = first_day;
    }
    at.iter()
        .map(|&at_ms| {
            let civil = Civil::at(at_ms, axis.zone);
            let time = civil.write(precision);
            if precision <= Precision::Day {
                return TimeTick { at_ms, label: time, names_day: false };
            }
            let names_day = !civil.is_same_day(day);
            day = civil;
            let is_midnight = (civil.hour, civil.minute, civil.second) == (0, 0, 0);
            let label = match (names_day, is_midnight) {
                (false, _) => time,
                (true, true) => civil.day_name(),
                (true, false) => format!("{} {time}", civil.day_name()),
            };
            TimeTick { at_ms, label, names_day }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(from_ms: i64, span_ms: i64, zone: ZoneOffset<'_>) -> String {
        let axis = TimeAxis {
            from_ms,
            to_ms: from_ms + span_ms,
            now_ms: from_ms + span_ms,
            zone,
            most: 6,
            least_ms: 1,
        };
        let ticks = time_ticks(&axis);
        ticks.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>().join(" | ")
    }

    /// 2008-05-21 18:27 in San Francisco.
    const EVENING: i64 = 1_211_419_620_000;

    fn pacific(_: i64) -> i64 {
        -7 * HOUR
    }

    #[test]
    fn breaks_are_natural() {
        let check = |span, want: &str| assert_eq!(labels(EVENING, span, &pacific), want);
        check(15 * MINUTE, "18:27 | 18:30 | 18:33 | 18:36 | 18:39");
        check(20 * SECOND, "18:27:00 | 18:27:05 | 18:27:10 | 18:27:15");
        check(12 * HOUR, "20:00 | 22:00 | 22 May | 02:00 | 04:00 | 06:00");
        check(6 * DAY, "22 May | 23 May | 24 May | 25 May | 26 May | 27 May");
        check(40 * DAY, "26 May | 2 Jun | 9 Jun | 16 Jun | 23 Jun | 30 Jun");
        check(400 * DAY, "Jul 2008 | Sep 2008 | Nov 2008 | Jan 2009 | Mar 2009 | May 2009");
        check(3000 * DAY, "2010 | 2012 | 2014 | 2016");
    }

    #[test]
    fn a_past_day_is_named_once() {
        let axis = TimeAxis {
            from_ms: EVENING,
            to_ms: EVENING + 15 * MINUTE,
            now_ms: EVENING + 40 * DAY,
            zone: &pacific,
            most: 6,
            least_ms: 1,
        };
        let ticks = time_ticks(&axis);
        assert_eq!(ticks[0].label, "21 May 18:27");
        assert_eq!(ticks[1].label, "18:30");
    }

    #[test]
    fn the_skipped_hour_of_spring_is_no_tick() {
        // 2008-03-09: clocks go from 02:00 to 03:00.
        let zone = |ms: i64| if ms < 1_205_056_800_000 { -8 * HOUR } else { -7 * HOUR };
        assert_eq!(
            labels(1_205_056_800_000 - 2 * HOUR, 5 * HOUR, &zone),
            "00:00 | 01:00 | 03:00 | 04:00 | 05:00"
        );
    }

    proptest! {
        #[test]
        fn ticks_ascend_inside_the_range(from in 0..4_000_000_000_000_i64, span in 1..400_000_000_000_i64) {
            let axis = TimeAxis { from_ms: from, to_ms: from + span, now_ms: from, zone: &pacific, most: 6, least_ms: 1 };
            let ticks = time_ticks(&axis);
            prop_assert!(ticks.len() <= 6);
            prop_assert!(ticks.is_sorted_by(|a, b| a.at_ms < b.at_ms));
            prop_assert!(ticks.iter().all(|tick| (from..from + span).contains(&tick.at_ms)));
        }
    }
}
