//! Builds the basemap of San Francisco from open data in `assets/`:
//! `cargo run --release -p hailstream-simulator --example build_basemap [ASSETS]`
//!
//! Reads `streets/san-francisco.geojson.gz` (US Census TIGER/Line 2017, public domain), `zones/sf-neighborhoods.geojson.gz`
//! (DataSF planning neighbourhoods) and `maps/san-francisco/land.geojson` (US Census counties, coarse), writes
//! `maps/san-francisco/basemap.hsbm`. The same input gives the same bytes.

mod land;
mod simplify;
mod streets;

use anyhow::{Context, Result};
use hailstream_geo::basemap::{Basemap, Zone};
use hailstream_geo::{MultiPolygon, Polygon, geojson};
use std::io::Read;
use std::path::{Path, PathBuf};

const CREDITS: [&str; 2] =
    ["Streets and land: US Census Bureau TIGER/Line 2017", "Neighbourhoods: DataSF"];

/// The neighbourhoods that are parks through and through.
const PARKS: [&str; 2] = ["Golden Gate Park", "Presidio"];

/// How far a zone's outline may move when it is simplified.
const ZONE_TOLERANCE_M: f64 = 2.0;

fn main() -> Result<()> {
    let assets = std::env::args_os().nth(1).map_or_else(default_assets, PathBuf::from);
    let zones =
        geojson::read_zones(&read(&assets.join("zones/sf-neighborhoods.geojson.gz"))?, "name")?;
    let counties =
        geojson::read_zones(&read(&assets.join("maps/san-francisco/land.geojson"))?, "name")?;
    let streets = geojson::read(&read(&assets.join("streets/san-francisco.geojson.gz"))?)?;
    let basemap = Basemap {
        credits: CREDITS.map(str::to_owned).to_vec(),
        streets: streets::from_tiger(&streets)?,
        land: land::dissolve(&zones, &counties),
        parks: parks(&zones),
        zones: zones.iter().map(zone).collect::<Result<_>>()?,
    };
    let file = assets.join("maps/san-francisco/basemap.hsbm");
    let bytes = basemap.write();
    std::fs::write(&file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
    let points = |rings: &mut dyn Iterator<Item = usize>| rings.sum::<usize>();
    println!(
        "{}: {} bytes, {} streets with {} points, {} land polygons with {} points, {} zones",
        file.display(),
        bytes.len(),
        basemap.streets.len(),
        points(&mut basemap.streets.iter().map(|street| street.points.len())),
        basemap.land.len(),
        points(&mut basemap.land.iter().flat_map(Polygon::rings).map(<[_]>::len)),
        basemap.zones.len(),
    );
    Ok(())
}

fn default_assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

/// A file's bytes, unpacked where it is gzip.
fn read(file: &Path) -> Result<Vec<u8>> {
    let packed = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    if file.extension().is_none_or(|extension| extension != "gz") {
        return Ok(packed);
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn parks(zones: &[(String, MultiPolygon)]) -> Vec<Polygon> {
    zones
        .iter()
        .filter(|(name, _)| PARKS.contains(&name.as_str()))
        .flat_map(|(_, shape)| simplified(shape).polygons)
        .collect()
}

fn zone((name, shape): &(String, MultiPolygon)) -> Result<Zone> {
    let label = shape.label_point().with_context(|| format!("{name} has no area"))?;
    Ok(Zone { name: name.clone(), shape: simplified(shape), label })
}

fn simplified(shape: &MultiPolygon) -> MultiPolygon {
    let polygons = shape.polygons.iter().filter_map(|polygon| {
        let mut rings = polygon
            .rings()
            .map(|ring| simplify::ring(ring, ZONE_TOLERANCE_M))
            .filter(|ring| ring.len() >= 3);
        Some(Polygon { outer: rings.next()?, holes: rings.collect() })
    });
    MultiPolygon { polygons: polygons.collect() }
}
