//! Reading a dashboard's document, key by key.
//!
//! The types of `protocol::saved_object` would read it too, but their generated readers are a twentieth of what a visitor
//! downloads. The server has checked every key before it answers; what is missing here reads as empty.

use std::hash::{DefaultHasher, Hash, Hasher};

use hailstream_protocol::saved_object::GridData;
use hailstream_protocol::visualization::Visualization;
use serde_json::{Map, Value as Json};

/// A dashboard as the server answers it.
#[derive(Clone, Copy)]
pub(super) struct Document<'a>(pub(super) &'a Json);

/// One of its panels.
#[derive(Clone, Copy)]
pub(super) struct PanelDocument<'a> {
    document: Document<'a>,
    panel: &'a Json,
}

/// The text under a key; empty where there is none.
pub(super) fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The items under a key.
pub(super) fn items<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The entries under a key.
pub(super) fn entries<'a>(
    json: &'a Json,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Json)> {
    json.get(key).and_then(Json::as_object).into_iter().flat_map(Map::iter)
}

impl<'a> Document<'a> {
    fn dashboard(self) -> &'a Json {
        self.0.get("dashboard").unwrap_or(&Json::Null)
    }

    /// What the dashboard is about.
    pub(super) fn attributes(self) -> &'a Json {
        self.dashboard().get("attributes").unwrap_or(&Json::Null)
    }

    /// Its id.
    pub(super) fn id(self) -> &'a str {
        text(self.dashboard(), "id")
    }

    /// Its panels.
    pub(super) fn panels(self) -> impl Iterator<Item = PanelDocument<'a>> {
        let panels = items(self.attributes(), "panels");
        panels.iter().map(move |panel| PanelDocument { document: self, panel })
    }
}

impl<'a> PanelDocument<'a> {
    /// Identity within the dashboard.
    pub(super) fn id(self) -> &'a str {
        text(self.panel, "panelIndex")
    }

    /// Identity among all dashboards.
    pub(super) fn key(self) -> String {
        format!("{}/{}", self.document.id(), self.id())
    }

    /// The title given on this dashboard.
    pub(super) fn title(self) -> Option<&'a str> {
        self.panel.get("title").and_then(Json::as_str)
    }

    /// Its place.
    pub(super) fn grid(self) -> GridData {
        let number = |key: &str| {
            let number = self.panel.get("gridData").and_then(|grid| grid.get(key));
            number.and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
        };
        GridData { x: number("x"), y: number("y"), w: number("w"), h: number("h") }
    }

    /// A hash of all that it shows, but not of where.
    pub(super) fn content(self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (key, value) in self.panel.as_object().into_iter().flatten() {
            if key != "gridData" {
                (key, value.to_string()).hash(&mut hasher);
            }
        }
        self.referred().map(Json::to_string).hash(&mut hasher);
        self.html().hash(&mut hasher);
        hasher.finish()
    }

    /// The HTML the server made of its Markdown.
    pub(super) fn html(self) -> String {
        let html = self.document.0.get("html").unwrap_or(&Json::Null);
        text(html, self.id()).to_owned()
    }

    /// The visualization, by value or by reference; `None` where the reference leads nowhere.
    pub(super) fn visualization(self) -> Option<Visualization> {
        let own = self.panel.get("visualization").filter(|own| own.is_object());
        let mut read = own.or_else(|| self.referred()).map(read_visualization)?;
        for (name, param) in entries(self.panel, "params") {
            read.params.insert(name.clone(), param.clone());
        }
        Some(read)
    }

    /// Whether its title is not to be seen, by its own word or the dashboard's.
    pub(super) fn hides_title(self) -> bool {
        let hides = |json: &Json| json.get("hidePanelTitles").and_then(Json::as_bool) == Some(true);
        hides(self.panel) || hides(self.document.attributes())
    }

    fn referred(self) -> Option<&'a Json> {
        let name = text(self.panel, "panelRefName");
        let references = items(self.document.dashboard(), "references");
        let reference = references.iter().find(|reference| text(reference, "name") == name)?;
        let id = text(reference, "id");
        let included = items(self.document.0, "included");
        included.iter().find(|object| text(object, "id") == id)?.get("attributes")
    }
}

fn read_visualization(json: &Json) -> Visualization {
    let mut visualization = Visualization {
        title: text(json, "title").to_owned(),
        subtitle: text(json, "subtitle").to_owned(),
        kind: text(json, "type").to_owned(),
        query: json.get("query").cloned().unwrap_or_default(),
        params: json.get("params").and_then(Json::as_object).cloned().unwrap_or_default(),
        ..Visualization::default()
    };
    for (name, query) in entries(json, "extra_queries") {
        visualization.extra_queries.insert(name.clone(), query.clone());
    }
    visualization
}
