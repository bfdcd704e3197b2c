//! A list that grows at its top while somebody reads it: it stands still, and says what waits.

use super::record::Place;
use crate::freshness::count_words;

/// Records that came since the list stands still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many are known.
    pub count: usize,
    /// Whether there may be more: what is shown is no longer among what is held.
    pub or_more: bool,
}

impl Waiting {
    /// Counts the records that arrived before the first one that is shown. Both lists are newest first.
    #[must_use]
    pub fn of(shown: &[Place], arrived: &[Place]) -> Self {
        let Some(first) = shown.first() else {
            return Self { count: arrived.len(), or_more: false };
        };
        // A late record may push in above the newest one shown; those that were shown are not counted.
        let is_new = |place: &&Place| !shown.contains(*place);
        match arrived.iter().position(|place| place == first) {
            Some(at) => Self { count: at, or_more: false },
            None => Self { count: arrived.iter().filter(is_new).count(), or_more: true },
        }
    }

    /// `37 waiting while you read`; nothing where none wait.
    #[must_use]
    pub fn words(self) -> Option<String> {
        let more = if self.or_more { "+" } else { "" };
        (self.count > 0)
            .then(|| format!("{}{more} waiting while you read", count_words(self.count as u64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(offsets: std::ops::Range<i64>) -> Vec<Place> {
        let place = |offset| Place { topic: "t".into(), partition: 0, offset };
        offsets.rev().map(place).collect()
    }

    #[test]
    fn what_came_since_is_counted() {
        let shown = places(0..10);
        let words = |arrived: &[Place]| Waiting::of(&shown, arrived).words();
        assert_eq!(words(&shown), None);
        assert_eq!(words(&places(3..13)).as_deref(), Some("3 waiting while you read"));
        assert_eq!(words(&places(40..50)).as_deref(), Some("10+ waiting while you read"));
        assert_eq!(Waiting::of(&[], &shown), Waiting { count: 10, or_more: false });
        assert_eq!(words(&[]), None);
    }
}
