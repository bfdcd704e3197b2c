//! A view in its engine: what was told of it last, and whether it has something to tell.

use std::sync::Arc;

use hailstream_geo::mercator::Tile;
use hailstream_protocol::QueryResult;
use hailstream_query::{Entities, ViewKey};

use crate::view::{EntityTable, View};

pub(super) struct Entry {
    pub(super) key: ViewKey,
    pub(super) view: Option<View>,
    pub(super) last: Option<Arc<QueryResult>>,
    pub(super) stale: bool,
    pub(super) spent_ns: u64,
}

impl Entry {
    pub(super) fn new(key: ViewKey) -> Self {
        Self { key, view: None, last: None, stale: true, spent_ns: 0 }
    }

    pub(super) fn tile(&self) -> Option<Tile> {
        self.view.as_ref().and_then(View::tile)
    }

    pub(super) fn has_changed(&self, entities: &EntityTable) -> bool {
        self.view.as_ref().is_some_and(|view| self.stale || view.has_changed(entities))
    }

    /// Whether a view that is told at intervals has its turn. They end at whole numbers of them, so that those of one map
    /// come in one message.
    pub(super) fn is_due(&self, wall_ms: Option<i64>) -> bool {
        let asked = self.view.as_ref().and_then(|view| view.query.entities.as_ref());
        let told_ms = self.last.as_ref().and_then(|last| last.as_of.pushed_ms);
        let (Some(every_ms), Some(told_ms)) = (asked.and_then(Entities::every_ms), told_ms) else {
            return true;
        };
        wall_ms.is_none_or(|wall_ms| wall_ms.div_euclid(every_ms) > told_ms.div_euclid(every_ms))
    }

    /// Books the time since `began_ns`; the time now.
    pub(super) fn spent_since(&mut self, began_ns: u64, stopwatch: fn() -> u64) -> u64 {
        let now_ns = stopwatch();
        self.spent_ns += now_ns.saturating_sub(began_ns);
        now_ns
    }
}
