//! `hailstream basemap`: the map of Austin is what its traces give, and what cannot be read is named.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hailstream_geo::LonLat;
use hailstream_geo::basemap::{Basemap, StreetClass};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn basemap(words: &[&str], output: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hailstream"))
        .current_dir(root())
        .arg("basemap")
        .args(words)
        .arg("--output")
        .arg(output)
        .output()
        .unwrap()
}

fn built(words: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maps/city.hsbm");
    let output = basemap(words, &file);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(file).unwrap()
}

/// What is told of sources that make no map.
fn refused(words: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("city.hsbm");
    let output = basemap(words, &file);
    assert!(!output.status.success());
    assert!(!file.exists(), "nothing is written");
    String::from_utf8(output.stderr).unwrap()
}

const BUSES: &str = "assets/presets/buses/vehicle_positions.csv.gz";

#[test]
fn the_lines_of_austin_are_those_its_buses_drove() {
    let credit = "Lines as driven: Capital Metro, CapMetrics";
    let columns = "latitude,longitude,route_id";
    let bytes = built(&["--traces", BUSES, "--columns", columns, "--credit", credit]);
    let shipped = std::fs::read(root().join("assets/maps/austin/basemap.hsbm")).unwrap();
    assert!(bytes == shipped, "build it anew with scripts/streets");
    let basemap = Basemap::read(&bytes).unwrap();
    assert_eq!(basemap.credits, [credit]);
    // The Capitol stands on land.
    let capitol = LonLat::new(-97.7404, 30.2747).unwrap();
    assert!(basemap.land.iter().any(|land| land.contains(capitol)));
}

#[test]
fn an_extract_of_openstreetmap_becomes_streets_water_and_parks() {
    let data = std::env::var_os("HAILSTREAM_DATA").map(PathBuf::from);
    let data = data.unwrap_or_else(|| root().join("../shared/data"));
    let extract = data.join("osm/Helsinki.osm.pbf");
    assert!(extract.exists(), "{} is missing: set HAILSTREAM_DATA", extract.display());
    let basemap = Basemap::read(&built(&["--osm", extract.to_str().unwrap()])).unwrap();
    let of = |class| basemap.streets.iter().filter(|street| street.class == class).count();
    let counts = StreetClass::ALL.map(|class| (class, of(class)));
    insta::assert_debug_snapshot!(counts);
    let is_named = |name: &str| basemap.streets.iter().any(|street| street.name == name);
    assert!(is_named("Mannerheimintie") && is_named("Pohjoisesplanadi"));
    assert!(
        basemap.parks.iter().any(|park| park.contains(LonLat::new(24.9484, 60.1676).unwrap())),
        "Esplanadi"
    );
    assert_eq!(basemap.credits, ["© OpenStreetMap contributors"]);
    let station = LonLat::new(24.9414, 60.1710).unwrap();
    assert!(basemap.land.iter().any(|land| land.contains(station)), "the station is on land");
}

#[test]
fn what_cannot_be_read_is_named() {
    let told = refused(&[]);
    assert!(told.contains("no streets: give --streets, --osm or --traces"), "{told}");
    let told = refused(&["--streets", "README.md"]);
    assert!(told.contains("README.md: not a GeoJSON feature collection"), "{told}");
    let told = refused(&["--osm", "README.md"]);
    assert!(told.contains("README.md: not an OpenStreetMap extract"), "{told}");
    let told = refused(&["--traces", BUSES]);
    assert!(
        told.contains("53569 of 53569 rows have no position in the columns \"lat\" and \"lon\""),
        "{told}"
    );
    let told = refused(&["--traces", BUSES, "--columns", "latitude,longitude,route"]);
    assert!(told.contains("no row has a column \"route\""), "{told}");
    let told = refused(&["--streets", "assets/zones/sf-airport.geojson"]);
    assert!(
        told.contains("feature 1") && told.contains("is an area, where lines are needed"),
        "{told}"
    );
    let broken = tempfile::Builder::new().suffix(".geojson").tempfile().unwrap();
    let line = r#"{"type": "LineString", "coordinates": [[24.9, 60.1], [24.9, 160.1]]}"#;
    std::fs::write(
        &broken,
        format!(r#"{{"features": [{{"properties": {{"name": "Elm St"}}, "geometry": {line}}}]}}"#),
    )
    .unwrap();
    let told = refused(&["--streets", broken.path().to_str().unwrap()]);
    assert!(told.contains("feature 1 (\"Elm St\")"), "{told}");
}
