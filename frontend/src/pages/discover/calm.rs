//! Answers at a pace that can be read: a table that changes sixty times a second says nothing, and costs as much as if it did.

use std::sync::Arc;

use hailstream_protocol::QueryResult;
use leptos::prelude::*;

use crate::dom;
use crate::panel::PanelContext;

/// An answer; equal only to itself.
#[derive(Clone, Debug)]
pub(super) struct Seen(pub(super) Arc<QueryResult>);

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The newest answer of a panel, taken at most once in `every_ms`. The first one is there at once.
pub(super) fn calm(context: &PanelContext, every_ms: i64) -> RwSignal<Option<Seen>> {
    let newest = {
        let context = context.clone();
        move || context.result().map(Seen)
    };
    let seen = RwSignal::new(untrack(&newest));
    let timer = StoredValue::new_local(None);
    let (taken_ms, is_due) = (StoredValue::new(0), StoredValue::new(false));
    let take = move |answer: Option<Seen>| {
        taken_ms.try_set_value(dom::now_ms());
        is_due.try_set_value(false);
        seen.try_set(answer);
    };
    Effect::new(move |_| {
        let answer = newest();
        let wait_ms = taken_ms.get_value() + every_ms - dom::now_ms();
        if wait_ms <= 0 || seen.with_untracked(Option::is_none) {
            take(answer);
        } else if !is_due.get_value() {
            is_due.set_value(true);
            let newest = newest.clone();
            timer.set_value(dom::Timeout::new(wait_ms, move || take(untrack(&newest))));
        }
    });
    seen
}
