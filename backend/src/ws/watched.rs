//! How many viewers watch each dashboard.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sessions by the dashboard that they watch; as many entries as there are watches at most.
#[derive(Debug, Default)]
pub(crate) struct Watched(Mutex<BTreeMap<String, u32>>);

impl Watched {
    fn held(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        // A count is changed in one step: a panic elsewhere leaves it right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many watch a dashboard.
    pub(crate) fn watchers(&self, dashboard: &str) -> u32 {
        self.held().get(dashboard).copied().unwrap_or(0)
    }

    /// One more does.
    pub(super) fn enter(&self, dashboard: &str) {
        *self.held().entry(dashboard.to_owned()).or_insert(0) += 1;
    }

    /// One does no longer.
    pub(super) fn leave(&self, dashboard: &str) {
        let mut held = self.held();
        if let Some(count) = held.get_mut(dashboard) {
            *count -= 1;
            if *count == 0 {
                held.remove(dashboard);
            }
        }
    }
}
