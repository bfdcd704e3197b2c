//! Metrics over the records of one group.

mod exact;
mod positions;
mod quantiles;
mod spread;
mod top_hits;

use std::collections::BTreeSet;

use hailstream_protocol::{QueryResult, Row, Truncated, Value};
use hailstream_query::{Bucket, FilterQuery, FilterRatio, GapPolicy, Metric, Query, Sibling};

use super::filter::Asker;
use super::{Facts, Record, groups};
use exact::sum;

/// Buckets that one number is made of at most.
const MOST_BUCKETS: u64 = 65_535;

/// The question and what is known of the stream.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) query: &'a Query,
    pub(super) facts: &'a Facts<'a>,
    pub(super) asker: &'a Asker<'a>,
}

/// The cells of a metric, one per column.
pub(super) fn cells(metric: &Metric, records: &[&Record], scope: Scope<'_>) -> Vec<Value> {
    let records = matching(metric, records, scope);
    let numbers: Vec<Value> = values(metric, &records).into_iter().filter_map(number).collect();
    let cell = match metric {
        Metric::Count(_) => Value::Int(records.len() as i64),
        Metric::ValueCount(_) => Value::Int(values(metric, &records).len() as i64),
        Metric::Sum(_) => Value::float(sum(&numbers)),
        Metric::Avg(_) if numbers.is_empty() => Value::Null,
        Metric::Avg(_) => Value::float(sum(&numbers) / numbers.len() as f64),
        Metric::Min(_) => numbers.into_iter().min().unwrap_or_default(),
        Metric::Max(_) => numbers.into_iter().max().unwrap_or_default(),
        Metric::StdDev(asked) => spread::value(asked, &numbers),
        Metric::Median(_) => quantiles::percentile(&numbers, 50.0),
        Metric::Percentiles(asked) => {
            let percents = asked.percents.iter();
            return percents.map(|percent| quantiles::percentile(&numbers, *percent)).collect();
        }
        Metric::PercentileRanks(asked) => {
            return asked.values.iter().map(|value| quantiles::rank(&numbers, *value)).collect();
        }
        Metric::Cardinality(_) => Value::Int(distinct(metric, &records) as i64),
        Metric::TopHits(asked) => top_hits::value(asked, records),
        Metric::GeoCentroid(_) => positions::centroid(&values(metric, &records)),
        Metric::GeoBounds(asked) => positions::bounds(asked, &values(metric, &records)),
        Metric::FilterRatio(asked) => ratio(asked, &records, scope),
        Metric::Derivative(_)
        | Metric::CumulativeSum(_)
        | Metric::SerialDiff(_)
        | Metric::MovingAvg(_) => Value::Null,
        Metric::AvgBucket(asked) => {
            let average =
                |values: &[f64]| (!values.is_empty()).then(|| sum_of(values) / values.len() as f64);
            made_of_buckets(asked, &records, scope, average)
        }
        Metric::SumBucket(asked) => {
            made_of_buckets(asked, &records, scope, |values| Some(sum_of(values)))
        }
        Metric::MinBucket(asked) => made_of_buckets(asked, &records, scope, |values| {
            values.iter().copied().reduce(f64::min)
        }),
        Metric::MaxBucket(asked) => made_of_buckets(asked, &records, scope, |values| {
            values.iter().copied().reduce(f64::max)
        }),
    };
    vec![cell]
}

/// Whether the answer may be an estimate, because there is too much to be kept.
pub(super) fn may_be_estimate(metric: &Metric, records: &[&Record], scope: Scope<'_>) -> bool {
    let records = matching(metric, records, scope);
    match metric {
        Metric::Median(_) | Metric::Percentiles(_) | Metric::PercentileRanks(_) => {
            values(metric, &records).into_iter().filter_map(number).count() > 1_000
        }
        Metric::Cardinality(asked) => {
            distinct(metric, &records) > asked.precision_threshold as usize
        }
        Metric::AvgBucket(asked)
        | Metric::SumBucket(asked)
        | Metric::MinBucket(asked)
        | Metric::MaxBucket(asked) => {
            let answer = answer_of_buckets(asked, &records, scope);
            keys(asked, &answer) > MOST_BUCKETS || !answer.approximate.is_empty()
        }
        _ => false,
    }
}

/// The answer to the question of the buckets alone: key, number of records, value.
fn answer_of_buckets(asked: &Sibling, records: &[&Record], scope: Scope<'_>) -> QueryResult {
    let mut inner = asked.inner();
    if let Metric::Count(count) = &mut inner {
        count.id = "value".to_owned();
    }
    let question = Query {
        buckets: vec![asked.bucket.as_ref().clone()],
        metrics: vec![Metric::count("records"), inner],
        ..scope.query.clone()
    };
    groups::evaluate(&question, scope.facts, records)
}

/// How many buckets have records, whether they are shown or not.
fn keys(asked: &Sibling, answer: &QueryResult) -> u64 {
    let shown = answer.rows.iter().filter(|row| row[1] != Value::Int(0)).count() as u64;
    let beyond = |cut: &Truncated| cut.of - cut.shown;
    match asked.bucket.as_ref() {
        Bucket::Terms(_) | Bucket::GeotileGrid(_) | Bucket::GeohashGrid(_) => {
            shown + answer.truncated.values().map(beyond).sum::<u64>()
        }
        _ => shown,
    }
}

/// One number of all buckets; none where there are too many.
fn made_of_buckets(
    asked: &Sibling,
    records: &[&Record],
    scope: Scope<'_>,
    make: impl Fn(&[f64]) -> Option<f64>,
) -> Value {
    let answer = answer_of_buckets(asked, records, scope);
    let values = of_buckets(asked, &answer);
    let made = make(&values).filter(|_| keys(asked, &answer) <= MOST_BUCKETS);
    made.map_or(Value::Null, Value::float)
}

fn of_buckets(asked: &Sibling, answer: &QueryResult) -> Vec<f64> {
    let is_count = matches!(asked.inner(), Metric::Count(_));
    let rows = answer.rows.iter().zip(0..);
    let shown = rows.filter(|(_, index)| !answer.row_flags.get(*index).is_some_and(|f| f.other));
    let value = |row: &Row| {
        let is_gap = !is_count && row[1] == Value::Int(0);
        match row[2].as_f64().filter(|_| !is_gap) {
            None if asked.gap_policy == GapPolicy::InsertZeros => Some(0.0),
            value => value,
        }
    };
    shown.filter_map(|(row, _)| value(row)).collect()
}

fn matching<'a>(metric: &Metric, records: &[&'a Record], scope: Scope<'_>) -> Vec<&'a Record> {
    let holds = |record: &Record| match metric.filter() {
        Some(query) => scope.asker.labelled(query, record),
        None => true,
    };
    records.iter().copied().filter(|record| holds(record)).collect()
}

fn ratio(asked: &FilterRatio, records: &[&Record], scope: Scope<'_>) -> Value {
    let of = |query: &FilterQuery| {
        let holds = |record: &&&Record| scope.asker.labelled(query, record);
        let matching: Vec<&Record> = records.iter().filter(holds).copied().collect();
        cells(&asked.divided(), &matching, scope).swap_remove(0).as_f64()
    };
    match (of(&asked.numerator), of(&asked.denominator)) {
        (Some(above), Some(below)) if below != 0.0 => Value::float(above / below),
        _ => Value::Null,
    }
}

fn values<'a>(metric: &Metric, records: &[&'a Record]) -> Vec<&'a Value> {
    let field = metric.field().unwrap_or_default();
    records.iter().flat_map(|record| record.all(field)).collect()
}

fn distinct(metric: &Metric, records: &[&Record]) -> usize {
    values(metric, records).into_iter().collect::<BTreeSet<_>>().len()
}

/// The exact sum of numbers, rounded once.
pub(super) fn sum_of(numbers: &[f64]) -> f64 {
    sum(&numbers.iter().copied().map(Value::Float).collect::<Vec<_>>())
}

/// Booleans count as 0 and 1.
pub(super) fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Int(_) | Value::Float(_) => Some(value.clone()),
        Value::Bool(value) => Some(Value::Int(i64::from(*value))),
        Value::Null | Value::Text(_) | Value::List(_) | Value::Object(_) => None,
    }
}
