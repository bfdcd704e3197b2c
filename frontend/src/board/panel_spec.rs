//! One panel as saved: what it asks and how it is to be shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_chart::{BucketKind, BucketShape, EmptyValue, MetricShape, QueryShape};
use hailstream_client::time_range::TimeRange;
use hailstream_protocol::saved_object::{DashboardDocument, GridData, Panel, panel_query};
use hailstream_protocol::visualization::{Params, Visualization};
use hailstream_protocol::{QueryResult, Range};
use hailstream_query::{Interval, auto_interval_ms};
use serde_json::Value as Json;

use super::style::{BoardStyle, PanelStyle};

/// A question of a panel, typed as far as pictures need it.
#[derive(Debug, Default)]
pub(crate) struct Question {
    /// As saved.
    pub(crate) query: Json,
    buckets: Vec<Json>,
    metrics: Vec<MetricShape>,
}

/// See the module's words.
#[derive(Debug)]
pub(crate) struct PanelSpec {
    /// Identity on its board.
    pub(crate) id: String,
    /// Identity among all boards.
    pub(crate) key: String,
    /// Place on the grid.
    pub(crate) grid: GridData,
    /// Title.
    pub(crate) title: String,
    /// Small words beside it.
    pub(crate) subtitle: String,
    /// Type, as saved.
    pub(crate) kind: String,
    /// Parameters, or why there is no such panel.
    pub(crate) params: Result<Params, String>,
    /// The main question.
    pub(crate) main: Question,
    /// Further ones, by name.
    pub(crate) extras: BTreeMap<String, Question>,
    /// Colours and words of its values.
    pub(crate) style: PanelStyle,
}

impl PanelSpec {
    pub(super) fn of(document: &DashboardDocument, panel: &Panel, board: &Arc<BoardStyle>) -> Self {
        let nothing = Visualization::default();
        let found = document.visualization_of(panel);
        let visualization = found.unwrap_or(&nothing);
        let params = match found {
            Some(visualization) => Params::of(visualization).map_err(|error| error.to_string()),
            None => Err("the visualization this panel refers to does not exist".to_owned()),
        };
        let main = Question::of(&visualization.query);
        // Maps are filled one by one: collecting sorts first, which costs the page a sort for each type of entry.
        let mut extras = BTreeMap::new();
        for (name, query) in &visualization.extra_queries {
            extras.insert(name.clone(), Question::of(query));
        }
        let mut fields = BTreeMap::new();
        for (id, field) in main.fields().chain(extras.values().flat_map(Question::fields)) {
            fields.insert(id, field);
        }
        Self {
            id: panel.panel_index.clone(),
            key: format!("{}/{}", document.dashboard.id, panel.panel_index),
            grid: panel.grid_data,
            title: panel.title.clone().unwrap_or_else(|| visualization.title.clone()),
            subtitle: visualization.subtitle.clone(),
            kind: visualization.kind.clone(),
            params,
            main,
            extras,
            style: PanelStyle::new(Arc::clone(board), fields),
        }
    }

    /// The stream of the main question.
    pub(crate) fn stream(&self) -> &str {
        self.main.query.get("stream").and_then(Json::as_str).unwrap_or_default()
    }
}

impl Question {
    /// Read by hand: the typed query with all its filters would be a tenth of the page's size. What does not read here is
    /// refused by the server, with words; the panel then shows those.
    fn of(query: &Json) -> Self {
        let list =
            |name: &str| query.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        Self {
            query: query.clone(),
            buckets: list("buckets"),
            metrics: list("metrics").iter().map(metric_shape).collect(),
        }
    }

    /// Bucket ids with the fields they group by.
    fn fields(&self) -> impl Iterator<Item = (String, String)> {
        let pair = |bucket: &Json| {
            let field = bucket.get("field").and_then(Json::as_str)?;
            Some((word(bucket, "id").to_owned(), field.to_owned()))
        };
        self.buckets.iter().filter_map(pair)
    }

    /// The query under a board's range.
    pub(crate) fn under(&self, range: &TimeRange) -> Json {
        panel_query(&self.query, &range.from, &range.to, &[])
    }

    /// Whether the answer keeps moving under a board's range.
    pub(crate) fn is_live(&self, range: &TimeRange) -> bool {
        match self.under(range).pointer("/time/to") {
            Some(to) => to.as_str().is_some_and(|to| to.starts_with("now")),
            None => true,
        }
    }

    /// What a picture of `result` depends on.
    pub(crate) fn shape(&self, result: &QueryResult) -> QueryShape {
        let length = result.range.map(|Range { from_ms, to_ms }| to_ms - from_ms);
        let mut metrics = self.metrics.clone();
        if metrics.is_empty() {
            // A query without metrics counts; its column is the one behind the buckets.
            let id = result.columns.get(self.buckets.len()).cloned().unwrap_or_default();
            metrics.push(MetricShape { id, empty: EmptyValue::Zero });
        }
        QueryShape {
            buckets: self.buckets.iter().map(|bucket| bucket_shape(bucket, length)).collect(),
            metrics,
        }
    }
}

fn word<'a>(json: &'a Json, name: &str) -> &'a str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn bucket_shape(bucket: &Json, range_ms: Option<i64>) -> BucketShape {
    let kind = match word(bucket, "type") {
        "date_histogram" => {
            BucketKind::DateHistogram { interval_ms: interval_ms(bucket, range_ms) }
        }
        "histogram" => {
            BucketKind::Histogram { interval: bucket.get("interval").and_then(Json::as_f64) }
        }
        _ => BucketKind::Terms,
    };
    BucketShape { id: word(bucket, "id").to_owned(), kind }
}

/// As `DateHistogram::interval_ms`, from the JSON.
fn interval_ms(bucket: &Json, range_ms: Option<i64>) -> Option<i64> {
    let length = |name: &str| Interval::parse(word(bucket, name)).ok().map(Interval::millis);
    length("fixed_interval").or_else(|| {
        let buckets = bucket.get("auto").and_then(Json::as_u64)?;
        let automatic = auto_interval_ms(range_ms?, u32::try_from(buckets).ok()?);
        Some(automatic.max(length("minimum_interval").unwrap_or(1)))
    })
}

fn metric_shape(metric: &Json) -> MetricShape {
    let empty = match word(metric, "type") {
        "count" | "sum" | "cardinality" => EmptyValue::Zero,
        _ => EmptyValue::Null,
    };
    MetricShape { id: word(metric, "id").to_owned(), empty }
}
