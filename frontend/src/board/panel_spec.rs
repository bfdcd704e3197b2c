//! One panel as saved: what it asks and how it is to be shown.

use std::sync::Arc;

use hailstream_chart::{BucketKind, BucketShape, EmptyValue, MetricShape, QueryShape};
use hailstream_client::editor::{describe_bucket, describe_metric};
use hailstream_client::time_range::TimeRange;
use hailstream_protocol::saved_object::{GridData, panel_query};
use hailstream_protocol::visualization::{Drilldown, Params};
use hailstream_protocol::{QueryResult, Range, Row, Value};
use hailstream_query::{Interval, auto_interval_ms};
use serde_json::Value as Json;

use super::document::{PanelDocument, items, text};
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
    /// Whether it is not to be seen.
    pub(crate) hides_title: bool,
    /// Small words beside it.
    pub(crate) subtitle: String,
    /// Type, as saved.
    pub(crate) kind: String,
    /// Parameters, or why there is no such panel.
    pub(crate) params: Result<Params, String>,
    /// The main question.
    pub(crate) main: Question,
    /// Further ones, by name.
    pub(crate) extras: Vec<(String, Question)>,
    /// Where a click on a value leads beside a filter.
    pub(crate) drilldowns: Vec<Drilldown>,
    /// Colours and words of its values.
    pub(crate) style: PanelStyle,
    /// What the server made of its Markdown.
    pub(crate) html: String,
    /// Tells it from what it was before an edit, wherever it stands.
    pub(crate) content: u64,
}

impl PanelSpec {
    pub(super) fn of(panel: PanelDocument<'_>, board: &Arc<BoardStyle>) -> Self {
        let found = panel.visualization();
        let params = match &found {
            Some(visualization) => {
                Params::of_trusted(visualization).map_err(|error| error.to_string())
            }
            None => Err("the visualization this panel refers to does not exist".to_owned()),
        };
        let content = panel.content();
        let visualization = found.unwrap_or_default();
        let main = Question::of(&visualization.query);
        let extras = visualization.extra_queries.iter();
        let extras: Vec<_> =
            extras.map(|(name, query)| (name.clone(), Question::of(query))).collect();
        let more = extras.iter().flat_map(|(_, question)| question.fields());
        let fields = main.fields().chain(more).collect();
        Self {
            id: panel.id().to_owned(),
            key: panel.key(),
            grid: panel.grid(),
            title: panel.title().unwrap_or(&visualization.title).to_owned(),
            hides_title: panel.hides_title(),
            subtitle: visualization.subtitle,
            kind: visualization.kind,
            params,
            main,
            extras,
            drilldowns: visualization.drilldowns,
            style: PanelStyle::new(Arc::clone(board), fields, &visualization.params),
            html: panel.html(),
            content,
        }
    }

    /// The stream of the main question.
    pub(crate) fn stream(&self) -> &str {
        self.main.stream()
    }

    /// Whether it asks anything.
    pub(crate) fn asks(&self) -> bool {
        self.main.query.is_object()
    }

    /// Whether it asks just what another asks, so that the answers to one are answers to the other.
    pub(crate) fn asks_as(&self, other: &Self) -> bool {
        let queries = |panel: &'_ Self| -> Vec<(String, Json)> {
            let extras = panel.extras.iter();
            extras.map(|(name, question)| (name.clone(), question.query.clone())).collect()
        };
        self.main.query == other.main.query && queries(self) == queries(other)
    }

    /// All its questions.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &Question> {
        std::iter::once(&self.main).chain(self.extras.iter().map(|(_, question)| question))
    }
}

impl Question {
    /// Read by hand: the typed query with all its filters would be a tenth of the page's size. What does not read here is
    /// refused by the server, with words; the panel then shows those.
    fn of(query: &Json) -> Self {
        Self {
            query: query.clone(),
            buckets: items(query, "buckets").to_vec(),
            metrics: items(query, "metrics").iter().flat_map(metric_shapes).collect(),
        }
    }

    /// Bucket ids with the fields they group by.
    fn fields(&self) -> impl Iterator<Item = (String, String)> {
        let pair = |bucket: &Json| {
            let field = bucket.get("field").and_then(Json::as_str)?;
            Some((text(bucket, "id").to_owned(), field.to_owned()))
        };
        self.buckets.iter().filter_map(pair)
    }

    /// Whether a column is that of a bucket over time.
    pub(crate) fn groups_by_time(&self, column: &str) -> bool {
        let of = |bucket: &&Json| text(bucket, "id") == column;
        self.buckets.iter().find(of).is_some_and(|bucket| text(bucket, "type") == "date_histogram")
    }

    /// What a column of its answer holds, in words.
    pub(crate) fn column_words(&self, column: &str) -> String {
        let of = |part: &&Json| text(part, "id") == column;
        if let Some(bucket) = self.buckets.iter().find(of) {
            return describe_bucket(bucket);
        }
        let metric = items(&self.query, "metrics").iter().find(of);
        metric.map_or_else(|| column.to_owned(), describe_metric)
    }

    /// How many columns of its answers are buckets.
    pub(crate) fn bucket_count(&self) -> usize {
        self.buckets.len()
    }

    /// The field whose values stand in a column, so that a click on one can filter: that of a bucket of values, or in lists of
    /// records and entities the column itself.
    pub(crate) fn values_of<'a>(&'a self, column: &'a str) -> Option<&'a str> {
        let bucket = self.buckets.iter().find(|bucket| text(bucket, "id") == column);
        match bucket {
            Some(bucket) => Some(text(bucket, "field")).filter(|_| text(bucket, "type") == "terms"),
            None => (self.query.get("hits").is_some() || self.asks_entities()).then_some(column),
        }
    }

    /// The stream it is put to.
    pub(crate) fn stream(&self) -> &str {
        text(&self.query, "stream")
    }

    /// The query under a board's range and filters. Days and weeks begin where `zone` has them.
    pub(crate) fn under(&self, range: &TimeRange, filters: &[Json], zone: &str) -> Json {
        let mut query = panel_query(&self.query, &range.from, &range.to, filters);
        let rounds = |end: &str| {
            query.pointer(end).and_then(Json::as_str).is_some_and(|end| end.contains('/'))
        };
        let has_rounding = rounds("/time/from") || rounds("/time/to");
        if let Some(keys) =
            query.as_object_mut().filter(|keys| has_rounding && !keys.contains_key("time_zone"))
        {
            keys.insert("time_zone".to_owned(), zone.into());
        }
        query
    }

    /// How many live entities it asks for at most.
    pub(crate) fn entities_size(&self) -> u64 {
        const UNLESS_SAID: u64 = 10_000;
        self.query.pointer("/entities/size").and_then(Json::as_u64).unwrap_or(UNLESS_SAID)
    }

    /// Whether it is about what lives now, whatever the range.
    pub(crate) fn asks_entities(&self) -> bool {
        self.query.get("entities").is_some() || text(&self.query, "over") == "entities"
    }

    /// Whether it is about all records in the board's range.
    pub(crate) fn asks_all_in_range(&self) -> bool {
        let has = |key: &str| self.query.get(key).is_some();
        !self.asks_entities() && !has("time") && !has("filters") && !has("query") && !has("hits")
    }

    /// Whether the answer keeps moving under a board's range.
    pub(crate) fn is_live(&self, range: &TimeRange) -> bool {
        match self.under(range, &[], "UTC").pointer("/time/to") {
            Some(to) => to.as_str().is_some_and(|to| to.starts_with("now")),
            None => true,
        }
    }

    /// What a picture of `result` depends on.
    pub(crate) fn shape(&self, result: &QueryResult) -> QueryShape {
        let length = result.range.map(|Range { from_ms, to_ms }| to_ms - from_ms);
        let shaped = |(column, bucket): (usize, &Json)| {
            let mut shape = bucket_shape(bucket, length);
            // The range that was used is the one that was asked for made whole buckets long, so that its length alone may ask
            // for the next longer step.
            if let BucketKind::DateHistogram { interval_ms: Some(interval_ms) } = &mut shape.kind {
                *interval_ms = (*interval_ms).min(step_ms(result, column).unwrap_or(i64::MAX));
            }
            shape
        };
        let mut metrics = self.metrics.clone();
        if metrics.is_empty() {
            // A query without metrics counts; its column is the one behind the buckets.
            let id = result.columns.get(self.buckets.len()).cloned().unwrap_or_default();
            metrics.push(MetricShape { id, empty: EmptyValue::Zero });
        }
        QueryShape { buckets: self.buckets.iter().enumerate().map(shaped).collect(), metrics }
    }
}

fn bucket_shape(bucket: &Json, range_ms: Option<i64>) -> BucketShape {
    let kind = match text(bucket, "type") {
        "date_histogram" => {
            BucketKind::DateHistogram { interval_ms: interval_ms(bucket, range_ms) }
        }
        "histogram" => {
            BucketKind::Histogram { interval: bucket.get("interval").and_then(Json::as_f64) }
        }
        _ => BucketKind::Terms,
    };
    BucketShape { id: text(bucket, "id").to_owned(), kind }
}

/// The shortest way from a key to the next in a column.
fn step_ms(result: &QueryResult, column: usize) -> Option<i64> {
    let key = |row: &Row| row.get(column).and_then(Value::as_i64);
    let pairs = result.rows.iter().zip(result.rows.iter().skip(1));
    let steps = pairs.filter_map(|(row, next)| Some(key(next)? - key(row)?));
    steps.filter(|step| *step > 0).min()
}

/// As `DateHistogram::interval_ms`, from the JSON.
fn interval_ms(bucket: &Json, range_ms: Option<i64>) -> Option<i64> {
    let length = |name: &str| Interval::parse(text(bucket, name)).ok().map(Interval::millis);
    length("fixed_interval").or_else(|| {
        let buckets = bucket.get("auto").and_then(Json::as_u64)?;
        let automatic = auto_interval_ms(range_ms?, u32::try_from(buckets).ok()?);
        Some(automatic.max(length("minimum_interval").unwrap_or(1)))
    })
}

/// A shape per column, as `Metric::columns`: percentiles have one each.
fn metric_shapes(metric: &Json) -> Vec<MetricShape> {
    let kind = text(metric, "type");
    let empty = match kind {
        // Distinct values of neighbours do not add up, so nothing is made of theirs.
        "count" | "value_count" | "sum" => EmptyValue::Zero,
        _ => EmptyValue::Null,
    };
    let id = text(metric, "id");
    let numbers: Vec<f64> = match kind {
        "percentiles" | "percentile_ranks" => {
            let asked = items(metric, if kind == "percentiles" { "percents" } else { "values" });
            asked.iter().filter_map(Json::as_f64).collect()
        }
        _ => return vec![MetricShape { id: id.to_owned(), empty }],
    };
    let usual = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];
    let numbers = if numbers.is_empty() { usual.as_slice() } else { numbers.as_slice() };
    numbers.iter().map(|number| MetricShape { id: format!("{id}.{number}"), empty }).collect()
}
