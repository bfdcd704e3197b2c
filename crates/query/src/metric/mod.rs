//! Metrics: what is computed of each group. One file each, but for those that need no more than a field; [`Metric`] is the
//! registry: a line there and its file is all that the question language needs to know of one.

/// What most metrics tell of themselves: an id, a field, perhaps a filter, in fields of these names.
macro_rules! reads_one_field {
    () => {
        fn id(&self) -> &str {
            &self.id
        }

        fn field(&self) -> Option<&str> {
            Some(&self.field)
        }

        fn filter(&self) -> Option<&FilterQuery> {
            self.filter.as_ref()
        }

        fn filter_mut(&mut self) -> Option<&mut FilterQuery> {
            self.filter.as_mut()
        }
    };
}

mod cardinality;
mod count;
mod filter_ratio;
mod geo_bounds;
mod of_field;
mod percentile_ranks;
mod percentiles;
pub(crate) mod pipeline;
mod sibling;
mod std_dev;
mod top_hits;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use cardinality::Cardinality;
pub use count::Count;
pub use filter_ratio::{FilterRatio, MetricAgg};
pub use geo_bounds::GeoBounds;
pub use of_field::OfField;
pub use percentile_ranks::PercentileRanks;
pub use percentiles::Percentiles;
pub use pipeline::{
    COUNT_PATH, CumulativeSum, Derivative, GapPolicy, MovingFn, MovingFunction, SerialDiff,
    in_order,
};
pub use sibling::Sibling;
pub use std_dev::{Bound, StdDev};
pub use top_hits::{Aggregate, Sort, TopHits};

use crate::bucket::{Bucket, FilterQuery};
use crate::error::QueryError;

/// What every metric tells of itself.
pub trait Parameters {
    /// Its id, with which the names of its columns begin.
    fn id(&self) -> &str;

    /// The field it reads.
    fn field(&self) -> Option<&str> {
        None
    }

    /// The column it reads, where it goes along a series.
    fn buckets_path(&self) -> Option<&str> {
        None
    }

    /// The buckets that it makes one number of.
    fn bucket(&self) -> Option<&Bucket> {
        None
    }

    /// Only records that match this count.
    fn filter(&self) -> Option<&FilterQuery> {
        None
    }

    /// See [`Parameters::filter`].
    fn filter_mut(&mut self) -> Option<&mut FilterQuery> {
        None
    }

    /// All its filters with their keys.
    fn filters(&self) -> Vec<(&'static str, &FilterQuery)> {
        self.filter().map(|filter| ("filter", filter)).into_iter().collect()
    }

    /// All its filters.
    fn filters_mut(&mut self) -> Vec<&mut FilterQuery> {
        self.filter_mut().into_iter().collect()
    }

    /// The names of its columns, in their order.
    fn columns(&self) -> Vec<String> {
        vec![self.id().to_owned()]
    }

    /// What is wrong with its parameters; `at` is its place in the query.
    ///
    /// # Errors
    /// The first mistake, with its place.
    fn check(&self, _at: &str) -> Result<(), QueryError> {
        Ok(())
    }
}

macro_rules! registry {
    ($($(#[$about:meta])* $name:literal => $variant:ident($parameters:ty),)*) => {
        /// A metric and the columns it fills, with OpenSearch's names. Cells that are not numbers (words in a number's
        /// place, what is absent) are passed over; booleans count as 0 and 1.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "type")]
        pub enum Metric {
            $($(#[$about])* #[serde(rename = $name)] $variant($parameters),)*
        }

        impl Metric {
            /// What it tells of itself.
            #[must_use]
            pub fn parameters(&self) -> &dyn Parameters {
                match self { $(Self::$variant(parameters) => parameters,)* }
            }

            fn parameters_mut(&mut self) -> &mut dyn Parameters {
                match self { $(Self::$variant(parameters) => parameters,)* }
            }

            /// Its name in the question language.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }
        }

        fn fault_of_kind(name: &str, json: &Json) -> Option<(String, String)> {
            match name { $($name => fault_of::<$parameters>(json),)* _ => None }
        }
    };
}

registry! {
    /// Records in the group.
    "count" => Count(Count),
    /// Values of a field.
    "value_count" => ValueCount(OfField),
    /// Exact sum, correctly rounded; 0 for an empty group.
    "sum" => Sum(OfField),
    /// Exact sum by count; null for an empty group.
    "avg" => Avg(OfField),
    /// Smallest value; null for an empty group.
    "min" => Min(OfField),
    /// Largest value; null for an empty group.
    "max" => Max(OfField),
    /// How far values lie from their average.
    "std_dev" => StdDev(StdDev),
    /// The value in the middle.
    "median" => Median(OfField),
    /// The values below which shares of all lie.
    "percentiles" => Percentiles(Percentiles),
    /// The shares of all at or below values.
    "percentile_ranks" => PercentileRanks(PercentileRanks),
    /// Distinct values; 0 for an empty group.
    #[serde(alias = "unique_count")]
    "cardinality" => Cardinality(Cardinality),
    /// What the first records in an order say.
    "top_hits" => TopHits(TopHits),
    /// The average position, `[longitude, latitude]`.
    "geo_centroid" => GeoCentroid(OfField),
    /// The box around all positions.
    "geo_bounds" => GeoBounds(GeoBounds),
    /// What one filter lets through divided by what another does.
    "filter_ratio" => FilterRatio(FilterRatio),
    /// The change from bucket to bucket.
    "derivative" => Derivative(Derivative),
    /// The sum so far.
    "cumulative_sum" => CumulativeSum(CumulativeSum),
    /// The change over several buckets.
    "serial_diff" => SerialDiff(SerialDiff),
    /// A function of the values before.
    #[serde(alias = "moving_fn")]
    "moving_avg" => MovingAvg(MovingFn),
    /// The average of a metric over buckets of the group.
    "avg_bucket" => AvgBucket(Sibling),
    /// Its sum.
    "sum_bucket" => SumBucket(Sibling),
    /// Its smallest value.
    "min_bucket" => MinBucket(Sibling),
    /// Its largest value.
    "max_bucket" => MaxBucket(Sibling),
}

/// Metrics that OpenSearch has and we do not yet.
pub(crate) const NOT_YET: [&str; 8] = [
    "stats",
    "extended_stats",
    "stats_bucket",
    "extended_stats_bucket",
    "percentiles_bucket",
    "bucket_script",
    "weighted_avg",
    "median_absolute_deviation",
];

impl Metric {
    /// The number of records, as a column of this name.
    #[must_use]
    pub fn count(id: &str) -> Self {
        Self::Count(Count { id: id.to_owned(), filter: None })
    }

    /// Its id, with which the names of its columns begin.
    #[must_use]
    pub fn id(&self) -> &str {
        self.parameters().id()
    }

    /// The field it reads.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.parameters().field()
    }

    /// Only records that match this count.
    #[must_use]
    pub fn filter(&self) -> Option<&FilterQuery> {
        self.parameters().filter()
    }

    /// All its filters with their keys.
    #[must_use]
    pub fn filters(&self) -> Vec<(&'static str, &FilterQuery)> {
        self.parameters().filters()
    }

    pub(crate) fn filters_mut(&mut self) -> Vec<&mut FilterQuery> {
        self.parameters_mut().filters_mut()
    }

    /// The names of its columns: its id, or one per percentile (`id.95`).
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        self.parameters().columns()
    }
}

/// What is wrong within a metric that cannot be read: the key below it, and serde's words. See
/// [`crate::bucket::fault_within`].
pub(crate) fn fault_within(json: &Json) -> Option<(String, String)> {
    let mut keys = json.as_object()?.clone();
    let kind = keys.remove("type")?;
    let name = match kind.as_str()? {
        "unique_count" => "cardinality",
        "moving_fn" => "moving_avg",
        name => name,
    };
    fault_of_kind(name, &Json::Object(keys))
}

fn fault_of<T: DeserializeOwned>(json: &Json) -> Option<(String, String)> {
    let error = serde_path_to_error::deserialize::<_, T>(json).err()?;
    let words = error.inner().to_string();
    if words.starts_with("missing field `field`") {
        return Some(("field".to_owned(), "this metric needs a field".to_owned()));
    }
    Some((error.path().to_string(), words))
}

/// Columns of a metric with a value for each of these numbers: `id.95`, `id.99.9`.
fn columns_of(id: &str, numbers: &[f64]) -> Vec<String> {
    numbers.iter().map(|number| format!("{id}.{number}")).collect()
}

/// A list of numbers that each make a column: some, not too many, finite, and each once.
fn check_numbers(at: &str, numbers: &[f64]) -> Result<(), QueryError> {
    const MOST: usize = 32;
    if numbers.is_empty() || numbers.len() > MOST {
        return Err(QueryError::invalid(at, format!("between 1 and {MOST} numbers")));
    }
    for (index, number) in numbers.iter().enumerate() {
        let at = format!("{at}[{index}]");
        if !number.is_finite() {
            return Err(QueryError::invalid(at, "a finite number"));
        }
        if numbers[..index].contains(number) {
            return Err(QueryError::invalid(at, format!("{number} is there twice")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::Query;

    fn fault(json: &serde_json::Value) -> String {
        Query::from_json(json).expect_err("it is wrong").to_string()
    }

    /// Each metric is wrong, and told with these words.
    fn told(cases: &[(&str, &str)]) {
        for (metric, want) in cases {
            let json = format!(r#"{{"stream":"s","metrics":[{{"id":"m",{metric}}}]}}"#);
            let got = fault(&serde_json::from_str(&json).unwrap());
            assert!(got.contains(want), "{json}\n got {got}\nwant {want}");
        }
    }

    #[test]
    fn errors_name_the_place() {
        told(&[
            (r#""type":"sun""#, "metrics[0].type: unknown variant `sun`"),
            (r#""type":"sum","feild":"f""#, "metrics[0].feild: unknown"),
            (r#""type":"sum""#, "metrics[0].field: this metric needs a field"),
            (r#""type":"count","field":"f""#, "metrics[0].field: unknown"),
            (
                r#""type":"percentiles","field":"f","percents":[50,101]"#,
                "metrics[0].percents[1]: between 0 and 100",
            ),
            (
                r#""type":"percentiles","field":"f","percents":[5,5.0]"#,
                "metrics[0].percents[1]: 5 is there twice",
            ),
            (
                r#""type":"percentiles","field":"f","percents":["x"]"#,
                "metrics[0].percents[0]: invalid type",
            ),
            (
                r#""type":"percentile_ranks","field":"f","values":[]"#,
                "metrics[0].values: between 1 and 32",
            ),
            (
                r#""type":"unique_count","field":"f","precision_threshold":40001"#,
                "metrics[0].precision_threshold: 40001 is above 40000",
            ),
            (
                r#""type":"std_dev","field":"f","sigma":-1"#,
                "metrics[0].sigma: a number of deviations",
            ),
        ]);
    }

    #[test]
    fn errors_in_metrics_of_several_parts_name_the_place() {
        told(&[
            (r#""type":"top_hits","size":3"#, "metrics[0].field: top_hits has either a field or"),
            (
                r#""type":"top_hits","field":"f","sort":{"field":"f","order":"up"}"#,
                "metrics[0].sort.order: unknown variant `up`",
            ),
            (
                r#""type":"top_hits","field":"f","size":101"#,
                "metrics[0].size: 101 is not between 1 and 100",
            ),
            (
                r#""type":"filter_ratio","numerator":"","metric_agg":"sum""#,
                "metrics[0].field: this ratio needs a field",
            ),
            (
                r#""type":"extended_stats_bucket""#,
                "metrics[0].type: `extended_stats_bucket` is not supported yet",
            ),
            (r#""type":"avg_bucket""#, "metrics[0]: missing field `bucket`"),
            (
                r#""type":"avg_bucket","bucket":{"id":"b","type":"terms","field":"f","size":0}"#,
                "metrics[0].bucket.size: 0 is not between",
            ),
            (
                r#""type":"avg_bucket","bucket":{"id":"b","type":"terms","field":"f","order":{"by":"m"}}"#,
                "metrics[0].bucket.order.by: ",
            ),
            (
                r#""type":"max_bucket","bucket":{"id":"b","type":"terms","field":"f"},"metric":{"id":"p","type":"percentiles","field":"f"}"#,
                "metrics[0].metric: a metric with one column",
            ),
            (
                r#""type":"derivative","buckets_path":"_count""#,
                "metrics[0]: derivative goes along a series",
            ),
        ]);
        let twice = json!({"stream": "s", "metrics": [{"id": "p.5", "type": "count"},
            {"id": "p", "type": "percentiles", "field": "f", "percents": [5]}]});
        assert_eq!(fault(&twice), "metrics[1].id: its column \"p.5\" has the name of another");
    }

    #[test]
    fn what_goes_along_a_series_needs_one_and_something_to_read() {
        let query = |min_doc_count: u32, paths: [&str; 2], window: u32| {
            json!({"stream": "s",
                "buckets": [{"id": "t", "type": "date_histogram", "fixed_interval": "1m", "min_doc_count": min_doc_count}],
                "metrics": [{"id": "fares", "type": "sum", "field": "fare"},
                    {"id": "a", "type": "derivative", "buckets_path": paths[0]},
                    {"id": "b", "type": "moving_fn", "buckets_path": paths[1], "window": window}]})
        };
        let good = Query::from_json(&query(0, ["b", "fares"], 5)).unwrap();
        assert_eq!(super::in_order(&good), [2, 1]);
        for (json, want) in [
            (
                query(1, ["fares", "_count"], 5),
                "buckets[0].min_doc_count: derivative needs empty buckets too: 0",
            ),
            (query(0, ["fare", "_count"], 5), "did you mean \"fares\"?"),
            (query(0, ["b", "a"], 5), "metrics[1].buckets_path: \"b\" reads this one in turn"),
            (query(0, ["fares", "fares"], 0), "metrics[2].window: 0 is not between 1 and 10000"),
        ] {
            let got = fault(&json);
            assert!(got.contains(want), "{json}\n got {got}\nwant {want}");
        }
    }

    #[test]
    fn defaults_and_other_names_are_one_question() {
        let key = |metric: serde_json::Value| {
            Query::from_json(&json!({"stream": "s", "metrics": [metric]})).unwrap().view_key()
        };
        assert_eq!(
            key(json!({"id": "m", "type": "unique_count", "field": "f"})),
            key(
                json!({"id": "m", "type": "cardinality", "field": "f", "precision_threshold": 3000})
            ),
        );
        assert_eq!(
            key(
                json!({"id": "m", "type": "sum", "field": "f", "filter": {"exists": {"field": "a"}, "label": "x"}})
            ),
            key(
                json!({"id": "m", "type": "sum", "field": "f", "filter": [{"exists": {"field": "a"}}]})
            ),
        );
        let query = json!({"stream": "s", "metrics": [
            {"id": "n", "type": "count"}, {"id": "p", "type": "percentiles", "field": "f", "percents": [5, 99.9]}]});
        assert_eq!(Query::from_json(&query).unwrap().metric_columns(), ["n", "p.5", "p.99.9"]);
    }
}
