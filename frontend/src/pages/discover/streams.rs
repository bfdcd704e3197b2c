//! Which stream is shown, and the menu of all there are.

use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Fetched;
use super::address::DiscoverAddress;
use crate::chrome::{Icon, PopButton, arrows, close_itself, focus_when_open};

/// The button with the stream's name.
#[component]
pub(super) fn StreamPicker(name: String, list: Fetched<Vec<String>>) -> impl IntoView {
    let label = format!("Stream: {name}");
    let here = name.clone();
    let menu = move |open| view! { <Menu here=here.clone() list open /> }.into_any();
    view! {
        <PopButton class="btn soft" popup="menu" label content=menu>
            <Icon name="stream" /><span class="clip">{name}</span><Icon name="chev" />
        </PopButton>
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
