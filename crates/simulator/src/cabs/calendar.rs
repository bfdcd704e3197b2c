//! The company's clocks, and what the calendar brings: an hour of rain, a game at the ball park.
//!
//! Everything follows from the seed and the day, so it is known without a look at what came before.

use super::chance::Chance;

/// A minute, milliseconds.
pub(super) const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long rain and the rush after a game take to begin and to end.
const RAMP_MS: i64 = 8 * MINUTE_MS;

/// How long the crowd of a game arrives before it, and leaves after it.
const ARRIVING_MS: i64 = 75 * MINUTE_MS;
const LEAVING_MS: i64 = 55 * MINUTE_MS;

/// From when until when, epoch milliseconds.
pub type Span = (i64, i64);

/// Local time, and the days' occasions.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    seed: u64,
    utc_offset_ms: i64,
}

/// What happens in the city on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasions {
    /// Rain: more people want a cab, and streets are slower.
    pub rain: Option<Span>,
    /// A game at the ball park: at its end thousands want a cab at once.
    pub game: Option<Span>,
}

impl Calendar {
    /// The calendar of a fleet; the offset says what its clocks are ahead of UTC.
    pub fn new(seed: u64, utc_offset_ms: i64) -> Self {
        Self { seed, utc_offset_ms }
    }

    /// What happens on the day of a time, by the company's clocks.
    pub fn occasions(&self, at_ms: i64) -> Occasions {
        let day = self.day(at_ms);
        Occasions { rain: self.rain(day), game: self.game(day) }
    }

    /// Days since the epoch, by the company's clocks.
    pub(super) fn day(&self, at_ms: i64) -> i64 {
        (at_ms + self.utc_offset_ms).div_euclid(DAY_MS)
    }

    /// What the clocks show, hours with fractions.
    pub(super) fn hour(&self, at_ms: i64) -> f64 {
        (at_ms + self.utc_offset_ms).rem_euclid(DAY_MS) as f64 / HOUR_MS as f64
    }

    /// The time at which the clocks show so many hours on a day; hours may lie beyond the day.
    pub(super) fn at(&self, day: i64, hour: f64) -> i64 {
        day * DAY_MS + (hour * HOUR_MS as f64) as i64 - self.utc_offset_ms
    }

    /// Whether people go out: from Friday evening to Sunday afternoon.
    pub(super) fn is_weekend(&self, at_ms: i64) -> bool {
        let (day, hour) = (weekday(self.day(at_ms)), self.hour(at_ms));
        match day {
            5 => hour >= 17.0,
            6 => true,
            0 => hour < 17.0,
            _ => false,
        }
    }

    /// How much it rains at a time, 0 to 1.
    pub(super) fn rain_at(&self, at_ms: i64) -> f64 {
        self.rain(self.day(at_ms)).map_or(0.0, |span| ramped(span, at_ms))
    }

    /// How strongly the ball park draws people before a game, 0 to 1.
    pub(super) fn arriving_at(&self, at_ms: i64) -> f64 {
        let game = self.game(self.day(at_ms));
        game.map_or(0.0, |(start, _)| ramped((start - ARRIVING_MS, start + RAMP_MS), at_ms))
    }

    /// How strongly people leave the ball park after a game, 0 to 1.
    pub(super) fn leaving_at(&self, at_ms: i64) -> f64 {
        // A late game ends the evening before.
        let of =
            |day| self.game(day).map_or(0.0, |(_, end)| ramped((end, end + LEAVING_MS), at_ms));
        let day = self.day(at_ms);
        f64::max(of(day), of(day - 1))
    }

    fn rain(&self, day: i64) -> Option<Span> {
        let mut chance = Chance::of([self.seed, day as u64, 1]);
        if chance.next() > 0.6 {
            return None;
        }
        let start = self.at(day, 7.0 + 13.0 * chance.next());
        Some((start, start + ((45.0 + 35.0 * chance.next()) * MINUTE_MS as f64) as i64))
    }

    fn game(&self, day: i64) -> Option<Span> {
        let mut chance = Chance::of([self.seed, day as u64, 2]);
        let hour = match weekday(day) {
            1 => return None,
            0 | 3 | 6 => 13.1,
            _ => 19.1,
        };
        let start = self.at(day, hour);
        Some((start, start + ((150.0 + 50.0 * chance.next()) * MINUTE_MS as f64) as i64))
    }
}

/// Sunday is 0.
fn weekday(day: i64) -> i64 {
    (day + 4).rem_euclid(7)
}

/// 0 outside of a span, 1 within, rising and falling at its ends.
fn ramped((start, end): Span, at_ms: i64) -> f64 {
    let inside = (at_ms - start).min(end - at_ms);
    (inside as f64 / RAMP_MS as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-06-05T20:00:00Z, a Wednesday, one in the afternoon in San Francisco.
    const WEDNESDAY_MS: i64 = 1_717_617_600_000;

    #[test]
    fn the_clocks_are_the_companys() {
        let calendar = Calendar::new(1, -7 * HOUR_MS);
        assert_eq!(calendar.hour(WEDNESDAY_MS), 13.0);
        assert_eq!(calendar.at(calendar.day(WEDNESDAY_MS), 13.0), WEDNESDAY_MS);
        let out = |days: i64, hours: i64| {
            calendar.is_weekend(WEDNESDAY_MS + days * DAY_MS + hours * HOUR_MS)
        };
        assert_eq!(
            [out(0, 0), out(2, 0), out(2, 5), out(3, 0), out(4, 0), out(4, 6)],
            [false, false, true, true, true, false]
        );
    }

    #[test]
    fn people_come_before_the_game_and_leave_after_it() {
        let calendar = Calendar::new(1, -7 * HOUR_MS);
        let (start, end) = calendar.occasions(WEDNESDAY_MS).game.unwrap();
        assert!((calendar.hour(start) - 13.1).abs() < 0.01 && end - start >= 150 * MINUTE_MS);
        let at = |at_ms| (calendar.arriving_at(at_ms), calendar.leaving_at(at_ms));
        assert_eq!(at(start - 30 * MINUTE_MS), (1.0, 0.0));
        assert_eq!(at(end - MINUTE_MS), (0.0, 0.0));
        assert_eq!(at(end + 30 * MINUTE_MS), (0.0, 1.0));
        assert_eq!(at(end + LEAVING_MS + MINUTE_MS), (0.0, 0.0));
    }

    #[test]
    fn it_rains_for_an_hour_on_some_days() {
        let calendar = Calendar::new(1, 0);
        let spells: Vec<Span> = (0..100).filter_map(|day| calendar.rain(day)).collect();
        assert!((45..75).contains(&spells.len()), "{}", spells.len());
        for (start, end) in spells {
            assert!((45..=80).contains(&((end - start) / MINUTE_MS)));
            assert_eq!(calendar.rain_at((start + end) / 2), 1.0);
            assert_eq!(calendar.rain_at(end + 1), 0.0);
        }
    }
}
