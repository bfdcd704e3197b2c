//! Which views there are, by their question: equal questions meet in one view.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hailstream_query::{Query, QueryError, ViewKey};

use super::view::View;

/// Views in the whole server. When full, the view that nobody followed for longest makes room; where all are
/// followed, the question is refused.
const MAX_VIEWS: usize = 2000;

#[derive(Debug, Default)]
pub(super) struct Registry {
    views: BTreeMap<ViewKey, Arc<View>>,
    last_number: u32,
}

/// A view found, or made and still to be opened by its runner.
pub(super) enum Found {
    There(Arc<View>),
    /// With the view that had to make room; its runner notices by itself.
    Made(Arc<View>),
}

impl Registry {
    pub(super) fn find_or_make(
        &mut self,
        query: &Query,
        standing: bool,
        now_ms: i64,
    ) -> Result<Found, QueryError> {
        let key = query.view_key();
        if let Some(view) = self.views.get(&key) {
            if standing {
                view.stand(true);
            }
            return Ok(Found::There(Arc::clone(view)));
        }
        if self.views.len() >= MAX_VIEWS && !self.make_room() {
            return Err(QueryError {
                code: "too_many_views",
                at: "query".to_owned(),
                detail: format!("{MAX_VIEWS} different questions are being followed; try later"),
            });
        }
        self.last_number += 1;
        let view = Arc::new(View::new(self.last_number, query.normalised(), standing, now_ms));
        self.views.insert(key, Arc::clone(&view));
        Ok(Found::Made(view))
    }

    fn make_room(&mut self) -> bool {
        let idle = self.views.iter().filter(|(_, view)| !view.is_standing());
        let oldest = idle.filter_map(|(key, view)| Some((view.idle_since_ms()?, key))).min();
        match oldest.map(|(_, key)| key.clone()) {
            Some(key) => self.views.remove(&key).is_some(),
            None => false,
        }
    }

    /// Views of other questions than these no longer stand: they go when nobody has followed them for long.
    pub(super) fn release_all_but(&self, standing: &BTreeSet<ViewKey>) {
        let released = self.views.iter().filter(|(key, _)| !standing.contains(*key));
        released.for_each(|(_, view)| view.stand(false));
    }

    /// All views, by number.
    pub(super) fn all(&self) -> Vec<Arc<View>> {
        let mut views: Vec<Arc<View>> = self.views.values().cloned().collect();
        views.sort_by_key(|view| view.number);
        views
    }

    pub(super) fn contains(&self, view: &Arc<View>) -> bool {
        self.views.get(&view.query.view_key()).is_some_and(|there| Arc::ptr_eq(there, view))
    }

    pub(super) fn remove(&mut self, view: &Arc<View>) {
        if self.contains(view) {
            self.views.remove(&view.query.view_key());
        }
    }

    /// Removes `view` if nobody followed it since `before_ms` and it is not standing.
    pub(super) fn retire(&mut self, view: &Arc<View>, before_ms: i64) -> bool {
        let idle = view.idle_since_ms().is_some_and(|since| since < before_ms);
        if idle && !view.is_standing() {
            self.remove(view);
        }
        !self.contains(view)
    }
}
