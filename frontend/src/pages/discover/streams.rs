//! Which stream is shown, and the menu of all there are.

use leptos::html;
use leptos::prelude::*;
use serde_json::Value as Json;
use web_sys::KeyboardEvent;

use super::Fetched;
use super::address::DiscoverAddress;
use crate::chrome::{Icon, arrows, close_itself, focus_when_open};
use crate::live::{live, live_value};

/// The names of the streams, the server's own last.
pub(super) fn names(list: &Json) -> Vec<String> {
    let name = |stream: &Json| Some(stream.get("stream")?.as_str()?.to_owned());
    let mut names: Vec<String> = list.as_array().into_iter().flatten().filter_map(name).collect();
    names.sort_by_key(|name| name == "hailstream");
    names
}

/// The button with the stream's name.
#[component]
pub(super) fn StreamPicker(name: String, list: Fetched<Vec<String>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = format!("Stream: {name}");
    let here = name.clone();
    let menu = move || open.get().then(|| view! { <Menu here=here.clone() list open /> });
    view! {
        <span class="anchor">
            <button
                class="btn soft"
                aria-label=label
                aria-haspopup="menu"
                aria-expanded=live_value(move || open.get().to_string())
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name="stream" /><span class="clip">{name}</span><Icon name="chev" />
            </button>
            {live(menu)}
        </span>
    }
}

#[component]
fn Menu(here: String, list: Fetched<Vec<String>>, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    focus_when_open(menu);
    let address = DiscoverAddress::new();
    let item = move |name: String| {
        let is_here = (name == here).to_string();
        let words = name.clone();
        let choose = move |_| {
            open.set(false);
            address.choose_stream(&name);
        };
        view! { <button role="menuitemradio" aria-checked=is_here on:click=choose><span class="clip">{words}</span></button> }
    };
    let names =
        list.with_untracked(|list| list.as_ref().and_then(|list| list.as_ref().ok()).cloned());
    let items = names.unwrap_or_default().into_iter().map(item).collect_view();
    view! {
        <div class="pop menu streammenu" role="menu" aria-label="Streams" node_ref=menu
            on:keydown=move |event: KeyboardEvent| arrows(menu, &event)>
            {items}
        </div>
    }
}
