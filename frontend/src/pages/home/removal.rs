//! Deleting a saved board: asked before, and undone after, for its history is kept.

use leptos::html;
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use super::Home;
use crate::api;
use crate::live::live;

/// A board that is to be deleted, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    id: String,
    title: String,
}

/// See the module's words.
#[derive(Clone, Copy)]
pub(super) struct Removal {
    asked: RwSignal<Option<Named>>,
    /// The board that was deleted last, and the version it was.
    done: RwSignal<Option<(Named, i64)>>,
}

impl Removal {
    pub(super) fn new() -> Self {
        Self { asked: RwSignal::new(None), done: RwSignal::new(None) }
    }

    /// Asks whether a board shall go.
    pub(super) fn ask(&self, id: &str, title: &str) {
        self.asked.set(Some(Named { id: id.to_owned(), title: title.to_owned() }));
    }

    fn remove(self, home: Home, board: Named) {
        self.asked.set(None);
        let path = path(&board);
        spawn_local(async move {
            // The version that is there now: what is asked is whether the board shall go, not an edit of it.
            let removed = match api::get_json(&path).await {
                Ok(document) => {
                    let version = document.pointer("/dashboard/version").and_then(Json::as_str);
                    let version =
                        version.and_then(|version| version.parse::<i64>().ok()).unwrap_or_default();
                    api::delete(&format!("{path}?version={version}")).await.map(|()| version)
                }
                Err(failure) => Err(failure),
            };
            match removed {
                Ok(version) => {
                    self.done.try_set(Some((board, version)));
                    home.fetch();
                }
                Err(failure) => {
                    home.tell(&format!("“{}” was not deleted: {}.", board.title, failure.detail()));
                }
            }
        });
    }

    fn undo(self, home: Home, board: Named, version: i64) {
        self.done.set(None);
        spawn_local(async move {
            let path = format!("{}/restore", path(&board));
            match api::post_json(&path, &json!({"version": version})).await {
                Ok(_) => home.fetch(),
                Err(failure) => {
                    home.tell(&format!(
                        "“{}” was not restored: {}.",
                        board.title,
                        failure.detail()
                    ));
                }
            }
        });
    }
}

fn path(board: &Named) -> String {
    format!("/api/dashboards/{}", js_sys::encode_uri_component(&board.id))
}

/// The question, and afterwards the way back.
pub(super) fn dialog(home: Home) -> AnyView {
    let removal = home.removal;
    let question = move || removal.asked.get().map(|board| question(home, board));
    let done = move || {
        removal.done.get().map(|(board, version)| {
            let words = format!("“{}” was deleted.", board.title);
            let undo = move |_| removal.undo(home, board.clone(), version);
            view! {
                <span class="grow">{words}</span>
                <button class="textbtn" on:click=undo>"Undo"</button>
                <button class="textbtn" on:click=move |_| removal.done.set(None)>"Close"</button>
            }
        })
    };
    view! { {live(question)}<div class="toast" role="status">{live(done)}</div> }.into_any()
}

fn question(home: Home, board: Named) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let _already_open = dialog.show_modal();
        }
    });
    let removal = home.removal;
    let title = format!("Delete “{}”?", board.title);
    let remove = move |_| removal.remove(home, board.clone());
    view! {
        <dialog class="help ask" aria-labelledby="delete-title" node_ref=dialog on:close=move |_| removal.asked.set(None)>
            <h2 id="delete-title">{title}</h2>
            <p>"Whoever has it open is told. Its versions are kept, so this can be undone."</p>
            <div class="act">
                <button class="btn danger" on:click=remove>"Delete"</button>
                <button class="btn quiet" on:click=move |_| removal.asked.set(None)>"Keep it"</button>
            </div>
        </dialog>
    }
}
