//! Dead reckoning: where a vehicle is drawn between two fixes, and where it would be if it kept its course.
//!
//! Positions glide linearly and headings turn the short way; how long to glide and when to stop guessing is the
//! caller's decision, who has the clock.

use crate::LonLat;
use crate::distance::{compass, destination};
use crate::lonlat::wrap_degrees;

/// The position a share of the way from one fix to the next; shares outside 0…1 are held at the ends.
pub fn between(from: LonLat, to: LonLat, share: f64) -> LonLat {
    // Written as a choice, so that the ends are exact and a share that is no number stays at the start.
    if share >= 1.0 {
        to
    } else if share > 0.0 {
        LonLat::wrapped(
            from.lon() + wrap_degrees(to.lon() - from.lon()) * share,
            from.lat() + (to.lat() - from.lat()) * share,
        )
    } else {
        from
    }
}

/// The heading a share of the turn from one to the other, the short way round, 0…360. Held at the ends like [`between`].
pub fn turn(from_degrees: f64, to_degrees: f64, share: f64) -> f64 {
    if share >= 1.0 {
        compass(to_degrees)
    } else if share > 0.0 {
        compass(from_degrees + turn_by(from_degrees, to_degrees) * share)
    } else {
        compass(from_degrees)
    }
}

/// The turn from one heading to the other, the short way round, degrees: above 0 to the right.
pub fn turn_by(from_degrees: f64, to_degrees: f64) -> f64 {
    wrap_degrees(to_degrees - from_degrees)
}

/// Where a vehicle is after `seconds` when it keeps its heading and speed. Negative times stay where it was seen.
pub fn ahead(from: LonLat, heading_degrees: f64, speed_km_h: f64, seconds: f64) -> LonLat {
    let metres = speed_km_h.max(0.0) / 3.6 * seconds.max(0.0);
    if metres > 0.0 { destination(from, heading_degrees, metres) } else { from }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::haversine_m;
    use proptest::prelude::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn headings_turn_the_short_way() {
        for (from, to, share, expected) in [
            (350.0, 10.0, 0.5, 0.0),
            (10.0, 350.0, 0.25, 5.0),
            (90.0, 180.0, 0.5, 135.0),
            (0.0, 270.0, 2.0, 270.0),
            (0.0, 270.0, -1.0, 0.0),
            (0.0, 90.0, f64::NAN, 0.0),
        ] {
            assert_eq!(turn(from, to, share), expected, "{from} {to} {share}");
        }
    }

    #[test]
    fn gliding_crosses_the_antimeridian_the_short_way() {
        assert_eq!(between(at(179.0, 0.0), at(-179.0, 2.0), 0.75), at(-179.5, 1.5));
        assert_eq!(between(at(179.0, 0.0), at(-179.0, 2.0), 7.0), at(-179.0, 2.0));
        assert_eq!(between(at(1.0, 1.0), at(2.0, 2.0), f64::NAN), at(1.0, 1.0));
    }

    #[test]
    fn a_vehicle_keeps_its_course() {
        let from = at(-122.4, 37.77);
        let seen = ahead(from, 90.0, 36.0, 10.0);
        assert!((haversine_m(from, seen) - 100.0).abs() < 1e-3);
        assert!(seen.lon() > from.lon());
        assert_eq!(ahead(from, 90.0, 36.0, -5.0), from);
        assert_eq!(ahead(from, 90.0, f64::NAN, 5.0), from);
    }

    proptest! {
        #[test]
        fn a_glide_moves_evenly(share in 0.0_f64..1.0, lon in -122.6_f64..-122.3, lat in 37.6_f64..37.9) {
            let (from, to) = (at(-122.45, 37.75), at(lon, lat));
            let part = haversine_m(from, between(from, to, share));
            let whole = haversine_m(from, to);
            prop_assert!((part - whole * share).abs() <= whole * 0.002 + 1e-6);
        }
    }
}
