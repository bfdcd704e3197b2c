//! Web mercator: positions on the square world map, and its tiles with the keys of OpenSearch's `geotile_grid`.
//!
//! The world is the square 0…1, x to the east, y to the **south**; at zoom *z* it has 2ᶻ tiles a side. Latitudes beyond
//! ±85.0511…° fall into the outermost rows, as in OpenSearch.

use crate::{Bounds, LonLat};
use std::fmt;
use std::str::FromStr;

/// The deepest zoom of a tile key, as in OpenSearch.
pub const MAX_ZOOM: u8 = 29;

/// Where the square world map ends, degrees north and south.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_6;

/// A place on the square world map: x east, y south, both 0…1 on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct World {
    /// 0 at 180° W, 1 at 180° E.
    pub x: f64,
    /// 0 at the northern edge, 1 at the southern.
    pub y: f64,
}

impl World {
    /// Where a position lies on the map; latitudes beyond the map lie on its edge.
    pub fn of(at: LonLat) -> Self {
        let lat = at.lat().clamp(-MAX_LATITUDE, MAX_LATITUDE);
        let sin = lat.to_radians().sin();
        Self {
            x: (at.lon() + 180.0) / 360.0,
            y: 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI),
        }
    }

    /// The position at this place; x wraps around the globe.
    pub fn lonlat(self) -> LonLat {
        let lat = (std::f64::consts::PI * (1.0 - 2.0 * self.y)).sinh().atan().to_degrees();
        LonLat::wrapped(self.x * 360.0 - 180.0, lat)
    }
}

/// One tile of the world map. Ordered by zoom, then x, then y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    zoom: u8,
    x: u32,
    y: u32,
}

/// A text that names no tile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no tile: \"{0}\"; zoom/x/y with zoom 0 to 29 and x, y below 2^zoom is needed")]
pub struct NoTile(pub String);

impl Tile {
    /// The tile with these numbers, if there is one.
    pub fn new(zoom: u8, x: u32, y: u32) -> Option<Self> {
        let side = 1_u32.checked_shl(u32::from(zoom)).filter(|_| zoom <= MAX_ZOOM)?;
        (x < side && y < side).then_some(Self { zoom, x, y })
    }

    /// The tile that holds the position. A zoom deeper than [`MAX_ZOOM`] counts as that.
    pub fn at(position: LonLat, zoom: u8) -> Self {
        let zoom = zoom.min(MAX_ZOOM);
        let side = f64::from(1_u32 << zoom);
        let world = World::of(position);
        let number = |share: f64| (share * side).floor().clamp(0.0, side - 1.0) as u32;
        Self { zoom, x: number(world.x), y: number(world.y) }
    }

    /// The tile of a zoom that is not deeper which holds this one; at a deeper zoom itself.
    #[must_use]
    pub fn above(self, zoom: u8) -> Self {
        let levels = self.zoom.saturating_sub(zoom);
        Self { zoom: self.zoom - levels, x: self.x >> levels, y: self.y >> levels }
    }

    /// Where in the tile a position lies, in whole units from its upper left corner, `extent` of them along each side; none
    /// outside. What lies on the eastern or southern end of the map lies in the last unit.
    pub fn units(self, position: LonLat, extent: u32) -> Option<(u32, u32)> {
        let side = f64::from(1_u32 << self.zoom);
        let world = World::of(position);
        let unit = |share: f64, number: u32| {
            let along = share * side - f64::from(number);
            let is_last = f64::from(number) + 1.0 >= side;
            let is_inside = (along >= 0.0 || number == 0) && (along < 1.0 || is_last);
            let last = f64::from(extent.saturating_sub(1));
            is_inside.then(|| (along * f64::from(extent)).floor().clamp(0.0, last) as u32)
        };
        unit(world.x, self.x).zip(unit(world.y, self.y))
    }

    /// How deep.
    pub fn zoom(self) -> u8 {
        self.zoom
    }

    /// Columns from 180° W.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Rows from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The tile as one number that keeps the order: zoom, x, y from high to low bits.
    pub fn to_bits(self) -> u64 {
        u64::from(self.zoom) << (2 * MAX_ZOOM) | u64::from(self.x) << MAX_ZOOM | u64::from(self.y)
    }

    /// The tile of [`to_bits`](Self::to_bits), if the number is one.
    pub fn from_bits(bits: u64) -> Option<Self> {
        let low = (1_u64 << MAX_ZOOM) - 1;
        let zoom = u8::try_from(bits >> (2 * MAX_ZOOM)).ok()?;
        Self::new(zoom, (bits >> MAX_ZOOM & low) as u32, (bits & low) as u32)
    }

    /// The box the tile covers.
    pub fn bounds(self) -> Bounds {
        let side = f64::from(1_u32 << self.zoom);
        let corner = |x: u32, y: u32| World { x: f64::from(x) / side, y: f64::from(y) / side };
        let north_west = corner(self.x, self.y).lonlat();
        let south_east = corner(self.x + 1, self.y + 1).lonlat();
        Bounds::new(north_west.lon(), south_east.lat(), south_east.lon(), north_west.lat())
            .unwrap_or(Bounds::WORLD)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.zoom, self.x, self.y)
    }
}

impl FromStr for Tile {
    type Err = NoTile;

    fn from_str(text: &str) -> Result<Self, NoTile> {
        let mut parts = text.split('/');
        let mut next = || parts.next()?.parse::<u32>().ok();
        let numbers = (next(), next(), next());
        let (Some(zoom), Some(x), Some(y)) = numbers else { return Err(NoTile(text.to_owned())) };
        u8::try_from(zoom)
            .ok()
            .filter(|_| parts.next().is_none())
            .and_then(|zoom| Self::new(zoom, x, y))
            .ok_or_else(|| NoTile(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(lon: f64, lat: f64, zoom: u8) -> String {
        Tile::at(LonLat::new(lon, lat).unwrap(), zoom).to_string()
    }

    #[test]
    fn keys_are_those_of_the_slippy_map() {
        for (lon, lat, zoom, expected) in [
            (0.0, 0.0, 0, "0/0/0"),
            (-122.4194, 37.7749, 12, "12/655/1583"),
            (-122.4194, 37.7749, 17, "17/20964/50662"),
            (13.3777, 52.5163, 15, "15/17601/10746"),
            (140.747_797_172_989_18, 45.618_840_224_444_74, 18, "18/233561/93658"),
            (-180.0, 85.06, 3, "3/0/0"),
            (180.0, -90.0, 3, "3/7/7"),
            (180.0, 0.0, 29, "29/536870911/268435456"),
        ] {
            assert_eq!(key(lon, lat, zoom), expected);
        }
    }

    #[test]
    fn only_tiles_parse() {
        assert_eq!("3/7/0".parse(), Ok(Tile::new(3, 7, 0).unwrap()));
        for text in ["3/8/0", "30/0/0", "3/1", "3/1/1/1", "a/b/c", "", "3/-1/0", "300/1/1"] {
            assert_eq!(text.parse::<Tile>(), Err(NoTile(text.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn a_tile_holds_its_positions(lon in -180.0_f64..180.0, lat in -85.0_f64..85.0, zoom in 0_u8..=22) {
            let at = LonLat::new(lon, lat).unwrap();
            let tile = Tile::at(at, zoom);
            let bounds = tile.bounds();
            // Edges are worked out backwards: allow for the last digits.
            prop_assert!(bounds.west() - 1e-9 <= lon && lon <= bounds.east() + 1e-9);
            prop_assert!(bounds.south() - 1e-9 <= lat && lat <= bounds.north() + 1e-9);
            prop_assert_eq!(tile.to_string().parse(), Ok(tile));
            prop_assert_eq!(Tile::from_bits(tile.to_bits()), Some(tile));
        }

        #[test]
        fn units_of_a_tile_are_tiles_of_deeper_zooms(lon in -180.0_f64..=180.0, lat in -90.0_f64..=90.0, zoom in 0_u8..=19, more in 0_u8..=10) {
            let at = LonLat::new(lon, lat).unwrap();
            let (tile, deep) = (Tile::at(at, zoom), Tile::at(at, zoom + more));
            let units = (deep.x() - (tile.x() << more), deep.y() - (tile.y() << more));
            prop_assert_eq!(tile.units(at, 1 << more), Some(units));
            prop_assert_eq!(Tile::at(at, MAX_ZOOM).above(zoom), tile);
            let other = Tile::new(zoom, tile.x() ^ 1, tile.y()).filter(|_| zoom > 0);
            prop_assert_eq!(other.and_then(|other| other.units(at, 1 << more)), None);
        }

        #[test]
        fn the_projection_is_undone(lon in -180.0_f64..180.0, lat in -85.0_f64..85.0) {
            let back = World::of(LonLat::new(lon, lat).unwrap()).lonlat();
            prop_assert!((back.lon() - lon).abs() < 1e-9 && (back.lat() - lat).abs() < 1e-9);
        }

        #[test]
        fn bits_keep_the_order(a in (0_u32..64, 0_u32..64), b in (0_u32..64, 0_u32..64)) {
            let (a, b) = (Tile::new(6, a.0, a.1).unwrap(), Tile::new(6, b.0, b.1).unwrap());
            prop_assert_eq!(a.cmp(&b), a.to_bits().cmp(&b.to_bits()));
        }
    }
}
