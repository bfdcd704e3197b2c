//! Average and extent of positions. Below 1.3 kB.

use hailstream_geo::LonLat;
use hailstream_protocol::Value;

use crate::exact_sum::ExactSum;

/// The average of longitudes and of latitudes, each for itself, as OpenSearch's: meant for groups that are small on the globe.
#[derive(Clone, Debug, Default)]
pub(crate) struct Centroid {
    lon: ExactSum,
    lat: ExactSum,
    count: u64,
}

impl Centroid {
    pub(super) fn add(&mut self, at: LonLat) {
        self.lon.add(at.lon());
        self.lat.add(at.lat());
        self.count += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.lon.merge(&other.lon);
        self.lat.merge(&other.lat);
        self.count += other.count;
    }

    pub(super) fn value(&self) -> Value {
        let average = |sum: &ExactSum| Value::float(sum.value() / self.count as f64);
        match self.count {
            0 => Value::Null,
            _ => Value::List(vec![average(&self.lon), average(&self.lat)]),
        }
    }
}

/// Extremes; of longitudes on each side of Greenwich, because the narrower box may lie across the antimeridian.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extent {
    lat: Option<(f64, f64)>,
    west_lon: Option<(f64, f64)>,
    east_lon: Option<(f64, f64)>,
}

fn widen(extremes: &mut Option<(f64, f64)>, low: f64, high: f64) {
    let (least, most) = extremes.unwrap_or((low, high));
    *extremes = Some((least.min(low), most.max(high)));
}

impl Extent {
    pub(super) fn add(&mut self, at: LonLat) {
        widen(&mut self.lat, at.lat(), at.lat());
        let side = if at.lon() < 0.0 { &mut self.west_lon } else { &mut self.east_lon };
        widen(side, at.lon(), at.lon());
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.lat, other.lat),
            (&mut self.west_lon, other.west_lon),
            (&mut self.east_lon, other.east_lon),
        ] {
            if let Some((low, high)) = theirs {
                widen(mine, low, high);
            }
        }
    }

    /// `[west, south, east, north]`.
    pub(super) fn value(&self, wrap_longitude: bool) -> Value {
        let Some((south, north)) = self.lat else { return Value::Null };
        let (west, east) = match (self.west_lon, self.east_lon) {
            (Some((west, end)), Some((start, east))) => {
                let across = 360.0 - start + end;
                if wrap_longitude && across < east - west { (start, end) } else { (west, east) }
            }
            (Some(side), None) | (None, Some(side)) => side,
            (None, None) => return Value::Null,
        };
        Value::List([west, south, east, north].map(Value::float).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_box_may_cross_the_antimeridian() {
        let mut fiji = Extent::default();
        for (lon, lat) in [(178.0, -18.0), (-179.0, -16.5), (177.0, -17.0)] {
            fiji.add(LonLat::wrapped(lon, lat));
        }
        let floats = |numbers: [f64; 4]| Value::List(numbers.map(Value::Float).to_vec());
        assert_eq!(fiji.value(true), floats([177.0, -18.0, -179.0, -16.5]));
        assert_eq!(fiji.value(false), floats([-179.0, -18.0, 178.0, -16.5]));
    }
}
