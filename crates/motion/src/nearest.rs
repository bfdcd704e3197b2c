//! Which street a fix lies on: a grid of cells over the straight pieces of all streets.
//!
//! A grid and not a tree: fixes ask for a circle of some 30 m, so that four cells answer nearly all of them, and the whole is two flat
//! arrays that are filled in one pass.

use hailstream_geo::streets::{Streets, Stretch};

/// Cells are no smaller than this, m: about a block.
const SMALLEST_CELL_M: f64 = 64.0;

/// A place on a street.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OnStreet {
    /// The stretch, driven along its points (an even number) or against them.
    pub(crate) stretch: Stretch,
    /// Metres from where the stretch begins.
    pub(crate) along_m: f64,
    /// Where that is on the plane of the streets.
    pub(crate) place: [f64; 2],
    /// How far off the street the fix was, m.
    pub(crate) off_m: f64,
}

impl OnStreet {
    /// The same place, driven the other way.
    pub(crate) fn turned(self, streets: &Streets) -> Self {
        let along_m = (streets.length_m(self.stretch) - self.along_m).max(0.0);
        Self { stretch: Streets::back(self.stretch), along_m, ..self }
    }
}

/// See the module's words.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    corner: [f64; 2],
    cell_m: f64,
    columns: usize,
    rows: usize,
    /// Pieces of cell `n`: `listed[first_listed[n]..first_listed[n + 1]]`.
    first_listed: Vec<u32>,
    listed: Vec<u32>,
    pieces: Vec<Piece>,
}

/// A straight piece of street.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: [f32; 2],
    to: [f32; 2],
    stretch: Stretch,
    /// Metres from the beginning of its stretch.
    first_m: f32,
}

impl Nearest {
    pub(crate) fn new(streets: &Streets) -> Self {
        let pieces = pieces(streets);
        let ends = || pieces.iter().flat_map(|piece| [piece.from, piece.to]);
        let bound = |axis: usize, pick: fn(f32, f32) -> f32| {
            f64::from(ends().map(|end| end[axis]).reduce(pick).unwrap_or(0.0))
        };
        let corner = [bound(0, f32::min), bound(1, f32::min)];
        let (width, height) = (bound(0, f32::max) - corner[0], bound(1, f32::max) - corner[1]);
        // A wide country with few streets has no more cells than four per piece.
        let fair = (width * height / (4.0 * pieces.len().max(1) as f64)).sqrt();
        let cell_m = fair.max(SMALLEST_CELL_M);
        let count = |metres: f64| (metres / cell_m) as usize + 1;
        let (columns, rows) = (count(width), count(height));
        let mut nearest = Self {
            corner,
            cell_m,
            columns,
            rows,
            first_listed: vec![0; columns * rows + 1],
            listed: Vec::new(),
            pieces,
        };
        nearest.fill();
        nearest
    }

    /// Counts what each cell will list, then lists it.
    fn fill(&mut self) {
        let mut cells = Vec::new();
        for (number, piece) in self.pieces.iter().enumerate() {
            self.crossed(piece, |cell| cells.push((cell, number as u32)));
        }
        for &(cell, _) in &cells {
            self.first_listed[cell + 1] += 1;
        }
        for cell in 0..self.columns * self.rows {
            self.first_listed[cell + 1] += self.first_listed[cell];
        }
        let mut next = self.first_listed.clone();
        self.listed = vec![0; cells.len()];
        for (cell, number) in cells {
            self.listed[next[cell] as usize] = number;
            next[cell] += 1;
        }
    }

    /// Tells each cell that a piece runs through: row by row, the columns it passes within that row.
    fn crossed(&self, piece: &Piece, mut tell: impl FnMut(usize)) {
        let [from, to] = [piece.from, piece.to]
            .map(|end| [0, 1].map(|axis| (f64::from(end[axis]) - self.corner[axis]) / self.cell_m));
        let (low, high) = if from[1] <= to[1] { (from, to) } else { (to, from) };
        let slope = (high[0] - low[0]) / (high[1] - low[1]).max(1e-9);
        let x_at = |y: f64| low[0] + (y.clamp(low[1], high[1]) - low[1]) * slope;
        for row in self.row(low[1])..=self.row(high[1]) {
            let (enters, leaves) = if self.row(low[1]) == self.row(high[1]) {
                (low[0], high[0])
            } else {
                (x_at(row as f64), x_at(row as f64 + 1.0))
            };
            for column in self.column(enters.min(leaves))..=self.column(enters.max(leaves)) {
                tell(row * self.columns + column);
            }
        }
    }

    fn column(&self, x: f64) -> usize {
        (x.max(0.0) as usize).min(self.columns - 1)
    }

    fn row(&self, y: f64) -> usize {
        (y.max(0.0) as usize).min(self.rows - 1)
    }

    /// The place on a street that suits a fix best within `reach_m`: the nearest, where `cost_m` (of a stretch and the direction of
    /// the piece there, a unit vector along its points) adds what speaks against it.
    pub(crate) fn best(
        &self,
        at: [f64; 2],
        reach_m: f64,
        cost_m: impl Fn(Stretch, [f64; 2]) -> f64,
    ) -> Option<OnStreet> {
        let scaled = |axis: usize, by: f64| (at[axis] + by - self.corner[axis]) / self.cell_m;
        let is_far = (0..2).any(|axis| {
            let cells = [self.columns, self.rows][axis] as f64;
            let (low, high) = (scaled(axis, -reach_m), scaled(axis, reach_m));
            // What is no number is nowhere.
            !(high >= 0.0 && low <= cells)
        });
        if is_far {
            return None;
        }
        let mut best: Option<(f64, OnStreet)> = None;
        for row in self.row(scaled(1, -reach_m))..=self.row(scaled(1, reach_m)) {
            for column in self.column(scaled(0, -reach_m))..=self.column(scaled(0, reach_m)) {
                let cell = row * self.columns + column;
                let listed = self.first_listed[cell] as usize..self.first_listed[cell + 1] as usize;
                for &number in &self.listed[listed] {
                    let (on, direction) = self.pieces[number as usize].foot(at);
                    let Some(on) = Some(on).filter(|on| on.off_m <= reach_m) else { continue };
                    let cost = on.off_m + cost_m(on.stretch, direction);
                    if best.is_none_or(|(least, _)| cost < least) {
                        best = Some((cost, on));
                    }
                }
            }
        }
        best.map(|(_, on)| on)
    }
}

impl Piece {
    /// The place on the piece nearest to `at`, and the piece's direction.
    fn foot(&self, at: [f64; 2]) -> (OnStreet, [f64; 2]) {
        let [from, to] = [self.from, self.to].map(|end| end.map(f64::from));
        let way = [to[0] - from[0], to[1] - from[1]];
        let length = way[0].hypot(way[1]).max(1e-6);
        let direction = [way[0] / length, way[1] / length];
        let along = (at[0] - from[0]) * direction[0] + (at[1] - from[1]) * direction[1];
        let along = along.clamp(0.0, length);
        let place = [from[0] + direction[0] * along, from[1] + direction[1] * along];
        let off_m = (at[0] - place[0]).hypot(at[1] - place[1]);
        let along_m = f64::from(self.first_m) + along;
        (OnStreet { stretch: self.stretch, along_m, place, off_m }, direction)
    }
}

fn pieces(streets: &Streets) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for stretch in (0..streets.stretch_count()).step_by(2) {
        let mut first_m = 0.0;
        for (from, to) in streets.pieces(stretch) {
            let narrow = |end: [f64; 2]| end.map(|metres| metres as f32);
            pieces.push(Piece {
                from: narrow(from),
                to: narrow(to),
                stretch,
                first_m: first_m as f32,
            });
            first_m += (to[0] - from[0]).hypot(to[1] - from[1]);
        }
    }
    pieces
}
