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
    /// Its direction, a unit vector.
    unit: [f32; 2],
    length_m: f32,
    stretch: Stretch,
    /// Metres from the beginning of its stretch.
    first_m: f32,
}

impl Nearest {
    pub(crate) fn new(streets: &Streets) -> Self {
        let pieces = pieces(streets);
        let ends = || pieces.iter().flat_map(Piece::ends);
        let bound = |axis: usize, pick: fn(f64, f64) -> f64| {
            ends().map(|end| end[axis]).reduce(pick).unwrap_or(0.0)
        };
        let corner = [bound(0, f64::min), bound(1, f64::min)];
        let (width, height) = (bound(0, f64::max) - corner[0], bound(1, f64::max) - corner[1]);
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
        let [from, to] = piece
            .ends()
            .map(|end| [0, 1].map(|axis| (end[axis] - self.corner[axis]) / self.cell_m));
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
        let rows = self.row(scaled(1, -reach_m))..=self.row(scaled(1, reach_m));
        let columns = self.column(scaled(0, -reach_m))..=self.column(scaled(0, reach_m));
        let cells = rows.flat_map(|row| columns.clone().map(move |at| row * self.columns + at));
        let mut best: Option<(f64, Foot)> = None;
        for &number in cells.flat_map(|cell| self.listed(cell)) {
            let piece = &self.pieces[number as usize];
            let foot = piece.foot(at, number);
            let least = best.as_ref().map_or(f64::INFINITY, |(least, _)| *least);
            if foot.off_m > reach_m.min(least) {
                continue;
            }
            let cost = foot.off_m + cost_m(piece.stretch, piece.direction());
            if cost < least {
                best = Some((cost, foot));
            }
        }
        best.map(|(_, foot)| self.pieces[foot.number as usize].on_street(&foot))
    }

    /// The pieces that run through a cell.
    fn listed(&self, cell: usize) -> &[u32] {
        &self.listed[self.first_listed[cell] as usize..self.first_listed[cell + 1] as usize]
    }
}

/// The place on a piece nearest to a fix.
struct Foot {
    number: u32,
    along_m: f64,
    off_m: f64,
}

impl Piece {
    fn new(from: [f64; 2], to: [f64; 2], stretch: Stretch, first_m: f64) -> Self {
        let way = [to[0] - from[0], to[1] - from[1]];
        let length_m = way[0].hypot(way[1]);
        let unit = way.map(|metres| (metres / length_m.max(1e-6)) as f32);
        let from = from.map(|metres| metres as f32);
        Self { from, unit, length_m: length_m as f32, stretch, first_m: first_m as f32 }
    }

    /// Along its points, a unit vector.
    fn direction(&self) -> [f64; 2] {
        self.unit.map(f64::from)
    }

    fn at(&self, along_m: f64) -> [f64; 2] {
        [0, 1].map(|axis| f64::from(self.from[axis]) + f64::from(self.unit[axis]) * along_m)
    }

    fn ends(&self) -> [[f64; 2]; 2] {
        [self.at(0.0), self.at(f64::from(self.length_m))]
    }

    fn foot(&self, at: [f64; 2], number: u32) -> Foot {
        let [east, north] = [0, 1].map(|axis| at[axis] - f64::from(self.from[axis]));
        let along_m = east * f64::from(self.unit[0]) + north * f64::from(self.unit[1]);
        let along_m = along_m.clamp(0.0, f64::from(self.length_m));
        let place = self.at(along_m);
        let [east, north] = [at[0] - place[0], at[1] - place[1]];
        Foot { number, along_m, off_m: (east * east + north * north).sqrt() }
    }

    fn on_street(&self, foot: &Foot) -> OnStreet {
        OnStreet {
            stretch: self.stretch,
            along_m: f64::from(self.first_m) + foot.along_m,
            place: self.at(foot.along_m),
        }
    }
}

fn pieces(streets: &Streets) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for stretch in (0..streets.stretch_count()).step_by(2) {
        let mut first_m = 0.0;
        for (from, to) in streets.pieces(stretch) {
            let piece = Piece::new(from, to, stretch, first_m);
            first_m += f64::from(piece.length_m);
            pieces.push(piece);
        }
    }
    pieces
}
