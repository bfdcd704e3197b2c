//! The newest row of each entity, and the table of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_geo::Bounds as Area;
use hailstream_protocol::{QueryResult, Row, Truncated, Value};
use hailstream_query::Query;
use hashbrown::HashMap;

use crate::config::FieldType;
use crate::fields::FieldId;
use crate::filter::Filters;
use crate::rows::{Rows, Slot};

use super::Context;
use super::hits::{cell, shown};
use super::metric::identity;
use super::window::Bounds;

/// Newest by (event time, topic, partition, offset), so that the interleaving of partitions does not show.
#[derive(Clone, Debug, Default)]
pub(crate) struct EntityTable {
    newest: HashMap<(u8, u64), (Arc<Rows>, usize), foldhash::fast::FixedState>,
    expire_ms: Option<i64>,
}

impl EntityTable {
    pub(crate) fn new(expire_ms: Option<i64>) -> Self {
        Self { newest: HashMap::default(), expire_ms }
    }

    /// The table of some rows alone: those of an upsert stream that were not replaced.
    pub(crate) fn of<'a>(
        current: impl Iterator<Item = &'a (Arc<Rows>, usize)>,
        like: &Self,
        entity_field: Option<FieldId>,
        context: &Context<'_>,
    ) -> Self {
        let mut table = Self::new(like.expire_ms);
        for (rows, row) in current {
            if let Some(slot) = entity_field.and_then(|field| rows.slot(field, *row)) {
                table.note(slot, rows, *row, context.topics);
            }
        }
        table
    }

    pub(crate) fn note(&mut self, entity: Slot, rows: &Arc<Rows>, row: usize, topics: &[Arc<str>]) {
        let rank = |rows: &Rows, row: usize| {
            let origin = rows.origins[row];
            let topic: &str = &topics[usize::from(origin.topic)];
            (origin.time_ms, topic, origin.partition, origin.offset)
        };
        let entity = identity(entity);
        match self.newest.get_mut(&entity) {
            Some((old, old_row)) if rank(old, *old_row) > rank(rows, row) => {}
            Some(newest) => *newest = (Arc::clone(rows), row),
            None => {
                self.newest.insert(entity, (Arc::clone(rows), row));
            }
        }
    }

    /// Drops the expired; says whether there were any.
    pub(crate) fn expire(&mut self, now_ms: Option<i64>) -> bool {
        let Some(oldest) = self.oldest(now_ms) else { return false };
        let before = self.newest.len();
        self.newest.retain(|_, (rows, row)| rows.origins[*row].time_ms >= oldest);
        self.newest.len() != before
    }

    fn oldest(&self, now_ms: Option<i64>) -> Option<i64> {
        Some(now_ms? - self.expire_ms?)
    }

    pub(crate) fn live(&self, now_ms: Option<i64>) -> impl Iterator<Item = (&Arc<Rows>, usize)> {
        let oldest = self.oldest(now_ms).unwrap_or(i64::MIN);
        self.newest
            .values()
            .filter(move |(rows, row)| rows.origins[*row].time_ms >= oldest)
            .map(|(rows, row)| (rows, *row))
    }

    pub(super) fn result(
        &self,
        query: &Query,
        filters: &Filters,
        context: &Context<'_>,
        bounds: &Bounds,
        entity_field: Option<FieldId>,
    ) -> QueryResult {
        let Some(asked) = &query.entities else { return QueryResult::default() };
        let position = context
            .fields
            .iter()
            .find(|(_, field)| field.kind == FieldType::GeoPoint)
            .map(|(id, _)| id);
        let area = asked.bounds.and_then(|[w, s, e, n]| Area::new(w, s, e, n).ok());
        let inside = |rows: &Rows, row: usize| match (area.as_ref(), position) {
            (Some(area), Some(id)) => {
                let column = rows.column(id);
                let mut places = column.into_iter().flat_map(|column| column.slots(row));
                places.any(|slot| matches!(slot, Slot::Point(at) if area.contains(at)))
            }
            (Some(_), None) => false,
            (None, _) => true,
        };
        let fields = shown(&asked.fields, context.fields, entity_field);
        let mut columns = vec![
            entity_field
                .map_or_else(|| "entity".to_owned(), |id| context.fields.get(id).name.to_string()),
            "_event_time".to_owned(),
        ];
        columns.extend(fields.iter().map(|(name, _)| name.clone()));
        let mut live: Vec<(Value, &Arc<Rows>, usize)> = self
            .live(context.now_ms)
            .map(|(rows, row)| (cell(rows, row, entity_field, context.words), rows, row))
            .collect();
        live.sort_unstable_by(|(a, _, _), (b, _, _)| a.cmp(b));
        let matching = live.into_iter().map(|(_, rows, row)| (rows, row)).filter(|(rows, row)| {
            let time_ms = rows.origins[*row].time_ms;
            (bounds.from_ms..=bounds.to_ms).contains(&time_ms)
                && inside(rows, *row)
                && filters.over(rows, context.fields, context.words).row(*row)
        });
        let (mut rows, mut total): (Vec<Row>, u64) = (Vec::new(), 0);
        for (source, row) in matching {
            total += 1;
            if rows.len() >= asked.size as usize {
                continue;
            }
            let mut cells = vec![
                cell(source, row, entity_field, context.words),
                Value::Int(source.origins[row].time_ms),
            ];
            cells.extend(fields.iter().map(|(_, id)| cell(source, row, *id, context.words)));
            rows.push(cells);
        }
        let mut truncated = BTreeMap::new();
        if total > rows.len() as u64 {
            truncated.insert(columns[0].clone(), Truncated { shown: rows.len() as u64, of: total });
        }
        QueryResult { columns, rows, total, truncated, ..QueryResult::default() }
    }
}
