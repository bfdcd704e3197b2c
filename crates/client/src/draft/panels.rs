//! What is done to the panels of a dashboard's document.

use serde_json::{Map, Value as Json, json};

use crate::document::{dashboard_of, grid_of, id_of, panels_of, visualization_of};
use crate::layout::{Placed, open_place, settle};

type Object = Map<String, Json>;

/// The attributes of a dashboard.
pub(super) fn attributes(dashboard: &mut Object) -> Option<&mut Object> {
    dashboard.get_mut("attributes").and_then(Json::as_object_mut)
}

/// The list of panels, which is made where there is none.
fn list_mut(dashboard: &mut Object) -> Option<&mut Vec<Json>> {
    let panels = attributes(dashboard)?.entry("panels").or_insert_with(|| json!([]));
    panels.as_array_mut()
}

/// Whether attributes are those of a dashboard, as far as an edit needs it.
pub(super) fn check(attributes: &Json) -> Result<(), String> {
    let panels = attributes.get("panels").and_then(Json::as_array);
    let panels = panels.ok_or("an object with a list of panels is expected")?;
    let mut ids: Vec<&str> = Vec::new();
    for (place, panel) in panels.iter().enumerate() {
        match id_of(panel) {
            "" => return Err(format!("panels[{place}]: a panelIndex is missing, a text")),
            id if ids.contains(&id) => return Err(format!("panels[{place}]: \"{id}\" is taken")),
            id => ids.push(id),
        }
    }
    Ok(())
}

pub(super) fn places(dashboard: &Object) -> Vec<Placed> {
    let placed = |panel: &Json| Placed { id: id_of(panel).to_owned(), grid: grid_of(panel) };
    panels_of(dashboard).iter().map(placed).collect()
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
    let panel = panels_of(dashboard).iter().find(|panel| id_of(panel) == id)?.clone();
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
    let panel = panels_of(dashboard_of(document)?).iter().find(|panel| id_of(panel) == id)?;
    let mut found = visualization_of(document, panel)?;
    let title = panel.get("title").filter(|title| title.is_string());
    if let (Some(title), Some(found)) = (title, found.as_object_mut()) {
        found.insert("title".to_owned(), title.clone());
    }
    Some(found)
}

pub(super) fn set_visualization(dashboard: &mut Object, id: &str, visualization: Json) {
    let panel = list_mut(dashboard).into_iter().flatten().find(|panel| id_of(panel) == id);
    if let Some(panel) = panel.and_then(Json::as_object_mut) {
        // What was said on this dashboard is in it now, and would hide what it is made to be.
        for key in ["panelRefName", "title", "params"] {
            panel.remove(key);
        }
        panel.insert("visualization".to_owned(), visualization);
    }
    drop_references(dashboard);
}

/// Lets panels that ask a stream ask another one.
pub(super) fn ask_instead(document: &Json, dashboard: &mut Object, stream: &str, other: &str) {
    let ids: Vec<String> =
        panels_of(dashboard).iter().map(|panel| id_of(panel).to_owned()).collect();
    for id in ids {
        let Some(mut changed) = visualization(document, &id) else { continue };
        for query in queries_mut(&mut changed) {
            if let Some(asked) = query.get_mut("stream").filter(|asked| **asked == *stream) {
                *asked = other.into();
            }
        }
        if visualization(document, &id).as_ref() != Some(&changed) {
            set_visualization(dashboard, &id, changed);
        }
    }
}

/// All that a visualization asks.
fn queries_mut(visualization: &mut Json) -> Vec<&mut Json> {
    let Some(visualization) = visualization.as_object_mut() else { return Vec::new() };
    let mut queries = Vec::new();
    for (key, held) in visualization {
        match key.as_str() {
            "query" => queries.push(held),
            "extra_queries" => {
                queries.extend(held.as_object_mut().into_iter().flat_map(Object::values_mut));
            }
            _ => {}
        }
    }
    queries
}

/// Drops references to visualizations that no panel uses any more; others are none of ours.
fn drop_references(dashboard: &mut Object) {
    let used: Vec<Json> = panels_of(dashboard)
        .iter()
        .filter_map(|panel| panel.get("panelRefName"))
        .cloned()
        .collect();
    if let Some(references) = dashboard.get_mut("references").and_then(Json::as_array_mut) {
        references.retain(|reference| {
            let is_ours = reference.get("type").and_then(Json::as_str) == Some("visualization");
            !is_ours || reference.get("name").is_some_and(|name| used.contains(name))
        });
    }
}
