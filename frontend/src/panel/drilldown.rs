//! What a click on a value does: it filters the board, or where the panel has drill-downs, a menu at the click asks which way to go.

use hailstream_client::drilldown::{Seen, Way, way};
use hailstream_protocol::visualization::Drilldown;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::context::PanelContext;
use super::ways_on;
use crate::address::{AddressStore, Step, address_of};
use crate::chrome::{Icon, arrows, close_itself, focus_when_open};
use crate::dom;
use crate::lazy::lazily;
use crate::live::live;

/// What was clicked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clicked {
    /// Fields and values, the outer first.
    pub(super) values: Vec<(String, String)>,
    /// Whether it is to stand beside the filters that there are.
    pub(super) adds: bool,
    /// Where in the panel, CSS px; at its upper left where that is not known.
    pub(super) at: (f64, f64),
}

/// Takes a click on values.
pub(super) fn click(context: &PanelContext, clicked: Clicked) {
    if clicked.values.is_empty() {
        return;
    }
    if context.spec.drilldowns.is_empty() {
        filter(context, &clicked);
    } else {
        context.clicked.set(Some(clicked));
    }
}

fn filter(context: &PanelContext, clicked: &Clicked) {
    context.board.filters.update(|filters| {
        for (field, value) in &clicked.values {
            filters.click(field, value, clicked.adds);
        }
    });
}

/// What the menu says is done, also where it is done already.
fn choose(context: &PanelContext, clicked: &Clicked) {
    if clicked.adds {
        return filter(context, clicked);
    }
    context.board.filters.update(|filters| {
        for (field, value) in &clicked.values {
            filters.choose(field, value);
        }
    });
}

/// The menu, while one has clicked.
pub(super) fn menu(context: &PanelContext) -> impl IntoView + use<> {
    let context = context.clone();
    live(move || {
        let clicked = context.clicked.get()?;
        Some(lazily(ways_on(context.clone(), clicked)))
    })
}

#[component]
pub(super) fn Menu(context: PanelContext, clicked: Clicked) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    let open = RwSignal::new(true);
    close_itself(menu, open);
    focus_when_open(menu);
    give_back_focus();
    let closed = context.clicked.clone();
    Effect::new(move |_| {
        if !open.get() {
            closed.set(None);
        }
    });
    let address = expect_context::<AddressStore>();
    let words = clicked.values.last().map_or(String::new(), |(_, value)| value.clone());
    let filter_by = {
        let (context, clicked) = (context.clone(), clicked.clone());
        move |_| {
            open.set(false);
            choose(&context, &clicked);
        }
    };
    let one = |drilldown: &Drilldown| {
        let (context, clicked, drilldown) = (context.clone(), clicked.clone(), drilldown.clone());
        let (title, icon) = (drilldown.title.clone(), icon_of(&drilldown));
        let go = move |_| {
            open.set(false);
            if let Some(way) = way_of(&context, &drilldown, &clicked) {
                go(&address, way);
            }
        };
        view! { <button role="menuitem" on:click=go><Icon name=icon /><span class="grow">{title}</span></button> }
    };
    let ways = context.spec.drilldowns.iter().map(one).collect_view();
    let (x, y) = clicked.at;
    view! {
        <div class="clicked" style=("--x", format!("{x}px")) style=("--y", format!("{y}px"))>
            <div
                class="pop menu" role="menu" aria-label=words.clone() node_ref=menu
                on:keydown=move |event: KeyboardEvent| arrows(menu, &event)
            >
                <button role="menuitem" on:click=filter_by>
                    <Icon name="filter" /><span class="grow">{format!("Filter by {words}")}</span>
                </button>
                {ways}
            </div>
        </div>
    }
}

/// Who came by keyboard goes on where they were.
fn give_back_focus() {
    let before = dom::document().and_then(|document| document.active_element());
    let before =
        StoredValue::new_local(before.and_then(|held| held.dyn_into::<HtmlElement>().ok()));
    on_cleanup(move || {
        let held = before.try_update_value(Option::take).flatten();
        let _unfocused = held.map(|held| held.focus());
    });
}

fn icon_of(drilldown: &Drilldown) -> &'static str {
    match drilldown {
        Drilldown { dashboard: Some(_), .. } => "board",
        Drilldown { discover: true, .. } => "discover",
        _ => "link",
    }
}

fn way_of(context: &PanelContext, drilldown: &Drilldown, clicked: &Clicked) -> Option<Way> {
    let escape = |text: &str| String::from(js_sys::encode_uri_component(text));
    context.board.range.with_untracked(|range| {
        context.board.filters.with_untracked(|filters| {
            let query = &context.spec.main.query;
            way(drilldown, Seen { query, range, filters, clicked: &clicked.values }, &escape)
        })
    })
}

fn go(address: &AddressStore, way: Way) {
    match way {
        Way::Inside(path, words) => open_page(address, &address_of(&path, &words)),
        Way::Elsewhere(url) => open_tab(&url),
    }
}

/// A page of this server, in this tab; within somebody else's page, in one of its own.
pub(super) fn open_page(address: &AddressStore, href: &str) {
    if untrack(|| address.is_embedded()) {
        open_tab(href);
    } else {
        address.go(href, Step::Push);
    }
}

fn open_tab(href: &str) {
    let _blocked = dom::window().map(|window| {
        window.open_with_url_and_target_and_features(href, "_blank", "noopener,noreferrer")
    });
}
