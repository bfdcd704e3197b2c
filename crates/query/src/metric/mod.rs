//! Metrics: what is computed of each group. One file each, but for those that need no more than a field; [`Metric`] is the
//! registry: a line there and its file is all that the question language needs to know of one.

mod cardinality;
mod count;
mod of_field;
mod percentile_ranks;
mod percentiles;
mod std_dev;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use cardinality::Cardinality;
pub use count::Count;
pub use of_field::OfField;
pub use percentile_ranks::PercentileRanks;
pub use percentiles::Percentiles;
pub use std_dev::{Bound, StdDev};

use crate::bucket::FilterQuery;
use crate::error::QueryError;

/// What every metric tells of itself.
pub trait Parameters {
    /// Its id, with which the names of its columns begin.
    fn id(&self) -> &str;

    /// The field it reads.
    fn field(&self) -> Option<&str> {
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
}

/// Metrics that OpenSearch has and we do not yet.
pub(crate) const NOT_YET: [&str; 12] = [
    "top_hits",
    "geo_bounds",
    "geo_centroid",
    "derivative",
    "cumulative_sum",
    "moving_avg",
    "moving_fn",
    "serial_diff",
    "avg_bucket",
    "sum_bucket",
    "min_bucket",
    "max_bucket",
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

    pub(crate) fn filter_mut(&mut self) -> Option<&mut FilterQuery> {
        self.parameters_mut().filter_mut()
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

    #[test]
    fn errors_name_the_place() {
        let metric = |mut metric: serde_json::Value| {
            metric["id"] = "m".into();
            json!({"stream": "s", "metrics": [metric]})
        };
        for (json, want) in [
            (
                json!({"stream": "s", "metrics": [{"id": "m", "type": "sun", "field": "f"}]}),
                "metrics[0].type: unknown variant `sun`",
            ),
            (metric(json!({"type": "sum", "feild": "f"})), "metrics[0].feild: unknown"),
            (metric(json!({"type": "count", "field": "f"})), "metrics[0].field: unknown"),
            (
                metric(json!({"type": "percentiles", "field": "f", "percents": [50, 101]})),
                "metrics[0].percents[1]: between 0 and 100",
            ),
            (
                metric(json!({"type": "percentiles", "field": "f", "percents": [5, 5.0]})),
                "metrics[0].percents[1]: 5 is there twice",
            ),
            (
                metric(json!({"type": "percentiles", "field": "f", "percents": ["x"]})),
                "metrics[0].percents[0]: invalid type",
            ),
            (
                metric(json!({"type": "percentile_ranks", "field": "f", "values": []})),
                "metrics[0].values: between 1 and 32 numbers",
            ),
            (
                metric(
                    json!({"type": "unique_count", "field": "f", "precision_threshold": 40_001}),
                ),
                "metrics[0].precision_threshold: 40001 is above 40000",
            ),
            (
                metric(json!({"type": "std_dev", "field": "f", "sigma": -1})),
                "metrics[0].sigma: a number of deviations",
            ),
            (
                metric(json!({"type": "derivative", "buckets_path": "m"})),
                "metrics[0].type: `derivative` is not supported yet",
            ),
            (
                json!({"stream": "s", "metrics": [{"id": "p.5", "type": "count"},
                    {"id": "p", "type": "percentiles", "field": "f", "percents": [5]}]}),
                "metrics[1].id: its column \"p.5\" has the name of another",
            ),
        ] {
            let got = Query::from_json(&json).expect_err("it is wrong").to_string();
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
