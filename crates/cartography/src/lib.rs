//! Cartography: a basemap ([`hailstream_geo::basemap`]) out of what a company has of its city: street lines as GeoJSON, an extract of
//! OpenStreetMap, or nothing but the positions of its own fleet.
//!
//! Reading order: [`streets`] (lines → streets, junctions kept), [`osm`] and [`traced`] (two sources of lines), [`land`] and
//! [`areas`] (what lies beneath). The command is `hailstream basemap`.

pub mod areas;
pub mod land;
pub mod osm;
pub mod simplify;
pub mod streets;
pub mod traced;
