//! The vehicles of a map: where each is drawn between its fixes, what it looks like, and which one is meant by a click.
//!
//! On a map with streets a vehicle whose fixes come seldom follows the plan of `hailstream-motion`. Without streets, and where a fix
//! comes every few seconds, it glides linearly from where it is shown to its new fix, over the time its last fix took to come,
//! turning the short way: it trails reality by one interval but never jumps ahead of what is known.

mod cells;
mod course;
mod filter;
mod glide;
mod glyphs;
mod heat;
mod labels;
mod legs;
mod list;
mod picture;
mod pixel;
mod present;
mod raster;
mod reports;
mod sheet;
mod size;
mod statuses;
mod summary;
mod tints;
mod trail;

use std::sync::Arc;

use hailstream_geo::LonLat;
use hailstream_geo::basemap::Street;
use hailstream_geo::mercator::World;
use hailstream_motion as motion;
use hailstream_protocol::visualization::MapParams;
use hailstream_protocol::{Followed, QueryResult, Value};

pub use cells::{Cell, cells, is_crowded};
use course::{Course, Moment};
pub use filter::{Class, Isolation};
pub use glyphs::{Glyphs, HEADINGS};
pub use heat::Heat;
pub use labels::{Crowd, Label, NameTags, place_labels};
use legs::Legs;
pub use legs::Seen;
pub use list::{Listed, list};
pub use picture::{Picture, Place};
use present::Present;
pub use raster::Raster;
use reports::Report;
pub use reports::{HEADING_STEP, TileAnswer};
pub use sheet::Sheet;
pub use size::Size;
pub use statuses::{Status, Statuses};
pub use summary::summary;
pub use tints::{STEPS, Tints, tints};
pub use trail::{Passed, RecordPlace, passed, record_places};

/// How vehicles move between fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Along streets to where they are thought to be now; without streets as [`Exact`](Self::Exact).
    Live,
    /// To where they were one interval ago: only what is known.
    Exact,
    /// Not at all: for people who asked for less motion.
    Step,
}

/// A vehicle and its newest fix.
#[derive(Clone, Debug)]
pub struct Vehicle {
    /// Its name: the key of its row.
    pub entity: Value,
    /// Its row in the result.
    pub row: usize,
    /// Index of its status.
    pub status: usize,
    /// Event time of its fix, epoch ms.
    pub fix_ms: i64,
    /// Where that was.
    fix: LonLat,
    heading: Option<f64>,
    course: Course,
}

/// A vehicle as drawn at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Place in [`Fleet::vehicles`].
    pub index: usize,
    /// Where.
    pub place: World,
    /// Degrees clockwise from north; absent where it is not known.
    pub heading: Option<f64>,
    /// Index of its status.
    pub status: usize,
    /// Without a fix for longer than the map's limit.
    pub is_silent: bool,
    /// Within so many metres of there it is, four times in five; 0 where nothing is guessed.
    pub radius_m: f64,
    /// Too much may have happened since its fix to go by the map alone.
    pub is_uncertain: bool,
}

impl Shown {
    /// What it counts as in the legend.
    #[must_use]
    pub fn class(&self) -> Class {
        if self.is_silent { Class::Silent } else { Class::Status(self.status) }
    }
}

/// Vehicles of one status, for the legend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not silent, per status.
    pub by_status: Vec<usize>,
    /// Silent, of any status.
    pub silent: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, class: Class) {
        match class {
            Class::Status(index) => {
                if let Some(count) = self.by_status.get_mut(index) {
                    *count += 1;
                }
            }
            Class::Silent => self.silent += 1,
        }
    }

    /// How many of a class.
    #[must_use]
    pub fn of(&self, class: Class) -> usize {
        match class {
            Class::Status(index) => self.by_status.get(index).copied().unwrap_or(0),
            Class::Silent => self.silent,
        }
    }

    /// How many there are at all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.by_status.iter().sum::<usize>() + self.silent
    }
}

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Fleet {
    statuses: Statuses,
    silent_after_ms: i64,
    /// By entity, as the result is.
    vehicles: Vec<Vehicle>,
    /// In the order of drawing, lower levels first.
    legs: Legs,
    /// The silent ones in view. Kept only for its memory.
    silent: Vec<Seen>,
    /// What knows the streets, where there are any.
    guide: Option<motion::Motion>,
    present: Present,
    /// Times of the fixes that are new in a result. Kept only for its memory.
    new_fixes_ms: Vec<i64>,
    /// The result that the vehicles are of, where they are the rows of one.
    followed: Option<Followed>,
}

impl Fleet {
    /// A fleet without vehicles.
    #[must_use]
    pub fn new(params: &MapParams) -> Self {
        Self {
            statuses: Statuses::of(params),
            silent_after_ms: i64::from(params.silent_after_s) * 1_000,
            vehicles: Vec::new(),
            legs: Legs::default(),
            silent: Vec::new(),
            guide: None,
            present: Present::default(),
            new_fixes_ms: Vec::new(),
            followed: None,
        }
    }

    /// One without vehicles and streets which counts statuses as this one does.
    #[must_use]
    pub fn alike(&self, params: &MapParams) -> Self {
        Self { statuses: self.statuses.clone(), ..Self::new(params) }
    }

    /// Lets vehicles move along these streets from their next fix on; without any, in straight lines.
    pub fn set_streets(&mut self, streets: &[Street]) {
        self.guide = (!streets.is_empty()).then(|| motion::Motion::new(streets));
    }

    /// Takes the next result. Rows without a position are not on the map. Of one that goes on from the last only those rows are looked
    /// at that changed: of forty thousand that is a fortieth.
    pub fn update(
        &mut self,
        result: &QueryResult,
        params: &MapParams,
        motion: Motion,
        now_ms: f64,
    ) {
        let followed = std::mem::replace(&mut self.followed, result.followed());
        if let Some(news) = followed.and_then(|followed| self.news(result, followed, params)) {
            let news = news.iter().map(|(index, report)| (*index, report));
            return self.take_known(news, motion, Precision::Exact, now_ms);
        }
        let reports = reports::of_rows(result, params, &mut self.statuses);
        self.take(&reports, motion, Precision::Exact, now_ms);
    }

    /// What changed since a result of which the vehicles are, each with its vehicle; nothing where that is not known.
    fn news<'a>(
        &mut self,
        result: &'a QueryResult,
        followed: Followed,
        params: &MapParams,
    ) -> Option<Vec<(usize, Report<'a>)>> {
        let mut rows: Vec<usize> = result.rows_changed_since(followed)?.collect();
        rows.sort_unstable();
        rows.dedup();
        let reports = reports::of_some_rows(result, &rows, params, &mut self.statuses)?;
        let with_vehicle = |report: Report<'a>| {
            let index = self.vehicles.binary_search_by_key(&report.row, |known| known.row).ok()?;
            is_same(&self.vehicles[index].entity, report.entity).then_some((index, report))
        };
        reports.into_iter().map(with_vehicle).collect()
    }

    /// Takes the next answers of tiles, in whose units positions are known; `known` is an answer with vehicles wherever they are, as
    /// [`Self::update`] takes it. Who is in two of them is where it was heard of last.
    pub fn update_tiles(
        &mut self,
        (answers, known): (&[TileAnswer<'_>], Option<&QueryResult>),
        params: &MapParams,
        motion: Motion,
        now_ms: f64,
    ) {
        self.followed = None;
        let reports = reports::of_tiles(answers, known, params, &mut self.statuses);
        self.take(&reports, motion, Precision::Units, now_ms);
    }

    /// Reports and vehicles are both in order of entity.
    fn take(&mut self, reports: &[Report<'_>], motion: Motion, precision: Precision, now_ms: f64) {
        let is_same = self.vehicles.len() == reports.len()
            && self.vehicles.iter().zip(reports).all(|(old, new)| is_same(&old.entity, new.entity));
        if is_same {
            return self.take_known(reports.iter().enumerate(), motion, precision, now_ms);
        }
        self.new_fixes_ms.clear();
        let mut known = self.vehicles.iter().peekable();
        for Report { entity, fix, .. } in reports {
            while known.next_if(|vehicle| vehicle.entity < **entity).is_some() {}
            let before = known.next_if(|vehicle| vehicle.entity == **entity);
            if before.is_none_or(|vehicle| !precision.is_same_time(vehicle.fix_ms, fix.at_ms)) {
                self.new_fixes_ms.push(fix.at_ms);
            }
        }
        let now = self.tell_the_time(now_ms);
        self.merge(reports, Take { motion, precision, now });
    }

    /// The common case: the same vehicles. Reports come with the places of theirs.
    fn take_known<'a>(
        &mut self,
        reports: impl Iterator<Item = (usize, &'a Report<'a>)> + Clone,
        motion: Motion,
        precision: Precision,
        now_ms: f64,
    ) {
        self.new_fixes_ms.clear();
        for (index, Report { fix, .. }) in reports.clone() {
            if !precision.is_same_time(self.vehicles[index].fix_ms, fix.at_ms) {
                self.new_fixes_ms.push(fix.at_ms);
            }
        }
        let now = self.tell_the_time(now_ms);
        self.update_in_place(reports, Take { motion, precision, now });
    }

    /// What the new fixes say of the time.
    fn tell_the_time(&mut self, now_ms: f64) -> Moment {
        self.present.tell(&mut self.new_fixes_ms, now_ms);
        Moment { ours_ms: now_ms, theirs_ms: self.present.at(now_ms) }
    }

    fn update_in_place<'a>(
        &mut self,
        reports: impl Iterator<Item = (usize, &'a Report<'a>)>,
        take: Take,
    ) {
        let mut has_other_levels = false;
        for (index, Report { row, fix, .. }) in reports {
            let vehicle = &mut self.vehicles[index];
            vehicle.row = *row;
            let is_other = vehicle.status != fix.status;
            has_other_levels |=
                is_other && self.statuses.level(vehicle.status) != self.statuses.level(fix.status);
            if vehicle.take(fix, self.guide.as_mut(), take) || is_other {
                self.legs.end(index);
            }
        }
        if has_other_levels {
            self.legs.arrange(&order(&self.vehicles, &self.statuses));
        }
    }

    fn merge(&mut self, reports: &[Report<'_>], take: Take) {
        let mut before = std::mem::take(&mut self.vehicles).into_iter().peekable();
        for Report { entity, row, fix } in reports {
            // A merge, without hashing.
            while before.next_if(|old| old.entity < **entity).is_some() {}
            let vehicle = match before.next_if(|old| old.entity == **entity) {
                Some(mut old) => {
                    old.row = *row;
                    old.take(fix, self.guide.as_mut(), take);
                    old
                }
                None => Vehicle {
                    entity: (*entity).clone(),
                    row: *row,
                    status: fix.status,
                    fix_ms: fix.at_ms,
                    fix: fix.place,
                    heading: fix.heading,
                    course: Course::begin(self.guide.as_ref(), fix, take.now),
                },
            };
            self.vehicles.push(vehicle);
        }
        self.legs.begin(&order(&self.vehicles, &self.statuses));
    }

    /// The vehicles, by entity.
    #[must_use]
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.vehicles
    }

    /// Where a vehicle is among them.
    #[must_use]
    pub fn find(&self, entity: &Value) -> Option<usize> {
        self.vehicles.binary_search_by(|vehicle| vehicle.entity.cmp(entity)).ok()
    }

    /// The statuses, in the order of the legend.
    #[must_use]
    pub fn statuses(&self) -> &Statuses {
        &self.statuses
    }

    /// A vehicle as drawn at `now_ms`; `stream_ms` is the stream's present.
    #[must_use]
    pub fn shown(&self, index: usize, now_ms: f64, stream_ms: i64) -> Option<Shown> {
        let vehicle = self.vehicles.get(index)?;
        let is_silent = self.is_silent(vehicle, stream_ms);
        let (place, heading, radius_m, is_uncertain) = match &vehicle.course {
            Course::Straight(glide) => {
                let (place, heading) = glide.at_time(now_ms);
                (place, heading, 0.0, false)
            }
            Course::Streets(track) => {
                let shown = track.shown(self.present.at(now_ms));
                let heading = shown.heading.or(vehicle.heading);
                (shown.place, heading, shown.radius_m, shown.is_uncertain)
            }
        };
        let status = vehicle.status;
        Some(Shown { index, place, heading, status, is_silent, radius_m, is_uncertain })
    }

    /// All vehicles as drawn at `now_ms`, lower ones first; silent ones lie lowest.
    pub fn all_shown(&self, now_ms: f64, stream_ms: i64) -> impl Iterator<Item = Shown> {
        let silent_first = [true, false];
        silent_first.into_iter().flat_map(move |silent| {
            self.legs
                .order()
                .filter(move |index| {
                    let vehicle = self.vehicles.get(*index);
                    vehicle.is_some_and(|vehicle| self.is_silent(vehicle, stream_ms) == silent)
                })
                .filter_map(move |index| self.shown(index, now_ms, stream_ms))
        })
    }

    fn is_silent(&self, vehicle: &Vehicle, stream_ms: i64) -> bool {
        stream_ms - vehicle.fix_ms > self.silent_after_ms
    }

    /// How many there are of each status.
    #[must_use]
    pub fn counts(&self, stream_ms: i64) -> Counts {
        let mut counts = Counts { by_status: vec![0; self.statuses.len()], silent: 0 };
        for vehicle in &self.vehicles {
            let is_silent = self.is_silent(vehicle, stream_ms);
            counts.add(if is_silent { Class::Silent } else { Class::Status(vehicle.status) });
        }
        counts
    }
}

/// Indices of the vehicles in the order of drawing, lower levels first, else as they are.
fn order(vehicles: &[Vehicle], statuses: &Statuses) -> Vec<usize> {
    let mut order: Vec<usize> = (0..vehicles.len()).collect();
    order.sort_by_key(|index| statuses.level(vehicles[*index].status));
    order
}

/// How reports are taken.
#[derive(Clone, Copy)]
struct Take {
    motion: Motion,
    precision: Precision,
    now: Moment,
}

/// How exactly reports tell times and places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    Exact,
    /// In seconds and units of a tile, which change with the zoom.
    Units,
}

impl Precision {
    fn is_same_time(self, before_ms: i64, at_ms: i64) -> bool {
        match self {
            Self::Exact => before_ms == at_ms,
            Self::Units => before_ms.div_euclid(1_000) == at_ms.div_euclid(1_000),
        }
    }
}

impl Vehicle {
    /// Whether the fix is a new one. Most have none in a result: nothing is projected for them.
    fn take(&mut self, fix: &Placed, guide: Option<&mut motion::Motion>, take: Take) -> bool {
        let status = std::mem::replace(&mut self.status, fix.status);
        let is_same_time = take.precision.is_same_time(self.fix_ms, fix.at_ms);
        if is_same_time && self.fix == fix.place {
            return false;
        }
        if is_same_time && take.precision == Precision::Units {
            // The same fix, known more or less exactly than before.
            self.course.shift(World::of(self.fix), World::of(fix.place));
            self.fix = fix.place;
            return true;
        }
        let (place, heading, at_ms) = (self.fix, self.heading, self.fix_ms);
        let before = Placed { place, heading, at_ms, status };
        self.course.go_on(guide, (&before, fix), take.motion, take.now);
        (self.fix_ms, self.fix, self.heading) = (fix.at_ms, fix.place, fix.heading);
        true
    }
}

/// What a report says of where its vehicle is.
#[derive(Clone, Debug)]
struct Placed {
    place: LonLat,
    heading: Option<f64>,
    at_ms: i64,
    status: usize,
}

impl Placed {
    fn seen(&self) -> motion::Fix {
        motion::Fix { at_ms: self.at_ms, place: self.place, activity: self.status as u16 }
    }
}

/// Whether two names are the same: those of the same view mostly lie at the same place in memory.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Arc::ptr_eq(a, b) || a == b,
        (a, b) => a == b,
    }
}

/// A position as results have it: `[longitude, latitude]`.
#[must_use]
pub fn lon_lat(value: &Value) -> Option<LonLat> {
    let Value::List(pair) = value else { return None };
    let [lon, lat] = pair.as_slice() else { return None };
    LonLat::new(lon.as_f64()?, lat.as_f64()?).ok()
}

#[cfg(test)]
mod tests;
