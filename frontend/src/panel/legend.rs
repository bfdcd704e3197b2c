//! The legend of a chart: names, values, and which series are shown. A click isolates one, with Ctrl it adds. Its elements
//! stay while their words change: views of the same shape are patched in place.

use crate::live::live;
use hailstream_chart::{LegendEntry, SeriesKey, Swatch, Token};
use leptos::prelude::*;

use super::chart::{Around, Caption};

/// The legend row above a plot.
#[component]
pub(crate) fn Legend(around: Around) -> impl IntoView {
    let list = move || {
        let Caption { entries, has_open_bucket, .. } = around.caption.get();
        if entries.len() < 2 {
            return None;
        }
        let open_bucket = has_open_bucket.then(|| {
            view! { <li class="end"><span class="sw hatch"></span>"so far"</li> }
        });
        let entries = entries.into_iter().map(|entry| item(entry, around.shown)).collect_view();
        Some(view! { <ul class="legend">{entries}{open_bucket}</ul> })
    };
    list.into_any()
}

/// The steps of a heat map, from the least.
#[component]
pub(crate) fn Steps(around: Around) -> impl IntoView {
    let list = move || {
        let step = |(token, words): (Token, String)| {
            view! {
                <li><span class="sw" style=("background", format!("var(--{})", token.name()))></span>{words}</li>
            }
        };
        around.caption.get().steps.into_iter().map(step).collect_view()
    };
    view! { <ul class="legend steps">{live(list)}</ul> }
}

fn item(entry: LegendEntry, shown: RwSignal<Vec<SeriesKey>>) -> impl IntoView {
    let is_line = entry.swatch == Swatch::Line;
    let value = if is_line { entry.newest } else { String::new() };
    let key = entry.key;
    let choose = move |event: web_sys::MouseEvent| {
        let adds = event.ctrl_key() || event.meta_key();
        shown.update(|shown| toggle(shown, &key, adds));
    };
    view! {
        <li>
            <button class="entry" class:off=!entry.is_shown on:click=choose>
                <span class="sw" class:l=is_line style=("background", format!("var(--{})", entry.token.name()))></span>
                <span class="name">{entry.name}</span>
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
