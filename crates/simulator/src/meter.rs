//! The taximeter: San Francisco's meter rates as they were before 2011.
//!
//! $3.10 for the first fifth of a mile, $0.45 for each further fifth **or** minute of waiting or traffic delay, begun ones
//! counting in full. A meter charges a stretch by whichever of the two is more, so a stretch of `d` metres in `t` seconds
//! is worth `max(d / 321.8688, t / 60)` units, and a trip of `u` units costs `3.10 + 0.45 × max(0, ceil(u) − 1)`.
//! Airport fees and the rule for trips far out of town are left out. Where a fare comes from a recorded
//! position trace rather than from a meter, the record says `fare_derived: true`.

/// Metres in a fifth of a mile.
pub const UNIT_M: f64 = 321.8688;

/// Seconds of waiting that cost as much as [`UNIT_M`].
pub const UNIT_S: f64 = 60.0;

/// The price of the first unit, cents.
pub const FIRST_UNIT_CENTS: u32 = 310;

/// The price of every further unit begun, cents.
pub const FURTHER_UNIT_CENTS: u32 = 45;

/// A running meter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meter {
    units: f64,
}

impl Meter {
    /// Counts a stretch.
    pub fn add(&mut self, metres: f64, seconds: f64) {
        self.units += (metres / UNIT_M).max(seconds / UNIT_S);
    }

    /// What is to be paid so far, dollars.
    pub fn fare(&self) -> f64 {
        let further = (self.units.ceil() - 1.0).max(0.0);
        (f64::from(FIRST_UNIT_CENTS) + f64::from(FURTHER_UNIT_CENTS) * further) / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fares_by_distance_and_by_waiting() {
        for (stretches, fare) in [
            (vec![], 3.10),
            (vec![(300.0, 20.0)], 3.10),
            (vec![(330.0, 20.0)], 3.55),
            (vec![(5.0 * UNIT_M, 120.0)], 4.90),
            (vec![(0.0, 61.0)], 3.55),
            (vec![(UNIT_M, 10.0), (0.0, 60.0), (UNIT_M, 10.0)], 4.00),
        ] {
            let mut meter = Meter::default();
            for (metres, seconds) in &stretches {
                meter.add(*metres, *seconds);
            }
            assert_eq!(meter.fare(), fare, "{stretches:?}");
        }
    }
}
