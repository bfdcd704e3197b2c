//! A dashboard: its document and the fields of its streams are fetched once; all else comes through the session.
//!
//! The page shows the document that is in force, which while somebody edits is a draft. What a change does not touch stays:
//! panels keep their answers, and only those that differ are made anew.

use std::sync::Arc;

use crate::live::{live, live_flag, live_value};
use hailstream_client::draft::Draft;
use hailstream_client::layout::Placed;
use hailstream_client::link::Told;
use leptos::prelude::*;
use serde_json::Value as Json;
use wasm_bindgen_futures::spawn_local;

use super::board_address::BoardAddress;
use super::in_turns::in_turns;
use super::not_found::Nowhere;
use crate::address::AddressStore;
use crate::api::{self, Failure};
use crate::board::{Board, PanelSpec, Schema, Schemas, frame_of, streams};
use crate::chrome::{FilterRow, Shortcuts, TitleRow};
use crate::edit::{Editing, Notice, PlaceMark, edit_empty, panel_editor, with_held};
use crate::lazy::lazily;
use crate::panel::{BoardContext, BoardParts, PanelContext, PanelFrame, Panels};
use crate::session;
use crate::theme::ThemeStore;

/// The page of `/d/{id}`; `only` one panel of it where that is embedded alone.
#[component]
pub(crate) fn BoardPage(
    id: String,
    #[prop(optional_no_strip)] only: Option<String>,
) -> impl IntoView {
    let loaded = RwSignal::new(None);
    let path = format!("/api/dashboards/{}", js_sys::encode_uri_component(&id));
    let address = expect_context::<AddressStore>();
    let begins = untrack(|| address.word("edit").is_some() && !address.is_embedded());
    {
        let id = id.clone();
        spawn_local(async move {
            let answer = api::get_json(&path).await;
            let editing = answer.map(|document| Editing::of(id, Arc::new(document)));
            if let (Ok(editing), true) = (&editing, begins) {
                editing.begin();
            }
            loaded.try_set(Some(editing));
        });
    }
    live(move || match loaded.get() {
        None => view! { <div class="titlerow"></div> }.into_any(),
        Some(Ok(editing)) => view! { <Document editing only=only.clone() /> }.into_any(),
        Some(Err(Failure::NotFound { detail })) => {
            let detail = format!("{id}: {detail}");
            view! { <Nowhere title="There is no such dashboard" detail /> }.into_any()
        }
        Some(Err(failure)) => {
            let detail = failure.detail().to_owned();
            view! { <Nowhere title="This dashboard cannot be loaded" detail /> }.into_any()
        }
    })
}

/// The board of a document, anew only where something changed that all panels share.
#[component]
fn Document(editing: Editing, only: Option<String>) -> impl IntoView {
    let name = editing.clone();
    Effect::new(move |_| {
        if let Some(document) = crate::dom::document() {
            document.set_title(&format!("{} · Hailstream", name.name().0));
        }
    });
    let watching = session::watch_dashboard(&editing.id);
    let (told, watched) = (watching.told.clone(), editing.clone());
    StoredValue::new_local(watching);
    Effect::new(move |_| match told.get() {
        Some(Told::Version(version)) => watched.somebody_saved(Some(&version)),
        Some(Told::Gone) => watched.somebody_saved(None),
        None => {}
    });
    let shown = editing.shown.clone();
    let frame = Memo::new(move |_| shown.with(|shown| frame_of(shown)));
    live(move || {
        frame.track();
        view! { <BoardView editing=editing.clone() only=only.clone() /> }
    })
}

#[component]
fn BoardView(editing: Editing, only: Option<String>) -> impl IntoView {
    let document = editing.shown.get_untracked();
    let board = Arc::new(Board::of(&document));
    let range = ArcRwSignal::new(board.range.clone());
    let filters = ArcRwSignal::new(board.filters.clone());
    let address = BoardAddress::keep((&board.range, &board.filters), &range, &filters);
    let schemas = ArcRwSignal::new(Schemas::default());
    let context = BoardContext::new(BoardParts {
        board: Arc::clone(&board),
        range,
        filters,
        address,
        theme: expect_context::<ThemeStore>(),
        schemas: schemas.clone(),
        cursor_ms: ArcRwSignal::new(None),
        enlarged: ArcRwSignal::new(None),
        tables: ArcRwSignal::new(Vec::new()),
        editing: editing.clone(),
    });
    let panels = keep_panels(&context, &board, &schemas);
    follow_held(&editing, &panels);
    if let Some(only) = only {
        return alone(panels, only);
    }
    let frame = |context: PanelContext| view! { <PanelFrame context /> }.into_any();
    let made = in_turns(&panels);
    let frames = view! { <For each=made key=PanelContext::key children=frame /> };
    let is_wall = Memo::new(move |_| address.is_wall());
    let notice = {
        let context = context.clone();
        live(move || {
            is_wall.track();
            let editing = context.editing.clone();
            context.can_edit().then(|| view! { <Notice editing /> })
        })
    };
    let rows = {
        let panels = panels.clone();
        move || {
            let ends = |panels: &Vec<PanelContext>| {
                panels.iter().map(|panel| panel.grid.get()).map(|grid| grid.y + grid.h).max()
            };
            panels.with(ends).unwrap_or(1).to_string()
        }
    };
    let is_editing = {
        let editing = editing.clone();
        Memo::new(move |_| editing.is_on())
    };
    let is_open = {
        let open = editing.open.clone();
        Memo::new(move |_| open.get())
    };
    let editor = {
        let (editing, panels) = (editing.clone(), panels.clone());
        live(move || {
            is_open.get().map(|id| lazily(panel_editor(editing.clone(), id, panels.clone())))
        })
    };
    let is_empty = {
        let panels = panels.clone();
        Memo::new(move |_| panels.with(Vec::is_empty))
    };
    let nothing = {
        let editing = editing.clone();
        live(move || is_empty.get().then(|| lazily(edit_empty(editing.clone()))))
    };
    view! {
        <div
            class=shown_parts(address.store())
            class:wall=live_flag(move || is_wall.get())
            class:editing=live_flag(move || is_editing.get())
            class:opened=live_flag(move || is_open.with(Option::is_some))
            style=("--rows", live_value(rows))
        >
            <TitleRow board=context.clone() panels=panels.clone() is_wall />
            {notice}
            <FilterRow board=context.clone() panels=panels.clone() />
            <div class="board" class:tight=!board.has_margins>{frames}<PlaceMark editing /></div>
            {nothing}
            {editor}
            <Shortcuts board=context />
        </div>
    }
    .into_any()
}

/// Which parts an embedded board shows, by the flags of OpenSearch Dashboards; the style sheet does the rest.
fn shown_parts(address: AddressStore) -> String {
    let is_on = |word: &str| untrack(|| address.word(word)).is_some_and(|value| value != "false");
    let parts = [
        ("show-top-menu", "with-title"),
        ("show-query-input", "with-query"),
        ("show-time-filter", "with-time"),
        ("hide-filter-bar", "without-filters"),
    ];
    let on = parts.into_iter().filter(|(word, _)| is_on(word)).map(|(_, class)| class);
    std::iter::once("page").chain(on).collect::<Vec<_>>().join(" ")
}

/// One panel that fills the page.
fn alone(panels: Panels, id: String) -> AnyView {
    let shown = move || {
        let found = panels.with(|panels| panels.iter().find(|panel| panel.spec.id == id).cloned());
        match found {
            Some(context) => view! { <PanelFrame context alone=true /> }.into_any(),
            None => {
                let detail = format!("{id}: the dashboard has no such panel");
                view! { <Nowhere title="There is no such panel" detail /> }.into_any()
            }
        }
    };
    view! { <div class="page single">{live(shown)}</div> }.into_any()
}

/// The panels of the document in force. Those that a change does not touch stay, at the place they have now.
fn keep_panels(
    context: &BoardContext,
    board: &Arc<Board>,
    schemas: &ArcRwSignal<Schemas>,
) -> Panels {
    let panels = Panels::default();
    let renew = {
        let (context, board, schemas, panels) =
            (context.clone(), Arc::clone(board), schemas.clone(), panels.clone());
        move |document: &Json| {
            let specs = board.panels(document);
            learn(&schemas, streams(&specs));
            let before = panels.get_untracked();
            let renewed: Vec<PanelContext> =
                specs.into_iter().map(|spec| panel(&before, spec, &context)).collect();
            panels.set(renewed);
        }
    };
    let shown = context.editing.shown.clone();
    renew(&shown.get_untracked());
    Effect::new(move |before: Option<Arc<Json>>| {
        let document = shown.get();
        if before.is_some_and(|before| !Arc::ptr_eq(&before, &document)) {
            renew(&document);
        }
        document
    });
    panels
}

fn panel(before: &[PanelContext], spec: Arc<PanelSpec>, context: &BoardContext) -> PanelContext {
    let Some(held) = before.iter().find(|held| held.spec.id == spec.id) else {
        return PanelContext::new(spec, context.clone());
    };
    if held.spec.content != spec.content {
        return held.renewed(spec);
    }
    if held.grid.with_untracked(|grid| *grid != spec.grid) {
        held.grid.set(spec.grid);
    }
    held.clone()
}

/// While a panel is held, the others make room for where it would stand.
fn follow_held(editing: &Editing, panels: &Panels) {
    let (held, draft, panels) = (editing.held.clone(), editing.draft.clone(), panels.clone());
    Effect::new(move |was_held: Option<bool>| {
        let held = held.get();
        let places =
            draft.with_untracked(|draft| draft.as_ref().map(Draft::places)).unwrap_or_default();
        let places = match &held {
            // The held panel itself is seen where the hand is.
            Some(held) => {
                let own = |mut placed: Placed| {
                    if placed.id == held.id {
                        placed.grid = held.grid;
                    }
                    placed
                };
                with_held(&places, held).into_iter().map(own).collect()
            }
            None if was_held == Some(true) => places,
            None => return false,
        };
        for panel in panels.get_untracked() {
            let placed = places.iter().find(|placed| placed.id == panel.spec.id);
            if let Some(placed) =
                placed.filter(|placed| panel.grid.with_untracked(|grid| *grid != placed.grid))
            {
                panel.grid.set(placed.grid);
            }
        }
        held.is_some()
    });
}

/// Fetches the fields of streams that are not known yet, as the server tells them. Without an answer filters have no effect on a
/// stream, the chips leave out the leg from source to Kafka, and all else works.
fn learn(schemas: &ArcRwSignal<Schemas>, streams: Vec<String>) {
    let unknown: Vec<String> = schemas.with_untracked(|schemas| schemas.unknown(streams));
    if unknown.is_empty() {
        return;
    }
    schemas.update(|schemas| schemas.await_more(&unknown));
    for stream in unknown {
        let schemas = schemas.clone();
        spawn_local(async move {
            let answer = api::get_json(&api::stream_path(&stream)).await.ok();
            schemas.try_update(|schemas| schemas.take(answer.as_ref().map(Schema::of)));
        });
    }
}
