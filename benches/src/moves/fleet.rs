//! A large fleet out of a real day: the traces of San Francisco's cabs laid over each other, each layer at another time of
//! the day, so that its cabs are elsewhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;

use crate::process::data;

const DAY_S: i64 = 86_400;
/// 2008-05-21 in San Francisco, epoch s.
const DAY_START_S: i64 = 1_211_353_200;
/// What lies farther apart is no heading but noise of a standing cab, degrees.
const STANDS: f64 = 0.000_05;

/// A fix of a cab.
#[derive(Clone, Copy)]
pub(crate) struct Fix {
    time_s: i64,
    lat: f64,
    lon: f64,
    /// Degrees from north to the east.
    heading: f64,
    is_occupied: bool,
}

/// The day's traces.
pub(crate) struct Day {
    traces: Vec<(String, Vec<Fix>)>,
}

/// A record of the fleet, ready to be sent.
pub(crate) struct Told {
    /// When, seconds of the day.
    pub(crate) second: i64,
    pub(crate) json: String,
}

impl Day {
    pub(crate) fn read() -> Result<Self> {
        let path = data().join("taxi-sf/positions-2008-05-21.csv.gz");
        let file = File::open(&path).with_context(|| path.display().to_string())?;
        let mut traces: BTreeMap<String, Vec<Fix>> = BTreeMap::new();
        for line in BufReader::new(GzDecoder::new(file)).lines().skip(1) {
            let line = line?;
            let parts: Vec<&str> = line.split(',').collect();
            let [time_s, cab, lat, lon, occupied] = parts.as_slice() else { continue };
            let fix = Fix {
                time_s: time_s.parse::<i64>()? - DAY_START_S,
                lat: lat.parse()?,
                lon: lon.parse()?,
                heading: 0.0,
                is_occupied: *occupied == "1",
            };
            traces.entry((*cab).to_owned()).or_default().push(fix);
        }
        traces.values_mut().for_each(|trace| with_headings(trace));
        Ok(Self { traces: traces.into_iter().collect() })
    }

    /// What a fleet of `layers` days tells from one second of the day to another, in order of time; before it, as of its first
    /// second, where each cab was.
    pub(crate) fn fleet(&self, layers: i64, from_s: i64, to_s: i64) -> Vec<Told> {
        let mut told = Vec::new();
        for (layer, (cab, trace)) in
            (0..layers).flat_map(|layer| self.traces.iter().map(move |trace| (layer, trace)))
        {
            let shift_s = layer * DAY_S / layers;
            let name = format!("{cab}-{layer}");
            let at = |fix: &Fix| (fix.time_s + shift_s).rem_euclid(DAY_S);
            let tell = |second: i64, fix: &Fix| {
                let status = if fix.is_occupied { "hired" } else { "free" };
                let json = format!(
                    r#"{{"ts":{},"cab_id":"{name}","lat":{:.5},"lon":{:.5},"heading":{:.1},"status":"{status}"}}"#,
                    (DAY_START_S + second) * 1_000,
                    fix.lat,
                    fix.lon,
                    fix.heading
                );
                Told { second, json }
            };
            let before = trace.iter().filter(|fix| at(fix) < from_s).max_by_key(|fix| at(fix));
            told.extend(before.map(|fix| tell(from_s, fix)));
            let during = trace.iter().filter(|fix| (from_s..to_s).contains(&at(fix)));
            told.extend(during.map(|fix| tell(at(fix), fix)));
        }
        told.sort_by_key(|told| told.second);
        told
    }

    pub(crate) fn cabs(&self, layers: i64) -> usize {
        self.traces.len() * layers as usize
    }
}

/// The way from the fix before, kept while the cab stands.
fn with_headings(trace: &mut [Fix]) {
    trace.sort_by_key(|fix| fix.time_s);
    for place in 1..trace.len() {
        let (before, now) = (trace[place - 1], trace[place]);
        let east = (now.lon - before.lon) * now.lat.to_radians().cos();
        let north = now.lat - before.lat;
        trace[place].heading = if east.hypot(north) < STANDS {
            before.heading
        } else {
            east.atan2(north).to_degrees().rem_euclid(360.0)
        };
    }
}
