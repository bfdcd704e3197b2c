//! The legend of a chart: names, values, and which series are shown. A click isolates one, with Ctrl it adds.

use hailstream_chart::{LegendEntry, SeriesKey, Swatch};
use leptos::prelude::*;

/// The legend row above a plot. `entries` change their values often and themselves rarely.
#[component]
pub(crate) fn Legend(
    entries: RwSignal<Vec<LegendEntry>>,
    shown: RwSignal<Vec<SeriesKey>>,
    has_open_bucket: RwSignal<bool>,
) -> impl IntoView {
    let keyed = move || entries.get().into_iter().enumerate().collect::<Vec<_>>();
    let item = move |(index, entry): (usize, LegendEntry)| {
        view! { <Entry entry index entries shown /> }
    };
    let is_there = move || entries.with(|entries| entries.len() > 1);
    let open_bucket = move || {
        has_open_bucket.get().then(|| {
            view! { <li class="end"><span class="sw hatch"></span>"so far"</li> }
        })
    };
    view! {
        <Show when=is_there>
            <ul class="legend">
                <For each=keyed key=|(index, entry)| (*index, entry.name.clone(), entry.token.name()) children=item />
                {open_bucket}
            </ul>
        </Show>
    }
}

#[component]
fn Entry(
    entry: LegendEntry,
    index: usize,
    entries: RwSignal<Vec<LegendEntry>>,
    shown: RwSignal<Vec<SeriesKey>>,
) -> impl IntoView {
    let is_line = entry.swatch == Swatch::Line;
    let value = move || {
        let newest = entries.with(|entries| entries.get(index).map(|entry| entry.newest.clone()));
        newest.filter(|_| is_line).unwrap_or_default()
    };
    let key = entry.key.clone();
    let is_off = move || shown.with(|shown| !shown.is_empty() && !shown.contains(&key));
    let key = entry.key.clone();
    let choose = move |event: web_sys::MouseEvent| {
        let adds = event.ctrl_key() || event.meta_key();
        shown.update(|shown| toggle(shown, &key, adds));
    };
    view! {
        <li>
            <button class="entry" class:off=is_off on:click=choose>
                <span class="sw" class:l=is_line style=("background", format!("var(--{})", entry.token.name()))></span>
                <span>{entry.name}</span>
                <b>{value}</b>
            </button>
        </li>
    }
}

/// Isolates a series, adds it to those shown, or shows all again.
fn toggle(shown: &mut Vec<SeriesKey>, key: &SeriesKey, adds: bool) {
    let place = shown.iter().position(|other| other == key);
    match (place, adds) {
        (Some(place), true) => drop(shown.remove(place)),
        (None, true) => shown.push(key.clone()),
        (Some(_), false) if shown.len() == 1 => shown.clear(),
        _ => *shown = vec![key.clone()],
    }
}
