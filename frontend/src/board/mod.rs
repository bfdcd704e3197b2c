//! A dashboard as the page works with it: its document read once, its panels' queries typed as far as pictures need them,
//! and the colours and words of its values.

mod document;
mod panel_spec;
mod style;

use std::sync::Arc;

use hailstream_client::time_range::TimeRange;

use document::{Document, text};
pub(crate) use panel_spec::{PanelSpec, Question};
use style::BoardStyle;

/// See the module's words.
#[derive(Debug)]
pub(crate) struct Board {
    /// Name.
    pub(crate) title: String,
    /// The range it was saved with.
    pub(crate) range: TimeRange,
    /// Panels, in reading order.
    pub(crate) panels: Vec<Arc<PanelSpec>>,
}

impl Board {
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
        Self { title: text(saved, "title").to_owned(), range, panels }
    }
}
