//! Saved objects, in the model of OpenSearch Dashboards: `{id, type, attributes, references, version}`.
//!
//! Attribute names that OSD has are OSD's (`gridData`, `panelIndex`, `timeFrom` …). Where OSD keeps JSON as text inside
//! JSON (`panelsJSON`), ours is plain structure; import and export translate.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::visualization::Visualization;

/// The envelope of a saved object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedObject<A> {
    /// Identity within its type; also its address (`/d/{id}`).
    pub id: String,
    /// `dashboard`, `visualization`, `search` or `stream`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about.
    pub attributes: A,
    /// Other objects it names.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// Changes with every edit; for provisioned files a hash of the content.
    #[serde(default)]
    pub version: Option<String>,
}

/// A named link to another object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Name used inside the attributes (`panelRefName`).
    pub name: String,
    /// Type of the target.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of the target.
    pub id: String,
}

/// A dashboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dashboard {
    /// Name shown in the title row.
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Panels in reading order.
    pub panels: Vec<Panel>,
    /// Start of the saved time range, e.g. `now-15m`.
    #[serde(default = "default_time_from")]
    pub time_from: String,
    /// Its end, e.g. `now`.
    #[serde(default = "default_time_to")]
    pub time_to: String,
    /// Colour tokens by field and value: `{"status": {"hired": "data-3"}}`. The same value has the same colour in every
    /// panel.
    #[serde(default)]
    pub colors: BTreeMap<String, BTreeMap<String, String>>,
    /// Field and value to the words people see: `{"status": {"off_duty": "Off duty"}}`.
    #[serde(default)]
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
    /// Dashboards one click away, in the order they are offered; it may name itself. Time range and filters go along.
    #[serde(default)]
    pub links: Vec<DashboardLink>,
    /// DQL that the query bar holds when it is opened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Filters that are in force when it is opened, as in queries: with `negate`, `disabled`, `pinned`, `label`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<serde_json::Value>,
    /// Panels show no titles.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hide_panel_titles: bool,
    /// Whether there is room between panels; there is where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_margins: Option<bool>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Dashboard {
    /// What its own filters and query ask of every panel when it is opened, as filters of queries.
    #[must_use]
    pub fn conditions(&self) -> Vec<serde_json::Value> {
        let is_on = |filter: &&serde_json::Value| {
            filter.get("disabled").and_then(serde_json::Value::as_bool) != Some(true)
        };
        let filters = self.filters.iter().filter(is_on).cloned();
        let query = (!self.query.is_empty())
            .then(|| serde_json::json!({"query": {"query": self.query, "language": "dql"}}));
        filters.chain(query).collect()
    }
}

/// A way to another dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardLink {
    /// Its id.
    pub dashboard: String,
    /// The words to click.
    pub title: String,
}

fn default_time_from() -> String {
    "now-15m".to_owned()
}

fn default_time_to() -> String {
    "now".to_owned()
}

/// A panel: a place on the grid and what is shown there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Panel {
    /// Identity within the dashboard; `data-panel-id` in the page.
    pub panel_index: String,
    /// Place on the 48-column grid.
    pub grid_data: GridData,
    /// Title on this dashboard, instead of the visualization's own.
    #[serde(default)]
    pub title: Option<String>,
    /// Name of the reference to a visualization, if it is not given by value.
    #[serde(default)]
    pub panel_ref_name: Option<String>,
    /// The visualization by value.
    #[serde(default)]
    pub visualization: Option<Visualization>,
    /// What this dashboard says otherwise of the visualization's parameters.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub params: serde_json::Map<String, serde_json::Value>,
    /// It shows no title here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hide_panel_titles: bool,
}

/// A place on the grid: 48 columns; a row is 20 px and the gap 8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridData {
    /// First column, 0 to 47.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub w: u32,
    /// Rows.
    pub h: u32,
}

/// A dashboard as `GET /api/dashboards/{id}` answers it: with the visualizations its panels refer to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DashboardDocument {
    /// The dashboard.
    pub dashboard: SavedObject<Dashboard>,
    /// Visualizations named in its references.
    pub included: Vec<SavedObject<Visualization>>,
    /// HTML of the panels that hold Markdown, by panel, made safe by the server.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub html: BTreeMap<String, String>,
    /// Whether it comes from a file, so that only copies of it can be edited.
    #[serde(default)]
    pub read_only: bool,
}

/// A revision of a saved object, as `GET /api/dashboards/{id}/history` lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// From 1, by one with each change.
    pub version: i64,
    /// What was done.
    pub change: Change,
    /// When, epoch ms.
    pub saved_ms: i64,
    /// The title it had then.
    pub title: String,
}

/// What is done to saved objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It began.
    Created,
    /// It came from an export of another program.
    Imported,
    /// It is different.
    Edited,
    /// It is again as it was.
    Restored,
    /// It is gone; what it was can be restored.
    Deleted,
}

impl Change {
    const ALL: [Self; 5] =
        [Self::Created, Self::Imported, Self::Edited, Self::Restored, Self::Deleted];

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Imported => "imported",
            Self::Edited => "edited",
            Self::Restored => "restored",
            Self::Deleted => "deleted",
        }
    }

    /// The change of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.name() == name)
    }
}

/// A dashboard in the list of `GET /api/dashboards`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DashboardSummary {
    /// Its id.
    pub id: String,
    /// Whether it comes from a file, so that only copies of it can be edited.
    #[serde(default)]
    pub read_only: bool,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// How many panels.
    pub panels: u32,
    /// Titles of its panels, in their order; of those that have one.
    #[serde(default)]
    pub panel_titles: Vec<String>,
    /// Its version.
    #[serde(default)]
    pub version: Option<String>,
    /// Names of the streams that its panels ask, a to z, whether or not they are there.
    #[serde(default)]
    pub streams: Vec<String>,
    /// When it was last changed, epoch ms; null where it comes from a file.
    #[serde(default)]
    pub changed_ms: Option<i64>,
    /// Viewers who watch it, i.e. have it open.
    #[serde(default)]
    pub watchers: u32,
    /// The server's work for the views of its panels, microseconds per second; a view that several dashboards share counts
    /// for each of them.
    #[serde(default)]
    pub cpu_us_s: u64,
    /// Whether it was imported and not edited since.
    #[serde(default)]
    pub imported: bool,
    /// Panels whose visualization was imported and is drawn without some of its settings.
    #[serde(default)]
    pub approximate_panels: u32,
    /// Panels whose visualization was imported and is kept, but not drawn.
    #[serde(default)]
    pub kept_panels: u32,
}

impl DashboardDocument {
    /// The visualization of a panel, by value or by reference; `None` where the reference leads nowhere.
    #[must_use]
    pub fn visualization_of<'a>(&'a self, panel: &'a Panel) -> Option<&'a Visualization> {
        if let Some(own) = &panel.visualization {
            return Some(own);
        }
        let name = panel.panel_ref_name.as_ref()?;
        let reference =
            self.dashboard.references.iter().find(|reference| reference.name == *name)?;
        let target = self.included.iter().find(|object| object.id == reference.id)?;
        Some(&target.attributes)
    }

    /// The same with what the dashboard says otherwise.
    #[must_use]
    pub fn drawn_of(&self, panel: &Panel) -> Option<Visualization> {
        let mut drawn = self.visualization_of(panel)?.clone();
        drawn.params.extend(panel.params.clone());
        Some(drawn)
    }
}

/// The query that a panel asks under a time range and the dashboard's filters: the one rule by which the server opens
/// standing views and the page subscribes, so that both meet in one view.
///
/// A query with its own `time` keeps it. Queries about entities take none: they show who lives now.
#[must_use]
pub fn panel_query(
    query: &serde_json::Value,
    time_from: &str,
    time_to: &str,
    filters: &[serde_json::Value],
) -> serde_json::Value {
    let serde_json::Value::Object(mut composed) = query.clone() else { return query.clone() };
    let about_entities = composed.contains_key("entities")
        || composed.get("over").and_then(|over| over.as_str()) == Some("entities");
    if !about_entities && !composed.contains_key("time") {
        composed.insert("time".to_owned(), serde_json::json!({ "from": time_from, "to": time_to }));
    }
    if !filters.is_empty() {
        let own = composed.entry("filters").or_insert_with(|| serde_json::json!([]));
        if let serde_json::Value::Array(own) = own {
            own.extend(filters.iter().cloned());
        }
    }
    serde_json::Value::Object(composed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_follows_the_dashboards_range_unless_it_has_its_own() {
        let compose =
            |query: serde_json::Value| panel_query(&query, "now-1h", "now", &[]).to_string();
        let records = compose(serde_json::json!({"stream": "s"}));
        assert_eq!(records, r#"{"stream":"s","time":{"from":"now-1h","to":"now"}}"#);
        let own = r#"{"stream":"s","time":{"from":"now-5m","to":"now"}}"#;
        assert_eq!(compose(serde_json::from_str(own).unwrap()), own);
        let entities = r#"{"stream":"s","over":"entities"}"#;
        assert_eq!(compose(serde_json::from_str(entities).unwrap()), entities);
    }
}
