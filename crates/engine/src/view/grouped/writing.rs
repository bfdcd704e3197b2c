//! Groups as rows: ranked, cut, filled up and written depth first.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_protocol::{Row, RowFlags, Truncated, Value};
use hailstream_query::Direction;

use crate::fields::Dictionary;
use crate::view::bucket::{By, Code, Level, Ranking};

use super::{Grouped, State, Tree};

/// Rows of an answer up to which axes are filled up with empty ones: as many as OpenSearch answers with
/// (`search.max_buckets`).
pub(in crate::view) const MAX_FILLED: u64 = 65_535;

/// Writes rows depth first. A node is a set of groups: one, or all those beyond a `terms` bucket's size together.
pub(super) struct Writing<'a> {
    pub(super) grouped: &'a Grouped,
    pub(super) tree: &'a Tree,
    pub(super) words: &'a Dictionary,
    pub(super) rows: Vec<Row>,
    pub(super) flags: Vec<RowFlags>,
    /// Records in each row.
    pub(super) counts: Vec<u64>,
    pub(super) truncated: BTreeMap<String, Truncated>,
    /// Columns with estimates in them, and buckets of which keys were folded.
    pub(super) estimated: BTreeSet<String>,
}

struct Child {
    code: Code,
    groups: Vec<usize>,
    state: State,
}

impl Writing<'_> {
    pub(super) fn write(&mut self, node: &[usize], depth: usize, prefix: &mut Row, other: bool) {
        let Some((level, ranking)) = self.grouped.levels.get(depth) else {
            let measures = &self.grouped.measures;
            let mut state = State::new(measures);
            node.iter().for_each(|index| state.merge(&self.tree.states[*index], self.words));
            let mut row = prefix.clone();
            state.write(measures, self.words, &mut row);
            self.estimated.extend(measures.estimated(&state.partials));
            self.rows.push(row);
            self.flags.push(RowFlags { other });
            self.counts.push(state.count);
            return;
        };
        let mut children = self.children(level, node);
        let rest = children.pop_if(|child| child.code.is_rest());
        let folded = self.folded(level, rest.as_ref());
        let leaf = depth + 1 == self.grouped.levels.len();
        match ranking {
            Ranking::Series => {
                children.retain(|child| child.state.count >= level.min_doc_count());
                if folded > 0 {
                    self.truncate(level, children.len(), children.len() as u64 + folded);
                }
                children.sort_by_key(|child| child.code.1 as i64);
                if level.min_doc_count() == 0 && leaf {
                    children = self.filled(level, children);
                }
                self.write_all(level, children, depth, prefix, other);
            }
            Ranking::AsGiven => {
                let mut all: Vec<Child> =
                    (0..level.places()).map(|index| self.empty(Level::place(index))).collect();
                for child in children {
                    let place = child.code.1 as usize;
                    all[place] = child;
                }
                self.write_all(level, all, depth, prefix, other);
            }
            Ranking::Top { size, by, direction, other: wants_other } => {
                self.rank(level, &mut children, *by, *direction);
                let of = children.len() as u64 + folded;
                let mut beyond = children.split_off((*size).min(children.len()));
                beyond.extend(rest);
                if !beyond.is_empty() {
                    self.truncate(level, children.len(), of);
                }
                self.write_all(level, children, depth, prefix, other);
                if *wants_other && !beyond.is_empty() {
                    let groups: Vec<usize> =
                        beyond.into_iter().flat_map(|child| child.groups).collect();
                    prefix.push(Value::Null);
                    self.write(&groups, depth + 1, prefix, true);
                    prefix.pop();
                }
            }
        }
    }

    /// How many keys a rest stands for at most; a bucket that has one is approximate.
    fn folded(&mut self, level: &Level, rest: Option<&Child>) -> u64 {
        let Some(rest) = rest else { return 0 };
        self.estimated.insert(level.id.clone());
        rest.groups.iter().map(|index| self.grouped.groups[*index].folded).sum()
    }

    fn truncate(&mut self, level: &Level, shown: usize, of: u64) {
        let truncated = self.truncated.entry(level.id.clone()).or_default();
        truncated.shown += shown as u64;
        truncated.of += of;
    }

    fn write_all(
        &mut self,
        level: &Level,
        children: Vec<Child>,
        depth: usize,
        prefix: &mut Row,
        other: bool,
    ) {
        for child in children {
            prefix.push(level.key(child.code, self.words));
            self.write(&child.groups, depth + 1, prefix, other);
            prefix.pop();
        }
    }

    fn children(&self, level: &Level, node: &[usize]) -> Vec<Child> {
        let mut by_code: BTreeMap<Code, Vec<usize>> = BTreeMap::new();
        for parent in node {
            let below = self.tree.children.get(&self.grouped.groups[*parent].key);
            for child in below.into_iter().flatten() {
                if let Some(code) = self.grouped.groups[*child].key.codes().last() {
                    let code = level.joined(*code, self.words);
                    by_code.entry(code).or_default().push(*child);
                }
            }
        }
        let child = |(code, groups): (Code, Vec<usize>)| {
            let mut state = State::new(&self.grouped.measures);
            groups.iter().for_each(|index| state.merge(&self.tree.states[*index], self.words));
            Child { code, groups, state }
        };
        by_code.into_iter().map(child).collect()
    }

    fn empty(&self, code: Code) -> Child {
        Child { code, groups: Vec::new(), state: State::new(&self.grouped.measures) }
    }

    /// With the empty buckets between; where these would be too many, without them, and told as truncated.
    fn filled(&mut self, level: &Level, children: Vec<Child>) -> Vec<Child> {
        let hits = children.first().zip(children.last());
        let hits = hits.map(|(first, last)| (first.code.1 as i64, last.code.1 as i64));
        let Some((first, last, of)) = level.stretch(hits) else { return children };
        if of.saturating_add(self.rows.len() as u64) > MAX_FILLED {
            self.truncate(level, children.len(), of);
            return children;
        }
        let mut filled: Vec<Child> = Vec::with_capacity(of as usize);
        let mut due = Some(first);
        let fill_before = |end: i64, due: Option<i64>, filled: &mut Vec<Child>| {
            let mut due = due;
            while let Some(place) = due.filter(|place| *place < end) {
                if level.admits(place) {
                    filled.push(self.empty(Level::at(place)));
                }
                due = level.next_place(place);
            }
        };
        for child in children {
            let place = child.code.1 as i64;
            fill_before(place, due, &mut filled);
            due = level.next_place(place);
            filled.push(child);
        }
        fill_before(last.saturating_add(1), due, &mut filled);
        filled
    }

    fn rank(&self, level: &Level, children: &mut [Child], by: By, direction: Direction) {
        let mut keyed: Vec<(Value, Value, usize)> = children
            .iter()
            .enumerate()
            .map(|(index, child)| {
                let rank = match by {
                    By::Count => Value::Int(child.state.count as i64),
                    By::Key => level.key_rank(child.code, self.words),
                    By::Metric(column) => {
                        let mut cells = Row::new();
                        child.state.write(&self.grouped.measures, self.words, &mut cells);
                        cells.into_iter().nth(column).unwrap_or_default()
                    }
                };
                (rank, level.key_rank(child.code, self.words), index)
            })
            .collect();
        keyed.sort_by(|(a, a_key, _), (b, b_key, _)| {
            let order = match direction {
                Direction::Asc => a.cmp(b),
                Direction::Desc => b.cmp(a),
            };
            order.then_with(|| a_key.cmp(b_key))
        });
        let mut places = vec![0; keyed.len()];
        keyed.iter().enumerate().for_each(|(place, (_, _, index))| places[*index] = place);
        let mut index = 0;
        while index < places.len() {
            let place = places[index];
            if place == index {
                index += 1;
            } else {
                children.swap(index, place);
                places.swap(index, place);
            }
        }
    }
}
