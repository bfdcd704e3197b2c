//! What is wrong with dashboards that could be read: places, references, parameters, queries.

use std::collections::BTreeSet;

use hailstream_protocol::saved_object::Panel;
use hailstream_protocol::visualization::Params;
use hailstream_query::Query;

use super::{Dashboards, Kept, composed, queries_of};
use crate::config::Fault;

const COLUMNS: u32 = 48;

impl Dashboards {
    /// All that is wrong with panels. Each of them concerns one panel, which shows it; the others live. `look` judges
    /// queries that are well formed: it returns a place in the query and what is wrong there.
    #[must_use]
    pub fn findings(&self, look: impl Fn(&Query) -> Vec<(String, String)>) -> Vec<Fault> {
        let panels = self.documents.values().flat_map(|kept| in_dashboard(kept, &look));
        let links = self.documents.values().flat_map(|kept| self.dead_links(kept));
        panels.chain(links).collect()
    }

    fn dead_links(&self, kept: &Kept) -> Vec<Fault> {
        let links = kept.document.dashboard.attributes.links.iter().enumerate();
        let links = links.map(|(index, link)| {
            (format!("attributes.links[{index}].dashboard"), link.dashboard.as_str())
        });
        let panels = kept.document.dashboard.attributes.panels.iter().enumerate();
        let drilldowns = panels.flat_map(|(index, panel)| {
            let at = format!("attributes.panels[{index}].visualization.drilldowns");
            let visualization = kept.document.visualization_of(panel);
            let ways = visualization.map_or(&[][..], |of| &of.drilldowns).iter().enumerate();
            ways.filter_map(move |(way, of)| {
                Some((format!("{at}[{way}].dashboard"), of.dashboard.as_deref()?))
            })
        });
        let dead = links.chain(drilldowns).filter(|(_, id)| !self.documents.contains_key(*id));
        dead.map(|(at, id)| Fault::key(&kept.place, at, format!("there is no dashboard \"{id}\"")))
            .collect()
    }
}

pub(super) fn in_dashboard(
    kept: &Kept,
    look: &impl Fn(&Query) -> Vec<(String, String)>,
) -> Vec<Fault> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let panels = &kept.document.dashboard.attributes.panels;
    for (index, panel) in panels.iter().enumerate() {
        let at = format!("attributes.panels[{index}]");
        let mut find = |key: &str, detail: String| {
            findings.push(Fault::key(&kept.place, format!("{at}.{key}"), detail));
        };
        if !seen.insert(panel.panel_index.as_str()) {
            find("panelIndex", format!("\"{}\" is taken", panel.panel_index));
        }
        if let Err(detail) = place(panel) {
            find("gridData", detail);
        }
        match reference(kept, panel) {
            Err((key, detail)) => find(key, detail),
            Ok(()) => {
                for (key, detail) in in_visualization(kept, panel, look) {
                    find(&key, detail);
                }
            }
        }
    }
    findings
}

fn place(panel: &Panel) -> Result<(), String> {
    let grid = panel.grid_data;
    if grid.w == 0 || grid.h == 0 {
        return Err("w and h are at least 1".to_owned());
    }
    if grid.x.saturating_add(grid.w) > COLUMNS {
        return Err(format!("x + w is {}; the grid has {COLUMNS} columns", grid.x + grid.w));
    }
    Ok(())
}

fn reference(kept: &Kept, panel: &Panel) -> Result<(), (&'static str, String)> {
    match (&panel.visualization, &panel.panel_ref_name) {
        (Some(_), None) => Ok(()),
        (None, Some(name)) => match kept.document.visualization_of(panel) {
            Some(_) => Ok(()),
            None => Err(("panelRefName", format!("\"{name}\" leads to no visualization"))),
        },
        _ => Err(("visualization", "either it or panelRefName is given".to_owned())),
    }
}

fn in_visualization(
    kept: &Kept,
    panel: &Panel,
    look: &impl Fn(&Query) -> Vec<(String, String)>,
) -> Vec<(String, String)> {
    let document = &kept.document;
    let Some(visualization) = document.visualization_of(panel) else { return Vec::new() };
    let mut findings = Vec::new();
    let drawn = document.drawn_of(panel).unwrap_or_default();
    match Params::of(&drawn) {
        Err(error) => findings.push(("visualization".to_owned(), error.to_string())),
        Ok(params) if params.asks() && !visualization.query.is_object() => {
            findings.push(("visualization.query".to_owned(), "is missing".to_owned()));
        }
        Ok(params) if !params.asks() && !visualization.query.is_null() => {
            let detail = format!("a {} panel asks nothing", visualization.kind);
            findings.push(("visualization.query".to_owned(), detail));
        }
        Ok(_) => {}
    }
    for (index, drilldown) in visualization.drilldowns.iter().enumerate() {
        if let Err(detail) = drilldown.check() {
            findings.push((format!("visualization.drilldowns[{index}]"), detail));
        }
    }
    for (key, query) in queries_of(document, panel) {
        let key = format!("visualization.{key}");
        match Query::from_json(&composed(document, query)) {
            Err(error) => findings.push((format!("{key}.{}", error.at), error.detail)),
            Ok(query) => {
                let found = look(&query).into_iter();
                findings.extend(found.map(|(at, detail)| (format!("{key}.{at}"), detail)));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(panels: &str) -> Vec<String> {
        let text = format!("id: d\ntype: dashboard\nattributes:\n  title: D\n  panels:\n{panels}");
        let dashboards = Dashboards::from_texts([("d.yaml", text.as_str())]).unwrap();
        let look = |query: &Query| match query.stream.as_str() {
            "s" => Vec::new(),
            other => vec![("stream".to_owned(), format!("no {other}"))],
        };
        dashboards.findings(look).iter().map(ToString::to_string).collect()
    }

    fn panel(index: &str, grid: &str, rest: &str) -> String {
        format!("  - {{panelIndex: {index}, gridData: {{{grid}}}, {rest}}}\n")
    }

    #[test]
    fn who_asks_needs_a_query_and_who_does_not_has_none() {
        for (panels, want) in [
            (
                panel("a", "x: 0, y: 0, w: 4, h: 8", "visualization: {title: T, type: pie}"),
                "d.yaml: attributes.panels[0].visualization.query: is missing",
            ),
            (
                panel(
                    "a",
                    "x: 0, y: 0, w: 4, h: 8",
                    "visualization: {title: T, type: markdown, query: {stream: s}}",
                ),
                "d.yaml: attributes.panels[0].visualization.query: a markdown panel asks nothing",
            ),
        ] {
            assert_eq!(findings(&panels).join("\n"), want);
        }
    }

    #[test]
    fn each_finding_names_its_panel() {
        let good = "visualization: {title: T, type: pie, query: {stream: s}}";
        let cases = [
            (panel("a", "x: 0, y: 0, w: 48, h: 8", good), ""),
            (
                panel("a", "x: 40, y: 0, w: 9, h: 8", good),
                "d.yaml: attributes.panels[0].gridData: x + w is 49; the grid has 48 columns",
            ),
            (
                panel("a", "x: 0, y: 0, w: 0, h: 8", good),
                "d.yaml: attributes.panels[0].gridData: w and h are at least 1",
            ),
            (
                panel("a", "x: 0, y: 0, w: 4, h: 8", "panelRefName: v"),
                "d.yaml: attributes.panels[0].panelRefName: \"v\" leads to no visualization",
            ),
            (
                panel("a", "x: 0, y: 0, w: 4, h: 8", "title: T"),
                "d.yaml: attributes.panels[0].visualization: either it or panelRefName is given",
            ),
            (
                panel(
                    "a",
                    "x: 0, y: 0, w: 4, h: 8",
                    "visualization: {title: T, type: pi, query: {stream: s}}",
                ),
                "d.yaml: attributes.panels[0].visualization: unknown visualization type \"pi\"; known: metric, line, area, histogram, horizontal_bar, gauge, goal, heatmap, pie, tagcloud, table, search, map, markdown, input_control_vis",
            ),
            (
                panel(
                    "a",
                    "x: 0, y: 0, w: 4, h: 8",
                    "visualization: {title: T, type: pie, query: {stream: s, hits: {size: 0}}}",
                ),
                "d.yaml: attributes.panels[0].visualization.query.hits.size: 0 is not between 1 and 100000",
            ),
            (
                panel(
                    "a",
                    "x: 0, y: 0, w: 4, h: 8",
                    "visualization: {title: T, type: pie, query: {stream: s}, extra_queries: {sparkline: {stream: t}}}",
                ),
                "d.yaml: attributes.panels[0].visualization.extra_queries.sparkline.stream: no t",
            ),
        ];
        for (panels, want) in cases {
            assert_eq!(findings(&panels).join("\n"), want);
        }
        let twice = panel("a", "x: 0, y: 0, w: 4, h: 8", good).repeat(2);
        assert_eq!(findings(&twice), ["d.yaml: attributes.panels[1].panelIndex: \"a\" is taken"]);
    }

    #[test]
    fn the_shipped_dashboards_have_no_fault() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/presets/taxis/dashboards");
        let dashboards = Dashboards::from_folder(folder.as_ref()).unwrap();
        assert_eq!(dashboards.findings(|_| Vec::new()), []);
        assert_eq!(dashboards.summaries().len(), 4);
        assert!(dashboards.standing_queries().len() > 60);
    }
}
