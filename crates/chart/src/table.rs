//! From the rows of a result to what a chart shows: buckets along x, series, and a value for each pair.
//!
//! Every chart type reads this one shape; a pie is a table with one column, a heat map one whose series are its rows.

use hailstream_protocol::{QueryResult, Row, Value};

use crate::order::sort_stable;
use crate::shape::{BucketKind, EmptyValue, Roles};
use crate::view::View;

/// Which series it is: stable from result to result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeriesKey {
    /// A metric that is not split.
    Metric(String),
    /// A value of the bucket that splits.
    Value {
        /// That bucket.
        bucket_id: String,
        /// Its key.
        value: Value,
    },
    /// The values beyond those shown.
    Other {
        /// Their bucket.
        bucket_id: String,
    },
    /// One of several metrics of a value, or of the rest.
    Of {
        /// Which metric.
        metric_id: String,
        /// Of what.
        within: Box<SeriesKey>,
    },
    /// A slice of a ring around another.
    Under {
        /// That other.
        parent: Box<SeriesKey>,
        /// Its own.
        own: Box<SeriesKey>,
    },
}

impl SeriesKey {
    /// What it is of, whichever the metric.
    #[must_use]
    pub fn within(&self) -> &Self {
        match self {
            Self::Of { within, .. } => within.within(),
            Self::Under { own, .. } => own.within(),
            other => other,
        }
    }

    /// The values it stands for with their buckets, the outermost first.
    #[must_use]
    pub fn path(&self) -> Vec<(&str, &Value)> {
        match self {
            Self::Value { bucket_id, value } => vec![(bucket_id, value)],
            Self::Of { within, .. } => within.path(),
            Self::Under { parent, own } => {
                let mut path = parent.path();
                path.append(&mut own.path());
                path
            }
            Self::Metric(_) | Self::Other { .. } => Vec::new(),
        }
    }
}

/// A bucket on the x axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its key in the rows.
    pub key: Value,
    /// Whether it gathers the keys beyond a size.
    pub is_other: bool,
    /// Lower bound: epoch ms, a number, or its place among categories.
    pub start: f64,
    /// Upper bound.
    pub end: f64,
    /// Whether it may still change without any record being late.
    pub is_provisional: bool,
}

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Which.
    pub key: SeriesKey,
    /// Its words.
    pub name: String,
    /// The place of its metric among those shown.
    pub metric: usize,
    /// Its value in each column.
    pub values: Vec<Option<f64>>,
}

/// What runs along x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XKind {
    /// Epoch ms.
    Time,
    /// Numbers.
    Number,
    /// Categories, side by side.
    Category,
}

/// The content of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What runs along x.
    pub x_kind: XKind,
    /// Bucket id of x; empty for a pie.
    pub x_id: String,
    /// Buckets along x, ascending or in the order of the result.
    pub columns: Vec<Column>,
    /// Series in drawing order; the rest is last.
    pub series: Vec<Series>,
    /// What a missing value of the first metric means.
    pub empty: EmptyValue,
    /// Whether values are estimates.
    pub is_approximate: bool,
}

/// The key of a row along x, and whether it gathers the keys beyond a size. What is read of a row is not copied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct XKey<'a> {
    key: &'a Value,
    is_other: bool,
}

/// The series of a number: the value that splits, or the rest; and the place of its metric.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SeriesRef<'a> {
    Whole(usize),
    Value(&'a Value, usize),
    Other(usize),
}

impl SeriesRef<'_> {
    fn metric(self) -> usize {
        match self {
            Self::Whole(metric) | Self::Value(_, metric) | Self::Other(metric) => metric,
        }
    }
}

/// Numbers things in the order in which they come. They mostly come in the order of the row before, or again and again: those
/// are found without a search.
struct Numbered<T> {
    things: Vec<T>,
    /// Places in `things`, in the order of what is there.
    ordered: Vec<usize>,
    last: usize,
}

impl<T: Copy + Ord> Numbered<T> {
    fn new() -> Self {
        Self { things: Vec::new(), ordered: Vec::new(), last: 0 }
    }

    fn place(&mut self, thing: T) -> usize {
        let next = if self.last + 1 < self.things.len() { self.last + 1 } else { 0 };
        let near = [self.last, next].into_iter().find(|at| self.things.get(*at) == Some(&thing));
        self.last = near.unwrap_or_else(|| self.search(thing));
        self.last
    }

    fn search(&mut self, thing: T) -> usize {
        let things = &self.things;
        match self.ordered.binary_search_by(|place| things[*place].cmp(&thing)) {
            Ok(at) => self.ordered[at],
            Err(at) => {
                self.ordered.insert(at, self.things.len());
                self.things.push(thing);
                self.things.len() - 1
            }
        }
    }
}

impl Table {
    /// Reads a result.
    pub(crate) fn read(result: &QueryResult, roles: &Roles, view: &View<'_>) -> Self {
        let x_kind = match roles.x.as_ref().map(|bucket| bucket.kind) {
            Some(BucketKind::DateHistogram { .. }) => XKind::Time,
            Some(BucketKind::Histogram { .. }) => XKind::Number,
            Some(BucketKind::Terms) | None => XKind::Category,
        };
        let empty = match roles.metrics.first() {
            Some(metric) => metric.empty,
            None => EmptyValue::Null,
        };
        let rows = Rows::of(result, roles, x_kind);
        let (mut columns, numbered) = rows.columns();
        close_columns(&mut columns, roles, result.provisional_from_ms, x_kind);
        let mut table = Self {
            x_kind,
            x_id: roles.x.as_ref().map(|bucket| bucket.id.clone()).unwrap_or_default(),
            series: rows.series(numbered, roles),
            columns,
            empty,
            is_approximate: roles
                .metrics
                .iter()
                .any(|metric| result.approximate.contains(&metric.id)),
        };
        table.name_series(view);
        table.order_series(roles, view.order);
        table
    }

    /// Whether there is nothing to see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.series.iter().any(|series| series.values.iter().any(Option::is_some))
    }

    /// Whether its series are parts of a whole: of several, all of one metric that is counted or summed.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let is_one = self.series.iter().all(|series| series.metric == 0);
        self.empty == EmptyValue::Zero && self.series.len() > 1 && is_one
    }

    /// Sum of the series in a column; `None` where none has a value.
    #[must_use]
    pub fn total(&self, column: usize) -> Option<f64> {
        let values = self.series.iter().filter_map(|series| series.values.get(column).copied()?);
        values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
    }

    /// Puts the columns into another order: `order` has their places.
    pub(crate) fn reorder(&mut self, order: &[usize]) {
        let starts: Vec<(f64, f64)> =
            self.columns.iter().map(|column| (column.start, column.end)).collect();
        let columns: Vec<Column> = order.iter().map(|at| self.columns[*at].clone()).collect();
        self.columns = columns;
        for (column, (start, end)) in self.columns.iter_mut().zip(starts) {
            (column.start, column.end) = (start, end);
        }
        for series in &mut self.series {
            series.values = order.iter().map(|at| series.values[*at]).collect();
        }
    }

    fn name_series(&mut self, view: &View<'_>) {
        for series in &mut self.series {
            series.name = name(&series.key, view);
        }
    }

    /// Known series stay where they were; new ones follow as the result has them, or largest first; the rest is last.
    fn order_series(&mut self, roles: &Roles, before: &[SeriesKey]) {
        let place =
            |key: &SeriesKey| before.iter().position(|known| known == key).unwrap_or(usize::MAX);
        let sum = |series: &Series| series.values.iter().flatten().sum::<f64>();
        let is_split = roles.series.is_some();
        sort_stable(&mut self.series, &|a, b| {
            let is_rest = |series: &Series| matches!(series.key.within(), SeriesKey::Other { .. });
            let by_size = if is_split && !roles.series_first {
                sum(b).total_cmp(&sum(a)).then_with(|| a.key.cmp(&b.key))
            } else {
                std::cmp::Ordering::Equal
            };
            let by_metric = a.metric.cmp(&b.metric).then(is_rest(a).cmp(&is_rest(b)));
            by_metric.then(place(&a.key).cmp(&place(&b.key))).then(by_size)
        });
    }
}

/// The columns along x as they are numbered while rows are read, and where each stands among the columns shown.
struct Places<'a> {
    numbered: Numbered<XKey<'a>>,
    /// Absent where they stand as they are numbered.
    shown_at: Option<Vec<usize>>,
}

impl<'a> Places<'a> {
    fn of(&mut self, x: XKey<'a>) -> usize {
        let place = self.numbered.place(x);
        self.shown_at.as_ref().map_or(place, |shown_at| shown_at[place])
    }
}

/// The rows of a result and which of their columns are what. They are read twice, and nothing is kept of each.
struct Rows<'a> {
    result: &'a QueryResult,
    x_kind: XKind,
    /// Columns of the row: of x and of what splits, where there are such; absent within where the result has none.
    x: Option<Option<usize>>,
    split: Option<Option<usize>>,
    metrics: Vec<Option<usize>>,
}

impl<'a> Rows<'a> {
    fn of(result: &'a QueryResult, roles: &Roles, x_kind: XKind) -> Self {
        let index = |id: &str| result.columns.iter().position(|column| column == id);
        Self {
            result,
            x_kind,
            x: roles.x.as_ref().map(|bucket| index(&bucket.id)),
            split: roles.series.as_ref().map(|bucket| index(&bucket.id)),
            metrics: roles.metrics.iter().map(|metric| index(&metric.id)).collect(),
        }
    }

    /// Each row with its key along x and whether it gathers what is beyond a size. A time or number that is none has no place.
    fn placed(&self) -> impl Iterator<Item = (XKey<'a>, &'a Row, bool)> {
        let flags = self.result.row_flags.iter().map(|flags| flags.other);
        self.result.rows.iter().zip(flags.chain(std::iter::repeat(false))).filter_map(
            |(row, flagged)| {
                let key = self.x.map(|column| cell(row, column));
                let x = XKey {
                    key: key.flatten().unwrap_or(&Value::Null),
                    is_other: key.is_some_and(|key| is_rest(key, flagged)),
                };
                let has_place =
                    self.x_kind == XKind::Category || x.key.as_f64().is_some_and(f64::is_finite);
                has_place.then_some((x, row, flagged))
            },
        )
    }

    /// The distinct buckets along x: ascending for times and numbers, else in the result's order.
    fn columns(&self) -> (Vec<Column>, Places<'a>) {
        let mut numbered = Numbered::new();
        for (x, ..) in self.placed() {
            numbered.place(x);
        }
        let column = |(index, XKey { key, is_other }): (usize, XKey<'_>)| {
            let place = index as f64;
            let (start, end) = match (self.x_kind, key.as_f64()) {
                (XKind::Time | XKind::Number, Some(start)) => (start, start),
                _ => (place, place + 1.0),
            };
            Column { key: key.clone(), is_other, start, end, is_provisional: false }
        };
        let mut columns: Vec<Column> =
            numbered.things.iter().copied().enumerate().map(column).collect();
        let mut shown_at = None;
        if !columns.is_sorted_by(|a, b| a.start <= b.start) {
            let mut order: Vec<usize> = (0..columns.len()).collect();
            sort_stable(&mut order, &|a, b| columns[*a].start.total_cmp(&columns[*b].start));
            let mut moved = vec![0; columns.len()];
            for (now, before) in order.iter().enumerate() {
                moved[*before] = now;
            }
            columns = order.iter().map(|before| columns[*before].clone()).collect();
            shown_at = Some(moved);
        }
        (columns, Places { numbered, shown_at })
    }

    fn series(&self, mut columns: Places<'a>, roles: &Roles) -> Vec<Series> {
        let length = columns.numbered.things.len();
        let mut numbered = Numbered::new();
        let mut series: Vec<Series> = Vec::new();
        for (x, row, flagged) in self.placed() {
            let column = columns.of(x);
            let key = self.split.map(|split| cell(row, split));
            for (metric, at) in self.metrics.iter().enumerate() {
                let of_row = match key {
                    None => SeriesRef::Whole(metric),
                    Some(key) if is_rest(key, flagged) => SeriesRef::Other(metric),
                    Some(key) => SeriesRef::Value(key.unwrap_or(&Value::Null), metric),
                };
                let empty = roles.metrics.get(metric).map_or(EmptyValue::Null, |of| of.empty);
                let place = numbered.place(of_row);
                if place == series.len() {
                    let missing = (empty == EmptyValue::Zero).then_some(0.0);
                    let values = vec![missing; length];
                    let key = series_key(of_row, roles);
                    series.push(Series { key, name: String::new(), metric, values });
                }
                let value = &mut series[place].values[column];
                *value = match (empty, *value, cell(row, *at).and_then(number)) {
                    (EmptyValue::Zero, Some(before), Some(added)) => Some(before + added),
                    (_, before, None) => before,
                    (_, _, value) => value,
                };
            }
        }
        series
    }
}

fn name(key: &SeriesKey, view: &View<'_>) -> String {
    match key {
        SeriesKey::Metric(id) => id.clone(),
        SeriesKey::Value { bucket_id, value } => view.value_name(bucket_id, value),
        SeriesKey::Other { .. } => "Other".to_owned(),
        SeriesKey::Of { metric_id, within } => format!("{}: {metric_id}", name(within, view)),
        SeriesKey::Under { own, .. } => name(own, view),
    }
}

fn cell(row: &Row, column: Option<usize>) -> Option<&Value> {
    column.and_then(|column| row.get(column))
}

/// A flagged row has a null key in the bucket whose rest it is.
fn is_rest(key: Option<&Value>, flagged: bool) -> bool {
    flagged && key.is_none_or(Value::is_null)
}

/// The number of a cell; of a list its first.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::List(items) => items.first().and_then(Value::as_f64),
        _ => value.as_f64(),
    }
}

/// Finds where each column ends, and which may still change.
fn close_columns(
    columns: &mut [Column],
    roles: &Roles,
    provisional_from_ms: Option<i64>,
    x_kind: XKind,
) {
    let given = match roles.x.as_ref().map(|bucket| bucket.kind) {
        Some(BucketKind::DateHistogram { interval_ms }) => interval_ms.map(|ms| ms as f64),
        Some(BucketKind::Histogram { interval }) => interval,
        Some(BucketKind::Terms) | None => return,
    };
    let starts: Vec<f64> = columns.iter().map(|column| column.start).collect();
    let shortest = starts.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let fallback = if x_kind == XKind::Time { 60_000.0 } else { 1.0 };
    let length = given.unwrap_or(if shortest.is_finite() { shortest } else { fallback });
    for (index, column) in columns.iter_mut().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(f64::INFINITY);
        // Months differ: a neighbour that is about one length away is where this one ends.
        let is_neighbour = given.is_none() && next - column.start < length * 1.5;
        column.end = if is_neighbour { next } else { column.start + length };
        column.is_provisional = x_kind == XKind::Time
            && provisional_from_ms.is_some_and(|from| column.end > from as f64);
    }
}

fn series_key(series: SeriesRef<'_>, roles: &Roles) -> SeriesKey {
    let bucket_id = || roles.series.as_ref().map(|bucket| bucket.id.clone()).unwrap_or_default();
    let metric_id =
        roles.metrics.get(series.metric()).map(|metric| metric.id.clone()).unwrap_or_default();
    let within = match series {
        SeriesRef::Whole(_) => return SeriesKey::Metric(metric_id),
        SeriesRef::Value(value, _) => {
            SeriesKey::Value { bucket_id: bucket_id(), value: value.clone() }
        }
        SeriesRef::Other(_) => SeriesKey::Other { bucket_id: bucket_id() },
    };
    match roles.metrics.len() {
        1 => within,
        _ => SeriesKey::Of { metric_id, within: Box::new(within) },
    }
}
