//! `avg_bucket`, `sum_bucket`, `min_bucket`, `max_bucket`: one number of all buckets that the records of a group fall into, say the
//! average number of trips per minute. What OSD calls the custom bucket and the custom metric are `bucket` and `metric`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pipeline::GapPolicy;
use super::{Metric, Parameters};
use crate::bucket::{Bucket, FilterQuery};
use crate::error::QueryError;

/// See the module's words. Of no buckets: null, their sum 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sibling {
    /// Column id.
    pub id: String,
    /// How the group's records are grouped further; its id is not shown.
    pub bucket: Box<Bucket>,
    /// What is computed of each of its buckets; the number of records where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Box<Metric>>,
    /// What a bucket without records, or without a value, is taken for.
    #[serde(default)]
    pub gap_policy: GapPolicy,
    /// Only records that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

impl Sibling {
    /// What is computed of each bucket.
    #[must_use]
    pub fn inner(&self) -> Metric {
        self.metric.as_deref().cloned().unwrap_or_else(|| Metric::count(&self.id))
    }
}

impl Parameters for Sibling {
    fn id(&self) -> &str {
        &self.id
    }

    fn filter(&self) -> Option<&FilterQuery> {
        self.filter.as_ref()
    }

    fn filters(&self) -> Vec<(&'static str, &FilterQuery)> {
        let inner = self.metric.iter().flat_map(|metric| metric.parameters().filters());
        let inner = inner.map(|(_, filter)| ("metric.filter", filter));
        inner.chain(self.filter.as_ref().map(|filter| ("filter", filter))).collect()
    }

    fn filters_mut(&mut self) -> Vec<&mut FilterQuery> {
        let inner = self.metric.iter_mut().flat_map(|metric| metric.filters_mut());
        inner.chain(self.filter.as_mut()).collect()
    }

    fn bucket(&self) -> Option<&Bucket> {
        Some(&self.bucket)
    }

    fn check(&self, at: &str) -> Result<(), QueryError> {
        match self.bucket.as_ref() {
            Bucket::DateHistogram(date) if date.auto.is_some() => {
                return Err(QueryError::not_yet(format!("{at}.bucket.auto"), "auto in here"));
            }
            Bucket::Terms(terms) if !["_count", "_key"].contains(&terms.order.by.as_str()) => {
                let at = format!("{at}.bucket.order.by");
                return Err(QueryError::invalid(at, "here _count or _key"));
            }
            _ => {}
        }
        let Some(metric) = &self.metric else { return Ok(()) };
        let at = format!("{at}.metric");
        if metric.buckets_path().is_some() || metric.parameters().bucket().is_some() {
            let detail = format!("{} does not go in here", metric.name());
            return Err(QueryError::invalid(at, detail));
        }
        if metric.columns().len() != 1 {
            return Err(QueryError::invalid(at, "a metric with one column"));
        }
        metric.parameters().check(&at)
    }
}
