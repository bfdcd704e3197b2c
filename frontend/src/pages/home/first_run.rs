//! From a stream to a board in three clicks: pick a stream, check what is understood of its fields, keep the board that is
//! suggested. It is live before it is kept.

use std::sync::Arc;

use hailstream_client::stream_fields::StreamFields;
use hailstream_client::suggested_board::{
    Choice, Fact, Finding, candidates, choice, facts, facts_query, findings, suggested_board,
};
use hailstream_protocol::{QueryResult, StreamState, Value};
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use super::{Home, cards, save};
use crate::address::AddressStore;
use crate::api;
use crate::chrome::Icon;
use crate::live::{live, live_flag};
use crate::session;

/// What is known of the picked stream.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    stream: Arc<StreamFields>,
    facts: Arc<Vec<Fact>>,
    newest: String,
}

#[derive(Clone, Copy)]
struct Steps {
    picked: RwSignal<Option<String>>,
    known: RwSignal<Option<Known>>,
    choice: RwSignal<Choice>,
    /// Whether what is understood was found right.
    is_right: RwSignal<bool>,
    wrong: RwSignal<String>,
}

/// The three steps.
pub(super) fn first_run(home: Home) -> AnyView {
    let steps = Steps {
        picked: RwSignal::new(None),
        known: RwSignal::new(None),
        choice: RwSignal::new(Choice::default()),
        is_right: RwSignal::new(false),
        wrong: RwSignal::new(String::new()),
    };
    let address = expect_context::<AddressStore>();
    let is_picked = move || steps.picked.with(Option::is_some);
    let number = move |number: &'static str, is_done: Memo<bool>| {
        live(move || {
            if is_done.get() {
                view! { <Icon name="check" /> }.into_any()
            } else {
                number.into_any()
            }
        })
    };
    let (first, second) =
        (Memo::new(move |_| is_picked()), Memo::new(move |_| steps.is_right.get()));
    let third = Memo::new(|_| false);
    view! {
        <div class="fr">
            <h2>"From a stream to a live board"</h2>
            <p class="lead">"Hailstream reads your Kafka and proposes the rest. Three clicks; everything can be changed later."</p>
            <div class="steps">
                <section class="step" class:done=live_flag(is_picked) class:on=live_flag(move || !is_picked()) aria-label="Pick a stream">
                    <div class="h"><span class="n">{number("1", first)}</span>"Pick a stream"</div>
                    <div class="b">{pick(home, steps)}</div>
                </section>
                <section
                    class="step" class:done=live_flag(move || steps.is_right.get())
                    class:on=live_flag(move || is_picked() && !steps.is_right.get()) aria-label="Check what we understood"
                >
                    <div class="h"><span class="n">{number("2", second)}</span>"Check what we understood"</div>
                    {understood(steps)}
                </section>
                <section class="step" class:on=live_flag(move || steps.is_right.get()) aria-label="Keep the board">
                    <div class="h"><span class="n">{number("3", third)}</span>"Keep the board"</div>
                    {board(home, steps, address)}
                </section>
            </div>
            <p class="alt">
                "Coming from OpenSearch Dashboards? "
                <button class="textbtn" on:click=move |_| home.imports.set(true)>"Import an export"</button>
            </p>
        </div>
    }
    .into_any()
}

fn pick(home: Home, steps: Steps) -> AnyView {
    live(move || {
        session::pulse().track();
        let mut names = home.streams.get();
        names.sort_by_key(|name| name == "hailstream");
        if names.is_empty() {
            let words = "There are no streams yet: describe a topic in a stream file, and start the server again.";
            return view! { <p class="muted">{words}</p> }.into_any();
        }
        let row = |name: String| {
            let health =
                session::with_link(|link| link.stream(&name).map(|health| health.state)).flatten();
            let words = match health {
                Some(StreamState::Live) => "live",
                Some(StreamState::CatchingUp) => "catching up",
                Some(StreamState::Disconnected) => "disconnected",
                Some(StreamState::Failed) => "cannot be read",
                Some(StreamState::Connecting) | None => "connecting",
            };
            let is_on = steps.picked.with(|picked| picked.as_ref() == Some(&name));
            let shown = name.clone();
            view! {
                <button class="tp" class:on=is_on aria-pressed=is_on.to_string() on:click=move |_| learn(steps, &name)>
                    <b class="clip">{shown}</b><span>{words}</span>
                </button>
            }
        };
        names.into_iter().map(row).collect_view().into_any()
    })
}

/// Fetches what is known of a stream, and what its records say of its fields.
fn learn(steps: Steps, name: &str) {
    steps.picked.set(Some(name.to_owned()));
    steps.known.set(None);
    steps.is_right.set(false);
    steps.wrong.set(String::new());
    let name = name.to_owned();
    spawn_local(async move {
        let path = format!("/api/streams/{}", js_sys::encode_uri_component(&name));
        let stream = match api::get_json(&path).await {
            Ok(info) => StreamFields::of(&info),
            Err(failure) => {
                steps.wrong.try_set(failure.detail().to_owned());
                return;
            }
        };
        let told = match facts_query(&stream) {
            Some(query) => asked(&query).await.map(|result| facts(&result)).unwrap_or_default(),
            None => Vec::new(),
        };
        let newest = asked(&json!({"stream": stream.stream, "hits": {"size": 1}})).await;
        let newest = newest.and_then(|result| {
            let row = result.rows.first()?;
            Some(hailstream_client::discover::record::json_text(&result.columns, row))
        });
        // Another may have been picked meanwhile.
        if steps.picked.try_with_untracked(|picked| picked.as_ref() == Some(&stream.stream))
            == Some(true)
        {
            steps.choice.set(choice(&stream, &told));
            let (stream, facts) = (Arc::new(stream), Arc::new(told));
            steps.known.set(Some(Known { stream, facts, newest: newest.unwrap_or_default() }));
        }
    });
}

/// Columns and rows of an answer; a stream that says nothing is suggested less.
async fn asked(query: &Json) -> Option<QueryResult> {
    let answer = api::post_json("/api/query", query).await.ok()?;
    let columns = answer.get("columns")?.as_array()?;
    let columns =
        columns.iter().map(|column| column.as_str().unwrap_or_default().to_owned()).collect();
    let row = |row: &Json| row.as_array().into_iter().flatten().map(value).collect();
    let rows = answer.get("rows")?.as_array()?.iter().map(row).collect();
    Some(QueryResult { columns, rows, ..QueryResult::default() })
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => number
            .as_i64()
            .map_or_else(|| Value::float(number.as_f64().unwrap_or(f64::NAN)), Value::Int),
        Json::String(text) => Value::text(text),
        Json::Array(values) => Value::List(values.iter().map(value).collect()),
        Json::Object(entries) => {
            Value::Object(entries.iter().map(|(name, json)| (name.clone(), value(json))).collect())
        }
    }
}

fn understood(steps: Steps) -> AnyView {
    live(move || {
        match (steps.known.get(), steps.picked.with(Option::is_some)) {
        (Some(known), _) => {
            let finding = |finding: Finding| {
                let field = (!finding.field.is_empty()).then(|| view! { <code>{finding.field}</code>" " });
                view! { <div class="q"><h3><Icon name="check" />{finding.title}</h3><p>{field}{finding.words}</p></div> }
            };
            let list = findings(&known.stream, &known.facts).into_iter().map(finding).collect_view();
            let [words, numbers] = candidates(&known.stream);
            let newest = (!known.newest.is_empty()).then(|| {
                view! { <div class="q"><h3>"Newest record"</h3><pre>{known.newest.clone()}</pre></div> }
            });
            view! {
                <div class="b" tabindex="0" role="region" aria-label="What we understood">
                    {list}
                    {select(steps, "Split by", &words, |choice| &mut choice.split)}
                    {select(steps, "Rank", &words, |choice| &mut choice.ranked)}
                    {select(steps, "Number to look at", &numbers, |choice| &mut choice.number)}
                    {newest}
                </div>
                <div class="f">
                    <button class="btn primary wide" on:click=move |_| steps.is_right.set(true)>"Looks right, show the board"</button>
                </div>
            }
            .into_any()
        }
        (None, true) => {
            let words = live(move || match steps.wrong.get() {
                wrong if wrong.is_empty() => "Reading …".to_owned(),
                wrong => wrong,
            });
            view! { <div class="b"><p class="muted" role="status">{words}</p></div> }.into_any()
        }
        (None, false) => view! { <div class="b"><p class="muted">"Its time, its fields, and what they are for."</p></div> }.into_any(),
    }
    })
}

/// A guess that can be changed.
fn select(
    steps: Steps,
    title: &'static str,
    names: &[String],
    part: fn(&mut Choice) -> &mut String,
) -> Option<AnyView> {
    if names.is_empty() {
        return None;
    }
    let chosen = steps.choice.with_untracked(|choice| part(&mut choice.clone()).clone());
    let option = |name: &String| {
        let is_on = *name == chosen;
        view! { <option value=name.clone() selected=is_on>{name.clone()}</option> }
    };
    let options = names.iter().map(option).collect_view();
    let nothing = chosen.is_empty();
    let changed = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        steps.choice.update(|choice| *part(choice) = value);
    };
    let select = view! {
        <div class="q">
            <label class="pickone">
                <span>{title}</span>
                <select class="input" on:change=changed><option value="" selected=nothing>"nothing"</option>{options}</select>
            </label>
        </div>
    };
    Some(select.into_any())
}

fn board(home: Home, steps: Steps, address: AddressStore) -> AnyView {
    let suggested = Memo::new(move |_| {
        let known = steps.known.get().filter(|_| steps.is_right.get())?;
        Some(suggested_board(&known.stream, &known.facts, &steps.choice.get()))
    });
    live(move || {
        let Some(attributes) = suggested.get() else {
            return view! { <div class="b"><p class="muted">"It is drawn here before it is kept."</p></div> }.into_any();
        };
        let panels = attributes.get("panels").and_then(Json::as_array).map_or(0, Vec::len);
        let count = format!("{panels} panels, live already");
        let document =
            Arc::new(json!({"dashboard": {"id": "suggested", "attributes": attributes}}));
        let keep = move |_| save(home, address, attributes.clone(), "");
        view! {
            <div class="b"><div class="th" aria-hidden="true">{cards::picture(&document)}</div></div>
            <div class="f">
                <span class="muted grow">{count}</span>
                <button class="btn primary" on:click=keep>"Keep it"</button>
            </div>
        }
        .into_any()
    })
}
