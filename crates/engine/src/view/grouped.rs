//! Groups: buckets and metrics over rows, kept by panes so that a window can slide.
//!
//! A group is a path of keys; all its prefixes are groups too, so that an order by a metric and a count of a parent are
//! at hand. Each group holds one partial state per pane in which it has rows.

mod folding;
mod writing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{Hash, Hasher};

use hailstream_protocol::{QueryResult, Row, RowFlags};
use hailstream_query::Query;
use hashbrown::HashMap;

use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::{Filters, When};
use crate::rows::Rows;

use super::Context;
use super::bucket::{By, Code, Coding, Level, Ranking, levels, moving};
use super::metric::{Mask, Measures, Partial, Readings};
use super::pipeline::Pipelines;
use super::rounding::Rounding;
use super::window::{Bounds, Window};
use writing::Writing;

pub(super) use writing::MAX_FILLED;

/// Depths there can be: no key, and one for each bucket of a query.
const DEPTHS: usize = 5;
/// Panes need not be longer than this.
const DAY_MS: i64 = 86_400_000;

/// The codes of a group's path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Key {
    codes: [Code; DEPTHS - 1],
    length: u8,
}

impl Key {
    fn codes(&self) -> &[Code] {
        &self.codes[..self.length as usize]
    }

    fn len(&self) -> usize {
        self.length as usize
    }

    fn push(&mut self, code: Code) {
        self.codes[self.length as usize] = code;
        self.length += 1;
    }

    /// Takes the last code off; what lies beyond the length is always the default, so that keys compare whole.
    fn pop(&mut self) -> Option<Code> {
        self.length = self.length.checked_sub(1)?;
        Some(std::mem::take(&mut self.codes[self.length as usize]))
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for Code(kind, number) in self.codes() {
            state.write_u64(*number ^ (u64::from(*kind) << 56));
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Grouped {
    filters: Filters,
    levels: Vec<(Level, Ranking)>,
    measures: Measures,
    pipelines: Pipelines,
    pub(crate) window: Window,
    /// What the clock moves of the buckets.
    moving: Vec<i64>,
    time_field: Option<FieldId>,
    groups: Vec<Group>,
    free: Vec<u32>,
    by_key: HashMap<Key, u32, foldhash::fast::FixedState>,
    by_pane: BTreeMap<i64, Vec<u32>>,
    /// The group touched last at each depth: rows of one moment mostly go to the same.
    latest: [Option<u32>; DEPTHS],
    /// States that groups hold in all.
    states: usize,
    /// What the states keep beside themselves, in bytes, when that was looked at last.
    beside: usize,
    /// Rows taken in since then.
    unweighed: usize,
    /// How much memory the groups may take before the smallest are folded.
    budget_bytes: usize,
    /// Whether metrics are kept at each depth: in leaves, and where an order asks for one.
    measured: [bool; DEPTHS],
}

/// A row that is taken in.
struct Taken<'a> {
    row: usize,
    mask: Mask,
    readings: &'a Readings<'a>,
    measures: &'a Measures,
}

#[derive(Clone, Debug, Default)]
struct Group {
    key: Key,
    panes: VecDeque<(i64, State)>,
    /// Keys that were folded into this one.
    folded: u64,
}

#[derive(Clone, Debug, Default)]
struct State {
    count: u64,
    partials: Vec<Partial>,
}

impl State {
    fn new(measures: &Measures) -> Self {
        Self { count: 0, partials: measures.partials() }
    }

    fn merge(&mut self, other: &Self, words: &Dictionary) {
        self.count += other.count;
        for (mine, theirs) in self.partials.iter_mut().zip(&other.partials) {
            mine.merge(theirs, words);
        }
    }

    /// Its cells, behind those of `row`.
    fn write(&self, measures: &Measures, words: &Dictionary, row: &mut Row) {
        measures.write(&self.partials, self.count, words, row);
    }
}

impl Grouped {
    pub(crate) fn new(
        query: &Query,
        time_field: Option<FieldId>,
        now_ms: Option<i64>,
        fields: &Fields,
        budget_bytes: usize,
    ) -> Self {
        let levels = levels(query, now_ms, fields);
        let first_ms =
            levels.iter().find_map(|(level, _)| level.rounding()).map(Rounding::about_ms);
        let window = Window::of(query, first_ms.map(|length| length.min(DAY_MS)));
        let mut measured = [false; DEPTHS];
        measured[levels.len()] = true;
        for (depth, (_, ranking)) in levels.iter().enumerate() {
            measured[depth + 1] |= matches!(ranking, Ranking::Top { by: By::Metric(_), .. });
        }
        Self {
            filters: Filters::of(query, &When::of(query, now_ms)),
            levels,
            measures: Measures::new(query, now_ms, fields, time_field),
            pipelines: Pipelines::new(query),
            window,
            moving: moving(query, now_ms),
            time_field,
            groups: Vec::new(),
            free: Vec::new(),
            by_key: HashMap::default(),
            by_pane: BTreeMap::new(),
            latest: [None; DEPTHS],
            states: 0,
            beside: 0,
            unweighed: 0,
            budget_bytes,
            measured,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.groups.clear();
        self.free.clear();
        self.by_key.clear();
        self.by_pane.clear();
        self.states = 0;
        (self.beside, self.unweighed) = (0, 0);
        self.latest = [None; DEPTHS];
    }

    /// Takes in the chosen rows of a batch; says whether any concerned this view.
    pub(crate) fn add(
        &mut self,
        rows: &Rows,
        chosen: impl Iterator<Item = usize>,
        bounds: &Bounds,
        context: &Context<'_>,
    ) -> bool {
        let (fields, words) = (context.fields, context.words);
        // Taken out for the loop, so that what is looked up once may borrow from them while groups change.
        let filters = std::mem::take(&mut self.filters);
        let levels = std::mem::take(&mut self.levels);
        let passing = filters.over(rows, fields, words);
        let coding: Vec<Coding<'_>> = levels
            .iter()
            .map(|(level, _)| level.over(rows, self.time_field, fields, words))
            .collect();
        let measures = std::mem::take(&mut self.measures);
        let readings = measures.over(rows, context);
        let mut codes = vec![Vec::new(); coding.len()];
        let (first, _) = self.window.panes(bounds);
        let slides = self.window.slides();
        let end_moves = slides && self.window.end_moves();
        let mut taken_in = 0;
        for row in chosen {
            let time_ms = rows.origins[row].time_ms;
            let pane = self.window.pane(time_ms);
            let before = if slides { pane < first } else { time_ms < bounds.from_ms };
            let outside = before || (!end_moves && time_ms > bounds.to_ms);
            if outside || !passing.row(row) {
                continue;
            }
            taken_in += 1;
            for (codes, coding) in codes.iter_mut().zip(&coding) {
                codes.clear();
                coding.codes(row, codes);
            }
            let taken =
                Taken { row, mask: readings.mask(row), readings: &readings, measures: &measures };
            self.enter(&mut Key::default(), &codes, pane, &taken);
        }
        drop((coding, passing, readings));
        self.measures = measures;
        self.filters = filters;
        self.levels = levels;
        self.keep_within_budget(taken_in, words);
        taken_in > 0
    }

    fn enter(&mut self, key: &mut Key, below: &[Vec<Code>], pane: i64, taken: &Taken<'_>) {
        self.update(key, pane, taken);
        if let Some((codes, below)) = below.split_first() {
            for code in codes {
                key.push(*code);
                self.enter(key, below, pane, taken);
                key.pop();
            }
        }
    }

    fn update(&mut self, key: &Key, pane: i64, taken: &Taken<'_>) {
        let depth = key.len();
        let index = match self.latest[depth] {
            Some(index) if self.groups[index as usize].key == *key => index,
            _ => match self.by_key.get(key) {
                Some(index) => *index,
                None => self.make(key),
            },
        };
        self.latest[depth] = Some(index);
        let group = &mut self.groups[index as usize];
        let place = match group.panes.back() {
            Some((last, _)) if *last == pane => group.panes.len() - 1,
            _ => match group.panes.binary_search_by_key(&pane, |(pane, _)| *pane) {
                Ok(place) => place,
                Err(place) => {
                    let state = match self.measured[depth] {
                        true => State::new(taken.measures),
                        false => State::default(),
                    };
                    group.panes.insert(place, (pane, state));
                    self.by_pane.entry(pane).or_default().push(index);
                    self.states += 1;
                    place
                }
            },
        };
        let state = &mut group.panes[place].1;
        state.count += 1;
        taken.readings.take(taken.row, taken.mask, &mut state.partials);
    }

    fn make(&mut self, key: &Key) -> u32 {
        let group = Group { key: *key, ..Group::default() };
        let index = match self.free.pop() {
            Some(index) => {
                self.groups[index as usize] = group;
                index
            }
            None => {
                self.groups.push(group);
                (self.groups.len() - 1) as u32
            }
        };
        self.by_key.insert(*key, index);
        index
    }

    /// Drops panes before the window.
    pub(crate) fn slide(&mut self, bounds: &Bounds) {
        let (first, _) = self.window.panes(bounds);
        while let Some(entry) = self.by_pane.first_entry() {
            if *entry.key() >= first {
                break;
            }
            let pane = *entry.key();
            for index in entry.remove() {
                let group = &mut self.groups[index as usize];
                let before = group.panes.len();
                group.panes.retain(|(other, _)| *other != pane);
                self.states -= before - group.panes.len();
                if group.panes.is_empty() {
                    self.latest[group.key.len()] = None;
                    self.by_key.remove(&group.key);
                    *group = Group::default();
                    self.free.push(index);
                }
            }
        }
    }

    /// The rows of the result, and the total.
    pub(crate) fn result(&self, bounds: &Bounds, words: &Dictionary) -> QueryResult {
        let (first, last) = self.window.panes(bounds);
        let mut tree =
            Tree { children: HashMap::default(), states: Vec::with_capacity(self.groups.len()) };
        for (index, group) in self.groups.iter().enumerate() {
            let mut state = State::new(&self.measures);
            group
                .panes
                .iter()
                .filter(|(pane, _)| (first..=last).contains(pane))
                .for_each(|(_, s)| state.merge(s, words));
            let mut parent = group.key;
            if state.count > 0 && parent.pop().is_some() {
                tree.children.entry(parent).or_default().push(index);
            }
            tree.states.push(state);
        }
        let root = self.by_key.get(&Key::default()).map(|index| *index as usize);
        let mut writing = Writing {
            grouped: self,
            tree: &tree,
            words,
            rows: Vec::new(),
            flags: Vec::new(),
            counts: Vec::new(),
            truncated: BTreeMap::new(),
            estimated: BTreeSet::new(),
        };
        let roots: Vec<usize> =
            root.into_iter().filter(|index| tree.states[*index].count > 0).collect();
        writing.write(&roots, 0, &mut Vec::new(), false);
        let total = roots.first().map_or(0, |index| tree.states[*index].count);
        let keys = self.levels.iter().map(|(level, _)| level.id.clone());
        let columns = self.measures.columns();
        self.pipelines.apply(&mut writing.rows, &writing.flags, &writing.counts);
        let has_flags = writing.flags.iter().any(|flags| *flags != RowFlags::default());
        let columns: Vec<String> = keys.chain(columns.iter().cloned()).collect();
        self.pipelines.spread_estimates(&columns, &mut writing.estimated);
        let mut approximate = columns.clone();
        approximate.retain(|id| writing.estimated.contains(id));
        QueryResult {
            columns,
            approximate,
            row_flags: if has_flags { writing.flags } else { Vec::new() },
            rows: writing.rows,
            truncated: writing.truncated,
            total,
            ..QueryResult::default()
        }
    }

    /// Whether automatic intervals, or ranges that follow the clock, are others by now.
    pub(crate) fn is_outgrown(&self, query: &Query, now_ms: Option<i64>) -> bool {
        !self.moving.is_empty() && self.moving != moving(query, now_ms)
    }

    /// Start of the bucket of time that an instant lies in.
    pub(crate) fn date_start_ms(&self, at_ms: i64) -> Option<i64> {
        let rounding = self.levels.iter().find_map(|(level, _)| level.rounding());
        rounding.map(|rounding| rounding.start(at_ms))
    }
}

struct Tree {
    children: HashMap<Key, Vec<usize>, foldhash::fast::FixedState>,
    states: Vec<State>,
}
