//! Map arithmetic: positions, boxes, tiles, geohashes, distances, areas, dead reckoning, the streets as a graph, and the basemap file.
//!
//! Pure: no I/O, no clock. Angles are degrees (WGS84, longitude first), distances metres, unless a name says otherwise.
//! Drawing lives in the frontend; questions about records (`geo_box` filters, grids) in the engine, which call in here.

pub mod basemap;
mod bounds;
pub mod distance;
pub mod geohash;
pub mod geojson;
pub mod glide;
mod lonlat;
pub mod mercator;
mod polygon;
pub mod streets;
mod zones;

pub use bounds::{Bounds, NoBounds};
pub use lonlat::{LonLat, OffTheGlobe};
pub use polygon::{MultiPolygon, Polygon};
pub use zones::ZoneIndex;
