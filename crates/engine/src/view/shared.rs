//! What views find out about a batch, kept for other views that would find out the same: which rows pass a filter, and
//! which key each row has. One is made for each batch; findings are told apart by a text that says all they depend on.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::rows::Rows;

use super::bucket::Code;

/// A row without a key.
pub(crate) const NO_KEY: u32 = u32::MAX;

/// The keys of a batch's rows at one level of buckets, numbered as they were met.
#[derive(Default)]
pub(crate) struct Keys {
    /// By row; [`NO_KEY`] where there is none.
    pub(crate) ids: Vec<u32>,
    /// By number.
    pub(crate) codes: Vec<Code>,
}

/// Keys being numbered.
#[derive(Default)]
pub(crate) struct Numbering {
    pub(crate) keys: Keys,
    numbers: HashMap<Code, u32, foldhash::fast::FixedState>,
    last: Option<(Code, u32)>,
}

impl Numbering {
    /// The key of the next row.
    pub(crate) fn push(&mut self, code: Option<Code>) {
        let Keys { ids, codes } = &mut self.keys;
        let Some(code) = code else {
            ids.push(NO_KEY);
            return;
        };
        let id = match self.last {
            Some((known, id)) if known == code => id,
            _ => *self.numbers.entry(code).or_insert_with(|| {
                codes.push(code);
                codes.len() as u32 - 1
            }),
        };
        self.last = Some((code, id));
        ids.push(id);
    }
}

/// Findings of one kind, by what they depend on.
type Found<T> = RefCell<HashMap<Arc<str>, T, foldhash::fast::FixedState>>;

/// See the module's words.
#[derive(Default)]
pub(crate) struct Shared {
    passing: Found<Rc<[u32]>>,
    keys: Found<Option<Rc<Keys>>>,
    times: OnceCell<Option<(i64, i64)>>,
}

impl Shared {
    /// The rows that pass a filter, in order.
    pub(crate) fn passing(
        &self,
        name: Option<&Arc<str>>,
        find: impl FnOnce() -> Rc<[u32]>,
    ) -> Rc<[u32]> {
        found(&self.passing, name, find)
    }

    /// The keys at a level; none where a row may have several.
    pub(crate) fn keys(
        &self,
        name: Option<&Arc<str>>,
        find: impl FnOnce() -> Option<Keys>,
    ) -> Option<Rc<Keys>> {
        found(&self.keys, name, || find().map(Rc::new))
    }

    /// The least and the greatest event time, epoch ms; none without rows.
    pub(crate) fn times(&self, rows: &Rows) -> Option<(i64, i64)> {
        *self.times.get_or_init(|| {
            let times = rows.origins.iter().map(|origin| origin.time_ms);
            times.clone().min().zip(times.max())
        })
    }
}

fn found<T: Clone>(known: &Found<T>, name: Option<&Arc<str>>, find: impl FnOnce() -> T) -> T {
    let Some(name) = name else { return find() };
    let hit = known.borrow().get(name).cloned();
    hit.unwrap_or_else(|| {
        let new = find();
        known.borrow_mut().insert(Arc::clone(name), new.clone());
        new
    })
}
