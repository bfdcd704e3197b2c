//! Reading a dashboard's document, as `GET /api/dashboards/{id}` answers it, key by key: who shows it and who edits it find the same.
//!
//! What is missing reads as empty; the server has checked what it answers, a draft may be anything.

use hailstream_protocol::saved_object::GridData;
use serde_json::{Map, Value as Json};

type Object = Map<String, Json>;

/// The dashboard of a document.
#[must_use]
pub fn dashboard_of(document: &Json) -> Option<&Object> {
    document.get("dashboard")?.as_object()
}

/// The panels of a dashboard.
#[must_use]
pub fn panels_of(dashboard: &Object) -> &[Json] {
    let panels = dashboard.get("attributes").and_then(|attributes| attributes.get("panels"));
    panels.and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The `panelIndex` of a panel.
#[must_use]
pub fn id_of(panel: &Json) -> &str {
    panel.get("panelIndex").and_then(Json::as_str).unwrap_or_default()
}

/// The place of a panel.
#[must_use]
pub fn grid_of(panel: &Json) -> GridData {
    let number = |key: &str| {
        let number = panel.get("gridData").and_then(|grid| grid.get(key));
        number.and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
    };
    GridData { x: number("x"), y: number("y"), w: number("w"), h: number("h") }
}

/// The visualization that a panel refers to; `None` where it has one of its own or the reference leads nowhere.
#[must_use]
pub fn referred<'a>(document: &'a Json, panel: &Json) -> Option<&'a Json> {
    let name = panel.get("panelRefName")?;
    let mut references = dashboard_of(document)?.get("references")?.as_array()?.iter();
    let target = references.find(|reference| reference.get("name") == Some(name))?.get("id")?;
    let included = document.get("included")?.as_array()?;
    included.iter().find(|object| object.get("id") == Some(target))?.get("attributes")
}

/// The visualization of a panel, by value or by reference, with the parameters that are others on this dashboard.
#[must_use]
pub fn visualization_of(document: &Json, panel: &Json) -> Option<Json> {
    let own = panel.get("visualization").filter(|own| own.is_object());
    let found = own.or_else(|| referred(document, panel).filter(|found| found.is_object()))?;
    let mut found = found.clone();
    if let Some(said) =
        panel.get("params").and_then(Json::as_object).filter(|said| !said.is_empty())
    {
        let params = found.as_object_mut()?.entry("params").or_insert_with(|| Object::new().into());
        params.as_object_mut()?.extend(said.clone());
    }
    Some(found)
}
