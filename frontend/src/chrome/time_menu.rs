//! The menu of the time range: ranges that end now with one click, or two ends as dates or date math.

use hailstream_client::time_range::{QUICK_RANGES, QuickRange, TimeRange};
use leptos::html;
use leptos::prelude::*;

use crate::dom;
use crate::local_time::{input_value, instant_ms, query_time};

/// The menu; it closes itself when a range was chosen, on Escape, and when one clicks elsewhere.
#[component]
pub(crate) fn TimeMenu(range: ArcRwSignal<TimeRange>, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_from_outside(menu, open);
    let quick = {
        let range = range.clone();
        move |quick: QuickRange| {
            let chosen = TimeRange::until_now(quick.from);
            let is_on = range.with_untracked(|range| *range == chosen);
            let range = range.clone();
            let choose = move |_| {
                range.set(chosen.clone());
                open.set(false);
            };
            view! { <button class:on=is_on on:click=choose>{quick.words}</button> }
        }
    };
    let quick = QUICK_RANGES.into_iter().map(quick).collect_view();
    view! {
        <div class="pop timemenu" role="dialog" aria-label="Time range" node_ref=menu>
            <div class="quick"><h4>"Live, ends now"</h4>{quick}</div>
            <Ends range open />
        </div>
    }
}

/// The two ends as text.
#[component]
fn Ends(range: ArcRwSignal<TimeRange>, open: RwSignal<bool>) -> impl IntoView {
    let shown = |text: &str| match instant_ms(text) {
        Some(at_ms) => input_value(at_ms).replace('T', " "),
        None => text.to_owned(),
    };
    let held = range.get_untracked();
    let (shown_from, shown_to) = (shown(&held.from), shown(&held.to));
    let (from, to) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let wrong = RwSignal::new(String::new());
    let apply = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = |input: NodeRef<html::Input>| {
            input.get_untracked().map(|input| input.value()).unwrap_or_default()
        };
        match ends(&text(from), &text(to)) {
            Ok(chosen) => {
                range.set(chosen);
                open.set(false);
            }
            Err(words) => wrong.set(words),
        }
    };
    view! {
        <form class="ends" on:submit=apply>
            <label class="field"><span>"From"</span><input class="input" name="from" value=shown_from node_ref=from /></label>
            <label class="field"><span>"To"</span><input class="input" name="to" value=shown_to node_ref=to /></label>
            <p class="wrong" role="alert">{move || wrong.get()}</p>
            <button class="btn primary" type="submit">"Apply"</button>
        </form>
    }
}

/// The range of two texts.
fn ends(from: &str, to: &str) -> Result<TimeRange, String> {
    let end = |text: &str| {
        let time = query_time(text.trim());
        if time.starts_with("now") || instant_ms(&time).is_some() {
            return Ok(time);
        }
        Err(format!("“{text}” is not a time: try 2026-11-20 18:00 or now-1h"))
    };
    let range = TimeRange { from: end(from)?, to: end(to)? };
    match (instant_ms(&range.from), instant_ms(&range.to)) {
        (Some(from), Some(to)) if from >= to => Err("The range ends before it begins".to_owned()),
        _ => Ok(range),
    }
}

fn close_from_outside(menu: NodeRef<html::Div>, open: RwSignal<bool>) {
    let Some(document) = dom::document() else { return };
    let pressed = dom::Listener::new(&document, "pointerdown", move |event| {
        let inside = menu.get_untracked().and_then(|menu| {
            let anchor = menu.parent_element()?;
            let target: web_sys::Node = wasm_bindgen::JsCast::dyn_into(event.target()?).ok()?;
            Some(anchor.contains(Some(&target)))
        });
        if inside == Some(false) {
            open.try_set(false);
        }
    });
    let key = dom::Listener::new(&document, "keydown", move |event| {
        let key = wasm_bindgen::JsCast::dyn_into::<web_sys::KeyboardEvent>(event).ok();
        if key.is_some_and(|key| key.key() == "Escape") {
            open.try_set(false);
        }
    });
    // Dropped with the menu.
    StoredValue::new_local((pressed, key));
}
