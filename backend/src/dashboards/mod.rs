//! The dashboards there are: those of a folder of YAML or JSON files, read at start and never written, and those that
//! people save.

mod askers;
mod findings;
mod markdown;

pub(crate) use markdown::to_html as markdown_to_html;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use hailstream_protocol::PanelAddress;
use hailstream_protocol::saved_object::{
    Dashboard, DashboardDocument, DashboardSummary, Panel, SavedObject, panel_query,
};
use hailstream_protocol::visualization::{Params, Visualization};
use hailstream_query::{Query, QueryError, nearest};
use serde::Deserialize;

pub(crate) use self::askers::{Askers, in_words};
use crate::config::{Fault, Faults, fault};

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct Dashboards {
    documents: BTreeMap<String, Arc<Kept>>,
    /// Those of files, by id: copies of boards refer to them too.
    visualizations: Visualizations,
}

/// Visualizations that boards may refer to, by id.
pub(crate) type Visualizations = BTreeMap<String, SavedObject<Visualization>>;

/// A dashboard with the place that errors name: its file, or where it was saved.
#[derive(Clone, Debug)]
struct Kept {
    place: String,
    document: DashboardDocument,
}

/// What kind of object a file holds; the rest is read once that is known.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

enum Object {
    Dashboard(SavedObject<Dashboard>),
    Visualization(SavedObject<Visualization>),
}

impl Dashboards {
    /// Reads every `.yaml`, `.yml` and `.json` file of a folder.
    ///
    /// # Errors
    /// All that is wrong in the files.
    pub fn from_folder(folder: &Path) -> Result<Self, Faults> {
        let files = crate::config::files_of(folder, &["yaml", "yml", "json"])?;
        let mut texts = Vec::new();
        let mut faults = Faults::default();
        for path in files {
            match fault::read(&path) {
                Ok(text) => texts.push((path.display().to_string(), text)),
                Err(fault) => faults.0.push(fault),
            }
        }
        let read =
            Self::from_texts(texts.iter().map(|(file, text)| (file.as_str(), text.as_str())));
        match read {
            Ok(dashboards) if faults.0.is_empty() => Ok(dashboards),
            Ok(_) => Err(faults),
            Err(more) => {
                faults.0.extend(more.0);
                Err(faults)
            }
        }
    }

    /// Reads objects from texts with the names of their files.
    ///
    /// # Errors
    /// All that is wrong in them.
    pub fn from_texts<'a>(
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut dashboards = Vec::new();
        let mut visualizations = BTreeMap::new();
        for (file, text) in texts {
            match object(file, text) {
                Ok(Object::Dashboard(dashboard)) => dashboards.push((file.to_owned(), dashboard)),
                Ok(Object::Visualization(visualization)) => {
                    visualizations.insert(visualization.id.clone(), visualization);
                }
                Err(fault) => faults.0.push(fault),
            }
        }
        let mut documents = BTreeMap::<String, Arc<Kept>>::new();
        for (file, dashboard) in dashboards {
            if let Some(other) = documents.get(&dashboard.id) {
                let detail = format!("\"{}\" is the id of {} too", dashboard.id, other.place);
                faults.0.push(Fault::key(&file, "id", detail));
                continue;
            }
            let id = dashboard.id.clone();
            let mut document = document_of(dashboard, &visualizations);
            document.read_only = true;
            documents.insert(id, Arc::new(Kept { place: file, document }));
        }
        if faults.0.is_empty() { Ok(Self { documents, visualizations }) } else { Err(faults) }
    }

    /// These and saved ones. Of two of one id that of a file is shown.
    #[must_use]
    pub(crate) fn with(
        &self,
        saved: Vec<SavedObject<Dashboard>>,
        visualizations: Visualizations,
    ) -> Self {
        let mut all = self.clone();
        for (id, visualization) in visualizations {
            all.visualizations.entry(id).or_insert(visualization);
        }
        for dashboard in saved {
            let id = dashboard.id.clone();
            let place = format!("dashboard {id}");
            let document = document_of(dashboard, &all.visualizations);
            all.documents.entry(id).or_insert_with(|| Arc::new(Kept { place, document }));
        }
        all
    }

    /// Ids of all dashboards, in their order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }

    /// A visualization of an id.
    pub(crate) fn visualization(&self, id: &str) -> Option<&SavedObject<Visualization>> {
        self.visualizations.get(id)
    }

    /// Whether a file has a dashboard of this id.
    pub(crate) fn is_read_only(&self, id: &str) -> bool {
        self.documents.get(id).is_some_and(|kept| kept.document.read_only)
    }

    /// What is wrong with panels of one dashboard; see [`Dashboards::findings`].
    pub(crate) fn findings_of(
        &self,
        id: &str,
        look: impl Fn(&Query) -> Vec<(String, String)>,
    ) -> Vec<Fault> {
        self.documents.get(id).map_or_else(Vec::new, |kept| findings::in_dashboard(kept, &look))
    }

    /// All dashboards, by id: what is known of each from its document.
    #[must_use]
    pub fn summaries(&self) -> Vec<DashboardSummary> {
        self.documents.values().map(|kept| summary(&kept.document)).collect()
    }

    /// A dashboard with the visualizations it refers to.
    ///
    /// # Errors
    /// Where there is none of that id; names a near one.
    pub fn document(&self, id: &str) -> Result<&DashboardDocument, QueryError> {
        let found = self.documents.get(id).map(|kept| &kept.document);
        found.ok_or_else(|| {
            let near = nearest(id, self.documents.keys().map(String::as_str))
                .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
            QueryError {
                code: "unknown_dashboard",
                at: "dashboard".to_owned(),
                detail: format!("there is no dashboard \"{id}\"{near}"),
            }
        })
    }

    /// The version of a dashboard, if there is one of that id.
    pub(crate) fn version(&self, id: &str) -> Option<&str> {
        self.documents.get(id)?.document.dashboard.version.as_deref()
    }

    /// The main query of a panel under its dashboard's saved range and filters.
    ///
    /// # Errors
    /// Where there is no such panel, or its query is wrong.
    pub fn panel_query(&self, address: &PanelAddress) -> Result<Query, QueryError> {
        let document = self.document(&address.dashboard)?;
        let panels = &document.dashboard.attributes.panels;
        let found = panels.iter().find(|panel| panel.panel_index == address.panel);
        let visualization = found.and_then(|panel| document.visualization_of(panel));
        let Some(visualization) = visualization else {
            let known = panels.iter().map(|panel| panel.panel_index.as_str());
            let near = nearest(&address.panel, known)
                .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
            return Err(QueryError {
                code: "unknown_panel",
                at: "panel".to_owned(),
                detail: format!(
                    "dashboard \"{}\" has no panel \"{}\"{near}",
                    address.dashboard, address.panel
                ),
            });
        };
        Query::from_json(&composed(document, &visualization.query))
    }

    /// The queries of all panels under the saved ranges and filters of their dashboards: the standing views. What is wrong with
    /// some of them is told by [`Dashboards::findings`].
    #[must_use]
    pub fn standing_queries(&self) -> Vec<Query> {
        let mut queries = Vec::new();
        for document in self.documents.values().map(|kept| &kept.document) {
            for (_, query) in
                document.dashboard.attributes.panels.iter().flat_map(|p| queries_of(document, p))
            {
                queries.extend(Query::from_json(&composed(document, query)));
            }
        }
        queries
    }
}

fn document_of(
    dashboard: SavedObject<Dashboard>,
    visualizations: &Visualizations,
) -> DashboardDocument {
    let wanted = dashboard.references.iter();
    let included =
        wanted.filter_map(|reference| visualizations.get(&reference.id)).cloned().collect();
    let (html, read_only) = (BTreeMap::new(), false);
    let mut document = DashboardDocument { dashboard, included, html, read_only };
    document.html = html_of(&document);
    document
}

fn summary(document: &DashboardDocument) -> DashboardSummary {
    let SavedObject { id, attributes, version, .. } = &document.dashboard;
    let titles = attributes.panels.iter().filter_map(|panel| {
        let own = panel.title.as_deref();
        own.or_else(|| Some(document.visualization_of(panel)?.title.as_str()))
    });
    let queries = attributes.panels.iter().flat_map(|panel| queries_of(document, panel));
    let streams: BTreeSet<&str> =
        queries.filter_map(|(_, query)| query.get("stream")?.as_str()).collect();
    DashboardSummary {
        id: id.clone(),
        read_only: document.read_only,
        title: attributes.title.clone(),
        description: attributes.description.clone(),
        panels: attributes.panels.len() as u32,
        panel_titles: titles.filter(|title| !title.is_empty()).map(ToOwned::to_owned).collect(),
        version: version.clone(),
        streams: streams.into_iter().map(ToOwned::to_owned).collect(),
        ..DashboardSummary::default()
    }
}

/// The queries of a panel with their places in it.
fn queries_of<'a>(
    document: &'a DashboardDocument,
    panel: &'a Panel,
) -> Vec<(String, &'a serde_json::Value)> {
    let Some(visualization) = document.visualization_of(panel) else { return Vec::new() };
    // A panel that asks nothing has no main query.
    let asks = visualization.query.is_object();
    let main = asks.then(|| ("query".to_owned(), &visualization.query));
    let extra = visualization.extra_queries.iter();
    main.into_iter()
        .chain(extra.map(|(name, query)| (format!("extra_queries.{name}"), query)))
        .collect()
}

/// The HTML of the panels that hold Markdown, by panel.
fn html_of(document: &DashboardDocument) -> BTreeMap<String, String> {
    let panels = document.dashboard.attributes.panels.iter();
    let html = panels.filter_map(|panel| {
        let Ok(Params::Markdown(params)) = Params::of(document.visualization_of(panel)?) else {
            return None;
        };
        Some((panel.panel_index.clone(), markdown::to_html(&params.markdown)))
    });
    html.collect()
}

fn composed(document: &DashboardDocument, query: &serde_json::Value) -> serde_json::Value {
    let dashboard = &document.dashboard.attributes;
    panel_query(query, &dashboard.time_from, &dashboard.time_to, &dashboard.conditions())
}

fn object(file: &str, text: &str) -> Result<Object, Fault> {
    let Kind { kind } = fault::parse(text, file)?;
    match kind.as_str() {
        "dashboard" => {
            let mut dashboard: SavedObject<Dashboard> = fault::parse(text, file)?;
            dashboard.version.get_or_insert_with(|| version_of(text));
            Ok(Object::Dashboard(dashboard))
        }
        "visualization" => {
            let mut visualization: SavedObject<Visualization> = fault::parse(text, file)?;
            visualization.version.get_or_insert_with(|| version_of(text));
            Ok(Object::Visualization(visualization))
        }
        other => {
            let near = nearest(other, ["dashboard", "visualization"])
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let detail = format!("`{other}`: expected `dashboard` or `visualization`{near}");
            Err(Fault::key(file, "type", detail))
        }
    }
}

/// Changes with the content.
fn version_of(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
