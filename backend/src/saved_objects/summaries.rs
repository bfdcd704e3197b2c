//! Where saved objects come from, for the list of dashboards: when each was changed, and what became of it when it was imported.

use std::collections::BTreeMap;

use hailstream_osd::Outcome;
use hailstream_protocol::saved_object::{DashboardDocument, DashboardSummary, Panel};

use super::library::DASHBOARD;
use super::store::Stored;
use crate::dashboards::Dashboards;

#[derive(Debug, Default)]
pub(super) struct Origins {
    /// Of saved dashboards, by id.
    dashboards: BTreeMap<String, Origin>,
    /// What became of everything else that was imported, by type and id.
    outcomes: BTreeMap<(String, String), Outcome>,
}

#[derive(Clone, Copy, Debug)]
struct Origin {
    changed_ms: i64,
    is_import: bool,
}

impl Origins {
    /// Takes an object into account.
    pub(super) fn note(&mut self, stored: &Stored) {
        if stored.kind == DASHBOARD {
            let is_import = stored.body.original.is_some();
            let origin = Origin { changed_ms: stored.saved_ms, is_import };
            self.dashboards.insert(stored.id.clone(), origin);
        } else if let Some(outcome) = stored.body.outcome {
            self.outcomes.insert((stored.kind.clone(), stored.id.clone()), outcome);
        }
    }

    /// The summaries with what is known here.
    pub(super) fn complete(
        &self,
        mut summaries: Vec<DashboardSummary>,
        dashboards: &Dashboards,
    ) -> Vec<DashboardSummary> {
        for summary in &mut summaries {
            let origin = self.dashboards.get(&summary.id).filter(|_| !summary.read_only);
            summary.changed_ms = origin.map(|origin| origin.changed_ms);
            summary.imported = origin.is_some_and(|origin| origin.is_import);
            let Ok(document) = dashboards.document(&summary.id) else { continue };
            let panels = &document.dashboard.attributes.panels;
            let outcomes = panels.iter().filter_map(|panel| self.outcome(document, panel));
            for outcome in outcomes {
                match outcome {
                    Outcome::Approximate => summary.approximate_panels += 1,
                    Outcome::Kept => summary.kept_panels += 1,
                    Outcome::Exact | Outcome::Refused => {}
                }
            }
        }
        summaries
    }

    fn outcome(&self, document: &DashboardDocument, panel: &Panel) -> Option<Outcome> {
        let name = panel.panel_ref_name.as_ref().filter(|_| panel.visualization.is_none())?;
        let mut references = document.dashboard.references.iter();
        let target = references.find(|reference| reference.name == *name)?;
        self.outcomes.get(&(target.kind.clone(), target.id.clone())).copied()
    }
}
