//! Charts of their own: one for each key of a bucket, each drawn from the rows of its key.

use std::sync::Arc;

use crate::live::live;
use hailstream_protocol::visualization::SplitDirection;
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;

use super::chart::{Around, Plot};
use super::context::PanelContext;

/// Charts of their own at most: more are too small to be read.
const MOST: usize = 12;

/// The rows of one key.
#[derive(Clone)]
pub(super) struct Share {
    bucket_id: String,
    key: Value,
    /// The result they were taken from last, and what was taken.
    taken: Option<(Arc<QueryResult>, Arc<QueryResult>)>,
}

impl Share {
    /// Its part of a result.
    pub(super) fn of(&mut self, result: &Arc<QueryResult>) -> Arc<QueryResult> {
        if let Some((of, taken)) = &self.taken
            && Arc::ptr_eq(of, result)
        {
            return Arc::clone(taken);
        }
        let column = result.columns.iter().position(|column| *column == self.bucket_id);
        let mut part =
            QueryResult { rows: Vec::new(), row_flags: Vec::new(), ..(**result).clone() };
        for (place, row) in result.rows.iter().enumerate() {
            if column.and_then(|column| row.get(column)) == Some(&self.key) {
                part.rows.push(row.clone());
                part.row_flags.extend(result.row_flags.get(place).copied());
            }
        }
        let part = Arc::new(part);
        self.taken = Some((Arc::clone(result), Arc::clone(&part)));
        part
    }
}

/// The charts, with the words of their keys above them.
#[component]
pub(super) fn Shares(
    context: PanelContext,
    around: Around,
    split: String,
    by: SplitDirection,
) -> impl IntoView {
    let keys = {
        let (context, split) = (context.clone(), split.clone());
        Memo::new(move |_| context.result().map(|result| keys(&result, &split)).unwrap_or_default())
    };
    let charts = move || {
        let chart = |key: Value| {
            let name = match &key {
                Value::Null => "Other".to_owned(),
                key => context.spec.style.words(&split, key),
            };
            let of = Share { bucket_id: split.clone(), key, taken: None };
            // The legend is everybody's, what is pointed at each one's own.
            let own = Around { caption: around.caption, shown: around.shown, ..Around::new() };
            let context = context.clone();
            view! { <div class="share-of"><h3>{name}</h3><Plot context around=own of /></div> }
        };
        keys.get().into_iter().map(chart).collect_view()
    };
    let class = if by == SplitDirection::Rows { "shares rows" } else { "shares" };
    view! { <div class=class>{live(charts)}</div> }
}

fn keys(result: &QueryResult, split: &str) -> Vec<Value> {
    let Some(column) = result.columns.iter().position(|column| column == split) else {
        return Vec::new();
    };
    let mut keys: Vec<Value> = Vec::new();
    for key in result.rows.iter().filter_map(|row| row.get(column)) {
        if keys.len() < MOST && !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}
