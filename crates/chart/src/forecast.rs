//! What the open bucket of counts and sums is likely to hold when it closes: what is there, and for the rest of its time the
//! average rate of the closed buckets before it. An estimate, and shown as one.

use crate::shape::EmptyValue;
use crate::table::{Table, XKind};

/// Closed buckets the rate is taken from, at most.
const LOOK_BACK: usize = 8;
/// Fewer say too little.
const ENOUGH: usize = 3;

/// What an open bucket is likely to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Index into [`Table::columns`].
    pub column: usize,
    /// Its likely total.
    pub total: f64,
}

/// The likely total of the bucket that holds `now_ms`; `None` where nothing adds up over time, where no bucket is open, or where
/// too few are closed. The first bucket is cut by the range and does not count.
pub(crate) fn expected(table: &Table, now_ms: i64) -> Option<Expected> {
    if table.x_kind != XKind::Time || table.empty != EmptyValue::Zero {
        return None;
    }
    let now = now_ms as f64;
    let is_current = |column: &crate::table::Column| column.start <= now && now < column.end;
    let current = table.columns.iter().rposition(is_current)?;
    let column = table.columns.get(current).filter(|column| column.is_provisional)?;
    let first_open = table.columns.iter().position(|column| column.is_provisional)?;
    let closed: Vec<f64> =
        (1..first_open).rev().take(LOOK_BACK).filter_map(|index| table.total(index)).collect();
    if closed.len() < ENOUGH {
        return None;
    }
    let average = closed.iter().sum::<f64>() / closed.len() as f64;
    let to_come = (column.end - now) / (column.end - column.start);
    Some(Expected {
        column: current,
        total: table.total(current).unwrap_or(0.0) + average * to_come,
    })
}
