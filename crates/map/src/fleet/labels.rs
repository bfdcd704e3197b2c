//! Where names go on a map full of vehicles: zone names move aside or vanish, names of vehicles give way to each other.

/// Side of a square of the crowd's grid, CSS px.
const SQUARE: f64 = 8.0;
/// Where a name may go from its place, nearest first, CSS px.
const ASIDE: [(f64, f64); 11] = [
    (0.0, 0.0),
    (0.0, -13.0),
    (0.0, 13.0),
    (-20.0, 0.0),
    (20.0, 0.0),
    (-20.0, -13.0),
    (20.0, -13.0),
    (-20.0, 13.0),
    (20.0, 13.0),
    (0.0, -26.0),
    (0.0, 26.0),
];
/// A name stays while no more vehicles than this touch it: they pass, and a name that comes and goes is worse.
const BEARABLE: u32 = 1;

/// How many vehicles are where on the screen.
#[derive(Clone, Debug, Default)]
pub struct Crowd {
    columns: usize,
    rows: usize,
    /// Vehicles above and left of each corner of the grid.
    sums: Vec<u32>,
}

impl Crowd {
    /// Counts the vehicles of a screen of `width` × `height` CSS px.
    pub fn count(&mut self, width: f64, height: f64, vehicles: impl Iterator<Item = (f64, f64)>) {
        self.columns = (width / SQUARE).ceil() as usize + 1;
        self.rows = (height / SQUARE).ceil() as usize + 1;
        self.sums.clear();
        self.sums.resize(self.columns * self.rows, 0);
        for (x, y) in vehicles {
            if x < 0.0 || y < 0.0 || x >= width || y >= height {
                continue;
            }
            let (column, row) = ((x / SQUARE) as usize + 1, (y / SQUARE) as usize + 1);
            if let Some(sum) = self.sums.get_mut(row * self.columns + column) {
                *sum += 1;
            }
        }
        for row in 1..self.rows {
            let mut of_row = 0;
            for column in 1..self.columns {
                let at = row * self.columns + column;
                of_row += self.sums[at];
                self.sums[at] = of_row + self.sums[at - self.columns];
            }
        }
    }

    /// Vehicles in the squares that an area (left, top, right, bottom) touches.
    #[must_use]
    pub fn within(&self, [left, top, right, bottom]: [f64; 4]) -> u32 {
        let low = |at: f64| (at / SQUARE).floor().max(0.0) as usize;
        let high = |at: f64| (at / SQUARE).ceil().max(0.0) as usize;
        let sum = |column: usize, row: usize| {
            let (column, row) =
                (column.min(self.columns.saturating_sub(1)), row.min(self.rows.saturating_sub(1)));
            self.sums.get(row * self.columns + column).copied().unwrap_or(0)
        };
        let (west, north, east, south) = (low(left), low(top), high(right), high(bottom));
        (sum(east, south) + sum(west, north)).saturating_sub(sum(west, south) + sum(east, north))
    }
}

/// A name to be placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    /// Its middle where nothing is in the way, CSS px.
    pub at: (f64, f64),
    /// Half of its width and height.
    pub half: (f64, f64),
    /// Which way aside it went before; absent where it was not seen.
    pub before: Option<usize>,
}

impl Label {
    /// Its middle when it goes that way aside.
    #[must_use]
    pub fn middle(&self, aside: usize) -> (f64, f64) {
        let (dx, dy) = ASIDE.get(aside).copied().unwrap_or_default();
        (self.at.0 + dx, self.at.1 + dy)
    }

    fn area(&self, aside: usize) -> [f64; 4] {
        let (x, y) = self.middle(aside);
        [x - self.half.0, y - self.half.1, x + self.half.0, y + self.half.1]
    }
}

/// Which way aside each name goes; `None` where it vanishes.
#[must_use]
pub fn place_labels(labels: &[Label], crowd: &Crowd) -> Vec<Option<usize>> {
    let mut taken: Vec<[f64; 4]> = Vec::with_capacity(labels.len());
    let mut place = |label: &Label| {
        let fits = |aside: usize, bearable: u32| {
            let area = label.area(aside);
            crowd.within(area) <= bearable && !taken.iter().any(|other| overlap(&area, other))
        };
        let kept = label.before.filter(|aside| fits(*aside, BEARABLE));
        let aside = kept.or_else(|| (0..ASIDE.len()).find(|aside| fits(*aside, 0)))?;
        taken.push(label.area(aside));
        Some(aside)
    };
    labels.iter().map(&mut place).collect()
}

/// Names of vehicles as they are placed one after the other: the first comers stay.
#[derive(Clone, Debug, Default)]
pub struct NameTags {
    taken: Vec<[f64; 4]>,
}

impl NameTags {
    /// Begins anew.
    pub fn clear(&mut self) {
        self.taken.clear();
    }

    /// Takes an area (left, top, right, bottom) if nobody has it.
    pub fn take(&mut self, area: [f64; 4]) -> bool {
        let is_free = !self.taken.iter().any(|other| overlap(&area, other));
        if is_free {
            self.taken.push(area);
        }
        is_free
    }
}

fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(vehicles: &[(f64, f64)]) -> Crowd {
        let mut crowd = Crowd::default();
        crowd.count(200.0, 100.0, vehicles.iter().copied());
        crowd
    }

    fn label(before: Option<usize>) -> Label {
        Label { at: (100.0, 50.0), half: (24.0, 6.0), before }
    }

    #[test]
    fn a_crowd_counts_what_an_area_touches() {
        let crowd = crowd(&[(4.0, 4.0), (100.0, 50.0), (101.0, 50.0), (300.0, 50.0), (-3.0, 1.0)]);
        assert_eq!(crowd.within([0.0, 0.0, 200.0, 100.0]), 3);
        assert_eq!(crowd.within([96.0, 48.0, 104.0, 56.0]), 2);
        assert_eq!(crowd.within([-50.0, -50.0, 7.0, 7.0]), 1);
        assert_eq!(crowd.within([120.0, 10.0, 900.0, 900.0]), 0);
    }

    #[test]
    fn a_name_goes_to_the_nearest_free_place_or_vanishes() {
        assert_eq!(place_labels(&[label(None)], &crowd(&[])), [Some(0)]);
        assert_eq!(place_labels(&[label(None)], &crowd(&[(100.0, 54.0)])), [Some(1)]);
        let everywhere: Vec<_> =
            (0..2_000).map(|n| (f64::from(n % 50) * 4.0, f64::from(n / 50) * 2.5)).collect();
        assert_eq!(place_labels(&[label(Some(0))], &crowd(&everywhere)), [None]);
    }

    #[test]
    fn a_name_stays_while_one_vehicle_passes() {
        let one = crowd(&[(100.0, 50.0)]);
        assert_eq!(place_labels(&[label(Some(0))], &one), [Some(0)]);
        assert_ne!(place_labels(&[label(None)], &one), [Some(0)]);
    }

    #[test]
    fn names_do_not_lie_on_each_other() {
        let placed = place_labels(&[label(None), label(None)], &crowd(&[]));
        assert_eq!(placed[0], Some(0));
        assert_ne!(placed[1], Some(0));
        let mut tags = NameTags::default();
        assert!(tags.take([0.0, 0.0, 10.0, 10.0]));
        assert!(!tags.take([5.0, 5.0, 15.0, 15.0]));
        assert!(tags.take([10.0, 0.0, 20.0, 10.0]));
    }
}
