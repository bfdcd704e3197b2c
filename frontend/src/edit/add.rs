//! New panels: the types there are, and which stream they ask first.

use std::sync::Arc;

use hailstream_client::editor::{KINDS, Kind, Source, SourceField, begin};
use leptos::html;
use leptos::prelude::*;
use serde_json::Value as Json;
use wasm_bindgen_futures::spawn_local;
use web_sys::KeyboardEvent;

use super::{Editing, Told};
use crate::api;
use crate::chrome::{Icon, arrows, close_itself, focus_when_open};
use crate::live::{live, live_value};

/// What a board without panels shows: how to get the first one.
#[component]
pub(crate) fn EditEmpty(editing: Editing) -> impl IntoView {
    view! {
        <div class="page-state">
            <h2>"No panels yet"</h2>
            <p>"Choose what to show; it is live at once, and everything can be changed later."</p>
            <AddButton editing />
        </div>
    }
}

/// The button with its menu.
#[component]
pub(super) fn AddButton(editing: Editing) -> impl IntoView {
    let open = RwSignal::new(false);
    let menu = move || open.get().then(|| view! { <AddMenu editing=editing.clone() open /> });
    view! {
        <span class="anchor">
            <button
                class="btn add" aria-haspopup="menu"
                aria-expanded=live_value(move || open.get().to_string())
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name="plus" />"Add panel"
            </button>
            {live(menu)}
        </span>
    }
}

#[component]
fn AddMenu(editing: Editing, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    focus_when_open(menu);
    let item = move |kind: &'static Kind| {
        let editing = editing.clone();
        let choose = move |_| {
            open.set(false);
            add(editing.clone(), kind);
        };
        view! { <button role="menuitem" on:click=choose><Icon name=kind.icon /><span>{kind.words}</span></button> }
    };
    let items = KINDS.iter().map(item).collect_view();
    view! {
        <div class="pop menu kinds" role="menu" node_ref=menu on:keydown=move |event: KeyboardEvent| arrows(menu, &event)>
            {items}
        </div>
    }
}

/// Adds a panel of a type to the draft and opens its editor.
fn add(editing: Editing, kind: &'static Kind) {
    spawn_local(async move {
        let source = match first_stream(&editing).await {
            Ok(source) => source,
            Err(detail) => {
                editing.told.set(Some(Told::Failed(detail)));
                return;
            }
        };
        let visualization = begin(kind, &source);
        let (w, h) = kind.size;
        let added = editing.change(|draft| draft.add_panel(&visualization, w, h));
        editing.chosen.set(added.clone());
        editing.open.set(added);
    });
}

/// The stream that most panels of the board ask, else the first there is, with its fields.
async fn first_stream(editing: &Editing) -> Result<Source, String> {
    let asked = most_asked(&editing.shown.get_untracked());
    let stream = match asked {
        Some(stream) => stream,
        None => {
            let streams = stream_names().await?;
            // The server's own stream is there for boards about the server.
            let first = streams.iter().find(|name| *name != "hailstream").or(streams.first());
            first.cloned().unwrap_or_default()
        }
    };
    source_of(&stream).await
}

fn most_asked(document: &Arc<Json>) -> Option<String> {
    let panels = document.pointer("/dashboard/attributes/panels")?.as_array()?;
    let stream =
        |panel: &Json| Some(panel.pointer("/visualization/query/stream")?.as_str()?.to_owned());
    let asked: Vec<String> = panels.iter().filter_map(stream).collect();
    let count = |name: &String| asked.iter().filter(|other| *other == name).count();
    asked.iter().max_by_key(|name| count(name)).cloned()
}

/// The names of all streams.
pub(super) async fn stream_names() -> Result<Vec<String>, String> {
    let listed =
        api::get_json("/api/streams").await.map_err(|failure| failure.detail().to_owned())?;
    let name = |stream: &Json| stream.get("stream").and_then(Json::as_str).map(str::to_owned);
    Ok(listed.as_array().into_iter().flatten().filter_map(name).collect())
}

/// A stream and its fields. One that the server does not know has none.
pub(super) async fn source_of(stream: &str) -> Result<Source, String> {
    if stream.is_empty() {
        return Ok(Source::default());
    }
    let path = format!("/api/streams/{}", js_sys::encode_uri_component(stream));
    let told = match api::get_json(&path).await {
        Ok(told) => told,
        Err(api::Failure::NotFound { .. }) => Json::Null,
        Err(failure) => return Err(failure.detail().to_owned()),
    };
    let entity = told.get("entity").and_then(Json::as_str);
    let field = |field: &Json| {
        let text = |key: &str| Some(field.get(key)?.as_str()?.to_owned());
        let name = text("name")?;
        let is_id = entity == Some(&name) || name == "id" || name.ends_with("_id");
        Some(SourceField { name, kind: text("type")?, is_id })
    };
    let fields = told.get("fields").and_then(Json::as_array).into_iter().flatten();
    Ok(Source {
        stream: stream.to_owned(),
        entity: entity.map(str::to_owned),
        fields: fields.filter_map(field).collect(),
    })
}
