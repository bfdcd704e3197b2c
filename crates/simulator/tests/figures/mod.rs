//! Key figures of a day of fixes, worked out alike for the real fleet and for the simulated one, and distances between them.

use hailstream_geo::distance::haversine_m;
use hailstream_geo::{LonLat, ZoneIndex};
use hailstream_simulator::motion::MotionTracker;
use hailstream_simulator::trips::{Fix, Status, TripDetector};
use std::collections::{BTreeMap, HashMap};

/// What is known of an hour of the day.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hour {
    /// Cab seconds on the road in the city: not off duty, not parked for half an hour, not silent.
    pub road_s: f64,
    pub hired_s: f64,
    /// Of those on the road: at the same place for two minutes.
    pub idle_s: f64,
    pub trips: f64,
}

/// Figures of a fleet within the city; waits are those of all trips.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub hours: [Hour; 24],
    pub cabs: f64,
    pub days: f64,
    pub speeds_km_h: Vec<f64>,
    pub durations_s: Vec<f64>,
    pub distances_km: Vec<f64>,
    pub waits_s: Vec<f64>,
    pub fares: Vec<f64>,
    pub pickups: BTreeMap<String, f64>,
}

/// Takes fixes in order of time.
pub(crate) struct Observer<'a> {
    zones: &'a ZoneIndex,
    utc_offset_ms: i64,
    detector: TripDetector,
    tracker: MotionTracker,
    last: HashMap<String, Fix>,
    pub figures: Figures,
}

/// Fixes farther apart say nothing of the time between.
const MAX_GAP_MS: i64 = 5 * 60_000;
/// Steps that are shorter are left out: the noise of positions would show.
const MIN_STEP_MS: i64 = 20_000;
const MOVING_KM_H: f64 = 5.0;

impl<'a> Observer<'a> {
    pub(crate) fn new(zones: &'a ZoneIndex, utc_offset_ms: i64) -> Self {
        Self {
            zones,
            utc_offset_ms,
            detector: TripDetector::default(),
            tracker: MotionTracker::default(),
            last: HashMap::new(),
            figures: Figures::default(),
        }
    }

    pub(crate) fn observe(&mut self, cab: &str, fix: Fix) {
        let idle_ms = self.tracker.observe(cab, fix).idle_ms;
        if let Some(before) = self.last.insert(cab.to_owned(), fix) {
            self.step(before, fix, idle_ms);
        }
        let Some(trip) = self.detector.observe(cab, fix).finished else { return };
        self.figures.waits_s.extend(trip.wait_ms.map(|wait| wait as f64 / 1000.0));
        let zone = |at: LonLat| self.zones.name_at(at).map(str::to_owned);
        if let (Some(from), Some(_)) = (zone(trip.pickup.position), zone(trip.dropoff.position)) {
            let hour = self.hour(trip.pickup.at_ms);
            self.figures.hours[hour].trips += 1.0;
            *self.figures.pickups.entry(from).or_default() += 1.0;
            self.figures.durations_s.push(trip.duration_ms() as f64 / 1000.0);
            self.figures.distances_km.push(trip.distance_m / 1000.0);
            self.figures.fares.push(trip.fare);
        }
    }

    fn step(&mut self, before: Fix, fix: Fix, idle_ms: i64) {
        let elapsed_ms = fix.at_ms - before.at_ms;
        let is_parked = idle_ms > 30 * 60_000 || before.status == Status::OffDuty;
        let in_city = |fix: Fix| self.zones.number_at(fix.position).is_some();
        if elapsed_ms > MAX_GAP_MS || is_parked || !in_city(before) || !in_city(fix) {
            return;
        }
        let hour = self.hour(before.at_ms);
        let hour = &mut self.figures.hours[hour];
        let seconds = elapsed_ms as f64 / 1000.0;
        hour.road_s += seconds;
        hour.hired_s += if before.status == Status::Hired { seconds } else { 0.0 };
        hour.idle_s += if idle_ms > 120_000 { seconds } else { 0.0 };
        let km_h = haversine_m(before.position, fix.position) / seconds * 3.6;
        if elapsed_ms >= MIN_STEP_MS && (MOVING_KM_H..150.0).contains(&km_h) {
            self.figures.speeds_km_h.push(km_h);
        }
    }

    fn hour(&self, at_ms: i64) -> usize {
        ((at_ms + self.utc_offset_ms).rem_euclid(86_400_000) / 3_600_000) as usize
    }
}

impl Figures {
    pub(crate) fn total(&self, of: impl Fn(&Hour) -> f64) -> f64 {
        self.hours.iter().map(of).sum()
    }

    pub(crate) fn hired_share(&self) -> f64 {
        self.total(|hour| hour.hired_s) / self.total(|hour| hour.road_s)
    }

    pub(crate) fn idle_share(&self) -> f64 {
        self.total(|hour| hour.idle_s) / self.total(|hour| hour.road_s)
    }

    /// Trips of a cab in an hour on the road.
    pub(crate) fn trip_rate(&self) -> f64 {
        self.total(|hour| hour.trips) / self.total(|hour| hour.road_s) * 3600.0
    }

    /// A figure per hour of the day.
    pub(crate) fn by_hour(&self, of: impl Fn(&Hour) -> f64) -> [f64; 24] {
        std::array::from_fn(|hour| of(&self.hours[hour]))
    }

    /// The share of the fleet that is on the road, per hour of the day.
    pub(crate) fn road_shares(&self) -> [f64; 24] {
        self.by_hour(|hour| hour.road_s / 3600.0 / self.cabs / self.days)
    }
}

/// The mean difference between two days.
pub(crate) fn mean_difference(a: [f64; 24], b: [f64; 24]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 24.0
}

/// The distance of Kolmogorov and Smirnov: how far two distributions' shares below a value differ at most.
pub(crate) fn kolmogorov_smirnov(a: &[f64], b: &[f64]) -> f64 {
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (a, b) = (sorted(a), sorted(b));
    let share = |values: &[f64], at: f64| {
        values.partition_point(|value| *value <= at) as f64 / values.len() as f64
    };
    let difference = |&at: &f64| (share(&a, at) - share(&b, at)).abs();
    a.iter().chain(&b).map(difference).fold(0.0, f64::max)
}

/// Half of what would have to change zones to make two sets of counts alike.
pub(crate) fn total_variation(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> f64 {
    let total = |counts: &BTreeMap<String, f64>| counts.values().sum::<f64>();
    let (all_a, all_b) = (total(a), total(b));
    let share = |counts: &BTreeMap<String, f64>, zone: &String, all: f64| {
        counts.get(zone).copied().unwrap_or(0.0) / all
    };
    let mut zones: Vec<&String> = a.keys().chain(b.keys()).collect();
    zones.sort();
    zones.dedup();
    zones.iter().map(|zone| (share(a, zone, all_a) - share(b, zone, all_b)).abs()).sum::<f64>()
        / 2.0
}

/// A value below which so much of a distribution lies.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
