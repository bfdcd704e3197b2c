//! The newest records: by event time, then topic, partition and offset, all descending.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_protocol::{QueryResult, Row, Value};
use hailstream_query::{Hits, Query};

use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::{Filters, When};
use crate::rows::Rows;

use super::Context;
use super::window::{Bounds, Window};

/// Event time, topic, partition, offset. The topic goes by name: its index depends on which was met first.
type Place = (i64, Arc<str>, i32, i64);

#[derive(Clone, Debug)]
pub(crate) struct NewestHits {
    filters: Filters,
    pub(crate) window: Window,
    size: usize,
    fields: Vec<String>,
    newest: BTreeMap<Place, (Arc<Rows>, usize)>,
    /// Matching records by pane, so that the total slides with the window.
    counts: BTreeMap<i64, u64>,
}

impl NewestHits {
    pub(crate) fn new(query: &Query, hits: &Hits, now_ms: Option<i64>) -> Self {
        Self {
            filters: Filters::of(query, &When::of(query, now_ms)),
            window: Window::of(query, None),
            size: hits.size as usize,
            fields: hits.fields.clone(),
            newest: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.newest.clear();
        self.counts.clear();
    }

    /// Takes in the chosen rows of a batch; says whether any concerned this view.
    pub(crate) fn add(
        &mut self,
        rows: &Arc<Rows>,
        chosen: impl Iterator<Item = usize>,
        bounds: &Bounds,
        context: &Context<'_>,
    ) -> bool {
        let passing = self.filters.over(rows, context.fields, context.words);
        let mut concerned = false;
        for row in chosen {
            let origin = rows.origins[row];
            if origin.time_ms < bounds.from_ms || origin.time_ms > bounds.to_ms || !passing.row(row)
            {
                continue;
            }
            concerned = true;
            *self.counts.entry(self.window.pane(origin.time_ms)).or_default() += 1;
            let oldest = self.newest.first_key_value().filter(|_| self.newest.len() >= self.size);
            if oldest.is_some_and(|((oldest_ms, ..), _)| *oldest_ms > origin.time_ms) {
                continue;
            }
            let topic = Arc::clone(&context.topics[usize::from(origin.topic)]);
            let place = (origin.time_ms, topic, origin.partition, origin.offset);
            self.newest.insert(place, (Arc::clone(rows), row));
            if self.newest.len() > self.size {
                self.newest.pop_first();
            }
        }
        concerned
    }

    /// Drops what lies before the window.
    pub(crate) fn slide(&mut self, bounds: &Bounds) {
        let (first, _) = self.window.panes(bounds);
        self.counts = self.counts.split_off(&first);
        while self
            .newest
            .first_key_value()
            .is_some_and(|((time_ms, ..), _)| *time_ms < bounds.from_ms)
        {
            self.newest.pop_first();
        }
    }

    pub(crate) fn result(&self, context: &Context<'_>, bounds: &Bounds) -> QueryResult {
        let fields = shown(&self.fields, context.fields, None);
        let mut columns =
            ["_topic", "_partition", "_offset", "_timestamp"].map(str::to_owned).to_vec();
        columns.extend(fields.iter().map(|(name, _)| name.clone()));
        let inside =
            self.newest.iter().rev().filter(|((time_ms, ..), _)| *time_ms >= bounds.from_ms);
        let rows = inside.map(|((_, topic, partition, offset), (rows, row))| {
            let origin = rows.origins[*row];
            let mut cells: Row = vec![
                Value::Text(Arc::clone(topic)),
                Value::Int(i64::from(*partition)),
                Value::Int(*offset),
                origin.timestamp_ms.map_or(Value::Null, Value::Int),
            ];
            cells.extend(fields.iter().map(|(_, id)| cell(rows, *row, *id, context.words)));
            cells
        });
        let (first, last) = self.window.panes(bounds);
        let total = self.counts.range(first..=last).map(|(_, count)| count).sum();
        QueryResult { columns, rows: rows.collect(), total, ..QueryResult::default() }
    }
}

/// Names and ids of the fields to show: those asked for, or all by name.
pub(super) fn shown(
    asked: &[String],
    fields: &Fields,
    but: Option<FieldId>,
) -> Vec<(String, Option<FieldId>)> {
    if !asked.is_empty() {
        return asked.iter().map(|name| (name.clone(), fields.asked(name))).collect();
    }
    let mut all: Vec<_> = fields
        .iter()
        .filter(|(id, _)| Some(*id) != but)
        .map(|(id, field)| (field.name.to_string(), Some(id)))
        .collect();
    all.sort();
    all
}

pub(super) fn cell(rows: &Rows, row: usize, field: Option<FieldId>, words: &Dictionary) -> Value {
    let column = field.and_then(|id| rows.column(id));
    column.map_or(Value::Null, |column| column.value(row, words))
}
