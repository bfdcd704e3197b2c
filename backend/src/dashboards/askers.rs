//! Which panels ask a question: so that costs of views are told in words that people know.

use std::collections::BTreeMap;

use hailstream_protocol::saved_object::{DashboardDocument, Panel};
use hailstream_protocol::stream_info::PanelPlace;
use hailstream_query::{Query, ViewKey};

use super::{Dashboards, composed, queries_of};

/// Panels by what they ask. A viewer may look at another time than was saved, so a question is also known without its
/// time.
#[derive(Debug, Default)]
pub(crate) struct Askers {
    exact: BTreeMap<ViewKey, Vec<PanelPlace>>,
    timeless: BTreeMap<ViewKey, Vec<PanelPlace>>,
}

impl Askers {
    pub(crate) fn of(dashboards: &Dashboards) -> Self {
        let mut askers = Self::default();
        for document in dashboards.documents.values().map(|kept| &kept.document) {
            for panel in &document.dashboard.attributes.panels {
                askers.add(document, panel);
            }
        }
        askers
    }

    fn add(&mut self, document: &DashboardDocument, panel: &Panel) {
        let Some(visualization) = document.visualization_of(panel) else { return };
        let title = panel.title.as_deref().unwrap_or(&visualization.title);
        for (key, query) in queries_of(document, panel) {
            let Ok(query) = Query::from_json(&composed(document, query)) else { continue };
            let extra = key.strip_prefix("extra_queries.");
            let place = PanelPlace {
                dashboard: document.dashboard.id.clone(),
                dashboard_title: document.dashboard.attributes.title.clone(),
                panel_title: extra
                    .map_or_else(|| title.to_owned(), |name| format!("{title} ({name})")),
            };
            self.exact.entry(query.view_key()).or_default().push(place.clone());
            self.timeless.entry(timeless(&query)).or_default().push(place);
        }
    }

    /// The panels that ask `query`, be it of another time.
    pub(crate) fn panels(&self, query: &Query) -> &[PanelPlace] {
        let exact = self.exact.get(&query.view_key());
        exact.or_else(|| self.timeless.get(&timeless(query))).map_or(&[], Vec::as_slice)
    }

    /// Title of the dashboard, empty where none asks this, and a name: dashboard and panel, or the question in words.
    pub(crate) fn name(&self, query: &Query) -> (String, String) {
        match self.panels(query) {
            [] => (String::new(), format!("{}: {}", query.stream, in_words(query))),
            [first, ..] => {
                let name = format!("{} › {}", first.dashboard_title, first.panel_title);
                (first.dashboard_title.clone(), name)
            }
        }
    }
}

fn timeless(query: &Query) -> ViewKey {
    // The viewer's zone comes with ranges that begin with a day.
    Query { time: None, time_zone: "UTC".to_owned(), ..query.clone() }.view_key()
}

/// A question in a few words: `trips, revenue by zone, minute`.
pub(crate) fn in_words(query: &Query) -> String {
    if query.hits.is_some() {
        return "newest records".to_owned();
    }
    if query.entities.is_some() {
        return "live entities".to_owned();
    }
    let list = |ids: Vec<&str>| ids.join(", ");
    let metrics = list(query.metrics.iter().map(hailstream_query::Metric::id).collect());
    let buckets = list(query.buckets.iter().map(hailstream_query::Bucket::id).collect());
    let metrics = if metrics.is_empty() { "count".to_owned() } else { metrics };
    if buckets.is_empty() { metrics } else { format!("{metrics} by {buckets}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOARD: &str = "
id: board
type: dashboard
attributes:
  title: Board
  timeFrom: now-15m
  timeTo: now
  panels:
    - panelIndex: cabs
      gridData: {x: 0, y: 0, w: 8, h: 4}
      visualization:
        title: Cabs
        type: metric
        query: {stream: s}
        extra_queries:
          sparkline: {stream: s, buckets: [{id: minute, type: date_histogram, auto: 60}]}
";

    #[test]
    fn a_view_has_the_name_of_its_panel_whatever_time_it_shows() {
        let dashboards = Dashboards::from_texts([("board.yaml", BOARD)]).unwrap();
        let askers = Askers::of(&dashboards);
        let names: Vec<String> = [
            r#"{"stream":"s","time":{"from":"now-15m","to":"now"}}"#,
            r#"{"stream":"s","time":{"from":"now-1h","to":"now"}}"#,
            r#"{"stream":"s","time":{"from":"now-1h","to":"now"},"buckets":[{"id":"minute","type":"date_histogram","auto":60}]}"#,
            r#"{"stream":"s","metrics":[{"id":"speed","type":"avg","field":"speed"}],"buckets":[{"id":"zone","type":"terms","field":"zone"}]}"#,
            r#"{"stream":"t","hits":{}}"#,
            r#"{"stream":"t","entities":{}}"#,
            r#"{"stream":"t"}"#,
        ]
        .iter()
        .map(|text| askers.name(&Query::from_text(text).unwrap()).1)
        .collect();
        assert_eq!(
            names,
            [
                "Board › Cabs",
                "Board › Cabs",
                "Board › Cabs (sparkline)",
                "s: speed by zone",
                "t: newest records",
                "t: live entities",
                "t: count",
            ]
        );
    }
}
