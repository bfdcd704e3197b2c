//! The address of a dashboard is the memory of the page: a link shows what its sender saw, and "back" goes back in time ranges
//! and filters.

use hailstream_client::filters::{Filters, Pill};
use hailstream_client::time_range::TimeRange;
use hailstream_protocol::Range;
use leptos::prelude::*;

use crate::address::{AddressStore, Step, address_of};
use crate::local_time::{iso, query_time};
use crate::{dom, session};

/// What an address says about a dashboard beside which one it is.
#[derive(Clone, Copy)]
pub(crate) struct BoardAddress {
    address: AddressStore,
}

/// A word of the query and its value.
type Word = (&'static str, String);

/// Words that are carried along as they are.
const KEPT: [&str; 10] = [
    "theme",
    "wall",
    "embed",
    "show-top-menu",
    "show-query-input",
    "show-time-filter",
    "hide-filter-bar",
    "stream",
    "columns",
    "sort",
];

impl BoardAddress {
    /// Keeps range and filters with the address, both ways, from now on.
    pub(super) fn keep(
        saved: (&TimeRange, &Filters),
        range: &ArcRwSignal<TimeRange>,
        filters: &ArcRwSignal<Filters>,
    ) -> Self {
        let store = Self { address: expect_context::<AddressStore>() };
        let saved = (saved.0.clone(), saved.1.clone());
        let addressed = {
            let saved = saved.clone();
            move || (store.range(&saved.0), store.filters(&saved.1))
        };
        let first = untrack(&addressed);
        range.set(first.0);
        filters.set(first.1);
        if untrack(|| store.address.word("paused")).is_some() {
            session::set_paused(true);
        }
        on_cleanup(|| session::set_paused(false));
        let (shown_range, shown_filters) = (range.clone(), filters.clone());
        Effect::new(move |before: Option<(TimeRange, Filters)>| {
            let addressed = addressed();
            if before.is_some_and(|before| before != addressed) {
                set_if_other(&shown_range, &addressed.0);
                set_if_other(&shown_filters, &addressed.1);
            }
            addressed
        });
        store.write(saved, range.clone(), filters.clone());
        store
    }

    /// The address of the page.
    pub(crate) fn store(&self) -> AddressStore {
        self.address
    }

    /// For a board that is shown within another page: its range and filters are its own.
    pub(super) fn elsewhere() -> Self {
        Self { address: expect_context::<AddressStore>() }
    }

    /// Whether the board hangs on a wall: nothing to click, larger type. Tracks.
    pub(crate) fn is_wall(&self) -> bool {
        self.address.word("wall").is_some_and(|word| word != "0")
    }

    /// Hangs the board on the wall, or takes it down.
    pub(crate) fn toggle_wall(&self) {
        let carried = ["from", "to", "q", "filter", "paused", "theme"];
        let mut words: Vec<Word> = untrack(|| {
            let word = |name| self.address.words(name).into_iter().map(move |value| (name, value));
            carried.into_iter().flat_map(word).collect()
        });
        if !untrack(|| self.is_wall()) {
            words.push(("wall", "1".to_owned()));
        }
        self.address.set_words(&words, Step::Replace);
    }

    /// A link to the board as it is in a range that no longer moves.
    pub(crate) fn moment(&self, range: Range) -> String {
        let mut words = vec![("from", iso(range.from_ms)), ("to", iso(range.to_ms))];
        for name in ["q", "filter"] {
            let values = untrack(|| self.address.words(name));
            words.extend(values.into_iter().map(|value| (name, value)));
        }
        let location = dom::window().map(|window| window.location());
        let part = |read: fn(&web_sys::Location) -> Option<String>| {
            location.as_ref().and_then(read).unwrap_or_default()
        };
        let origin = part(|location| location.origin().ok());
        origin + &address_of(&part(|location| location.pathname().ok()), &words)
    }

    /// The code that puts a board into another page, as it is now; `place` is a board's id, or with its panel `id:panel`.
    pub(crate) fn embed_code(
        &self,
        origin: &str,
        place: &str,
        shown: &[(&'static str, String)],
    ) -> String {
        let of_panel = place.contains(':');
        let path = format!(
            "/embed/{}/{}",
            if of_panel { "p" } else { "d" },
            js_sys::encode_uri_component(place)
        );
        let carried = ["from", "to", "q", "filter"].into_iter();
        let mut words: Vec<Word> = untrack(|| {
            carried
                .flat_map(|name| {
                    self.address.words(name).into_iter().map(move |value| (name, value))
                })
                .collect()
        });
        words.extend_from_slice(shown);
        let address = address_of(&path, &words).replace('&', "&amp;").replace('"', "%22");
        format!(
            "<iframe src=\"{origin}{address}\" width=\"100%\" height=\"600\" title=\"Live dashboard\"></iframe>"
        )
    }

    /// Another board's address, with this one's range and filters. Tracks.
    pub(crate) fn link_to(&self, board: &str) -> String {
        let carried = ["from", "to", "q", "filter"].into_iter().chain(KEPT);
        let words: Vec<Word> = carried
            .flat_map(|name| self.address.words(name).into_iter().map(move |value| (name, value)))
            .collect();
        address_of(&format!("/d/{}", js_sys::encode_uri_component(board)), &words)
    }

    fn range(&self, saved: &TimeRange) -> TimeRange {
        let end = |name: &str, saved: &str| {
            self.address.word(name).map_or_else(|| saved.to_owned(), |text| query_time(&text))
        };
        TimeRange { from: end("from", &saved.from), to: end("to", &saved.to) }
    }

    /// The board's own where the address says nothing of them.
    fn filters(&self, saved: &Filters) -> Filters {
        let words = self.address.words("filter");
        let pills = match words.is_empty() {
            true => saved.pills.clone(),
            false => words.iter().filter_map(|word| Pill::parse(word)).collect(),
        };
        let query = self.address.word("q").unwrap_or_else(|| saved.query.clone());
        Filters { query, pills }
    }

    fn write(
        self,
        saved: (TimeRange, Filters),
        range: ArcRwSignal<TimeRange>,
        filters: ArcRwSignal<Filters>,
    ) {
        let pause = session::pause();
        let is_paused = Memo::new(move |_| pause.with(|pause| pause.since_ms.is_some()));
        Effect::new(move |then: Option<(TimeRange, Filters, bool)>| {
            let now = (range.get(), filters.get(), is_paused.get());
            let Some(then) = then.filter(|then| *then != now) else { return now };
            let mut words: Vec<Word> = Vec::new();
            if now.0 != saved.0 {
                words.push(("from", now.0.from.clone()));
                words.push(("to", now.0.to.clone()));
            }
            if now.1.query != saved.1.query {
                words.push(("q", now.1.query.clone()));
            }
            if now.1.pills != saved.1.pills {
                words.extend(now.1.pills.iter().map(|pill| ("filter", pill.address())));
                // None at all is something else than the board's own.
                words.extend(now.1.pills.is_empty().then(|| ("filter", String::new())));
            }
            if now.2 {
                words.push(("paused", "1".to_owned()));
            }
            for name in KEPT {
                words.extend(untrack(|| self.address.word(name)).map(|value| (name, value)));
            }
            // Pausing is no place to go back to.
            let is_place = then.0 != now.0 || then.1 != now.1;
            let step = if is_place { Step::Push } else { Step::Replace };
            untrack(|| self.address.set_words(&words, step));
            now
        });
    }
}

fn set_if_other<T: PartialEq + Clone + Send + Sync + 'static>(signal: &ArcRwSignal<T>, value: &T) {
    if signal.with_untracked(|held| held != value) {
        signal.set(value.clone());
    }
}
