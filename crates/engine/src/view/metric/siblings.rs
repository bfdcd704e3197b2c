//! One number of all buckets that the records of a group fall into. A state holds one of the inner metric for each bucket: as
//! much memory as one more level of buckets would take. Of more than [`MOST_BUCKETS`] none is kept: there is no number then,
//! and its column is told as approximate.

use std::collections::BTreeMap;

use hailstream_protocol::{Row, Value};
use hailstream_query::{Direction, GapPolicy, Metric, Query, Sibling};

use crate::exact_sum::ExactSum;
use crate::fields::{Dictionary, FieldId, Fields};
use crate::rows::Rows;
use crate::view::bucket::{By, Code, Coding, Level, Ranking, levels};
use crate::view::grouped::MAX_FILLED;

use super::{Context, Growing, Measures, Partial, Readings};

/// Buckets of a group at most: as many as OpenSearch answers with (`search.max_buckets`).
pub(crate) const MOST_BUCKETS: usize = MAX_FILLED as usize;

/// What makes one number of many.
type Make = fn(&[f64]) -> Option<f64>;

/// The bucket and metric inside, ready to be applied.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    level: Level,
    ranking: Ranking,
    measures: Measures,
    time_field: Option<FieldId>,
}

/// The inside over one batch.
pub(super) struct Reading<'a> {
    coding: Coding<'a>,
    readings: Readings<'a>,
    inside: &'a Inside,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Siblings {
    /// At most [`MOST_BUCKETS`]; none where there were more.
    buckets: BTreeMap<Code, Bucket>,
    are_too_many: bool,
}

#[derive(Clone, Debug, Default)]
struct Bucket {
    count: u64,
    partials: Vec<Partial>,
}

impl Bucket {
    fn merge(&mut self, other: &Self, words: &Dictionary) {
        self.count += other.count;
        for (mine, theirs) in self.partials.iter_mut().zip(&other.partials) {
            mine.merge(theirs, words);
        }
    }
}

impl Inside {
    pub(super) fn new(
        asked: &Sibling,
        query: &Query,
        now_ms: Option<i64>,
        fields: &Fields,
        time_field: Option<FieldId>,
    ) -> Option<Self> {
        let inner = Query {
            buckets: vec![asked.bucket.as_ref().clone()],
            metrics: vec![asked.inner()],
            ..query.clone()
        };
        let (level, ranking) = levels(&inner, now_ms, fields).pop()?;
        Some(Self {
            level,
            ranking,
            measures: Measures::new(&inner, now_ms, fields, time_field),
            time_field,
        })
    }

    pub(super) fn over<'a>(&'a self, rows: &'a Rows, context: &Context<'a>) -> Reading<'a> {
        let coding = self.level.over(rows, self.time_field, context.fields, context.words);
        Reading { coding, readings: self.measures.over(rows, context), inside: self }
    }

    /// The number that the metric makes of its buckets.
    pub(super) fn value(&self, metric: &Metric, siblings: &Siblings, words: &Dictionary) -> Value {
        let (asked, make): (&Sibling, Make) = match metric {
            Metric::AvgBucket(asked) => (asked, average),
            Metric::SumBucket(asked) => (asked, |values| Some(sum(values))),
            Metric::MinBucket(asked) => (asked, |values| values.iter().copied().reduce(f64::min)),
            Metric::MaxBucket(asked) => (asked, |values| values.iter().copied().reduce(f64::max)),
            _ => return Value::Null,
        };
        if siblings.are_too_many {
            return Value::Null;
        }
        let (shown, empties) = self.shown(siblings, words);
        // A number of records is never a gap.
        let counts = matches!(asked.inner(), Metric::Count(_));
        let gap = match asked.gap_policy {
            GapPolicy::Skip => None,
            GapPolicy::InsertZeros => Some(0.0),
        };
        let value = |bucket: &Bucket| {
            let mut cells = Row::new();
            self.measures.write(&bucket.partials, bucket.count, words, &mut cells);
            let value = cells.first().and_then(Value::as_f64);
            value.filter(|_| counts || bucket.count > 0).or(gap)
        };
        let mut values: Vec<f64> = shown.iter().filter_map(value).collect();
        let empty = if counts { Some(0.0) } else { gap };
        values.extend(empty.into_iter().flat_map(|zero| std::iter::repeat_n(zero, empties)));
        make(&values).map_or(Value::Null, Value::float)
    }

    /// The buckets that an answer would have, and how many empty ones.
    fn shown(&self, siblings: &Siblings, words: &Dictionary) -> (Vec<Bucket>, usize) {
        let mut joined: BTreeMap<Code, Bucket> = BTreeMap::new();
        for (code, bucket) in &siblings.buckets {
            let code = self.level.joined(*code, words);
            match joined.get_mut(&code) {
                Some(known) => known.merge(bucket, words),
                None => {
                    joined.insert(code, bucket.clone());
                }
            }
        }
        let present = joined.len();
        let least = self.level.min_doc_count();
        let empties = match &self.ranking {
            Ranking::Series if least == 0 => self.all_places(&joined).saturating_sub(present),
            Ranking::Series => {
                joined.retain(|_, bucket| bucket.count >= least);
                0
            }
            Ranking::Top { .. } => 0,
            Ranking::AsGiven => self.level.places().saturating_sub(present),
        };
        let Ranking::Top { size, by, direction, .. } = &self.ranking else {
            return (joined.into_values().collect(), empties);
        };
        let mut ranked: Vec<(Value, Value, Bucket)> = joined
            .into_iter()
            .map(|(code, bucket)| {
                let key = self.level.key_rank(code, words);
                let rank = match by {
                    By::Key => key.clone(),
                    By::Count | By::Metric(_) => Value::Int(bucket.count as i64),
                };
                (rank, key, bucket)
            })
            .collect();
        ranked.sort_by(|(a, a_key, _), (b, b_key, _)| {
            let order = if *direction == Direction::Asc { a.cmp(b) } else { b.cmp(a) };
            order.then_with(|| a_key.cmp(b_key))
        });
        ranked.truncate(*size);
        (ranked.into_iter().map(|(_, _, bucket)| bucket).collect(), empties)
    }
}

impl Inside {
    /// How many places a line has, with the empty ones between; 0 where these are too many to be filled in.
    fn all_places(&self, buckets: &BTreeMap<Code, Bucket>) -> usize {
        let places = buckets.keys().map(|code| code.1 as i64);
        let hits = places.clone().min().zip(places.max());
        let Some((first, last, of)) = self.level.stretch(hits) else { return 0 };
        if of > MAX_FILLED {
            return 0;
        }
        let places = std::iter::successors(Some(first), |place| self.level.next_place(*place));
        let within = places.take_while(|place| *place <= last);
        within.filter(|place| self.level.admits(*place)).count()
    }
}

impl Siblings {
    pub(super) fn take(&mut self, reading: &Reading<'_>, row: usize) {
        let mut codes = Vec::new();
        reading.coding.codes(row, &mut codes);
        let mask = reading.readings.mask(row);
        for code in codes {
            let empty = || Bucket { count: 0, partials: reading.inside.measures.partials() };
            let Some(bucket) = self.bucket(code, empty) else { return };
            bucket.count += 1;
            reading.readings.take(row, mask, &mut bucket.partials);
        }
    }

    /// The bucket of a code; none where there are too many.
    fn bucket(&mut self, code: Code, empty: impl FnOnce() -> Bucket) -> Option<&mut Bucket> {
        self.are_too_many |=
            self.buckets.len() >= MOST_BUCKETS && !self.buckets.contains_key(&code);
        if self.are_too_many {
            self.buckets.clear();
            return None;
        }
        Some(self.buckets.entry(code).or_insert_with(empty))
    }

    pub(super) fn merge(&mut self, other: &Self, words: &Dictionary) {
        if other.are_too_many {
            self.are_too_many = true;
            self.buckets.clear();
        }
        for (code, bucket) in &other.buckets {
            let mut is_new = false;
            let copied = || {
                is_new = true;
                bucket.clone()
            };
            let Some(mine) = self.bucket(*code, copied) else { return };
            if !is_new {
                mine.merge(bucket, words);
            }
        }
    }
}

fn sum(values: &[f64]) -> f64 {
    let mut sum = ExactSum::default();
    values.iter().for_each(|value| sum.add(*value));
    sum.value()
}

fn average(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| sum(values) / values.len() as f64)
}

impl Growing for Siblings {
    fn beside(&self) -> usize {
        let bucket = size_of::<(Code, Bucket)>();
        let partials = |bucket: &Bucket| size_of_val(bucket.partials.as_slice());
        let one = self.buckets.values().next().map_or(0, partials);
        let deep: usize =
            self.buckets.values().flat_map(|bucket| &bucket.partials).map(Partial::beside).sum();
        self.buckets.len() * (bucket + one) * 3 / 2 + deep
    }

    fn is_estimate(&self) -> bool {
        let mut partials = self.buckets.values().flat_map(|bucket| &bucket.partials);
        self.are_too_many || partials.any(Partial::is_estimate)
    }
}
