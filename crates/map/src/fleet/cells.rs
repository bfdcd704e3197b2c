//! Counts per cell of a grid: what a map shows where there are more vehicles than can be told apart.
//!
//! The grid is fixed to the world, so that panning does not change a count.

use super::{Class, Seen};
use crate::map_view::MapView;

/// A cell's side at whole zooms, CSS px. Between them it is up to √2 larger or smaller.
const SIDE_PX: f64 = 60.0;

/// The vehicles of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Where its count is drawn: the middle of its vehicles, kept so far inside that neighbours do not touch; CSS px.
    pub at: (f64, f64),
    /// How many.
    pub count: usize,
    /// How many of each status, and last the silent ones.
    pub shares: Vec<usize>,
}

impl Cell {
    /// Radius of the disc with the count, CSS px.
    #[must_use]
    pub fn radius(&self) -> f64 {
        (8.0 + 4.4 * (self.count.max(1) as f64).log10()).min(19.0)
    }
}

/// Once counts are shown, they stay until there are this much fewer.
const UNTIL: f64 = 0.9;
/// From this zoom on each vehicle is shown: there the streets tell them apart.
const EACH_FROM: f64 = 14.5;
/// Room that an arrow needs to be told apart from the next one, CSS px².
const ROOM: f64 = 150.0;

/// Whether a view with so many vehicles shows counts instead. `above` is the map's limit, 0 for none.
#[must_use]
pub fn is_crowded(view: &MapView, in_view: usize, above: u32, was: bool) -> bool {
    if above == 0 || view.zoom() >= EACH_FROM {
        return false;
    }
    let (width, height) = view.size();
    let limit = f64::from(above).max(width * height / ROOM);
    in_view as f64 > if was { limit * UNTIL } else { limit }
}

/// The cells of a view that have vehicles, row by row.
#[must_use]
pub fn cells(view: &MapView, statuses: usize, seen: &[Seen]) -> Vec<Cell> {
    let whole_px = 256.0 * view.zoom().round().exp2();
    let per_world = whole_px / SIDE_PX;
    let side = view.world_px() / per_world;
    let (width, height) = view.size();
    let corner = view.world_from_screen(0.0, 0.0);
    let (first_x, first_y) = ((corner.x * per_world).floor(), (corner.y * per_world).floor());
    let columns = (width / side).ceil() as usize + 2;
    let rows = (height / side).ceil() as usize + 2;
    let mut grid: Vec<Option<Cell>> = vec![None; columns * rows];
    let corner_px = view.screen_from_world(hailstream_geo::mercator::World {
        x: first_x / per_world,
        y: first_y / per_world,
    });
    for one in seen {
        let (x, y) = one.place();
        let column = ((x - corner_px.0) / side).floor();
        let row = ((y - corner_px.1) / side).floor();
        if column < 0.0 || row < 0.0 || column >= columns as f64 {
            continue;
        }
        let Some(slot) = grid.get_mut(row as usize * columns + column as usize) else { continue };
        let cell = slot.get_or_insert_with(|| Cell {
            at: (0.0, 0.0),
            count: 0,
            shares: vec![0; statuses + 1],
        });
        cell.at = (cell.at.0 + x, cell.at.1 + y);
        cell.count += 1;
        let class = match one.class() {
            Class::Status(index) => index,
            Class::Silent => statuses,
        };
        if let Some(share) = cell.shares.get_mut(class) {
            *share += 1;
        }
    }
    let place = |(index, cell): (usize, Option<Cell>)| {
        let mut cell = cell?;
        let middle_x = corner_px.0 + ((index % columns) as f64 + 0.5) * side;
        let middle_y = corner_px.1 + ((index / columns) as f64 + 0.5) * side;
        let play = (side / 2.0 - cell.radius() - 1.0).max(0.0);
        let count = cell.count as f64;
        let kept = |mean: f64, middle: f64| mean.clamp(middle - play, middle + play);
        cell.at = (kept(cell.at.0 / count, middle_x), kept(cell.at.1 / count, middle_y));
        Some(cell)
    };
    grid.into_iter().enumerate().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use hailstream_geo::LonLat;
    use hailstream_geo::mercator::World;

    use super::*;

    /// 400 from the west to the east, as a view sees them.
    fn vehicles(view: &MapView) -> Vec<Seen> {
        let seen = |index: u32| {
            let lon = -122.5 + f64::from(index) * 5e-4;
            let (x, y) = view.screen_from_world(World::of(LonLat::new(lon, 37.77).unwrap()));
            Seen {
                at: [x as f32, y as f32],
                heading: f32::NAN,
                index,
                status: index as u16 % 2,
                is_silent: index.is_multiple_of(10),
                is_uncertain: false,
            }
        };
        (0..400).map(seen).collect()
    }

    fn view() -> MapView {
        MapView::new(LonLat::new(-122.4, 37.77).unwrap(), 11.3, 900.0, 400.0)
    }

    #[test]
    fn counts_come_late_and_stay_a_while() {
        assert!(!is_crowded(&view(), 2_400, 2_000, false), "each has its room");
        assert!(is_crowded(&view(), 2_401, 2_000, false));
        assert!(
            is_crowded(&view(), 2_200, 2_000, true) && !is_crowded(&view(), 2_100, 2_000, true)
        );
        assert!(!is_crowded(&view(), 50_000, 0, true), "the map has no limit");
        let street = view().zoomed_at(0.0, 0.0, 3.5);
        assert!(!is_crowded(&street, 50_000, 2_000, true));
    }

    #[test]
    fn every_vehicle_in_view_is_counted_once() {
        let cells = cells(&view(), 2, &vehicles(&view()));
        assert_eq!(cells.iter().map(|cell| cell.count).sum::<usize>(), 400);
        assert!(cells.iter().all(|cell| cell.shares.iter().sum::<usize>() == cell.count));
        assert_eq!(cells.iter().map(|cell| cell.shares[2]).sum::<usize>(), 40);
    }

    #[test]
    fn panning_changes_no_count_and_discs_do_not_touch() {
        let counts = |view: MapView| {
            let cells = cells(&view, 2, &vehicles(&view));
            for pair in cells.windows(2) {
                let apart = (pair[0].at.0 - pair[1].at.0).hypot(pair[0].at.1 - pair[1].at.1);
                assert!(apart >= pair[0].radius() + pair[1].radius(), "{pair:?}");
            }
            cells.into_iter().map(|cell| cell.count).collect::<Vec<_>>()
        };
        assert_eq!(counts(view()), counts(view().panned(17.0, -9.0)));
    }
}
