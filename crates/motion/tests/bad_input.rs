//! Whatever comes in, vehicles are drawn somewhere sane, and never jump unless they were set.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use hailstream_geo::LonLat;
use hailstream_geo::basemap::{Street, StreetClass};
use hailstream_geo::distance::{destination, haversine_m};
use hailstream_motion::{Fix, Mode, Motion, Shown, Taken, Track};
use proptest::prelude::*;

fn fix(at_ms: i64, lon: f64, lat: f64) -> Fix {
    Fix { at_ms, place: LonLat::wrapped(lon, lat), activity: 0 }
}

/// A town of 21 by 21 streets, 100 m apart, around a place.
fn town(middle: LonLat) -> Vec<Street> {
    let at = |east: i32, north: i32| {
        let there = destination(middle, 90.0, f64::from(east) * 100.0);
        destination(there, 0.0, f64::from(north) * 100.0)
    };
    let street = |points| Street { class: StreetClass::Local, name: String::new(), points };
    let range = || -10..=10;
    let across = range().map(|north| street(range().map(|east| at(east, north)).collect()));
    let along = range().map(|east| street(range().map(|north| at(east, north)).collect()));
    across.chain(along).collect()
}

fn is_sane(shown: &Shown) -> bool {
    let heading = shown.heading.is_none_or(|heading| (0.0..360.0).contains(&heading));
    (0.0..=1.0).contains(&shown.place.x)
        && shown.place.y.is_finite()
        && heading
        && (0.0..=20_000.0).contains(&shown.radius_m)
}

fn metres(track: &Track, a_ms: f64, b_ms: f64) -> f64 {
    haversine_m(track.shown(a_ms).place.lonlat(), track.shown(b_ms).place.lonlat())
}

/// Steps between fixes: ms, and metres and bearing from the fix before.
fn drive() -> impl Strategy<Value = Vec<(i64, f64, f64)>> {
    let step = (-5_000_i64..700_000, 0.0_f64..1_500.0, 0.0_f64..360.0);
    prop::collection::vec(step, 1..40)
}

/// 1 Hz to one in ten minutes.
fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Ahead), Just(Mode::Exact), Just(Mode::Step)]
}

/// Anywhere, poles and antimeridian preferred.
fn anywhere() -> impl Strategy<Value = (f64, f64)> {
    let lon = prop_oneof![Just(180.0), Just(-180.0), Just(179.999), -180.0..180.0];
    let lat = prop_oneof![Just(90.0), Just(-90.0), Just(0.0), -85.0..85.0];
    (lon, lat)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_drive_anywhere_is_sane(
        (lon, lat) in anywhere(), drive in drive(), mode in mode(), has_streets: bool,
    ) {
        let middle = LonLat::wrapped(lon, lat);
        let streets = if has_streets { town(middle) } else { Vec::new() };
        let mut motion = Motion::new(&streets);
        let mut track = motion.begin(fix(0, lon, lat));
        let (mut at_ms, mut place) = (0, middle);
        for (step_ms, step_m, bearing) in drive {
            at_ms += step_ms;
            place = destination(place, bearing, step_m);
            let now_ms = track.last_fix().at_ms.max(at_ms) as f64;
            motion.take(&mut track, Fix { at_ms, place, activity: 3 }, now_ms, mode);
            for later_ms in [0.0, 16.0, 1_000.0, 60_000.0, 1e9] {
                let shown = track.shown(now_ms + later_ms);
                prop_assert!(is_sane(&shown), "{shown:?}");
            }
        }
    }

    #[test]
    fn a_new_fix_eases_and_never_jumps(drive in drive(), mode in mode(), late_ms in 0.0_f64..5_000.0) {
        prop_assume!(mode != Mode::Step);
        let middle = LonLat::wrapped(10.0, 45.0);
        let mut motion = Motion::new(&town(middle));
        let mut track = motion.begin(fix(0, 10.0, 45.0));
        let (mut at_ms, mut now_ms, mut place) = (0, 0.0_f64, middle);
        for (step_ms, step_m, bearing) in drive {
            at_ms += step_ms.max(1);
            place = destination(place, bearing, step_m);
            now_ms = now_ms.max(at_ms as f64 + late_ms);
            let before = track.shown(now_ms).place.lonlat();
            let taken = motion.take(&mut track, Fix { at_ms, place, activity: 0 }, now_ms, mode);
            let after = track.shown(now_ms).place.lonlat();
            if taken == Taken::Followed {
                prop_assert!(haversine_m(before, after) <= 0.6, "{}", haversine_m(before, after));
            }
        }
    }
}

#[test]
fn who_repeats_itself_or_comes_late_changes_nothing() {
    let mut motion = Motion::new(&[]);
    let mut track = motion.begin(fix(60_000, 10.0, 45.0));
    assert_eq!(
        motion.take(&mut track, fix(120_000, 10.004, 45.0), 120_000.0, Mode::Ahead),
        Taken::Followed
    );
    let before = track.shown(130_000.0);
    for (late, taken) in
        [(fix(120_000, 11.0, 45.0), Taken::Repeated), (fix(90_000, 10.0, 45.0), Taken::Late)]
    {
        assert_eq!(motion.take(&mut track, late, 125_000.0, Mode::Ahead), taken);
        assert_eq!(track.shown(130_000.0), before);
    }
}

#[test]
fn five_hundred_kilometres_in_a_minute_are_told_and_not_animated() {
    for mode in [Mode::Ahead, Mode::Exact, Mode::Step] {
        let mut motion = Motion::new(&[]);
        let mut track = motion.begin(fix(0, 10.0, 45.0));
        motion.take(&mut track, fix(60_000, 10.004, 45.0), 60_000.0, mode);
        let taken = motion.take(&mut track, fix(120_000, 16.4, 45.0), 120_000.0, mode);
        assert_eq!(taken, Taken::Jumped);
        let there = track.shown(120_000.0).place.lonlat();
        assert!(haversine_m(there, LonLat::wrapped(16.4, 45.0)) < 1.0);
        assert!(metres(&track, 120_000.0, 180_000.0) < 0.1, "it stands until more is known");
    }
}

#[test]
fn in_open_country_a_course_is_kept_and_damped() {
    let mut motion = Motion::new(&[]);
    let mut track = motion.begin(fix(0, 10.0, 45.0));
    let east = |metres: f64| destination(LonLat::wrapped(10.0, 45.0), 90.0, metres);
    for minute in 1..5 {
        let place = east(600.0 * minute as f64);
        let next = Fix { at_ms: minute * 60_000, place, activity: 0 };
        motion.take(&mut track, next, next.at_ms as f64, Mode::Ahead);
    }
    let drawn = track.shown(300_000.0);
    let off_m = haversine_m(drawn.place.lonlat(), east(3_000.0));
    assert!(off_m < 300.0, "{off_m} m from where it would be");
    assert_eq!(drawn.heading.map(f64::round), Some(90.0));
    assert!(metres(&track, 1e6, 1e9) < 0.1, "who is silent comes to a stand");
    assert!(
        track.shown(400_000.0).radius_m > drawn.radius_m && track.shown(400_000.0).is_uncertain
    );
}

#[test]
fn the_antimeridian_is_crossed_without_going_around_the_world() {
    let mut motion = Motion::new(&[]);
    let mut track = motion.begin(fix(0, 179.99, 10.0));
    for (minute, lon) in [(1, 179.996), (2, -179.998), (3, -179.992)] {
        motion.take(
            &mut track,
            fix(minute * 60_000, lon, 10.0),
            minute as f64 * 60_000.0,
            Mode::Ahead,
        );
        for second in 0..60 {
            let at_ms = minute as f64 * 60_000.0 + f64::from(second) * 1_000.0;
            assert!(metres(&track, at_ms, at_ms + 1_000.0) < 1_000.0);
        }
    }
}

#[test]
fn exact_mode_passes_each_fix_one_interval_after_its_time() {
    let middle = LonLat::wrapped(10.0, 45.0);
    let mut motion = Motion::new(&town(middle));
    let corner = |east: f64, north: f64| destination(destination(middle, 90.0, east), 0.0, north);
    let mut track = motion.begin(Fix { at_ms: 0, place: corner(0.0, 0.0), activity: 0 });
    let places = [corner(300.0, 0.0), corner(300.0, 300.0), corner(600.0, 600.0)];
    for (minute, place) in (1..).zip(places) {
        let now_ms = minute as f64 * 60_000.0;
        motion.take(
            &mut track,
            Fix { at_ms: minute * 60_000, place, activity: 0 },
            now_ms,
            Mode::Exact,
        );
        let drawn = track.shown(now_ms + 60_000.0);
        assert!(haversine_m(drawn.place.lonlat(), place) < 2.0, "{drawn:?}");
        assert!(drawn.radius_m <= 15.0 && !drawn.is_uncertain);
    }
    // Between two fixes that are apart in both directions it drives along the streets.
    let way_m: f64 = (0..600)
        .map(|tick| f64::from(tick) * 100.0 + 180_000.0)
        .map(|at_ms| metres(&track, at_ms, at_ms + 100.0))
        .sum();
    assert!((way_m - 600.0).abs() < 10.0, "{way_m} m");
}

#[test]
fn what_the_fleet_did_before_is_what_the_next_one_is_thought_to_do() {
    let middle = LonLat::wrapped(10.0, 45.0);
    let mut motion = Motion::new(&town(middle));
    let at = |minute: i64, east: f64, north: f64| {
        let place = destination(destination(middle, 90.0, east), 0.0, north);
        Fix { at_ms: minute * 60_000, place, activity: 0 }
    };
    // All turn left at the middle, after a fix just before it.
    let mut turned = Vec::new();
    for cab in 0..6 {
        let start = cab * 10;
        let mut track = motion.begin(at(start, -550.0, 0.0));
        for next in [at(start + 1, -50.0, 0.0), at(start + 2, 0.0, 450.0)] {
            motion.take(&mut track, next, next.at_ms as f64, Mode::Ahead);
            turned.push(track.shown(next.at_ms as f64 + 60_000.0).place.lonlat());
        }
    }
    let left = at(0, 0.0, 450.0).place;
    assert!(haversine_m(turned[0], left) > 300.0, "the first is thought to go straight on");
    assert!(haversine_m(turned[10], left) < 60.0, "{} m", haversine_m(turned[10], left));
}
