//! The table of live entities: which of them pass, and their cells.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_geo::Bounds as Area;
use hailstream_geo::mercator::Tile;
use hailstream_protocol::{QueryResult, Row, Truncated, Value};
use hailstream_query::{Entities, EntityField};

use super::Context;
use super::entities::EntityTable;
use super::hits::{cell, shown};
use super::window::Bounds;
use crate::fields::{Dictionary, FieldId};
use crate::filter::Filters;
use crate::rows::{Rows, Slot};

/// What a table of entities is made from.
pub(super) struct EntityRows<'a> {
    pub(super) asked: &'a Entities,
    pub(super) filters: &'a Filters,
    pub(super) context: &'a Context<'a>,
    pub(super) bounds: &'a Bounds,
    pub(super) entity: Option<FieldId>,
    /// Whether the tile's own list is kept.
    pub(super) by_tile: bool,
}

/// A column after the first ones.
struct Shown<'a> {
    name: String,
    id: Option<FieldId>,
    /// How it is told, where that is not as it is.
    code: Option<&'a EntityField>,
}

/// A row of a batch.
type Source<'a> = (&'a Arc<Rows>, usize);

impl EntityRows<'_> {
    pub(super) fn result(&self, table: &EntityTable) -> QueryResult {
        let shown = self.shown(table.position());
        let mut columns = self.first_columns();
        columns.extend(shown.iter().map(|column| column.name.clone()));
        let area = self.asked.bounds.and_then(|[w, s, e, n]| Area::new(w, s, e, n).ok());
        let (mut rows, mut total): (Vec<Row>, u64) = (Vec::new(), 0);
        for source in self.candidates(table) {
            if !self.passes(source) {
                continue;
            }
            let Some(mut row) = self.first_cells(source, table.position(), area.as_ref()) else {
                continue;
            };
            total += 1;
            if rows.len() >= self.asked.size as usize {
                continue;
            }
            row.extend(shown.iter().map(|column| column.cell(source, self.context.words)));
            rows.push(row);
        }
        let mut truncated = BTreeMap::new();
        if total > rows.len() as u64 {
            truncated.insert(columns[0].clone(), Truncated { shown: rows.len() as u64, of: total });
        }
        QueryResult { columns, rows, total, truncated, ..QueryResult::default() }
    }

    /// Entities that may be in the table, in their order.
    fn candidates<'t>(&self, table: &'t EntityTable) -> Vec<Source<'t>> {
        let now_ms = self.context.now_ms;
        if let (Some(tile), true) = (self.asked.tile, self.by_tile) {
            return table.live_in(tile.0, now_ms).collect();
        }
        let mut live: Vec<(Value, Source<'t>)> = table
            .live(now_ms)
            .map(|(rows, row)| (cell(rows, row, self.entity, self.context.words), (rows, row)))
            .collect();
        live.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        live.into_iter().map(|(_, source)| source).collect()
    }

    fn passes(&self, (rows, row): Source<'_>) -> bool {
        let time_ms = rows.origins[row].time_ms;
        (self.bounds.from_ms..=self.bounds.to_ms).contains(&time_ms)
            && self.filters.over(rows, self.context.fields, self.context.words).row(row)
    }

    fn first_columns(&self) -> Vec<String> {
        let fields = self.context.fields;
        let entity = self.entity.map_or("entity", |id| &*fields.get(id).name);
        let after: &[&str] = match self.asked.tile {
            Some(_) => &["_event_time_s", "_x", "_y"],
            None => &["_event_time"],
        };
        [&[entity], after].concat().into_iter().map(str::to_owned).collect()
    }

    /// Who, when and where; none outside of the tile or the box.
    fn first_cells(
        &self,
        (rows, row): Source<'_>,
        position: Option<FieldId>,
        area: Option<&Area>,
    ) -> Option<Row> {
        let name = || cell(rows, row, self.entity, self.context.words);
        let time_ms = rows.origins[row].time_ms;
        if let Some(tile) = self.asked.tile {
            let (x, y) = units(rows, row, position, tile.0, self.asked.extent())?;
            let numbers = [time_ms.div_euclid(1_000), i64::from(x), i64::from(y)];
            return Some([name()].into_iter().chain(numbers.map(Value::Int)).collect());
        }
        if let Some(area) = area {
            let column = rows.column(position?);
            let mut places = column.into_iter().flat_map(|column| column.slots(row));
            if !places.any(|slot| matches!(slot, Slot::Point(at) if area.contains(at))) {
                return None;
            }
        }
        Some(vec![name(), Value::Int(time_ms)])
    }

    fn shown(&self, position: Option<FieldId>) -> Vec<Shown<'_>> {
        let fields = self.context.fields;
        if self.asked.fields.is_empty() {
            let all = shown(&[], fields, self.entity).into_iter();
            let all = all.filter(|(_, id)| self.asked.tile.is_none() || *id != position);
            return all.map(|(name, id)| Shown { name, id, code: None }).collect();
        }
        let column = |field| Shown::of(field, fields.asked(EntityField::name(field)));
        self.asked.fields.iter().map(column).collect()
    }
}

fn units(
    rows: &Rows,
    row: usize,
    position: Option<FieldId>,
    tile: Tile,
    extent: u32,
) -> Option<(u32, u32)> {
    match rows.slot(position?, row)? {
        Slot::Point(at) => tile.units(at, extent),
        Slot::Word(_) | Slot::Long(_) | Slot::Double(_) | Slot::Bool(_) => None,
    }
}

impl<'a> Shown<'a> {
    fn of(field: &'a EntityField, id: Option<FieldId>) -> Self {
        let code = match field {
            EntityField::Plain(_) => None,
            EntityField::Steps(_) | EntityField::Places(_) => Some(field),
        };
        Self { name: field.name().to_owned(), id, code }
    }

    fn cell(&self, (rows, row): Source<'_>, words: &Dictionary) -> Value {
        let slot = || rows.slot(self.id?, row);
        let number = match self.code {
            None | Some(EntityField::Plain(_)) => return cell(rows, row, self.id, words),
            Some(EntityField::Steps(stepped)) => {
                slot().and_then(Slot::number).map(|number| stepped.steps(number))
            }
            Some(EntityField::Places(listed)) => slot().and_then(|slot| {
                let value = slot.value(words);
                let place = listed.values.iter().position(|listed| *listed == value);
                place.map(|place| place as i64)
            }),
        };
        number.map_or(Value::Null, Value::Int)
    }
}
