//! Which subscriptions have news that nobody has taken.

use super::SubscriptionId;

/// Each once, in the order in which they changed.
#[derive(Debug, Default)]
pub(super) struct Changed(Vec<SubscriptionId>);

impl Changed {
    /// One that waits already keeps its place.
    pub(super) fn mark(&mut self, id: SubscriptionId) {
        if !self.0.contains(&id) {
            self.0.push(id);
        }
    }

    pub(super) fn forget(&mut self, id: SubscriptionId) {
        self.0.retain(|changed| *changed != id);
    }

    /// At most so many, those that have waited longest.
    pub(super) fn take(&mut self, most: usize) -> Vec<SubscriptionId> {
        self.0.drain(..most.min(self.0.len())).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changed_first_is_taken_first() {
        let mut changed = Changed::default();
        let [a, b, c] = [1, 2, 3].map(SubscriptionId);
        [a, b, a, c].into_iter().for_each(|id| changed.mark(id));
        assert_eq!(changed.take(1), [a]);
        changed.mark(a);
        changed.forget(b);
        assert_eq!(changed.take(9), [c, a]);
        assert!(changed.is_empty() && changed.take(1).is_empty());
    }
}
