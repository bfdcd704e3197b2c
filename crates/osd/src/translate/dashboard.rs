//! `dashboard`: panels on 48 columns, and the saved range.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_protocol::saved_object::{
    Dashboard, DashboardLink, GridData, Panel, Reference, SavedObject, panel_query,
};
use hailstream_protocol::visualization::Visualization;
use hailstream_query::Query;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

use super::source::{ATTRIBUTE, BoardConditions};
use super::{Context, Halt, Made, Ours, saved, search, translated, visualization};
use crate::embedded::{embedded_list, embedded_map, wrong};
use crate::loose;
use crate::own::{self, KEY};
use crate::read::RawObject;
use crate::weight::Weight::{At, Honoured, Nothing};
use crate::weight::{Rule, not_honoured};

/// The range of boards that save none.
const USUAL_RANGE: [&str; 2] = ["now-15m", "now"];
const COLUMNS: u32 = 48;
/// Rows of a board at most: beyond is a mistake.
const ROWS: u32 = 100_000;
const MAX_PANELS: usize = 1_000;

const OPTIONS: &[Rule] = &[
    ("hidePanelTitles", Honoured),
    ("useMargins", Honoured),
    // Of Kibana: panes that follow each other's cursor and colours; ours always do.
    ("syncColors", At(&["false"])),
    ("syncCursor", Nothing),
    ("syncTooltips", At(&["false"])),
    // Of boards older than the light switch for everything.
    ("darkTheme", At(&["false"])),
];

const PANEL: &[Rule] = &[
    ("gridData", Honoured),
    ("panelIndex", Honoured),
    ("panelRefName", Honoured),
    ("title", Honoured),
    ("id", Honoured),
    ("type", Honoured),
    ("version", Nothing),
    ("row", Honoured),
    ("col", Honoured),
    ("size_x", Honoured),
    ("size_y", Honoured),
    ("embeddableConfig.title", Honoured),
    ("embeddableConfig.hidePanelTitles", Honoured),
    ("embeddableConfig.enhancements", At(&[])),
    // What it says otherwise of the state of a visualization's page, or of a search: told by those.
    ("embeddableConfig.vis", Honoured),
    ("embeddableConfig.columns", Honoured),
    ("embeddableConfig.sort", Honoured),
];

pub(super) fn made(object: &RawObject, context: &Context<'_>) -> Result<Made, Halt> {
    let listed = embedded_list(object, "panelsJSON")?;
    if listed.len() > MAX_PANELS {
        let why = format!("has {} panels, at most {MAX_PANELS} are taken", listed.len());
        return Err(wrong(object, "panelsJSON", why).into());
    }
    let mut options = embedded_map(object, "optionsJSON")?;
    let own = options.shift_remove(KEY).map_or_else(Own::default, |own| Own::read(&own));
    let mut ignored = not_honoured("options", &Json::Object(options.clone()), &[OPTIONS]);
    let mut conditions = BoardConditions::of(object)?;
    ignored.append(&mut conditions.ignored);
    // Of older boards: colours and the like, by panel.
    let of_page = embedded_map(object, "uiStateJSON")?;
    ignored.extend(not_honoured("uiState", &Json::Object(of_page), &[]));
    let mut board = Board {
        object,
        context,
        has_margins: options.get("useMargins").and_then(loose::flag).unwrap_or(false),
        seen: BTreeSet::new(),
        inline: &own.inline,
        params: &own.params,
        references: Vec::new(),
        held: BTreeSet::new(),
        ignored: Vec::new(),
        notes: Vec::new(),
    };
    let mut panels = Vec::new();
    for (place, json) in listed.iter().enumerate() {
        let Json::Object(json) = json else {
            let why = format!("has a panel that is no object: number {}", place + 1);
            return Err(wrong(object, "panelsJSON", why).into());
        };
        panels.push(board.panel(place, json));
    }
    let Board { references, held, ignored: of_panels, notes, .. } = board;
    ignored.extend(of_panels);
    let flag = |name: &str| options.get(name).and_then(loose::flag);
    let mut attributes = Dashboard {
        query: conditions.query,
        filters: conditions.filters,
        hide_panel_titles: flag("hidePanelTitles").unwrap_or(false),
        use_margins: flag("useMargins").filter(|has_margins| !has_margins),
        ..attributes(object, panels)
    };
    let range =
        panel_query(&json!({ "stream": "s" }), &attributes.time_from, &attributes.time_to, &[]);
    if Query::from_json(&range).is_err() {
        ignored.push("timeFrom".to_owned());
        [attributes.time_from, attributes.time_to] = USUAL_RANGE.map(str::to_owned);
    }
    if let Some((query, filters)) = own.conditions(object)? {
        (attributes.query, attributes.filters) = (query, filters);
        ignored.retain(|ignored| !ignored.starts_with("searchSource"));
    }
    attributes.use_margins = attributes.use_margins.or(own.use_margins.filter(|has| *has));
    let Own { colors, labels, links, .. } = own;
    (attributes.colors, attributes.labels, attributes.links) = (colors, labels, links);
    let mut ours: Box<SavedObject<Dashboard>> = saved(object, attributes);
    ours.references.retain(|reference| !held.contains(&reference.name));
    ours.references.extend(references);
    Ok(Made { ours: Ours::Dashboard(ours), ignored, notes })
}

fn attributes(object: &RawObject, panels: Vec<Panel>) -> Dashboard {
    let text = |name: &str| object.attribute(name).and_then(loose::text);
    let restores = object.attribute("timeRestore").and_then(loose::flag).unwrap_or(false);
    let end = |name: &str, usual: &str| text(name).filter(|_| restores).unwrap_or(usual).to_owned();
    Dashboard {
        title: object.title().to_owned(),
        description: text("description").unwrap_or_default().to_owned(),
        panels,
        time_from: end("timeFrom", USUAL_RANGE[0]),
        time_to: end("timeTo", USUAL_RANGE[1]),
        ..Dashboard::default()
    }
}

/// What a panel says otherwise of what it shows.
enum Otherwise {
    /// Parameters.
    Params(Map<String, Json>),
    /// It asks something else.
    Whole(Box<Visualization>),
}

/// A board whose panels are being read.
struct Board<'a> {
    object: &'a RawObject,
    context: &'a Context<'a>,
    has_margins: bool,
    /// Indexes of panels so far.
    seen: BTreeSet<String>,
    /// Of boards that we wrote: panels that held their visualization themselves.
    inline: &'a BTreeMap<String, Json>,
    /// And what they said otherwise of its parameters.
    params: &'a BTreeMap<String, Map<String, Json>>,
    /// References of old boards, which name the object itself.
    references: Vec<Reference>,
    /// Names of references whose panels hold the object themselves.
    held: BTreeSet<String>,
    ignored: Vec<String>,
    notes: Vec<String>,
}

impl Board<'_> {
    fn panel(&mut self, place: usize, json: &Map<String, Json>) -> Panel {
        let at = format!("panels[{place}]");
        self.ignored.extend(not_honoured(&at, &Json::Object(json.clone()), &[PANEL]));
        let grid_data = grid_data(json, self.has_margins).unwrap_or_else(|| {
            self.ignored.push(format!("{at}.gridData"));
            GridData { x: 0, y: 0, w: 24, h: 15 }
        });
        let reference = self.reference(place, json);
        if !reference.as_ref().is_some_and(|(_, is_there)| *is_there) {
            self.ignored.push(format!("{at}.panelRefName"));
            self.notes.push("it names objects that are not at hand".to_owned());
        }
        let own = json.get("title").or_else(|| json.get("embeddableConfig")?.get("title"));
        let (params, visualization) = match self.said_otherwise(&at, json, reference.as_ref()) {
            Otherwise::Params(params) => (params, None),
            Otherwise::Whole(visualization) => (Map::new(), Some(*visualization)),
        };
        let by_reference = visualization.is_none();
        let mut panel = Panel {
            panel_index: self.index(place, json),
            grid_data,
            title: own.and_then(loose::text).map(ToOwned::to_owned),
            params,
            visualization,
            hide_panel_titles: json
                .get("embeddableConfig")
                .and_then(|config| config.get("hidePanelTitles"))
                .and_then(loose::flag)
                .unwrap_or(false),
            panel_ref_name: reference.map(|(name, _)| name).filter(|_| by_reference),
        };
        if let Some(params) = self.params.get(&panel.panel_index) {
            panel.params.clone_from(params);
        }
        self.hold(&mut panel, json);
        let of_its_own = format!("{at}.embeddableConfig.timeRange");
        if panel.visualization.is_some() {
            self.ignored.retain(|ignored| *ignored != of_its_own);
        }
        panel
    }

    /// Puts into a panel what it held before it was written as objects; with the time of its own that OSD has beside it.
    fn hold(&mut self, panel: &mut Panel, json: &Map<String, Json>) {
        let Some(mark) = self.inline.get(&panel.panel_index) else { return };
        let Some(name) = &panel.panel_ref_name else { return };
        let target = self.object.reference(name);
        let target = target.and_then(|target| self.context.object(&target.kind, &target.id));
        let Some(target) = target else { return };
        let Some(mut ours) = held(target, mark, self.context) else { return };
        let time = json.get("embeddableConfig").and_then(|config| config.get("timeRange"));
        if let (Some(time), Some(query)) = (time, ours.query.as_object_mut()) {
            query.entry("time").or_insert_with(|| time.clone());
        }
        self.held.extend(panel.panel_ref_name.take());
        panel.visualization = Some(ours);
    }

    /// What of a panel is other than its visualization: what that would be with the state of the page it has here. What is not
    /// honoured of that is told.
    fn said_otherwise(
        &mut self,
        at: &str,
        json: &Map<String, Json>,
        reference: Option<&(String, bool)>,
    ) -> Otherwise {
        let nothing = Otherwise::Params(Map::new());
        let Some(Json::Object(config)) = json.get("embeddableConfig") else { return nothing };
        let said = |name: &str| config.get(name).filter(|json| !loose::is_nothing(json));
        let own: Vec<(&str, &Json)> = ["vis", "columns", "sort"]
            .into_iter()
            .filter_map(|name| Some((name, said(name)?)))
            .collect();
        let found = reference.and_then(|(name, _)| {
            let own = self.references.iter().find(|reference| reference.name == *name);
            let reference = self.object.reference(name).or(own)?;
            self.context.object(&reference.kind, &reference.id)
        });
        let (Some(found), false) = (found, own.is_empty()) else { return nothing };
        let (Some(plain), Some(here)) =
            (translated(found, self.context), translated(&with_state(found, &own), self.context))
        else {
            return nothing;
        };
        let news = here.ignored.into_iter().filter(|path| !plain.ignored.contains(path));
        self.ignored.extend(news.map(|path| {
            let path = path.strip_prefix("uiState.").unwrap_or(&path);
            format!("{at}.embeddableConfig.{path}")
        }));
        let (plain, mut here) = (plain.drawn, here.drawn);
        if here.query != plain.query {
            return Otherwise::Whole(Box::new(here));
        }
        here.params.retain(|name, json| plain.params.get(name) != Some(json));
        Otherwise::Params(here.params)
    }

    /// An index that no panel has yet: its own, that of its place on the grid, else its number.
    fn index(&mut self, place: usize, json: &Map<String, Json>) -> String {
        let said = json.get("panelIndex").or_else(|| json.get("gridData")?.get("i"));
        let mut index = match said {
            Some(Json::String(index)) if !index.is_empty() => index.clone(),
            Some(Json::Number(index)) => index.to_string(),
            _ => (place + 1).to_string(),
        };
        while !self.seen.insert(index.clone()) {
            index.push('\'');
        }
        index
    }

    /// The name of the reference to what it shows, and whether that is at hand.
    fn reference(&mut self, place: usize, json: &Map<String, Json>) -> Option<(String, bool)> {
        let is_there =
            |reference: &Reference| self.context.object(&reference.kind, &reference.id).is_some();
        if let Some(name) = json.get("panelRefName").and_then(loose::text) {
            let found = self.object.reference(name);
            return Some((name.to_owned(), found.is_some_and(is_there)));
        }
        let (id, kind) = (json.get("id").and_then(loose::text)?, json.get("type")?.as_str()?);
        let mut name = format!("panel_{place}");
        while self.object.reference(&name).is_some() {
            name.push('\'');
        }
        let reference = Reference { name: name.clone(), kind: kind.to_owned(), id: id.to_owned() };
        let is_there = is_there(&reference);
        self.references.push(reference);
        Some((name, is_there))
    }
}

/// An object as if it had been saved with what a panel says of its state.
fn with_state(object: &RawObject, said: &[(&str, &Json)]) -> RawObject {
    let mut ui = embedded_map(object, "uiStateJSON").unwrap_or_default();
    let mut with = object.clone();
    for (name, json) in said {
        if *name == "vis" {
            let vis = ui.entry("vis").or_insert_with(|| json!({}));
            if let (Some(vis), Some(said)) = (vis.as_object_mut(), json.as_object()) {
                vis.extend(said.clone());
            }
            with.set_attribute("uiStateJSON", Json::Object(ui.clone()));
        } else {
            with.set_attribute(name, (*json).clone());
        }
    }
    with
}

/// What a panel shows that held it itself.
fn held(target: &RawObject, mark: &Json, context: &Context<'_>) -> Option<Visualization> {
    if target.kind() == "search"
        && let Some(mut ours) = search::of_ours(target, mark)
    {
        visualization::restream(&mut ours, context);
        return Some(ours);
    }
    match super::made(target, context).ok()?.ours {
        Ours::Visualization(ours) => Some(ours.attributes),
        Ours::Dashboard(_) | Ours::Stream(_) | Ours::Nothing => None,
    }
}

/// What of a board that we wrote OSD has no place for.
#[derive(Default)]
struct Own {
    colors: BTreeMap<String, BTreeMap<String, String>>,
    labels: BTreeMap<String, BTreeMap<String, String>>,
    links: Vec<DashboardLink>,
    /// Panels by value, by index; of lists of records ours.
    inline: BTreeMap<String, Json>,
    /// What panels say otherwise of parameters, by index.
    params: BTreeMap<String, Map<String, Json>>,
    use_margins: Option<bool>,
    /// Query and filters as they were, and what OSD saw of them then.
    conditions: Json,
}

impl Own {
    fn read(json: &Json) -> Self {
        Self {
            colors: part(json, "colors"),
            labels: part(json, "labels"),
            links: part(json, "links"),
            inline: part(json, "inline"),
            params: part(json, "params"),
            use_margins: part(json, "useMargins"),
            conditions: part(json, "conditions"),
        }
    }

    /// Query and filters, if what OSD sees of them is still what was written with them.
    fn conditions(&self, object: &RawObject) -> Result<Option<(String, Vec<Json>)>, Halt> {
        let source = Json::Object(embedded_map(object, ATTRIBUTE)?);
        let is_ours = own::counts(&self.conditions, &Json::Null, &source);
        let said = || (part(&self.conditions, "query"), part(&self.conditions, "filters"));
        Ok(is_ours.then(said))
    }
}

/// One part; nothing where somebody spoiled it.
fn part<T: DeserializeOwned + Default>(json: &Json, key: &str) -> T {
    let part = json.get(key).cloned().unwrap_or_default();
    serde_json::from_value(part).unwrap_or_default()
}

/// The place on the grid; of old boards from 12 columns and higher rows, as OSD moves them.
fn grid_data(json: &Map<String, Json>, has_margins: bool) -> Option<GridData> {
    let (x, y, w, h) = if let Some(grid) = json.get("gridData") {
        let number = |name: &str| grid.get(name).and_then(loose::whole);
        (number("x")?, number("y")?, number("w")?, number("h")?)
    } else {
        let number = |name: &str| json.get(name).and_then(loose::whole);
        let (wide, high) = (4, if has_margins { 4 } else { 5 });
        (
            number("col")?.saturating_sub(1).checked_mul(wide)?,
            number("row")?.saturating_sub(1).checked_mul(high)?,
            number("size_x")?.checked_mul(wide)?,
            number("size_y")?.checked_mul(high)?,
        )
    };
    let fits = w > 0 && h > 0 && x.checked_add(w)? <= COLUMNS && y.checked_add(h)? <= ROWS;
    fits.then_some(GridData { x, y, w, h })
}
