//! The side list: the vehicles ranked by a field, or found by name. It is the map's table too: whole rows, keyboard and
//! screen reader, and one selection with the map.

use crate::live::{live, live_flag};
use hailstream_map::fleet::{Class, Listed, list};
use hailstream_protocol::visualization::MapList;
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;

use super::MapHandle;
use super::around::{Around, entry};
use super::card::number_words;
use super::questions::RANKED_BY;
use super::state::{MapState, SHEET_BELOW};
use crate::chrome::Glyph;
use crate::dom;
use crate::panel::context::PanelContext;

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) entity: Value,
    shape: &'static str,
    token: &'static str,
    status: String,
    detail: String,
    value: String,
    is_chosen: bool,
}

/// How many whole rows fit into a map of this size, beside the card where both are seen.
pub(super) fn room((width, height): (f64, f64), is_wall: bool) -> usize {
    let (row_px, around_px) = match (is_wall, width < SHEET_BELOW) {
        (true, _) => (29.0, 242.0),
        (false, true) => (44.0, 146.0),
        (false, false) => (24.0, 242.0),
    };
    ((height - around_px) / row_px).clamp(3.0, 16.0) as usize
}

/// The rows as of now.
pub(super) fn rows(state: &MapState, context: &PanelContext, find: &str, size: usize) -> Vec<Row> {
    let past = state.past.as_ref().map(|past| &past.result);
    let Some(result) = past.or(state.result.as_ref()) else { return Vec::new() };
    let by = &state.params.list;
    let detail = result.columns.iter().position(|column| *column == by.detail);
    let row = |Listed { index, value }: Listed| {
        let vehicle = state.fleet.vehicles().get(index)?;
        let is_silent =
            state.fleet.shown(index, 0.0, state.stream_ms).is_some_and(|shown| shown.is_silent);
        let class = if is_silent { Class::Silent } else { Class::Status(vehicle.status) };
        let look = entry(state, context, class);
        let detail = detail.and_then(|column| result.rows.get(vehicle.row)?.get(column));
        Some(Row {
            entity: vehicle.entity.clone(),
            shape: look.shape,
            token: look.token,
            status: look.words,
            detail: detail
                .filter(|value| !value.is_null())
                .map(|value| context.spec.style.words(&by.detail, value))
                .unwrap_or_default(),
            value: value.map(|value| number_words(value, &by.format)).unwrap_or_default(),
            is_chosen: state.chosen.as_ref() == Some(&vehicle.entity),
        })
    };
    let listed = list(&state.fleet, result, by, find, size, state.stream_ms);
    listed.into_iter().filter_map(row).collect()
}

/// The rows of a large fleet, which the server has ranked or found: the entity, and what it is ranked by. Only of those in view more
/// is known.
pub(super) fn ranked_rows(
    state: &MapState,
    context: &PanelContext,
    ranking: &QueryResult,
) -> Vec<Row> {
    let by = &state.params.list;
    let column = ranking.columns.iter().position(|column| column == RANKED_BY);
    let row = |cells: &hailstream_protocol::Row| {
        let entity = cells.first()?;
        let number = column.and_then(|column| cells.get(column)?.as_f64());
        let shown = state.shown_of(Some(entity), 0.0);
        let look = shown.map(|shown| entry(state, context, shown.class()));
        let (shape, token, status) = look
            .map_or(("dot", "other", String::new()), |look| (look.shape, look.token, look.words));
        Some(Row {
            entity: entity.clone(),
            shape,
            token,
            status,
            detail: String::new(),
            value: number.map(|number| number_words(number, &by.format)).unwrap_or_default(),
            is_chosen: state.chosen.as_ref() == Some(entity),
        })
    };
    ranking.rows.iter().filter_map(row).collect()
}

#[component]
pub(super) fn SideList(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    list: MapList,
    noun: String,
) -> impl IntoView {
    let title = move || {
        around.find.with(|find| {
            if find.trim().is_empty() { list.title.clone() } else { "Found".to_owned() }
        })
    };
    let search = move |event: web_sys::Event| {
        around.find.set(event_target_value(&event));
        handle.with_value(|handle| handle.change(|state| state.wants_count = true));
    };
    let keys = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            let first = around.rows.with(|rows| rows.first().map(|row| row.entity.clone()));
            handle.with_value(|handle| handle.find(first, around));
        }
        "Escape" => close(around),
        _ => {}
    };
    let name = format!("Find a {}", noun.to_ascii_lowercase());
    view! {
        <div class="side pop">
            <input class="input" type="search" placeholder=name.clone() aria-label=name autocomplete="off"
                prop:value=move || around.find.get() on:input=search on:keydown=keys />
            <h3>{title}</h3>
            <Rows handle around />
        </div>
    }
}

#[component]
fn Rows(handle: StoredValue<MapHandle, LocalStorage>, around: Around) -> impl IntoView {
    let active = RwSignal::new(None::<Value>);
    let keys = move |event: web_sys::KeyboardEvent| {
        let entities: Vec<Value> =
            around.rows.with_untracked(|rows| rows.iter().map(|row| row.entity.clone()).collect());
        let now = active.with_untracked(|active| {
            entities.iter().position(|entity| Some(entity) == active.as_ref())
        });
        let last = entities.len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowDown" => now.map_or(0, |at| (at + 1).min(last)),
            "ArrowUp" => now.map_or(last, |at| at.saturating_sub(1)),
            "Home" => 0,
            "End" => last,
            "Enter" | " " => {
                let chosen = active.get_untracked();
                handle.with_value(|handle| handle.find(chosen, around));
                return event.prevent_default();
            }
            "Escape" => return close(around),
            _ => return,
        };
        event.prevent_default();
        active.set(entities.get(next).cloned());
    };
    let option = move |row: Row| option(row, handle, around, active);
    let pointed = move || active.get().map(|entity| option_id(&entity));
    view! {
        <ul class="rows" role="listbox" tabindex="0" aria-label="Vehicles" aria-activedescendant=pointed on:keydown=keys>
            {live(move || around.rows.get().into_iter().map(option).collect_view())}
        </ul>
    }
}

fn close(around: Around) {
    dom::give_focus_back(".side", ".mapview");
    around.is_list_open.set(false);
}

fn option_id(entity: &Value) -> String {
    format!("map-row-{entity}")
}

fn option(
    row: Row,
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    active: RwSignal<Option<Value>>,
) -> AnyView {
    let (entity, chosen) = (row.entity.clone(), row.entity.clone());
    let is_active = move || active.with(|active| active.as_ref() == Some(&entity));
    let choose = move |_| {
        active.set(Some(chosen.clone()));
        handle.with_value(|handle| handle.find(Some(chosen.clone()), around));
    };
    view! {
        <li id=option_id(&row.entity) role="option" aria-selected=row.is_chosen.to_string() class:active=live_flag(is_active) on:click=choose>
            <Glyph shape=row.shape token=row.token />
            <b>{row.entity.to_string()}</b>
            <span class="sr">{row.status}</span>
            <span class="clip grow">{row.detail}</span>
            <span>{row.value}</span>
        </li>
    }
    .into_any()
}
