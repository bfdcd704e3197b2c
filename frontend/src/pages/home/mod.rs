//! `/`: the dashboards there are, those a person starred drawn small from live data, and the ways to more: a new one, one suggested
//! from a stream, boards from OpenSearch Dashboards.

mod cards;
mod first_run;
mod import;
mod kept;
mod list;
mod removal;

use hailstream_client::board_list::{BoardRow, rows};
use hailstream_protocol::StreamState;
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use self::kept::Kept;
pub(crate) use self::kept::opened;
use self::removal::Removal;
use crate::address::{AddressStore, Step};
use crate::api::{self, Failure};
use crate::chrome::Icon;
use crate::live::live;
use crate::{dom, session};

/// The list is fetched again so often while it is looked at, ms: who watches and what it costs moves slowly.
const EVERY_MS: i64 = 5_000;

type Listed = RwSignal<Option<Result<Vec<BoardRow>, Failure>>>;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Home {
    list: Listed,
    /// Names of the streams there are.
    streams: RwSignal<Vec<String>>,
    /// Stars, and what was opened lately.
    kept: Kept,
    removal: Removal,
    /// Whether the import is open.
    imports: RwSignal<bool>,
    /// What went wrong last, for people.
    wrong: RwSignal<String>,
}

/// The page.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let home = Home {
        list: RwSignal::new(None),
        streams: RwSignal::new(Vec::new()),
        kept: Kept::read(),
        removal: Removal::new(),
        imports: RwSignal::new(false),
        wrong: RwSignal::new(String::new()),
    };
    home.keep_fetching();
    if let Some(document) = dom::document() {
        document.set_title("Dashboards · Hailstream");
    }
    let address = expect_context::<AddressStore>();
    let suggests = Memo::new(move |_| address.word("suggest").is_some());
    let is_empty = Memo::new(move |_| {
        home.list.with(|list| matches!(list, Some(Ok(list)) if list.is_empty()))
    });
    let is_loaded = Memo::new(move |_| home.list.with(Option::is_some));
    let failure = Memo::new(move |_| home.list.with(|list| list.as_ref()?.as_ref().err().cloned()));
    let content = move || {
        match (is_loaded.get(), failure.get()) {
        (false, _) => view! { <div class="page-state late"><p>"Loading …"</p></div> }.into_any(),
        (_, Some(failure)) => view! {
            <div class="page-state" role="alert"><h2>"The dashboards cannot be listed"</h2><p>{failure.detail().to_owned()}</p></div>
        }
        .into_any(),
        _ if suggests.get() || is_empty.get() => first_run::first_run(home).into_any(),
        _ => {
            let looking = list::Looking::new();
            view! { {list::bar(looking)}{cards::pinned(home)}{list::all(home, looking)} }.into_any()
        }
    }
    };
    view! {
        <div class="titlerow of-home">
            <h1>"Dashboards"</h1>
            {streams_chip(home)}
            <span class="grow"></span>
            {buttons(home, address, suggests, is_empty)}
        </div>
        {live(move || home.wrong.with(|words| (!words.is_empty()).then(|| view! { <p class="banner" role="alert">{words.clone()}</p> })))}
        {live(content)}
        {removal::dialog(home)}
        {live(move || home.imports.get().then(|| import::dialog(home)))}
    }
}

fn buttons(
    home: Home,
    address: AddressStore,
    suggests: Memo<bool>,
    is_empty: Memo<bool>,
) -> AnyView {
    let import = view! {
        <button class="btn quiet" on:click=move |_| home.imports.set(true)>
            <Icon name="import" /><span class="words">"Import from OpenSearch"</span>
        </button>
    };
    let others = move || {
        if is_empty.get() {
            return ().into_any();
        }
        if suggests.get() {
            return view! { <a class="btn" href="/">"All dashboards"</a> }.into_any();
        }
        view! {
            <a class="btn" href="/?suggest=1"><Icon name="stream" /><span class="words">"From a stream"</span></a>
            <button class="btn primary" on:click=move |_| new_board(home, address)>
                <Icon name="plus" /><span class="words">"New dashboard"</span>
            </button>
        }
        .into_any()
    };
    view! { {import}{live(others)} }.into_any()
}

/// `6 of 7 streams live`.
fn streams_chip(home: Home) -> AnyView {
    live(move || {
        session::pulse().track();
        let names = home.streams.get();
        let is_live = |name: &&String| {
            let health = session::with_link(|link| link.stream(name).map(|health| health.state));
            health.flatten() == Some(StreamState::Live)
        };
        let count = names.iter().filter(is_live).count();
        let class = if count == names.len() { "chip brd" } else { "chip brd wait" };
        let words = format!("{count} of {} streams live", names.len());
        (!names.is_empty()).then(|| view! { <span class=class>{words}</span> })
    })
}

/// An empty board, to be filled.
fn new_board(home: Home, address: AddressStore) {
    save(home, address, json!({"title": "New dashboard", "panels": []}), "?edit=1");
}

/// Saves a new board and goes there.
fn save(home: Home, address: AddressStore, attributes: Json, query: &'static str) {
    spawn_local(async move {
        let saved = api::post_json("/api/dashboards", &json!({"attributes": attributes})).await;
        let id = saved
            .map(|saved| saved.pointer("/dashboard/id").and_then(Json::as_str).map(str::to_owned));
        match id {
            Ok(Some(id)) => {
                address.go(&format!("/d/{}{query}", js_sys::encode_uri_component(&id)), Step::Push);
            }
            Ok(None) => home.tell("The server saved the dashboard, but did not say where."),
            Err(failure) => {
                home.tell(&format!("The dashboard was not saved: {}.", failure.detail()));
            }
        }
    });
}

impl Home {
    /// Something of the dashboards that are listed; of none until the server has answered. Tracks.
    fn with_rows<T>(self, read: impl FnOnce(&[BoardRow]) -> T) -> T {
        self.list.with(|list| match list {
            Some(Ok(rows)) => read(rows),
            _ => read(&[]),
        })
    }

    /// Tells what went wrong.
    fn tell(&self, words: &str) {
        self.wrong.try_set(words.to_owned());
    }

    /// Fetches the list now.
    fn fetch(self) {
        spawn_local(async move {
            let answer = api::get_json("/api/dashboards").await.map(|list| rows(&list));
            // What is shown stays where a later answer fails: the page's banner says that the server is away.
            let keeps =
                answer.is_err() && self.list.try_with_untracked(Option::is_some) == Some(true);
            let is_same =
                self.list.try_with_untracked(|list| list.as_ref() == Some(&answer)) == Some(true);
            if !keeps && !is_same {
                self.list.try_set(Some(answer));
            }
        });
    }

    fn keep_fetching(self) {
        self.fetch();
        spawn_local(async move {
            if let Ok(names) = api::stream_names().await {
                self.streams.try_set(names);
            }
        });
        let fetched_ms = StoredValue::new(dom::now_ms());
        Effect::new(move |_| {
            let now_ms = session::pulse().get();
            if now_ms - fetched_ms.get_value() >= EVERY_MS && !dom::is_hidden() {
                fetched_ms.set_value(now_ms);
                self.fetch();
            }
        });
    }
}
