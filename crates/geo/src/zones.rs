//! Which named areas hold a point: [`ZoneIndex`].
//!
//! A uniform grid over the areas' boxes names the few candidates; the polygons decide. Where one
//! is wanted and areas overlap the first wins, so the answer depends on nothing but the order they were given in.

use crate::{Bounds, LonLat, MultiPolygon};

/// Named areas, ready to be asked for the one that holds a point.
#[derive(Clone, Debug)]
pub struct ZoneIndex {
    zones: Vec<IndexedZone>,
    bounds: Option<Bounds>,
    /// Per cell, row by row from the south-west, the numbers of the zones whose box touches it, ascending.
    cells: Vec<Vec<u32>>,
}

#[derive(Clone, Debug)]
struct IndexedZone {
    name: String,
    shape: MultiPolygon,
    boxes: Vec<Option<Bounds>>,
}

/// Cells along each side of the grid.
const SIDE: usize = 64;

impl ZoneIndex {
    /// An index of these areas.
    pub fn new(zones: impl IntoIterator<Item = (String, MultiPolygon)>) -> Self {
        let zones: Vec<IndexedZone> = zones
            .into_iter()
            .map(|(name, shape)| {
                let boxes = shape.polygons.iter().map(crate::Polygon::bounds).collect();
                IndexedZone { name, shape, boxes }
            })
            .collect();
        let corners = zones
            .iter()
            .flat_map(|zone| zone.shape.polygons.iter().flat_map(|p| p.outer.iter().copied()));
        let mut index = Self { bounds: Bounds::around(corners), cells: Vec::new(), zones };
        index.fill_cells();
        index
    }

    /// How many areas there are.
    pub fn len(&self) -> usize {
        self.zones.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The name of area `number`, as numbered by [`number_at`](Self::number_at).
    pub fn name(&self, number: usize) -> Option<&str> {
        self.zones.get(number).map(|zone| zone.name.as_str())
    }

    /// All names, in the order given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.zones.iter().map(|zone| zone.name.as_str())
    }

    /// The name of the first area that holds the point.
    pub fn name_at(&self, at: LonLat) -> Option<&str> {
        self.name(self.number_at(at)?)
    }

    /// The number of the first area that holds the point.
    pub fn number_at(&self, at: LonLat) -> Option<usize> {
        self.numbers_at(at).next()
    }

    /// The numbers of all areas that hold the point, ascending.
    pub fn numbers_at(&self, at: LonLat) -> impl Iterator<Item = usize> {
        let bounds = self.bounds.filter(|bounds| bounds.contains(at));
        let candidates = bounds.and_then(|bounds| self.cells.get(cell_of(&bounds, at)));
        let numbers = candidates.into_iter().flatten().map(|&number| number as usize);
        numbers.filter(move |&number| self.zones[number].holds(at))
    }

    /// Whether area `number` holds the point.
    pub fn holds(&self, number: usize, at: LonLat) -> bool {
        self.zones.get(number).is_some_and(|zone| zone.holds(at))
    }

    /// Metres from the point to area `number`; 0 inside, infinitely many to an area without points.
    pub fn distance_m(&self, number: usize, at: LonLat) -> f64 {
        self.zones.get(number).map_or(f64::INFINITY, |zone| zone.shape.distance_m(at))
    }

    fn fill_cells(&mut self) {
        let Some(bounds) = self.bounds else { return };
        self.cells = vec![Vec::new(); SIDE * SIDE];
        for (number, zone) in self.zones.iter().enumerate() {
            for cell in zone.boxes.iter().flatten().flat_map(|part| cells_of(&bounds, part)) {
                let held = &mut self.cells[cell];
                // The parts of one zone come in a row: it is named once.
                if held.last() != Some(&(number as u32)) {
                    held.push(number as u32);
                }
            }
        }
    }
}

impl IndexedZone {
    fn holds(&self, at: LonLat) -> bool {
        self.shape.polygons.iter().zip(&self.boxes).any(|(polygon, bounds)| {
            bounds.is_some_and(|bounds| bounds.contains(at)) && polygon.contains(at)
        })
    }
}

/// The grid cells that a box within the bounds touches.
fn cells_of(bounds: &Bounds, part: &Bounds) -> impl Iterator<Item = usize> {
    let low = cell_of(bounds, LonLat::wrapped(part.west(), part.south()));
    let high = cell_of(bounds, LonLat::wrapped(part.east(), part.north()));
    let columns = low % SIDE..=high % SIDE;
    (low / SIDE..=high / SIDE)
        .flat_map(move |row| columns.clone().map(move |column| row * SIDE + column))
}

/// The grid cell of a point within the bounds. Rounding is the same for boxes and points, and monotonic, so a point
/// inside a box is never in a cell outside of the box's cells.
fn cell_of(bounds: &Bounds, at: LonLat) -> usize {
    let slot = |value: f64, low: f64, high: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        ((share * SIDE as f64) as usize).min(SIDE - 1)
    };
    slot(at.lat(), bounds.south(), bounds.north()) * SIDE
        + slot(at.lon(), bounds.west(), bounds.east())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Polygon;
    use proptest::prelude::*;

    fn triangle(points: [(f64, f64); 3]) -> MultiPolygon {
        let outer = points.iter().map(|&(lon, lat)| LonLat::new(lon, lat).unwrap()).collect();
        MultiPolygon { polygons: vec![Polygon { outer, holes: Vec::new() }] }
    }

    fn corner() -> impl Strategy<Value = (f64, f64)> {
        (-10.0_f64..10.0, -10.0_f64..10.0)
    }

    #[test]
    fn of_overlapping_areas_the_first_wins() {
        let shape = triangle([(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]);
        let index =
            ZoneIndex::new([("first".to_owned(), shape.clone()), ("second".to_owned(), shape)]);
        assert_eq!(index.name_at(LonLat::new(1.0, 1.0).unwrap()), Some("first"));
        assert_eq!(index.name_at(LonLat::new(9.0, 9.0).unwrap()), None);
        assert_eq!(ZoneIndex::new([]).name_at(LonLat::new(1.0, 1.0).unwrap()), None);
    }

    proptest! {
        #[test]
        fn the_index_answers_as_the_polygons_do(
            corners in prop::collection::vec([corner(), corner(), corner()], 0..8),
            points in prop::collection::vec((-11.0_f64..11.0, -11.0_f64..11.0), 50),
        ) {
            let shapes: Vec<MultiPolygon> = corners.into_iter().map(triangle).collect();
            let index = ZoneIndex::new(shapes.iter().map(|shape| (String::new(), shape.clone())));
            for (lon, lat) in points {
                let at = LonLat::new(lon, lat).unwrap();
                let expected = shapes.iter().position(|shape| shape.contains(at));
                prop_assert_eq!(index.number_at(at), expected);
                let all: Vec<usize> = index.numbers_at(at).collect();
                let holders = (0..shapes.len()).filter(|number| shapes[*number].contains(at));
                prop_assert_eq!(&all, &holders.collect::<Vec<_>>());
                let holds = |number: &usize| index.holds(*number, at);
                prop_assert_eq!(all, (0..9).filter(holds).collect::<Vec<_>>());
            }
        }
    }
}
