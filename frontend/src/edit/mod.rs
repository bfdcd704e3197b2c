//! Changing a dashboard in the browser: a draft with undo, kept in the browser until it is saved, and what happens when another
//! person saves meanwhile.
//!
//! The draft is a document like the saved one (`hailstream_client::draft`); the page shows whichever is in force. Panels that a
//! change does not touch stay as they are, with their answers.

mod add;
mod bar;
mod board_settings;
mod grips;
mod handle;
mod notice;
mod panel_editor;
mod saving;

use std::ops::Deref;
use std::sync::Arc;

use hailstream_client::draft::Draft;
use hailstream_client::layout::Placed;
use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;
use leptos::wasm_split::{self, wasm_split};
use serde_json::Value as Json;

use crate::board::name_of;
use crate::dom;
use crate::lazy::Fetched;
use crate::panel::Panels;

pub(crate) use bar::EditButton;
pub(crate) use grips::{Grips, PlaceMark, drag_by_header, with_held};
pub(crate) use handle::Handle;
pub(crate) use notice::Notice;

/// What one needs in the title row while editing.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible, preload(fetch_tools))]
pub(crate) fn edit_bar(editing: Editing, range: ArcRwSignal<TimeRange>) -> Fetched<AnyView> {
    Ok(view! { <bar::EditBar editing range /> }.into_any())
}

/// What a board without panels shows.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
pub(crate) fn edit_empty(editing: Editing) -> Fetched<AnyView> {
    Ok(view! { <add::EditEmpty editing /> }.into_any())
}

/// The editor of a panel.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
pub(crate) fn panel_editor(editing: Editing, id: String, panels: Panels) -> Fetched<AnyView> {
    Ok(view! { <panel_editor::PanelEditor editing id panels /> }.into_any())
}

/// A dashboard's document and what is being changed in it. One pointer.
#[derive(Clone)]
pub(crate) struct Editing(Arc<Parts>);

/// What an [`Editing`] points to.
pub(crate) struct Parts {
    /// Id of the dashboard.
    pub(crate) id: String,
    /// What is on the screen: the draft, else what is saved.
    pub(crate) shown: ArcRwSignal<Arc<Json>>,
    /// The draft, while somebody edits.
    pub(crate) draft: ArcRwSignal<Option<Draft>>,
    /// The panel whose editor is open.
    pub(crate) open: ArcRwSignal<Option<String>>,
    /// The panel that is being dragged or resized, and where it would stand.
    pub(crate) held: ArcRwSignal<Option<Placed>>,
    /// The panel that was added or touched last.
    pub(crate) chosen: ArcRwSignal<Option<String>>,
    /// What there is to be said about the draft.
    pub(crate) told: ArcRwSignal<Option<Told>>,
    /// Whether it is being saved.
    pub(crate) is_saving: ArcRwSignal<bool>,
    /// The saved version that the server told of last, since it was saved here.
    newest: ArcRwSignal<Option<String>>,
}

/// What there is to be said about a draft.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    /// A draft of earlier is there.
    Kept {
        /// As it was kept.
        text: String,
        /// Whether somebody saved the dashboard since.
        is_of_older: bool,
    },
    /// Somebody else saved while this one edited.
    Overtaken,
    /// It was deleted while this one edited.
    Gone,
    /// It could not be saved.
    Failed(String),
}

impl Deref for Editing {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Editing {
    /// Of a dashboard as the server answered it. A draft kept in this browser is offered.
    pub(crate) fn of(id: String, document: Arc<Json>) -> Self {
        let kept = dom::stored(&key_of(&id));
        let told = kept.and_then(|text| {
            let resumed = Draft::resume(Arc::clone(&document), &text)?;
            Some(Told::Kept { text, is_of_older: resumed.is_of_older })
        });
        Self(Arc::new(Parts {
            id,
            shown: ArcRwSignal::new(document),
            draft: ArcRwSignal::new(None),
            open: ArcRwSignal::new(None),
            held: ArcRwSignal::new(None),
            chosen: ArcRwSignal::new(None),
            told: ArcRwSignal::new(told),
            is_saving: ArcRwSignal::new(false),
            newest: ArcRwSignal::new(None),
        }))
    }

    /// Whether somebody edits. Tracks.
    pub(crate) fn is_on(&self) -> bool {
        self.draft.with(Option::is_some)
    }

    /// Whether it comes from a file, so that only a copy of it can be saved. Tracks.
    pub(crate) fn is_read_only(&self) -> bool {
        self.shown.with(|shown| shown.get("read_only").and_then(Json::as_bool) == Some(true))
    }

    /// Title and description. Tracks.
    pub(crate) fn name(&self) -> (String, String) {
        self.shown.with(|shown| name_of(shown))
    }

    /// Begins to edit.
    pub(crate) fn begin(&self) {
        if self.draft.with_untracked(Option::is_none) {
            let document = self.shown.get_untracked();
            self.draft.set(Some(Draft::of(document)));
        }
    }

    /// Goes on with a draft of earlier.
    pub(crate) fn go_on(&self, kept: &str) {
        let document = self.shown.get_untracked();
        if let Some(resumed) = Draft::resume(document, kept) {
            self.told.set(None);
            self.show(resumed.draft);
        }
    }

    /// The version that the draft began from, else the one that is shown.
    fn known_version(&self) -> Option<String> {
        let known = self.saved().unwrap_or_else(|| self.shown.get_untracked());
        known.pointer("/dashboard/version").and_then(Json::as_str).map(str::to_owned)
    }

    /// What the draft began from.
    fn saved(&self) -> Option<Arc<Json>> {
        self.draft.with_untracked(|draft| draft.as_ref().map(|draft| Arc::clone(draft.saved())))
    }

    /// Stops to edit and shows a document.
    fn end(&self, shown: Option<Arc<Json>>) {
        dom::forget(&key_of(&self.id));
        self.open.set(None);
        self.held.set(None);
        self.chosen.set(None);
        self.told.set(None);
        self.draft.set(None);
        if let Some(shown) = shown {
            self.show_document(shown);
        }
    }

    /// Changes the draft, which begins where there is none. What the change answers is answered.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Draft) -> T) -> Option<T> {
        self.begin();
        let mut draft = self.draft.get_untracked()?;
        let answer = change(&mut draft);
        self.show(draft);
        Some(answer)
    }

    fn show(&self, draft: Draft) {
        if draft.is_changed() {
            dom::store(&key_of(&self.id), &draft.kept());
        } else {
            dom::forget(&key_of(&self.id));
        }
        let document = Arc::clone(draft.document());
        self.draft.set(Some(draft));
        self.show_document(document);
    }

    fn show_document(&self, document: Arc<Json>) {
        if self.shown.with_untracked(|shown| *shown != document) {
            self.shown.set(document);
        }
    }
}

/// Where the draft of a dashboard is kept in the browser.
fn key_of(id: &str) -> String {
    format!("hailstream-draft-{id}")
}
