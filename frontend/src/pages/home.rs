//! The first page: the dashboards there are.

use crate::live::live;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::api;

/// A dashboard in the list.
#[derive(Clone, Debug)]
struct Summary {
    id: String,
    title: String,
    description: String,
    panels: u64,
}

fn summaries(list: &serde_json::Value) -> Vec<Summary> {
    let summary = |board: &serde_json::Value| {
        let text = |name: &str| Some(board.get(name)?.as_str()?.to_owned());
        Some(Summary {
            id: text("id")?,
            title: text("title")?,
            description: text("description").unwrap_or_default(),
            panels: board.get("panels").and_then(serde_json::Value::as_u64).unwrap_or(0),
        })
    };
    list.as_array().into_iter().flatten().filter_map(summary).collect()
}

/// The list.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let loaded = RwSignal::new(None);
    spawn_local(async move {
        let answer = api::get_json("/api/dashboards").await;
        loaded.try_set(Some(answer.map(|list| summaries(&list))));
    });
    if let Some(document) = crate::dom::document() {
        document.set_title("Hailstream");
    }
    let content = move || {
        match loaded.get() {
        None => view! { <div class="page-state late"><p>"Loading …"</p></div> }.into_any(),
        Some(Ok(list)) if list.is_empty() => view! {
            <div class="page-state">
                <h2>"No dashboards yet"</h2>
                <p>"Put one into the folder that the server's configuration names under dashboards; it shows up here."</p>
            </div>
        }
        .into_any(),
        Some(Ok(list)) => view! { <Dashboards list /> }.into_any(),
        Some(Err(failure)) => view! {
            <div class="page-state" role="alert">
                <h2>"The dashboards cannot be listed"</h2>
                <p>{failure.detail().to_owned()}</p>
            </div>
        }
        .into_any(),
    }
    };
    view! {
        <div class="titlerow"><h1>"Dashboards"</h1></div>
        {live(content)}
    }
}

#[component]
fn Dashboards(list: Vec<Summary>) -> impl IntoView {
    let count = list.len();
    let row = |board: Summary| {
        view! {
            <tr>
                <td><a href=format!("/d/{}", board.id)>{board.title}</a></td>
                <td class="wide">{board.description}</td>
                <td class="num">{board.panels}</td>
            </tr>
        }
    };
    let rows = list.into_iter().map(row).collect_view();
    view! {
        <div class="wrap">
            <div class="sec">"All dashboards"<span class="muted">{count}</span></div>
            <div class="list">
                <table class="t">
                    <thead><tr><th>"Name"</th><th class="wide">"What it is for"</th><th class="num">"Panels"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}
