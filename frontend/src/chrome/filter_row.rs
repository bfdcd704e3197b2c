//! The row under the title: boards one click away, the filters in force as pills, and how many records are in range.

use crate::lazy::lazily;
use crate::live::{live, live_value};
use hailstream_chart::{Locale, Numbers};
use hailstream_client::filters::{Pill, Test};
use hailstream_protocol::Value;
use hailstream_protocol::visualization::Format;
use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Icon;
use super::pill_form;
use super::pill_form::AddFilter;
use super::popover::{arrows, close_itself, focus_when_open};
use super::query_bar::QueryBar;
use crate::panel::{BoardContext, Panels};
use crate::zone;

/// The row.
#[component]
pub(crate) fn FilterRow(board: BoardContext, panels: Panels) -> impl IntoView {
    let links = links(&board);
    let pills = {
        let board = board.clone();
        move || {
            let filters = board.filters.get();
            let pill = |(place, pill): (usize, Pill)| view! { <PillView board=board.clone() place pill /> };
            filters.pills.into_iter().enumerate().map(pill).collect_view()
        }
    };
    view! {
        <div class="filterrow">
            {links}
            <QueryBar board=board.clone() />
            <div class="pills" role="group" aria-label="Filters">{pills}<AddFilter board=board.clone() /></div>
            <span class="grow"></span>
            <InRange panels />
        </div>
    }
}

fn links(board: &BoardContext) -> Option<impl IntoView + use<>> {
    if board.board.links.is_empty() {
        return None;
    }
    let here = board.board.id.clone();
    let address = board.address;
    let link = |(id, title): (String, String)| {
        let is_here = (id == here).then_some("page");
        let href = move || address.link_to(&id);
        view! { <a href=href aria-current=is_here>{title}</a> }
    };
    let links = board.board.links.clone().into_iter().map(link).collect_view();
    Some(view! {
        <nav class="links" aria-label="Linked dashboards">
            {links}
        </nav>
    })
}

/// A pill: its words open a menu, its cross takes it away.
#[component]
fn PillView(board: BoardContext, place: usize, pill: Pill) -> impl IntoView {
    let open = RwSignal::new(false);
    let style = &board.board.style;
    let label = |value: &str| {
        style.label(&pill.field, &Value::text(value)).unwrap_or_else(|| value.to_owned())
    };
    // Words of its own stand for field and values.
    let (field, values) = match pill.label.is_empty() {
        true => (pill.field.clone(), pill.words(&label)),
        false => (String::new(), pill.label.clone()),
    };
    let colon = if field.is_empty() { "" } else { ": " };
    let names = format!("{field}{colon}{values}");
    let remove = {
        let filters = board.filters.clone();
        move |_| filters.update(|filters| drop(filters.pills.remove(place)))
    };
    let edited = RwSignal::new(false);
    let form = {
        let board = board.clone();
        move || edited.get().then(|| lazily(pill_form(board.clone(), Some(place), edited)))
    };
    let menu = {
        let pill = pill.clone();
        move || {
            open.get().then(
                || view! { <PillMenu board=board.clone() place pill=pill.clone() open edited /> },
            )
        }
    };
    view! {
        <span class="pill anchor" class:off=pill.disabled>
            <button
                class="pilltext"
                title="Exclude, disable or remove"
                aria-haspopup="menu"
                aria-expanded=live_value(move || open.get().to_string())
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {pill.negate.then(|| view! { <span class="not">"not "</span> })}
                {field}{colon}<b>{values}</b>
            </button>
            <button class="cross" aria-label=format!("Remove the filter {names}") on:click=remove>
                <Icon name="x" />
            </button>
            {menu}
            {live(form)}
        </span>
    }
}

#[component]
fn PillMenu(
    board: BoardContext,
    place: usize,
    pill: Pill,
    open: RwSignal<bool>,
    edited: RwSignal<bool>,
) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    focus_when_open(menu);
    let item = move |words: &'static str, change: fn(&mut Pill)| {
        let filters = board.filters.clone();
        let choose = move |_| {
            open.set(false);
            filters.update(|filters| filters.pills.get_mut(place).into_iter().for_each(change));
        };
        view! { <button role="menuitem" on:click=choose>{words}</button> }
    };
    // What the form cannot say is left as it was saved.
    let edit = (pill.test != Test::Other).then(|| {
        let choose = move |_| {
            open.set(false);
            edited.set(true);
        };
        view! { <button role="menuitem" on:click=choose>"Edit …"</button> }
    });
    let pin = if pill.pinned { "Unpin" } else { "Pin: keep it on other dashboards" };
    let negate = if pill.negate { "Include" } else { "Exclude" };
    let disable = if pill.disabled { "Enable" } else { "Disable for now" };
    view! {
        <div class="pop menu" role="menu" node_ref=menu on:keydown=move |event: KeyboardEvent| arrows(menu, &event)>
            {edit}
            {item(pin, |pill| pill.pinned = !pill.pinned)}
            {item(negate, |pill| pill.negate = !pill.negate)}
            {item(disable, |pill| pill.disabled = !pill.disabled)}
        </div>
    }
}

/// How many records of each stream are in range, where a panel asks about all of them.
#[component]
fn InRange(panels: Panels) -> impl IntoView {
    let words = Memo::new(move |_| {
        let mut totals: Vec<(String, u64)> = Vec::new();
        for panel in panels.get() {
            for (stream, total) in panel.totals() {
                if !totals.iter().any(|(known, _)| *known == stream) {
                    totals.push((stream, total));
                }
            }
        }
        totals
    });
    live(move || {
        let format = Format::default();
        let numbers =
            Numbers { format: &format, locale: Locale::default(), zone: &zone::offset_ms };
        let totals = words.get();
        let last = totals.len().saturating_sub(1);
        let part = |(place, (stream, total)): (usize, &(String, u64))| {
            let before = match place {
                0 => "",
                _ if place == last => " and ",
                _ => ", ",
            };
            view! { {before}<b>{numbers.full(*total as f64)}</b>" "{stream.clone()} }
        };
        let parts = totals.iter().enumerate().map(part).collect_view();
        (!totals.is_empty())
            .then(|| view! { <span class="inrange">{parts}" records in range"</span> })
    })
}
