//! A dashboard: its document is fetched once, its address keeps the range, the pause and the theme.

use std::sync::Arc;

use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::not_found::Nowhere;
use crate::address::{AddressStore, Step};
use crate::api::{self, Failure};
use crate::board::Board;
use crate::chrome::TitleRow;
use crate::local_time::query_time;
use crate::panel::{BoardContext, BoardParts, PanelContext, PanelFrame};
use crate::session;
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
    move || match loaded.get() {
        None => view! { <div class="titlerow"></div> }.into_any(),
        Some(Ok(board)) => view! { <BoardView board /> }.into_any(),
        Some(Err(Failure::NotFound { detail })) => {
            let detail = format!("{id}: {detail}");
            view! { <Nowhere title="There is no such dashboard" detail /> }.into_any()
        }
        Some(Err(Failure::Other { detail })) => {
            view! { <Nowhere title="This dashboard cannot be loaded" detail /> }.into_any()
        }
    }
}

#[component]
fn BoardView(board: Arc<Board>) -> impl IntoView {
    let title = board.title.clone();
    if let Some(document) = crate::dom::document() {
        document.set_title(&format!("{title} · Hailstream"));
    }
    let range = ArcRwSignal::new(board.range.clone());
    keep_in_address(&range, &board.range);
    let context = BoardContext::new(BoardParts {
        board: Arc::clone(&board),
        range: range.clone(),
        theme: expect_context::<ThemeStore>(),
        record_streams: record_streams(),
        cursor_ms: ArcRwSignal::new(None),
    });
    let panels: Vec<PanelContext> = board
        .panels
        .iter()
        .map(|spec| PanelContext::new(Arc::clone(spec), context.clone()))
        .collect();
    let frames = panels.iter().cloned();
    let frames = frames.map(|context| view! { <PanelFrame context /> }.into_any()).collect_view();
    view! {
        <TitleRow title panels range />
        <div class="board">{frames}</div>
    }
}

/// Streams whose event times are those of single records, once the server has told; until then none is taken for one.
fn record_streams() -> ArcRwSignal<Vec<String>> {
    let names = ArcRwSignal::new(Vec::new());
    let told = names.clone();
    spawn_local(async move {
        // Without this answer the chips leave out the leg from source to Kafka, and all else works.
        let Ok(streams) = api::get_json("/api/streams").await else { return };
        let single = streams.as_array().into_iter().flatten().filter_map(|stream| {
            let is_single = stream.get("mode")?.as_str()? == "append";
            Some(stream.get("stream")?.as_str()?.to_owned()).filter(|_| is_single)
        });
        told.try_set(single.collect());
    });
    names
}

/// The address is the memory of the page: a link shows what its sender saw, and "back" goes back in time ranges.
fn keep_in_address(range: &ArcRwSignal<TimeRange>, saved: &TimeRange) {
    let address = expect_context::<AddressStore>();
    let addressed = {
        let saved = saved.clone();
        move || {
            let end = |name: &str, saved: &str| {
                address.word(name).map_or_else(|| saved.to_owned(), |text| query_time(&text))
            };
            TimeRange { from: end("from", &saved.from), to: end("to", &saved.to) }
        }
    };
    range.set(untrack(&addressed));
    if untrack(|| address.word("paused")).is_some() {
        session::set_paused(true);
    }
    on_cleanup(|| session::set_paused(false));
    let shown = range.clone();
    Effect::new(move |before: Option<TimeRange>| {
        let addressed = addressed();
        if before.is_some_and(|before| before != addressed) && shown.get_untracked() != addressed {
            shown.set(addressed.clone());
        }
        addressed
    });
    write_address(address, range.clone());
}

fn write_address(address: AddressStore, range: ArcRwSignal<TimeRange>) {
    let pause = session::pause();
    let is_paused = Memo::new(move |_| pause.with(|pause| pause.since_ms.is_some()));
    Effect::new(move |then: Option<(TimeRange, bool)>| {
        let now = (range.get(), is_paused.get());
        let Some(then) = then.filter(|then| *then != now) else { return now };
        let theme = untrack(|| address.word("theme"));
        let mut words = vec![("from", now.0.from.as_str()), ("to", now.0.to.as_str())];
        if now.1 {
            words.push(("paused", "1"));
        }
        if let Some(theme) = &theme {
            words.push(("theme", theme));
        }
        // Pausing is no place to go back to.
        let step = if then.0 == now.0 { Step::Replace } else { Step::Push };
        untrack(|| address.set_words(&words, step));
        now
    });
}
