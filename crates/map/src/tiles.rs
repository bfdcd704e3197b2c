//! Which tiles of the map a view asks for, and in what units: a fleet too large to be asked for as a whole is asked for where
//! one looks, as precisely as the zoom shows it.

use hailstream_geo::mercator::Tile;

use crate::map_view::{MAX_ZOOM, MapView};

/// Tiles are so many zooms above the camera's: some 1,000 px wide, a handful for a screen.
const ABOVE: u8 = 2;
/// They are never so small that a fix often leads out of them (15 km).
const DEEPEST: u8 = 11;
/// What lies this share of the view outside of it is asked for, too: a person who drags finds it there.
const MARGIN: f64 = 0.25;
/// A view is shown in the units of a camera as long as its zoom is not this far below: who zooms to and fro asks once.
const UNTIL: f64 = 1.25;

/// In what tiles and units a view is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// A whole zoom, at which a unit is a pixel.
    camera: u8,
}

impl Grid {
    /// That of a zoom; `before` is kept where it still serves.
    #[must_use]
    pub fn of(zoom: f64, before: Option<Self>) -> Self {
        let serves = |grid: &Self| {
            let camera = f64::from(grid.camera);
            zoom <= camera && camera - zoom < UNTIL
        };
        let camera = zoom.ceil().clamp(f64::from(ABOVE), MAX_ZOOM) as u8;
        before.filter(serves).unwrap_or(Self { camera })
    }

    /// Zoom of its tiles.
    #[must_use]
    pub fn zoom(self) -> u8 {
        self.camera.saturating_sub(ABOVE).min(DEEPEST)
    }

    /// Units along a tile's side.
    #[must_use]
    pub fn extent(self) -> u32 {
        256 << (self.camera - self.zoom())
    }

    /// The tiles of a view, from the north-west to the south-east. Across the antimeridian those on both sides; no tile twice.
    #[must_use]
    pub fn cover(self, view: &MapView) -> Vec<Tile> {
        let (width, height) = view.size();
        let (aside, above) = (width * MARGIN, height * MARGIN);
        let side = f64::from(1_u32 << self.zoom());
        let number = |share: f64| (share * side).floor() as i64;
        let first = view.world_from_screen(-aside, -above);
        let last = view.world_from_screen(width + aside, height + above);
        let columns = number(first.x)..=number(last.x).min(number(first.x) + side as i64 - 1);
        let rows = number(first.y).max(0)..=number(last.y).min(side as i64 - 1);
        let tile = |x: i64, y: i64| {
            Tile::new(self.zoom(), x.rem_euclid(side as i64) as u32, u32::try_from(y).ok()?)
        };
        rows.flat_map(|y| columns.clone().filter_map(move |x| tile(x, y))).collect()
    }
}

#[cfg(test)]
mod tests {
    use hailstream_geo::LonLat;

    use super::*;

    fn view(lon: f64, zoom: f64) -> MapView {
        MapView::new(LonLat::new(lon, 37.77).unwrap(), zoom, 926.0, 462.0)
    }

    fn names(tiles: &[Tile]) -> Vec<String> {
        tiles.iter().map(Tile::to_string).collect()
    }

    #[test]
    fn a_unit_is_a_pixel_of_the_camera() {
        let grid = Grid::of(12.6, None);
        assert_eq!((grid.zoom(), grid.extent()), (11, 1_024));
        let near = Grid::of(16.0, None);
        assert_eq!((near.zoom(), near.extent()), (11, 8_192));
        let far = Grid::of(3.0, None);
        assert_eq!((far.zoom(), far.extent()), (1, 1_024));
    }

    #[test]
    fn who_zooms_to_and_fro_keeps_the_grid() {
        let grid = Grid::of(12.6, None);
        assert_eq!(Grid::of(13.0, Some(grid)), grid);
        assert_eq!(Grid::of(11.8, Some(grid)), grid);
        assert_eq!(Grid::of(11.7, Some(grid)), Grid::of(11.7, None));
        assert_ne!(Grid::of(13.1, Some(grid)), grid);
    }

    #[test]
    fn a_screen_is_a_handful_of_tiles() {
        let cover = Grid::of(12.6, None).cover(&view(-122.42, 12.6));
        assert_eq!(
            names(&cover),
            ["11/326/791", "11/327/791", "11/328/791", "11/326/792", "11/327/792", "11/328/792"]
        );
        for zoom in 3..=18 {
            let zoom = f64::from(zoom) - 0.4;
            let count = Grid::of(zoom, None).cover(&view(-122.42, zoom)).len();
            assert!((1..=20).contains(&count), "{count} at {zoom}");
        }
    }

    #[test]
    fn across_the_antimeridian_lie_tiles_of_both_sides() {
        let cover = Grid::of(9.0, None).cover(&view(179.99, 9.0));
        let columns: Vec<u32> = cover.iter().map(|tile| tile.x()).collect();
        assert!(columns.contains(&127) && columns.contains(&0), "{columns:?}");
    }

    #[test]
    fn the_whole_world_is_asked_for_once() {
        let wide = view(0.0, 3.0).with_size(9_000.0, 9_000.0);
        let cover = Grid::of(3.0, None).cover(&wide);
        assert_eq!(cover.len(), 4);
    }
}
