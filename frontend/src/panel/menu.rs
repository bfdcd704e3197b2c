//! The menu of a panel: by its button, by right click, by Shift F10.

use hailstream_protocol::Range;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_split::{self, wasm_split};
use web_sys::KeyboardEvent;

use super::context::PanelContext;
use super::drilldown::open_page;
use crate::chrome::{Icon, PopButton, arrows, close_itself, focus_when_open};
use crate::dom;
use crate::lazy::{Fetched, lazily};
use crate::pages::discover_link;

/// The button with its menu.
#[component]
pub(super) fn MenuButton(context: PanelContext, open: RwSignal<bool>) -> impl IntoView {
    let label = format!("Menu of {}", context.spec.title);
    let menu = move |open| lazily(fetched(context.clone(), open));
    view! {
        <PopButton class="dots" popup="menu" label title="More" around="more" open content=menu>
            <Icon name="more" />
        </PopButton>
    }
}

#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
fn fetched(context: PanelContext, open: RwSignal<bool>) -> Fetched<AnyView> {
    Ok(view! { <Menu context open /> }.into_any())
}

#[component]
fn Menu(context: PanelContext, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    focus_when_open(menu);
    let id = context.spec.id.clone();
    let is_large = untrack(|| context.is_enlarged());
    let is_table = untrack(|| context.is_table());
    let has_table = context.spec.kind != "metric" && has_canvas(&context.spec.kind);
    let enlarge = {
        let (context, id) = (context.clone(), id.clone());
        item(
            open,
            "enlarge",
            if is_large { "Back to its place" } else { "Full screen" },
            "f",
            move || context.board.enlarge(&id),
        )
    };
    let table = has_table.then(|| {
        let context = context.clone();
        item(open, "table", if is_table { "As a picture" } else { "As a table" }, "t", move || {
            context.board.toggle_table(&id);
        })
    });
    let edit = context.board.can_edit().then(|| {
        let (context, id) = (context.clone(), context.spec.id.clone());
        item(open, "edit", "Edit this panel", "e", move || {
            context.board.editing.begin();
            context.board.editing.open.set(Some(id.clone()));
        })
    });
    let while_editing = untrack(|| context.board.editing.is_on()).then(|| {
        let (copied, removed, id) = (context.clone(), context.clone(), context.spec.id.clone());
        let of_copy = id.clone();
        let copy = item(open, "copy", "Clone", "", move || {
            let editing = &copied.board.editing;
            let made = editing.change(|draft| draft.clone_panel(&of_copy)).flatten();
            editing.chosen.set(made);
        });
        let remove = item(open, "trash", "Delete", "", move || {
            removed.board.editing.change(|draft| draft.remove_panel(&id));
        });
        view! { {copy}{remove} }
    });
    let has_rows = has_table || matches!(context.spec.kind.as_str(), "table" | "search");
    let csv = has_rows.then(|| {
        let asked = context.csv_asked.clone();
        item(open, "download", "Download CSV", "", move || asked.update(|asked| *asked += 1))
    });
    let range = context.result().and_then(|result| result.range);
    let moment = range.map(|range: Range| {
        let context = context.clone();
        item(open, "link", "Copy a link to this moment", "", move || {
            dom::copy(context.board.address.moment(range));
        })
    });
    let records = context.spec.asks().then(|| {
        let context = context.clone();
        item(open, "discover", "Open in Discover", "", move || {
            open_page(&context.board.address.store(), &discover_link(&context));
        })
    });
    let embed = {
        let context = context.clone();
        item(open, "share", "Copy embed code", "", move || {
            let board = &context.board;
            let place = format!("{}:{}", board.board.id, context.spec.id);
            let origin = dom::window().and_then(|window| window.location().origin().ok());
            dom::copy(board.address.embed_code(&origin.unwrap_or_default(), &place, &[]));
        })
    };
    let picture = has_canvas(&context.spec.kind).then(|| {
        let context = context.clone();
        item(open, "download", "Download as PNG", "", move || {
            let selector =
                format!("[data-panel-id='{}'] canvas", context.spec.id.replace('\'', ""));
            dom::download_canvas(&selector, &format!("{}.png", context.spec.title));
        })
    });
    view! {
        <div
            class="pop menu"
            role="menu"
            node_ref=menu
            on:keydown=move |event: KeyboardEvent| arrows(menu, &event)
        >
            {enlarge} {table} {edit} {while_editing} {records} {csv} {moment} {embed} {picture}
        </div>
    }
}

/// Whether a type's picture is a canvas.
fn has_canvas(kind: &str) -> bool {
    !matches!(kind, "metric" | "table" | "search" | "markdown" | "map" | "input_control_vis")
}

fn item(
    open: RwSignal<bool>,
    icon: &'static str,
    words: &'static str,
    key: &'static str,
    act: impl Fn() + 'static,
) -> AnyView {
    let choose = move |_| {
        open.set(false);
        act();
    };
    let key = (!key.is_empty()).then(|| view! { <kbd>{key}</kbd> });
    view! {
        <button role="menuitem" on:click=choose><Icon name=icon /><span class="grow">{words}</span>{key}</button>
    }
    .into_any()
}
