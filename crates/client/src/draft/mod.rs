//! A dashboard that somebody edits: every step can be taken back, nothing is lost when the tab goes, and what another person
//! saves meanwhile is told.
//!
//! It works on the document as the server answers it, key by key, so that what the page does not know is kept.

mod panels;

use std::sync::Arc;

use hailstream_protocol::saved_object::GridData;
use serde_json::{Map, Value as Json, json};

use crate::layout::Placed;

/// So many steps can be taken back.
const MAX_STEPS: usize = 100;

/// See the module's words.
#[derive(Clone, Debug)]
pub struct Draft {
    /// As the server has it.
    saved: Arc<Json>,
    /// As it is now.
    now: Arc<Json>,
    /// What it was before each step.
    before: Vec<Arc<Json>>,
    /// What it was before each step was taken back.
    undone: Vec<Arc<Json>>,
}

/// A draft that was kept, beside the dashboard as it is saved now.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// The draft.
    pub draft: Draft,
    /// Whether the dashboard was saved by somebody else since.
    pub is_of_older: bool,
}

impl Draft {
    /// Begins with the answer of `GET /api/dashboards/{id}`.
    #[must_use]
    pub fn of(document: Arc<Json>) -> Self {
        Self { saved: Arc::clone(&document), now: document, before: Vec::new(), undone: Vec::new() }
    }

    /// Goes on with what [`Draft::kept`] gave, on top of the dashboard as it is saved now. `None` if the text is not of it or
    /// says nothing else than what is saved.
    #[must_use]
    pub fn resume(document: Arc<Json>, kept: &str) -> Option<Resumed> {
        let kept: Json = serde_json::from_str(kept).ok()?;
        let version = document.pointer("/dashboard/version");
        let is_of_older = kept.get("version") != version;
        let attributes = kept.get("attributes").filter(|kept| kept.is_object())?.clone();
        let references = kept.get("references").filter(|kept| kept.is_array())?.clone();
        let mut draft = Self::of(document);
        draft.change(|dashboard| {
            dashboard.insert("attributes".to_owned(), attributes);
            dashboard.insert("references".to_owned(), references);
        });
        draft.is_changed().then_some(Resumed { draft, is_of_older })
    }

    /// What [`Draft::resume`] goes on with: to be kept in the browser.
    #[must_use]
    pub fn kept(&self) -> String {
        let of = |key| self.dashboard_of(&self.now).get(key).cloned().unwrap_or_default();
        let version = self.dashboard_of(&self.saved).get("version").cloned().unwrap_or_default();
        let (attributes, references) = (of("attributes"), of("references"));
        json!({ "version": version, "attributes": attributes, "references": references })
            .to_string()
    }

    /// The document as it is now.
    #[must_use]
    pub fn document(&self) -> &Arc<Json> {
        &self.now
    }

    /// The document as it is saved.
    #[must_use]
    pub fn saved(&self) -> &Arc<Json> {
        &self.saved
    }

    /// What to send to save it.
    #[must_use]
    pub fn body(&self) -> Json {
        let mut body = self.dashboard_of(&self.now).clone();
        let version = self.dashboard_of(&self.saved).get("version").cloned().unwrap_or_default();
        body.insert("version".to_owned(), version);
        Json::Object(body)
    }

    /// Whether there is anything to save.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        let same =
            |key| self.dashboard_of(&self.now).get(key) == self.dashboard_of(&self.saved).get(key);
        !(same("attributes") && same("references"))
    }

    /// How many steps can be taken back.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.before.len()
    }

    /// Whether a step that was taken back can be taken again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Takes the last step back; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.before.pop() else { return false };
        self.undone.push(std::mem::replace(&mut self.now, before));
        true
    }

    /// Takes a step again that was taken back; whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.undone.pop() else { return false };
        self.before.push(std::mem::replace(&mut self.now, after));
        true
    }

    /// Somebody else saved the dashboard: the draft stays, and is from now on an edit of what they saved.
    pub fn take_saved(&mut self, document: Arc<Json>) {
        self.saved = document;
    }

    /// The panels and their places.
    #[must_use]
    pub fn places(&self) -> Vec<Placed> {
        panels::places(self.dashboard_of(&self.now))
    }

    /// Gives panels their places. Panels that are not named keep theirs.
    pub fn place(&mut self, places: &[Placed]) {
        self.change(|dashboard| panels::place(dashboard, places));
    }

    /// Adds a visualization where it fits without moving another. Answers the new panel's `panelIndex`.
    pub fn add_panel(&mut self, visualization: &Json, w: u32, h: u32) -> String {
        self.change(|dashboard| panels::add(dashboard, visualization, w, h))
    }

    /// Adds a copy of a panel; `None` if there is no such panel.
    pub fn clone_panel(&mut self, id: &str) -> Option<String> {
        self.change(|dashboard| panels::copy(dashboard, id))
    }

    /// Takes a panel away, and lets the others rise.
    pub fn remove_panel(&mut self, id: &str) {
        self.change(|dashboard| panels::remove(dashboard, id));
    }

    /// The visualization of a panel, its own or the one it refers to, under the title that it has on this dashboard.
    #[must_use]
    pub fn visualization(&self, id: &str) -> Option<Json> {
        panels::visualization(&self.now, id)
    }

    /// Gives a panel another visualization, which from then on is its own.
    pub fn set_visualization(&mut self, id: &str, visualization: Json) {
        self.change(|dashboard| panels::set_visualization(dashboard, id, visualization));
    }

    /// Takes what the server made of a panel's Markdown. Nobody's doing, so it is no step.
    pub fn set_html(&mut self, id: &str, html: String) {
        let mut document = (*self.now).clone();
        let Some(known) = document.as_object_mut() else { return };
        if let Some(htmls) = known.entry("html").or_insert_with(|| json!({})).as_object_mut() {
            htmls.insert(id.to_owned(), html.into());
        }
        self.now = Arc::new(document);
    }

    /// Sets an attribute of the dashboard: `title`, `description`, `timeFrom` …
    pub fn set_attribute(&mut self, key: &str, value: Json) {
        self.set_attributes_of(&[(key, value)]);
    }

    /// Sets several attributes in one step.
    pub fn set_attributes_of(&mut self, entries: &[(&str, Json)]) {
        self.change(|dashboard| {
            for (key, value) in entries {
                panels::attributes(dashboard)
                    .map(|attributes| attributes.insert((*key).to_owned(), value.clone()));
            }
        });
    }

    /// Replaces all attributes: the board as text.
    pub fn set_attributes(&mut self, attributes: Json) {
        self.change(|dashboard| drop(dashboard.insert("attributes".to_owned(), attributes)));
    }

    /// A step. One that changes nothing is none.
    fn change<T>(&mut self, change: impl FnOnce(&mut Map<String, Json>) -> T) -> T {
        let mut document = (*self.now).clone();
        let mut nothing = Map::new();
        let dashboard = document.get_mut("dashboard").and_then(Json::as_object_mut);
        let made = change(dashboard.unwrap_or(&mut nothing));
        if document != *self.now {
            self.before.push(std::mem::replace(&mut self.now, Arc::new(document)));
            self.undone.clear();
            if self.before.len() > MAX_STEPS {
                self.before.remove(0);
            }
        }
        made
    }

    fn dashboard_of<'a>(&self, document: &'a Json) -> &'a Map<String, Json> {
        static NOTHING: std::sync::LazyLock<Map<String, Json>> = std::sync::LazyLock::new(Map::new);
        document.get("dashboard").and_then(Json::as_object).unwrap_or(&NOTHING)
    }
}

/// A place that a panel had.
pub(super) fn grid_of(panel: &Json) -> GridData {
    let number = |key: &str| {
        let number = panel.get("gridData").and_then(|grid| grid.get(key));
        number.and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
    };
    GridData { x: number("x"), y: number("y"), w: number("w"), h: number("h") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Arc<Json> {
        Arc::new(json!({
            "dashboard": {
                "id": "shop", "type": "dashboard", "version": "3",
                "attributes": {"title": "Shop", "panels": [
                    {"panelIndex": "1", "gridData": {"x": 0, "y": 0, "w": 24, "h": 8},
                     "visualization": {"title": "Orders", "type": "metric", "query": {"stream": "orders"}}},
                    {"panelIndex": "2", "gridData": {"x": 0, "y": 8, "w": 24, "h": 8}, "panelRefName": "panel_2"},
                ]},
                "references": [{"name": "panel_2", "type": "visualization", "id": "pie"}],
            },
            "included": [{"id": "pie", "type": "visualization", "attributes": {"title": "Pie", "type": "pie"}}],
        }))
    }

    fn titles(draft: &Draft) -> Vec<String> {
        let places = draft.places();
        let title = |placed: &Placed| {
            let found = draft.visualization(&placed.id);
            found.map_or("?".to_owned(), |found| found["title"].as_str().unwrap().to_owned())
        };
        places.iter().map(title).collect()
    }

    #[test]
    fn steps_are_taken_back_and_again() {
        let mut draft = Draft::of(document());
        assert!(!draft.is_changed() && !draft.undo());
        let copy = draft.clone_panel("1").unwrap();
        draft.remove_panel("2");
        assert_eq!((titles(&draft), draft.steps()), (vec!["Orders".into(), "Orders".into()], 2));
        assert!(draft.undo() && draft.undo());
        assert!(!draft.is_changed());
        assert_eq!(draft.document(), &document());
        assert!(draft.redo());
        assert!(draft.places().iter().any(|placed| placed.id == copy));
        draft.set_attribute("title", "Shops".into());
        assert!(!draft.can_redo(), "a new step ends what was taken back");
    }

    #[test]
    fn what_changes_nothing_is_no_step() {
        let mut draft = Draft::of(document());
        let places = draft.places();
        draft.place(&places);
        draft.set_attribute("title", "Shop".into());
        assert_eq!((draft.steps(), draft.clone_panel("9")), (0, None));
    }

    #[test]
    fn a_panel_that_is_edited_no_longer_refers() {
        let mut draft = Draft::of(document());
        assert_eq!(draft.visualization("2").unwrap()["title"], "Pie");
        draft.set_visualization("2", json!({"title": "Bars", "type": "histogram"}));
        let panel = draft.document().pointer("/dashboard/attributes/panels/1").unwrap();
        assert_eq!(
            (panel.get("panelRefName"), &panel["visualization"]["title"]),
            (None, &json!("Bars"))
        );
        assert_eq!(draft.body()["references"], json!([]), "nobody refers to it any more");
    }

    #[test]
    fn a_new_panel_has_an_id_and_a_place_of_its_own() {
        let mut draft = Draft::of(document());
        let id = draft.add_panel(&json!({"title": "New", "type": "line"}), 24, 8);
        assert_eq!(id, "3");
        let grid = draft.places().into_iter().find(|placed| placed.id == id).unwrap().grid;
        assert_eq!(grid, GridData { x: 24, y: 0, w: 24, h: 8 });
    }

    #[test]
    fn a_draft_outlives_its_tab() {
        let mut draft = Draft::of(document());
        assert!(Draft::resume(document(), &draft.kept()).is_none(), "nothing was changed");
        draft.remove_panel("1");
        let resumed = Draft::resume(document(), &draft.kept()).unwrap();
        assert!(!resumed.is_of_older);
        assert_eq!(resumed.draft.body(), draft.body());
        let mut newer = (*document()).clone();
        newer["dashboard"]["version"] = json!("4");
        let resumed = Draft::resume(Arc::new(newer), &draft.kept()).unwrap();
        assert!(resumed.is_of_older);
        assert_eq!(resumed.draft.body()["version"], "4");
        assert!(Draft::resume(document(), "{}").is_none());
        assert!(Draft::resume(document(), "garbage").is_none());
    }

    #[test]
    fn a_save_names_the_version_it_is_of() {
        let mut draft = Draft::of(document());
        draft.set_attribute("title", "Mine".into());
        assert_eq!(draft.body()["version"], "3");
        let mut theirs = (*document()).clone();
        theirs["dashboard"]["version"] = json!("4");
        draft.take_saved(Arc::new(theirs));
        let body = draft.body();
        assert_eq!((&body["version"], &body["attributes"]["title"]), (&json!("4"), &json!("Mine")));
    }
}
