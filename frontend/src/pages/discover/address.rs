//! The words of the address that only this page has: stream, columns and order. Range, query and filters are kept as those of
//! any board.

use hailstream_client::discover::columns::{Sort, columns_address, parse_columns};
use leptos::prelude::*;

use crate::address::{AddressStore, Step};

/// Every word of the page, in the order in which an address has them.
const WORDS: [&str; 9] =
    ["stream", "from", "to", "q", "filter", "columns", "sort", "paused", "theme"];

/// See the module's words.
#[derive(Clone, Copy)]
pub(super) struct DiscoverAddress {
    address: AddressStore,
}

impl DiscoverAddress {
    pub(super) fn new() -> Self {
        Self { address: expect_context::<AddressStore>() }
    }

    /// The stream; none where the address names none. Tracks.
    pub(super) fn stream(&self) -> Option<String> {
        self.address.word("stream").filter(|name| !name.is_empty())
    }

    /// The fields in the table; none where the address names none. Tracks.
    pub(super) fn columns(&self) -> Option<Vec<String>> {
        self.address.word("columns").map(|word| parse_columns(&word))
    }

    /// The order of the rows. Tracks.
    pub(super) fn sort(&self) -> Option<Sort> {
        self.address.word("sort").as_deref().and_then(Sort::parse)
    }

    /// Another stream under the same range and filters. Its columns are others, too.
    pub(super) fn choose_stream(&self, name: &str) {
        self.set(
            &[("stream", Some(name.to_owned())), ("columns", None), ("sort", None)],
            Step::Push,
        );
    }

    pub(super) fn choose_columns(&self, columns: &[String]) {
        self.set(&[("columns", Some(columns_address(columns)))], Step::Replace);
    }

    pub(super) fn choose_sort(&self, sort: Option<&Sort>) {
        self.set(&[("sort", sort.map(Sort::address))], Step::Replace);
    }

    /// Replaces some words and keeps all others.
    fn set(&self, changed: &[(&'static str, Option<String>)], step: Step) {
        let words = untrack(|| {
            let word = |name: &'static str| match changed.iter().find(|(of, _)| *of == name) {
                Some((_, value)) => value.iter().cloned().collect(),
                None => self.address.words(name),
            };
            let named = |name| word(name).into_iter().map(move |value| (name, value));
            WORDS.into_iter().flat_map(named).collect::<Vec<_>>()
        });
        self.address.set_words(&words, step);
    }
}
