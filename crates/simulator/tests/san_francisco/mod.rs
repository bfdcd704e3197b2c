//! San Francisco as shipped: the basemap, and the zones.

use hailstream_geo::ZoneIndex;
use std::path::{Path, PathBuf};

pub(crate) fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

pub(crate) fn read(file: &str) -> Vec<u8> {
    let file = assets().join(file);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The zones of these files of `assets/zones`.
pub(crate) fn zones(files: &[&str]) -> ZoneIndex {
    let documents: Vec<Vec<u8>> = files.iter().map(|file| read(&format!("zones/{file}"))).collect();
    hailstream_simulator::zone_index(documents.iter().map(Vec::as_slice), "name").unwrap()
}
