//! What part of the world a map shows: centre, zoom and size, and the way between screen and world.
//!
//! Zoom is fractional; at zoom z the world is 256 · 2ᶻ CSS px wide.

use std::f64::consts::TAU;

use hailstream_geo::distance::EARTH_RADIUS_M;
use hailstream_geo::mercator::World;
use hailstream_geo::{Bounds, LonLat};

/// How far one can look out.
pub const MIN_ZOOM: f64 = 3.0;
/// How far one can look in.
pub const MAX_ZOOM: f64 = 18.0;

/// See the module's words. A view is a value: every move makes a new one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapView {
    center: World,
    zoom: f64,
    width: f64,
    height: f64,
    /// Follows from the zoom: a power for each vehicle and frame would be a tenth of what drawing it costs.
    world_px: f64,
}

/// CSS px that the world is wide at a zoom.
fn world_px(zoom: f64) -> f64 {
    256.0 * zoom.exp2()
}

impl MapView {
    /// A view of `width` × `height` CSS px.
    #[must_use]
    pub fn new(center: LonLat, zoom: f64, width: f64, height: f64) -> Self {
        let zoom = zoom.clamp(MIN_ZOOM, MAX_ZOOM);
        Self { center: World::of(center), zoom, width, height, world_px: world_px(zoom) }
    }

    /// The closest view of that size which shows all of `bounds` with a margin around.
    #[must_use]
    pub fn fitting(bounds: Bounds, width: f64, height: f64) -> Self {
        let corner = |lon, lat| LonLat::new(lon, lat).map(World::of).ok();
        let Some((north_west, south_east)) =
            corner(bounds.west(), bounds.north()).zip(corner(bounds.east(), bounds.south()))
        else {
            return Self::new(LonLat::wrapped(0.0, 0.0), MIN_ZOOM, width, height);
        };
        let span_x = (south_east.x - north_west.x).max(1e-9);
        let span_y = (south_east.y - north_west.y).max(1e-9);
        let margin = 0.94;
        let fitting_px = (width * margin / span_x).min(height * margin / span_y);
        let center = World {
            x: f64::midpoint(north_west.x, south_east.x),
            y: f64::midpoint(north_west.y, south_east.y),
        };
        let zoom = (fitting_px / 256.0).log2().clamp(MIN_ZOOM, MAX_ZOOM);
        Self { center, zoom, width, height, world_px: world_px(zoom) }
    }

    /// Zoom.
    #[must_use]
    pub fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Middle of the view.
    #[must_use]
    pub fn center(&self) -> World {
        self.center
    }

    /// CSS px across and down.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// CSS px that the world is wide.
    #[must_use]
    pub fn world_px(&self) -> f64 {
        self.world_px
    }

    /// CSS px of a metre at a place: Mercator's scale grows away from the equator.
    #[must_use]
    pub fn px_per_metre(&self, place: World) -> f64 {
        let round_m = TAU * EARTH_RADIUS_M * place.lonlat().lat().to_radians().cos();
        self.world_px / round_m
    }

    /// Where a place of the world is on the screen.
    #[must_use]
    pub fn screen_from_world(&self, place: World) -> (f64, f64) {
        let scale = self.world_px();
        let x = (place.x - self.center.x) * scale + self.width / 2.0;
        let y = (place.y - self.center.y) * scale + self.height / 2.0;
        (x, y)
    }

    /// What place of the world is under a point of the screen.
    #[must_use]
    pub fn world_from_screen(&self, x: f64, y: f64) -> World {
        let scale = self.world_px();
        World {
            x: self.center.x + (x - self.width / 2.0) / scale,
            y: self.center.y + (y - self.height / 2.0) / scale,
        }
    }

    /// The same view in another size; its middle stays.
    #[must_use]
    pub fn with_size(self, width: f64, height: f64) -> Self {
        Self { width, height, ..self }
    }

    /// The view with its content moved by a drag.
    #[must_use]
    pub fn panned(self, dx: f64, dy: f64) -> Self {
        let scale = self.world_px();
        let center = World {
            x: (self.center.x - dx / scale).clamp(0.0, 1.0),
            y: (self.center.y - dy / scale).clamp(0.0, 1.0),
        };
        Self { center, ..self }
    }

    /// The view zoomed by `steps`, with what is under the point staying there.
    #[must_use]
    pub fn zoomed_at(self, x: f64, y: f64, steps: f64) -> Self {
        let held = self.world_from_screen(x, y);
        let zoom = (self.zoom + steps).clamp(MIN_ZOOM, MAX_ZOOM);
        let zoomed = Self { zoom, world_px: world_px(zoom), ..self };
        let (now_x, now_y) = zoomed.screen_from_world(held);
        zoomed.panned(x - now_x, y - now_y)
    }

    /// The view with a place at a point of the screen.
    #[must_use]
    pub fn with_place_at(self, place: World, x: f64, y: f64) -> Self {
        let (now_x, now_y) = self.screen_from_world(place);
        self.panned(x - now_x, y - now_y)
    }

    /// The view on its way to [`Self::with_place_at`], `elapsed_ms` further: quick at first, then slower.
    #[must_use]
    pub fn easing_to(self, place: World, (x, y): (f64, f64), elapsed_ms: f64) -> Self {
        const PACE_MS: f64 = 160.0;
        const NEAR_PX: f64 = 0.5;
        let (now_x, now_y) = self.screen_from_world(place);
        let (dx, dy) = (x - now_x, y - now_y);
        let is_near = dx.abs().max(dy.abs()) < NEAR_PX;
        let share = if is_near { 1.0 } else { 1.0 - (-elapsed_ms.max(0.0) / PACE_MS).exp() };
        self.panned(dx * share, dy * share)
    }

    /// Whether a point of the screen lies in the view.
    #[must_use]
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        (0.0..=self.width).contains(&x) && (0.0..=self.height).contains(&y)
    }
}

/// Where the card of the chosen vehicle lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Corner {
    /// Where it is expected.
    #[default]
    BottomRight,
    /// Where the vehicle is at the bottom right.
    BottomLeft,
    /// Where it is at the bottom.
    TopLeft,
}

/// Around the card nothing of the vehicle is to be hidden either, CSS px.
const CARD_MARGIN: f64 = 26.0;

impl Corner {
    /// The corner for a card of `card` CSS px while the vehicle is at `at`. It moves only when the vehicle drives under it.
    #[must_use]
    pub fn clear_of(self, view: &MapView, card: (f64, f64), at: (f64, f64)) -> Self {
        let (width, height) = view.size();
        let (card_width, card_height) = (card.0 + CARD_MARGIN, card.1 + CARD_MARGIN);
        let hides = |corner: Self| {
            let across = match corner {
                Self::BottomRight => at.0 > width - card_width,
                Self::BottomLeft | Self::TopLeft => at.0 < card_width,
            };
            let down = match corner {
                Self::BottomRight | Self::BottomLeft => at.1 > height - card_height,
                Self::TopLeft => at.1 < card_height,
            };
            across && down
        };
        let others = [Self::BottomRight, Self::BottomLeft, Self::TopLeft];
        if !hides(self) {
            return self;
        }
        others.into_iter().find(|corner| !hides(*corner)).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn view() -> MapView {
        MapView::new(LonLat::new(-122.42, 37.77).unwrap(), 12.6, 720.0, 400.0)
    }

    #[test]
    fn a_fitting_view_shows_the_bounds() {
        let bounds = Bounds::new(-122.52, 37.70, -122.35, 37.83).unwrap();
        let view = MapView::fitting(bounds, 700.0, 400.0);
        for (lon, lat) in [(-122.52, 37.70), (-122.35, 37.83)] {
            let (x, y) = view.screen_from_world(World::of(LonLat::new(lon, lat).unwrap()));
            assert!((0.0..=700.0).contains(&x) && (0.0..=400.0).contains(&y), "{x} {y}");
        }
        assert!(view.zoom() > 11.0, "{}", view.zoom());
    }

    #[test]
    fn a_metre_is_as_long_as_places_say() {
        let [from, to] = [37.77, 37.78].map(|lat| LonLat::new(-122.42, lat).unwrap());
        let metres = hailstream_geo::distance::haversine_m(from, to);
        let px =
            view().screen_from_world(World::of(from)).1 - view().screen_from_world(World::of(to)).1;
        let said = view().px_per_metre(World::of(from));
        assert!((px / metres / said - 1.0).abs() < 1e-3, "{px} px, {said} a metre");
    }

    #[test]
    fn following_comes_closer_and_arrives() {
        let place = World::of(LonLat::new(-122.40, 37.78).unwrap());
        let far = |view: MapView| {
            let (x, y) = view.screen_from_world(place);
            (x - 360.0).hypot(y - 200.0)
        };
        let mut moved = view();
        for _frame in 0..20 {
            let next = moved.easing_to(place, (360.0, 200.0), 16.0);
            assert!(far(next) < far(moved));
            moved = next;
        }
        let arrived = (0..200).fold(moved, |view, _| view.easing_to(place, (360.0, 200.0), 16.0));
        assert!(far(arrived) < 1e-6, "{}", far(arrived));
    }

    #[test]
    fn the_card_moves_only_when_the_vehicle_drives_under_it() {
        let card = (232.0, 120.0);
        let corner = |before: Corner, at| before.clear_of(&view(), card, at);
        assert_eq!(corner(Corner::BottomRight, (300.0, 200.0)), Corner::BottomRight);
        assert_eq!(corner(Corner::BottomRight, (650.0, 350.0)), Corner::BottomLeft);
        assert_eq!(corner(Corner::BottomLeft, (300.0, 350.0)), Corner::BottomLeft);
        assert_eq!(corner(Corner::BottomLeft, (100.0, 350.0)), Corner::BottomRight);
        let narrow = view().with_size(300.0, 400.0);
        assert_eq!(Corner::BottomRight.clear_of(&narrow, card, (150.0, 380.0)), Corner::TopLeft);
    }

    proptest! {
        #[test]
        fn zooming_keeps_what_is_under_the_pointer(x in 0.0..720.0, y in 0.0..400.0, steps in -3.0..3.0) {
            let before = view().world_from_screen(x, y);
            let (now_x, now_y) = view().zoomed_at(x, y, steps).screen_from_world(before);
            prop_assert!((now_x - x).abs() < 1e-6 && (now_y - y).abs() < 1e-6);
        }

        #[test]
        fn panning_back_is_nothing(dx in -500.0..500.0, dy in -500.0..500.0) {
            let back = view().panned(dx, dy).panned(-dx, -dy);
            prop_assert!((back.center().x - view().center().x).abs() < 1e-12);
            prop_assert!((back.center().y - view().center().y).abs() < 1e-12);
        }
    }
}
