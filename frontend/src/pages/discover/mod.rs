//! `/discover`: the records of a stream as they come, and what is in them.
//!
//! The page is a board of its own making: a histogram over time and the newest records are panels under one range and one set
//! of filters, so that query bar, pills, states and freshness are those of every board. What can be decided without a browser
//! is in `hailstream_client::discover`.

mod address;
mod calm;
mod download;
mod fields;
mod histogram;
mod record;
mod records;
mod streams;
mod values;

use std::sync::Arc;

use hailstream_client::discover::columns::{Sort, usual_columns};
use hailstream_client::discover::link::words;
use hailstream_client::filters::Filters;
use hailstream_client::stream_fields::StreamFields;
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use self::address::DiscoverAddress;
use super::board_address::BoardAddress;
use crate::address::address_of;
use crate::api::{self, Failure};
use crate::board::{Board, Schema, Schemas};
use crate::chrome::{FilterRow, Icon, PauseButton, Shortcuts, TimeButton};
use crate::dom;
use crate::edit::Editing;
use crate::live::{live, live_flag, live_text};
use crate::panel::{BoardChip, BoardContext, BoardParts, PanelContext, Panels};
use crate::theme::ThemeStore;

/// The range of an address that names none.
const RANGE: (&str, &str) = ("now-15m", "now");
/// Buckets of the histogram.
const BUCKETS: u32 = 60;

type Fetched<T> = RwSignal<Option<Result<T, Failure>>>;

/// What the parts of the page share.
#[derive(Clone)]
struct Discover {
    context: BoardContext,
    address: DiscoverAddress,
    /// The stream with its fields, as the server told of them last.
    stream: RwSignal<Arc<StreamFields>>,
    /// The fields in the table, in their order.
    columns: Memo<Vec<String>>,
    sort: Memo<Option<Sort>>,
}

/// The page.
#[component]
pub(crate) fn DiscoverPage() -> impl IntoView {
    let address = DiscoverAddress::new();
    let list: Fetched<Vec<String>> = RwSignal::new(None);
    spawn_local(async move {
        let answer = api::get_json("/api/streams").await;
        list.try_set(Some(answer.map(|list| streams::names(&list))));
    });
    let chosen = Memo::new(move |_| {
        let first = || list.with(|list| list.as_ref()?.as_ref().ok()?.first().cloned());
        address.stream().or_else(first)
    });
    let content = move || match chosen.get() {
        Some(name) => view! { <OfStream name list /> }.into_any(),
        None => {
            let words = list.with(|list| match list {
                None => None,
                Some(Ok(_)) => Some((
                    "There are no streams",
                    "Describe a topic in a stream file; its records show up here.".to_owned(),
                )),
                Some(Err(failure)) => {
                    Some(("The streams cannot be listed", failure.detail().to_owned()))
                }
            });
            words.map(|(title, detail)| nothing(title, detail)).into_any()
        }
    };
    live(content)
}

/// The page's head without a stream, and why.
fn nothing(title: &'static str, detail: String) -> AnyView {
    view! {
        <div class="titlerow"><h1>"Discover"</h1></div>
        <div class="page-state" role="alert"><h2>{title}</h2><p>{detail}</p></div>
    }
    .into_any()
}

/// A stream: its fields are fetched once, and again when records have one that is not known.
#[component]
fn OfStream(name: String, list: Fetched<Vec<String>>) -> impl IntoView {
    let told: Fetched<Json> = RwSignal::new(None);
    fetch(&name, told);
    if let Some(document) = dom::document() {
        document.set_title(&format!("{name} · Discover · Hailstream"));
    }
    // What is told later of the same stream changes its fields, not the page.
    let state = Memo::new(move |_| {
        told.with(|told| told.as_ref().map(|told| told.as_ref().map(drop).map_err(Clone::clone)))
    });
    live(move || {
        match state.get() {
        None => view! { <div class="titlerow"><h1>"Discover"</h1></div> }.into_any(),
        Some(Ok(())) => view! { <Records name=name.clone() told list /> }.into_any(),
        Some(Err(failure)) => view! {
            <div class="titlerow of-discover"><h1>"Discover"</h1><streams::StreamPicker name=name.clone() list /></div>
            <div class="page-state" role="alert"><h2>"This stream cannot be shown"</h2><p>{failure.detail().to_owned()}</p></div>
        }
        .into_any(),
    }
    })
}

fn fetch(name: &str, told: Fetched<Json>) {
    let path = format!("/api/streams/{}", js_sys::encode_uri_component(name));
    spawn_local(async move {
        let answer = api::get_json(&path).await;
        // A failure after the first answer leaves what is known.
        let keeps = answer.is_err() && told.try_with_untracked(Option::is_some) == Some(true);
        if !keeps {
            told.try_set(Some(answer));
        }
    });
}

#[component]
fn Records(name: String, told: Fetched<Json>, list: Fetched<Vec<String>>) -> impl IntoView {
    let info = move || told.with(|told| told.as_ref()?.as_ref().ok().cloned()).unwrap_or_default();
    let first = untrack(info);
    let stream = RwSignal::new(Arc::new(StreamFields::of(&first)));
    let schemas = ArcRwSignal::new(schemas(&name, &first));
    let discover = discover(&name, stream, &schemas);
    let of = name.clone();
    Effect::new(move |before: Option<()>| {
        let info = info();
        if before.is_some() {
            schemas.set(self::schemas(&of, &info));
            stream.set(Arc::new(StreamFields::of(&info)));
        }
    });
    let histogram = panel(&discover.context, "records-over-time", &histogram::visualization(&name));
    let is_sorted = {
        let sort = discover.sort;
        Memo::new(move |_| sort.with(Option::is_some))
    };
    let again = {
        let name = name.clone();
        Callback::new(move |()| fetch(&name, told))
    };
    let table = {
        let (discover, histogram) = (discover.clone(), histogram.clone());
        move || records::records(&discover, histogram.clone(), is_sorted.get(), again)
    };
    let fields_open = RwSignal::new(false);
    let context = discover.context.clone();
    let panels = Panels::new(histogram.clone().into_iter().collect());
    view! {
        <div class="page discover" class:fields-open=live_flag(move || fields_open.get())>
            <div class="titlerow of-discover">
                <h1>"Discover"</h1>
                <streams::StreamPicker name list />
                <BoardChip panels />
                <span class="grow"></span>
                <span class="split"><TimeButton range=context.range.clone() /><PauseButton /></span>
                <LinkButton />
            </div>
            <FilterRow board=context.clone() panels=Panels::default() />
            <div class="dc">
                {fields::list(discover, fields_open)}
                <div class="mainc">
                    {histogram.map(histogram::histogram)}
                    {live(table)}
                </div>
            </div>
            <Shortcuts board=context />
        </div>
    }
}

/// What is known of the stream, for the queries of its panels.
fn schemas(name: &str, info: &Json) -> Schemas {
    let mut schemas = Schemas::default();
    schemas.await_more(&[name.to_owned()]);
    schemas.take(Some(Schema::of(info)));
    schemas
}

/// Puts the page's address on the clipboard: all one sees is in it.
#[component]
fn LinkButton() -> impl IntoView {
    const SAID_MS: i64 = 2_000;
    let is_copied = RwSignal::new(false);
    let timer = StoredValue::new_local(None);
    let copy = move |_| {
        let href = dom::window().and_then(|window| window.location().href().ok());
        dom::copy(href.unwrap_or_default());
        is_copied.set(true);
        timer.set_value(dom::Timeout::new(SAID_MS, move || {
            is_copied.try_set(false);
        }));
    };
    let words = move || if is_copied.get() { "Link copied".to_owned() } else { "Share".to_owned() };
    view! {
        <button class="btn share" title="Copy a link to this view" on:click=copy>
            <Icon name="share" />
            <span class="words" aria-live="polite">{live_text(words)}</span>
        </button>
    }
}

/// The page as a board without panels, kept with the address.
fn discover(
    name: &str,
    stream: RwSignal<Arc<StreamFields>>,
    schemas: &ArcRwSignal<Schemas>,
) -> Discover {
    let (time_from, time_to) = RANGE;
    let attributes = json!({"title": name, "timeFrom": time_from, "timeTo": time_to});
    let document = json!({"dashboard": {"id": "discover", "attributes": attributes}});
    let board = Arc::new(Board::of(&document));
    let range = ArcRwSignal::new(board.range.clone());
    let filters = ArcRwSignal::new(Filters::default());
    let kept = BoardAddress::keep((&board.range, &board.filters), &range, &filters);
    let context = BoardContext::new(BoardParts {
        board,
        range,
        filters,
        address: kept,
        theme: expect_context::<ThemeStore>(),
        schemas: schemas.clone(),
        cursor_ms: ArcRwSignal::new(None),
        enlarged: ArcRwSignal::new(None),
        tables: ArcRwSignal::new(Vec::new()),
        // Nothing that is saved, so that nothing of it can be edited.
        editing: Editing::of(String::new(), Arc::new(document)),
    });
    let address = DiscoverAddress::new();
    let columns = Memo::new(move |_| {
        address.columns().unwrap_or_else(|| stream.with(|stream| usual_columns(stream)))
    });
    let sort = Memo::new(move |_| address.sort());
    Discover { context, address, stream, columns, sort }
}

/// A panel that the page asks by itself.
fn panel(context: &BoardContext, id: &str, visualization: &Json) -> Option<PanelContext> {
    let panel = json!({"panelIndex": id, "visualization": visualization});
    let document = json!({"dashboard": {"id": "discover", "attributes": {"panels": [panel]}}});
    let spec = context.board.panels(&document).into_iter().next()?;
    Some(PanelContext::new(spec, context.clone()))
}

/// The way from a panel to the records behind it: "Open in Discover".
pub(crate) fn link(context: &PanelContext) -> String {
    let (range, filters) = untrack(|| (context.board.range.get(), context.board.filters.get()));
    address_of("/discover", &words(&context.spec.main.query, &range, &filters))
}
