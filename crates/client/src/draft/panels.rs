//! What is done to the panels of a dashboard's document.

use serde_json::{Map, Value as Json, json};

use super::grid_of;
use crate::layout::{Placed, open_place, settle};

type Object = Map<String, Json>;

/// The attributes of a dashboard.
pub(super) fn attributes(dashboard: &mut Object) -> Option<&mut Object> {
    dashboard.get_mut("attributes").and_then(Json::as_object_mut)
}

fn list(dashboard: &Object) -> &[Json] {
    let panels = dashboard.get("attributes").and_then(|attributes| attributes.get("panels"));
    panels.and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The list of panels, which is made where there is none.
fn list_mut(dashboard: &mut Object) -> Option<&mut Vec<Json>> {
    let panels = attributes(dashboard)?.entry("panels").or_insert_with(|| json!([]));
    panels.as_array_mut()
}

fn id_of(panel: &Json) -> &str {
    panel.get("panelIndex").and_then(Json::as_str).unwrap_or_default()
}

pub(super) fn places(dashboard: &Object) -> Vec<Placed> {
    let placed = |panel: &Json| Placed { id: id_of(panel).to_owned(), grid: grid_of(panel) };
    list(dashboard).iter().map(placed).collect()
}

pub(super) fn place(dashboard: &mut Object, places: &[Placed]) {
    for panel in list_mut(dashboard).into_iter().flatten() {
        let placed =
            places.iter().find(|placed| placed.id == id_of(panel)).map(|placed| placed.grid);
        if let (Some(grid), Some(panel)) = (placed, panel.as_object_mut()) {
            let grid = json!({ "x": grid.x, "y": grid.y, "w": grid.w, "h": grid.h });
            panel.insert("gridData".to_owned(), grid);
        }
    }
}

pub(super) fn add(dashboard: &mut Object, visualization: &Json, w: u32, h: u32) -> String {
    insert(dashboard, json!({ "visualization": visualization }), w, h)
}

pub(super) fn copy(dashboard: &mut Object, id: &str) -> Option<String> {
    let panel = list(dashboard).iter().find(|panel| id_of(panel) == id)?.clone();
    let grid = grid_of(&panel);
    Some(insert(dashboard, panel, grid.w, grid.h))
}

fn insert(dashboard: &mut Object, mut panel: Json, w: u32, h: u32) -> String {
    let places = places(dashboard);
    // Numbers are what OSD gives; one above the highest is surely free.
    let highest = places.iter().filter_map(|placed| placed.id.parse::<u32>().ok()).max();
    let id = highest.unwrap_or(0).saturating_add(1).to_string();
    let grid = open_place(&places, w, h);
    if let Some(panel) = panel.as_object_mut() {
        panel.insert("panelIndex".to_owned(), id.clone().into());
    }
    if let Some(panels) = list_mut(dashboard) {
        panels.push(panel);
    }
    place(dashboard, &[Placed { id: id.clone(), grid }]);
    id
}

pub(super) fn remove(dashboard: &mut Object, id: &str) {
    if let Some(panels) = list_mut(dashboard) {
        panels.retain(|panel| id_of(panel) != id);
    }
    drop_references(dashboard);
    let mut places = places(dashboard);
    settle(&mut places, None);
    place(dashboard, &places);
}

pub(super) fn visualization(document: &Json, id: &str) -> Option<Json> {
    let dashboard = document.get("dashboard")?.as_object()?;
    let panel = list(dashboard).iter().find(|panel| id_of(panel) == id)?;
    let own = panel.get("visualization").filter(|own| own.is_object());
    let mut found = own.or_else(|| referred(document, dashboard, panel))?.clone();
    if let (Some(title), Some(found)) =
        (panel.get("title").filter(|title| title.is_string()), found.as_object_mut())
    {
        found.insert("title".to_owned(), title.clone());
    }
    Some(found)
}

fn referred<'a>(document: &'a Json, dashboard: &'a Object, panel: &Json) -> Option<&'a Json> {
    let name = panel.get("panelRefName")?;
    let mut references = dashboard.get("references")?.as_array()?.iter();
    let target = references.find(|reference| reference.get("name") == Some(name))?.get("id")?;
    let included = document.get("included")?.as_array()?;
    included.iter().find(|object| object.get("id") == Some(target))?.get("attributes")
}

pub(super) fn set_visualization(dashboard: &mut Object, id: &str, visualization: Json) {
    let panel = list_mut(dashboard).into_iter().flatten().find(|panel| id_of(panel) == id);
    if let Some(panel) = panel.and_then(Json::as_object_mut) {
        panel.remove("panelRefName");
        // The title given on this dashboard would hide the visualization's.
        panel.remove("title");
        panel.insert("visualization".to_owned(), visualization);
    }
    drop_references(dashboard);
}

/// Drops references to visualizations that no panel uses any more; others are none of ours.
fn drop_references(dashboard: &mut Object) {
    let used: Vec<Json> =
        list(dashboard).iter().filter_map(|panel| panel.get("panelRefName")).cloned().collect();
    if let Some(references) = dashboard.get_mut("references").and_then(Json::as_array_mut) {
        references.retain(|reference| {
            let is_ours = reference.get("type").and_then(Json::as_str) == Some("visualization");
            !is_ours || reference.get("name").is_some_and(|name| used.contains(name))
        });
    }
}
