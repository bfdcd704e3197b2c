//! The shortest way along streets from one place to another nearby: A* by length.
//!
//! Fixes lie a minute apart, so ways are short and a search sees some dozens of junctions. It gives up beyond the length it was told,
//! which also bounds its time.

use hailstream_geo::streets::{Node, Search, Settled, Streets, Stretch};

use crate::nearest::OnStreet;

/// What turning around on the street costs, m: as much as a way around a block.
const TURNING_M: f64 = 150.0;

/// A way along streets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    /// What is driven, in order; the first and the last only in part.
    pub(crate) stretches: Vec<Stretch>,
    /// Metres from the beginning of the first stretch to where the way begins.
    pub(crate) first_m: f64,
    /// Its length.
    pub(crate) length_m: f64,
}

/// Finds ways; keeps its memory between searches.
#[derive(Clone, Debug)]
pub(crate) struct Router {
    search: Search,
}

impl Router {
    pub(crate) fn new(streets: &Streets) -> Self {
        Self { search: Search::new(streets) }
    }

    /// The shortest way of at most `longest_m`. A vehicle `is_driving` along the stretch it is on turns around only where that
    /// spares a long way.
    pub(crate) fn way(
        &mut self,
        streets: &Streets,
        from: OnStreet,
        is_driving: bool,
        to: OnStreet,
        longest_m: f64,
    ) -> Option<Way> {
        let turning_m = if is_driving { TURNING_M } else { 0.0 };
        let direct = direct(streets, from, to, turning_m);
        let limit = direct.as_ref().map_or(longest_m, |(cost, _)| cost.min(longest_m));
        self.search.begin();
        let goal = to.place;
        for (start, cost) in [(from, 0.0), (from.turned(streets), turning_m)] {
            let left = streets.length_m(start.stretch) - start.along_m;
            self.reach(streets, goal, streets.end(start.stretch), cost + left, start.stretch);
        }
        let ends = [to, to.turned(streets)].map(|end| (streets.start(end.stretch), end));
        let mut best: Option<(f64, OnStreet)> = None;
        while let Some(settled) = self.search.settle() {
            let bound = best.map_or(limit, |(cost, _)| cost);
            if f64::from(settled.estimate) >= bound {
                break;
            }
            self.go_on(streets, goal, settled);
            for (_, end) in ends.iter().filter(|(start, _)| *start == settled.node) {
                let cost = f64::from(settled.cost) + end.along_m;
                if cost < best.map_or(limit, |(cost, _)| cost) {
                    best = Some((cost, *end));
                }
            }
        }
        match best {
            Some((_, end)) => self.walked_back(streets, from, end),
            None => direct.map(|(_, way)| way).filter(|way| way.length_m <= longest_m),
        }
    }

    fn go_on(&mut self, streets: &Streets, goal: [f64; 2], from: Settled) {
        let onward = streets.leaving(from.node).iter();
        for &stretch in onward.filter(|&&stretch| stretch != Streets::back(from.by)) {
            let then = f64::from(from.cost) + streets.length_m(stretch);
            self.reach(streets, goal, streets.end(stretch), then, stretch);
        }
    }

    fn reach(&mut self, streets: &Streets, goal: [f64; 2], node: Node, metres: f64, by: Stretch) {
        self.search.reach(node, metres as f32, by, || {
            let place = streets.place(node);
            let [east, north] = [goal[0] - place[0], goal[1] - place[1]];
            (east * east + north * north).sqrt() as f32
        });
    }

    fn walked_back(&self, streets: &Streets, from: OnStreet, end: OnStreet) -> Option<Way> {
        let mut stretches = vec![end.stretch];
        let mut node = streets.start(end.stretch);
        let (forward, backward) = (from.stretch, Streets::back(from.stretch));
        loop {
            let by = self.search.by(node);
            stretches.push(by);
            let starts_here = by == forward || by == backward;
            if starts_here {
                break;
            }
            node = streets.start(by);
            // A way is no longer than there are junctions.
            if stretches.len() > streets.node_count() as usize {
                return None;
            }
        }
        stretches.reverse();
        let first_m = match stretches[0] == forward {
            true => from.along_m,
            false => from.turned(streets).along_m,
        };
        let whole: f64 = stretches.iter().rev().skip(1).map(|&it| streets.length_m(it)).sum();
        Some(Way { stretches, first_m, length_m: (whole + end.along_m - first_m).max(0.0) })
    }
}

/// The way within one stretch, and its cost.
fn direct(streets: &Streets, from: OnStreet, to: OnStreet, turning_m: f64) -> Option<(f64, Way)> {
    let to = match to.stretch == from.stretch {
        true => to,
        false if to.stretch == Streets::back(from.stretch) => to.turned(streets),
        false => return None,
    };
    let length_m = (to.along_m - from.along_m).abs();
    let (start, cost) = match to.along_m >= from.along_m {
        true => (from, length_m),
        false => (from.turned(streets), length_m + turning_m),
    };
    let way = Way { stretches: vec![start.stretch], first_m: start.along_m, length_m };
    Some((cost, way))
}
