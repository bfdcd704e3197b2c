//! The legend in the header: counts per class that add up to the fleet, and the filter at once.

use crate::live::{live, live_flag, live_text, live_value};
use hailstream_map::fleet::Class;
use leptos::prelude::*;

use super::MapHandle;
use super::around::{Around, Entry, whole};
use crate::chrome::Glyph;

/// A click shows a class alone, with Ctrl (or ⌘) it joins the others. The buttons stay while their counts change.
#[component]
pub(super) fn Legend(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
) -> impl IntoView {
    let choose = move |class: Class, joins: bool| {
        handle.with_value(|handle| {
            handle.change(|state| {
                if joins {
                    state.isolation.add_or_remove(class);
                } else {
                    state.isolation.isolate(class);
                }
                state.wants_count = true;
            });
        });
    };
    let entry = move |Entry { class, words, shape, token }: Entry| {
        let is_off = move || around.isolation.with(|isolation| !isolation.shows(class));
        let is_alone = move || {
            around.isolation.with(|isolation| isolation.is_active() && isolation.shows(class))
        };
        let count = move || whole(around.counts.with(|counts| counts.of(class)));
        view! {
            <button
                class:off=live_flag(is_off)
                aria-pressed=live_value(move || is_alone().to_string())
                title="Click: only these. Ctrl and click: these too."
                on:click=move |event| choose(class, event.ctrl_key() || event.meta_key())
            >
                <Glyph shape token />
                <span class="w">{words}</span>" "<b>{live_text(count)}</b>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="mapleg" role="group" aria-label="Legend and filter">
            {live(move || around.entries.get().into_iter().map(entry).collect_view())}
        </div>
    }
}
