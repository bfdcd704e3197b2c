//! The menu of a panel: by its button, by right click, by Shift F10.

use crate::live::{live, live_value};
use hailstream_protocol::Range;
use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::context::PanelContext;
use crate::chrome::{Icon, arrows, close_itself, focus_when_open};
use crate::dom;

/// The button with its menu.
#[component]
pub(super) fn MenuButton(context: PanelContext, open: RwSignal<bool>) -> impl IntoView {
    let label = format!("Menu of {}", context.spec.title);
    let menu = move || open.get().then(|| view! { <Menu context=context.clone() open /> });
    view! {
        <span class="anchor more">
            <button
                class="dots"
                title="More"
                aria-label=label
                aria-haspopup="menu"
                aria-expanded=live_value(move || open.get().to_string())
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name="more" />
            </button>
            {live(menu)}
        </span>
    }
}

#[component]
fn Menu(context: PanelContext, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    focus_when_open(menu);
    let id = context.spec.id.clone();
    let is_large = untrack(|| context.is_enlarged());
    let is_table = untrack(|| context.is_table());
    let has_table = matches!(context.spec.kind.as_str(), "line" | "histogram" | "heatmap" | "pie");
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
    let has_rows = has_table || matches!(context.spec.kind.as_str(), "table" | "search");
    let csv = has_rows.then(|| {
        let asked = context.csv_asked.clone();
        item(open, "download", "Download CSV", "", move || asked.update(|asked| *asked += 1))
    });
    let range = context.result().and_then(|result| result.range);
    let moment = range.map(|range: Range| {
        item(open, "link", "Copy a link to this moment", "", move || {
            dom::copy(context.board.address.moment(range));
        })
    });
    view! {
        <div
            class="pop menu"
            role="menu"
            node_ref=menu
            on:keydown=move |event: KeyboardEvent| arrows(menu, &event)
        >
            {enlarge} {table} {csv} {moment}
        </div>
    }
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
