//! Putting things into an order, equal ones staying as they were.
//!
//! Items of every type are sorted by their indices, so that one sort serves them all: each type's own would cost the page
//! as much again.

use std::cmp::Ordering;

/// Sorts `items`.
pub(crate) fn sort_stable<T>(items: &mut Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    sort_indices(&mut order, &|a, b| compare(&items[a], &items[b]));
    if order.iter().enumerate().all(|(place, index)| place == *index) {
        return;
    }
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.into_iter().filter_map(|index| taken[index].take()));
}

fn sort_indices(order: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    order.sort_by(|a, b| compare(*a, *b));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(items in proptest::collection::vec((0u8..5, 0u8..200), 0..60)) {
            let (mut ours, mut theirs) = (items.clone(), items);
            sort_stable(&mut ours, &|a, b| a.0.cmp(&b.0));
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(ours, theirs);
        }
    }
}
