//! A dashboard as the page works with it: its document read once, its panels' queries typed as far as pictures need them,
//! and the colours and words of its values.

mod document;
mod panel_spec;
mod schema;
mod style;

use std::sync::Arc;

use hailstream_client::filters::{Filters, Pill};
use hailstream_client::time_range::TimeRange;

use document::{Document, items, text};
pub(crate) use panel_spec::{PanelSpec, Question};
pub(crate) use schema::{Schema, Schemas};
use style::BoardStyle;

/// See the module's words.
#[derive(Debug)]
pub(crate) struct Board {
    /// Identity, as in its address.
    pub(crate) id: String,
    /// Name.
    pub(crate) title: String,
    /// What it is for.
    pub(crate) description: String,
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
    /// Panels, in reading order.
    pub(crate) panels: Vec<Arc<PanelSpec>>,
}

impl Board {
    /// The streams its panels ask, each once.
    pub(crate) fn streams(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for panel in &self.panels {
            for question in panel.questions() {
                if !question.stream().is_empty()
                    && !names.iter().any(|name| name == question.stream())
                {
                    names.push(question.stream().to_owned());
                }
            }
        }
        names
    }

    /// Reads the server's answer.
    pub(crate) fn of(answer: &serde_json::Value) -> Self {
        let document = Document(answer);
        let saved = document.attributes();
        let style = Arc::new(BoardStyle::of(saved));
        let mut panels: Vec<Arc<PanelSpec>> = Vec::new();
        for panel in document.panels() {
            let panel = Arc::new(PanelSpec::of(panel, &style));
            let place = |panel: &PanelSpec| (panel.grid.y, panel.grid.x);
            let at = panels.partition_point(|before| place(before) <= place(&panel));
            panels.insert(at, panel);
        }
        let range = TimeRange {
            from: text(saved, "timeFrom").to_owned(),
            to: text(saved, "timeTo").to_owned(),
        };
        let filters = Filters {
            query: text(saved, "query").to_owned(),
            pills: items(saved, "filters").iter().map(Pill::of_saved).collect(),
        };
        let has_margins =
            saved.get("useMargins").and_then(serde_json::Value::as_bool) != Some(false);
        let own = |key: &str| text(saved, key).to_owned();
        let link = |link: &serde_json::Value| {
            (text(link, "dashboard").to_owned(), text(link, "title").to_owned())
        };
        let links = items(saved, "links").iter().map(link).collect();
        let id = document.id().to_owned();
        Self {
            id,
            title: own("title"),
            description: own("description"),
            range,
            filters,
            has_margins,
            links,
            style,
            panels,
        }
    }
}
