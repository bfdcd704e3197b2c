//! Boards from OpenSearch Dashboards: an export is chosen or dropped, and what became of each object is told in a table. Where
//! something is there already it is asked whether it shall be replaced.

use gloo_net::http::{Request, Response};
use leptos::html;
use leptos::prelude::*;
use serde_json::Value as Json;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File, HtmlInputElement};

use super::Home;
use crate::chrome::Icon;
use crate::live::{live, live_flag};

/// Where the import stands.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// A file is wanted; why the one before would not do.
    Choosing(String),
    /// It is on its way.
    Sending,
    /// Something is there already: in words.
    Asking(String),
    /// The server's report.
    Done(Json),
}

/// The dialog.
pub(super) fn dialog(home: Home) -> AnyView {
    let stage = RwSignal::new(Stage::Choosing(String::new()));
    let file: StoredValue<Option<File>, LocalStorage> = StoredValue::new_local(None);
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let _already_open = dialog.show_modal();
        }
    });
    let take = move |chosen: File| {
        file.set_value(Some(chosen.clone()));
        send(home, stage, chosen, "");
    };
    let replace = move || {
        if let Some(chosen) = file.get_value() {
            send(home, stage, chosen, "?overwrite=true");
        }
    };
    let inside = move || {
        match stage.get() {
        Stage::Choosing(wrong) => choosing(wrong, take),
        Stage::Sending => view! { <p class="none" role="status">"Importing …"</p> }.into_any(),
        Stage::Asking(words) => view! {
            <p role="alert">{words}"."</p>
            <div class="act">
                <button class="btn primary" on:click=move |_| replace()>"Replace what is there"</button>
                <button class="btn quiet" on:click=move |_| stage.set(Stage::Choosing(String::new()))>"Leave it"</button>
            </div>
            <p class="muted">"What is replaced stays in the history of each object."</p>
        }
        .into_any(),
        Stage::Done(report) => report_view(&report),
    }
    };
    view! {
        <dialog class="help import" aria-labelledby="import-title" node_ref=dialog on:close=move |_| home.imports.set(false)>
            <header>
                <h2 id="import-title">"Import from OpenSearch Dashboards"</h2>
                <span class="grow"></span>
                <button class="pm" aria-label="Close" title="Close" on:click=move |_| home.imports.set(false)><Icon name="x" /></button>
            </header>
            {live(inside)}
        </dialog>
    }
    .into_any()
}

fn choosing(wrong: String, take: impl Fn(File) + Copy + Send + 'static) -> AnyView {
    let is_over = RwSignal::new(false);
    let chosen = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            take(file);
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            take(file);
        }
    };
    let over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let wrong = (!wrong.is_empty()).then(|| view! { <p class="wrong" role="alert">{wrong}"."</p> });
    view! {
        <p>"In OpenSearch Dashboards: Management, Saved objects, choose the dashboards, Export with their related objects."</p>
        <label class="drop" class:over=live_flag(move || is_over.get()) on:dragover=over on:dragleave=move |_| is_over.set(false) on:drop=dropped>
            <Icon name="import" />
            <span>"Drop the exported file here, or "<b>"choose it"</b></span>
            <span class="muted">".ndjson or .json, up to 50 MiB"</span>
            <input type="file" class="sr" accept=".ndjson,.json,application/json" aria-label="Exported file" on:change=chosen />
        </label>
        {wrong}
    }
    .into_any()
}

fn send(home: Home, stage: RwSignal<Stage>, file: File, query: &'static str) {
    stage.set(Stage::Sending);
    spawn_local(async move {
        let next = sent(&file, query).await;
        if matches!(next, Stage::Done(_)) {
            home.fetch();
        }
        stage.try_set(next);
    });
}

async fn sent(file: &File, query: &str) -> Stage {
    let request = Request::post(&format!("/api/saved_objects/_import{query}"));
    let request = request.header("content-type", "application/x-ndjson").body(file.clone());
    let Ok(request) = request else { return Stage::Choosing("the file cannot be sent".to_owned()) };
    let Ok(response) = request.send().await else {
        return Stage::Choosing("the server cannot be reached".to_owned());
    };
    let answer = body(&response).await;
    match (response.status(), answer) {
        (200, Some(report)) => Stage::Done(report),
        (409, Some(problem)) => Stage::Asking(text(&problem, "detail")),
        (_, Some(problem)) => Stage::Choosing(text(&problem, "detail")),
        (status, None) => Stage::Choosing(format!("the server answered {status}")),
    }
}

async fn body(response: &Response) -> Option<Json> {
    serde_json::from_str(&response.text().await.ok()?).ok()
}

fn text(json: &Json, key: &str) -> String {
    json.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// What became of each object; boards first, with links.
fn report_view(report: &Json) -> AnyView {
    let mut objects: Vec<&Json> =
        report.get("objects").and_then(Json::as_array).into_iter().flatten().collect();
    objects.sort_by_key(|object| text(object, "type") != "dashboard");
    let counts: Vec<String> = ["exact", "approximate", "kept", "refused"]
        .into_iter()
        .filter_map(|outcome| {
            let count = objects.iter().filter(|object| text(object, "outcome") == outcome).count();
            (count > 0).then(|| format!("{count} {outcome}"))
        })
        .collect();
    let rows = objects.into_iter().map(row).collect_view();
    view! {
        <p role="status">{counts.join(", ")}"."</p>
        <div class="scrolls report" tabindex="0" role="region" aria-label="Report">
            <table class="t">
                <thead><tr><th>"What"</th><th>"Type"</th><th>"Outcome"</th><th>"Why, and what is left out"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(object: &Json) -> impl IntoView + use<> {
    let outcome = text(object, "outcome");
    let class = match outcome.as_str() {
        "exact" => "chip live",
        "approximate" => "chip prov",
        "kept" => "chip warn",
        _ => "chip bad",
    };
    let kind = text(object, "type");
    let title = match text(object, "title") {
        title if title.is_empty() => text(object, "id"),
        title => title,
    };
    let leads = kind == "dashboard" && outcome != "refused";
    let name = match leads {
        true => {
            let href = format!("/d/{}", js_sys::encode_uri_component(&text(object, "id")));
            view! { <a href=href>{title}</a> }.into_any()
        }
        false => title.into_any(),
    };
    let kind = match text(object, "visualization_type") {
        of if of.is_empty() => kind,
        of => format!("{kind}, {of}"),
    };
    let ignored: Vec<&str> = object
        .get("ignored")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    let why =
        [text(object, "why"), ignored.join(", ")].into_iter().filter(|words| !words.is_empty());
    let why = why.collect::<Vec<_>>().join(": ");
    view! { <tr><td class="strong">{name}</td><td>{kind}</td><td><span class=class>{outcome}</span></td><td class="whole">{why}</td></tr> }
}
