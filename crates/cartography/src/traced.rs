//! Streets where a fleet has driven: lines through the positions it reported, for a city without a street file.
//!
//! Positions of one route (a line of buses, a depot, or all as one) are averaged in squares of 25 m, which takes out the receivers'
//! noise. The squares' means are joined by the shortest tree whose edges are no longer than 400 m (Kruskal 1956): along a street
//! neighbours are near, so the tree runs along it, and between two streets it runs only where nothing nearer joins them. Twigs of
//! less than 150 m are noise and cut; between forks the tree becomes lines, smoothed once and simplified by 8 m.
//!
//! What comes out is as good as the positions are many: hundreds a kilometre draw a street, a dozen a zigzag. A junction is there where
//! a route forks, not where two routes cross.

use std::collections::{BTreeMap, HashMap};

use hailstream_geo::LonLat;
use hailstream_geo::basemap::StreetClass;
use hailstream_geo::distance::LocalPlane;

use crate::simplify;
use crate::streets::Road;

/// Side of a square in which positions are averaged, m.
const SQUARE_M: f64 = 25.0;
/// Means farther apart are not joined, m.
const LONGEST_M: f64 = 400.0;
/// Shorter twigs are noise, m.
const TWIG_M: f64 = 150.0;
/// How far a line may move when it is simplified, m.
const TOLERANCE_M: f64 = 8.0;

/// A point on the plane, m.
type Metres = [f64; 2];

/// The lines along which each route was driven, routes in the order of their names.
#[must_use]
pub fn roads(positions: impl IntoIterator<Item = (String, LonLat)>) -> Vec<Road> {
    let mut routes: BTreeMap<String, Vec<LonLat>> = BTreeMap::new();
    for (route, at) in positions {
        routes.entry(route).or_default().push(at);
    }
    routes.values().flat_map(|positions| route(positions)).collect()
}

fn route(positions: &[LonLat]) -> Vec<Road> {
    let Some(first) = positions.first() else { return Vec::new() };
    let plane = LocalPlane::around(*first);
    let means = means(positions.iter().map(|at| plane.metres(*at)));
    let mut tree = Tree::over(&means);
    tree.cut_twigs(&means);
    let lines = tree.lines().into_iter().map(|line| {
        let line: Vec<Metres> = line.into_iter().map(|place| means[place]).collect();
        let points: Vec<LonLat> = smoothed(&line).into_iter().map(|at| plane.lonlat(at)).collect();
        Road {
            class: StreetClass::Main,
            name: String::new(),
            is_route: false,
            points: simplify::line(&points, TOLERANCE_M, |_| false),
        }
    });
    lines.collect()
}

fn square([x, y]: Metres) -> (i64, i64) {
    ((x / SQUARE_M).floor() as i64, (y / SQUARE_M).floor() as i64)
}

/// Means of the squares that hold any, in a fixed order.
fn means(positions: impl Iterator<Item = Metres>) -> Vec<Metres> {
    let mut squares: BTreeMap<(i64, i64), (Metres, usize)> = BTreeMap::new();
    for at in positions {
        let (sum, count) = squares.entry(square(at)).or_default();
        *sum = [sum[0] + at[0], sum[1] + at[1]];
        *count += 1;
    }
    let sums = squares.into_values();
    sums.map(|([x, y], count)| [x / count as f64, y / count as f64]).collect()
}

fn distance(a: Metres, b: Metres) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The shortest forest over the means: for each, whom it is joined with.
struct Tree {
    joined: Vec<Vec<usize>>,
}

impl Tree {
    fn over(means: &[Metres]) -> Self {
        let places: HashMap<(i64, i64), usize> =
            means.iter().enumerate().map(|(place, at)| (square(*at), place)).collect();
        let reach = (LONGEST_M / SQUARE_M).ceil() as i64;
        let mut edges = Vec::new();
        for (place, at) in means.iter().enumerate() {
            let (column, row) = square(*at);
            let around = (-reach..=reach)
                .flat_map(|across| (-reach..=reach).map(move |up| (column + across, row + up)));
            let others = around.filter_map(|square| places.get(&square).copied());
            let later = others.filter(|other| *other > place);
            edges.extend(later.map(|other| (distance(*at, means[other]), place, other)));
        }
        edges.retain(|(length, ..)| *length <= LONGEST_M);
        edges.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut roots: Vec<usize> = (0..means.len()).collect();
        let mut joined = vec![Vec::new(); means.len()];
        for (_, a, b) in edges {
            let (root_a, root_b) = (root(&mut roots, a), root(&mut roots, b));
            if root_a != root_b {
                roots[root_a] = root_b;
                joined[a].push(b);
                joined[b].push(a);
            }
        }
        Self { joined }
    }

    /// From an end towards the next fork or end: the places passed, both included.
    fn walk(&self, from: usize, towards: usize) -> Vec<usize> {
        let mut passed = vec![from, towards];
        loop {
            let [.., before, at] = passed.as_slice() else { return passed };
            let [one, other] = self.joined[*at].as_slice() else { return passed };
            let next = if one == before { *other } else { *one };
            passed.push(next);
        }
    }

    fn cut_twigs(&mut self, means: &[Metres]) {
        for end in 0..self.joined.len() {
            let [towards] = self.joined[end].as_slice() else { continue };
            let twig = self.walk(end, *towards);
            let length: f64 =
                twig.windows(2).map(|pair| distance(means[pair[0]], means[pair[1]])).sum();
            let ends_at_fork = twig.last().is_some_and(|last| self.joined[*last].len() > 2);
            if length < TWIG_M && ends_at_fork {
                for pair in twig.windows(2) {
                    self.joined[pair[0]].retain(|other| *other != pair[1]);
                    self.joined[pair[1]].retain(|other| *other != pair[0]);
                }
            }
        }
    }

    /// The lines between forks and ends, each once.
    fn lines(&self) -> Vec<Vec<usize>> {
        let is_between = |place: &usize| self.joined[*place].len() == 2;
        let ends = (0..self.joined.len()).filter(|place| !is_between(place));
        let lines = ends
            .flat_map(|end| self.joined[end].iter().map(move |towards| self.walk(end, *towards)));
        lines.filter(|line| line.first() <= line.last()).collect()
    }
}

fn root(roots: &mut [usize], mut at: usize) -> usize {
    while roots[at] != at {
        roots[at] = roots[roots[at]];
        at = roots[at];
    }
    at
}

/// Each place between two others moved half-way to their middle.
fn smoothed(line: &[Metres]) -> Vec<Metres> {
    let mut smoothed = line.to_vec();
    for (at, triple) in line.windows(3).enumerate() {
        let middle =
            |axis: usize| (triple[0][axis] + 2.0 * triple[1][axis] + triple[2][axis]) / 4.0;
        smoothed[at + 1] = [middle(0), middle(1)];
    }
    smoothed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A street eastwards and one that leaves it northwards, with receivers that are off by some metres.
    fn driven() -> Vec<(String, LonLat)> {
        let plane = LocalPlane::around(LonLat::wrapped(-97.7, 30.3));
        let noise = |n: i32| f64::from((n * 37) % 13) - 6.0;
        let east = (0..800).map(|n| [f64::from(n) * 2.5, noise(n)]);
        let north = (0..400).map(|n| [1_000.0 + noise(n), f64::from(n) * 2.5]);
        east.chain(north).map(|at| ("7".to_owned(), plane.lonlat(at))).collect()
    }

    #[test]
    fn a_fork_becomes_three_lines_near_the_streets() {
        let roads = roads(driven());
        assert_eq!(roads.len(), 3, "{roads:?}");
        let plane = LocalPlane::around(LonLat::wrapped(-97.7, 30.3));
        for at in roads.iter().flat_map(|road| &road.points) {
            let [x, y] = plane.metres(*at);
            let off = y.abs().min((x - 1_000.0).abs());
            assert!(off < 15.0, "{off} m off the streets at {x}, {y}");
        }
        let ends =
            |road: &Road| plane.distance_m(road.points[0], road.points[road.points.len() - 1]);
        let length: f64 = roads.iter().map(ends).sum();
        assert!((2_900.0..3_050.0).contains(&length), "{length} m of 3 km");
    }

    #[test]
    fn the_same_positions_give_the_same_lines_and_none_give_none() {
        assert_eq!(roads(driven()), roads(driven()));
        assert_eq!(roads([]), []);
        let alone = ("7".to_owned(), LonLat::wrapped(1.0, 1.0));
        assert_eq!(roads([alone]), []);
    }
}
