//! How far a vehicle may be from where it is drawn, so that the radius on the map keeps its promise.
//!
//! The spread of the futures says how far, but futures are few, and a memory that has just begun knows too little. So it is counted
//! how many fixes came within the radius drawn, and the radius is widened after each that did not and narrowed after each that did,
//! in the proportion that balances at the share promised (online calibration, as in adaptive conformal prediction).

/// Share of the next fixes that are to lie within the radius. What is promised is 80 %: the rest is for days unlike others.
const INSIDE: f64 = 0.84;
/// How much one fix that was missed widens the radius: a factor.
const STEP: f64 = 0.002;
/// Radius of a fix as it comes, m: a receiver's error, and the street's width.
pub(crate) const FIX_M: f64 = 15.0;
/// No radius grows to less, m: who stands may leave.
const LEAST_M: f64 = 40.0;
/// Wider than this, nobody would send somebody there by the map alone: about three blocks, m.
pub(crate) const UNCERTAIN_M: f64 = 300.0;
/// A fix is overdue after so many times the vehicle's usual interval.
pub(crate) const OVERDUE: f64 = 1.5;

/// See the module's words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trust {
    /// What spreads are widened by.
    factor: f64,
}

impl Default for Trust {
    fn default() -> Self {
        Self { factor: 1.0 }
    }
}

impl Trust {
    /// The radius at the end of a plan whose futures lie so far apart.
    pub(crate) fn radius_m(self, spread_m: f64) -> f64 {
        (spread_m * self.factor).max(LEAST_M)
    }

    /// Takes into account whether a fix came within the radius drawn.
    pub(crate) fn count(&mut self, is_inside: bool) {
        let by = if is_inside { -STEP * (1.0 - INSIDE) / INSIDE } else { STEP };
        self.factor = (self.factor * (1.0 + by)).clamp(0.2, 10.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_radius_settles_where_it_keeps_its_promise() {
        let mut trust = Trust::default();
        let mut inside = 0;
        // Errors of 0…999 m, while the futures say 100 m.
        for number in 0..20_000_u32 {
            let error_m = f64::from(number * 7919 % 1000);
            let is_inside = error_m <= trust.radius_m(100.0);
            trust.count(is_inside);
            inside += u32::from(is_inside && number >= 10_000);
        }
        assert!((8_200..8_600).contains(&inside), "{inside} of 10,000");
    }
}
