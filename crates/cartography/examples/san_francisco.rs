//! Builds the basemap of San Francisco that the demo ships: `cargo run --release -p hailstream-cartography --example san_francisco`
//!
//! Reads `streets/san-francisco.geojson.gz` (US Census TIGER/Line 2017, public domain), `zones/sf-neighborhoods.geojson.gz`
//! (DataSF planning neighbourhoods) and `maps/san-francisco/land.geojson` (US Census counties, coarse) below `assets/`, writes
//! `maps/san-francisco/basemap.hsbm`. The same input gives the same bytes.

use std::error::Error;
use std::io::Read;
use std::path::Path;

use hailstream_cartography::{areas, land, streets};
use hailstream_geo::basemap::Basemap;
use hailstream_geo::{Polygon, geojson};

const CREDITS: [&str; 2] =
    ["Streets and land: US Census Bureau TIGER/Line 2017", "Neighbourhoods: DataSF"];

/// The neighbourhoods that are parks through and through.
const PARKS: [&str; 2] = ["Golden Gate Park", "Presidio"];

/// The county whose coarse outline the neighbourhoods replace.
const REPLACED: &str = "San Francisco";

fn main() -> Result<(), Box<dyn Error>> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let zones =
        geojson::read_zones(&read(&assets.join("zones/sf-neighborhoods.geojson.gz"))?, "name")?;
    let counties =
        geojson::read_zones(&read(&assets.join("maps/san-francisco/land.geojson"))?, "name")?;
    let lines = geojson::read(&read(&assets.join("streets/san-francisco.geojson.gz"))?)?;
    let is_park = |name: &str| PARKS.contains(&name);
    let around = counties.iter().filter(|(name, _)| name != REPLACED);
    let ground = zones.iter().chain(around).flat_map(|(_, shape)| shape.polygons.clone());
    let basemap = Basemap {
        credits: CREDITS.map(str::to_owned).to_vec(),
        streets: streets::streets(streets::roads(&lines)?),
        land: land::dissolve(&ground.collect::<Vec<Polygon>>()),
        parks: zones
            .iter()
            .filter(|(name, _)| is_park(name))
            .flat_map(|(_, shape)| areas::simplified(shape).polygons)
            .collect(),
        zones: zones.iter().filter_map(|(name, shape)| areas::zone(name, shape)).collect(),
    };
    let file = assets.join("maps/san-francisco/basemap.hsbm");
    std::fs::write(&file, basemap.write()?)?;
    println!("{}: {} streets", file.display(), basemap.streets.len());
    Ok(())
}

/// A file's bytes, unpacked where it is gzip.
fn read(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let packed = std::fs::read(file)?;
    if file.extension().is_none_or(|extension| extension != "gz") {
        return Ok(packed);
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes)?;
    Ok(bytes)
}
