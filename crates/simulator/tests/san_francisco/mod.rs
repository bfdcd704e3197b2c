//! San Francisco as shipped: the basemap, and zones as a replay of the taxi preset reads them.

use hailstream_geo::basemap::Basemap;
use hailstream_geo::{MultiPolygon, ZoneIndex, geojson};
use std::io::Read;
use std::path::{Path, PathBuf};

pub fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

/// A file's bytes, unpacked where it is gzip.
pub fn read(file: &Path) -> Vec<u8> {
    let packed = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return packed;
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    bytes
}

pub fn basemap() -> Basemap {
    Basemap::read(&read(&assets().join("maps/san-francisco/basemap.hsbm"))).unwrap()
}

/// The zones of these files of `assets/zones`.
pub fn zones(files: &[&str]) -> ZoneIndex {
    let read_zones = |file: &&str| -> Vec<(String, MultiPolygon)> {
        geojson::read_zones(&read(&assets().join("zones").join(file)), "name").unwrap()
    };
    ZoneIndex::new(files.iter().flat_map(read_zones))
}
