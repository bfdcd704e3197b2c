//! Judges days of recorded taxis and prints the table of `docs/motion.md`, and how long it took:
//! `cargo run --release -p hailstream-motion --example judge -- 2008-05-21 2008-05-23`.
//! `cabs=50` before a day takes one of fifty cabs, `hours=1` the first hour alone: what is known of a small fleet, and at first.
//!
//! The traces may not be redistributed: `HAILSTREAM_DATA` says where they are (default: `../shared/data` beside the project).

#[path = "../tests/day/mod.rs"]
mod day;

use std::hint::black_box;
use std::time::Instant;

use hailstream_geo::basemap::Street;
use hailstream_motion::{Fix, Mode, Motion, Track};

fn main() -> anyhow::Result<()> {
    let streets = day::streets();
    let start = Instant::now();
    black_box(Motion::new(&streets));
    println!("{} streets laid in {:.0?}\n", streets.len(), start.elapsed());
    println!("| day | drawn | steps | median | 80 % | 95 % | inside | uncertain | off street |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let (mut one_of, mut hours) = (1, 24);
    for word in std::env::args().skip(1) {
        match word.split_once('=') {
            Some(("cabs", count)) => one_of = count.parse()?,
            Some(("hours", count)) => hours = count.parse()?,
            Some(_) | None => report(&word, &streets, &part(&day::fixes(&word), one_of, hours)),
        }
    }
    Ok(())
}

/// The fixes of one of so many cabs in the first hours.
fn part(fixes: &[(usize, Fix)], one_of: usize, hours: i64) -> Vec<(usize, Fix)> {
    let end_ms = fixes.first().map_or(0, |(_, fix)| fix.at_ms) + hours * 3_600_000;
    let is_kept = |(cab, fix): &&(usize, Fix)| cab.is_multiple_of(one_of) && fix.at_ms < end_ms;
    fixes.iter().filter(is_kept).copied().collect()
}

/// The rows of a day.
fn report(name: &str, streets: &[Street], fixes: &[(usize, Fix)]) {
    let figures = day::judge(streets, fixes);
    for (way, jumps) in [("held", &figures.held), ("velocity", &figures.kept_velocity)] {
        let [median, most, nearly] = [0.5, 0.8, 0.95].map(|share| day::quantile(jumps, share));
        let steps = jumps.len();
        println!(
            "| {name} | {way} | {steps} | {median:.0} m | {most:.0} m | {nearly:.0} m | | | |"
        );
    }
    let [median, most, nearly, inside, uncertain] = figures.summary();
    let (steps, off, on) = (figures.jumps.len(), figures.off_street, figures.on_street);
    println!(
        "| {name} | ahead | {steps} | {median:.1} m | {most:.0} m | {nearly:.0} m | {inside:.1} % | {uncertain:.1} % | {off} of {on} |"
    );
    took(name, fixes);
}

/// How long a fix takes to take, and a place to look up.
fn took(name: &str, fixes: &[(usize, Fix)]) {
    let mut motion = Motion::new(&day::streets());
    let cabs = fixes.iter().map(|(cab, _)| cab + 1).max().unwrap_or(0);
    let mut tracks: Vec<Option<Track>> = vec![None; cabs];
    let start = Instant::now();
    for (cab, fix) in fixes {
        match &mut tracks[*cab] {
            Some(track) => drop(black_box(motion.take(track, *fix, fix.at_ms as f64, Mode::Ahead))),
            None => tracks[*cab] = Some(motion.begin(*fix)),
        }
    }
    let a_fix = start.elapsed() / fixes.len() as u32;
    let now_ms = fixes.last().map_or(0, |(_, fix)| fix.at_ms) as f64;
    let (start, frames) = (Instant::now(), 2_000);
    for frame in 0..frames {
        for track in tracks.iter().flatten() {
            black_box(track.shown(now_ms - 20_000.0 + f64::from(frame) * 16.0));
        }
    }
    let a_place = start.elapsed() / (frames * cabs as u32);
    println!("\n{name}: {a_fix:.1?} a fix, {a_place:.1?} a vehicle and frame\n");
}
