//! Sharing a board: a link to what is seen, and the code that puts it into another page.

use leptos::html;
use leptos::prelude::*;

use super::Icon;
use super::popover::{PopButton, close_itself};
use super::share_menu;
use crate::dom;
use crate::lazy::lazily;
use crate::live::live_text;
use crate::panel::BoardContext;

/// The button with its menu.
#[component]
pub(super) fn ShareButton(board: BoardContext) -> impl IntoView {
    let menu = move |open| lazily(share_menu(board.clone(), open));
    view! {
        <PopButton class="btn" popup="dialog" around="share" content=menu>
            <Icon name="share" /><span class="words">"Share"</span>
        </PopButton>
    }
}

#[component]
pub(super) fn ShareMenu(board: BoardContext, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    let location = || dom::window().map(|window| window.location());
    let href = location().and_then(|location| location.href().ok()).unwrap_or_default();
    let origin = location().and_then(|location| location.origin().ok()).unwrap_or_default();
    let (with_time, with_query) = (RwSignal::new(false), RwSignal::new(false));
    let code = move || {
        let words: Vec<(&str, String)> =
            [("show-time-filter", with_time), ("show-query-input", with_query)]
                .into_iter()
                .filter(|(_, is_on)| is_on.get())
                .map(|(word, _)| (word, "true".to_owned()))
                .collect();
        board.address.embed_code(&origin, &board.board.id, &words)
    };
    let copied_code = code.clone();
    view! {
        <div class="pop sharemenu" role="dialog" aria-label="Share" node_ref=menu>
            <h4>"Link to what you see"</h4>
            <p class="muted">"With its time range, query and filters; live for whoever opens it."</p>
            {copy_button("Copy link", move || href.clone())}
            <h4>"In another page"</h4>
            <label class="switch"><span>"With the time range"</span>{tick(with_time)}</label>
            <label class="switch"><span>"With the query bar"</span>{tick(with_query)}</label>
            <code class="mono code">{live_text(code)}</code>
            {copy_button("Copy embed code", copied_code)}
        </div>
    }
}

fn tick(is_on: RwSignal<bool>) -> impl IntoView {
    view! { <input type="checkbox" role="switch" on:change=move |event| is_on.set(event_target_checked(&event)) /> }
}

/// A button that says for a while that it has done so.
fn copy_button(words: &'static str, text: impl Fn() -> String + 'static) -> AnyView {
    const SAID_MS: i64 = 2_000;
    let copied = RwSignal::new(false);
    let timer = StoredValue::new_local(None);
    let copy = move |_| {
        dom::copy(text());
        copied.set(true);
        timer.set_value(dom::Timeout::new(SAID_MS, move || {
            copied.try_set(false);
        }));
    };
    let shown = move || if copied.get() { "Copied" } else { words };
    view! { <button class="btn" on:click=copy><Icon name="copy" /><span aria-live="polite">{shown}</span></button> }.into_any()
}
