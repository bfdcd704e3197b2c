//! What the fleet was seen to do: for each place, the last steps that vehicles took from there.
//!
//! A step is what lies between two fixes of one vehicle. Who asks how a vehicle will go on is told of the steps that began most
//! alike. It holds the newest [`STEPS_KEPT`] steps of each cell, in at most [`CELLS_KEPT`] cells, 28 bytes a step: what is rare is kept
//! for long, and where much passes the last minutes count, which know today's traffic.

use std::collections::HashMap;

use hailstream_geo::LonLat;
use hailstream_geo::distance::EARTH_RADIUS_M;

/// Steps kept of each cell; the oldest makes room.
const STEPS_KEPT: usize = 32;
/// Cells kept; when there are more, all is forgotten and learned anew.
const CELLS_KEPT: usize = 1 << 16;
/// How many steps are told.
const TOLD: usize = 16;
/// The side of a cell, degrees of latitude: about 60 m, so that what lies in the cells around is near enough to count.
const CELL_DEGREES: f64 = 0.000_54;
const METRES_PER_DEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

/// Shortest and longest steps that are kept, s: shorter ones say nothing of a minute.
const TAKES_S: std::ops::RangeInclusive<f64> = 5.0..=600.0;

// What makes two beginnings unlike by 1: the smaller, the more it counts. Tried on a real day, judged on another; all are flat
// around these.
const PLACE_M: f64 = 45.0;
const STANDING_VELOCITY: f64 = 60.0;
const VELOCITY_SHARE: f64 = 0.25;
/// What it adds to be on another stretch, or to drive it in the other direction.
const OTHER_STRETCH: f64 = 3.0;
/// What it adds to do something else, now and at the fix before.
const OTHER_ACTIVITY: f64 = 1.0;
/// Per square of the logarithm between the times they have stood.
const STANDING_TIME: f64 = 2.0;
/// Per square of the share between the times the steps take.
const TAKING_TIME: f64 = 2.0;

/// How a step begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    pub(crate) place: LonLat,
    /// The stretch of street and the direction, as its number; the highest number is none.
    pub(crate) stretch: u32,
    /// What the vehicle does now, and what it did at the fix before.
    pub(crate) activities: [u16; 2],
    /// Of the step before, metres a minute east and north.
    pub(crate) velocity: [f64; 2],
    /// For how long it has stood, s.
    pub(crate) stood_s: f64,
}

/// A step that began like the one asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alike {
    /// How unlike it is; 0 is the same.
    pub(crate) unlikeness: f64,
    /// Where it led, m east and north of its beginning, brought to the time asked for.
    pub(crate) moved: [f64; 2],
}

#[derive(Clone, Copy, Debug)]
struct Step {
    /// Degrees of longitude and latitude, in millionths.
    place: [i32; 2],
    stretch: u32,
    velocity: [i16; 2],
    moved: [i16; 2],
    activities: [u8; 2],
    stood: i16,
    /// Tenths of a second.
    took: u16,
}

#[derive(Clone, Debug, Default)]
struct Cell {
    steps: Vec<Step>,
    /// Where the next one goes once all are taken.
    next: usize,
}

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    cells: HashMap<[i32; 2], Cell>,
}

impl Memory {
    /// Keeps a step that began in a situation, led so many metres east and north, and took so many seconds.
    pub(crate) fn keep(&mut self, began: &Situation, moved: [f64; 2], took_s: f64) {
        if !TAKES_S.contains(&took_s) {
            return;
        }
        let step = Step {
            place: [began.place.lon(), began.place.lat()].map(|degrees| (degrees * 1e6) as i32),
            stretch: began.stretch,
            velocity: began.velocity.map(|metres| metres as i16),
            moved: moved.map(|metres| metres as i16),
            activities: began.activities.map(narrow),
            stood: stood(began.stood_s) as i16,
            took: (took_s * 10.0) as u16,
        };
        let row = row(began.place.lat());
        let key = [row, column(row, began.place.lon())];
        if self.cells.len() >= CELLS_KEPT && !self.cells.contains_key(&key) {
            self.cells.clear();
        }
        let cell = self.cells.entry(key).or_default();
        match cell.steps.get_mut(cell.next) {
            Some(oldest) => *oldest = step,
            None => cell.steps.push(step),
        }
        cell.next = (cell.next + 1) % STEPS_KEPT;
    }

    /// The steps most like the one that begins `now` and will take `seconds`, most alike first.
    pub(crate) fn alike(&self, now: &Situation, seconds: f64, found: &mut Vec<Alike>) {
        found.clear();
        let likeness = Likeness::of(now, seconds);
        let middle = row(now.place.lat());
        // What lies in the middle is most alike, and spares a closer look at the rest.
        for row in [middle, middle - 1, middle + 1] {
            let here = column(row, now.place.lon());
            let columns = [here, here - 1, here + 1].into_iter();
            let cells = columns.filter_map(|column| self.cells.get(&[row, column]));
            for step in cells.flat_map(|cell| &cell.steps) {
                let most = found.get(TOLD - 1).map_or(f64::INFINITY, |last| last.unlikeness);
                let apart = likeness.apart(step);
                // Most are too far to look closer.
                if apart >= most {
                    continue;
                }
                let unlikeness = apart + likeness.otherness(step);
                if unlikeness >= most {
                    continue;
                }
                found.truncate(TOLD - 1);
                // Nobody knows how a step would have gone on: it is stretched to twice its time at most.
                let share = (seconds / (f64::from(step.took) / 10.0)).min(2.0);
                let moved = step.moved.map(|metres| f64::from(metres) * share);
                let place = found.partition_point(|other| other.unlikeness <= unlikeness);
                found.insert(place, Alike { unlikeness, moved });
            }
        }
    }
}

/// What situations are compared with.
struct Likeness {
    /// Millionths of degrees, and what one is worth.
    place: [f64; 2],
    per_millionth: [f64; 2],
    stretch: u32,
    velocity: [f64; 2],
    per_velocity: f64,
    activities: [u8; 2],
    stood: f64,
    seconds: f64,
}

impl Likeness {
    fn of(now: &Situation, seconds: f64) -> Self {
        let per_millionth = METRES_PER_DEGREE / 1e6 / PLACE_M;
        let speed = now.velocity[0].hypot(now.velocity[1]);
        Self {
            place: [now.place.lon() * 1e6, now.place.lat() * 1e6],
            per_millionth: [per_millionth * now.place.lat().to_radians().cos(), per_millionth],
            stretch: now.stretch,
            velocity: now.velocity,
            per_velocity: 1.0 / (STANDING_VELOCITY + VELOCITY_SHARE * speed),
            activities: now.activities.map(narrow),
            stood: stood(now.stood_s),
            seconds,
        }
    }

    /// How unlike the place, the street and the velocity are.
    fn apart(&self, step: &Step) -> f64 {
        let place = |axis: usize| {
            square((f64::from(step.place[axis]) - self.place[axis]) * self.per_millionth[axis])
        };
        let velocity = |axis: usize| {
            square((f64::from(step.velocity[axis]) - self.velocity[axis]) * self.per_velocity)
        };
        let stretch = f64::from(u8::from(step.stretch != self.stretch)) * OTHER_STRETCH;
        place(0) + place(1) + velocity(0) + velocity(1) + stretch
    }

    /// How unlike everything else is.
    fn otherness(&self, step: &Step) -> f64 {
        let activity = |which: usize| {
            f64::from(u8::from(step.activities[which] != self.activities[which])) * OTHER_ACTIVITY
        };
        let stood = square((f64::from(step.stood) - self.stood) / STOOD_UNITS) * STANDING_TIME;
        let took = f64::from(step.took) / 10.0;
        let ratio = (self.seconds - took) / (self.seconds + took) * 2.0;
        activity(0) + activity(1) + stood + square(ratio) * TAKING_TIME
    }
}

fn square(off: f64) -> f64 {
    off * off
}

/// Units of the logarithm of a standing time.
const STOOD_UNITS: f64 = 1_000.0;

/// The logarithm of the minutes, so that one and two differ as ten and twenty do.
fn stood(seconds: f64) -> f64 {
    (1.0 + seconds.max(0.0) / 60.0).ln() * STOOD_UNITS
}

/// An activity in a byte. Fleets tell few apart; two that fall together are only less well told apart.
fn narrow(activity: u16) -> u8 {
    activity as u8
}

fn row(lat: f64) -> i32 {
    (lat / CELL_DEGREES).floor() as i32
}

/// Columns are as wide as rows are high, so there are fewer towards the poles.
fn column(row: i32, lon: f64) -> i32 {
    let lat = (f64::from(row) + 0.5) * CELL_DEGREES;
    (lon * lat.to_radians().cos() / CELL_DEGREES).floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation(metres_east: f64, stretch: u32) -> Situation {
        let place = LonLat::new(10.0 + metres_east / METRES_PER_DEGREE, 0.0).unwrap();
        Situation { place, stretch, activities: [0; 2], velocity: [300.0, 0.0], stood_s: 0.0 }
    }

    fn told(memory: &Memory, now: &Situation, seconds: f64) -> Vec<[f64; 2]> {
        let mut found = Vec::new();
        memory.alike(now, seconds, &mut found);
        found.iter().map(|alike| alike.moved).collect()
    }

    #[test]
    fn what_began_most_alike_comes_first() {
        let mut memory = Memory::default();
        memory.keep(&situation(40.0, 7), [1.0, 0.0], 60.0);
        memory.keep(&situation(5.0, 7), [2.0, 0.0], 60.0);
        memory.keep(&situation(5.0, 8), [3.0, 0.0], 60.0);
        memory.keep(&situation(900.0, 7), [4.0, 0.0], 60.0);
        assert_eq!(told(&memory, &situation(0.0, 7), 60.0), [[2.0, 0.0], [1.0, 0.0], [3.0, 0.0]]);
    }

    #[test]
    fn steps_are_brought_to_the_time_asked_for_and_no_further_than_twice() {
        let mut memory = Memory::default();
        memory.keep(&situation(0.0, 7), [100.0, -50.0], 60.0);
        memory.keep(&situation(0.0, 7), [9.0, 9.0], 1.0);
        assert_eq!(told(&memory, &situation(0.0, 7), 30.0), [[50.0, -25.0]]);
        assert_eq!(told(&memory, &situation(0.0, 7), 600.0), [[200.0, -100.0]]);
    }

    #[test]
    fn old_steps_make_room_and_there_is_an_end_to_the_cells() {
        let mut memory = Memory::default();
        for number in 0..100 {
            memory.keep(&situation(0.0, 7), [f64::from(number), 0.0], 60.0);
        }
        let kept: usize = memory.cells.values().map(|cell| cell.steps.len()).sum();
        assert_eq!(kept, STEPS_KEPT);
        for number in 0..2 * CELLS_KEPT {
            memory.keep(&situation(number as f64 * 61.0, 7), [0.0; 2], 60.0);
        }
        assert!(memory.cells.len() <= CELLS_KEPT);
    }
}
