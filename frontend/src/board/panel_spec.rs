//! One panel as saved: what it asks and how it is to be shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_chart::{BucketKind, BucketShape, EmptyValue, MetricShape, QueryShape};
use hailstream_client::time_range::TimeRange;
use hailstream_protocol::saved_object::{DashboardDocument, GridData, Panel, panel_query};
use hailstream_protocol::visualization::{Params, Visualization};
use hailstream_protocol::{QueryResult, Range};
use hailstream_query::{Bucket, Metric, MetricKind};
use serde_json::Value as Json;

use super::style::{BoardStyle, PanelStyle};

/// A question of a panel, typed as far as pictures need it.
#[derive(Debug, Default)]
pub(crate) struct Question {
    /// As saved.
    pub(crate) query: Json,
    buckets: Vec<Bucket>,
    metrics: Vec<Metric>,
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
        let extras: BTreeMap<String, Question> = visualization
            .extra_queries
            .iter()
            .map(|(name, query)| (name.clone(), Question::of(query)))
            .collect();
        let fields = main.fields().chain(extras.values().flat_map(Question::fields)).collect();
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
    fn of(query: &Json) -> Self {
        // What does not read here is refused by the server, with words; the panel then shows those.
        let part = |name: &str| query.get(name).cloned().unwrap_or_else(|| Json::Array(Vec::new()));
        Self {
            query: query.clone(),
            buckets: serde_json::from_value(part("buckets")).unwrap_or_default(),
            metrics: serde_json::from_value(part("metrics")).unwrap_or_default(),
        }
    }

    /// Bucket ids with the fields they group by.
    fn fields(&self) -> impl Iterator<Item = (String, String)> {
        self.buckets.iter().filter_map(|bucket| {
            Some((bucket.id().to_owned(), bucket.field()?.to_owned()))
        })
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
        let mut metrics: Vec<MetricShape> = self.metrics.iter().map(metric_shape).collect();
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

fn bucket_shape(bucket: &Bucket, range_ms: Option<i64>) -> BucketShape {
    let kind = match bucket {
        Bucket::DateHistogram(bucket) => BucketKind::DateHistogram {
            interval_ms: bucket
                .fixed_interval
                .map(hailstream_query::Interval::millis)
                .or_else(|| bucket.interval_ms(range_ms?)),
        },
        Bucket::Histogram(bucket) => BucketKind::Histogram { interval: Some(bucket.interval) },
        Bucket::Terms(_) | Bucket::Filters(_) | Bucket::GeotileGrid(_) => BucketKind::Terms,
    };
    BucketShape { id: bucket.id().to_owned(), kind }
}

fn metric_shape(metric: &Metric) -> MetricShape {
    let empty = match metric.kind {
        MetricKind::Count | MetricKind::Sum | MetricKind::Cardinality => EmptyValue::Zero,
        MetricKind::Avg | MetricKind::Min | MetricKind::Max => EmptyValue::Null,
    };
    MetricShape { id: metric.id.clone(), empty }
}
