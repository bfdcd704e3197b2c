//! `hailstream basemap`: what a company has of its city, as the file that its maps draw.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use hailstream_cartography::{areas, land, osm, streets, traced};
use hailstream_geo::basemap::Basemap;
use hailstream_geo::geojson::{self, Feature, Shape};
use hailstream_geo::{LonLat, Polygon};
use hailstream_simulator::input::{self, FieldType, FieldTyping, InputError};
use hailstream_simulator::unpacked;
use serde_json::Value;

/// Rows of traces that may be wrong before it is thought that the columns are.
const MOST_WRONG: f64 = 0.5;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Street lines (GeoJSON, gzip or not); `highway` (OpenStreetMap) or MTFCC (TIGER/Line) tells how important a street is
    #[arg(long, env = "HAILSTREAM_STREETS", value_name = "FILE", num_args = 1..)]
    streets: Vec<PathBuf>,

    /// An extract of OpenStreetMap (.osm.pbf): streets, water, parks
    #[arg(long, env = "HAILSTREAM_OSM", value_name = "FILE")]
    osm: Option<PathBuf>,

    /// Positions of a fleet (CSV or NDJSON, gzip or not): streets are where it has driven
    #[arg(long, env = "HAILSTREAM_TRACES", value_name = "FILE", num_args = 1..)]
    traces: Vec<PathBuf>,

    /// Columns of the traces: latitude, longitude and, where vehicles keep to lines, the line
    #[arg(
        long,
        env = "HAILSTREAM_COLUMNS",
        value_name = "LAT,LON[,LINE]",
        default_value = "lat,lon",
        value_delimiter = ','
    )]
    columns: Vec<String>,

    /// Named areas (GeoJSON) that charts count by
    #[arg(long, env = "HAILSTREAM_ZONES", value_name = "FILE", num_args = 1..)]
    zones: Vec<PathBuf>,

    /// The property that names a zone
    #[arg(long, env = "HAILSTREAM_ZONE_NAME", value_name = "PROPERTY", default_value = "name")]
    zone_name: String,

    /// Land areas (GeoJSON); what is not land is water, and so is the water of --osm [default: a box half a degree larger than the streets]
    #[arg(long, env = "HAILSTREAM_LAND", value_name = "FILE", num_args = 1..)]
    land: Vec<PathBuf>,

    /// Parks (GeoJSON)
    #[arg(long, env = "HAILSTREAM_PARKS", value_name = "FILE", num_args = 1..)]
    parks: Vec<PathBuf>,

    /// Whom to thank for the data; shown on the map
    #[arg(long, env = "HAILSTREAM_CREDIT", value_name = "TEXT")]
    credit: Vec<String>,

    /// The basemap, e.g. maps/my-city.hsbm
    #[arg(long, env = "HAILSTREAM_OUTPUT", value_name = "FILE")]
    output: PathBuf,
}

impl Args {
    pub(crate) fn run(self) -> Result<()> {
        let extract = match &self.osm {
            Some(file) => osm::read(file).with_context(|| file.display().to_string())?,
            None => osm::Extract::default(),
        };
        let mut roads = extract.roads;
        for file in &self.streets {
            let read = streets::roads(&features(file)?);
            roads.extend(read.with_context(|| file.display().to_string())?);
        }
        roads.extend(self.driven()?);
        let streets = streets::streets(roads);
        let mut basemap = Basemap { credits: self.credit.clone(), streets, ..Basemap::default() };
        let Some(city) = basemap.street_bounds() else {
            bail!("no streets: give --streets, --osm or --traces");
        };
        basemap.credits.extend(self.osm.as_ref().map(|_| osm::CREDIT.to_owned()));
        basemap.land = match self.areas(&self.land)? {
            land if land.is_empty() => land::around(city, &extract.water),
            land => land::without(land::dissolve(&land), &extract.water),
        };
        let parks = extract.parks.into_iter().chain(self.areas(&self.parks)?);
        basemap.parks = parks.filter_map(|park| areas::polygon(&park)).collect();
        for file in &self.zones {
            let zones = geojson::read_zones(&bytes(file)?, &self.zone_name)
                .with_context(|| file.display().to_string())?;
            basemap.zones.extend(zones.iter().filter_map(|(name, shape)| areas::zone(name, shape)));
        }
        let written = basemap.write().with_context(|| {
            let Basemap { streets, land, parks, zones, .. } = &basemap;
            let counts = [streets.len(), land.len(), parks.len(), zones.len()];
            let [streets, land, parks, zones] = counts;
            let file = self.output.display();
            format!(
                "{file}: {streets} streets, {land} pieces of land, {parks} parks, {zones} zones"
            )
        })?;
        if let Some(folder) = self.output.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("making {}", folder.display()))?;
        }
        std::fs::write(&self.output, &written)
            .with_context(|| format!("writing {}", self.output.display()))?;
        writeln!(
            std::io::stdout(),
            "{}: {} kB, {} streets, {} parks, {} zones, west {:.4} south {:.4} east {:.4} north {:.4}",
            self.output.display(),
            written.len() / 1000,
            basemap.streets.len(),
            basemap.parks.len(),
            basemap.zones.len(),
            city.west(),
            city.south(),
            city.east(),
            city.north(),
        )?;
        Ok(())
    }

    fn areas(&self, files: &[PathBuf]) -> Result<Vec<Polygon>> {
        let mut polygons = Vec::new();
        for file in files {
            for feature in features(file)? {
                match feature.shape {
                    Shape::Area(area) => polygons.extend(area.polygons),
                    Shape::Lines(_) => bail!("{}: lines, where areas are needed", file.display()),
                }
            }
        }
        Ok(polygons)
    }

    /// The streets where a fleet has driven.
    fn driven(&self) -> Result<Vec<streets::Road>> {
        let (lat, lon, line) = match self.columns.as_slice() {
            [lat, lon] => (lat, lon, None),
            [lat, lon, line] => (lat, lon, Some(line)),
            _ => bail!("--columns needs the names of two or three columns: LAT,LON[,LINE]"),
        };
        let mut typing = FieldTyping::new();
        typing.insert(lat.clone(), FieldType::Double);
        typing.insert(lon.clone(), FieldType::Double);
        let mut positions = Vec::new();
        for file in &self.traces {
            let (mut read, mut wrong, mut on_lines) = (0_usize, 0_usize, 0_usize);
            for row in input::open(file, &typing)? {
                read += 1;
                let row = match row {
                    Ok(row) => row,
                    Err(error @ InputError::File { .. }) => return Err(error.into()),
                    Err(_) => {
                        wrong += 1;
                        continue;
                    }
                };
                let degrees = |name: &str| row.get(name).and_then(Value::as_f64);
                let at = degrees(lon).zip(degrees(lat));
                let Some(at) = at.and_then(|(lon, lat)| LonLat::new(lon, lat).ok()) else {
                    wrong += 1;
                    continue;
                };
                let line = line.and_then(|line| row.get(line)).map(ToString::to_string);
                on_lines += usize::from(line.is_some());
                positions.push((line.unwrap_or_default(), at));
            }
            let told = file.display();
            ensure!(
                wrong as f64 <= read as f64 * MOST_WRONG,
                "{told}: {wrong} of {read} rows have no position in the columns \"{lat}\" and \"{lon}\" (--columns)",
            );
            if let Some(line) = line {
                ensure!(on_lines > 0, "{told}: no row has a column \"{line}\" (--columns)");
            }
            if wrong > 0 {
                tracing::warn!("{told}: {wrong} of {read} rows have no position and were left out");
            }
        }
        Ok(traced::roads(positions))
    }
}

fn features(file: &Path) -> Result<Vec<Feature>> {
    geojson::read(&bytes(file)?).with_context(|| file.display().to_string())
}

/// A file's bytes, unpacked where it is gzip.
fn bytes(file: &Path) -> Result<Vec<u8>> {
    let packed = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let bytes = unpacked(&packed).with_context(|| format!("unpacking {}", file.display()))?;
    Ok(bytes.into_owned())
}
