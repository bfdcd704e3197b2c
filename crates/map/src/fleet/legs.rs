//! How each vehicle moves at present, one beside the other in the order of drawing: a frame reads them once from first to last, and
//! whatever else is known of a vehicle only when its leg is over.

use hailstream_geo::mercator::World;

use super::course::{Clock, Moment, Stretch};
use super::{Class, Fleet, Isolation};
use crate::map_view::MapView;

/// Vehicles this far outside are still partly seen, CSS px.
const MARGIN_PX: f64 = 12.0;

/// A vehicle in view, as it is drawn in this frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Where on the screen, CSS px.
    pub at: [f32; 2],
    /// Degrees clockwise from north; not a number where it is not known.
    pub heading: f32,
    /// Place in [`Fleet::vehicles`].
    pub index: u32,
    /// Index of its status.
    pub status: u16,
    /// Without a fix for longer than the map's limit.
    pub is_silent: bool,
    /// Too much may have happened since its fix to go by the map alone.
    pub is_uncertain: bool,
}

impl Seen {
    /// What it counts as in the legend.
    #[must_use]
    pub fn class(&self) -> Class {
        if self.is_silent { Class::Silent } else { Class::Status(self.status.into()) }
    }

    /// Where on the screen, CSS px.
    #[must_use]
    pub fn place(&self) -> (f64, f64) {
        (self.at[0].into(), self.at[1].into())
    }
}

/// See the module's words.
#[derive(Clone, Copy, Debug)]
struct Leg {
    stretch: Stretch,
    /// Silent after this, by the stream's present.
    heard_until_ms: i64,
    vehicle: u32,
    status: u16,
}

impl Leg {
    /// One that is over, whatever the time.
    const OVER: Self =
        Self { stretch: Stretch::OVER, heard_until_ms: i64::MAX, vehicle: 0, status: 0 };
}

/// The legs of a fleet.
#[derive(Clone, Debug, Default)]
pub(super) struct Legs {
    legs: Vec<Leg>,
    /// Of each vehicle.
    places: Vec<u32>,
}

impl Legs {
    /// Begins anew with vehicles, lowest first; each index comes once.
    pub(super) fn begin(&mut self, order: &[usize]) {
        self.legs.clear();
        self.places.clear();
        self.places.resize(order.len(), u32::MAX);
        self.arrange(order);
    }

    /// Brings the same vehicles into another order.
    pub(super) fn arrange(&mut self, order: &[usize]) {
        let before = std::mem::take(&mut self.legs);
        for &index in order {
            let Some(place) = self.places.get_mut(index) else { continue };
            let leg = before.get(*place as usize).copied();
            *place = self.legs.len() as u32;
            self.legs.push(leg.unwrap_or(Leg { vehicle: index as u32, ..Leg::OVER }));
        }
    }

    /// A vehicle has a new fix, or another status.
    pub(super) fn end(&mut self, index: usize) {
        let leg = self.places.get(index).and_then(|place| self.legs.get_mut(*place as usize));
        if let Some(leg) = leg {
            leg.stretch = Stretch::OVER;
        }
    }

    /// Indices of vehicles, lowest first.
    pub(super) fn order(&self) -> impl Iterator<Item = usize> + Clone {
        self.legs.iter().map(|leg| leg.vehicle as usize)
    }
}

impl Fleet {
    /// Finds the vehicles that a view shows at `now_ms`, lower ones first; silent ones lie lowest. `stream_ms` is the stream's present.
    /// Returns how fast the quickest of them moves on the screen, CSS px a millisecond.
    #[inline(never)] // The crate says why.
    pub fn look(
        &mut self,
        seen: &mut Vec<Seen>,
        view: &MapView,
        isolation: &Isolation,
        (now_ms, stream_ms): (f64, i64),
    ) -> f64 {
        seen.clear();
        let now = Moment { ours_ms: now_ms, theirs_ms: self.present.at(now_ms) };
        let pace = self.present.pace();
        let silent_after_ms = self.silent_after_ms;
        let shows_all = !isolation.is_active();
        let mut silent = std::mem::take(&mut self.silent);
        let mut quickest = 0.0_f64;
        let window = Window::of(view);
        for leg in &mut self.legs.legs {
            if !leg.stretch.holds(now) {
                let Some(vehicle) = self.vehicles.get(leg.vehicle as usize) else { continue };
                leg.stretch = vehicle.course.stretch(now, vehicle.heading);
                leg.status = vehicle.status as u16;
                leg.heard_until_ms = vehicle.fix_ms.saturating_add(silent_after_ms);
            }
            let (place, heading) = leg.stretch.at(now);
            let Some(at) = window.place(place) else { continue };
            let one = Seen {
                at,
                heading,
                index: leg.vehicle,
                status: leg.status,
                is_silent: stream_ms > leg.heard_until_ms,
                is_uncertain: now.theirs_ms > leg.stretch.certain_until_ms,
            };
            if shows_all || isolation.shows(one.class()) {
                quickest = quickest.max(leg.stretch.speed(pace));
                if one.is_silent { silent.push(one) } else { seen.push(one) }
            }
        }
        seen.splice(0..0, silent.drain(..));
        self.silent = silent;
        quickest * view.world_px()
    }
}

/// The way from the world to the screen, without what is the same for all.
struct Window {
    left: f64,
    top: f64,
    scale: f64,
    right_px: f64,
    bottom_px: f64,
}

impl Window {
    fn of(view: &MapView) -> Self {
        let World { x: left, y: top } = view.world_from_screen(0.0, 0.0);
        let (width, height) = view.size();
        let (right_px, bottom_px) = (width + MARGIN_PX, height + MARGIN_PX);
        Self { left, top, scale: view.world_px(), right_px, bottom_px }
    }

    fn place(&self, place: World) -> Option<[f32; 2]> {
        let x = (place.x - self.left) * self.scale;
        let y = (place.y - self.top) * self.scale;
        let is_inside =
            x >= -MARGIN_PX && y >= -MARGIN_PX && x < self.right_px && y < self.bottom_px;
        is_inside.then_some([x as f32, y as f32])
    }
}

impl Stretch {
    /// One that is over, whatever the time.
    const OVER: Self = Self {
        from: World { x: 0.0, y: 0.0 },
        way: [0.0; 2],
        heading: f32::NAN,
        turn: 0.0,
        from_ms: f64::INFINITY,
        until_ms: f64::NEG_INFINITY,
        certain_until_ms: f64::INFINITY,
        clock: Clock::Ours,
    };

    fn now_ms(&self, now: Moment) -> f64 {
        match self.clock {
            Clock::Ours => now.ours_ms,
            Clock::Theirs => now.theirs_ms,
        }
    }

    fn holds(&self, now: Moment) -> bool {
        let now_ms = self.now_ms(now);
        self.from_ms <= now_ms && now_ms < self.until_ms
    }

    fn at(&self, now: Moment) -> (World, f32) {
        let share = ((self.now_ms(now) - self.from_ms) / (self.until_ms - self.from_ms)) as f32;
        let x = self.from.x + f64::from(self.way[0] * share);
        // Who drives over the antimeridian comes in again on the other side.
        let x = if (0.0..=1.0).contains(&x) { x } else { x.rem_euclid(1.0) };
        let place = World { x, y: self.from.y + f64::from(self.way[1] * share) };
        (place, self.heading + self.turn * share)
    }

    /// Worlds a millisecond of our time, where theirs passes at a pace.
    fn speed(&self, pace: f64) -> f64 {
        let [east, south] = self.way.map(f64::from);
        let way = (east * east + south * south).sqrt();
        let pace = if self.clock == Clock::Theirs { pace } else { 1.0 };
        way / (self.until_ms - self.from_ms) * pace
    }
}
