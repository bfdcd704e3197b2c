//! Boxes on the globe: [`Bounds`], which may cross the antimeridian.

use crate::LonLat;
use serde::{Deserialize, Serialize};

/// A box `[west, south, east, north]`, edges included. `west > east` means that it crosses the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 4]", into = "[f64; 4]")]
pub struct Bounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// Four numbers that are no box.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "no bounds: west {west}, south {south}, east {east}, north {north}; degrees with south <= north are needed"
)]
pub struct NoBounds {
    /// The western edge as given.
    pub west: f64,
    /// The southern edge as given.
    pub south: f64,
    /// The eastern edge as given.
    pub east: f64,
    /// The northern edge as given.
    pub north: f64,
}

impl Bounds {
    /// The whole globe.
    pub const WORLD: Self = Self { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

    /// The box with these edges; `west > east` crosses the antimeridian.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, NoBounds> {
        let on_globe = LonLat::new(west, south).is_ok() && LonLat::new(east, north).is_ok();
        if on_globe && south <= north {
            Ok(Self { west, south, east, north })
        } else {
            Err(NoBounds { west, south, east, north })
        }
    }

    /// The smallest box around the points that does not cross the antimeridian; none without points.
    pub fn around(points: impl IntoIterator<Item = LonLat>) -> Option<Self> {
        points.into_iter().fold(None, |bounds: Option<Self>, point| {
            Some(bounds.map_or_else(|| Self::at(point), |bounds| bounds.with(point)))
        })
    }

    /// The western edge, degrees.
    pub fn west(&self) -> f64 {
        self.west
    }

    /// The southern edge, degrees.
    pub fn south(&self) -> f64 {
        self.south
    }

    /// The eastern edge, degrees.
    pub fn east(&self) -> f64 {
        self.east
    }

    /// The northern edge, degrees.
    pub fn north(&self) -> f64 {
        self.north
    }

    /// Whether the box crosses the antimeridian.
    pub fn crosses_antimeridian(&self) -> bool {
        self.west > self.east
    }

    /// Whether the point lies in the box or on its edge.
    pub fn contains(&self, at: LonLat) -> bool {
        let (lon, lat) = (at.lon(), at.lat());
        if lat < self.south || lat > self.north {
            return false;
        }
        if self.crosses_antimeridian() {
            lon >= self.west || lon <= self.east
        } else {
            lon >= self.west && lon <= self.east
        }
    }

    /// Whether the two boxes share a point.
    pub fn intersects(&self, other: &Self) -> bool {
        let apart = self.north < other.south || other.north < self.south;
        !apart
            && self.spans().into_iter().flatten().any(|(west, east)| {
                other.spans().into_iter().flatten().any(|(w, e)| west <= e && w <= east)
            })
    }

    /// Degrees from west to east, 0…360.
    pub fn width_degrees(&self) -> f64 {
        let width = self.east - self.west;
        if self.crosses_antimeridian() { width + 360.0 } else { width }
    }

    /// The middle of the box.
    pub fn center(&self) -> LonLat {
        LonLat::wrapped(self.west + self.width_degrees() / 2.0, (self.south + self.north) / 2.0)
    }

    /// The box of one point.
    fn at(point: LonLat) -> Self {
        Self { west: point.lon(), south: point.lat(), east: point.lon(), north: point.lat() }
    }

    /// The box grown to hold the point, never across the antimeridian.
    fn with(self, point: LonLat) -> Self {
        Self {
            west: self.west.min(point.lon()),
            south: self.south.min(point.lat()),
            east: self.east.max(point.lon()),
            north: self.north.max(point.lat()),
        }
    }

    /// One or two ranges of longitude with west <= east.
    fn spans(&self) -> [Option<(f64, f64)>; 2] {
        if self.crosses_antimeridian() {
            [Some((self.west, 180.0)), Some((-180.0, self.east))]
        } else {
            [Some((self.west, self.east)), None]
        }
    }
}

impl TryFrom<[f64; 4]> for Bounds {
    type Error = NoBounds;

    fn try_from([west, south, east, north]: [f64; 4]) -> Result<Self, NoBounds> {
        Self::new(west, south, east, north)
    }
}

impl From<Bounds> for [f64; 4] {
    fn from(bounds: Bounds) -> Self {
        [bounds.west, bounds.south, bounds.east, bounds.north]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn a_box_across_the_antimeridian_holds_both_sides() {
        let fiji = Bounds::new(177.0, -20.0, -178.0, -15.0).unwrap();
        for (lon, held) in
            [(177.0, true), (180.0, true), (-180.0, true), (-178.0, true), (0.0, false)]
        {
            assert_eq!(fiji.contains(at(lon, -18.0)), held, "{lon}");
        }
        assert!(!fiji.contains(at(180.0, -14.0)));
        assert_eq!(fiji.width_degrees(), 5.0);
        assert_eq!(fiji.center(), at(179.5, -17.5));
    }

    #[test]
    fn boxes_meet_across_the_antimeridian() {
        let fiji = Bounds::new(177.0, -20.0, -178.0, -15.0).unwrap();
        let samoa = Bounds::new(-179.0, -16.0, -170.0, -10.0).unwrap();
        let paris = Bounds::new(2.0, 48.0, 3.0, 49.0).unwrap();
        assert!(fiji.intersects(&samoa) && samoa.intersects(&fiji));
        assert!(!fiji.intersects(&paris));
        assert!(Bounds::WORLD.intersects(&paris));
    }

    #[test]
    fn wrong_edges_are_refused() {
        assert!(Bounds::new(0.0, 10.0, 1.0, 9.0).is_err());
        assert!(Bounds::new(0.0, 0.0, 181.0, 1.0).is_err());
        assert_eq!(Bounds::around([]), None);
    }
}
