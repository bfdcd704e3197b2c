//! Named areas out of GeoJSON documents, gzip or not.

use hailstream_geo::geojson::{self, GeoJsonError};
use hailstream_geo::{MultiPolygon, ZoneIndex};
use std::borrow::Cow;
use std::io::{self, Read};

/// What an unpacked document may hold at most, bytes.
const MAX_UNPACKED: u64 = 512 * 1024 * 1024;

/// Why areas could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ZonesError {
    /// The gzip is damaged.
    #[error("cannot unpack: {0}")]
    Gzip(#[from] std::io::Error),
    /// The document is wrong.
    #[error(transparent)]
    GeoJson(#[from] GeoJsonError),
}

/// A document as it was before it was packed, where it is gzip.
///
/// # Errors
/// Damaged gzip, and one that holds more than half a GiB.
pub fn unpacked(document: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    if !document.starts_with(&[0x1f, 0x8b]) {
        return Ok(document.into());
    }
    let mut unpacked = Vec::new();
    let packed = flate2::read::MultiGzDecoder::new(document);
    if packed.take(MAX_UNPACKED + 1).read_to_end(&mut unpacked)? as u64 > MAX_UNPACKED {
        return Err(io::Error::other("it holds more than 512 MiB"));
    }
    Ok(unpacked.into())
}

/// The areas of a document, each named by its text property `name_property`.
pub fn read_zones(
    document: &[u8],
    name_property: &str,
) -> Result<Vec<(String, MultiPolygon)>, ZonesError> {
    Ok(geojson::read_zones(&unpacked(document)?, name_property)?)
}

/// An index over the areas of several documents; of areas that overlap the first one counts.
pub fn zone_index<'a>(
    documents: impl IntoIterator<Item = &'a [u8]>,
    name_property: &str,
) -> Result<ZoneIndex, ZonesError> {
    let mut zones = Vec::new();
    for document in documents {
        zones.extend(read_zones(document, name_property)?);
    }
    Ok(ZoneIndex::new(zones))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hailstream_geo::LonLat;

    const AREA: &str = r#"{"features":[{"properties":{"id":"A"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[0,2]]]}}]}"#;

    #[test]
    fn documents_are_read_packed_or_not() {
        let mut packer = flate2::read::GzEncoder::new(AREA.as_bytes(), flate2::Compression::fast());
        let mut packed = Vec::new();
        packer.read_to_end(&mut packed).unwrap();
        for document in [AREA.as_bytes(), packed.as_slice()] {
            let zones = zone_index([document], "id").unwrap();
            assert_eq!(zones.name_at(LonLat::new(0.5, 0.5).unwrap()), Some("A"));
        }
        assert!(matches!(zone_index([&packed[..20]], "id"), Err(ZonesError::Gzip(_))));
        let error = zone_index([AREA.as_bytes()], "name").unwrap_err().to_string();
        assert_eq!(error, "feature 1: no text property \"name\"");
    }
}
