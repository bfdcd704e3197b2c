//! The bytes of a basemap file: the codec behind [`super::Basemap::read`] and `write`. The layout is described there.
//!
//! Reading never trusts a count: room is reserved only for what the remaining bytes could hold.

use super::{Basemap, MOST_POINTS, Street, StreetClass, UNITS_PER_DEGREE, Zone};
use crate::{LonLat, MultiPolygon, Polygon};
use std::collections::HashMap;

const MAGIC: &[u8; 4] = b"HSBM";
const VERSION: u8 = 1;

/// Bytes that are no basemap.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasemapError {
    /// The file does not begin as a basemap does.
    #[error("not a basemap: it does not begin with HSBM")]
    NotABasemap,
    /// A basemap of a version unknown here.
    #[error("basemap of version {0}, this reader knows version 1")]
    Version(u8),
    /// There is more in it than a browser draws at once.
    #[error("a basemap of more than {MOST_POINTS} points: take a smaller area, or less of it")]
    TooLarge,
    /// The bytes are damaged.
    #[error("damaged basemap: {what} at byte {at}")]
    Damaged {
        /// What was wrong.
        what: &'static str,
        /// Where.
        at: usize,
    },
}

pub(super) fn read(bytes: &[u8]) -> Result<Basemap, BasemapError> {
    let mut reader = Reader { bytes, at: 0, lon: 0, lat: 0, points_left: MOST_POINTS };
    if reader.take(4).ok() != Some(MAGIC.as_slice()) {
        return Err(BasemapError::NotABasemap);
    }
    match reader.byte()? {
        VERSION => {}
        other => return Err(BasemapError::Version(other)),
    }
    let credits = reader.list(1, Reader::text)?;
    let names = reader.list(1, Reader::text)?;
    let basemap = Basemap {
        credits,
        streets: reader.list(3, |reader| reader.street(&names))?,
        land: reader.list(1, Reader::polygon)?,
        parks: reader.list(1, Reader::polygon)?,
        zones: reader.list(4, |reader| reader.zone(&names))?,
    };
    if reader.at < bytes.len() {
        return Err(reader.damaged("unexpected bytes after the end"));
    }
    Ok(basemap)
}

pub(super) fn write(basemap: &Basemap) -> Result<Vec<u8>, BasemapError> {
    let mut writer = Writer { bytes: MAGIC.to_vec(), lon: 0, lat: 0, points: 0 };
    writer.bytes.push(VERSION);
    writer.list(&basemap.credits, Writer::text);
    let names = Names::of(basemap);
    writer.list(&names.ordered, Writer::text);
    writer.list(&basemap.streets, |writer, street| {
        writer.bytes.push(street.class as u8);
        writer.unsigned(names.number(&street.name));
        writer.points(&street.points);
    });
    writer.list(&basemap.land, Writer::polygon);
    writer.list(&basemap.parks, Writer::polygon);
    writer.list(&basemap.zones, |writer, zone| {
        writer.unsigned(names.number(&zone.name));
        let (lon, lat) = on_grid(zone.label);
        writer.signed(lon);
        writer.signed(lat);
        writer.list(&zone.shape.polygons, Writer::polygon);
    });
    if writer.points > MOST_POINTS { Err(BasemapError::TooLarge) } else { Ok(writer.bytes) }
}

/// Grid units of a position.
fn on_grid(at: LonLat) -> (i64, i64) {
    ((at.lon() * UNITS_PER_DEGREE).round() as i64, (at.lat() * UNITS_PER_DEGREE).round() as i64)
}

/// Each name once, in order of first use.
struct Names<'a> {
    ordered: Vec<&'a str>,
    numbers: HashMap<&'a str, u64>,
}

impl<'a> Names<'a> {
    fn of(basemap: &'a Basemap) -> Self {
        let mut names = Self { ordered: Vec::new(), numbers: HashMap::new() };
        let streets = basemap.streets.iter().map(|street| street.name.as_str());
        for name in streets.chain(basemap.zones.iter().map(|zone| zone.name.as_str())) {
            if !name.is_empty() && !names.numbers.contains_key(name) {
                names.ordered.push(name);
                names.numbers.insert(name, names.ordered.len() as u64);
            }
        }
        names
    }

    fn number(&self, name: &str) -> u64 {
        self.numbers.get(name).copied().unwrap_or(0)
    }
}

struct Writer {
    bytes: Vec<u8>,
    lon: i64,
    lat: i64,
    /// So many were written.
    points: usize,
}

impl Writer {
    fn unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn signed(&mut self, value: i64) {
        self.unsigned(((value << 1) ^ (value >> 63)) as u64);
    }

    fn text(&mut self, text: &impl AsRef<str>) {
        self.unsigned(text.as_ref().len() as u64);
        self.bytes.extend_from_slice(text.as_ref().as_bytes());
    }

    fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.unsigned(items.len() as u64);
        for each in items {
            item(self, each);
        }
    }

    fn points(&mut self, points: &[LonLat]) {
        self.points += points.len();
        self.list(points, |writer, &point| {
            let (lon, lat) = on_grid(point);
            writer.signed(lon - writer.lon);
            writer.signed(lat - writer.lat);
            (writer.lon, writer.lat) = (lon, lat);
        });
    }

    fn polygon(&mut self, polygon: &Polygon) {
        self.unsigned(1 + polygon.holes.len() as u64);
        for ring in polygon.rings() {
            self.points(ring);
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    lon: i64,
    lat: i64,
    points_left: usize,
}

impl<'a> Reader<'a> {
    fn damaged(&self, what: &'static str) -> BasemapError {
        BasemapError::Damaged { what, at: self.at }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], BasemapError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).ok_or_else(|| self.damaged("unexpected end"))?;
        self.at += count;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, BasemapError> {
        Ok(self.take(1)?[0])
    }

    fn unsigned(&mut self) -> Result<u64, BasemapError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.damaged("an overlong number"))
    }

    fn signed(&mut self) -> Result<i64, BasemapError> {
        let value = self.unsigned()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A count, believed only as far as the remaining bytes could bear it out.
    fn count(&mut self, least_bytes_each: usize) -> Result<usize, BasemapError> {
        let count = self.unsigned()?;
        let room = (self.bytes.len() - self.at) / least_bytes_each;
        match usize::try_from(count) {
            Ok(count) if count <= room => Ok(count),
            _ => Err(self.damaged("a count larger than the file")),
        }
    }

    fn list<T>(
        &mut self,
        least_bytes_each: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, BasemapError>,
    ) -> Result<Vec<T>, BasemapError> {
        let count = self.count(least_bytes_each)?;
        (0..count).map(|_| item(self)).collect()
    }

    fn text(&mut self) -> Result<String, BasemapError> {
        let length = self.count(1)?;
        let bytes = self.take(length)?;
        let text = std::str::from_utf8(bytes).ok();
        text.map(str::to_owned).ok_or_else(|| self.damaged("text that is not UTF-8"))
    }

    fn name(&mut self, names: &[String]) -> Result<String, BasemapError> {
        match usize::try_from(self.unsigned()?).unwrap_or(usize::MAX) {
            0 => Ok(String::new()),
            number => {
                names.get(number - 1).cloned().ok_or_else(|| self.damaged("a name not in the list"))
            }
        }
    }

    fn position(&self, lon: i64, lat: i64) -> Result<LonLat, BasemapError> {
        LonLat::new(lon as f64 / UNITS_PER_DEGREE, lat as f64 / UNITS_PER_DEGREE)
            .map_err(|_off_the_globe| self.damaged("a position off the globe"))
    }

    fn points(&mut self) -> Result<Vec<LonLat>, BasemapError> {
        self.list(2, |reader| {
            reader.points_left = reader.points_left.checked_sub(1).ok_or(BasemapError::TooLarge)?;
            reader.lon = reader.lon.wrapping_add(reader.signed()?);
            reader.lat = reader.lat.wrapping_add(reader.signed()?);
            reader.position(reader.lon, reader.lat)
        })
    }

    fn polygon(&mut self) -> Result<Polygon, BasemapError> {
        let mut rings = self.list(1, Self::points)?;
        if rings.is_empty() {
            return Err(self.damaged("a polygon without rings"));
        }
        let holes = rings.split_off(1);
        Ok(Polygon { outer: rings.pop().unwrap_or_default(), holes })
    }

    fn street(&mut self, names: &[String]) -> Result<Street, BasemapError> {
        let class = usize::from(self.byte()?);
        let class = *StreetClass::ALL.get(class).ok_or_else(|| self.damaged("an unknown class"))?;
        Ok(Street { class, name: self.name(names)?, points: self.points()? })
    }

    fn zone(&mut self, names: &[String]) -> Result<Zone, BasemapError> {
        let name = self.name(names)?;
        let (lon, lat) = (self.signed()?, self.signed()?);
        let label = self.position(lon, lat)?;
        Ok(Zone { name, label, shape: MultiPolygon { polygons: self.list(1, Self::polygon)? } })
    }
}
