//! `dashboard`: its panels on the grid, each naming an object. What OSD has no place for stands in its options.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_protocol::saved_object::{Dashboard, Panel, SavedObject};
use hailstream_protocol::visualization::Visualization;
use hailstream_query::Query;
use serde_json::{Value as Json, json};

use super::source::search_source;
use super::visualization::{composed as visualization, composed_search, streams_of};
use super::{TimeFieldOf, index_pattern, object};
use crate::own::{self, KEY};
use crate::read::RawObject;

/// A board in the making.
struct Board<'a> {
    id: &'a str,
    time_field_of: TimeFieldOf<'a>,
    /// Objects of the panels that it holds by value.
    objects: Vec<RawObject>,
    streams: BTreeSet<String>,
    references: Vec<Json>,
    /// Names that references have.
    names: BTreeSet<String>,
    /// Panels that are by value, and where that is a saved search, ours.
    inline: BTreeMap<String, Json>,
    /// What panels say otherwise of parameters.
    params: BTreeMap<String, Json>,
}

pub(super) fn composed(
    dashboard: &SavedObject<Dashboard>,
    time_field_of: TimeFieldOf<'_>,
) -> Vec<RawObject> {
    let SavedObject { id, attributes, references, .. } = dashboard;
    let mut board = Board {
        id,
        time_field_of,
        objects: Vec::new(),
        streams: BTreeSet::new(),
        references: references.iter().map(|reference| json!(reference)).collect(),
        names: references.iter().map(|reference| reference.name.clone()).collect(),
        inline: BTreeMap::new(),
        params: BTreeMap::new(),
    };
    let panels: Vec<Json> = attributes
        .panels
        .iter()
        .enumerate()
        .map(|(place, panel)| board.panel(place, panel))
        .collect();
    let Board { mut objects, streams, references, inline, params, .. } = board;
    let Dashboard {
        title,
        description,
        time_from,
        time_to,
        colors,
        labels,
        links,
        query,
        filters,
        hide_panel_titles,
        use_margins,
        panels: _,
    } = attributes;
    let source = conditions(query, filters);
    let mut options = json!({
        "hidePanelTitles": hide_panel_titles, "useMargins": use_margins.unwrap_or(true),
    });
    options[KEY] = json!({
        "colors": colors, "labels": labels, "links": links, "inline": inline, "params": params, "useMargins": use_margins,
        "conditions": { "query": query, "filters": filters, "of": own::of(&Json::Null, &source) },
    });
    let attributes = json!({
        "title": title,
        "hits": 0,
        "description": description,
        "panelsJSON": Json::Array(panels).to_string(),
        "optionsJSON": options.to_string(),
        "version": 1,
        "timeRestore": true,
        "timeFrom": time_from,
        "timeTo": time_to,
        "refreshInterval": { "pause": true, "value": 0 },
        "kibanaSavedObjectMeta": { "searchSourceJSON": source.to_string() },
    });
    let patterns = streams.iter().filter_map(|stream| index_pattern(stream, time_field_of));
    objects.extend(patterns);
    let board = object("dashboard", id, attributes, json!(references), "7.9.3");
    board.into_iter().chain(objects).collect()
}

/// The query and the filters of a board, as far as OSD has words for them.
fn conditions(text: &str, filters: &[Json]) -> Json {
    let query = json!({ "stream": "s", "query": text, "filters": filters });
    let source = Query::from_json(&query).ok().and_then(|query| search_source(&query).ok());
    source
        .unwrap_or_else(|| json!({ "query": { "query": text, "language": "kuery" }, "filter": [] }))
}

impl Board<'_> {
    fn panel(&mut self, place: usize, panel: &Panel) -> Json {
        let Panel {
            panel_index,
            grid_data,
            title,
            panel_ref_name,
            visualization,
            params,
            hide_panel_titles,
        } = panel;
        let mut grid = json!(grid_data);
        grid["i"] = json!(panel_index);
        let mut said = json!({ "version": "7.9.3", "gridData": grid, "panelIndex": panel_index, "embeddableConfig": {} });
        if let Some(title) = title {
            said["title"] = json!(title);
            said["embeddableConfig"]["title"] = json!(title);
        }
        if *hide_panel_titles {
            said["embeddableConfig"]["hidePanelTitles"] = json!(true);
        }
        if !params.is_empty() {
            self.params.insert(panel_index.clone(), json!(params));
        }
        let name = match visualization {
            Some(visualization) => {
                // A time of its own.
                if let Some(time) = visualization.query.get("time") {
                    said["embeddableConfig"]["timeRange"] = time.clone();
                }
                self.by_value(place, panel_index, visualization)
            }
            None => panel_ref_name.clone(),
        };
        if let Some(name) = name {
            said["panelRefName"] = json!(name);
        }
        said
    }

    /// Makes an object of a panel; the name of the reference to it.
    fn by_value(&mut self, place: usize, index: &str, ours: &Visualization) -> Option<String> {
        let id = format!("{}-{index}", self.id);
        let search =
            (ours.kind == "search").then(|| composed_search(&id, ours, self.time_field_of));
        let (object, mark) = match search.flatten() {
            Some((search, source)) => {
                let mark = own::mark(ours, &own::search_state(&search), &source);
                (search, mark)
            }
            None => (visualization(&id, ours, self.time_field_of)?, Json::Null),
        };
        let mut name = format!("panel_{place}");
        while !self.names.insert(name.clone()) {
            name.push('\'');
        }
        self.references.push(json!({ "name": name, "type": object.kind(), "id": id }));
        if !object.references().is_empty() {
            self.streams.extend(streams_of(ours).into_iter().map(ToOwned::to_owned));
        }
        self.objects.push(object);
        self.inline.insert(index.to_owned(), mark);
        Some(name)
    }
}
