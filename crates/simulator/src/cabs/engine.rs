//! What a cab's engine does: its temperature, its faults and its fuel.

use crate::trips::Status;

/// Temperature and fuel of one cab.
pub(super) struct Engine {
    pub temperature: f64,
    /// Percent of a tank.
    pub fuel: f64,
    /// Decides when it has faults.
    number: u64,
}

/// Percent of a tank per metre.
const FUEL_PER_M: f64 = 0.000_25;

/// Below this much fuel a cab goes off duty to fill up.
const LOW_FUEL: f64 = 12.0;

/// After this long two thirds of a difference in temperature are gone, seconds.
const INERTIA_S: f64 = 200.0;

impl Engine {
    pub(super) fn new(number: u64, temperature: f64, fuel: f64) -> Self {
        Self { temperature, fuel, number }
    }

    /// Runs on to a time, so many metres in so many seconds.
    pub(super) fn run(&mut self, at_ms: i64, (metres, seconds): (f64, f64), status: Status) {
        self.fuel = (self.fuel - metres * FUEL_PER_M).max(0.0);
        let target = match status {
            Status::OffDuty => 30.0,
            Status::Free | Status::Hired => {
                let m_s = if seconds > 0.0 { metres / seconds } else { 0.0 };
                88.0 + m_s * 0.3 + self.fault(at_ms)
            }
        };
        self.temperature += (target - self.temperature) * (1.0 - (-seconds / INERTIA_S).exp());
    }

    /// Whether it needs to be filled up.
    pub(super) fn is_low(&self) -> bool {
        self.fuel < LOW_FUEL
    }

    /// Fills up where it is worth the stop.
    pub(super) fn refuel(&mut self) {
        if self.fuel < 60.0 {
            self.fuel = 100.0;
        }
    }

    /// Degrees that faulty cooling adds: now and then, for twenty minutes, in one cab of a hundred or so.
    fn fault(&self, at_ms: i64) -> f64 {
        let spell = at_ms.div_euclid(20 * 60_000) as u64;
        let mixed = (spell ^ self.number.wrapping_mul(0x2545_f491_4f6c_dd1d))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if (mixed >> 40) % 1000 < 8 { 30.0 } else { 0.0 }
    }
}
