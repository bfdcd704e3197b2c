//! A dashboard as the page works with it: its document read once, its panels' queries typed as far as pictures need them,
//! and the colours and words of its values.

mod panel_spec;
mod style;

use std::sync::Arc;

use hailstream_client::time_range::TimeRange;
use hailstream_protocol::saved_object::DashboardDocument;

pub(crate) use panel_spec::PanelSpec;
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
    /// Reads a document.
    pub(crate) fn of(document: &DashboardDocument) -> Self {
        let saved = &document.dashboard.attributes;
        let style = Arc::new(BoardStyle::of(saved));
        let mut panels: Vec<Arc<PanelSpec>> = Vec::new();
        for panel in &saved.panels {
            let panel = Arc::new(PanelSpec::of(document, panel, &style));
            let place = |panel: &PanelSpec| (panel.grid.y, panel.grid.x);
            let at = panels.partition_point(|before| place(before) <= place(&panel));
            panels.insert(at, panel);
        }
        Self {
            title: saved.title.clone(),
            range: TimeRange { from: saved.time_from.clone(), to: saved.time_to.clone() },
            panels,
        }
    }
}
