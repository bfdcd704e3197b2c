//! What is set for the whole board: what it is for, the range it opens with, its versions, and all of it as text.

use hailstream_client::time_range::TimeRange;
use leptos::html;
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use super::Editing;
use crate::api;
use crate::chrome::Icon;
use crate::form_fields as fields;
use crate::live::{live, live_text};
use crate::local_time::{day_words, time_of_day};
use crate::time_words::range_words;

/// The button with its dialog.
#[component]
pub(super) fn BoardSettings(editing: Editing, range: ArcRwSignal<TimeRange>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let open = RwSignal::new(false);
    let show = move |_| {
        open.set(true);
        if let Some(dialog) = dialog.get_untracked() {
            let _already_open = dialog.show_modal();
        }
    };
    let content = move || {
        open.get().then(|| {
            view! {
                {about(&editing)}
                {saved_range(&editing, &range)}
                {history(&editing)}
                {as_text(&editing)}
            }
        })
    };
    view! {
        <button class="btn icon" title="Settings of the dashboard" aria-label="Settings of the dashboard" on:click=show>
            <Icon name="settings" />
        </button>
        <dialog class="help boardsheet" aria-label="Settings of the dashboard" node_ref=dialog on:close=move |_| open.set(false)>
            <h2>"Settings of the dashboard"</h2>
            {live(content)}
            <form method="dialog"><button class="btn primary">"Close"</button></form>
        </dialog>
    }
}

fn attribute(editing: &Editing, key: &'static str) -> Memo<String> {
    let shown = editing.shown.clone();
    Memo::new(move |_| {
        let attributes = "/dashboard/attributes/";
        shown.with(|shown| {
            shown
                .pointer(&format!("{attributes}{key}"))
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned()
        })
    })
}

fn about(editing: &Editing) -> AnyView {
    let described = editing.clone();
    fields::text(
        "What it is for",
        attribute(editing, "description"),
        "in a sentence",
        move |text| {
            described.change(|draft| draft.set_attribute("description", text.into()));
        },
    )
}

fn saved_range(editing: &Editing, range: &ArcRwSignal<TimeRange>) -> AnyView {
    let (from, to) = (attribute(editing, "timeFrom"), attribute(editing, "timeTo"));
    let saved = move || range_words(&TimeRange { from: from.get(), to: to.get() });
    let (now, editing) = (range.clone(), editing.clone());
    let now_words = {
        let now = now.clone();
        move || format!("Open with {}", now.with(range_words))
    };
    let use_it = move |_| {
        let TimeRange { from, to } = now.get_untracked();
        editing.change(|draft| {
            draft.set_attributes_of(&[("timeFrom", from.into()), ("timeTo", to.into())]);
        });
    };
    view! {
        <div class="field">
            <span>"Time range it opens with"</span>
            <div class="row"><b>{live_text(saved)}</b><span class="grow"></span><button class="btn" on:click=use_it>{live_text(now_words)}</button></div>
        </div>
    }
    .into_any()
}

/// The versions that are kept; any of them can be had back.
fn history(editing: &Editing) -> Option<AnyView> {
    if untrack(|| editing.is_read_only()) {
        return None;
    }
    let listed = RwSignal::new(Vec::<Json>::new());
    let path = editing.path() + "/history";
    spawn_local(async move {
        if let Ok(Json::Array(versions)) = api::get_json(&path).await {
            listed.try_set(versions);
        }
    });
    let editing = editing.clone();
    let rows = live(move || {
        let newest = listed.with(|versions| versions.iter().filter_map(number_of).max());
        let row = |version: Json| {
            let number = number_of(&version);
            let words = words_of(&version);
            let restore = number.filter(|_| number != newest).map(|number| {
                let editing = editing.clone();
                view! { <button class="btn" on:click=move |_| editing.restore(number)>"Restore"</button> }
            });
            view! { <li class="row"><span class="grow clip">{words}</span>{restore}</li> }
        };
        let mut versions = listed.get();
        versions.sort_by_key(|version| std::cmp::Reverse(number_of(version)));
        versions.into_iter().map(row).collect_view()
    });
    Some(view! { <details class="field"><summary>"Versions"</summary><ul class="versions">{rows}</ul></details> }.into_any())
}

fn number_of(version: &Json) -> Option<i64> {
    version.get("version")?.as_i64()
}

fn words_of(version: &Json) -> String {
    let text = |key: &str| version.get(key).and_then(Json::as_str).unwrap_or_default();
    let saved_ms = version.get("saved_ms").and_then(Json::as_i64).unwrap_or_default();
    let at = format!(
        "{} {}",
        day_words(saved_ms),
        time_of_day(saved_ms, hailstream_chart::Precision::Second)
    );
    format!(
        "{}. {} {at}: {}",
        number_of(version).unwrap_or_default(),
        text("change"),
        text("title")
    )
}

fn as_text(editing: &Editing) -> AnyView {
    let wrong = RwSignal::new(None);
    let shown = editing.shown.clone();
    let value = Memo::new(move |_| {
        let attributes = shown
            .with(|shown| shown.pointer("/dashboard/attributes").cloned())
            .unwrap_or(json!({}));
        serde_json::to_string_pretty(&attributes).unwrap_or_default()
    });
    let editing = editing.clone();
    let input =
        fields::lines("The attributes of the dashboard, as in its file", "", value, move |text| {
            match serde_json::from_str::<Json>(&text) {
                Ok(attributes) if attributes.get("panels").is_some_and(Json::is_array) => {
                    wrong.set(None);
                    editing.change(|draft| draft.set_attributes(attributes));
                }
                Ok(_) => wrong.set(Some("An object with a list of panels is expected".to_owned())),
                Err(error) => wrong.set(Some(error.to_string())),
            }
        });
    let told =
        live(move || wrong.get().map(|words| view! { <p class="wrong" role="alert">{words}</p> }));
    view! { <details class="field astext"><summary>"As text"</summary>{input}{told}</details> }
        .into_any()
}
