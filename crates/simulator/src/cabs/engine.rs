//! What a cab's engine does: its temperature, its faults and its fuel.

use super::calendar::MINUTE_MS;
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// Temperature and fuel of one cab.
pub(super) struct Engine {
    /// What a sound engine's temperature would be.
    sound_temperature: f64,
    /// Percent of a tank.
    pub fuel: f64,
    fault: Fault,
}

/// Cooling that fails: from one time on the engine gets hotter, until at the other it can go no farther.
#[derive(Clone, Copy)]
struct Fault {
    from_ms: i64,
    breaks_ms: i64,
}

/// Whether an engine is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Running {
    On,
    Off,
}

/// From here on an engine is reported as hot, °C.
pub(super) const HOT: f64 = 105.0;

/// Percent of a tank per metre.
const FUEL_PER_M: f64 = 0.000_25;

/// Below this much fuel a cab goes off duty to fill up.
const LOW_FUEL: f64 = 12.0;

/// After this long two thirds of a difference in temperature are gone, seconds: warming up, cooling down.
const WARMING_S: f64 = 200.0;
const COOLING_S: f64 = 1500.0;

/// What an engine has gained when it breaks down, degrees: 88 °C and more become 116 °C and more.
const GAINED: f64 = 28.0;

/// On the road a fault comes after so many hours on average.
const HOURS_TO_FAULT: f64 = 130.0;

impl Engine {
    pub(super) fn new(temperature: f64, fuel: f64) -> Self {
        let never = Fault { from_ms: i64::MAX, breaks_ms: i64::MAX };
        Self { sound_temperature: temperature, fuel, fault: never }
    }

    /// What the thermometer says.
    pub(super) fn temperature(&self, at_ms: i64) -> f64 {
        let Fault { from_ms, breaks_ms } = self.fault;
        if at_ms <= from_ms {
            return self.sound_temperature;
        }
        let share = (at_ms - from_ms) as f64 / (breaks_ms - from_ms) as f64;
        self.sound_temperature + GAINED * share.min(1.0)
    }

    /// Runs on for so many metres in so many seconds.
    pub(super) fn run(&mut self, (metres, seconds): (f64, f64), running: Running) {
        self.fuel = (self.fuel - metres * FUEL_PER_M).max(0.0);
        let m_s = if seconds > 0.0 { metres / seconds } else { 0.0 };
        let (target, inertia_s) = match running {
            Running::On => (88.0 + m_s * 0.3, WARMING_S),
            Running::Off => (18.0, COOLING_S),
        };
        let nearer = 1.0 - (-seconds / inertia_s).exp();
        self.sound_temperature += (target - self.sound_temperature) * nearer;
    }

    /// Goes to work: decides when its cooling will fail.
    pub(super) fn start_shift(&mut self, at_ms: i64, rng: &mut Xoshiro256PlusPlus) {
        let minutes = -(1.0 - rng.random::<f64>()).ln() * HOURS_TO_FAULT * 60.0;
        let from_ms = at_ms + (minutes * MINUTE_MS as f64) as i64;
        let takes = rng.random_range(14.0..26.0) * MINUTE_MS as f64;
        self.fault = Fault { from_ms, breaks_ms: from_ms + takes as i64 };
    }

    /// When it will break down.
    pub(super) fn breaks_ms(&self) -> i64 {
        self.fault.breaks_ms
    }

    /// Stands still and begins to cool down.
    pub(super) fn break_down(&mut self, at_ms: i64) {
        self.sound_temperature = self.temperature(at_ms);
        self.fault = Fault { from_ms: i64::MAX, breaks_ms: i64::MAX };
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_heats_the_engine_slowly_and_rest_cools_it() {
        let mut engine = Engine::new(90.0, 50.0);
        engine.fault = Fault { from_ms: 0, breaks_ms: 20 * MINUTE_MS };
        let mut told = Vec::new();
        for minute in 0..=20 {
            engine.run((400.0, 60.0), Running::On);
            if minute % 5 == 0 {
                told.push(engine.temperature(minute * MINUTE_MS).round());
            }
        }
        assert_eq!(told, [90.0, 97.0, 104.0, 111.0, 118.0]);
        engine.break_down(20 * MINUTE_MS);
        engine.run((0.0, 1800.0), Running::Off);
        assert!((40.0..60.0).contains(&engine.temperature(50 * MINUTE_MS)));
    }
}
