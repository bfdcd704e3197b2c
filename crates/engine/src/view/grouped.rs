//! Groups: buckets and metrics over rows, kept by panes so that a window can slide.
//!
//! A group is a path of keys; all its prefixes are groups too, so that an order by a metric and a count of a parent are
//! at hand. Each group holds one partial state per pane in which it has rows.

mod columns;
mod folding;
mod writing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::ops::{Range, RangeInclusive};

use hailstream_protocol::{QueryResult, Row, RowFlags};
use hailstream_query::Query;
use hashbrown::HashMap;

use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::{Filters, Passing, When};
use crate::rows::Rows;

use super::Context;
use super::bucket::{By, Code, Coding, Level, Ranking, levels, moving};
use super::budget::{Budget, Share};
use super::metric::{Mask, Measures, Partial, Readings};
use super::pipeline::Pipelines;
use super::rounding::Rounding;
use super::shared::Shared;
use super::window::{Bounds, Window};
use writing::Writing;

pub(super) use writing::MAX_FILLED;

/// Depths there can be: no key, and one for each bucket of a query.
const DEPTHS: usize = 5;
/// So many rows are taken in column by column; fewer are not worth it.
const MANY: usize = 8;
/// Groups with more panes keep the older ones merged.
const FEW_PANES: usize = 2;
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
    share: Share,
    /// Whether metrics are kept at each depth: in leaves, and where an order asks for one.
    measured: [bool; DEPTHS],
}

/// A batch, with all looked up in it that a view asks for.
struct Prepared<'a> {
    rows: &'a Rows,
    passing: Passing<'a>,
    coding: Vec<Coding<'a>>,
    readings: Readings<'a>,
    filters: &'a Filters,
}

/// A row that is taken in.
struct Taken<'a> {
    row: usize,
    mask: Mask,
    readings: &'a Readings<'a>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    key: Key,
    panes: VecDeque<(i64, State)>,
    /// All panes but the newest as one, from this pane on, for as long as none of them changes: most rows are of now.
    settled: Option<(i64, Box<State>)>,
    /// Keys that were folded into this one.
    folded: u64,
}

impl Group {
    /// Its state in the panes from `first` to `last`; both are where groups of a window that slides have their ends.
    fn total(
        &mut self,
        (first, last): (i64, i64),
        measures: &Measures,
        words: &Dictionary,
    ) -> State {
        let merged = |panes: &mut dyn Iterator<Item = &(i64, State)>| {
            let mut state = State::new(measures);
            let within = panes.filter(|(pane, _)| (first..=last).contains(pane));
            within.for_each(|(_, pane)| state.merge(pane, words));
            state
        };
        let newest = self.panes.back().filter(|(pane, _)| (first..=last).contains(pane));
        let Some((_, newest)) = newest.filter(|_| self.panes.len() > FEW_PANES) else {
            return merged(&mut self.panes.iter());
        };
        if self.settled.as_ref().is_none_or(|(from, _)| *from != first) {
            let before = self.panes.len() - 1;
            self.settled = Some((first, Box::new(merged(&mut self.panes.iter().take(before)))));
        }
        let mut total =
            self.settled.as_ref().map_or_else(State::default, |(_, state)| (**state).clone());
        total.merge(newest, words);
        total
    }
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
        budget: &Budget,
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
            share: budget.share(),
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
        chosen: Range<usize>,
        bounds: &Bounds,
        context: &Context<'_>,
        shared: &Shared,
    ) -> bool {
        // Taken out meanwhile, so that what is looked up once may borrow from them while groups change.
        let filters = std::mem::take(&mut self.filters);
        let levels = std::mem::take(&mut self.levels);
        let measures = std::mem::take(&mut self.measures);
        let batch = Prepared {
            rows,
            passing: filters.over(rows, context.fields, context.words),
            coding: levels
                .iter()
                .map(|(level, _)| level.over(rows, self.time_field, context.fields, context.words))
                .collect(),
            readings: measures.over(rows, context),
            filters: &filters,
        };
        let taken_in = match chosen.len() {
            ..MANY => self.take_one_by_one(&batch, chosen, bounds),
            _ => self.take_many(&batch, chosen, bounds, shared),
        };
        drop(batch);
        self.measures = measures;
        self.filters = filters;
        self.levels = levels;
        self.keep_within_budget(taken_in, context.words);
        taken_in > 0
    }

    fn take_one_by_one(
        &mut self,
        batch: &Prepared<'_>,
        chosen: impl Iterator<Item = usize>,
        bounds: &Bounds,
    ) -> usize {
        let span = self.span(bounds);
        let mut codes = vec![Vec::new(); batch.coding.len()];
        let mut taken_in = 0;
        for row in chosen {
            let time_ms = batch.rows.origins[row].time_ms;
            if !span.contains(&time_ms) || !batch.passing.row(row) {
                continue;
            }
            taken_in += 1;
            for (codes, coding) in codes.iter_mut().zip(&batch.coding) {
                codes.clear();
                coding.codes(row, codes);
            }
            let mask = batch.readings.mask(row);
            let taken = Taken { row, mask, readings: &batch.readings };
            self.enter(&mut Key::default(), &codes, self.window.pane(time_ms), &taken);
        }
        taken_in
    }

    fn take_many(
        &mut self,
        batch: &Prepared<'_>,
        chosen: Range<usize>,
        bounds: &Bounds,
        shared: &Shared,
    ) -> usize {
        let keys = batch.coding.iter().map(|coding| shared.keys(coding.name(), || coding.keys()));
        let Some(keys) = keys.collect::<Option<Vec<_>>>() else {
            return self.take_one_by_one(batch, chosen, bounds);
        };
        let passing = shared.passing(batch.filters.name(), || {
            (0..batch.rows.len())
                .filter(|row| batch.passing.row(*row))
                .map(|row| row as u32)
                .collect()
        });
        let span = self.span(bounds);
        let times = shared.times(batch.rows);
        let time_ms = |row: u32| batch.rows.origins[row as usize].time_ms;
        let are_inside =
            times.is_some_and(|(least, most)| span.contains(&least) && span.contains(&most));
        let passing = passing.iter().copied().filter(|row| chosen.contains(&(*row as usize)));
        let taken: Vec<u32> = match are_inside {
            true => passing.collect(),
            false => passing.filter(|row| span.contains(&time_ms(*row))).collect(),
        };
        let taken_in = taken.len();
        let window = self.window.clone();
        self.take_columns(taken, &keys, |row| window.pane(time_ms(row)), &batch.readings);
        taken_in
    }

    /// Event times that are taken in.
    fn span(&self, bounds: &Bounds) -> RangeInclusive<i64> {
        let (first, _) = self.window.panes(bounds);
        let from =
            if self.window.slides() { self.window.pane_start(first) } else { bounds.from_ms };
        let end_moves = self.window.slides() && self.window.end_moves();
        from..=if end_moves { i64::MAX } else { bounds.to_ms }
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
            _ => self.index(key),
        };
        self.latest[depth] = Some(index);
        let place = self.place(index, pane, taken.readings);
        let state = &mut self.groups[index as usize].panes[place].1;
        state.count += 1;
        taken.readings.take(taken.row, taken.mask, &mut state.partials);
    }

    /// The group of a key, made where there is none.
    fn index(&mut self, key: &Key) -> u32 {
        match self.by_key.get(key) {
            Some(index) => *index,
            None => self.make(key),
        }
    }

    /// Where a group has its state of a pane, made where there is none.
    fn place(&mut self, index: u32, pane: i64, readings: &Readings<'_>) -> usize {
        let group = &mut self.groups[index as usize];
        if let Some((last, _)) = group.panes.back()
            && *last == pane
        {
            return group.panes.len() - 1;
        }
        group.settled = None;
        group.panes.binary_search_by_key(&pane, |(pane, _)| *pane).unwrap_or_else(|place| {
            let state = match self.measured[group.key.len()] {
                true => State { count: 0, partials: readings.partials() },
                false => State::default(),
            };
            group.panes.insert(place, (pane, state));
            self.by_pane.entry(pane).or_default().push(index);
            self.states += 1;
            place
        })
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
                group.settled = None;
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
    pub(crate) fn result(&mut self, bounds: &Bounds, words: &Dictionary) -> QueryResult {
        let span = self.window.panes(bounds);
        let mut tree =
            Tree { children: HashMap::default(), states: Vec::with_capacity(self.groups.len()) };
        for (index, group) in self.groups.iter_mut().enumerate() {
            let state = group.total(span, &self.measures, words);
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
