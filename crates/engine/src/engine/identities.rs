//! Identities of the records that counted lately: what `dedupe` knows duplicates by.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Identities of all partitions: a duplicate is recognised wherever it was sent to. When one is forgotten is a matter of
/// the partition that brought it, so that the interleaving of partitions does not show and a partition that is far
/// ahead, or whose clock is, makes no other forget.
#[derive(Debug, Default)]
pub(super) struct Identities {
    known: HashSet<Arc<[u8]>>,
    partitions: BTreeMap<(u16, i32), Generations>,
}

/// One partition's identities, in two generations of at least the window each.
#[derive(Debug, Default)]
struct Generations {
    young: Vec<Arc<[u8]>>,
    old: Vec<Arc<[u8]>>,
    turned_ms: Option<i64>,
}

impl Identities {
    pub(super) fn contain(&self, identity: &[u8]) -> bool {
        self.known.contains(identity)
    }

    /// Remembers the identity of a record that counts for one to two times `within_ms` of the partition's event time.
    pub(super) fn remember(
        &mut self,
        partition: (u16, i32),
        identity: Box<[u8]>,
        at_ms: i64,
        within_ms: i64,
    ) {
        let own = self.partitions.entry(partition).or_default();
        if own.turned_ms.is_none_or(|turned| at_ms > turned.saturating_add(within_ms)) {
            let forgotten = std::mem::replace(&mut own.old, std::mem::take(&mut own.young));
            for identity in forgotten {
                self.known.remove(&identity);
            }
            own.turned_ms = Some(at_ms);
        }
        let identity = Arc::<[u8]>::from(identity);
        own.young.push(Arc::clone(&identity));
        self.known.insert(identity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN_MS: i64 = 1_000;

    fn remember(identities: &mut Identities, partition: i32, name: &str, at_ms: i64) {
        identities.remember((0, partition), name.as_bytes().into(), at_ms, WITHIN_MS);
    }

    #[test]
    fn an_identity_is_known_for_at_least_the_window_in_every_partition() {
        let mut identities = Identities::default();
        remember(&mut identities, 0, "a", 0);
        remember(&mut identities, 0, "b", WITHIN_MS);
        assert!(identities.contain(b"a") && identities.contain(b"b"));
        remember(&mut identities, 0, "c", WITHIN_MS + 1);
        assert!(identities.contain(b"a"), "it is of the old generation");
        remember(&mut identities, 0, "d", 2 * WITHIN_MS + 2);
        assert!(!identities.contain(b"a") && identities.contain(b"c"));
    }

    #[test]
    fn a_partition_far_ahead_makes_no_other_forget() {
        let mut identities = Identities::default();
        remember(&mut identities, 0, "a", 0);
        for step in 1..5 {
            remember(&mut identities, 1, &format!("far {step}"), step * 1_000_000);
        }
        assert!(identities.contain(b"a"));
        assert_eq!(identities.known.len(), 3, "and its own do not pile up");
    }
}
