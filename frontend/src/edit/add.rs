//! New panels: the types there are, and which stream they ask first.

use std::sync::Arc;

use hailstream_client::editor::{KINDS, Kind, begin};
use hailstream_client::stream_fields::StreamFields;
use leptos::html;
use leptos::prelude::*;
use serde_json::Value as Json;
use wasm_bindgen_futures::spawn_local;
use web_sys::KeyboardEvent;

use super::{Editing, Told};
use crate::api::{self, Failure};
use crate::chrome::{Icon, PopButton, arrows, close_itself, focus_when_open};

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
    let menu = move |open| view! { <AddMenu editing=editing.clone() open /> }.into_any();
    view! {
        <PopButton class="btn add" popup="menu" content=menu>
            <Icon name="plus" />"Add panel"
        </PopButton>
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
            Err(failure) => {
                editing.told.set(Some(Told::Failed(failure.detail().to_owned())));
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
async fn first_stream(editing: &Editing) -> Result<StreamFields, Failure> {
    let asked = most_asked(&editing.shown.get_untracked());
    let stream = match asked {
        Some(stream) => stream,
        None => {
            let streams = api::stream_names().await?;
            streams.into_iter().next().unwrap_or_default()
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

/// A stream and its fields. One that the server does not know has none.
pub(super) async fn source_of(stream: &str) -> Result<StreamFields, Failure> {
    if stream.is_empty() {
        return Ok(StreamFields::default());
    }
    match api::get_json(&api::stream_path(stream)).await {
        Ok(told) => Ok(StreamFields::of(&told)),
        Err(Failure::NotFound { .. }) => {
            Ok(StreamFields { stream: stream.to_owned(), ..StreamFields::default() })
        }
        Err(failure) => Err(failure),
    }
}
