//! The way from one junction to another: A* by driving time.
//!
//! What is left is estimated by landmarks: the driving times from a few far-apart junctions to all others are known, and
//! by the triangle inequality no way is shorter than the difference of two of them. So the search looks at little
//! more than the way itself, and the way it finds is the quickest.

use super::speeds::free_flow_m_s;
use hailstream_geo::streets::{Node, Search, Settled, Streets, Stretch};

/// How many landmarks; each costs a search through the whole city at the start.
const LANDMARKS: usize = 8;

/// Finds routes; keeps its memory between searches.
#[derive(Debug)]
pub(super) struct Router {
    /// Seconds from each landmark, by junction.
    landmarks: Vec<[f32; LANDMARKS]>,
    /// Seconds along each piece of street and over the junction at its end; the same in both directions.
    costs: Vec<f32>,
    search: Search,
}

impl Router {
    pub(super) fn new(streets: &Streets) -> Self {
        let nodes = streets.node_count() as usize;
        let cost = |stretch| {
            (streets.length_m(stretch) / free_flow_m_s(streets.class(stretch)) + JUNCTION_S) as f32
        };
        let mut router = Self {
            landmarks: vec![[0.0; LANDMARKS]; nodes],
            costs: (0..streets.stretch_count()).step_by(2).map(cost).collect(),
            search: Search::new(streets),
        };
        let mut nearest = vec![f32::INFINITY; nodes];
        let mut landmark = 0;
        for number in 0..LANDMARKS {
            router.spread(streets, landmark);
            for (node, nearest) in nearest.iter_mut().enumerate() {
                let seconds = router.search.cost(node as Node);
                router.landmarks[node][number] = seconds;
                *nearest = nearest.min(seconds);
            }
            // The next one is as far from all so far as can be; of equals the lowest number.
            let farthest = (0..nodes).rev().max_by(|&a, &b| nearest[a].total_cmp(&nearest[b]));
            landmark = farthest.unwrap_or(0) as Node;
        }
        router
    }

    /// The stretches from `from` to `to`, **last first**; empty where there is nothing to drive.
    pub(super) fn route(&mut self, streets: &Streets, from: Node, to: Node) -> Vec<Stretch> {
        let goal = self.landmarks[to as usize];
        self.search.begin();
        self.reach(from, Some(&goal), 0.0, 0);
        while let Some(settled) = self.search.settle() {
            if settled.node == to {
                return self.walked_back(streets, from, to);
            }
            self.go_on(streets, settled, Some(&goal));
        }
        Vec::new()
    }

    /// Reaches all junctions from one.
    fn spread(&mut self, streets: &Streets, from: Node) {
        self.search.begin();
        self.reach(from, None, 0.0, 0);
        while let Some(settled) = self.search.settle() {
            self.go_on(streets, settled, None);
        }
    }

    fn go_on(&mut self, streets: &Streets, from: Settled, goal: Option<&[f32; LANDMARKS]>) {
        for &stretch in streets.leaving(from.node) {
            let then = from.cost + self.costs[(stretch >> 1) as usize];
            self.reach(streets.end(stretch), goal, then, stretch);
        }
    }

    fn reach(&mut self, node: Node, goal: Option<&[f32; LANDMARKS]>, seconds: f32, by: Stretch) {
        let here = &self.landmarks[node as usize];
        self.search.reach(node, seconds, by, || {
            goal.map_or(0.0, |goal| {
                here.iter().zip(goal).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
            })
        });
    }

    fn walked_back(&self, streets: &Streets, from: Node, to: Node) -> Vec<Stretch> {
        let mut route = Vec::new();
        let mut node = to;
        while node != from {
            let by = self.search.by(node);
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
        let streets = Streets::connected(&[
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
