//! Where and when people want a cab: shares of the zones by part of the day, and the rhythm of the week.
//!
//! The figures are rounded from what San Francisco's cabs did in May 2008 (`tests/believable.rs` compares): business by
//! day, bars by night, little before dawn. Zones that are not listed have the share [`UNLISTED`], places outside of all
//! zones [`OUTSIDE`].

use super::calendar::Calendar;

/// Of a thousand pick-ups, and of a thousand drop-offs, those in a zone: in the morning (from 6), around noon (from
/// 10), in the evening (from 16), at night (from 21).
const ZONES: [(&str, [f64; 4], [f64; 4]); 33] = [
    ("Financial District", [130., 205., 200., 120.], [275., 160., 115., 85.]),
    ("Downtown/Civic Center", [145., 155., 155., 160.], [110., 145., 140., 155.]),
    ("South of Market", [85., 90., 95., 90.], [125., 110., 95., 90.]),
    ("Western Addition", [75., 70., 70., 85.], [60., 70., 85., 90.]),
    ("Mission", [65., 55., 55., 105.], [50., 55., 65., 85.]),
    ("Marina", [65., 50., 60., 70.], [30., 45., 70., 60.]),
    ("North Beach", [45., 65., 70., 50.], [80., 80., 75., 35.]),
    ("Nob Hill", [75., 50., 50., 45.], [30., 50., 65., 60.]),
    ("Russian Hill", [55., 35., 50., 50.], [25., 35., 65., 45.]),
    ("Castro/Upper Market", [25., 25., 35., 60.], [15., 25., 30., 40.]),
    ("Haight Ashbury", [30., 25., 25., 30.], [15., 25., 25., 35.]),
    ("Pacific Heights", [55., 30., 25., 20.], [25., 30., 30., 30.]),
    ("Chinatown", [12., 20., 20., 22.], [25., 25., 20., 15.]),
    ("Inner Richmond", [20., 15., 12., 18.], [15., 17., 18., 25.]),
    ("Potrero Hill", [11., 14., 13., 9.], [18., 14., 14., 13.]),
    ("Noe Valley", [18., 10., 11., 9.], [8., 9., 13., 18.]),
    ("Inner Sunset", [13., 12., 8., 9.], [18., 11., 7., 15.]),
    ("Bernal Heights", [11., 6., 6., 12.], [5., 8., 10., 17.]),
    ("Outer Richmond", [15., 8., 6., 6.], [7., 8., 9., 13.]),
    ("Presidio Heights", [9., 11., 7., 4.], [13., 15., 8., 8.]),
    ("Outer Sunset", [7., 7., 3., 4.], [3., 6., 5., 10.]),
    ("Excelsior", [8., 5., 2., 3.], [3., 5., 3., 6.]),
    ("Bayview", [7., 5., 3., 2.], [11., 8., 5., 5.]),
    ("Outer Mission", [4., 5., 1., 3.], [5., 5., 3., 7.]),
    ("Parkside", [4., 4., 1., 2.], [2., 4., 2., 4.]),
    ("Presidio", [1., 2., 2., 1.], [7., 6., 4., 3.]),
    ("Golden Gate Park", [1., 5., 2., 1.], [4., 6., 3., 2.]),
    ("Seacliff", [1., 2., 1., 0.5], [4., 5., 1., 1.]),
    ("Glen Park", [0.6, 1.4, 0.7, 0.5], [1., 1., 1., 2.]),
    ("Crocker Amazon", [1., 0.4, 0.3, 0.6], [1., 0.6, 0.5, 1.4]),
    ("Diamond Heights", [0.3, 0.4, 0.3, 0.2], [0.2, 0.7, 1., 1.2]),
    ("Treasure Island/YBI", [0.1, 0.2, 0.1, 0.3], [0.8, 0.8, 0.3, 1.7]),
    ("Visitacion Valley", [2., 1.4, 0.5, 0.5], [2., 2., 1.6, 1.5]),
];

const UNLISTED: f64 = 2.0;
const OUTSIDE: f64 = 0.1;

/// Fares that a free cab finds in an hour, hour by hour from midnight: from Sunday evening to Friday afternoon.
const WORKING_DAY: [f64; 24] = [
    3.5, 3.3, 2.2, 1.5, 1.5, 1.4, 1.6, 2.8, 5.2, 4.9, 4.1, 4.4, 4.3, 3.9, 3.8, 3.6, 4.3, 5.8, 6.7,
    6.8, 6.6, 6.4, 6.2, 5.4,
];

/// The same from Friday evening to Sunday afternoon.
const WEEKEND: [f64; 24] = [
    8.7, 8.0, 6.5, 3.2, 2.2, 1.6, 1.4, 1.7, 2.3, 3.4, 3.9, 4.0, 3.5, 4.4, 3.8, 4.3, 4.9, 6.1, 7.2,
    8.0, 7.8, 9.1, 10.6, 10.7,
];

/// How fast traffic moves compared with empty streets, hour by hour from midnight.
const FLOW: [f64; 24] = [
    1.00, 1.00, 1.00, 1.00, 1.00, 1.00, 0.95, 0.87, 0.80, 0.82, 0.85, 0.85, 0.82, 0.84, 0.84, 0.80,
    0.77, 0.74, 0.78, 0.84, 0.90, 0.94, 0.96, 1.00,
];

/// What rain does to demand and to traffic.
const RAIN_DEMAND: f64 = 0.6;
const RAIN_FLOW: f64 = -0.18;

/// The whole of demand and traffic at a minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Which column of the zones' shares holds.
    pub part: usize,
    /// Fares that a free cab finds in an hour, on average over the city.
    pub fares_per_hour: f64,
    /// The pace of traffic as a share of that on empty streets.
    pub flow: f64,
    /// How strongly the ball park draws people, and how strongly they leave it; 0 to 1.
    pub arriving: f64,
    pub leaving: f64,
}

impl Moment {
    pub(super) fn of(calendar: &Calendar, at_ms: i64) -> Self {
        let hour = calendar.hour(at_ms);
        let rain = calendar.rain_at(at_ms);
        let rhythm = if calendar.is_weekend(at_ms) { &WEEKEND } else { &WORKING_DAY };
        Self {
            part: match hour as u32 {
                6..10 => 0,
                10..16 => 1,
                16..21 => 2,
                _ => 3,
            },
            fares_per_hour: between_hours(rhythm, hour) * (1.0 + RAIN_DEMAND * rain),
            flow: between_hours(&FLOW, hour) * (1.0 + RAIN_FLOW * rain),
            arriving: calendar.arriving_at(at_ms),
            leaving: calendar.leaving_at(at_ms),
        }
    }
}

/// The shares of one zone in pick-ups and in drop-offs, per part of the day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    pub pickups: [f64; 4],
    pub dropoffs: [f64; 4],
}

impl Shares {
    /// Those of a zone; none means outside of all.
    pub(super) fn of(zone: Option<&str>) -> Self {
        let Some(zone) = zone else {
            return Self { pickups: [OUTSIDE; 4], dropoffs: [OUTSIDE; 4] };
        };
        let listed = ZONES.iter().find(|(name, _, _)| *name == zone);
        listed.map_or(
            Self { pickups: [UNLISTED; 4], dropoffs: [UNLISTED; 4] },
            |&(_, pickups, dropoffs)| Self { pickups, dropoffs },
        )
    }
}

/// The value between the two full hours.
fn between_hours(values: &[f64; 24], hour: f64) -> f64 {
    let full = hour as usize % 24;
    let share = hour.fract();
    values[full] * (1.0 - share) + values[(full + 1) % 24] * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demand_follows_the_clock_and_the_zone() {
        let calendar = Calendar::new(3, -7 * 3_600_000);
        // 2024-06-03T15:30:00Z is half past eight on a Monday morning in San Francisco.
        let morning = 1_717_428_600_000;
        let moment = Moment::of(&calendar, morning);
        assert_eq!(moment.part, 0);
        assert!((moment.flow - 0.81).abs() < 1e-9 && (moment.fares_per_hour - 5.05).abs() < 1e-9);
        let night = Moment::of(&calendar, morning + 18 * 3_600_000);
        assert_eq!(night.part, 3);
        assert!(night.fares_per_hour < moment.fares_per_hour);
        assert_eq!(Shares::of(Some("Marina")).pickups[0], 65.0);
        assert_eq!(Shares::of(Some("Nowhere")).dropoffs, [UNLISTED; 4]);
        assert_eq!(Shares::of(None).pickups, [OUTSIDE; 4]);
    }

    #[test]
    fn rain_brings_passengers_and_slows_the_streets() {
        let calendar = Calendar::new(3, 0);
        let days = (0..20).map(|day| calendar.at(19_877 + day, 12.0));
        let rain = days.filter_map(|at_ms| calendar.occasions(at_ms).rain).next().unwrap();
        let [dry, wet] = [rain.0 - 1, rain.0.midpoint(rain.1)].map(|at| Moment::of(&calendar, at));
        assert!(wet.fares_per_hour > 1.2 * dry.fares_per_hour);
        assert!(wet.flow < 0.95 * dry.flow);
    }
}
