//! `filter_ratio`: what one filter lets through divided by what another does: of records, or of a sum or average over them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Count, Metric, OfField, Parameters};
use crate::bucket::FilterQuery;
use crate::error::QueryError;

/// See the module's words. Null where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterRatio {
    /// Column id.
    pub id: String,
    /// The part.
    pub numerator: FilterQuery,
    /// The whole; all records of the group where absent.
    #[serde(default = "all")]
    pub denominator: FilterQuery,
    /// What is divided.
    #[serde(default)]
    pub metric_agg: MetricAgg,
    /// The field that is summed or averaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Only records that match, both above and below the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterQuery>,
}

fn all() -> FilterQuery {
    FilterQuery::All(Vec::new())
}

/// What a ratio divides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetricAgg {
    /// Numbers of records.
    #[default]
    Count,
    /// Sums: a ratio weighted by the field.
    Sum,
    /// Averages.
    Avg,
}

impl FilterRatio {
    /// The metric above and below the line.
    #[must_use]
    pub fn divided(&self) -> Metric {
        let (id, filter) = (self.id.clone(), None);
        let field = self.field.clone().unwrap_or_default();
        match self.metric_agg {
            MetricAgg::Count => Metric::Count(Count { id, filter: Some(all()) }),
            MetricAgg::Sum => Metric::Sum(OfField { id, field, filter }),
            MetricAgg::Avg => Metric::Avg(OfField { id, field, filter }),
        }
    }
}

impl Parameters for FilterRatio {
    fn id(&self) -> &str {
        &self.id
    }

    fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    fn filter(&self) -> Option<&FilterQuery> {
        self.filter.as_ref()
    }

    fn filters(&self) -> Vec<(&'static str, &FilterQuery)> {
        let line = [("numerator", &self.numerator), ("denominator", &self.denominator)];
        line.into_iter().chain(self.filter.as_ref().map(|filter| ("filter", filter))).collect()
    }

    fn filters_mut(&mut self) -> Vec<&mut FilterQuery> {
        let line = [&mut self.numerator, &mut self.denominator];
        line.into_iter().chain(self.filter.as_mut()).collect()
    }

    fn check(&self, at: &str) -> Result<(), QueryError> {
        match (self.metric_agg, &self.field) {
            (MetricAgg::Count, None) | (MetricAgg::Sum | MetricAgg::Avg, Some(_)) => Ok(()),
            (MetricAgg::Count, Some(_)) => {
                Err(QueryError::invalid(format!("{at}.field"), "a ratio of counts takes no field"))
            }
            (MetricAgg::Sum | MetricAgg::Avg, None) => {
                Err(QueryError::invalid(format!("{at}.field"), "this ratio needs a field"))
            }
        }
    }
}
