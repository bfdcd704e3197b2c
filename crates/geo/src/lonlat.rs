//! A place on the globe: [`LonLat`], WGS84 degrees, longitude first.
//!
//! A `LonLat` is on the globe by construction, so nothing behind this door checks again. Distances live in
//! [`crate::distance`], projections in [`crate::mercator`].

use serde::{Deserialize, Serialize};

/// A position in degrees: longitude in −180…180, latitude in −90…90, both finite.
///
/// Written as `[lon, lat]`, as GeoJSON does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

/// Two numbers that are no position on the globe.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("no position on the globe: longitude {lon}, latitude {lat}")]
pub struct OffTheGlobe {
    /// The longitude as given.
    pub lon: f64,
    /// The latitude as given.
    pub lat: f64,
}

impl LonLat {
    /// The position, if there is one with these degrees.
    pub fn new(lon: f64, lat: f64) -> Result<Self, OffTheGlobe> {
        // A NaN lies in no range, so it is refused here too.
        if (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat) {
            Ok(Self { lon, lat })
        } else {
            Err(OffTheGlobe { lon, lat })
        }
    }

    /// The position after arithmetic: the longitude is wrapped around the globe, the latitude held at the poles.
    /// What is not a number becomes 0.
    pub fn wrapped(lon: f64, lat: f64) -> Self {
        Self {
            lon: if lon.is_finite() { wrap_degrees(lon) } else { 0.0 },
            lat: if lat.is_finite() { lat.clamp(-90.0, 90.0) } else { 0.0 },
        }
    }

    /// Degrees east of Greenwich, −180…180.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north of the equator, −90…90.
    pub fn lat(self) -> f64 {
        self.lat
    }
}

impl TryFrom<[f64; 2]> for LonLat {
    type Error = OffTheGlobe;

    fn try_from([lon, lat]: [f64; 2]) -> Result<Self, OffTheGlobe> {
        Self::new(lon, lat)
    }
}

impl From<LonLat> for [f64; 2] {
    fn from(at: LonLat) -> Self {
        [at.lon, at.lat]
    }
}

/// An angle brought to −180…180; values already inside are left exactly as they are.
pub(crate) fn wrap_degrees(degrees: f64) -> f64 {
    if (-180.0..=180.0).contains(&degrees) {
        return degrees;
    }
    let turned = (degrees + 180.0).rem_euclid(360.0) - 180.0;
    // A sum a hair below −180 rounds up to a full turn.
    turned.clamp(-180.0, 180.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_on_the_globe_are_positions() {
        for (lon, lat, good) in [
            (0.0, 0.0, true),
            (180.0, 90.0, true),
            (-180.0, -90.0, true),
            (180.1, 0.0, false),
            (0.0, 90.1, false),
            (f64::NAN, 0.0, false),
            (0.0, f64::INFINITY, false),
        ] {
            assert_eq!(LonLat::new(lon, lat).is_ok(), good, "{lon} {lat}");
        }
    }

    #[test]
    fn wrapping_goes_round_the_globe() {
        for (lon, expected) in
            [(190.0, -170.0), (-190.0, 170.0), (180.0, 180.0), (540.0, -180.0), (37.5, 37.5)]
        {
            assert_eq!(LonLat::wrapped(lon, 95.0).lon(), expected);
        }
        assert_eq!(LonLat::wrapped(0.0, 95.0).lat(), 90.0);
    }
}
