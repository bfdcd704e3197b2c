//! What a search along streets keeps between its steps: which junctions it has reached, by which stretch and at what cost, and
//! which of them come next. What a stretch costs, and how much is estimated to be left, is the searcher's (Dijkstra's
//! algorithm without an estimate, A* with one).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Node, Streets, Stretch};

/// See the module's words. Kept between searches, so that none allocates.
#[derive(Clone, Debug)]
pub struct Search {
    /// Per junction: the search that reached it last, and how.
    reached: Vec<Reached>,
    number: u32,
    open: BinaryHeap<Reverse<(u32, Node)>>,
}

#[derive(Clone, Copy, Debug)]
struct Reached {
    search: u32,
    is_settled: bool,
    cost: f32,
    by: Stretch,
}

/// A junction that is reached for good: no way there costs less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settled {
    /// Which.
    pub node: Node,
    /// What the way there costs.
    pub cost: f32,
    /// Its last stretch.
    pub by: Stretch,
    /// That and what was estimated to be left.
    pub estimate: f32,
}

impl Search {
    /// A search on these streets that has not begun.
    pub fn new(streets: &Streets) -> Self {
        let never = Reached { search: 0, is_settled: false, cost: 0.0, by: 0 };
        let reached = vec![never; streets.node_count() as usize];
        Self { reached, number: 0, open: BinaryHeap::new() }
    }

    /// Begins anew.
    pub fn begin(&mut self) {
        self.number = self.number.wrapping_add(1);
        self.open.clear();
    }

    /// Reaches a junction by a stretch, unless a way there is known that costs no more. `left` estimates the rest; neither it
    /// nor `cost` is negative.
    pub fn reach(&mut self, node: Node, cost: f32, by: Stretch, left: impl FnOnce() -> f32) {
        let known = &mut self.reached[node as usize];
        if known.search == self.number && (known.is_settled || known.cost <= cost) {
            return;
        }
        *known = Reached { search: self.number, is_settled: false, cost, by };
        // Positive floats are ordered as their bits; ties go to the lower junction number.
        self.open.push(Reverse(((cost + left()).to_bits(), node)));
    }

    /// Settles the junction with the least estimate; none when all that can be reached are settled.
    pub fn settle(&mut self) -> Option<Settled> {
        loop {
            let Reverse((estimate, node)) = self.open.pop()?;
            let here = &mut self.reached[node as usize];
            if !std::mem::replace(&mut here.is_settled, true) {
                let (cost, by) = (here.cost, here.by);
                return Some(Settled { node, cost, by, estimate: f32::from_bits(estimate) });
            }
        }
    }

    /// The stretch by which this search reached a junction.
    pub fn by(&self, node: Node) -> Stretch {
        self.reached[node as usize].by
    }

    /// What it cost to reach a junction.
    pub fn cost(&self, node: Node) -> f32 {
        self.reached[node as usize].cost
    }
}
