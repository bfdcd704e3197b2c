//! Buckets: from a row to the codes of its keys, and from codes back to the keys that results show.

use hailstream_geo::mercator::Tile;
use hailstream_protocol::Value;
use hailstream_query::{Bucket, Direction, Query};

use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::{Filters, Passing};
use crate::rows::{Column, Rows, Slot};

use super::metric::identity;

/// A key as a kind and a number; equal keys have equal codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Code(pub(crate) u8, pub(crate) u64);

const MISSING: u8 = 9;
const PLACE: u8 = 10;

/// One bucket of a query, ready to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    pub(crate) id: String,
    field: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Dates { interval: i64, offset: i64, keep_empty: bool },
    Numbers { interval: f64, offset: f64, keep_empty: bool },
    Terms { missing: Option<Value>, include: Option<Vec<Value>>, exclude: Vec<Value> },
    Filters(Vec<(String, Filters)>),
    Tiles { zoom: u8, bounds: Option<hailstream_geo::Bounds> },
}

/// How the keys of a level are ordered and cut.
#[derive(Clone, Debug)]
pub(crate) enum Ranking {
    /// By key, with the gaps filled.
    Series,
    /// As given.
    AsGiven,
    /// The first `size` of an order; `by` is a metric's index, none for the count.
    Top { size: usize, by: By, direction: Direction, other: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Count,
    Key,
    Metric(usize),
}

impl Level {
    pub(crate) fn of(bucket: &Bucket, range_ms: i64) -> (Self, Ranking) {
        let (kind, ranking) = match bucket {
            Bucket::DateHistogram(date) => {
                let interval = date.interval_ms(range_ms).unwrap_or(60_000);
                let offset = date.offset.map_or(0, hailstream_query::Interval::millis);
                (
                    Kind::Dates { interval, offset, keep_empty: date.min_doc_count == 0 },
                    Ranking::Series,
                )
            }
            Bucket::Histogram(number) => {
                let keep_empty = number.min_doc_count == 0;
                let (interval, offset) = (number.interval, number.offset);
                (Kind::Numbers { interval, offset, keep_empty }, Ranking::Series)
            }
            Bucket::Terms(terms) => {
                let values = |json: &Vec<serde_json::Value>| json.iter().map(json_value).collect();
                let kind = Kind::Terms {
                    missing: terms.missing.as_ref().map(json_value),
                    include: terms.include.as_ref().map(values),
                    exclude: terms.exclude.as_ref().map(values).unwrap_or_default(),
                };
                let by = match terms.order.by.as_str() {
                    "_key" => By::Key,
                    _ => By::Count,
                };
                let size = terms.size as usize;
                let (direction, other) = (terms.order.direction, terms.other);
                (kind, Ranking::Top { size, by, direction, other })
            }
            Bucket::Filters(filters) => {
                let labelled = filters.filters.iter();
                let labelled =
                    labelled.map(|(label, query)| (label.clone(), Filters::new(query.filters())));
                (Kind::Filters(labelled.collect()), Ranking::AsGiven)
            }
            Bucket::GeotileGrid(grid) => {
                let bounds = grid
                    .bounds
                    .and_then(|[w, s, e, n]| hailstream_geo::Bounds::new(w, s, e, n).ok());
                let (by, direction) = (By::Count, Direction::Desc);
                let ranking =
                    Ranking::Top { size: grid.size as usize, by, direction, other: false };
                (Kind::Tiles { zoom: grid.precision, bounds }, ranking)
            }
        };
        (
            Self { id: bucket.id().to_owned(), field: bucket.field().map(ToOwned::to_owned), kind },
            ranking,
        )
    }

    /// This level over one batch.
    pub(crate) fn over<'a>(
        &'a self,
        rows: &'a Rows,
        time: Option<FieldId>,
        fields: &Fields,
        words: &'a Dictionary,
    ) -> Coding<'a> {
        let source = match &self.kind {
            Kind::Filters(labelled) => Source::Filters(
                labelled.iter().map(|(_, filters)| filters.over(rows, fields, words)).collect(),
            ),
            _ => {
                let field = self.field.as_deref().and_then(|name| fields.asked(name));
                let by_time = matches!(self.kind, Kind::Dates { .. })
                    && (self.field.is_none() || (field.is_some() && field == time));
                if by_time {
                    Source::EventTime
                } else {
                    Source::Column(field.and_then(|id| rows.column(id)))
                }
            }
        };
        Coding { level: self, source, rows, words }
    }

    fn code(&self, slot: Option<Slot>, words: &Dictionary) -> Option<Code> {
        match (&self.kind, slot) {
            (Kind::Dates { interval, offset, .. }, Some(Slot::Long(at))) => {
                Some(Code(2, (at - offset).div_euclid(*interval) as u64))
            }
            (Kind::Numbers { interval, offset, .. }, Some(slot)) => {
                let place = ((slot.number()? - offset) / interval).floor();
                Some(Code(2, place as i64 as u64))
            }
            (Kind::Tiles { zoom, bounds }, Some(Slot::Point(at))) => {
                let tile = Tile::at(at, *zoom);
                let inside = bounds.as_ref().is_none_or(|bounds| bounds.intersects(&tile.bounds()));
                inside.then(|| Code(PLACE, tile.to_bits()))
            }
            (Kind::Terms { include, exclude, .. }, Some(slot)) => {
                let (kind, number) = identity(slot);
                let listed = |values: &Vec<Value>| {
                    let value = slot.value(words);
                    values.contains(&value)
                };
                let allowed =
                    include.as_ref().is_none_or(listed) && (exclude.is_empty() || !listed(exclude));
                allowed.then_some(Code(kind, number))
            }
            (Kind::Terms { missing: Some(_), .. }, None) => Some(Code(MISSING, 0)),
            _ => None,
        }
    }

    /// The code that stands for the same key: rows without a value join those that have the `missing` one.
    pub(crate) fn joined(&self, code: Code, words: &Dictionary) -> Code {
        let (Kind::Terms { missing: Some(missing), .. }, MISSING) = (&self.kind, code.0) else {
            return code;
        };
        let slot = match missing {
            Value::Text(text) => words.find(text).map(Slot::Word),
            Value::Int(number) => Some(Slot::Long(*number)),
            Value::Float(number) => Some(Slot::Double(*number)),
            Value::Bool(value) => Some(Slot::Bool(*value)),
            Value::Null | Value::List(_) | Value::Object(_) => None,
        };
        slot.map(identity).map_or(code, |(kind, number)| Code(kind, number))
    }

    /// The key that results show.
    pub(crate) fn key(&self, code: Code, words: &Dictionary) -> Value {
        match &self.kind {
            Kind::Dates { interval, offset, .. } => Value::Int(code.1 as i64 * interval + offset),
            Kind::Numbers { interval, offset, .. } => {
                Value::float((code.1 as i64) as f64 * interval + offset)
            }
            Kind::Filters(filters) => Value::text(&filters[code.1 as usize].0),
            Kind::Tiles { .. } => {
                Tile::from_bits(code.1).map_or(Value::Null, |tile| Value::text(&tile.to_string()))
            }
            Kind::Terms { missing, .. } => match code.0 {
                MISSING => missing.clone().unwrap_or_default(),
                1 => Value::Text(std::sync::Arc::clone(words.word(code.1 as u32))),
                2 => Value::Int(code.1 as i64),
                3 => Value::float(f64::from_bits(code.1)),
                4 => Value::Bool(code.1 == 1),
                _ => Value::Null,
            },
        }
    }

    pub(crate) fn fills_gaps(&self) -> bool {
        matches!(
            self.kind,
            Kind::Dates { keep_empty: true, .. } | Kind::Numbers { keep_empty: true, .. }
        )
    }

    pub(crate) fn places(&self) -> usize {
        match &self.kind {
            Kind::Filters(filters) => filters.len(),
            _ => 0,
        }
    }

    pub(crate) fn interval_ms(&self) -> Option<i64> {
        match self.kind {
            Kind::Dates { interval, .. } => Some(interval),
            _ => None,
        }
    }

    pub(crate) fn place(index: usize) -> Code {
        Code(PLACE, index as u64)
    }
}

fn json_value(json: &serde_json::Value) -> Value {
    serde_json::from_value(json.clone()).unwrap_or_default()
}

/// A level over one batch, its column looked up once.
pub(crate) struct Coding<'a> {
    level: &'a Level,
    source: Source<'a>,
    rows: &'a Rows,
    words: &'a Dictionary,
}

enum Source<'a> {
    EventTime,
    Column(Option<&'a Column>),
    Filters(Vec<Passing<'a>>),
}

impl Coding<'_> {
    /// The codes of a row's keys, added to `codes`.
    pub(crate) fn codes(&self, row: usize, codes: &mut Vec<Code>) {
        match &self.source {
            Source::EventTime => {
                let time = Slot::Long(self.rows.origins[row].time_ms);
                codes.extend(self.level.code(Some(time), self.words));
            }
            Source::Column(column) => {
                let mut slots = column.iter().flat_map(|column| column.slots(row)).peekable();
                if slots.peek().is_none() {
                    codes.extend(self.level.code(None, self.words));
                }
                codes.extend(slots.filter_map(|slot| self.level.code(Some(slot), self.words)));
                // A record counts once in each bucket, however many of its values lie there.
                if codes.len() > 1 {
                    codes.sort_unstable();
                    codes.dedup();
                }
            }
            Source::Filters(filters) => {
                let matching = filters.iter().enumerate().filter(|(_, filters)| filters.row(row));
                codes.extend(matching.map(|(index, _)| Code(PLACE, index as u64)));
            }
        }
    }
}

/// Levels and rankings of a query; orders by a metric get its index.
pub(crate) fn levels(query: &Query, range_ms: i64) -> Vec<(Level, Ranking)> {
    let mut levels: Vec<_> =
        query.buckets.iter().map(|bucket| Level::of(bucket, range_ms)).collect();
    for (bucket, (_, ranking)) in query.buckets.iter().zip(&mut levels) {
        if let (Bucket::Terms(terms), Ranking::Top { by, .. }) = (bucket, ranking)
            && let Some(index) = query.metrics.iter().position(|metric| metric.id == terms.order.by)
        {
            *by = By::Metric(index);
        }
    }
    levels
}
