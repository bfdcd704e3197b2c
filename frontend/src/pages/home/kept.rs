//! What a person's browser keeps of the dashboards: which have a star, and which were opened lately. Ids, one a line.

use hailstream_client::board_list::{remember, toggle_star};
use leptos::prelude::*;

use crate::dom;

const STARRED: &str = "hailstream.starred";
const RECENT: &str = "hailstream.recent";

/// See the module's words.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) starred: RwSignal<Vec<String>>,
    pub(super) recent: RwSignal<Vec<String>>,
}

impl Kept {
    pub(super) fn read() -> Self {
        Self { starred: RwSignal::new(lines(STARRED)), recent: RwSignal::new(lines(RECENT)) }
    }

    pub(super) fn is_starred(&self, id: &str) -> bool {
        self.starred.with(|starred| starred.iter().any(|known| known == id))
    }

    pub(super) fn toggle(&self, id: &str) {
        self.starred.update(|starred| toggle_star(starred, id));
        self.starred.with_untracked(|starred| dom::store(STARRED, &starred.join("\n")));
    }
}

/// A board is opened.
pub(crate) fn opened(id: &str) {
    let mut recent = lines(RECENT);
    remember(&mut recent, id);
    dom::store(RECENT, &recent.join("\n"));
}

fn lines(key: &str) -> Vec<String> {
    let kept = dom::stored(key).unwrap_or_default();
    kept.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
