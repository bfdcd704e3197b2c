//! Many rows at once: keys are numbered column by column, so that a group is looked up once for a batch, not once for a
//! row. It ends with the same groups as taking the rows in one by one.

use std::rc::Rc;

use hashbrown::HashMap;

use super::{Group, Grouped, Key};
use crate::view::metric::Readings;
use crate::view::shared::{Keys, NO_KEY};

/// A table of places is used as long as it has at most so many for each row, and so many at least.
const PLACES_A_ROW: usize = 4;
const FEW_PLACES: usize = 1_024;

/// Rows and the groups and panes they belong to at one depth.
struct Entries {
    rows: Vec<u32>,
    /// By row: its place in `list`.
    of: Vec<u32>,
    list: Vec<(i64, Key)>,
}

/// Numbers given to places as they are met.
enum Numbers {
    Table(Vec<u32>),
    Map(HashMap<usize, u32, foldhash::fast::FixedState>),
}

impl Numbers {
    fn new(places: usize, rows: usize) -> Self {
        if places <= FEW_PLACES.max(rows * PLACES_A_ROW) {
            Self::Table(vec![NO_KEY; places])
        } else {
            Self::Map(HashMap::default())
        }
    }

    fn number(&mut self, place: usize, new: impl FnOnce() -> u32) -> u32 {
        match self {
            Self::Table(table) => {
                if table[place] == NO_KEY {
                    table[place] = new();
                }
                table[place]
            }
            Self::Map(map) => *map.entry(place).or_insert_with(new),
        }
    }
}

impl Entries {
    /// Before any key: a row belongs to its pane.
    fn of_panes(rows: Vec<u32>, pane: impl Fn(u32) -> i64) -> Self {
        let mut numbers: HashMap<i64, u32, foldhash::fast::FixedState> = HashMap::default();
        let (mut of, mut list): (_, Vec<(i64, Key)>) = (Vec::with_capacity(rows.len()), Vec::new());
        let mut last = None;
        for row in &rows {
            let pane = pane(*row);
            let number = match last {
                Some((known, number)) if known == pane => number,
                _ => *numbers.entry(pane).or_insert_with(|| {
                    list.push((pane, Key::default()));
                    list.len() as u32 - 1
                }),
            };
            last = Some((pane, number));
            of.push(number);
        }
        Self { rows, of, list }
    }

    /// One key further: rows without one are left behind.
    fn below(&self, keys: &Keys) -> Self {
        let width = keys.codes.len();
        let mut numbers = Numbers::new(self.list.len() * width, self.rows.len());
        let mut list = Vec::new();
        let (mut rows, mut of) =
            (Vec::with_capacity(self.rows.len()), Vec::with_capacity(self.rows.len()));
        for (row, above) in self.rows.iter().zip(&self.of) {
            let id = keys.ids[*row as usize];
            if id == NO_KEY {
                continue;
            }
            let number = numbers.number(*above as usize * width + id as usize, || {
                let (pane, mut key) = self.list[*above as usize];
                key.push(keys.codes[id as usize]);
                list.push((pane, key));
                list.len() as u32 - 1
            });
            rows.push(*row);
            of.push(number);
        }
        Self { rows, of, list }
    }
}

impl Grouped {
    /// Takes in `rows`, whose keys at each level are `keys`; `pane` tells the pane of a row.
    pub(super) fn take_columns(
        &mut self,
        rows: Vec<u32>,
        keys: &[Rc<Keys>],
        pane: impl Fn(u32) -> i64,
        readings: &Readings<'_>,
    ) {
        let mut entries = Entries::of_panes(rows, pane);
        self.enter_all(&entries, 0, readings);
        for (above, keys) in keys.iter().enumerate() {
            entries = entries.below(keys);
            self.enter_all(&entries, above + 1, readings);
        }
    }

    fn enter_all(&mut self, entries: &Entries, depth: usize, readings: &Readings<'_>) {
        let mut counts = vec![0_u64; entries.list.len()];
        for of in &entries.of {
            counts[*of as usize] += 1;
        }
        let groups: Vec<u32> = entries
            .list
            .iter()
            .map(|(pane, key)| {
                let index = self.index(key);
                self.place(index, *pane, readings);
                index
            })
            .collect();
        // A group may have got further panes after the place of one was found: only now do places stay.
        let mut places = Vec::with_capacity(groups.len());
        for ((index, (pane, _)), count) in groups.iter().zip(&entries.list).zip(counts) {
            let place = self.place(*index, *pane, readings);
            self.groups[*index as usize].panes[place].1.count += count;
            places.push((*index, place));
        }
        if !self.measured[depth] || readings.is_empty() {
            return;
        }
        for (row, of) in entries.rows.iter().zip(&entries.of) {
            let (index, place) = places[*of as usize];
            let Group { panes, .. } = &mut self.groups[index as usize];
            let row = *row as usize;
            readings.take(row, readings.mask(row), &mut panes[place].1.partials);
        }
    }
}
