//! The basemap: what a map shows beneath the data (land, parks, streets, named zones), and its compact file.
//!
//! The same streets carry the simulator's cabs, so what drives is seen to drive on what is drawn. Two streets
//! meet where they share a vertex, exactly: the file keeps coordinates on a grid of 10⁻⁵ degrees (about 1 m), and
//! whoever builds it must not drop shared vertices when simplifying. How the bytes lie is in [`format`](self#file);
//! drawing is the frontend's, building is the business of `hailstream-cartography`.
//!
//! # File
//!
//! Integers are LEB128 varints; signed ones (`±`) zigzag first. Texts are a length and UTF-8. In order:
//!
//! | part | content |
//! |---|---|
//! | magic | `HSBM`, then the version byte 1 |
//! | credits | count, texts |
//! | names | count, texts; entry *n* is referred to as *n* + 1, and 0 means "no name" |
//! | streets | count; each: class (byte), name, points |
//! | land, parks | count of polygons; each: count of rings, each ring points |
//! | zones | count; each: name, label (`±` lon, `±` lat in grid units), count of polygons, polygons as above |
//!
//! Points are a count, then per point `±` lon and `±` lat in grid units as differences to the point before, across
//! the whole file in reading order (labels stand apart); the first difference is from 0, 0.

mod format;

use crate::{Bounds, LonLat, MultiPolygon, Polygon};

pub use format::BasemapError;

/// Points of a basemap at most: a browser reads and draws so many in a few seconds, and ten times as many in most of a minute.
pub const MOST_POINTS: usize = 1_000_000;

/// Grid units per degree in the file.
pub const UNITS_PER_DEGREE: f64 = 1e5;

/// What lies beneath the data. What is not land is water.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basemap {
    /// Whom to thank for the data, to be shown with the map.
    pub credits: Vec<String>,
    /// The streets; wider classes come last, so drawing in order puts motorways on top.
    pub streets: Vec<Street>,
    /// Land, parts not overlapping.
    pub land: Vec<Polygon>,
    /// Parks, to be drawn on the land.
    pub parks: Vec<Polygon>,
    /// Named areas (neighbourhoods).
    pub zones: Vec<Zone>,
}

/// One line of a street.
#[derive(Clone, Debug, PartialEq)]
pub struct Street {
    /// How important it is.
    pub class: StreetClass,
    /// Its name; empty where it has none.
    pub name: String,
    /// Its course.
    pub points: Vec<LonLat>,
}

/// How important a street is, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreetClass {
    /// Footways, alleys, drives, car parks.
    Minor,
    /// An ordinary street.
    Local,
    /// A slip road of a motorway.
    Ramp,
    /// A main road.
    Main,
    /// A motorway.
    Motorway,
}

/// A named area.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// What people call it.
    pub name: String,
    /// Its area.
    pub shape: MultiPolygon,
    /// Where its name goes.
    pub label: LonLat,
}

impl StreetClass {
    /// All classes, least important first; the index is the class byte of the file.
    pub const ALL: [Self; 5] = [Self::Minor, Self::Local, Self::Ramp, Self::Main, Self::Motorway];
}

impl Basemap {
    /// The basemap in these bytes (uncompressed).
    pub fn read(bytes: &[u8]) -> Result<Self, BasemapError> {
        format::read(bytes)
    }

    /// The bytes of this basemap. Coordinates are rounded to the file's grid.
    ///
    /// # Errors
    /// It has more than [`MOST_POINTS`].
    pub fn write(&self) -> Result<Vec<u8>, BasemapError> {
        format::write(self)
    }

    /// The box around the streets: what a map of this place opens on. None without streets.
    pub fn street_bounds(&self) -> Option<Bounds> {
        Bounds::around(self.streets.iter().flat_map(|street| street.points.iter().copied()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A position on the file's grid.
    fn on_grid() -> impl Strategy<Value = LonLat> {
        (-18_000_000_i32..=18_000_000, -9_000_000_i32..=9_000_000).prop_map(|(lon, lat)| {
            LonLat::new(f64::from(lon) / UNITS_PER_DEGREE, f64::from(lat) / UNITS_PER_DEGREE)
                .unwrap()
        })
    }

    fn points() -> impl Strategy<Value = Vec<LonLat>> {
        prop::collection::vec(on_grid(), 0..6)
    }

    fn polygon() -> impl Strategy<Value = Polygon> {
        (points(), prop::collection::vec(points(), 0..3))
            .prop_map(|(outer, holes)| Polygon { outer, holes })
    }

    fn polygons() -> impl Strategy<Value = Vec<Polygon>> {
        prop::collection::vec(polygon(), 0..3)
    }

    fn street() -> impl Strategy<Value = Street> {
        (0_usize..5, "[a-c]{0,2}", points()).prop_map(|(class, name, points)| Street {
            class: StreetClass::ALL[class],
            name,
            points,
        })
    }

    fn zone() -> impl Strategy<Value = Zone> {
        ("[a-c]{1,2}", polygons(), on_grid()).prop_map(|(name, polygons, label)| Zone {
            name,
            shape: MultiPolygon { polygons },
            label,
        })
    }

    fn basemap() -> impl Strategy<Value = Basemap> {
        (
            prop::collection::vec("\\PC{0,5}", 0..3),
            prop::collection::vec(street(), 0..5),
            polygons(),
            polygons(),
            prop::collection::vec(zone(), 0..3),
        )
            .prop_map(|(credits, streets, land, parks, zones)| Basemap {
                credits,
                streets,
                land,
                parks,
                zones,
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(basemap in basemap()) {
            prop_assert_eq!(Basemap::read(&basemap.write().unwrap()).unwrap(), basemap);
        }

        #[test]
        fn a_cut_file_is_an_error(basemap in basemap(), cut in 0.0_f64..1.0) {
            let bytes = basemap.write().unwrap();
            let kept = (bytes.len() as f64 * cut) as usize;
            prop_assert!(Basemap::read(&bytes[..kept]).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let dressed = [b"HSBM\x01".as_slice(), &bytes].concat();
            // Whether it reads is chance; that it returns, without a panic or a huge allocation, is the promise.
            drop(Basemap::read(&dressed));
        }
    }

    #[test]
    fn what_a_browser_could_not_draw_is_neither_written_nor_read() {
        let corner = LonLat::wrapped(0.0, 0.0);
        let basemap = |points| {
            let street = Street {
                class: StreetClass::Local,
                name: String::new(),
                points: vec![corner; points],
            };
            Basemap { streets: vec![street], ..Basemap::default() }
        };
        let largest = basemap(MOST_POINTS).write().unwrap();
        assert_eq!(Basemap::read(&largest).unwrap().streets[0].points.len(), MOST_POINTS);
        assert!(matches!(basemap(MOST_POINTS + 1).write(), Err(BasemapError::TooLarge)));
        // The same with one point more: the count is a varint of three bytes, and each point two zeros.
        let mut larger = largest;
        let at = larger.windows(3).position(|count| count == [0xc0, 0x84, 0x3d]).unwrap();
        larger.splice(at..at + 3, [0xc1, 0x84, 0x3d, 0, 0]);
        assert!(matches!(Basemap::read(&larger), Err(BasemapError::TooLarge)));
    }
}
