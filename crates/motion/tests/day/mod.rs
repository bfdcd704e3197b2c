//! A recorded day, judged as a dispatcher feels it: how far a vehicle is drawn from its next fix just before that comes.
//!
//! Steps counted: the time since the fix before and the time between the two fixes before that are both over 0 and at most
//! [`LONGEST_STEP_MS`]. Everything else that is in the record is taken as well, as it would be live, only not counted.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod streets_near;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use hailstream_geo::LonLat;
use hailstream_geo::basemap::{Basemap, Street};
use hailstream_geo::distance::haversine_m;
use hailstream_motion::{Fix, Mode, Motion, Track};
use streets_near::StreetsNear;

/// Longer steps are not counted: the vehicle was off duty.
const LONGEST_STEP_MS: i64 = 180_000;
/// A street so near to a fix is the one it lies on, m.
const ON_STREET_M: f64 = 30.0;
/// Drawn farther than this from any street is off the street, m.
const OFF_STREET_M: f64 = 2.0;

/// After this a vehicle has come to its plan wherever it was drawn before.
const EASED_MS: i64 = 4_000;

/// What a day came to. Lengths are metres.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Of a vehicle that stays where it was last seen.
    pub(crate) held: Vec<f64>,
    /// Of one that keeps its velocity.
    pub(crate) kept_velocity: Vec<f64>,
    /// As drawn.
    pub(crate) jumps: Vec<f64>,
    /// Fixes that came within the radius drawn.
    pub(crate) inside: usize,
    /// Seconds that vehicles were drawn, until their next fix and for at most [`LONGEST_STEP_MS`], and those marked uncertain.
    pub(crate) drawn_s: u64,
    pub(crate) uncertain_s: u64,
    /// Steps over [`EASED_MS`] whose first fix lay on a street, and those of them drawn off any when the next fix came.
    pub(crate) on_street: usize,
    pub(crate) off_street: usize,
}

/// The value below which a share lies.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() as f64 * share) as usize;
    sorted.get(index).or(sorted.last()).copied().unwrap_or(f64::NAN)
}

/// The streets of San Francisco as shipped.
pub(crate) fn streets() -> Vec<Street> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let file = assets.join("maps/san-francisco/basemap.hsbm");
    Basemap::read(&std::fs::read(file).unwrap()).unwrap().streets
}

/// The fixes of all cabs on a day, in the order of time, each with the number of its cab.
pub(crate) fn fixes(day: &str) -> Vec<(usize, Fix)> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("HAILSTREAM_DATA").map_or_else(default, PathBuf::from);
    let file = data.join(format!("taxi-sf/positions-{day}.csv.gz"));
    let words = "is missing: set HAILSTREAM_DATA to the folder of test data";
    assert!(file.exists(), "{} {words}", file.display());
    let bytes = flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap());
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut reader = csv::Reader::from_reader(bytes);
    let mut fix = |row: csv::StringRecord| {
        let next = numbers.len();
        let cab = *numbers.entry(row[1].to_owned()).or_insert(next);
        let degrees = |column: usize| row[column].parse::<f64>().unwrap();
        let place = LonLat::new(degrees(3), degrees(2)).unwrap();
        let at_ms = row[0].parse::<i64>().unwrap() * 1_000;
        (cab, Fix { at_ms, place, activity: row[4].parse().unwrap() })
    };
    reader.records().map(|row| fix(row.unwrap())).collect()
}

/// A cab as the judge sees it.
struct Watched {
    track: Track,
    /// Its last two fixes, as recorded.
    last: Fix,
    before: Option<Fix>,
}

/// Draws a day as it would have been drawn live, and measures.
pub(crate) fn judge(streets: &[Street], fixes: &[(usize, Fix)]) -> Figures {
    let near = StreetsNear::new(streets);
    let mut motion = Motion::new(streets);
    let mut figures = Figures::default();
    let mut cabs: HashMap<usize, Watched> = HashMap::new();
    for &(cab, fix) in fixes {
        let Some(watched) = cabs.get_mut(&cab) else {
            let track = motion.begin(fix);
            cabs.insert(cab, Watched { track, last: fix, before: None });
            continue;
        };
        figures.count(watched, &fix, &near);
        motion.take(&mut watched.track, fix, fix.at_ms as f64, Mode::Ahead);
        watched.before = Some(watched.last);
        watched.last = fix;
    }
    figures
}

impl Figures {
    fn count(&mut self, watched: &Watched, fix: &Fix, near: &StreetsNear) {
        let last = &watched.last;
        let step_ms = fix.at_ms - last.at_ms;
        for second in 0..step_ms.min(LONGEST_STEP_MS) / 1_000 {
            let shown = watched.track.shown((last.at_ms + second * 1_000) as f64);
            self.drawn_s += 1;
            self.uncertain_s += u64::from(shown.is_uncertain);
        }
        let Some(before) = &watched.before else { return };
        let before_ms = last.at_ms - before.at_ms;
        if [step_ms, before_ms].iter().any(|ms| *ms <= 0 || *ms > LONGEST_STEP_MS) {
            return;
        }
        let shown = watched.track.shown(fix.at_ms as f64);
        let drawn = shown.place.lonlat();
        let jump_m = haversine_m(drawn, fix.place);
        self.jumps.push(jump_m);
        self.inside += usize::from(jump_m <= shown.radius_m);
        self.held.push(haversine_m(last.place, fix.place));
        let share = step_ms as f64 / before_ms as f64;
        let ahead = |before: f64, last: f64| last + (last - before) * share;
        let kept = LonLat::wrapped(
            ahead(before.place.lon(), last.place.lon()),
            ahead(before.place.lat(), last.place.lat()),
        );
        self.kept_velocity.push(haversine_m(kept, fix.place));
        let lies_on_street = near.distance_m(last.place).is_some_and(|far_m| far_m <= ON_STREET_M);
        if step_ms > EASED_MS && lies_on_street {
            self.on_street += 1;
            let is_off = near.distance_m(drawn).is_none_or(|far_m| far_m > OFF_STREET_M);
            self.off_street += usize::from(is_off);
        }
    }

    /// As a table's row of shares: jump at 50, 80 and 95 %, inside, uncertain.
    pub(crate) fn summary(&self) -> [f64; 5] {
        let inside = self.inside as f64 / self.jumps.len() as f64;
        let uncertain = self.uncertain_s as f64 / self.drawn_s as f64;
        let jump = |share: f64| quantile(&self.jumps, share);
        [jump(0.5), jump(0.8), jump(0.95), 100.0 * inside, 100.0 * uncertain]
    }
}
