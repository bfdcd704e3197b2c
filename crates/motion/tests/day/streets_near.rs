//! How far it is to the nearest street: written apart from what is judged, and plainer.

use std::collections::HashMap;

use hailstream_geo::LonLat;
use hailstream_geo::basemap::Street;
use hailstream_geo::distance::LocalPlane;

/// Side of a cell, m; streets farther away than this are not found.
const CELL_M: f64 = 40.0;

type Piece = [[f64; 2]; 2];

/// The straight pieces of all streets, by cells.
pub(crate) struct StreetsNear {
    plane: LocalPlane,
    cells: HashMap<[i32; 2], Vec<Piece>>,
}

impl StreetsNear {
    pub(crate) fn new(streets: &[Street]) -> Self {
        let plane = LocalPlane::around(streets[0].points[0]);
        let mut cells: HashMap<[i32; 2], Vec<Piece>> = HashMap::new();
        let pieces = streets.iter().flat_map(|street| street.points.windows(2));
        for piece in pieces.map(|pair| [plane.metres(pair[0]), plane.metres(pair[1])]) {
            let [from, to] = piece;
            let count = ((to[0] - from[0]).hypot(to[1] - from[1]) / CELL_M * 4.0).ceil().max(1.0);
            for part in 0..=count as u32 {
                let share = f64::from(part) / count;
                let listed = cells
                    .entry(cell([0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share)));
                let listed = listed.or_default();
                if listed.last() != Some(&piece) {
                    listed.push(piece);
                }
            }
        }
        Self { plane, cells }
    }

    /// Metres to the nearest street; none where it is far.
    pub(crate) fn distance_m(&self, at: LonLat) -> Option<f64> {
        let at = self.plane.metres(at);
        let [column, row] = cell(at);
        let around = (-1..=1).flat_map(|x| (-1..=1).map(move |y| [column + x, row + y]));
        let pieces = around.filter_map(|cell| self.cells.get(&cell)).flatten();
        pieces.map(|piece| to_piece_m(at, piece)).min_by(f64::total_cmp)
    }
}

fn cell(at: [f64; 2]) -> [i32; 2] {
    at.map(|metres| (metres / CELL_M).floor() as i32)
}

fn to_piece_m(at: [f64; 2], [from, to]: &Piece) -> f64 {
    let way = [to[0] - from[0], to[1] - from[1]];
    let square = (way[0] * way[0] + way[1] * way[1]).max(1e-12);
    let share = ((at[0] - from[0]) * way[0] + (at[1] - from[1]) * way[1]) / square;
    let share = share.clamp(0.0, 1.0);
    (at[0] - from[0] - way[0] * share).hypot(at[1] - from[1] - way[1] * share)
}
