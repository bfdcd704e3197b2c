//! What a map knows: its view, its vehicles, what is hidden and which one is chosen.

use std::sync::Arc;

use hailstream_client::fleet::{Fleet, Motion, Shown};
use hailstream_client::map_view::MapView;
use hailstream_geo::basemap::Basemap;
use hailstream_geo::{Bounds, LonLat};
use hailstream_protocol::visualization::MapParams;
use hailstream_protocol::{QueryResult, Value};

use super::basemap::Ground;
use crate::dom;

/// A click farther than this (CSS px) from a vehicle does not mean it.
const REACH: f64 = 14.0;
/// Where a map opens that was told nothing.
const EVERYWHERE: f64 = 3.0;

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
    pub(super) result: Option<Arc<QueryResult>>,
    /// The stream's present at the last paint.
    pub(super) stream_ms: i64,
    /// Statuses a person hid.
    pub(super) hidden: Vec<usize>,
    pub(super) hides_silent: bool,
    pub(super) chosen: Option<Value>,
    /// The chosen one stays in the middle.
    pub(super) follows: bool,
    home: Option<Bounds>,
}

impl MapState {
    pub(super) fn new(params: MapParams, stream: &str) -> Self {
        Self {
            fleet: Fleet::new(&params),
            params,
            stream: stream.to_owned(),
            view: None,
            moved_at: 0.0,
            ground: None,
            result: None,
            stream_ms: 0,
            hidden: Vec::new(),
            hides_silent: false,
            chosen: None,
            follows: false,
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
        if self.result.as_ref().is_some_and(|held| Arc::ptr_eq(held, result)) {
            return;
        }
        let motion = if dom::reduced_motion() { Motion::Step } else { Motion::Glide };
        self.fleet.update(result, &self.params, motion, now);
        self.result = Some(Arc::clone(result));
    }

    /// Whether a vehicle is to be drawn.
    pub(super) fn is_shown(&self, shown: &Shown) -> bool {
        if shown.is_silent { !self.hides_silent } else { !self.hidden.contains(&shown.status) }
    }

    /// The vehicle meant by a point of the screen.
    pub(super) fn pick(&self, x: f64, y: f64, now: f64) -> Option<Value> {
        let view = self.view?;
        let distance = |shown: &Shown| {
            let (at_x, at_y) = view.screen_from_world(shown.place);
            (at_x - x).hypot(at_y - y)
        };
        self.fleet
            .all_shown(now, self.stream_ms)
            .filter(|shown| self.is_shown(shown))
            .map(|shown| (distance(&shown), shown))
            .filter(|(distance, _)| *distance <= REACH)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .and_then(|(_, shown)| Some(self.fleet.vehicles().get(shown.index)?.entity.clone()))
    }

    /// The chosen vehicle as drawn now.
    pub(super) fn chosen_shown(&self, now: f64) -> Option<Shown> {
        let index = self.fleet.find(self.chosen.as_ref()?)?;
        self.fleet.shown(index, now, self.stream_ms)
    }
}
