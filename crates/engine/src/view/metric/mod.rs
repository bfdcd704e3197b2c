//! Metrics of one group: partial states that merge in any order. [`Partial`] is the registry; what needs more than a line
//! has a file of its own. The worst case of each state in memory, per group and pane: 50 bytes, or as its file says.
//!
//! Nothing is ever taken out of a state: windows drop whole panes, and views whose rows replace each other are worked out
//! anew. So sketches that only grow will do.

mod distinct;
mod number;
mod positions;
mod quantiles;
mod reading;
mod siblings;
mod spread;
mod top_hits;

pub(crate) use number::identity;
pub(crate) use reading::{Mask, Readings};

use hailstream_protocol::{Row, Value};
use hailstream_query::{Metric, Query};

use crate::exact_sum::ExactSum;
use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::{Filters, When};
use crate::rows::{Column, Slot};

use super::Context;
use distinct::Distinct;
use number::Number;
use positions::{Centroid, Extent};
use quantiles::Quantiles;
use reading::{Batch, Further};
use siblings::{Inside, Siblings};
use spread::Spread;
use top_hits::TopHits;

/// The metrics of a query, ready to be applied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measures {
    list: Vec<Measure>,
    columns: Vec<String>,
    grow: bool,
}

#[derive(Clone, Debug)]
struct Measure {
    metric: Metric,
    filters: Option<Filters>,
    /// What a ratio has above and below its line.
    line: Option<[Filters; 2]>,
    /// The buckets that one number is made of.
    inside: Option<Box<Inside>>,
}

/// A state that grows with what it takes in.
trait Growing {
    /// About how many bytes it keeps beside itself.
    fn beside(&self) -> usize;

    /// Whether what it says is an estimate by now.
    fn is_estimate(&self) -> bool {
        false
    }
}

/// The state of one metric.
#[derive(Clone, Debug)]
pub(crate) enum Partial {
    /// All records: the group counts them itself.
    Count,
    /// Records that match the metric's filter.
    Matching(u64),
    Values(u64),
    Sum(ExactSum),
    Avg(ExactSum, u64),
    Min(Option<Number>),
    Max(Option<Number>),
    Spread(Option<Box<Spread>>),
    Quantiles(Quantiles),
    Distinct(Distinct),
    TopHits(TopHits),
    Centroid(Option<Box<Centroid>>),
    Extent(Option<Box<Extent>>),
    /// Above and below the line.
    Ratio(Box<[Partial; 2]>),
    Siblings(Siblings),
    /// Worked out of the finished rows.
    AlongSeries,
}

impl Measures {
    pub(crate) fn new(
        query: &Query,
        now_ms: Option<i64>,
        fields: &Fields,
        time_field: Option<FieldId>,
    ) -> Self {
        let when = &When::of(query, now_ms);
        let measure = |metric: &Metric| Measure {
            metric: metric.clone(),
            filters: metric.filter().map(|filter| Filters::labelled(filter, when)),
            line: match metric {
                Metric::FilterRatio(ratio) => {
                    let line = [&ratio.numerator, &ratio.denominator];
                    Some(line.map(|filter| Filters::labelled(filter, when)))
                }
                _ => None,
            },
            inside: match metric {
                Metric::AvgBucket(asked)
                | Metric::SumBucket(asked)
                | Metric::MinBucket(asked)
                | Metric::MaxBucket(asked) => {
                    Inside::new(asked, query, now_ms, fields, time_field).map(Box::new)
                }
                _ => None,
            },
        };
        let list: Vec<Measure> = query.metrics.iter().map(measure).collect();
        let grow = list.iter().any(|measure| Partial::new(&measure.metric).growing().is_some());
        Self { list, columns: query.metric_columns(), grow }
    }

    /// The names of their columns.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Empty states.
    pub(crate) fn partials(&self) -> Vec<Partial> {
        self.list.iter().map(|measure| Partial::new(&measure.metric)).collect()
    }

    /// Whether states of these grow with what they take in, beyond a few numbers.
    pub(crate) fn grow(&self) -> bool {
        self.grow
    }

    /// Adds the cells of all columns to a row; `count` is that of the group.
    pub(crate) fn write(
        &self,
        partials: &[Partial],
        count: u64,
        words: &Dictionary,
        row: &mut Row,
    ) {
        for (measure, partial) in self.list.iter().zip(partials) {
            match (partial, &measure.inside) {
                (Partial::Siblings(siblings), Some(inside)) => {
                    row.push(inside.value(&measure.metric, siblings, words));
                }
                _ => partial.write(&measure.metric, count, row),
            }
        }
    }

    /// Which columns are estimates, as the states of a group have it.
    pub(crate) fn estimated<'a>(&'a self, partials: &'a [Partial]) -> impl Iterator<Item = String> {
        let estimates = self.list.iter().zip(partials).filter(|(_, partial)| partial.is_estimate());
        estimates.flat_map(|(measure, _)| measure.metric.columns())
    }
}

impl Partial {
    fn new(metric: &Metric) -> Self {
        match metric {
            Metric::Count(count) if count.filter.is_some() => Self::Matching(0),
            Metric::Count(_) => Self::Count,
            Metric::ValueCount(_) => Self::Values(0),
            Metric::Sum(_) => Self::Sum(ExactSum::default()),
            Metric::Avg(_) => Self::Avg(ExactSum::default(), 0),
            Metric::Min(_) => Self::Min(None),
            Metric::Max(_) => Self::Max(None),
            Metric::StdDev(_) => Self::Spread(None),
            Metric::Median(_) | Metric::Percentiles(_) | Metric::PercentileRanks(_) => {
                Self::Quantiles(Quantiles::default())
            }
            Metric::Cardinality(cardinality) => {
                Self::Distinct(Distinct::new(cardinality.precision_threshold))
            }
            Metric::TopHits(_) => Self::TopHits(TopHits::default()),
            Metric::GeoCentroid(_) => Self::Centroid(None),
            Metric::GeoBounds(_) => Self::Extent(None),
            Metric::FilterRatio(ratio) => {
                let divided = ratio.divided();
                Self::Ratio(Box::new([Self::new(&divided), Self::new(&divided)]))
            }
            Metric::Derivative(_)
            | Metric::CumulativeSum(_)
            | Metric::SerialDiff(_)
            | Metric::MovingAvg(_) => Self::AlongSeries,
            Metric::AvgBucket(_)
            | Metric::SumBucket(_)
            | Metric::MinBucket(_)
            | Metric::MaxBucket(_) => Self::Siblings(Siblings::default()),
        }
    }

    fn take(
        &mut self,
        column: Option<&Column>,
        row: usize,
        further: &Further<'_>,
        batch: &Batch<'_>,
    ) {
        match (&mut *self, further) {
            (Self::Count | Self::AlongSeries, _) => {}
            (Self::Matching(count), _) => *count += 1,
            (Self::TopHits(hits), Further::Hits(reading)) => hits.take(reading, row, batch),
            (Self::Siblings(siblings), Further::Inside(reading)) => siblings.take(reading, row),
            (Self::Ratio(parts), Further::Line(line)) => {
                for (part, passing) in parts.iter_mut().zip(line.iter()) {
                    if passing.row(row) {
                        part.take(column, row, &Further::Nothing, batch);
                    }
                }
            }
            _ => match column {
                None => {}
                Some(Column::Many(_)) => {
                    let slots = column.into_iter().flat_map(|column| column.slots(row));
                    slots.for_each(|slot| self.update(slot, batch.words));
                }
                Some(single) => {
                    if let Some(slot) = single.slot(row) {
                        self.update(slot, batch.words);
                    }
                }
            },
        }
    }

    fn update(&mut self, slot: Slot, words: &Dictionary) {
        match self {
            Self::Count
            | Self::Matching(_)
            | Self::TopHits(_)
            | Self::Ratio(_)
            | Self::Siblings(_)
            | Self::AlongSeries => {}
            Self::Values(count) => *count += 1,
            Self::Sum(sum) => add(sum, slot),
            Self::Avg(sum, count) => {
                if slot.number().is_some() {
                    *count += 1;
                    add(sum, slot);
                }
            }
            Self::Min(least) => {
                if let Some(number) = Number::of(slot)
                    && least.is_none_or(|least| number.less(least))
                {
                    *least = Some(number);
                }
            }
            Self::Max(most) => {
                if let Some(number) = Number::of(slot)
                    && most.is_none_or(|most| most.less(number))
                {
                    *most = Some(number);
                }
            }
            Self::Spread(spread) => {
                if let Some(number) = Number::of(slot) {
                    spread.get_or_insert_default().add(number);
                }
            }
            Self::Quantiles(quantiles) => {
                if let Some(number) = slot.number() {
                    quantiles.add(number);
                }
            }
            Self::Distinct(distinct) => distinct.add(identity(slot), words),
            Self::Centroid(centroid) => {
                if let Slot::Point(at) = slot {
                    centroid.get_or_insert_default().add(at);
                }
            }
            Self::Extent(extent) => {
                if let Slot::Point(at) = slot {
                    extent.get_or_insert_default().add(at);
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self, words: &Dictionary) {
        match (self, other) {
            (Self::Matching(a), Self::Matching(b)) | (Self::Values(a), Self::Values(b)) => *a += b,
            (Self::Sum(a), Self::Sum(b)) => a.merge(b),
            (Self::Avg(a, n), Self::Avg(b, m)) => {
                a.merge(b);
                *n += m;
            }
            (Self::Min(a), Self::Min(Some(b))) if a.is_none_or(|a| b.less(a)) => *a = Some(*b),
            (Self::Max(a), Self::Max(Some(b))) if a.is_none_or(|a| a.less(*b)) => *a = Some(*b),
            (Self::Spread(a), Self::Spread(Some(b))) => a.get_or_insert_default().merge(b),
            (Self::Quantiles(a), Self::Quantiles(b)) => a.merge(b),
            (Self::Distinct(a), Self::Distinct(b)) => a.merge(b, words),
            (Self::TopHits(a), Self::TopHits(b)) => a.merge(b),
            (Self::Centroid(a), Self::Centroid(Some(b))) => a.get_or_insert_default().merge(b),
            (Self::Extent(a), Self::Extent(Some(b))) => a.get_or_insert_default().merge(b),
            (Self::Siblings(a), Self::Siblings(b)) => a.merge(b, words),
            (Self::Ratio(a), Self::Ratio(b)) => {
                a.iter_mut().zip(b.iter()).for_each(|(a, b)| a.merge(b, words));
            }
            _ => {}
        }
    }

    /// Adds the metric's cells to a row.
    fn write(&self, metric: &Metric, count: u64, row: &mut Row) {
        let cell = match self {
            Self::Count => Value::Int(count as i64),
            Self::Matching(count) | Self::Values(count) => Value::Int(*count as i64),
            Self::Sum(sum) => Value::float(sum.value()),
            Self::Avg(_, 0) => Value::Null,
            Self::Avg(sum, count) => Value::float(sum.value() / *count as f64),
            Self::Min(number) | Self::Max(number) => number.map_or(Value::Null, Number::value),
            Self::Spread(spread) => match (metric, spread) {
                (Metric::StdDev(asked), Some(spread)) => spread.value(asked),
                _ => Value::Null,
            },
            Self::Quantiles(quantiles) => return quantiles.write(metric, row),
            Self::Distinct(distinct) => Value::Int(distinct.count() as i64),
            Self::TopHits(hits) => {
                top_hits::asked(metric).map_or(Value::Null, |asked| hits.value(asked))
            }
            Self::Centroid(centroid) => {
                centroid.as_ref().map_or(Value::Null, |centroid| centroid.value())
            }
            Self::Extent(extent) => match (metric, extent) {
                (Metric::GeoBounds(asked), Some(extent)) => extent.value(asked.wrap_longitude),
                _ => Value::Null,
            },
            Self::Ratio(parts) => {
                let mut line = Row::new();
                parts.iter().for_each(|part| part.write(metric, count, &mut line));
                quotient(&line)
            }
            Self::AlongSeries | Self::Siblings(_) => Value::Null,
        };
        row.push(cell);
    }

    /// Its state where that grows with what it takes in, beyond a few numbers.
    fn growing(&self) -> Option<&dyn Growing> {
        match self {
            Self::Quantiles(quantiles) => Some(quantiles),
            Self::Distinct(distinct) => Some(distinct),
            Self::TopHits(hits) => Some(hits),
            Self::Siblings(siblings) => Some(siblings),
            Self::Count
            | Self::Matching(_)
            | Self::Values(_)
            | Self::Sum(_)
            | Self::Avg(..)
            | Self::Min(_)
            | Self::Max(_)
            | Self::Spread(_)
            | Self::Centroid(_)
            | Self::Extent(_)
            | Self::Ratio(_)
            | Self::AlongSeries => None,
        }
    }

    /// About how many bytes it keeps beside itself.
    pub(crate) fn beside(&self) -> usize {
        match self {
            Self::Spread(spread) => spread.as_deref().map_or(0, size_of_val),
            Self::Centroid(centroid) => centroid.as_deref().map_or(0, size_of_val),
            Self::Extent(extent) => extent.as_deref().map_or(0, size_of_val),
            // Counts, sums and averages are all that is divided.
            Self::Ratio(parts) => size_of_val(parts.as_ref()),
            _ => self.growing().map_or(0, Growing::beside),
        }
    }

    /// Whether what it says is an estimate.
    fn is_estimate(&self) -> bool {
        self.growing().is_some_and(Growing::is_estimate)
    }
}

fn quotient(line: &[Value]) -> Value {
    match line {
        [above, below] => match (above.as_f64(), below.as_f64()) {
            (Some(above), Some(below)) if below != 0.0 => Value::float(above / below),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

fn add(sum: &mut ExactSum, slot: Slot) {
    match slot {
        Slot::Long(number) => sum.add_integer(number),
        _ => {
            if let Some(number) = slot.number() {
                sum.add(number);
            }
        }
    }
}
