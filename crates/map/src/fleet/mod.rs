//! The vehicles of a map: where each is drawn between its fixes, what it looks like, and which one is meant by a click.
//!
//! A vehicle glides linearly from where it is shown to its new fix, over the time its last fix took to come, turning the
//! short way. It therefore trails reality by one interval but never jumps ahead of what is known.

mod cells;
mod filter;
mod glide;
mod labels;
mod list;
mod raster;
mod statuses;
mod summary;
mod tints;
mod trail;

use hailstream_geo::LonLat;
use hailstream_geo::distance::compass;
use hailstream_geo::mercator::World;
use hailstream_protocol::visualization::MapParams;
use hailstream_protocol::{QueryResult, Row, Value};

pub use cells::{Cell, cells, is_crowded};
pub use filter::{Class, Isolation};
use glide::Glide;
pub use labels::{Crowd, Label, NameTags, place_labels};
pub use list::{Listed, list};
pub use raster::{Raster, Sheet, Sprite};
pub use statuses::{Status, Statuses};
pub use summary::summary;
pub use tints::{STEPS, Tints, tints};
pub use trail::{Passed, RecordPlace, passed, record_places};

/// Whether vehicles glide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Linearly between fixes.
    Glide,
    /// Not at all: for people who asked for less motion.
    Step,
}

/// Where in the rows a map finds its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    position: usize,
    heading: Option<usize>,
    status: Option<usize>,
}

impl Columns {
    fn of(columns: &[String], params: &MapParams) -> Option<Self> {
        let find = |name: &str| columns.iter().position(|column| column == name);
        Some(Self {
            position: find(&params.position)?,
            heading: find(&params.heading),
            status: find(&params.status),
        })
    }
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
    glide: Glide,
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
    /// Indices of vehicles, lower levels first.
    drawing_order: Vec<usize>,
}

impl Fleet {
    /// A fleet without vehicles.
    #[must_use]
    pub fn new(params: &MapParams) -> Self {
        Self {
            statuses: Statuses::of(params),
            silent_after_ms: i64::from(params.silent_after_s) * 1_000,
            vehicles: Vec::new(),
            drawing_order: Vec::new(),
        }
    }

    /// Takes the next result. Rows without a position are not on the map.
    pub fn update(
        &mut self,
        result: &QueryResult,
        params: &MapParams,
        motion: Motion,
        now_ms: f64,
    ) {
        let Some(columns) = Columns::of(&result.columns, params) else {
            self.vehicles.clear();
            self.drawing_order.clear();
            return;
        };
        let take = Take { columns, motion, now_ms };
        if !self.update_in_place(result, take) {
            self.merge(result, take);
        }
    }

    /// The common case: the same vehicles in the same rows. False where it is not, or where some lost their position.
    fn update_in_place(&mut self, result: &QueryResult, take: Take) -> bool {
        let is_same = self.vehicles.len() == result.rows.len()
            && self.vehicles.iter().zip(&result.rows).enumerate().all(|(index, (vehicle, row))| {
                vehicle.row == index && row.first() == Some(&vehicle.entity)
            });
        let mut has_other_statuses = false;
        let is_done = is_same
            && self.vehicles.iter_mut().zip(&result.rows).all(|(vehicle, row)| {
                let Some((_, fix)) = fix(&mut self.statuses, row, take.columns) else {
                    return false;
                };
                has_other_statuses |= vehicle.status != fix.status;
                vehicle.take(&fix, take);
                true
            });
        if is_done && has_other_statuses {
            self.sort_for_drawing();
        }
        is_done
    }

    fn merge(&mut self, result: &QueryResult, take: Take) {
        let mut before = std::mem::take(&mut self.vehicles).into_iter().peekable();
        for (row_index, row) in result.rows.iter().enumerate() {
            let Some((entity, fix)) = fix(&mut self.statuses, row, take.columns) else { continue };
            // Both are in order of entity: a merge, without hashing.
            while before.next_if(|old| old.entity < *entity).is_some() {}
            let vehicle = match before.next_if(|old| old.entity == *entity) {
                Some(mut old) => {
                    old.row = row_index;
                    old.take(&fix, take);
                    old
                }
                None => Vehicle {
                    entity: entity.clone(),
                    row: row_index,
                    status: fix.status,
                    fix_ms: fix.at_ms,
                    fix: fix.place,
                    glide: Glide::at(World::of(fix.place), fix.heading, take.now_ms),
                },
            };
            self.vehicles.push(vehicle);
        }
        self.sort_for_drawing();
    }

    fn sort_for_drawing(&mut self) {
        self.drawing_order.clear();
        // As many passes as there are levels, which are few.
        for level in self.statuses.levels() {
            let of_level =
                |(_, vehicle): &(usize, &Vehicle)| self.statuses.level(vehicle.status) == level;
            let indices = self.vehicles.iter().enumerate().filter(of_level).map(|(index, _)| index);
            self.drawing_order.extend(indices);
        }
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
        let (place, heading) = vehicle.glide.at_time(now_ms);
        let is_silent = self.is_silent(vehicle, stream_ms);
        Some(Shown { index, place, heading, status: vehicle.status, is_silent })
    }

    /// All vehicles as drawn at `now_ms`, lower ones first; silent ones lie lowest.
    pub fn all_shown(&self, now_ms: f64, stream_ms: i64) -> impl Iterator<Item = Shown> {
        let silent_first = [true, false];
        silent_first.into_iter().flat_map(move |silent| {
            self.drawing_order
                .iter()
                .filter(move |index| {
                    let vehicle = self.vehicles.get(**index);
                    vehicle.is_some_and(|vehicle| self.is_silent(vehicle, stream_ms) == silent)
                })
                .filter_map(move |index| self.shown(*index, now_ms, stream_ms))
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
            if self.is_silent(vehicle, stream_ms) {
                counts.silent += 1;
            } else if let Some(count) = counts.by_status.get_mut(vehicle.status) {
                *count += 1;
            }
        }
        counts
    }

    /// The quickest movement on screen at `now_ms`, in worlds per ms; 0 when all stand.
    #[must_use]
    pub fn quickest(&self, now_ms: f64) -> f64 {
        self.vehicles.iter().map(|vehicle| vehicle.glide.speed(now_ms)).fold(0.0, f64::max)
    }
}

/// How a result is taken.
#[derive(Clone, Copy)]
struct Take {
    columns: Columns,
    motion: Motion,
    now_ms: f64,
}

impl Vehicle {
    /// Most have no new fix in a result: nothing is projected for them.
    fn take(&mut self, fix: &Fix, take: Take) {
        self.status = fix.status;
        if self.fix_ms != fix.at_ms || self.fix != fix.place {
            self.glide =
                self.glide.towards(World::of(fix.place), fix.heading, take.motion, take.now_ms);
            (self.fix_ms, self.fix) = (fix.at_ms, fix.place);
        }
    }
}

/// The entity of a row and its fix; absent where it has no position.
fn fix<'a>(statuses: &mut Statuses, row: &'a Row, columns: Columns) -> Option<(&'a Value, Fix)> {
    let status = columns.status.and_then(|column| row.get(column)).and_then(Value::as_str);
    let fix = Fix {
        place: lon_lat(row.get(columns.position)?)?,
        heading: columns.heading.and_then(|column| row.get(column)?.as_f64()).map(compass),
        at_ms: row.get(1)?.as_i64()?,
        status: statuses.index_of(status.unwrap_or_default()),
    };
    Some((row.first()?, fix))
}

struct Fix {
    place: LonLat,
    heading: Option<f64>,
    at_ms: i64,
    status: usize,
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
