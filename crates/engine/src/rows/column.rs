//! A column under construction.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, UInt32Builder};

use super::{Column, Many, Slot};
use crate::config::FieldType;

enum Cells {
    Words(UInt32Builder),
    Longs(Int64Builder),
    Doubles(Float64Builder),
    Bools(BooleanBuilder),
    Points(Float64Builder, Float64Builder),
}

impl Cells {
    fn new(kind: FieldType, capacity: usize) -> Self {
        let doubles = || Float64Builder::with_capacity(capacity);
        match kind {
            FieldType::Keyword | FieldType::Text | FieldType::Ip => {
                Self::Words(UInt32Builder::with_capacity(capacity))
            }
            FieldType::Long | FieldType::Date => Self::Longs(Int64Builder::with_capacity(capacity)),
            FieldType::Double => Self::Doubles(doubles()),
            FieldType::Boolean => Self::Bools(BooleanBuilder::with_capacity(capacity)),
            FieldType::GeoPoint => Self::Points(doubles(), doubles()),
        }
    }

    fn push(&mut self, slot: Option<Slot>) {
        match (self, slot) {
            (Self::Words(b), Some(Slot::Word(code))) => b.append_value(code),
            (Self::Words(b), _) => b.append_null(),
            (Self::Longs(b), Some(Slot::Long(number))) => b.append_value(number),
            (Self::Longs(b), _) => b.append_null(),
            (Self::Doubles(b), Some(Slot::Double(number))) => b.append_value(number),
            (Self::Doubles(b), Some(Slot::Long(number))) => b.append_value(number as f64),
            (Self::Doubles(b), _) => b.append_null(),
            (Self::Bools(b), Some(Slot::Bool(value))) => b.append_value(value),
            (Self::Bools(b), _) => b.append_null(),
            (Self::Points(lon, lat), Some(Slot::Point(at))) => {
                lon.append_value(at.lon());
                lat.append_value(at.lat());
            }
            (Self::Points(lon, lat), _) => {
                lon.append_null();
                lat.append_null();
            }
        }
    }

    fn finish(mut self) -> Column {
        match &mut self {
            Self::Words(b) => Column::Words(b.finish()),
            Self::Longs(b) => Column::Longs(b.finish()),
            Self::Doubles(b) => Column::Doubles(b.finish()),
            Self::Bools(b) => Column::Bools(b.finish()),
            Self::Points(lon, lat) => Column::Points(lon.finish(), lat.finish()),
        }
    }
}

/// A column under construction.
pub(super) struct Builder {
    cells: Cells,
    rows: u32,
    pushed: u32,
    /// Where each row starts, from the moment when one has several values.
    starts: Option<Vec<u32>>,
}

impl Builder {
    /// A builder for `capacity` rows, of which the first `rows` are null.
    pub(super) fn new(kind: FieldType, rows: usize, capacity: usize) -> Self {
        let cells = Cells::new(kind, capacity);
        let mut builder = Self { cells, rows: 0, pushed: 0, starts: None };
        (0..rows).for_each(|_| builder.push(None));
        builder
    }

    /// The first value of the next row.
    pub(super) fn push(&mut self, slot: Option<Slot>) {
        if let Some(starts) = &mut self.starts {
            starts.push(self.pushed);
        }
        self.rows += 1;
        self.put(slot);
    }

    /// A further value of the row pushed last.
    pub(super) fn push_more(&mut self, slot: Slot) {
        let rows = self.rows;
        self.starts.get_or_insert_with(|| (0..rows).collect());
        self.put(Some(slot));
    }

    /// A row as another column has it.
    pub(super) fn push_row(&mut self, column: Option<&Column>, row: usize) {
        let mut slots = column.into_iter().flat_map(|column| column.slots(row));
        self.push(slots.next());
        slots.for_each(|slot| self.push_more(slot));
    }

    fn put(&mut self, slot: Option<Slot>) {
        if matches!((&self.cells, slot), (Cells::Longs(_), Some(Slot::Double(_)))) {
            widen(&mut self.cells);
        }
        self.cells.push(slot);
        self.pushed += 1;
    }

    pub(super) fn finish(self) -> Column {
        let cells = self.cells.finish();
        match self.starts {
            None => cells,
            Some(mut starts) => {
                starts.push(self.pushed);
                Column::Many(Arc::new(Many { starts, cells }))
            }
        }
    }
}

fn widen(cells: &mut Cells) {
    if let Cells::Longs(longs) = cells {
        let longs = longs.finish();
        let mut doubles = Float64Builder::new();
        longs.iter().for_each(|number| doubles.append_option(number.map(|number| number as f64)));
        *cells = Cells::Doubles(doubles);
    }
}
