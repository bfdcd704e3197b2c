//! How much memory the groups of views may take: each alone, and all together, whichever stream they are of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes that the groups of a view may take, about: some 300,000 groups of a few metrics.
const EACH_BYTES: usize = 128 << 20;
/// Bytes that the groups of all views may take, about.
const ALL_BYTES: usize = 1 << 30;

/// Limits of memory; views that are given the same one (or its clone) share it.
#[derive(Clone, Debug)]
pub struct Budget {
    each_bytes: usize,
    all: Arc<All>,
}

#[derive(Debug)]
struct All {
    most_bytes: usize,
    booked_bytes: AtomicUsize,
    shares: AtomicUsize,
}

impl Default for Budget {
    /// 128 MiB for a view, 1 GiB for all.
    fn default() -> Self {
        Self::new(EACH_BYTES, ALL_BYTES)
    }
}

impl Budget {
    /// Bytes for the groups of one view, about, and for those of all.
    #[must_use]
    pub fn new(each_bytes: usize, all_bytes: usize) -> Self {
        let (booked_bytes, shares) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let all = All { most_bytes: all_bytes, booked_bytes, shares };
        Self { each_bytes: each_bytes.min(all_bytes), all: Arc::new(all) }
    }

    /// The most that one view may take, bytes.
    #[must_use]
    pub fn each_bytes(&self) -> usize {
        self.each_bytes
    }

    /// The most that all may take together, bytes.
    #[must_use]
    pub fn all_bytes(&self) -> usize {
        self.all.most_bytes
    }

    /// What views hold of it, bytes.
    #[must_use]
    pub fn booked_bytes(&self) -> usize {
        self.all.booked_bytes.load(Relaxed)
    }

    /// A view's part, with nothing booked.
    pub(crate) fn share(&self) -> Share {
        self.all.shares.fetch_add(1, Relaxed);
        Share { budget: self.clone(), booked_bytes: 0 }
    }
}

/// A view's part of a budget: what it has booked goes back when it ends.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    booked_bytes: usize,
}

impl Share {
    /// Books what a view holds; returns how much it may hold just now. While all views together hold too much, those that
    /// hold more than an equal part are to give way, so that one greedy view cannot take the memory of the modest ones.
    pub(crate) fn book(&mut self, bytes: usize) -> usize {
        let all = &self.budget.all;
        if bytes >= self.booked_bytes {
            all.booked_bytes.fetch_add(bytes - self.booked_bytes, Relaxed);
        } else {
            all.booked_bytes.fetch_sub(self.booked_bytes - bytes, Relaxed);
        }
        self.booked_bytes = bytes;
        if all.booked_bytes.load(Relaxed) <= all.most_bytes {
            return self.budget.each_bytes;
        }
        self.budget.each_bytes.min(all.most_bytes / all.shares.load(Relaxed).max(1))
    }
}

impl Clone for Share {
    fn clone(&self) -> Self {
        let mut share = self.budget.share();
        share.book(self.booked_bytes);
        share
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.book(0);
        self.budget.all.shares.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_more_than_an_equal_part_gives_way_while_all_hold_too_much() {
        let budget = Budget::new(600, 1_000);
        let (mut greedy, mut modest) = (budget.share(), budget.share());
        assert_eq!((greedy.book(500), modest.book(500)), (600, 600));
        assert_eq!(greedy.book(550), 500, "1,050 of 1,000");
        let copy = modest.clone();
        assert_eq!((greedy.book(400), budget.booked_bytes()), (333, 1_400));
        drop(copy);
        assert_eq!((greedy.book(400), budget.booked_bytes()), (600, 900));
        drop((greedy, modest));
        assert_eq!(budget.booked_bytes(), 0);
    }
}
