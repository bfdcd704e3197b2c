//! What every menu that hangs on a button does: it closes on Escape, which gives the focus back to the button, and when one
//! clicks elsewhere; arrows go through its items.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, Node};

use crate::dom;
use crate::live::{live, live_value};

/// Where the items of a menu are that the keyboard goes through.
const ITEMS: &str = "button:not([disabled]), a[href]";

/// A button on which a `menu` or a `dialog` hangs while it is open.
#[component]
pub(crate) fn PopButton(
    class: &'static str,
    popup: &'static str,
    /// Its name where its words are not enough.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    #[prop(optional)] title: Option<&'static str>,
    /// A class of button and popover together.
    #[prop(optional)]
    around: Option<&'static str>,
    /// For who opens it by other ways too.
    #[prop(default = RwSignal::new(false))]
    open: RwSignal<bool>,
    /// What hangs on it; it closes with the signal.
    content: impl Fn(RwSignal<bool>) -> AnyView + Send + 'static,
    children: Children,
) -> impl IntoView {
    let label = label.map(|label| live_value(move || label.get()));
    view! {
        <span class=around.map_or_else(|| "anchor".to_owned(), |around| format!("anchor {around}"))>
            <button
                class=class title=title aria-label=label aria-haspopup=popup
                aria-expanded=live_value(move || open.get().to_string())
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {children()}
            </button>
            {live(move || open.get().then(|| content(open)))}
        </span>
    }
}

/// Closes `open` as the module says. `menu` hangs on its parent element, which holds the button too.
pub(crate) fn close_itself(menu: NodeRef<html::Div>, open: RwSignal<bool>) {
    let Some(document) = dom::document() else { return };
    let pressed = dom::Listener::new(&document, "pointerdown", move |event| {
        let inside = menu.get_untracked().and_then(|menu| {
            let target: Node = event.target()?.dyn_into().ok()?;
            Some(menu.parent_element()?.contains(Some(&target)))
        });
        if inside == Some(false) {
            open.try_set(false);
        }
    });
    let key = dom::Listener::new(&document, "keydown", move |event| {
        let Ok(key) = event.dyn_into::<KeyboardEvent>() else { return };
        if key.key() == "Escape" {
            key.stop_propagation();
            let anchor = menu.get_untracked().and_then(|menu| menu.parent_element());
            open.try_set(false);
            focus_first(anchor, "button");
        }
    });
    // Dropped with the menu.
    StoredValue::new_local((pressed, key));
}

/// Gives the focus to the first item of a menu when it opens.
pub(crate) fn focus_when_open(menu: NodeRef<html::Div>) {
    Effect::new(move |_| {
        if let Some(menu) = menu.get() {
            focus_first(Some(menu.unchecked_into()), ITEMS);
        }
    });
}

/// Moves the focus to the item before or after on ↑ and ↓, and to the first and last on Home and End.
pub(crate) fn arrows(menu: NodeRef<html::Div>, event: &KeyboardEvent) {
    let Some(items) = menu.get_untracked().and_then(|menu| menu.query_selector_all(ITEMS).ok())
    else {
        return;
    };
    let focused = dom::document().and_then(|document| document.active_element());
    let count = items.length();
    let same = |index: &u32| {
        items.get(*index).is_some_and(|item| {
            focused.as_ref().is_some_and(|focused| focused.is_same_node(Some(&item)))
        })
    };
    let at = (0..count).find(same);
    let next = match (event.key().as_str(), at) {
        ("ArrowDown", Some(at)) => (at + 1) % count,
        ("ArrowUp", Some(at)) => (at + count - 1) % count,
        ("ArrowDown" | "Home", _) => 0,
        ("ArrowUp" | "End", _) => count.saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    if let Some(item) = items.get(next).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _unfocused = item.focus();
    }
}

fn focus_first(within: Option<Element>, selector: &str) {
    let found = within.and_then(|within| within.query_selector(selector).ok().flatten());
    if let Some(item) = found.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _unfocused = item.focus();
    }
}
