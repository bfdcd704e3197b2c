//! A dashboard: its document is fetched once, its address keeps the range, the pause and the theme.

use std::sync::Arc;

use hailstream_client::time_range::TimeRange;
use hailstream_protocol::saved_object::DashboardDocument;
use hailstream_protocol::stream_info::StreamSummary;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};
use wasm_bindgen_futures::spawn_local;

use super::not_found::Nowhere;
use crate::api::{self, Failure};
use crate::board::Board;
use crate::chrome::TitleRow;
use crate::local_time::query_time;
use crate::panel::{BoardContext, PanelContext, PanelFrame};
use crate::session;
use crate::theme::ThemeStore;

/// The page of `/d/{id}`.
#[component]
pub(crate) fn BoardPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let loaded = RwSignal::new(None);
    Effect::new(move |_| {
        let id = id.get();
        spawn_local(async move {
            let path = format!("/api/dashboards/{}", js_sys::encode_uri_component(&id));
            let answer = api::get_json::<DashboardDocument>(&path).await;
            loaded.try_set(Some(answer.map(|document| Arc::new(Board::of(&document)))));
        });
    });
    move || match loaded.get() {
        None => view! { <div class="titlerow"></div> }.into_any(),
        Some(Ok(board)) => view! { <BoardView board /> }.into_any(),
        Some(Err(Failure::NotFound { detail })) => {
            let detail = format!("{} ({detail})", id.get_untracked());
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
    let context = BoardContext {
        board: Arc::clone(&board),
        range: range.clone(),
        theme: expect_context::<ThemeStore>(),
        record_streams: record_streams(),
        cursor_ms: ArcRwSignal::new(None),
    };
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
        let Ok(streams) = api::get_json::<Vec<StreamSummary>>("/api/streams").await else { return };
        let single = streams.into_iter().filter(|stream| stream.mode == "append");
        told.try_set(single.map(|stream| stream.health.stream).collect());
    });
    names
}

/// The address is the memory of the page: a link shows what its sender saw, and "back" goes back in time ranges.
fn keep_in_address(range: &ArcRwSignal<TimeRange>, saved: &TimeRange) {
    let query = use_query_map();
    let (saved, shown) = (saved.clone(), range.clone());
    let addressed = move || {
        query.with(|query| {
            let end = |name: &str, saved: &str| {
                query.get(name).map_or_else(|| saved.to_owned(), |text| query_time(&text))
            };
            TimeRange { from: end("from", &saved.from), to: end("to", &saved.to) }
        })
    };
    range.set(untrack(&addressed));
    if query.with_untracked(|query| query.get("paused").is_some()) {
        session::set_paused(true);
    }
    on_cleanup(|| session::set_paused(false));
    Effect::new(move |before: Option<TimeRange>| {
        let addressed = addressed();
        if before.is_some_and(|before| before != addressed) && shown.get_untracked() != addressed {
            shown.set(addressed.clone());
        }
        addressed
    });
    write_address(range.clone());
}

fn write_address(range: ArcRwSignal<TimeRange>) {
    let location = use_location();
    let navigate = use_navigate();
    let pause = session::pause();
    let is_paused = Memo::new(move |_| pause.with(|pause| pause.since_ms.is_some()));
    let before = StoredValue::new(None);
    Effect::new(move |_| {
        let now = (range.get(), is_paused.get());
        let then = before.get_value();
        before.set_value(Some(now.clone()));
        let Some(then) = then.filter(|then| *then != now) else { return };
        let (TimeRange { from, to }, is_paused) = &now;
        let theme = location.query.with_untracked(|query| query.get("theme"));
        let mut words = format!("?from={from}&to={to}");
        if *is_paused {
            words += "&paused=1";
        }
        if let Some(theme) = theme {
            words += &format!("&theme={theme}");
        }
        let path = location.pathname.get_untracked();
        // Pausing is no place to go back to.
        let replace = then.0 == now.0;
        navigate(&format!("{path}{words}"), NavigateOptions { replace, scroll: false, ..Default::default() });
    });
}
