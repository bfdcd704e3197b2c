//! What a map knows: its view, its vehicles, what is shown alone and which one is chosen.

use std::sync::Arc;

use hailstream_geo::basemap::Basemap;
use hailstream_geo::{Bounds, LonLat};
use hailstream_map::fleet::{Counts, Fleet, Isolation, Motion, Seen, Shown, Vehicle};
use hailstream_map::map_view::{Corner, MapView};
use hailstream_protocol::visualization::MapParams;
use hailstream_protocol::{QueryResult, Value};

use super::area::Drawing;
use super::basemap::Ground;
use super::moves::Moves;
use super::past::{Past, live_fleet};
use crate::dom;

/// A click farther than this (CSS px) from a vehicle does not mean it.
const REACH: f64 = 14.0;
/// Some tiles are waited for so long, ms.
const PATIENCE_MS: f64 = 3_000.0;
/// Where a map opens that was told nothing.
const EVERYWHERE: f64 = 3.0;
/// Below this width (CSS px) the card is a sheet at the bottom.
pub(super) const SHEET_BELOW: f64 = 440.0;
/// Room that the sheet takes.
pub(super) const SHEET_PX: f64 = 132.0;
/// Room that the card takes elsewhere, closed and with its records.
const CARD_PX: (f64, f64) = (264.0, 136.0);
const RECORDS_PX: f64 = 150.0;

/// See the module's words.
pub(super) struct MapState {
    pub(super) params: MapParams,
    /// The stream of the vehicles.
    pub(super) stream: String,
    /// Absent until the map has a size.
    pub(super) view: Option<MapView>,
    /// When a person last moved it, our clock.
    pub(super) moved_at: f64,
    pub(super) ground: Option<Ground>,
    pub(super) fleet: Fleet,
    /// Who was in view at the last paint.
    pub(super) seen: Vec<Seen>,
    pub(super) result: Option<Arc<QueryResult>>,
    /// The fleet is too large for one answer: it is asked for tile by tile, and `result` only says how many there are.
    pub(super) is_tiled: bool,
    pub(super) moves: Moves,
    /// All that is known of the chosen one, where tiles tell less.
    known: Option<Arc<QueryResult>>,
    /// Statuses as tiles name them.
    listed: Vec<String>,
    /// The map shows an earlier moment; `fleet` is that of then.
    pub(super) past: Option<Past>,
    /// When tiles were taken last, our clock.
    taken_at: f64,
    /// The chosen one is to be brought into view once it is known where it is.
    seeks: bool,
    /// The stream's present at the last paint.
    pub(super) stream_ms: i64,
    /// What a person looks at alone.
    pub(super) isolation: Isolation,
    pub(super) chosen: Option<Value>,
    /// The chosen one stays in the middle.
    pub(super) follows: bool,
    /// What is under the pointer.
    pub(super) hovered: Option<Value>,
    /// Where the card of the chosen one lies.
    pub(super) corner: Corner,
    /// The card shows the newest records.
    pub(super) shows_records: bool,
    /// Vehicles are shown as counts.
    pub(super) is_crowded: bool,
    /// Vehicles are drawn where they were for certain, one interval late.
    pub(super) is_exact: bool,
    /// Vehicles are shown as a heat map.
    pub(super) is_heat: bool,
    pub(super) drawing: Drawing,
    /// The numbers around are to be counted at the next paint.
    pub(super) wants_count: bool,
    home: Option<Bounds>,
}

impl MapState {
    pub(super) fn new(params: MapParams, stream: &str) -> Self {
        Self {
            fleet: Fleet::new(&params),
            listed: params.glyphs.keys().cloned().collect(),
            is_tiled: false,
            moves: Moves::default(),
            known: None,
            past: None,
            taken_at: f64::NEG_INFINITY,
            seeks: false,
            seen: Vec::new(),
            params,
            stream: stream.to_owned(),
            view: None,
            moved_at: 0.0,
            ground: None,
            result: None,
            stream_ms: 0,
            isolation: Isolation::default(),
            chosen: None,
            follows: false,
            hovered: None,
            corner: Corner::default(),
            shows_records: false,
            is_crowded: false,
            is_exact: false,
            is_heat: false,
            drawing: Drawing::default(),
            wants_count: false,
            home: None,
        }
    }

    pub(super) fn set_basemap(&mut self, basemap: &Basemap) {
        self.ground = Ground::of(basemap);
        self.home = basemap.street_bounds();
        if self.params.center.is_none() {
            self.view = None; // opens anew on the streets
        }
    }

    /// The view in its present size.
    pub(super) fn sized_view(&mut self, width: f64, height: f64) -> MapView {
        let view = match self.view {
            Some(view) => view.with_size(width, height),
            None => self.opening_view(width, height),
        };
        self.view = Some(view);
        view
    }

    fn opening_view(&self, width: f64, height: f64) -> MapView {
        let center = self.params.center.and_then(|[lon, lat]| LonLat::new(lon, lat).ok());
        match (center, self.params.zoom, self.home) {
            (Some(center), zoom, _) => MapView::new(center, zoom.unwrap_or(12.0), width, height),
            (None, _, Some(home)) => MapView::fitting(home, width, height),
            (None, zoom, None) => {
                MapView::new(LonLat::wrapped(0.0, 0.0), zoom.unwrap_or(EVERYWHERE), width, height)
            }
        }
    }

    /// Moves the view as a person does.
    pub(super) fn move_view(&mut self, change: impl FnOnce(MapView) -> MapView) {
        self.view = self.view.map(change);
        self.moved_at = dom::now();
    }

    /// Back to where the map opened.
    pub(super) fn go_home(&mut self) {
        if let Some((width, height)) = self.view.map(|view| view.size()) {
            self.view = Some(self.opening_view(width, height));
            self.follows = false;
            self.moved_at = 0.0;
        }
    }

    /// Takes an answer, if it is another than the last.
    pub(super) fn take(&mut self, result: &Arc<QueryResult>, now: f64) {
        if is_same(self.result.as_ref(), Some(result)) {
            return;
        }
        if !self.is_tiled {
            let motion = self.motion();
            let fleet = live_fleet(&mut self.past, &mut self.fleet);
            fleet.update(result, &self.params, motion, now);
        }
        self.result = Some(Arc::clone(result));
    }

    /// Whether the fleet is larger than what is asked for at once; a little less than that is enough to stay so.
    pub(super) fn is_large(&self, size: u64) -> bool {
        let limit = if self.is_tiled { size - size / 10 } else { size };
        self.result.as_ref().is_some_and(|result| result.total > limit)
    }

    /// Takes what tiles told, if they told anything, and what is `known` of the chosen one. Tiles are told of together: while some of
    /// them are still to come, a vehicle that went from one to another would be in neither.
    pub(super) fn take_tiles(
        &mut self,
        known: Option<Arc<QueryResult>>,
        is_complete: bool,
        now: f64,
    ) {
        if !is_complete && now - self.taken_at < PATIENCE_MS {
            return;
        }
        if !self.moves.news() && is_same(self.known.as_ref(), known.as_ref()) {
            return;
        }
        self.taken_at = now;
        self.known = known;
        let motion = self.motion();
        let told = (&*self.moves.tiles(&self.listed), self.known.as_deref());
        let fleet = live_fleet(&mut self.past, &mut self.fleet);
        fleet.update_tiles(told, &self.params, motion, now);
        if self.seeks && self.chosen_shown(now).is_some() {
            self.show_chosen();
        }
    }

    /// What is known of a vehicle: an answer, and its row in it.
    pub(super) fn row_of(&self, vehicle: &Vehicle) -> Option<(&QueryResult, usize)> {
        if let Some(past) = &self.past {
            return Some((&past.result, vehicle.row));
        }
        let (known, row) = if self.is_tiled {
            (self.known.as_deref()?, 0)
        } else {
            (self.result.as_deref()?, vehicle.row)
        };
        // While a fleet becomes too large or small enough, the answer may still be the other one.
        (known.rows.get(row)?.first() == Some(&vehicle.entity)).then_some((known, row))
    }

    /// The field that names a vehicle: the first column of every answer.
    pub(super) fn entity_field(&self) -> Option<&String> {
        self.result.as_ref()?.columns.first()
    }

    /// How many there are of each class: in the whole fleet, or of a large one in view.
    pub(super) fn counts(&mut self, view: MapView, now: f64) -> Counts {
        if !self.is_tiled || self.past.is_some() {
            return self.fleet.counts(self.stream_ms);
        }
        let mut counts = Counts { by_status: vec![0; self.fleet.statuses().len()], silent: 0 };
        let mut all = Vec::new();
        self.fleet.look(&mut all, &view, &Isolation::default(), (now, self.stream_ms));
        let inside = all.iter().filter(|seen| view.contains(seen.place()));
        inside.for_each(|seen: &Seen| counts.add(seen.class()));
        counts
    }

    fn motion(&self) -> Motion {
        match (dom::reduced_motion(), self.is_exact) {
            (true, _) => Motion::Step,
            (false, true) => Motion::Exact,
            (false, false) => Motion::Live,
        }
    }

    /// The vehicle meant by a point of the screen.
    pub(super) fn pick(&self, x: f64, y: f64) -> Option<Value> {
        let distance = |seen: &Seen| {
            let (at_x, at_y) = seen.place();
            (at_x - x).hypot(at_y - y)
        };
        self.seen
            .iter()
            .filter(|_| !self.is_crowded && !self.is_heat)
            .map(|seen| (distance(seen), seen))
            .filter(|(distance, _)| *distance <= REACH)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .and_then(|(_, seen)| {
                Some(self.fleet.vehicles().get(seen.index as usize)?.entity.clone())
            })
    }

    /// A vehicle as drawn now.
    pub(super) fn shown_of(&self, entity: Option<&Value>, now: f64) -> Option<Shown> {
        let index = self.fleet.find(entity?)?;
        self.fleet.shown(index, now, self.stream_ms)
    }

    /// The chosen vehicle as drawn now.
    pub(super) fn chosen_shown(&self, now: f64) -> Option<Shown> {
        self.shown_of(self.chosen.as_ref(), now)
    }

    /// Chooses a vehicle, or none.
    pub(super) fn choose(&mut self, entity: Option<Value>) {
        self.wants_count = true;
        if self.chosen != entity {
            self.chosen = entity;
            self.seeks = false;
            self.follows = false;
            self.shows_records = false;
            self.corner = Corner::default();
        }
    }

    /// Lets the view go where a person moves it.
    pub(super) fn stop_following(&mut self) {
        self.wants_count |= std::mem::take(&mut self.follows);
    }

    /// Brings the chosen vehicle into view where it is outside.
    pub(super) fn show_chosen(&mut self) {
        let shown = self.chosen_shown(dom::now());
        self.seeks = shown.is_none();
        let Some((view, shown)) = self.view.zip(shown) else { return };
        if !view.contains(view.screen_from_world(shown.place)) {
            let (x, y) = self.middle(view);
            self.move_view(|view| view.with_place_at(shown.place, x, y));
        }
    }

    /// The middle of what the card leaves free.
    fn middle(&self, view: MapView) -> (f64, f64) {
        let (width, height) = view.size();
        let sheet = if self.has_sheet(view) { SHEET_PX } else { 0.0 };
        (width / 2.0, (height - sheet) / 2.0)
    }

    fn has_sheet(&self, view: MapView) -> bool {
        self.chosen.is_some() && view.size().0 < SHEET_BELOW
    }

    /// Whether there is room for one thing beside the map only.
    pub(super) fn is_narrow(&self) -> bool {
        self.view.is_some_and(|view| view.size().0 < SHEET_BELOW)
    }

    /// Moves the view after the chosen one where a person asked for that, and out from under the sheet; whether there is
    /// still some way to go.
    pub(super) fn pursue(&mut self, view: MapView, now: f64, elapsed_ms: f64) -> (MapView, bool) {
        let Some(shown) = self.chosen_shown(now) else { return (view, false) };
        let at = view.screen_from_world(shown.place);
        let lowest = view.size().1 - SHEET_PX - 28.0;
        let target = if self.follows {
            self.middle(view)
        } else if self.has_sheet(view) && at.1 > lowest && view.contains(at) {
            (at.0, lowest)
        } else {
            return (view, false);
        };
        let moved = if dom::reduced_motion() {
            view.with_place_at(shown.place, target.0, target.1)
        } else {
            view.easing_to(shown.place, target, elapsed_ms)
        };
        self.view = Some(moved);
        let (x, y) = moved.screen_from_world(shown.place);
        (moved, (x - target.0).abs().max((y - target.1).abs()) > 0.5)
    }

    /// Moves the card away where the chosen vehicle would be under it, and with its records from beneath the list.
    pub(super) fn settle_card(&mut self, view: MapView, shown: &Shown, has_list: bool) {
        let height = CARD_PX.1 + if self.shows_records { RECORDS_PX } else { 0.0 };
        let at = view.screen_from_world(shown.place);
        let corner = self.corner.clear_of(&view, (CARD_PX.0, height), at);
        let is_taken = has_list && self.shows_records && corner == Corner::BottomRight;
        self.corner = match (is_taken, self.corner) {
            (false, _) => corner,
            // The vehicle is under the one on the left.
            (true, Corner::BottomLeft) => Corner::TopLeft,
            (true, _) => Corner::BottomLeft,
        };
    }
}

/// Whether two answers, or none, are one and the same.
pub(super) fn is_same(a: Option<&Arc<QueryResult>>, b: Option<&Arc<QueryResult>>) -> bool {
    a.map(Arc::as_ptr) == b.map(Arc::as_ptr)
}
