//! How fast cabs drive: by class of street, by traffic, and slower where they turn.

use hailstream_geo::basemap::StreetClass;

/// The pace of a street without traffic, metres per second.
pub(super) fn free_flow_m_s(class: StreetClass) -> f64 {
    let km_h = match class {
        StreetClass::Minor => 18.0,
        StreetClass::Local => 39.0,
        StreetClass::Ramp => 48.0,
        StreetClass::Main => 48.0,
        StreetClass::Motorway => 86.0,
    };
    km_h / 3.6
}

/// What is allowed, km/h: 15, 25, 35, 30 and 55 miles per hour.
pub(super) fn limit_km_h(class: StreetClass) -> f64 {
    match class {
        StreetClass::Minor => 24.0,
        StreetClass::Local => 40.0,
        StreetClass::Ramp => 56.0,
        StreetClass::Main => 48.0,
        StreetClass::Motorway => 88.0,
    }
}

/// What is more than the limit by this much counts as speeding, km/h.
pub(super) const SPEEDING_KM_H: f64 = 8.0;

/// The pace at which a turn of so many degrees is taken, metres per second.
pub(super) fn turn_m_s(from_heading: f64, to_heading: f64) -> f64 {
    let turned = (to_heading - from_heading).rem_euclid(360.0);
    let degrees = turned.min(360.0 - turned);
    let km_h = match degrees {
        ..20.0 => 200.0,
        ..50.0 => 30.0,
        ..110.0 => 18.0,
        ..150.0 => 10.0,
        _ => 0.0,
    };
    km_h / 3.6
}

/// A stretch driven with even acceleration, an even pace and even braking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Profile {
    length_m: f64,
    entry_m_s: f64,
    pace_m_s: f64,
    exit_m_s: f64,
    speeding_up_s: f64,
    even_s: f64,
    braking_s: f64,
}

const SPEEDING_UP_M_S2: f64 = 1.8;
const BRAKING_M_S2: f64 = 2.2;

impl Profile {
    /// A stretch entered and left at these paces, at most `pace_m_s` between. Where the stretch is too short to reach the
    /// exit pace it is left slower; where it is too short to slow down, it is braked harder.
    pub(super) fn new(length_m: f64, entry_m_s: f64, pace_m_s: f64, exit_m_s: f64) -> Self {
        let (up, down) = (SPEEDING_UP_M_S2, BRAKING_M_S2);
        let reachable = (entry_m_s * entry_m_s + 2.0 * up * length_m).sqrt();
        let exit = exit_m_s.min(pace_m_s.max(entry_m_s)).min(reachable);
        let must_brake = entry_m_s * entry_m_s - exit * exit > 2.0 * down * length_m;
        if must_brake {
            let braking_s = 2.0 * length_m / (entry_m_s + exit);
            return Self {
                length_m,
                entry_m_s,
                pace_m_s: entry_m_s,
                exit_m_s: exit,
                speeding_up_s: 0.0,
                even_s: 0.0,
                braking_s,
            };
        }
        let highest = ((2.0 * up * down * length_m + down * entry_m_s.powi(2) + up * exit.powi(2))
            / (up + down))
            .sqrt();
        let pace = pace_m_s.max(entry_m_s).min(highest.max(entry_m_s)).max(exit);
        let speeding_up_s = (pace - entry_m_s) / up;
        let braking_s = (pace - exit) / down;
        let ramps_m =
            speeding_up_s * f64::midpoint(entry_m_s, pace) + braking_s * f64::midpoint(pace, exit);
        let even_s = if pace > 0.0 { ((length_m - ramps_m) / pace).max(0.0) } else { 0.0 };
        Self {
            length_m,
            entry_m_s,
            pace_m_s: pace,
            exit_m_s: exit,
            speeding_up_s,
            even_s,
            braking_s,
        }
    }

    /// No movement at all.
    pub(super) fn standing() -> Self {
        Self::new(0.0, 0.0, 0.0, 0.0)
    }

    /// Seconds from end to end.
    pub(super) fn seconds(&self) -> f64 {
        self.speeding_up_s + self.even_s + self.braking_s
    }

    pub(super) fn exit_m_s(&self) -> f64 {
        self.exit_m_s
    }

    /// Metres driven and metres per second after so many seconds.
    pub(super) fn after(&self, seconds: f64) -> (f64, f64) {
        if seconds >= self.seconds() {
            return (self.length_m, self.exit_m_s);
        }
        let up_s = seconds.clamp(0.0, self.speeding_up_s);
        let even_s = (seconds - self.speeding_up_s).clamp(0.0, self.even_s);
        let down_s = (seconds - self.speeding_up_s - self.even_s).clamp(0.0, self.braking_s);
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let risen =
            self.entry_m_s + (self.pace_m_s - self.entry_m_s) * share(up_s, self.speeding_up_s);
        let fallen =
            self.pace_m_s + (self.exit_m_s - self.pace_m_s) * share(down_s, self.braking_s);
        let metres = up_s * f64::midpoint(self.entry_m_s, risen)
            + even_s * self.pace_m_s
            + down_s * f64::midpoint(self.pace_m_s, fallen);
        (metres.min(self.length_m), if down_s > 0.0 { fallen } else { risen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn turns_slow_down() {
        for (from, to, km_h) in
            [(350.0, 10.0, 30.0), (0.0, 10.0, 200.0), (0.0, 270.0, 18.0), (10.0, 190.0, 0.0)]
        {
            assert!((turn_m_s(from, to) * 3.6 - km_h).abs() < 1e-9, "{from} {to}");
        }
    }

    proptest! {
        #[test]
        fn a_profile_covers_its_stretch_without_jumps(
            length in 0.5_f64..2000.0, entry in 0.0_f64..30.0, pace in 3.0_f64..30.0, exit in 0.0_f64..60.0,
        ) {
            let profile = Profile::new(length, entry, pace, exit);
            let seconds = profile.seconds();
            prop_assert!(seconds.is_finite() && seconds > 0.0);
            let (end, _) = profile.after(seconds - 1e-9);
            prop_assert!((end - length).abs() < 1e-3 * length.max(1.0), "{end} of {length}: {profile:?}");
            let mut last = 0.0;
            for step in 0..=100 {
                let (metres, speed) = profile.after(seconds * f64::from(step) / 100.0);
                let reach = seconds / 100.0 * pace.max(entry) + 1e-6;
                prop_assert!(metres >= last - 1e-9 && metres - last <= reach);
                prop_assert!((0.0..=pace.max(entry) + 1e-9).contains(&speed));
                last = metres;
            }
        }
    }
}
