//! Metrics over one batch: all that is looked up once for many rows.

use std::sync::Arc;

use hailstream_query::Metric;

use crate::fields::Dictionary;
use crate::filter::{Filters, Passing};
use crate::rows::{Column, Rows};

use super::{Context, Measure, Measures, Partial, siblings, top_hits};

/// Metrics over one batch: columns are looked up once. What most metrics need lies together.
pub(crate) struct Readings<'a> {
    columns: Vec<Option<&'a Column>>,
    /// By metric; empty where none has a filter.
    filters: Vec<Option<Passing<'a>>>,
    further: Vec<Further<'a>>,
    batch: Batch<'a>,
    measures: &'a Measures,
}

/// What rows and codes stand for.
pub(super) struct Batch<'a> {
    pub(super) rows: &'a Rows,
    pub(super) words: &'a Dictionary,
    pub(super) topics: &'a [Arc<str>],
}

/// What a metric reads besides a column.
pub(super) enum Further<'a> {
    Nothing,
    /// What lets rows through above and below a line.
    Line(Box<[Passing<'a>; 2]>),
    Hits(top_hits::Reading<'a>),
    Inside(Box<siblings::Reading<'a>>),
}

/// Which metrics take a row in, one bit each.
pub(crate) type Mask = u32;

impl Measures {
    pub(crate) fn over<'a>(&'a self, rows: &'a Rows, context: &Context<'a>) -> Readings<'a> {
        let Context { fields, words, topics, .. } = *context;
        let over = |filters: &'a Filters| filters.over(rows, fields, words);
        let column = |measure: &'a Measure| {
            fields.asked(measure.metric.field()?).and_then(|id| rows.column(id))
        };
        let further = |measure: &'a Measure| match (&measure.metric, &measure.line) {
            (Metric::TopHits(asked), _) => {
                Further::Hits(top_hits::Reading::new(asked, rows, fields))
            }
            (_, Some([above, below])) => Further::Line(Box::new([over(above), over(below)])),
            (_, None) => match &measure.inside {
                Some(inside) => Further::Inside(Box::new(inside.over(rows, context))),
                None => Further::Nothing,
            },
        };
        let has_filters = self.list.iter().any(|measure| measure.filters.is_some());
        let filtered = self.list.iter().filter(|_| has_filters);
        Readings {
            columns: self.list.iter().map(column).collect(),
            filters: filtered.map(|measure| measure.filters.as_ref().map(over)).collect(),
            further: self.list.iter().map(further).collect(),
            batch: Batch { rows, words, topics },
            measures: self,
        }
    }
}

impl Readings<'_> {
    /// Whether there is nothing to be taken in but that a row was there.
    pub(crate) fn is_empty(&self) -> bool {
        self.measures.list.iter().all(|measure| {
            matches!(Partial::new(&measure.metric), Partial::Count | Partial::AlongSeries)
        })
    }

    /// Empty states.
    pub(crate) fn partials(&self) -> Vec<Partial> {
        self.measures.partials()
    }

    /// Which metrics take a row in.
    pub(crate) fn mask(&self, row: usize) -> Mask {
        if self.filters.is_empty() {
            return Mask::MAX;
        }
        let passes = |filter: &Option<Passing<'_>>| match filter {
            Some(passing) => passing.row(row),
            None => true,
        };
        let bits = self.filters.iter().enumerate();
        bits.fold(0, |mask, (bit, filter)| mask | Mask::from(passes(filter)) << bit)
    }

    /// Takes a row into the states of a group.
    pub(crate) fn take(&self, row: usize, mask: Mask, partials: &mut [Partial]) {
        for (bit, (column, partial)) in self.columns.iter().zip(partials).enumerate() {
            if mask >> bit & 1 == 1 {
                partial.take(*column, row, &self.further[bit], &self.batch);
            }
        }
    }
}
