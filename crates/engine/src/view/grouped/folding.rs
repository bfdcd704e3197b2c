//! Groups within a budget: when a view would take more memory than it may, its smallest keys are folded into one rest.
//!
//! The level with the most keys gives up the smaller half of them: each parent's go into one group, which results show
//! only among "other" and in "top n of m". Totals and parents stay exact. A key that was folded and comes again begins
//! anew, so that what is shown of it may lack what was folded: never more than the largest folded key had. That is lossy
//! counting (Manku and Motwani, 2002) by batches; frequent keys are never lost. It is told as approximate until what was
//! folded has left the window.

use super::{Code, Group, Grouped, Key, Partial, State};
use crate::fields::Dictionary;
use crate::view::bucket::Ranking;

/// The kind of the code of a rest; larger than any other, so that it comes last.
const REST: u8 = u8::MAX;

/// What a map's entry, a list's place and an allocation take beside a group and its states, in bytes.
const BESIDE: usize = 160;

impl Code {
    /// Whether keys were folded into this one.
    pub(super) fn is_rest(self) -> bool {
        self.0 == REST
    }
}

impl Grouped {
    /// About how many bytes the groups take.
    pub(crate) fn bytes(&self) -> usize {
        let (group, state) = self.bytes_each();
        (self.groups.len() - self.free.len()) * group + self.states * state + self.beside
    }

    /// About how many bytes so many groups of so many records take, but for what states keep beside themselves.
    pub(crate) fn bytes_of(&self, groups: u64, records: u64) -> u64 {
        let (group, state) = self.bytes_each();
        let panes = self.window.about_panes();
        let states = groups.saturating_mul(panes).min(records.max(groups));
        groups.saturating_mul(group as u64).saturating_add(states.saturating_mul(state as u64))
    }

    /// Bytes of a group, and of a state in it.
    fn bytes_each(&self) -> (usize, usize) {
        let partials = self.measures.columns().len() * size_of::<Partial>();
        let state = size_of::<(i64, State)>() + partials;
        let settled = if self.window.slides() { state } else { 0 };
        (size_of::<Group>() + size_of::<Key>() + BESIDE + settled, state)
    }

    /// Folds where the groups, after so many more rows, take more than the budget.
    pub(super) fn keep_within_budget(&mut self, taken_in: usize, words: &Dictionary) {
        if self.measures.grow() {
            self.unweighed += taken_in;
            // To weigh all states costs about as much as to take in as many rows.
            if self.unweighed > self.states {
                self.weigh();
            }
        }
        let mut most_bytes = self.book();
        if self.bytes() > most_bytes {
            self.weigh();
            most_bytes = self.book();
        }
        if self.bytes() > most_bytes {
            self.fold(most_bytes, words);
            self.book();
        }
    }

    fn book(&mut self) -> usize {
        let bytes = self.bytes();
        self.share.book(bytes)
    }

    fn weigh(&mut self) {
        let panes = self.groups.iter().flat_map(|group| &group.panes).map(|(_, state)| state);
        let settled = self.groups.iter().filter_map(|group| group.settled.as_ref());
        let states = panes.chain(settled.map(|(_, state)| state.as_ref()));
        let partials = states.flat_map(|state| &state.partials);
        self.beside = partials.map(Partial::beside).sum();
        self.unweighed = 0;
    }

    /// Folds until the groups take at most three quarters of what they may.
    fn fold(&mut self, most_bytes: usize, words: &Dictionary) {
        while self.bytes() > most_bytes / 4 * 3 {
            if !self.fold_once(words) {
                return;
            }
            self.weigh();
        }
    }

    /// Folds the smaller half of the keys of the level that has the most; says whether there was anything to fold.
    fn fold_once(&mut self, words: &Dictionary) -> bool {
        let Some(depth) = self.widest() else { return false };
        let mut sizes: Vec<(u64, Key)> = self
            .groups
            .iter()
            .filter(|group| group.key.len() == depth && !group.panes.is_empty())
            .filter(|group| group.key.codes().last().is_some_and(|code| !code.is_rest()))
            .map(|group| (group.panes.iter().map(|(_, state)| state.count).sum(), group.key))
            .collect();
        sizes.sort_unstable_by(|(a, a_key), (b, b_key)| {
            a.cmp(b).then_with(|| a_key.codes().cmp(b_key.codes()))
        });
        sizes.truncate(sizes.len().div_ceil(2));
        if sizes.is_empty() {
            return false;
        }
        let folded: hashbrown::HashSet<Key, foldhash::fast::FixedState> =
            sizes.into_iter().map(|(_, key)| key).collect();
        let groups = std::mem::take(&mut self.groups);
        self.clear();
        for group in groups.into_iter().filter(|group| !group.panes.is_empty()) {
            let of_folded = group.key.len() >= depth && folded.contains(&group.key.first(depth));
            let key = if of_folded { group.key.with(depth - 1, Code(REST, 0)) } else { group.key };
            let is_folded = of_folded && group.key.len() == depth;
            self.put_back(&key, group, u64::from(is_folded), words);
        }
        true
    }

    /// The depth with the most keys, of those whose keys may be folded; of several the outermost.
    fn widest(&self) -> Option<usize> {
        let mut keys = vec![0_usize; self.levels.len() + 1];
        for group in self.groups.iter().filter(|group| !group.panes.is_empty()) {
            if group.key.codes().last().is_some_and(|code| !code.is_rest()) {
                keys[group.key.len()] += 1;
            }
        }
        let may_fold = |depth: &usize| !matches!(self.levels[*depth - 1].1, Ranking::AsGiven);
        (1..=self.levels.len()).rev().filter(may_fold).max_by_key(|depth| keys[*depth])
    }

    fn put_back(&mut self, key: &Key, group: Group, folded: u64, words: &Dictionary) {
        let index = self.by_key.get(key).copied().unwrap_or_else(|| self.make(key));
        self.groups[index as usize].folded += group.folded + folded;
        for (pane, state) in group.panes {
            self.groups[index as usize].settled = None;
            let panes = &mut self.groups[index as usize].panes;
            match panes.binary_search_by_key(&pane, |(pane, _)| *pane) {
                Ok(place) => panes[place].1.merge(&state, words),
                Err(place) => {
                    panes.insert(place, (pane, state));
                    self.by_pane.entry(pane).or_default().push(index);
                    self.states += 1;
                }
            }
        }
    }
}

impl Key {
    /// The first so many codes.
    fn first(&self, length: usize) -> Self {
        let mut first = *self;
        while first.len() > length {
            first.pop();
        }
        first
    }

    fn with(&self, place: usize, code: Code) -> Self {
        let mut other = *self;
        other.codes[place] = code;
        other
    }
}
