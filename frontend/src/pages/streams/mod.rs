//! `/streams` and `/streams/{name}`: what comes in, where every record went, and what the answers cost.
//!
//! Rates and sparklines are a subscription to the server's stream of its own figures. Each of its answers, once a second, is
//! also the moment at which the account of the chosen stream is fetched again, while somebody looks.

mod account;
mod figures;
mod listed;
mod parts;
mod sheet;
mod tiles;

use std::cell::Cell;
use std::rc::Rc;

use crate::live::{live, live_flag};
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use self::figures::{History, text};
use crate::address::{AddressStore, Route};
use crate::api::{self, Failure};
use crate::session::{self, AnswerSignal};
use crate::{dom, frame};

type Fetched = RwSignal<Option<Result<Json, Failure>>>;

/// The page. It stays while one goes from stream to stream.
#[component]
pub(crate) fn StreamsPage() -> impl IntoView {
    let address = expect_context::<AddressStore>();
    let wanted = Memo::new(move |_| match address.route() {
        Route::Streams(name) => name,
        _ => None,
    });
    let list: Fetched = RwSignal::new(None);
    let detail: Fetched = RwSignal::new(None);
    let answer = AnswerSignal::default();
    StoredValue::new_local(session::follow(records_by_second(), &answer));
    frame::request();
    let chosen = Memo::new(move |_| {
        wanted
            .get()
            .or_else(|| list.with(|list| figures::first_name(list.as_ref()?.as_ref().ok()?)))
    });
    fetch("/api/streams".to_owned(), list, || true);
    keep_fetching(chosen, detail, answer.clone());
    let content = move || {
        let failure = list.with(|list| list.as_ref().and_then(|list| list.as_ref().err().cloned()));
        match failure {
            Some(failure) => state("The streams cannot be listed", failure.detail().to_owned()),
            None => view! {
                <div class="streams" class:chosen=live_flag(move || wanted.with(Option::is_some))>
                    {listed::listed(list, chosen, answer.clone())}
                    {chosen_stream(detail, chosen, answer.clone())}
                </div>
            }
            .into_any(),
        }
    };
    view! {
        <div class="titlerow of-streams" class:chosen=live_flag(move || wanted.with(Option::is_some))>
            <h1 class:crumb=live_flag(move || chosen.with(Option::is_some))><a href="/streams">"Streams"</a></h1>
            {live(move || chosen.get().map(|name| view! {
                <span class="muted">"/"</span>
                <h2 class="clip">{name.clone()}</h2>
                {tiles::chip(&name)}
            }))}
        </div>
        {live(content)}
    }
}

fn state(title: &'static str, detail: String) -> AnyView {
    view! { <div class="page-state" role="alert"><h2>{title}</h2><p>{detail}</p></div> }.into_any()
}

/// The chosen stream; while another is fetched, nothing is shown under its name.
fn chosen_stream(detail: Fetched, chosen: Memo<Option<String>>, answer: AnswerSignal) -> AnyView {
    let content = move || {
        let name = chosen.get().unwrap_or_default();
        let history = answer.with(|answer| History::of(answer.result.as_deref()));
        detail.with(|detail| match detail {
            Some(Err(failure)) => state("This stream cannot be shown", failure.detail().to_owned()),
            Some(Ok(info)) if text(info, "stream") == name => view! {
                {tiles::tiles(info, &history)}
                {account::account(info)}
                {parts::fields(info)}
                {parts::bad_records(info)}
                {parts::views(info)}
            }
            .into_any(),
            _ => view! { <p class="late muted">"Loading …"</p> }.into_any(),
        })
    };
    view! { <div class="stream">{live(content)}</div> }.into_any()
}

/// Records of every stream, second by second.
fn records_by_second() -> Json {
    json!({
        "stream": "hailstream",
        "time": {"from": "now-1m", "to": "now"},
        "filters": [{"term": {"field": "kind", "value": "stream"}}],
        "buckets": [
            {"id": "stream", "type": "terms", "field": "stream", "size": 200, "order": {"by": "_key", "direction": "asc"}},
            {"id": "time", "type": "date_histogram", "fixed_interval": "1s"},
        ],
        "metrics": [{"id": "records", "type": "sum", "field": "consumed"}],
    })
}

fn fetch(path: String, into: Fetched, still_wanted: impl Fn() -> bool + 'static) {
    spawn_local(async move {
        let answer = api::get_json(&path).await;
        if still_wanted() {
            into.try_set(Some(answer));
        }
    });
}

/// Fetches the chosen stream whenever it is another, and once a second: when the server's own stream has told of the next.
/// A page that nobody sees fetches nothing; neither is a second question asked before the first is answered.
fn keep_fetching(chosen: Memo<Option<String>>, detail: Fetched, answer: AnswerSignal) {
    let asked = Rc::new(Cell::new(0_u32));
    let waiting = Rc::new(Cell::new(false));
    let last = Cell::new((None, 0));
    Effect::new(move |_| {
        answer.track();
        let Some(name) = chosen.get() else { return };
        let is_same = last.take();
        let (now_ms, hidden) = (dom::now_ms(), dom::document().is_some_and(|of| of.hidden()));
        let is_new = is_same.0.as_deref() != Some(name.as_str());
        let too_soon = now_ms - is_same.1 < 900 || waiting.get() || hidden;
        if !is_new && too_soon {
            last.set(is_same);
            return;
        }
        let path = format!("/api/streams/{}", js_sys::encode_uri_component(&name));
        last.set((Some(name), now_ms));
        let number = asked.get() + 1;
        asked.set(number);
        waiting.set(true);
        let (asked, waiting) = (Rc::clone(&asked), Rc::clone(&waiting));
        fetch(path, detail, move || {
            let is_newest = asked.get() == number;
            waiting.set(waiting.get() && !is_newest);
            is_newest
        });
    });
}
