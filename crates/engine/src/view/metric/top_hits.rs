//! What the first records of a group in an order say. States keep the first few records of each pane; their order is total
//! (ties: the newest first), so that merging them in any way gives the same. As much memory as `size` records' cells take,
//! and 150 bytes each.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use hailstream_protocol::Value;
use hailstream_query::{Aggregate, Direction, Metric, TopHits as Asked};

use crate::exact_sum::ExactSum;
use crate::fields::{Dictionary, Fields};
use crate::rows::{Column, Rows, Slot};

use super::Batch;
use super::Growing;

/// Event time, topic, partition, offset. The topic goes by name: its index depends on which was met first.
type Place = (i64, Arc<str>, i32, i64);

#[derive(Clone, Debug, Default)]
pub(crate) struct TopHits {
    /// The first few, in order.
    hits: Vec<Hit>,
}

#[derive(Clone, Debug)]
struct Hit {
    /// What it is sorted by; null goes last whatever the order.
    rank: Value,
    place: Place,
    cells: Vec<Value>,
}

/// The columns of one batch that matter.
pub(super) struct Reading<'a> {
    asked: &'a Asked,
    sort: Option<&'a Column>,
    cells: Vec<Option<&'a Column>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(asked: &'a Asked, rows: &'a Rows, fields: &Fields) -> Self {
        let column = |name: &String| fields.asked(name).and_then(|id| rows.column(id));
        Self {
            asked,
            sort: asked.sort.as_ref().and_then(|sort| column(&sort.field)),
            cells: asked.field.iter().chain(&asked.source).map(column).collect(),
        }
    }
}

impl Reading<'_> {
    /// What a record is sorted by: of several values the one that comes first.
    fn rank(&self, row: usize, words: &Dictionary) -> Value {
        let slots = self.sort.into_iter().flat_map(|column| column.slots(row));
        let values = slots.map(|slot| slot.value(words));
        let ascending = self.asked.sort.as_ref().is_some_and(|sort| sort.order == Direction::Asc);
        if ascending { values.min() } else { values.max() }.unwrap_or_default()
    }

    /// What a record says: its value or all of them; of those that are counted, a list of its numbers.
    fn cell(&self, column: Option<&Column>, row: usize, words: &Dictionary) -> Value {
        let Some(column) = column else { return Value::Null };
        if self.asked.field.is_none() || self.asked.aggregate == Aggregate::Concat {
            return column.value(row, words);
        }
        let number = |slot: Slot| match slot {
            Slot::Bool(value) => Some(Value::Int(i64::from(value))),
            Slot::Long(_) | Slot::Double(_) => Some(slot.value(words)),
            Slot::Word(_) | Slot::Point(_) => None,
        };
        Value::List(column.slots(row).filter_map(number).collect())
    }
}

fn order(asked: &Asked, a: (&Value, &Place), b: (&Value, &Place)) -> Ordering {
    let ascending = asked.sort.as_ref().is_some_and(|sort| sort.order == Direction::Asc);
    let by_rank = if ascending { a.0.cmp(b.0) } else { b.0.cmp(a.0) };
    let missing_last = a.0.is_null().cmp(&b.0.is_null());
    missing_last.then(by_rank).then_with(|| Reverse(a.1).cmp(&Reverse(b.1)))
}

impl TopHits {
    pub(super) fn take(&mut self, reading: &Reading<'_>, row: usize, batch: &Batch<'_>) {
        let asked = reading.asked;
        let origin = batch.rows.origins[row];
        let is_full = self.hits.len() >= asked.size as usize;
        // Most records are not newer than the newest: seen without a copy.
        let oldest = self.hits.last().filter(|_| is_full && asked.sort.is_none());
        if oldest.is_some_and(|hit| origin.time_ms < hit.place.0) {
            return;
        }
        let rank = reading.rank(row, batch.words);
        let topic = Arc::clone(&batch.topics[usize::from(origin.topic)]);
        let place = (origin.time_ms, topic, origin.partition, origin.offset);
        let found = self
            .hits
            .binary_search_by(|hit| order(asked, (&hit.rank, &hit.place), (&rank, &place)));
        let (Ok(at) | Err(at)) = found;
        if at >= asked.size as usize {
            return;
        }
        let cell = |column: &Option<&Column>| reading.cell(*column, row, batch.words);
        let cells = reading.cells.iter().map(cell).collect();
        self.hits.insert(at, Hit { rank, place, cells });
        self.hits.truncate(asked.size as usize);
    }

    /// Joins two states of one metric; which it is, is known when the result is written.
    pub(super) fn merge(&mut self, other: &Self) {
        self.hits.extend(other.hits.iter().cloned());
    }

    /// The cell of the metric.
    pub(super) fn value(&self, asked: &Asked) -> Value {
        let mut hits: Vec<&Hit> = self.hits.iter().collect();
        hits.sort_by(|a, b| order(asked, (&a.rank, &a.place), (&b.rank, &b.place)));
        hits.truncate(asked.size as usize);
        if asked.field.is_none() {
            let document = |hit: &&Hit| {
                let named = asked.source.iter().cloned().zip(hit.cells.iter().cloned());
                Value::Object(named.filter(|(_, value)| !value.is_null()).collect())
            };
            return one_or_list(asked, hits.iter().map(document).collect());
        }
        let values = hits.into_iter().filter_map(|hit| hit.cells.first().cloned());
        made(asked, values.filter(|value| !value.is_null()).collect())
    }
}

/// One record gives a value, several a list.
fn one_or_list(asked: &Asked, mut values: Vec<Value>) -> Value {
    match (values.is_empty(), asked.size) {
        (true, _) => Value::Null,
        (false, 1) => values.swap_remove(0),
        (false, _) => Value::List(values),
    }
}

/// What is made of the values; where numbers are wanted they are lists of such.
fn made(asked: &Asked, values: Vec<Value>) -> Value {
    if asked.aggregate == Aggregate::Concat {
        return one_or_list(asked, values);
    }
    let numbers: Vec<Value> = values
        .into_iter()
        .flat_map(|value| match value {
            Value::List(numbers) => numbers,
            _ => Vec::new(),
        })
        .collect();
    let sum = || {
        let mut sum = ExactSum::default();
        for number in &numbers {
            match number {
                Value::Int(number) => sum.add_integer(*number),
                other => sum.add(other.as_f64().unwrap_or_default()),
            }
        }
        sum.value()
    };
    match asked.aggregate {
        _ if numbers.is_empty() => Value::Null,
        Aggregate::Min => numbers.into_iter().min().unwrap_or_default(),
        Aggregate::Max => numbers.into_iter().max().unwrap_or_default(),
        Aggregate::Sum => Value::float(sum()),
        Aggregate::Average | Aggregate::Concat => Value::float(sum() / numbers.len() as f64),
    }
}

/// The parameters of a `top_hits`.
pub(super) fn asked(metric: &Metric) -> Option<&Asked> {
    match metric {
        Metric::TopHits(asked) => Some(asked),
        _ => None,
    }
}

impl Growing for TopHits {
    fn beside(&self) -> usize {
        let cells = self.hits.first().map_or(0, |hit| hit.cells.len());
        self.hits.len() * (size_of::<Hit>() + cells * 2 * size_of::<Value>())
    }
}
