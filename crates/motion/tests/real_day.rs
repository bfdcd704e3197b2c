//! Real days of San Francisco's cabs, drawn as they would have been live: what a dispatcher feels when the next fix comes.
//!
//! The constants of the model were tried on the 21st; the 23rd was never looked at for that.
//! The traces may not be redistributed: `HAILSTREAM_DATA` says where they are (default: `../shared/data` beside the project).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod day;

use day::{Figures, fixes, judge, quantile, streets};

/// What is promised of any day.
fn keeps_its_promises(figures: &Figures) {
    let [median, _, _, inside, uncertain] = figures.summary();
    assert!(median <= 120.0, "the median jump is {median:.1} m");
    assert!(inside >= 80.0, "{inside:.1} % of the next fixes lie inside the radius drawn");
    assert!(uncertain <= 30.0, "{uncertain:.1} % of the time is marked uncertain");
    assert_eq!(figures.off_street, 0, "of {} steps from a street", figures.on_street);
}

#[test]
fn on_a_wednesday_vehicles_are_drawn_near_their_next_fix() {
    let figures = judge(&streets(), &fixes("2008-05-21"));
    // The selection is the one that the figures to beat were measured on.
    assert_eq!(figures.jumps.len(), 441_811);
    assert_eq!(quantile(&figures.held, 0.5).round(), 230.0);
    assert_eq!(quantile(&figures.kept_velocity, 0.5).round(), 182.0);
    keeps_its_promises(&figures);
}

#[test]
fn on_a_friday_that_nothing_was_tried_on_as_well() {
    keeps_its_promises(&judge(&streets(), &fixes("2008-05-23")));
}
