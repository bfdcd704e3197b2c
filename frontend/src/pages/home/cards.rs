//! Boards in pictures: those with a star, drawn small from live data; where there is none, the first ones. And the names of those
//! that were opened lately.

use std::sync::Arc;

use hailstream_client::board_list::BoardRow;
use hailstream_client::filters::Filters;
use leptos::prelude::*;
use serde_json::Value as Json;
use wasm_bindgen_futures::spawn_local;

use super::Home;
use super::list::{freshness, star};
use crate::api;
use crate::board::{Board, Schemas, streams};
use crate::edit::Editing;
use crate::live::live;
use crate::pages::board_address::BoardAddress;
use crate::panel::{BoardContext, BoardParts, PanelContext, mini};
use crate::theme::ThemeStore;

/// Pictures that are drawn; each is a board's worth of live views.
const PICTURES: usize = 6;
/// Without a star so many boards are shown.
const UNASKED: usize = 3;
/// Rows of a board that its picture shows.
const ROWS: u32 = 28;
/// Panels that a picture shows.
const PANELS: usize = 14;

/// The pictures, then the names of those opened lately.
pub(super) fn pinned(home: Home) -> AnyView {
    let shown = Memo::new(move |_| {
        let starred = home.kept.starred.get();
        home.list.with(|list| {
            let rows = list
                .as_ref()
                .and_then(|list| list.as_ref().ok())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let of = |id: &String| rows.iter().find(|row| row.id == *id).cloned();
            let chosen: Vec<BoardRow> = starred.iter().filter_map(of).take(PICTURES).collect();
            match chosen.is_empty() {
                true => (
                    false,
                    rows.iter().filter(|row| row.panels > 0).take(UNASKED).cloned().collect(),
                ),
                false => (true, chosen),
            }
        })
    });
    let is_chosen = move || shown.with(|(is_chosen, _)| *is_chosen);
    let (title, hint) = (
        move || if is_chosen() { "Pinned" } else { "Live" },
        move || {
            if is_chosen() {
                "drawn from live data"
            } else {
                "drawn from live data; a star keeps a board here"
            }
        },
    );
    // Figures that move on, such as who watches, draw nothing anew.
    let ids = Memo::new(move |_| {
        shown.with(|(_, rows)| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>())
    });
    let cards = move || {
        let row = |id: String| {
            untrack(|| shown.with(|(_, rows)| rows.iter().find(|row| row.id == id).cloned()))
        };
        ids.get().into_iter().filter_map(row).map(|row| card(home, row)).collect_view()
    };
    view! {
        <section class="wrap pinned" aria-labelledby="pinned">
            <h2 class="sec" id="pinned">{title}<span class="muted">{hint}</span></h2>
            <div class="cards">{live(cards)}</div>
            {recent(home)}
        </section>
    }
    .into_any()
}

/// Those that were opened lately, one click away.
fn recent(home: Home) -> AnyView {
    live(move || {
        let ids = home.kept.recent.get();
        let links: Vec<_> = home.list.with(|list| {
            let rows = list
                .as_ref()
                .and_then(|list| list.as_ref().ok())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let of = |id: &String| rows.iter().find(|row| row.id == *id);
            let link = |row: &BoardRow| {
                let href = format!("/d/{}", js_sys::encode_uri_component(&row.id));
                view! { <a class="btn" href=href>{row.title.clone()}</a> }
            };
            ids.iter().filter_map(of).map(link).collect()
        });
        (!links.is_empty()).then(|| view! { <nav class="recent" aria-label="Opened lately"><h2 class="sec">"Recent"</h2>{links}</nav> })
    })
}

fn card(home: Home, row: BoardRow) -> impl IntoView {
    let board: RwSignal<Option<Arc<Json>>> = RwSignal::new(None);
    let path = format!("/api/dashboards/{}", js_sys::encode_uri_component(&row.id));
    spawn_local(async move {
        if let Ok(document) = api::get_json(&path).await {
            board.try_set(Some(Arc::new(document)));
        }
    });
    let picture = move || board.get().map(|board| picture(&board));
    let href = format!("/d/{}", js_sys::encode_uri_component(&row.id));
    let streams = Memo::new(move |_| {
        let names = |board: &Arc<Json>| streams(&Board::of(board).panels(board));
        board.with(|board| board.as_ref().map(names)).unwrap_or_default()
    });
    let chip = live(move || {
        streams
            .with(|streams| freshness(streams))
            .map(|(class, words)| view! { <span class=class>{words}</span> })
    });
    let panels = match row.panels {
        1 => "1 panel".to_owned(),
        panels => format!("{panels} panels"),
    };
    let watching = row
        .watchers
        .filter(|watchers| *watchers > 0)
        .map(|watchers| format!(", {watchers} watching"));
    let about = match row.description.as_str() {
        "" => format!("{panels}{}", watching.unwrap_or_default()),
        words => words.to_owned(),
    };
    view! {
        <article class="bcard">
            <div class="th" aria-hidden="true">{live(picture)}</div>
            <div class="mt">
                <div class="l"><a href=href>{row.title.clone()}</a><span class="grow"></span>{chip}{star(home, &row)}</div>
                <p class="clip">{about}</p>
            </div>
        </article>
    }
}

/// The panels of a board in their places, live.
pub(super) fn picture(document: &Arc<Json>) -> AnyView {
    let context = context_of(document);
    let bottom = |panel: &PanelContext| panel.spec.grid.y + panel.spec.grid.h;
    let panels: Vec<PanelContext> = context
        .board
        .panels(document)
        .into_iter()
        .filter(|spec| spec.grid.y < ROWS)
        .take(PANELS)
        .map(|spec| PanelContext::new(spec, context.clone()))
        .collect();
    let rows = panels.iter().map(bottom).max().unwrap_or(1).clamp(8, ROWS);
    let panel = |context: &PanelContext| {
        let grid = context.spec.grid;
        let high = grid.h.max(1).min(rows.saturating_sub(grid.y).max(1));
        let class = format!("mp {}", context.spec.kind);
        view! {
            <div
                class=class
                style=("--x", (grid.x + 1).to_string()) style=("--y", (grid.y + 1).to_string())
                style=("--w", grid.w.max(1).to_string()) style=("--h", high.to_string())
            >
                <b class="clip">{context.spec.title.clone()}</b>
                {mini(context)}
            </div>
        }
    };
    let shown = panels.iter().map(panel).collect_view();
    view! { <div class="mini" style=("--rows", rows.to_string())>{shown}</div> }.into_any()
}

fn context_of(document: &Arc<Json>) -> BoardContext {
    let board = Arc::new(Board::of(document));
    BoardContext::new(BoardParts {
        range: ArcRwSignal::new(board.range.clone()),
        filters: ArcRwSignal::new(Filters::default()),
        board,
        address: BoardAddress::elsewhere(),
        theme: expect_context::<ThemeStore>(),
        schemas: ArcRwSignal::new(Schemas::default()),
        cursor_ms: ArcRwSignal::new(None),
        enlarged: ArcRwSignal::new(None),
        tables: ArcRwSignal::new(Vec::new()),
        editing: Editing::of(String::new(), Arc::clone(document)),
    })
}
