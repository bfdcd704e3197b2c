//! A dashboard: its document and the fields of its streams are fetched once; all else comes through the session.

use std::sync::Arc;

use crate::live::{live, live_flag};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::board_address::BoardAddress;
use super::not_found::Nowhere;
use crate::api::{self, Failure};
use crate::board::{Board, Schema, Schemas};
use crate::chrome::{FilterRow, Shortcuts, TitleRow};
use crate::panel::{BoardContext, BoardParts, PanelContext, PanelFrame};
use crate::theme::ThemeStore;

/// The page of `/d/{id}`.
#[component]
pub(crate) fn BoardPage(id: String) -> impl IntoView {
    let loaded = RwSignal::new(None);
    let path = format!("/api/dashboards/{}", js_sys::encode_uri_component(&id));
    spawn_local(async move {
        let answer = api::get_json(&path).await;
        loaded.try_set(Some(answer.map(|document| Arc::new(Board::of(&document)))));
    });
    live(move || match loaded.get() {
        None => view! { <div class="titlerow"></div> }.into_any(),
        Some(Ok(board)) => view! { <BoardView board /> }.into_any(),
        Some(Err(Failure::NotFound { detail })) => {
            let detail = format!("{id}: {detail}");
            view! { <Nowhere title="There is no such dashboard" detail /> }.into_any()
        }
        Some(Err(Failure::Other { detail })) => {
            view! { <Nowhere title="This dashboard cannot be loaded" detail /> }.into_any()
        }
    })
}

#[component]
fn BoardView(board: Arc<Board>) -> impl IntoView {
    if let Some(document) = crate::dom::document() {
        document.set_title(&format!("{} · Hailstream", board.title));
    }
    let range = ArcRwSignal::new(board.range.clone());
    let filters = ArcRwSignal::new(board.filters.clone());
    let address = BoardAddress::keep((&board.range, &board.filters), &range, &filters);
    let context = BoardContext::new(BoardParts {
        board: Arc::clone(&board),
        range,
        filters,
        address,
        theme: expect_context::<ThemeStore>(),
        schemas: schemas(board.streams()),
        cursor_ms: ArcRwSignal::new(None),
        enlarged: ArcRwSignal::new(None),
        tables: ArcRwSignal::new(Vec::new()),
    });
    let panels: Vec<PanelContext> = board
        .panels
        .iter()
        .map(|spec| PanelContext::new(Arc::clone(spec), context.clone()))
        .collect();
    let frames = panels.iter().cloned();
    let frames = frames.map(|context| view! { <PanelFrame context /> }.into_any()).collect_view();
    let is_wall = Memo::new(move |_| address.is_wall());
    let rows = board.panels.iter().map(|panel| panel.grid.y + panel.grid.h).max().unwrap_or(1);
    view! {
        <div class="page" class:wall=live_flag(move || is_wall.get()) style=("--rows", rows.to_string())>
            <TitleRow board=context.clone() panels=panels.clone() is_wall />
            <FilterRow board=context.clone() panels />
            <div class="board" class:tight=!board.has_margins>{frames}</div>
            <Shortcuts board=context />
        </div>
    }
}

/// The fields of the streams, as the server tells them. Without an answer filters have no effect on a stream, the chips leave
/// out the leg from source to Kafka, and all else works.
fn schemas(streams: Vec<String>) -> ArcRwSignal<Schemas> {
    let schemas = ArcRwSignal::new(Schemas::awaiting(streams.len()));
    for stream in streams {
        let schemas = schemas.clone();
        spawn_local(async move {
            let path = format!("/api/streams/{}", js_sys::encode_uri_component(&stream));
            let answer = api::get_json(&path).await.ok();
            schemas.try_update(|schemas| schemas.take(answer.as_ref().map(Schema::of)));
        });
    }
    schemas
}
