//! "Save": the search as a panel of a dashboard, where it stays live. From that panel's menu it is opened here again.

use std::sync::Arc;

use hailstream_client::board_list::{BoardRow, rows};
use hailstream_client::draft::Draft;
use hailstream_client::filters::Filters;
use leptos::html;
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use super::Discover;
use crate::api::{self, Failure};
use crate::chrome::{Icon, PopButton, close_itself};
use crate::form_fields as fields;
use crate::live::live;

/// Records that the panel holds.
const SIZE: u32 = 500;
/// Columns and rows of the grid that it takes.
const PLACE: (u32, u32) = (48, 12);

/// The button with its form.
#[component]
pub(super) fn SaveButton(discover: Discover) -> impl IntoView {
    let form = move |open| view! { <SaveForm discover=discover.clone() open /> }.into_any();
    view! {
        <PopButton class="btn" popup="dialog" title="Keep this search on a dashboard" content=form>
            <Icon name="plus" /><span class="words">"Save"</span>
        </PopButton>
    }
}

#[component]
fn SaveForm(discover: Discover, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    let first = discover.stream.with_untracked(|stream| format!("Records of {}", stream.stream));
    let (title, board) = (RwSignal::new(first), RwSignal::new(String::new()));
    let (wrong, saved) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let boards = dashboards();
    let is_busy = RwSignal::new(false);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() || saved.with_untracked(Option::is_some) {
            return;
        }
        is_busy.set(true);
        wrong.set(None);
        let panel = visualization(&discover, &title.get_untracked());
        spawn_local(async move {
            let (to, name) = (board.try_get_untracked(), title.try_get_untracked());
            let answer = add_to(&to.unwrap_or_default(), &name.unwrap_or_default(), &panel).await;
            is_busy.try_set(false);
            match answer {
                Ok(id) => drop(saved.try_set(Some(id))),
                Err(failure) => drop(wrong.try_set(Some(failure.detail().to_owned()))),
            }
        });
    };
    let told =
        live(move || wrong.get().map(|words| view! { <p class="wrong" role="alert">{words}</p> }));
    let done = live(move || {
        saved.get().map(|id| {
            let href = format!("/d/{}", js_sys::encode_uri_component(&id));
            view! { <p role="status">"Saved. "<a href=href>"Open the dashboard"</a></p> }
        })
    });
    let button = move || {
        saved.with(Option::is_none).then(|| {
            view! { <div class="row"><span class="grow"></span><button class="btn primary">"Save"</button></div> }
        })
    };
    let of = |signal: RwSignal<String>| Memo::new(move |_| signal.get());
    view! {
        <div class="pop pillform atright" role="dialog" aria-label="Save this search" node_ref=menu>
            <form on:submit=save>
                {fields::text("Name", of(title), "", move |text| title.set(text))}
                {fields::choice("On dashboard", of(board), boards, move |id| board.set(id))}
                {told}
                {done}
                {live(button)}
            </form>
        </div>
    }
}

/// A new one, and those that can be changed: id and title.
fn dashboards() -> Memo<Vec<(String, String)>> {
    let listed = RwSignal::new(Vec::new());
    spawn_local(async move {
        if let Ok(answer) = api::get_json("/api/dashboards").await {
            let mut boards = rows(&answer);
            boards.retain(|row| !row.is_read_only);
            listed.try_set(boards);
        }
    });
    Memo::new(move |_| {
        let new = (String::new(), "A new one, of this name".to_owned());
        let pair = |row: BoardRow| (row.id, row.title);
        std::iter::once(new).chain(listed.get().into_iter().map(pair)).collect()
    })
}

/// What is seen, as a panel: its time is the dashboard's.
fn visualization(discover: &Discover, title: &str) -> Json {
    let stream = discover.stream.with_untracked(|stream| stream.stream.clone());
    let columns = discover.columns.get_untracked();
    let Filters { query, pills } = discover.context.filters.get_untracked();
    let pills = Filters::of_pills(pills);
    let filters =
        discover.context.schemas.with_untracked(|schemas| schemas.filters(&stream, &pills));
    let hits = json!({"size": SIZE, "fields": columns});
    let asked = json!({"stream": stream, "hits": hits, "query": query, "filters": filters});
    json!({"title": title, "type": "search", "query": asked, "params": {"columns": columns}})
}

/// Adds a panel to a dashboard, or to a new one where `id` is empty. Answers the dashboard's id.
async fn add_to(id: &str, title: &str, panel: &Json) -> Result<String, Failure> {
    if id.is_empty() {
        let attributes = json!({"title": title, "panels": []});
        let empty = json!({"dashboard": {"attributes": attributes}});
        let mut draft = Draft::of(Arc::new(empty));
        draft.add_panel(panel, PLACE.0, PLACE.1);
        let attributes = draft.document().pointer("/dashboard/attributes").cloned();
        let made = api::post_json("/api/dashboards", &json!({"attributes": attributes})).await?;
        return Ok(text(&made, "/dashboard/id"));
    }
    let path = format!("/api/dashboards/{}", js_sys::encode_uri_component(id));
    let mut draft = Draft::of(Arc::new(api::get_json(&path).await?));
    draft.add_panel(panel, PLACE.0, PLACE.1);
    let saved = api::put_json(&path, &draft.body()).await?;
    Ok(text(&saved, "/dashboard/id"))
}

fn text(of: &Json, at: &str) -> String {
    of.pointer(at).and_then(Json::as_str).unwrap_or_default().to_owned()
}
