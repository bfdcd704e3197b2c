//! Saving a draft: as the next version, over what somebody else saved meanwhile, or as a dashboard of its own.

use std::sync::Arc;

use hailstream_client::draft::Draft;
use hailstream_client::editor::put;
use leptos::prelude::*;
use serde_json::Value as Json;
use wasm_bindgen_futures::spawn_local;

use super::{Editing, Told};
use crate::address::{AddressStore, Step};
use crate::api::{self, Failure};

impl Editing {
    /// Saves the draft as the next version; of a dashboard of a file, as a copy.
    pub(crate) fn save(&self, address: AddressStore) {
        if untrack(|| self.is_read_only()) {
            self.save_copy(address);
        } else {
            self.save_as(Draft::body, |editing, document| editing.end(Some(document)));
        }
    }

    /// Saves the draft over what somebody else saved meanwhile. Theirs stays in the history.
    pub(crate) fn save_over(&self, address: AddressStore) {
        let editing = self.clone();
        self.is_saving.set(true);
        spawn_local(async move {
            let theirs = api::get_json(&editing.path()).await;
            editing.is_saving.set(false);
            match theirs {
                Ok(theirs) => {
                    editing.took(Arc::new(theirs));
                    editing.save(address);
                }
                Err(failure) => editing.failed(&failure),
            }
        });
    }

    /// Saves the draft as a dashboard of its own, and goes there.
    pub(crate) fn save_copy(&self, address: AddressStore) {
        let copy = |draft: &Draft| {
            let mut body = draft.body();
            if let Some(body) = body.as_object_mut() {
                body.remove("id");
                body.remove("version");
            }
            let title =
                body.pointer("/attributes/title").and_then(Json::as_str).unwrap_or_default();
            let before =
                draft.saved().pointer("/dashboard/attributes/title").and_then(Json::as_str);
            if before == Some(title) {
                let title = format!("{title} (copy)");
                put(&mut body, "/attributes/title", Some(title.into()));
            }
            body
        };
        self.save_as(copy, move |editing, document| {
            let id = document.pointer("/dashboard/id").and_then(Json::as_str).unwrap_or_default();
            let href = format!("/d/{}", js_sys::encode_uri_component(id));
            editing.end(None);
            address.go(&href, Step::Push);
        });
    }

    /// Somebody saved the dashboard: who only looks sees it, who edits is told.
    pub(crate) fn somebody_saved(&self, version: Option<&str>) {
        let Some(version) = version else {
            self.told.set(Some(Told::Gone));
            return;
        };
        self.newest.set(Some(version.to_owned()));
        // A save of one's own is looked at when it is answered.
        if !self.is_saving.get_untracked() {
            self.take_newest();
        }
    }

    /// Shows what is saved, or tells who edits, where that is another version than the known one.
    fn take_newest(&self) {
        let newest = self.newest.get_untracked();
        if newest.is_none() || newest == self.known_version() {
            return;
        }
        if self.draft.with_untracked(Option::is_some) {
            self.told.set(Some(Told::Overtaken));
            return;
        }
        let editing = self.clone();
        spawn_local(async move {
            let document = api::get_json(&editing.path()).await;
            if let Ok(document) = document
                && editing.draft.with_untracked(Option::is_none)
            {
                editing.show_document(Arc::new(document));
            }
        });
    }

    /// Stops to edit; what was changed is gone. What is saved is shown, also where somebody else saved it meanwhile.
    pub(crate) fn discard(&self) {
        let newest = self.newest.get_untracked();
        let is_overtaken = self.told.with_untracked(|told| *told == Some(Told::Overtaken));
        if !is_overtaken && (newest.is_none() || newest == self.known_version()) {
            self.end(self.saved());
            return;
        }
        let editing = self.clone();
        spawn_local(async move {
            match api::get_json(&editing.path()).await {
                Ok(theirs) => editing.end(Some(Arc::new(theirs))),
                Err(failure) => editing.failed(&failure),
            }
        });
    }

    fn save_as(
        &self,
        body: impl FnOnce(&Draft) -> Json,
        done: impl FnOnce(&Self, Arc<Json>) + 'static,
    ) {
        let Some(body) = self.draft.with_untracked(|draft| draft.as_ref().map(body)) else {
            return;
        };
        if self.is_saving.get_untracked() {
            return;
        }
        self.is_saving.set(true);
        let (sent, told) = (self.attributes(), self.newest.get_untracked());
        let editing = self.clone();
        spawn_local(async move {
            let is_new = body.get("id").is_none();
            let answer = if is_new {
                api::post_json("/api/dashboards", &body).await
            } else {
                api::put_json(&editing.path(), &body).await
            };
            editing.is_saving.set(false);
            match answer {
                Ok(document) => {
                    // What was told before is older than what was saved now.
                    if editing.newest.get_untracked() == told {
                        editing.newest.set(None);
                    }
                    if is_new || editing.attributes() == sent {
                        done(&editing, Arc::new(document));
                    } else {
                        // What was changed while it was on its way is the next draft.
                        editing.took(Arc::new(document));
                    }
                    editing.take_newest();
                }
                Err(failure) => editing.failed(&failure),
            }
        });
    }

    /// What the draft would save.
    fn attributes(&self) -> Option<Json> {
        self.draft.with_untracked(|draft| {
            draft.as_ref()?.document().pointer("/dashboard/attributes").cloned()
        })
    }

    /// The draft is from now on one of what was saved.
    fn took(&self, saved: Arc<Json>) {
        if let Some(mut draft) = self.draft.get_untracked() {
            draft.take_saved(saved);
            self.show(draft);
        }
    }

    fn failed(&self, failure: &Failure) {
        self.told.set(Some(match failure {
            Failure::Conflict { .. } => Told::Overtaken,
            Failure::NotFound { .. } => Told::Gone,
            Failure::Other { detail } => Told::Failed(detail.clone()),
        }));
    }

    /// Makes the dashboard again what it was in an earlier version. What is being changed is given up.
    pub(super) fn restore(&self, version: i64) {
        let editing = self.clone();
        spawn_local(async move {
            let path = editing.path() + "/restore";
            match api::post_json(&path, &serde_json::json!({ "version": version })).await {
                Ok(document) => editing.end(Some(Arc::new(document))),
                Err(failure) => editing.failed(&failure),
            }
        });
    }

    pub(super) fn path(&self) -> String {
        format!("/api/dashboards/{}", js_sys::encode_uri_component(&self.id))
    }
}
