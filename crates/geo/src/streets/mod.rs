//! The streets as a graph: junctions, and the stretches of street between them.
//!
//! Two streets meet where they share a vertex of the basemap. Bridges cross without meeting, so motorways lie on a level
//! of their own: ramps alone lead up and down, and a motorway that ends at a street runs out into it. One-way streets are
//! not known to the data: every street is two-way. What is asked of the graph (routes, the street nearest to a fix) is its users'.

mod levels;
mod search;

use crate::basemap::{Street, StreetClass};
use crate::distance::{LocalPlane, compass};
use crate::{Bounds, LonLat};
use levels::{Level, Levels, Vertex};
pub use search::{Search, Settled};
use std::collections::HashMap;

/// A junction's number.
pub type Node = u32;

/// A stretch between two junctions, driven in one direction: even numbers along its points, odd ones against.
pub type Stretch = u32;

/// The graph. Lengths and places are metres on a plane around the city.
#[derive(Clone, Debug)]
pub struct Streets {
    plane: LocalPlane,
    places: Vec<[f64; 2]>,
    /// Stretches leaving each junction: `leaving[first_leaving[n]..first_leaving[n + 1]]`.
    first_leaving: Vec<u32>,
    leaving: Vec<Stretch>,
    segments: Vec<Segment>,
    points: Vec<[f64; 2]>,
}

#[derive(Clone, Debug)]
struct Segment {
    ends: [Node; 2],
    class: StreetClass,
    first_point: u32,
    point_count: u32,
    length_m: f64,
    /// On entering and on leaving it along its points.
    headings: [f64; 2],
}

impl Streets {
    /// The graph of these streets; none where nothing can be driven on.
    pub fn new(streets: &[Street]) -> Option<Self> {
        Self::drawn(streets, Drawn::all_parts)
    }

    /// The graph of the largest part of these streets that is connected; none where nothing can be driven on.
    pub fn connected(streets: &[Street]) -> Option<Self> {
        Self::drawn(streets, Drawn::largest_part)
    }

    fn drawn(streets: &[Street], kept: fn(Drawn) -> Drawn) -> Option<Self> {
        let middle =
            Bounds::around(streets.iter().flat_map(|street| street.points.iter().copied()))?;
        let plane = LocalPlane::around(middle.center());
        let levels = Levels::of(streets);
        let mut uses: HashMap<(Vertex, Level), u32> = HashMap::new();
        for street in streets {
            for (index, key) in levels.keys(street).into_iter().enumerate() {
                // The ends of a line are junctions in any case.
                let is_end = index == 0 || index + 1 == street.points.len();
                *uses.entry(key).or_default() += if is_end { 2 } else { 1 };
            }
        }
        let mut drawn = Drawn::default();
        for street in streets {
            drawn.add(street, &levels.keys(street), &uses, &plane);
        }
        let kept = kept(drawn);
        (!kept.segments.is_empty()).then(|| kept.into_graph(plane))
    }

    /// How many junctions there are.
    pub fn node_count(&self) -> u32 {
        self.places.len() as u32
    }

    /// How many stretches there are: twice the pieces of street, one for each direction.
    pub fn stretch_count(&self) -> u32 {
        2 * self.segments.len() as u32
    }

    /// Where a junction lies on the plane.
    pub fn place(&self, node: Node) -> [f64; 2] {
        self.places[node as usize]
    }

    /// Where a position lies on the plane.
    pub fn metres(&self, at: LonLat) -> [f64; 2] {
        self.plane.metres(at)
    }

    /// The position at a place of the plane.
    pub fn lonlat(&self, metres: [f64; 2]) -> LonLat {
        self.plane.lonlat(metres)
    }

    /// The stretches that leave a junction.
    pub fn leaving(&self, node: Node) -> &[Stretch] {
        let node = node as usize;
        &self.leaving[self.first_leaving[node] as usize..self.first_leaving[node + 1] as usize]
    }

    /// The junction a stretch begins at.
    pub fn start(&self, stretch: Stretch) -> Node {
        self.segment(stretch).ends[(stretch & 1) as usize]
    }

    /// The junction a stretch leads to.
    pub fn end(&self, stretch: Stretch) -> Node {
        self.segment(stretch).ends[(stretch & 1 ^ 1) as usize]
    }

    /// How important its street is.
    pub fn class(&self, stretch: Stretch) -> StreetClass {
        self.segment(stretch).class
    }

    /// Its length.
    pub fn length_m(&self, stretch: Stretch) -> f64 {
        self.segment(stretch).length_m
    }

    /// The same stretch in the other direction.
    pub fn back(stretch: Stretch) -> Stretch {
        stretch ^ 1
    }

    /// The position so many metres along a stretch, and the heading there.
    pub fn along(&self, stretch: Stretch, metres: f64) -> (LonLat, f64) {
        let mut left = metres;
        let mut pieces = self.pieces(stretch).peekable();
        while let Some((from, to)) = pieces.next() {
            let length = (to[0] - from[0]).hypot(to[1] - from[1]);
            if left <= length || pieces.peek().is_none() {
                let share = if length > 0.0 { (left / length).clamp(0.0, 1.0) } else { 0.0 };
                let at = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
                return (self.plane.lonlat(at), heading(from, to));
            }
            left -= length;
        }
        (self.plane.lonlat(self.place(self.start(stretch))), 0.0)
    }

    /// The headings on entering and on leaving a stretch.
    pub fn headings(&self, stretch: Stretch) -> [f64; 2] {
        let [first, last] = self.segment(stretch).headings;
        if stretch & 1 == 0 {
            [first, last]
        } else {
            [compass(last + 180.0), compass(first + 180.0)]
        }
    }

    fn segment(&self, stretch: Stretch) -> &Segment {
        &self.segments[(stretch >> 1) as usize]
    }

    /// The straight pieces of a stretch on the plane, in driving order.
    pub fn pieces(&self, stretch: Stretch) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
        let segment = self.segment(stretch);
        let first = segment.first_point as usize;
        let points = &self.points[first..first + segment.point_count as usize];
        let last = points.len() - 1;
        let is_reversed = stretch & 1 == 1;
        (0..last).map(move |piece| match is_reversed {
            false => (points[piece], points[piece + 1]),
            true => (points[last - piece], points[last - piece - 1]),
        })
    }
}

fn heading(from: [f64; 2], to: [f64; 2]) -> f64 {
    compass((to[0] - from[0]).atan2(to[1] - from[1]).to_degrees())
}

/// The graph while it is put together.
#[derive(Default)]
struct Drawn {
    numbers: HashMap<(Vertex, Level), Node>,
    places: Vec<[f64; 2]>,
    segments: Vec<Segment>,
    points: Vec<[f64; 2]>,
}

impl Drawn {
    /// Cuts a street at its junctions.
    fn add(
        &mut self,
        street: &Street,
        keys: &[(Vertex, Level)],
        uses: &HashMap<(Vertex, Level), u32>,
        plane: &LocalPlane,
    ) {
        let metres: Vec<[f64; 2]> =
            street.points.iter().map(|&point| plane.metres(point)).collect();
        let mut start = 0;
        for end in 1..metres.len() {
            if uses.get(&keys[end]).is_some_and(|uses| *uses > 1) {
                let ends = [start, end].map(|index| self.node(keys[index], metres[index]));
                self.segment(ends, street.class, &metres[start..=end]);
                start = end;
            }
        }
    }

    fn node(&mut self, key: (Vertex, Level), place: [f64; 2]) -> Node {
        let next = self.places.len() as Node;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.places.push(place);
        }
        number
    }

    fn segment(&mut self, ends: [Node; 2], class: StreetClass, points: &[[f64; 2]]) {
        let step = |pair: &[[f64; 2]]| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]);
        let length_m: f64 = points.windows(2).map(step).sum();
        if length_m <= 0.0 {
            return;
        }
        let (first_point, point_count) = (self.points.len() as u32, points.len() as u32);
        self.points.extend_from_slice(points);
        let mut pieces = points.windows(2).map(|pair| heading(pair[0], pair[1]));
        let first = pieces.next().unwrap_or(0.0);
        let headings = [first, pieces.next_back().unwrap_or(first)];
        let segment = Segment { ends, class, first_point, point_count, length_m, headings };
        self.segments.push(segment);
    }

    fn all_parts(self) -> Self {
        self
    }

    /// Keeps the largest connected part. Of equals the one with the lowest junction number.
    fn largest_part(mut self) -> Self {
        let mut parent: Vec<Node> = (0..self.places.len() as Node).collect();
        for segment in &self.segments {
            let [a, b] = segment.ends.map(|end| root(&mut parent, end));
            // The lower number becomes the root, so the outcome does not depend on the order of joining.
            parent[a.max(b) as usize] = a.min(b);
        }
        let roots: Vec<Node> =
            (0..parent.len() as Node).map(|node| root(&mut parent, node)).collect();
        let mut sizes = vec![0_u32; roots.len()];
        for &root in &roots {
            sizes[root as usize] += 1;
        }
        let largest = (0..sizes.len()).rev().max_by_key(|&root| sizes[root]).unwrap_or(0) as Node;
        let mut renumbered = vec![Node::MAX; roots.len()];
        let kept: Vec<usize> = (0..roots.len()).filter(|&node| roots[node] == largest).collect();
        for (new, &old) in kept.iter().enumerate() {
            renumbered[old] = new as Node;
        }
        self.places = kept.iter().map(|&node| self.places[node]).collect();
        self.segments.retain(|segment| roots[segment.ends[0] as usize] == largest);
        for segment in &mut self.segments {
            segment.ends = segment.ends.map(|end| renumbered[end as usize]);
        }
        self
    }

    fn into_graph(self, plane: LocalPlane) -> Streets {
        let mut by_node: Vec<Vec<Stretch>> = vec![Vec::new(); self.places.len()];
        for (number, segment) in self.segments.iter().enumerate() {
            let forward = 2 * number as Stretch;
            by_node[segment.ends[0] as usize].push(forward);
            by_node[segment.ends[1] as usize].push(forward + 1);
        }
        let mut first_leaving = vec![0];
        let mut leaving = Vec::new();
        for stretches in by_node {
            leaving.extend(stretches);
            first_leaving.push(leaving.len() as u32);
        }
        Streets {
            plane,
            places: self.places,
            first_leaving,
            leaving,
            segments: self.segments,
            points: self.points,
        }
    }
}

fn root(parent: &mut [Node], mut node: Node) -> Node {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    fn street(class: StreetClass, points: &[(f64, f64)]) -> Street {
        let point = |&(x, y): &(f64, f64)| LonLat::new(x / 1000.0, y / 1000.0).unwrap();
        Street { class, name: String::new(), points: points.iter().map(point).collect() }
    }

    fn counts(streets: &[Street]) -> (u32, u32) {
        Streets::connected(streets)
            .map_or((0, 0), |graph| (graph.node_count(), graph.stretch_count()))
    }

    #[test]
    fn streets_meet_where_they_share_a_vertex() {
        let cross = [
            street(StreetClass::Local, &[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]),
            street(StreetClass::Main, &[(1.0, 0.0), (1.0, 1.0), (1.0, 2.0)]),
        ];
        assert_eq!(counts(&cross), (5, 8));
        let bridge = [
            street(StreetClass::Local, &[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]),
            street(StreetClass::Motorway, &[(1.0, 0.0), (1.0, 1.0), (1.0, 2.0)]),
        ];
        assert_eq!(counts(&bridge), (2, 2), "they do not meet; the first part is kept");
        assert_eq!(Streets::new(&bridge).map(|graph| graph.stretch_count()), Some(4));
        assert_eq!(counts(&[]), (0, 0));
    }

    #[test]
    fn ramps_lead_from_streets_to_motorways_and_cross_what_lies_between() {
        let interchange = [
            street(StreetClass::Local, &[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]),
            street(StreetClass::Local, &[(0.0, 2.0), (1.0, 2.0)]),
            street(StreetClass::Motorway, &[(1.0, 0.0), (1.0, 1.0), (1.0, 3.0)]),
            street(StreetClass::Ramp, &[(2.0, 1.0), (1.0, 2.0), (1.0, 3.0)]),
        ];
        // Street: ends and the ramp's foot (3); motorway: its ends (2). The street under the ramp stays apart.
        assert_eq!(counts(&interchange), (5, 8));
    }

    #[test]
    fn a_motorway_runs_out_into_a_street() {
        let end = [
            street(StreetClass::Local, &[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]),
            street(StreetClass::Motorway, &[(1.0, 0.0), (1.0, 1.0)]),
        ];
        assert_eq!(counts(&end), (4, 6));
    }

    #[test]
    fn places_and_headings_run_with_the_direction() {
        let bend = [street(StreetClass::Local, &[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)])];
        let graph = Streets::new(&bend).unwrap();
        let forward = graph.leaving(0)[0];
        let length = graph.length_m(forward);
        assert!((length - 222.4).abs() < 0.1, "{length}");
        assert_eq!(graph.headings(forward).map(f64::round), [0.0, 90.0]);
        assert_eq!(graph.headings(Streets::back(forward)).map(f64::round), [270.0, 180.0]);
        let (there, _) = graph.along(forward, length / 4.0);
        let (back, heading) = graph.along(Streets::back(forward), length * 0.75);
        assert!((there.lat() - 0.0005).abs() < 1e-6 && (back.lat() - there.lat()).abs() < 1e-9);
        assert_eq!(heading.round(), 180.0);
        assert_eq!((graph.start(forward), graph.end(forward)), (0, 1));
    }
}
