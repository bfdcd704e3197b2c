//! From the rows of a result to what a chart shows: buckets along x, series, and a value for each pair.
//!
//! Every chart type reads this one shape; a pie is a table with one column, a heat map one whose series are its rows.

use std::collections::BTreeMap;

use hailstream_protocol::{QueryResult, Value};

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
    /// What a missing value means.
    pub empty: EmptyValue,
    /// Whether values are estimates.
    pub is_approximate: bool,
}

/// One number of the result and where it belongs.
struct Cell {
    column: Column,
    series: SeriesKey,
    value: Option<f64>,
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
        let cells = cells_of(result, roles);
        let mut columns = columns_of(&cells, x_kind);
        close_columns(&mut columns, roles, result.provisional_from_ms, x_kind);
        let mut table = Self {
            x_kind,
            x_id: roles.x.as_ref().map(|bucket| bucket.id.clone()).unwrap_or_default(),
            series: series_of(cells, &columns, empty),
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

    /// Sum of the series in a column; `None` where none has a value.
    #[must_use]
    pub fn total(&self, column: usize) -> Option<f64> {
        let values = self.series.iter().filter_map(|series| series.values.get(column).copied()?);
        values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
    }

    fn name_series(&mut self, view: &View<'_>) {
        for series in &mut self.series {
            series.name = match &series.key {
                SeriesKey::Metric(id) => id.clone(),
                SeriesKey::Value { bucket_id, value } => view.value_name(bucket_id, value),
                SeriesKey::Other { .. } => "Other".to_owned(),
            };
        }
    }

    /// Known series stay where they were; new ones follow as the result has them, or largest first; the rest is last.
    fn order_series(&mut self, roles: &Roles, before: &[SeriesKey]) {
        let place =
            |key: &SeriesKey| before.iter().position(|known| known == key).unwrap_or(usize::MAX);
        let sum = |series: &Series| series.values.iter().flatten().sum::<f64>();
        let is_split = roles.series.is_some();
        sort_stable(&mut self.series, &|a, b| {
            let is_rest = |series: &Series| matches!(series.key, SeriesKey::Other { .. });
            let by_size = if is_split && !roles.series_first {
                sum(b).total_cmp(&sum(a)).then_with(|| a.key.cmp(&b.key))
            } else {
                std::cmp::Ordering::Equal
            };
            is_rest(a).cmp(&is_rest(b)).then(place(&a.key).cmp(&place(&b.key))).then(by_size)
        });
    }
}

fn cells_of(result: &QueryResult, roles: &Roles) -> Vec<Cell> {
    let index = |id: &str| result.columns.iter().position(|column| column == id);
    let x = roles.x.as_ref().map(|bucket| index(&bucket.id));
    let split = roles.series.as_ref().map(|bucket| (bucket.id.as_str(), index(&bucket.id)));
    let metrics: Vec<_> =
        roles.metrics.iter().map(|metric| (metric.id.as_str(), index(&metric.id))).collect();
    let mut cells = Vec::with_capacity(result.rows.len() * metrics.len());
    for (row_index, row) in result.rows.iter().enumerate() {
        let flagged = result.row_flags.get(row_index).is_some_and(|flags| flags.other);
        let key_at = |column: Option<usize>| column.and_then(|column| row.get(column));
        // A flagged row has a null key in the bucket whose rest it is.
        let is_rest = |key: Option<&Value>| flagged && key.is_none_or(Value::is_null);
        let x_key = x.map(key_at);
        for (metric_id, column) in &metrics {
            let series = match split {
                Some((bucket_id, column)) if is_rest(key_at(column)) => {
                    SeriesKey::Other { bucket_id: bucket_id.to_owned() }
                }
                Some((bucket_id, column)) => SeriesKey::Value {
                    bucket_id: bucket_id.to_owned(),
                    value: key_at(column).cloned().unwrap_or_default(),
                },
                None => SeriesKey::Metric((*metric_id).to_owned()),
            };
            let key = x_key.flatten().cloned().unwrap_or_default();
            let is_other = x_key.is_some_and(is_rest);
            let start = key.as_f64().unwrap_or(f64::NAN);
            let column_of_x = Column { key, is_other, start, end: start, is_provisional: false };
            let value = key_at(*column).and_then(number);
            cells.push(Cell { column: column_of_x, series, value });
        }
    }
    cells
}

/// The number of a cell; of a list (percentiles) its first.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::List(items) => items.first().and_then(Value::as_f64),
        _ => value.as_f64(),
    }
}

/// The distinct buckets along x: ascending for times and numbers, else in the result's order.
fn columns_of(cells: &[Cell], x_kind: XKind) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    if x_kind == XKind::Category {
        for cell in cells {
            let known = columns.iter().any(|column| {
                column.key == cell.column.key && column.is_other == cell.column.is_other
            });
            if !known {
                let start = columns.len() as f64;
                columns.push(Column { start, end: start + 1.0, ..cell.column.clone() });
            }
        }
        return columns;
    }
    columns.extend(
        cells.iter().map(|cell| &cell.column).filter(|column| column.start.is_finite()).cloned(),
    );
    sort_stable(&mut columns, &|a, b| a.start.total_cmp(&b.start));
    columns.dedup_by(|a, b| a.start == b.start);
    columns
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

fn series_of(cells: Vec<Cell>, columns: &[Column], empty: EmptyValue) -> Vec<Series> {
    let missing = match empty {
        EmptyValue::Zero => Some(0.0),
        EmptyValue::Null => None,
    };
    // Column numbers by start, or by key for categories (whose starts in the cells mean nothing).
    let mut place: BTreeMap<(&Value, bool), usize> = BTreeMap::new();
    for (index, column) in columns.iter().enumerate() {
        place.insert((&column.key, column.is_other), index);
    }
    let mut series: Vec<Series> = Vec::new();
    let mut known: BTreeMap<SeriesKey, usize> = BTreeMap::new();
    for cell in cells {
        let Some(&column) = place.get(&(&cell.column.key, cell.column.is_other)) else { continue };
        let index = *known.entry(cell.series).or_insert_with_key(|key| {
            let values = vec![missing; columns.len()];
            series.push(Series { key: key.clone(), name: String::new(), values });
            series.len() - 1
        });
        let value = &mut series[index].values[column];
        *value = match (empty, *value, cell.value) {
            (EmptyValue::Zero, Some(before), Some(added)) => Some(before + added),
            (_, before, None) => before,
            (_, _, value) => value,
        };
    }
    series
}
