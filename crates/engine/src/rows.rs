//! Rows in columns: accepted records of one ingest, immutable and shared by everything that reads them.

mod column;
mod typing;

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{Array, BooleanArray, Float64Array, Int64Array, UInt32Array};
use hailstream_geo::LonLat;
use hailstream_protocol::Value;

use crate::config::FieldType;
use crate::decode::{Cell, Refusal, Scratch, position, time};
use crate::fields::{Code, Dictionary, FieldId, Fields, MAX_FIELDS};
use column::Builder;
use typing::{point, typed};

/// Where a row came from and when it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    /// Event time, epoch ms.
    pub(crate) time_ms: i64,
    /// Index of the topic.
    pub(crate) topic: u16,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    /// Record timestamp, epoch ms.
    pub(crate) timestamp_ms: Option<i64>,
}

/// One field of a batch.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    /// Words, by their code.
    Words(UInt32Array),
    /// Whole numbers, and times.
    Longs(Int64Array),
    Doubles(Float64Array),
    Bools(BooleanArray),
    /// Longitudes and latitudes.
    Points(Float64Array, Float64Array),
    /// Several values in some of the rows.
    Many(Arc<Many>),
}

/// Arrays: row `n` has the cells from `starts[n]` up to `starts[n + 1]`, in the record's order.
#[derive(Clone, Debug)]
pub(crate) struct Many {
    starts: Vec<u32>,
    cells: Column,
}

/// A typed cell, small enough to be copied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Slot {
    Word(Code),
    Long(i64),
    Double(f64),
    Bool(bool),
    Point(LonLat),
}

/// See the module's words.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) origins: Arc<[Origin]>,
    /// By field id; fields that came later are beyond the end.
    columns: Vec<Option<Column>>,
    /// Those of a view's runtime fields.
    runtime: Vec<Column>,
    /// When they arrived, epoch ms.
    pub(crate) received_ms: i64,
    pub(crate) bytes: u64,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.origins.len()
    }

    /// Several batches as one.
    pub(crate) fn joined<'a>(
        parts: impl Iterator<Item = &'a Self> + Clone,
        fields: &Fields,
    ) -> Self {
        let capacity = parts.clone().map(Self::len).sum();
        let width = parts.clone().map(|part| part.columns.len()).max().unwrap_or_default();
        let join = |field: usize| {
            let id = field as FieldId;
            parts.clone().any(|part| part.column(id).is_some()).then(|| {
                let mut builder = Builder::new(fields.get(id).kind, 0, capacity);
                for part in parts.clone() {
                    let column = part.column(id);
                    (0..part.len()).for_each(|row| builder.push_row(column, row));
                }
                builder.finish()
            })
        };
        let columns = (0..width).map(join).collect();
        let mut origins = Vec::with_capacity(capacity);
        parts.clone().for_each(|part| origins.extend_from_slice(&part.origins));
        let received_ms = parts.map(|part| part.received_ms).max().unwrap_or_default();
        Self::of(origins, columns, received_ms)
    }

    fn of(origins: Vec<Origin>, columns: Vec<Option<Column>>, received_ms: i64) -> Self {
        let cells: usize = columns.iter().flatten().map(Column::bytes).sum();
        let bytes = (cells + origins.len() * size_of::<Origin>()) as u64;
        let (origins, runtime) = (Arc::from(origins), Vec::new());
        Self { origins, columns, runtime, received_ms, bytes }
    }

    /// The same rows with a view's runtime fields.
    pub(crate) fn with_runtime(&self, runtime: Vec<Column>) -> Self {
        let (origins, columns) = (Arc::clone(&self.origins), self.columns.clone());
        Self { origins, columns, runtime, received_ms: self.received_ms, bytes: self.bytes }
    }

    /// Gives a field another column.
    pub(crate) fn set_column(&mut self, field: FieldId, column: Column) {
        let place = usize::from(field);
        if self.columns.len() <= place {
            self.columns.resize(place + 1, None);
        }
        self.bytes += column.bytes() as u64;
        self.columns[place] = Some(column);
    }

    pub(crate) fn column(&self, field: FieldId) -> Option<&Column> {
        match usize::from(field).checked_sub(MAX_FIELDS) {
            Some(place) => self.runtime.get(place),
            None => self.columns.get(usize::from(field))?.as_ref(),
        }
    }

    pub(crate) fn slot(&self, field: FieldId, row: usize) -> Option<Slot> {
        self.column(field)?.slot(row)
    }

    /// How many rows have a value, field by field.
    pub(crate) fn present(&self) -> impl Iterator<Item = usize> {
        let absent = |column: &Column| self.len() - column.nulls();
        self.columns.iter().map(move |column| column.as_ref().map_or(0, absent))
    }
}

impl Many {
    fn row(&self, row: usize) -> Range<usize> {
        self.starts[row] as usize..self.starts[row + 1] as usize
    }
}

impl Column {
    /// What its values are kept in.
    pub(crate) fn cells(&self) -> &Self {
        match self {
            Self::Many(many) => &many.cells,
            single => single,
        }
    }

    /// All values of a row, in the record's order.
    pub(crate) fn slots(&self, row: usize) -> impl Iterator<Item = Slot> + '_ {
        let (cells, places) = match self {
            Self::Many(many) => (&many.cells, many.row(row)),
            single => (single, row..row + 1),
        };
        places.filter_map(|place| cells.slot(place))
    }

    /// What a table shows of a row: its value, or all of them.
    pub(crate) fn value(&self, row: usize, words: &Dictionary) -> Value {
        let mut values: Vec<Value> = self.slots(row).map(|slot| slot.value(words)).collect();
        if values.len() > 1 { Value::List(values) } else { values.pop().unwrap_or_default() }
    }

    /// The value of a row; of several the first.
    pub(crate) fn slot(&self, row: usize) -> Option<Slot> {
        match self {
            Self::Many(many) => many.row(row).find_map(|place| many.cells.slot(place)),
            Self::Words(a) => a.is_valid(row).then(|| Slot::Word(a.value(row))),
            Self::Longs(a) => a.is_valid(row).then(|| Slot::Long(a.value(row))),
            Self::Doubles(a) => a.is_valid(row).then(|| Slot::Double(a.value(row))),
            Self::Bools(a) => a.is_valid(row).then(|| Slot::Bool(a.value(row))),
            Self::Points(lon, lat) => lon
                .is_valid(row)
                .then(|| Slot::Point(LonLat::wrapped(lon.value(row), lat.value(row)))),
        }
    }

    fn nulls(&self) -> usize {
        match self {
            Self::Many(many) => {
                (0..many.starts.len() - 1).filter(|row| self.slot(*row).is_none()).count()
            }
            Self::Words(a) => a.null_count(),
            Self::Longs(a) => a.null_count(),
            Self::Doubles(a) | Self::Points(a, _) => a.null_count(),
            Self::Bools(a) => a.null_count(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Many(many) => many.cells.bytes() + many.starts.len() * size_of::<u32>(),
            Self::Words(a) => a.get_array_memory_size(),
            Self::Longs(a) => a.get_array_memory_size(),
            Self::Doubles(a) => a.get_array_memory_size(),
            Self::Bools(a) => a.get_array_memory_size(),
            Self::Points(lon, lat) => lon.get_array_memory_size() + lat.get_array_memory_size(),
        }
    }
}

impl Slot {
    /// The number that metrics see; booleans count as 0 and 1.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Self::Long(number) => Some(number as f64),
            Self::Double(number) => Some(number),
            Self::Bool(value) => Some(f64::from(u8::from(value))),
            Self::Word(_) | Self::Point(_) => None,
        }
    }

    /// The value that results show.
    pub(crate) fn value(self, dictionary: &Dictionary) -> Value {
        match self {
            Self::Word(code) => Value::Text(Arc::clone(dictionary.word(code))),
            Self::Long(number) => Value::Int(number),
            Self::Double(number) => Value::float(number),
            Self::Bool(value) => Value::Bool(value),
            Self::Point(at) => Value::List(vec![Value::float(at.lon()), Value::float(at.lat())]),
        }
    }
}

/// Which fields a record had.
#[derive(Default)]
struct Seen([u64; MAX_FIELDS.div_ceil(64)]);

impl Seen {
    fn contains(&self, field: usize) -> bool {
        self.0[field / 64] & (1 << (field % 64)) != 0
    }

    /// Whether this is the first time, which it then was.
    fn is_first(&mut self, field: FieldId) -> bool {
        let field = usize::from(field);
        let is_first = !self.contains(field);
        self.0[field / 64] |= 1 << (field % 64);
        is_first
    }
}

/// A batch under construction.
#[derive(Default)]
pub(crate) struct RowsBuilder {
    origins: Vec<Origin>,
    builders: Vec<Option<Builder>>,
    pending: Vec<(FieldId, Slot)>,
    capacity: usize,
}

impl RowsBuilder {
    /// A builder for at most so many rows: most batches are small, and are kept as they are built.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { capacity, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    /// What was committed so far, taken out; a staged record stays staged.
    pub(crate) fn cut(&mut self) -> Self {
        let pending = std::mem::take(&mut self.pending);
        std::mem::replace(self, Self { pending, ..Self::with_capacity(64) })
    }

    /// Types the cells of a record, without adding them yet.
    pub(crate) fn stage(
        &mut self,
        scratch: &Scratch<'_>,
        fields: &mut Fields,
        dictionary: &mut Dictionary,
    ) -> Result<(), Refusal> {
        self.pending.clear();
        // A position is made of several cells: which fields have theirs.
        let mut placed = Seen::default();
        for (id, lat, lon) in fields.points() {
            if let (Some(lat), Some(lon)) = (scratch.get(*lat), scratch.get(*lon)) {
                let at = position::of_cells(lon, lat, &fields.get(*id).name)?;
                self.pending.push((*id, Slot::Point(at)));
                placed.is_first(*id);
            }
        }
        for (id, cell) in &scratch.cells {
            if *cell == Cell::Null {
                continue;
            }
            let field = fields.get(*id);
            if field.kind == FieldType::GeoPoint {
                if field.lat_lon.is_none() && placed.is_first(*id) {
                    let at = point(scratch, *id, cell, &field.name)?;
                    self.pending.push((*id, Slot::Point(at)));
                }
                continue;
            }
            let slot = match &field.time {
                Some((unit, zone)) => time::event_time_ms(cell, *unit, zone).map(Slot::Long),
                None => typed(cell, field.kind, dictionary),
            };
            match slot {
                Some(slot) => self.pending.push((*id, slot)),
                None if field.declared => {
                    let what = format!("{}: {} expected", field.name, field.kind.name());
                    return Err(Refusal::new("wrong_type", what).of_field(&field.name));
                }
                None if field.kind == FieldType::Long && matches!(cell, Cell::Float(_)) => {
                    fields.widen(*id);
                    if let Cell::Float(number) = cell {
                        self.pending.push((*id, Slot::Double(*number)));
                    }
                }
                None => {}
            }
        }
        Ok(())
    }

    /// A batch of the staged record alone.
    pub(crate) fn staged(&self, origin: Origin, fields: &Fields) -> Self {
        let mut alone = Self { pending: self.pending.clone(), ..Self::with_capacity(1) };
        alone.push(origin, fields);
        alone
    }

    /// Adds the staged record; of some the values are kept for people to see.
    pub(crate) fn commit(&mut self, origin: Origin, fields: &mut Fields, dictionary: &Dictionary) {
        if self.origins.len().is_multiple_of(64) {
            for (id, slot) in &self.pending {
                fields.sample(*id, &slot.value(dictionary));
            }
        }
        self.push(origin, fields);
    }

    fn push(&mut self, origin: Origin, fields: &Fields) {
        let (row, capacity) = (self.origins.len(), self.capacity);
        self.origins.push(origin);
        if self.builders.len() < fields.len() {
            self.builders.resize_with(fields.len(), || None);
        }
        let mut seen = Seen::default();
        for (id, slot) in self.pending.iter().copied() {
            if !seen.is_first(id) {
                if let Some(builder) = &mut self.builders[id as usize] {
                    builder.push_more(slot);
                }
                continue;
            }
            let kind = fields.get(id).kind;
            let builder =
                self.builders[id as usize].get_or_insert_with(|| Builder::new(kind, row, capacity));
            builder.push(Some(slot));
        }
        for (id, builder) in self.builders.iter_mut().enumerate() {
            if !seen.contains(id)
                && let Some(builder) = builder
            {
                builder.push(None);
            }
        }
    }

    pub(crate) fn finish(self, received_ms: i64) -> Rows {
        let columns: Vec<Option<Column>> =
            self.builders.into_iter().map(|builder| builder.map(Builder::finish)).collect();
        Rows::of(self.origins, columns, received_ms)
    }
}
