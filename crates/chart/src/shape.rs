//! What the query asked for, as far as a picture depends on it, and which of it becomes what.
//!
//! A description of its own, so that charts know results but not the question language.

use thiserror::Error;

/// What the query asked for, as far as a picture depends on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryShape {
    /// Its buckets, outermost first.
    pub buckets: Vec<BucketShape>,
    /// Its metrics.
    pub metrics: Vec<MetricShape>,
}

/// A bucket of the query.
#[derive(Clone, Debug, PartialEq)]
pub struct BucketShape {
    /// Its id, which is the name of its column.
    pub id: String,
    /// What its keys are.
    pub kind: BucketKind,
}

/// What the keys of a bucket are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BucketKind {
    /// Starts of time ranges, epoch ms.
    DateHistogram {
        /// Their length where it is fixed and known.
        interval_ms: Option<i64>,
    },
    /// Lower bounds of number ranges.
    Histogram {
        /// Their length where it is known.
        interval: Option<f64>,
    },
    /// Values or labels (`terms`, `filters`, `range`, `geotile_grid`, …).
    Terms,
}

/// A metric of the query.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricShape {
    /// Its id, which is the name of its column.
    pub id: String,
    /// What a bucket without records has.
    pub empty: EmptyValue,
}

/// What a bucket without records has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyValue {
    /// Nothing was counted or summed: 0. Values of several buckets add up.
    Zero,
    /// There is no average, no minimum.
    Null,
}

/// Why a result cannot be shown as the chart that was asked for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LayoutError {
    /// There is nothing to put along x.
    #[error("the query has no bucket for the {axis}; add {wanted}")]
    NoBucket {
        /// What is missing one.
        axis: &'static str,
        /// What would do.
        wanted: &'static str,
    },
    /// The parameters name a bucket or metric that the query does not have.
    #[error("the query has no bucket or metric \"{name}\"; it has {known}")]
    UnknownColumn {
        /// The name.
        name: String,
        /// Those there are.
        known: String,
    },
    /// No metric.
    #[error("the query has no metric to show")]
    NoMetric,
}

/// Which columns of the result become what.
#[derive(Clone, Debug)]
pub(crate) struct Roles {
    pub x: Option<BucketShape>,
    pub series: Option<BucketShape>,
    /// One, or several where each is a series.
    pub metrics: Vec<MetricShape>,
    /// Whether series keep the order of the result (their bucket is the outer one).
    pub series_first: bool,
}

impl QueryShape {
    pub(crate) fn bucket(&self, id: &str) -> Result<&BucketShape, LayoutError> {
        self.buckets.iter().find(|bucket| bucket.id == id).ok_or_else(|| self.unknown(id))
    }

    /// The metric with that id, or the first where it is empty.
    pub(crate) fn metric(&self, id: &str) -> Result<&MetricShape, LayoutError> {
        if id.is_empty() {
            return self.metrics.first().ok_or(LayoutError::NoMetric);
        }
        self.metrics.iter().find(|metric| metric.id == id).ok_or_else(|| self.unknown(id))
    }

    /// The first bucket that is not `x`, or the one named.
    pub(crate) fn other_bucket(
        &self,
        id: &str,
        x: &str,
    ) -> Result<Option<&BucketShape>, LayoutError> {
        if id.is_empty() {
            return Ok(self.buckets.iter().find(|bucket| bucket.id != x));
        }
        self.bucket(id).map(Some)
    }

    pub(crate) fn is_before(&self, first: &str, second: &str) -> bool {
        let place = |id: &str| self.buckets.iter().position(|bucket| bucket.id == id);
        place(first) < place(second)
    }

    fn unknown(&self, name: &str) -> LayoutError {
        let buckets = self.buckets.iter().map(|bucket| bucket.id.as_str());
        let metrics = self.metrics.iter().map(|metric| metric.id.as_str());
        let known = buckets.chain(metrics).collect::<Vec<_>>().join(", ");
        LayoutError::UnknownColumn { name: name.to_owned(), known }
    }
}
