//! A dashboard as the page works with it: its document read, its panels' queries typed as far as pictures need them,
//! and the colours and words of its values.

mod document;
mod panel_spec;
mod schema;
mod style;

use std::sync::Arc;

use hailstream_client::filters::{Filters, Pill};
use hailstream_client::time_range::TimeRange;
use serde_json::Value as Json;

use document::{Document, items, text};
pub(crate) use panel_spec::{PanelSpec, Question};
pub(crate) use schema::{Schema, Schemas};
use style::BoardStyle;

/// See the module's words.
#[derive(Debug)]
pub(crate) struct Board {
    /// Identity, as in its address.
    pub(crate) id: String,
    /// The range it was saved with.
    pub(crate) range: TimeRange,
    /// The query and the filters it was saved with.
    pub(crate) filters: Filters,
    /// Whether there is room between its panels.
    pub(crate) has_margins: bool,
    /// Other boards one click away: id and words.
    pub(crate) links: Vec<(String, String)>,
    /// Colours and words of its values.
    pub(crate) style: Arc<BoardStyle>,
}

/// The streams that panels ask, each once.
pub(crate) fn streams(panels: &[Arc<PanelSpec>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for question in panels.iter().flat_map(|panel| panel.questions()) {
        let stream = question.stream();
        if !stream.is_empty() && !names.iter().any(|name| name == stream) {
            names.push(stream.to_owned());
        }
    }
    names
}

/// What a dashboard's document says besides its panels and its name: where it differs, nothing of the page that shows it can stay.
pub(crate) fn frame_of(answer: &Json) -> String {
    let mut attributes = Document(answer).attributes().clone();
    for key in ["panels", "title", "description"] {
        attributes.as_object_mut().map(|attributes| attributes.remove(key));
    }
    attributes.to_string()
}

/// The title and the description of a dashboard's document.
pub(crate) fn name_of(answer: &Json) -> (String, String) {
    let attributes = Document(answer).attributes();
    (text(attributes, "title").to_owned(), text(attributes, "description").to_owned())
}

impl Board {
    /// Its panels, in reading order, as a document has them.
    pub(crate) fn panels(&self, answer: &Json) -> Vec<Arc<PanelSpec>> {
        let mut panels: Vec<Arc<PanelSpec>> = Vec::new();
        for panel in Document(answer).panels() {
            let panel = Arc::new(PanelSpec::of(panel, &self.style));
            let place = |panel: &PanelSpec| (panel.grid.y, panel.grid.x);
            let at = panels.partition_point(|before| place(before) <= place(&panel));
            panels.insert(at, panel);
        }
        panels
    }

    /// Reads the server's answer.
    pub(crate) fn of(answer: &Json) -> Self {
        let document = Document(answer);
        let saved = document.attributes();
        let style = Arc::new(BoardStyle::of(saved));
        let range = TimeRange {
            from: text(saved, "timeFrom").to_owned(),
            to: text(saved, "timeTo").to_owned(),
        };
        let filters = Filters {
            query: text(saved, "query").to_owned(),
            pills: items(saved, "filters").iter().map(Pill::of_saved).collect(),
        };
        let has_margins = saved.get("useMargins").and_then(Json::as_bool) != Some(false);
        let link =
            |link: &Json| (text(link, "dashboard").to_owned(), text(link, "title").to_owned());
        let links = items(saved, "links").iter().map(link).collect();
        let id = document.id().to_owned();
        Self { id, range, filters, has_margins, links, style }
    }
}
