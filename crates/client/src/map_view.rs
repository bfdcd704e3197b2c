//! What part of the world a map shows: centre, zoom and size, and the way between screen and world.
//!
//! Zoom is fractional; at zoom z the world is 256 · 2ᶻ CSS px wide.

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
}

impl MapView {
    /// A view of `width` × `height` CSS px.
    #[must_use]
    pub fn new(center: LonLat, zoom: f64, width: f64, height: f64) -> Self {
        let zoom = zoom.clamp(MIN_ZOOM, MAX_ZOOM);
        Self { center: World::of(center), zoom, width, height }
    }

    /// The closest view of that size which shows all of `bounds` with a margin around.
    #[must_use]
    pub fn fitting(bounds: Bounds, width: f64, height: f64) -> Self {
        let corner = |lon, lat| LonLat::new(lon, lat).map(World::of).ok();
        let Some((north_west, south_east)) =
            corner(bounds.west(), bounds.north()).zip(corner(bounds.east(), bounds.south()))
        else {
            return Self { center: World { x: 0.5, y: 0.5 }, zoom: MIN_ZOOM, width, height };
        };
        let span_x = (south_east.x - north_west.x).max(1e-9);
        let span_y = (south_east.y - north_west.y).max(1e-9);
        let margin = 0.94;
        let world_px = (width * margin / span_x).min(height * margin / span_y);
        let center = World {
            x: f64::midpoint(north_west.x, south_east.x),
            y: f64::midpoint(north_west.y, south_east.y),
        };
        let zoom = (world_px / 256.0).log2().clamp(MIN_ZOOM, MAX_ZOOM);
        Self { center, zoom, width, height }
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
        256.0 * self.zoom.exp2()
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
        let zoomed = Self { zoom: (self.zoom + steps).clamp(MIN_ZOOM, MAX_ZOOM), ..self };
        let (now_x, now_y) = zoomed.screen_from_world(held);
        zoomed.panned(x - now_x, y - now_y)
    }

    /// The view with a place in its middle.
    #[must_use]
    pub fn centered_on(self, center: World) -> Self {
        Self { center, ..self }
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
