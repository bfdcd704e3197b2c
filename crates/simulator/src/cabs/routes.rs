//! The way from one junction to another: A* by driving time.
//!
//! The estimate assumes a brisk pace in the straight line, faster than streets and slower than motorways allow: routes
//! are good rather than best, as drivers choose them, and found in tens of microseconds.

use super::speeds::free_flow_m_s;
use super::streets::{Node, Streets, Stretch};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What the estimate takes for the pace of what is left.
const ESTIMATED_M_S: f64 = 13.0;

/// Finds routes; keeps its memory between searches.
#[derive(Debug)]
pub(super) struct Router {
    /// Per junction: the search that reached it last, its cost and the stretch it was reached by.
    reached: Vec<Reached>,
    search: u32,
    open: BinaryHeap<Reverse<(u64, Node)>>,
}

#[derive(Clone, Copy, Debug)]
struct Reached {
    search: u32,
    is_settled: bool,
    seconds: f64,
    by: Stretch,
}

impl Router {
    pub(super) fn new(streets: &Streets) -> Self {
        let never = Reached { search: 0, is_settled: false, seconds: 0.0, by: 0 };
        Self {
            reached: vec![never; streets.node_count() as usize],
            search: 0,
            open: BinaryHeap::new(),
        }
    }

    /// The stretches from `from` to `to`, **last first**; empty where there is nothing to drive.
    pub(super) fn route(&mut self, streets: &Streets, from: Node, to: Node) -> Vec<Stretch> {
        self.search = self.search.wrapping_add(1);
        self.open.clear();
        self.reach(streets, (from, to), 0.0, 0);
        while let Some(Reverse((_, node))) = self.open.pop() {
            if node == to {
                return self.walked_back(streets, from, to);
            }
            let here = &mut self.reached[node as usize];
            if std::mem::replace(&mut here.is_settled, true) {
                continue;
            }
            let seconds = here.seconds;
            for &stretch in streets.leaving(node) {
                let pace = free_flow_m_s(streets.class(stretch));
                let then = seconds + streets.length_m(stretch) / pace + JUNCTION_S;
                self.reach(streets, (streets.end(stretch), to), then, stretch);
            }
        }
        Vec::new()
    }

    fn reach(&mut self, streets: &Streets, (node, to): (Node, Node), seconds: f64, by: Stretch) {
        let known = &mut self.reached[node as usize];
        if known.search == self.search && (known.is_settled || known.seconds <= seconds) {
            return;
        }
        *known = Reached { search: self.search, is_settled: false, seconds, by };
        let ([x, y], [goal_x, goal_y]) = (streets.place(node), streets.place(to));
        let estimate = seconds + (goal_x - x).hypot(goal_y - y) / ESTIMATED_M_S;
        // Positive floats are ordered as their bits; ties go to the lower junction number.
        self.open.push(Reverse((estimate.to_bits(), node)));
    }

    fn walked_back(&self, streets: &Streets, from: Node, to: Node) -> Vec<Stretch> {
        let mut route = Vec::new();
        let mut node = to;
        while node != from {
            let by = self.reached[node as usize].by;
            route.push(by);
            node = streets.start(by);
        }
        route
    }
}

/// What a junction costs on average.
const JUNCTION_S: f64 = 3.0;

#[cfg(test)]
mod tests {
    use super::*;
    use hailstream_geo::LonLat;
    use hailstream_geo::basemap::{Street, StreetClass};

    #[test]
    fn the_faster_way_is_taken() {
        let street = |class, points: &[(f64, f64)]| Street {
            class,
            name: String::new(),
            points: points.iter().map(|&(x, y)| LonLat::new(x / 1e3, y / 1e3).unwrap()).collect(),
        };
        let streets = Streets::new(&[
            street(StreetClass::Minor, &[(0.0, 0.0), (5.0, 0.0), (10.0, 0.0)]),
            street(StreetClass::Main, &[(0.0, 0.0), (5.0, 2.0), (10.0, 0.0)]),
        ])
        .unwrap();
        let mut router = Router::new(&streets);
        let far = (0..streets.node_count())
            .max_by(|&a, &b| streets.place(a)[0].total_cmp(&streets.place(b)[0]))
            .unwrap();
        let near = (0..streets.node_count())
            .min_by(|&a, &b| streets.place(a)[0].total_cmp(&streets.place(b)[0]))
            .unwrap();
        let route = router.route(&streets, near, far);
        assert_eq!(
            route.iter().map(|&s| streets.class(s)).collect::<Vec<_>>(),
            [StreetClass::Main]
        );
        assert!(router.route(&streets, near, near).is_empty());
        let back = router.route(&streets, far, near);
        assert_eq!(back, [Streets::back(route[0])]);
    }
}
