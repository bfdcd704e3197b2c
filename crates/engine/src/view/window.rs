//! Which rows a view holds: its time range against the stream's clock, in steps of panes.

use hailstream_protocol::Range;
use hailstream_query::{Query, TimePoint, TimeRange, resolve_time};
use jiff::tz::TimeZone;

/// Panes a sliding window has at least.
const PANES: i64 = 60;
/// Steps of an end that moves while the start stands.
const END_STEP_MS: i64 = 1_000;
/// 2020-09-13T12:26:40Z, in the midst of a minute, an hour, a day, a week, a month and a year.
const SOME_DAY_MS: i64 = 1_600_000_000_000;

#[derive(Clone, Debug)]
pub(crate) struct Window {
    time: Option<TimeRange>,
    zone: TimeZone,
    /// Length of a pane, ms; 0 where the range does not slide.
    pane_ms: i64,
}

/// The bounds at one moment: event times, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
    /// What the answer says.
    pub(crate) range: Option<Range>,
}

const ALL: Bounds = Bounds { from_ms: i64::MIN, to_ms: i64::MAX, range: None };

impl Window {
    pub(crate) fn of(query: &Query, interval_ms: Option<i64>) -> Self {
        let zone = query.zone().unwrap_or(TimeZone::UTC);
        let slides = query.time.as_ref().is_some_and(|time| time.from.is_relative());
        let mut window = Self { time: query.time.clone(), zone, pane_ms: 0 };
        if slides {
            let length = window.moving_length_ms();
            let step = (length / PANES).max(1);
            window.pane_ms = match interval_ms {
                Some(interval) if interval <= step => interval * (step / interval).max(1),
                Some(interval) => divisor_near(interval, step),
                None => natural(step),
            };
        }
        window
    }

    /// What the panes of a sliding window divide: where the end stands still, the way from the start to the clock. Rounded
    /// ends make it vary; it is taken at one moment, so that panes do not depend on when a view was opened.
    fn moving_length_ms(&self) -> i64 {
        let Some(time) = &self.time else { return 0 };
        let now = TimePoint::Text("now".to_owned());
        let to = if time.to.is_relative() { &time.to } else { &now };
        length_ms(
            &TimeRange { from: time.from.clone(), to: to.clone() },
            &self.zone,
            Some(SOME_DAY_MS),
        )
    }

    /// The pane of an event time.
    pub(crate) fn pane(&self, time_ms: i64) -> i64 {
        if self.pane_ms == 0 { 0 } else { time_ms.div_euclid(self.pane_ms) }
    }

    /// About how many panes it has.
    pub(crate) fn about_panes(&self) -> u64 {
        match self.pane_ms {
            0 => 1,
            pane_ms => (self.moving_length_ms() / pane_ms + 1).unsigned_abs(),
        }
    }

    /// First event time of a pane of a window that slides.
    pub(crate) fn pane_start(&self, pane: i64) -> i64 {
        pane.saturating_mul(self.pane_ms)
    }

    /// Whether the window moves with the clock.
    pub(crate) fn slides(&self) -> bool {
        self.pane_ms > 0
    }

    /// Whether the end moves with the clock and lies elsewhere than now: rows beyond it come in later.
    pub(crate) fn end_moves(&self) -> bool {
        self.time.as_ref().is_some_and(|time| time.to.is_relative() && !time.to.is_now())
    }

    /// First and last pane inside the bounds.
    pub(crate) fn panes(&self, bounds: &Bounds) -> (i64, i64) {
        if self.pane_ms == 0 {
            (0, 0)
        } else {
            (self.pane(bounds.from_ms), self.pane(bounds.to_ms))
        }
    }

    /// The bounds when the clock says `now_ms`.
    pub(crate) fn at(&self, now_ms: Option<i64>) -> Bounds {
        let Some(time) = &self.time else { return ALL };
        let now = now_ms.unwrap_or(0);
        let Ok((mut from, mut to)) = resolve_time(&time.from, &time.to, now, &self.zone) else {
            return ALL;
        };
        if self.pane_ms > 0 {
            from = from.div_euclid(self.pane_ms) * self.pane_ms;
        }
        if self.end_moves() {
            let step = if self.slides() { self.pane_ms } else { END_STEP_MS };
            to = (to + 1).div_euclid(step) * step - 1;
        }
        let range = now_ms.map(|_| Range { from_ms: from, to_ms: to });
        if time.to.is_now() {
            to = i64::MAX;
        }
        Bounds { from_ms: from, to_ms: to, range }
    }
}

/// The largest divisor of `interval` that is at most `step`, searched over natural parts.
fn divisor_near(interval: i64, step: i64) -> i64 {
    let parts = (interval / step).max(1);
    (parts..=parts * 4)
        .find(|parts| interval % parts == 0)
        .map_or(interval, |parts| interval / parts)
}

fn natural(step: i64) -> i64 {
    let steps = hailstream_query::AUTO_STEPS_MS;
    steps.into_iter().rev().find(|natural| *natural <= step).unwrap_or(step)
}

/// Length of a query's range when the clock says `now_ms`; 0 for none. Automatic intervals follow from it.
pub(crate) fn range_length_ms(query: &Query, now_ms: Option<i64>) -> i64 {
    let zone = query.zone().unwrap_or(TimeZone::UTC);
    query.time.as_ref().map_or(0, |time| length_ms(time, &zone, now_ms))
}

fn length_ms(time: &TimeRange, zone: &TimeZone, now_ms: Option<i64>) -> i64 {
    let now = now_ms.unwrap_or_default();
    resolve_time(&time.from, &time.to, now, zone)
        .map_or(0, |(from, to)| to.saturating_sub(from).max(0))
}
