//! Where and when people want a cab: weights by zone and part of the day, and the day's rhythm.
//!
//! The numbers are made up to be believable for San Francisco: business by day, bars by night, little before dawn. Zones that
//! are not listed, and places outside of all, have a weight of 1 (0.3).

/// Mean time a free cab looks for a fare where the weight is 1 and the rhythm is 1, seconds.
const MEAN_SEARCH_S: f64 = 500.0;

/// Weight of a zone in the morning (from 6), around noon (from 10), in the evening (from 16), at night (from 21).
const ZONES: [(&str, [f64; 4]); 22] = [
    ("Financial District", [3.2, 3.0, 3.4, 1.2]),
    ("Downtown/Civic Center", [2.6, 2.8, 3.2, 3.2]),
    ("South of Market", [2.6, 2.4, 3.0, 3.2]),
    ("North Beach", [1.4, 1.8, 2.2, 3.0]),
    ("Chinatown", [1.4, 2.0, 1.9, 1.6]),
    ("Nob Hill", [2.2, 1.7, 2.0, 1.8]),
    ("Russian Hill", [1.8, 1.2, 1.6, 1.8]),
    ("Pacific Heights", [1.9, 1.3, 1.4, 1.2]),
    ("Marina", [1.9, 1.3, 1.6, 2.3]),
    ("Western Addition", [1.5, 1.3, 1.5, 1.7]),
    ("Mission", [1.3, 1.2, 1.9, 3.0]),
    ("Castro/Upper Market", [1.5, 1.2, 1.7, 2.4]),
    ("Haight Ashbury", [1.2, 1.1, 1.4, 1.7]),
    ("Potrero Hill", [1.1, 1.0, 1.0, 1.0]),
    ("Golden Gate Park", [0.2, 0.6, 0.4, 0.1]),
    ("Presidio", [0.3, 0.5, 0.4, 0.2]),
    ("Bayview", [0.4, 0.4, 0.4, 0.3]),
    ("Visitacion Valley", [0.3, 0.3, 0.3, 0.2]),
    ("Treasure Island/YBI", [0.2, 0.2, 0.2, 0.1]),
    ("Lakeshore", [0.4, 0.4, 0.4, 0.3]),
    ("Crocker Amazon", [0.3, 0.3, 0.3, 0.2]),
    ("Seacliff", [0.5, 0.4, 0.4, 0.2]),
];

const UNLISTED: [f64; 4] = [0.8, 0.7, 0.8, 0.7];
const OUTSIDE: f64 = 0.3;

/// The city's appetite for cabs, hour by hour from midnight.
const RHYTHM: [f64; 24] = [
    1.10, 1.00, 0.85, 0.60, 0.50, 0.55, 0.70, 0.95, 1.10, 1.05, 0.95, 1.00, 1.05, 1.00, 0.95, 1.00,
    1.10, 1.25, 1.35, 1.30, 1.20, 1.15, 1.20, 1.15,
];

/// How fast traffic moves compared with empty streets, hour by hour from midnight.
const FLOW: [f64; 24] = [
    1.00, 1.00, 1.00, 1.00, 1.00, 1.00, 0.95, 0.85, 0.78, 0.82, 0.86, 0.85, 0.82, 0.84, 0.84, 0.80,
    0.75, 0.70, 0.74, 0.82, 0.90, 0.94, 0.96, 1.00,
];

/// Demand as it changes over the day.
#[derive(Debug)]
pub(super) struct Demand {
    /// Per zone, and at the end for places outside of all, a weight per part of the day.
    weights: Vec<[f64; 4]>,
    utc_offset_ms: i64,
}

impl Demand {
    /// The demand of these zones, in order; the offset says what the clocks of the city show.
    pub(super) fn new<'a>(zones: impl Iterator<Item = &'a str>, utc_offset_ms: i64) -> Self {
        let weight = |zone: &str| {
            ZONES.iter().find(|(name, _)| *name == zone).map_or(UNLISTED, |(_, weights)| *weights)
        };
        let weights = zones.map(weight).chain([[OUTSIDE; 4]]).collect();
        Self { weights, utc_offset_ms }
    }

    /// How much a zone draws people at a time, about 1.
    pub(super) fn weight(&self, zone: Option<usize>, at_ms: i64) -> f64 {
        let outside = self.weights.len() - 1;
        let parts = &self.weights[zone.unwrap_or(outside).min(outside)];
        match self.hour(at_ms) as u32 {
            6..10 => parts[0],
            10..16 => parts[1],
            16..21 => parts[2],
            _ => parts[3],
        }
    }

    /// Fares that a free cab finds in a zone, per second.
    pub(super) fn fares_per_second(&self, zone: Option<usize>, at_ms: i64) -> f64 {
        self.weight(zone, at_ms) * between_hours(&RHYTHM, self.hour(at_ms)) / MEAN_SEARCH_S
    }

    /// The pace of traffic as a share of that on empty streets.
    pub(super) fn flow(&self, at_ms: i64) -> f64 {
        between_hours(&FLOW, self.hour(at_ms))
    }

    /// What the clocks show, hours with fractions.
    fn hour(&self, at_ms: i64) -> f64 {
        (at_ms + self.utc_offset_ms).rem_euclid(DAY_MS) as f64 / HOUR_MS
    }
}

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: f64 = 3_600_000.0;

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
        let demand = Demand::new(["Marina", "Nowhere"].into_iter(), -7 * 3_600_000);
        // 2024-06-03T15:30:00Z is half past eight in the morning in San Francisco.
        let morning = 1_717_428_600_000;
        assert_eq!(demand.weight(Some(0), morning), 1.9);
        assert_eq!(demand.weight(Some(1), morning), 0.8);
        assert_eq!(demand.weight(None, morning), 0.3);
        assert_eq!(demand.weight(Some(0), morning + 14 * 3_600_000), 2.3);
        assert!((demand.flow(morning) - 0.80).abs() < 1e-9);
        assert!(
            demand.fares_per_second(Some(0), morning) > demand.fares_per_second(Some(1), morning)
        );
    }
}
