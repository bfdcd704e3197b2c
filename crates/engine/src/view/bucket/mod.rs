//! Buckets: from a row to the codes of its keys, and from codes back to the keys that results show.

mod ranges;
mod series;
mod terms;

use std::cell::RefCell;
use std::sync::Arc;

use hailstream_geo::mercator::Tile;
use hailstream_geo::{Bounds, geohash};
use hailstream_protocol::Value;
use hailstream_query::{Bucket, Direction, Query};
use hashbrown::HashMap;

use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::{Filters, Passing, When};
use crate::rows::{Column, Rows, Slot};

use self::ranges::Stretches;
use self::series::{Line, Series};
use self::terms::Wanted;
use super::metric::identity;
use super::rounding::{Rounder, Rounding};
use super::shared::{Keys, Numbering};

/// A key as a kind and a number; equal keys have equal codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Code(pub(crate) u8, pub(crate) u64);

const MISSING: u8 = 9;
const PLACE: u8 = 10;

/// One bucket of a query, ready to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    pub(crate) id: String,
    field: Option<String>,
    kind: Kind,
    /// All that its keys depend on; none where they are not to be shared between views.
    name: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
enum Kind {
    Series(Series),
    Stretches(Stretches),
    Terms(Wanted),
    Filters(Vec<(String, Filters)>),
    Tiles { zoom: u8, bounds: Option<Bounds> },
    Geohashes { length: usize, bounds: Option<Bounds> },
}

impl Kind {
    /// Whether other views are likely to ask for the same.
    fn is_common(&self) -> bool {
        match self {
            Self::Filters(_) => false,
            Self::Terms(wanted) => !wanted.chooses(),
            Self::Series(_) | Self::Stretches(_) | Self::Tiles { .. } | Self::Geohashes { .. } => {
                true
            }
        }
    }
}

/// How the keys of a level are ordered and cut.
#[derive(Clone, Debug)]
pub(crate) enum Ranking {
    /// By key, with the gaps filled.
    Series,
    /// As given.
    AsGiven,
    /// The first `size` of an order; `by` is the index of a metric's column, none for the count.
    Top { size: usize, by: By, direction: Direction, other: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Count,
    Key,
    Metric(usize),
}

/// The buckets of a query when the clock says `now_ms`.
pub(crate) fn levels(query: &Query, now_ms: Option<i64>, fields: &Fields) -> Vec<(Level, Ranking)> {
    query.buckets.iter().map(|bucket| Level::of(bucket, query, now_ms, fields)).collect()
}

/// What the clock moves of a query's buckets: automatic lengths, relative ranges and bounds. Where it is another than
/// before, groups have to be made anew.
pub(crate) fn moving(query: &Query, now_ms: Option<i64>) -> Vec<i64> {
    let of = |bucket: &Bucket| match bucket {
        Bucket::DateHistogram(date) if date.moves() => {
            Series::of_dates(date, query, now_ms).moving()
        }
        Bucket::DateRange(range) if range.moves() => {
            Stretches::of_times(range, query, now_ms).ends()
        }
        _ => Vec::new(),
    };
    let inside = query.metrics.iter().filter_map(|metric| metric.parameters().bucket());
    query.buckets.iter().chain(inside).flat_map(of).collect()
}

impl Level {
    fn of(bucket: &Bucket, query: &Query, now_ms: Option<i64>, fields: &Fields) -> (Self, Ranking) {
        let area =
            |bounds: Option<[f64; 4]>| bounds.and_then(|[w, s, e, n]| Bounds::new(w, s, e, n).ok());
        let most = |size: u32| Ranking::Top {
            size: size as usize,
            by: By::Count,
            direction: Direction::Desc,
            other: false,
        };
        let (kind, ranking) = match bucket {
            Bucket::DateHistogram(date) => {
                (Kind::Series(Series::of_dates(date, query, now_ms)), Ranking::Series)
            }
            Bucket::Histogram(numbers) => {
                (Kind::Series(Series::of_numbers(numbers)), Ranking::Series)
            }
            Bucket::DateRange(range) => {
                (Kind::Stretches(Stretches::of_times(range, query, now_ms)), Ranking::AsGiven)
            }
            Bucket::Range(range) => {
                (Kind::Stretches(Stretches::Numbers(range.clone())), Ranking::AsGiven)
            }
            Bucket::IpRange(range) => {
                (Kind::Stretches(Stretches::of_addresses(range)), Ranking::AsGiven)
            }
            Bucket::Terms(terms) => {
                let id = fields.asked(&terms.field);
                let wanted = Wanted::of(terms, id.map(|id| fields.get(id).kind));
                (Kind::Terms(wanted), terms_ranking(terms, query))
            }
            Bucket::Filters(filters) => {
                let when = When::of(query, now_ms);
                let labelled = filters.filters.iter();
                let labelled =
                    labelled.map(|(label, query)| (label.clone(), Filters::labelled(query, &when)));
                (Kind::Filters(labelled.collect()), Ranking::AsGiven)
            }
            Bucket::GeotileGrid(grid) => {
                (Kind::Tiles { zoom: grid.precision, bounds: area(grid.bounds) }, most(grid.size))
            }
            Bucket::GeohashGrid(grid) => {
                let length = usize::from(grid.precision);
                (Kind::Geohashes { length, bounds: area(grid.bounds) }, most(grid.size))
            }
        };
        let field = bucket.field().map(ToOwned::to_owned);
        let name = kind.is_common().then(|| Arc::from(format!("{field:?} {kind:?}")));
        (Self { id: bucket.id().to_owned(), field, kind, name }, ranking)
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
                if self.of_event_time(time, fields) {
                    Source::EventTime
                } else {
                    let field = self.field.as_deref().and_then(|name| fields.asked(name));
                    Source::Column(field.and_then(|id| rows.column(id)))
                }
            }
        };
        let rounder = self.rounding().map(Rounding::over_many);
        Coding { level: self, source, rows, words, rounder, admitted: RefCell::default() }
    }

    /// Whether keys are those of the event time, which is the field `time` if it is one.
    pub(crate) fn of_event_time(&self, time: Option<FieldId>, fields: &Fields) -> bool {
        let of_time = matches!(
            &self.kind,
            Kind::Series(Series { line: Line::Dates(_), .. })
                | Kind::Stretches(Stretches::Times(_))
        );
        let field = self.field.as_deref().map(|name| fields.asked(name));
        of_time && field.is_none_or(|field| field.is_some() && field == time)
    }

    /// The code that stands for the same key: rows without a value join those that have the `missing` one.
    pub(crate) fn joined(&self, code: Code, words: &Dictionary) -> Code {
        let (Kind::Terms(Wanted { missing: Some(missing), .. }), MISSING) = (&self.kind, code.0)
        else {
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
            Kind::Series(series) => match series.line {
                Line::Dates(_) => Value::Int(code.1 as i64),
                Line::Numbers { .. } => Value::float(series.start(code.1 as i64)),
            },
            Kind::Stretches(stretches) => stretches.key(code.1 as usize),
            Kind::Filters(filters) => Value::text(&filters[code.1 as usize].0),
            Kind::Tiles { .. } => {
                Tile::from_bits(code.1).map_or(Value::Null, |tile| Value::text(&tile.to_string()))
            }
            Kind::Geohashes { length, .. } => Value::text(&geohash::name(code.1, *length)),
            Kind::Terms(Wanted { missing, .. }) => match code.0 {
                MISSING => missing.clone().unwrap_or_default(),
                1 => Value::Text(Arc::clone(words.word(code.1 as u32))),
                2 => Value::Int(code.1 as i64),
                3 => Value::float(f64::from_bits(code.1)),
                4 => Value::Bool(code.1 == 1),
                _ => Value::Null,
            },
        }
    }

    /// What stands for a key where keys are ordered.
    pub(crate) fn key_rank(&self, code: Code, words: &Dictionary) -> Value {
        let key = self.key(code, words);
        match &self.kind {
            Kind::Terms(wanted) => wanted.rank(key),
            _ => key,
        }
    }

    /// Records that a bucket along a line has at least, and whether empty ones are rows: with 0.
    pub(crate) fn min_doc_count(&self) -> u64 {
        match &self.kind {
            Kind::Series(series) => series.min_doc_count,
            _ => 1,
        }
    }

    /// First and last place that a line is filled up to, given those that have hits; and how many buckets that makes.
    pub(crate) fn stretch(&self, hits: Option<(i64, i64)>) -> Option<(i64, i64, u64)> {
        let Kind::Series(series) = &self.kind else { return None };
        let places = [hits.map(|(first, _)| first), hits.map(|(_, last)| last)];
        let all = places.into_iter().chain([series.extended.0, series.extended.1]).flatten();
        let (first, last) = (all.clone().min()?, all.max()?);
        Some((first, last, series.count(first, last)))
    }

    /// Whether the hard bounds of a line let a place be.
    pub(crate) fn admits(&self, place: i64) -> bool {
        match &self.kind {
            Kind::Series(series) => series.admits(place),
            _ => true,
        }
    }

    pub(crate) fn next_place(&self, place: i64) -> Option<i64> {
        match &self.kind {
            Kind::Series(series) => series.next(place),
            _ => None,
        }
    }

    pub(crate) fn places(&self) -> usize {
        match &self.kind {
            Kind::Filters(filters) => filters.len(),
            Kind::Stretches(stretches) => stretches.len(),
            _ => 0,
        }
    }

    pub(crate) fn rounding(&self) -> Option<&Rounding> {
        match &self.kind {
            Kind::Series(Series { line: Line::Dates(rounding), .. }) => Some(rounding),
            _ => None,
        }
    }

    pub(crate) fn place(index: usize) -> Code {
        Code(PLACE, index as u64)
    }

    pub(crate) fn at(place: i64) -> Code {
        Code(2, place as u64)
    }
}

fn terms_ranking(terms: &hailstream_query::Terms, query: &Query) -> Ranking {
    let metric = query.metric_columns().iter().position(|column| *column == terms.order.by);
    let by = match (metric, terms.order.by.as_str()) {
        (Some(metric), _) => By::Metric(metric),
        (None, "_key") => By::Key,
        (None, _) => By::Count,
    };
    let (direction, other) = (terms.order.direction, terms.other);
    Ranking::Top { size: terms.size as usize, by, direction, other }
}

/// A level over one batch, its column looked up once.
pub(crate) struct Coding<'a> {
    level: &'a Level,
    source: Source<'a>,
    rows: &'a Rows,
    words: &'a Dictionary,
    rounder: Option<Rounder<'a>>,
    /// Keys of this batch that were looked at, where a list or an expression chooses among them.
    admitted: RefCell<HashMap<Code, bool, foldhash::fast::FixedState>>,
}

enum Source<'a> {
    EventTime,
    Column(Option<&'a Column>),
    Filters(Vec<Passing<'a>>),
}

impl Coding<'_> {
    /// What the keys depend on.
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        self.level.name.as_ref()
    }

    /// The keys of all rows; none where a row may have several.
    pub(crate) fn keys(&self) -> Option<Keys> {
        match &self.source {
            Source::Column(Some(Column::Many(_))) | Source::Filters(_) => return None,
            // Ranges may overlap.
            _ if matches!(self.level.kind, Kind::Stretches(_)) => return None,
            Source::EventTime | Source::Column(_) => {}
        }
        let mut numbering = Numbering::default();
        if let (Kind::Terms(wanted), Source::Column(Some(Column::Words(of)))) =
            (&self.level.kind, &self.source)
            && wanted.missing.is_none()
            && !wanted.chooses()
        {
            for word in of {
                numbering.push(word.map(|word| Code(1, u64::from(word))));
            }
            return Some(numbering.keys);
        }
        let mut own = Vec::new();
        for row in 0..self.rows.len() {
            own.clear();
            self.codes(row, &mut own);
            numbering.push(own.first().copied());
        }
        Some(numbering.keys)
    }

    /// The codes of a row's keys, added to `codes`. A record counts once in each bucket, however many of its values lie
    /// there.
    pub(crate) fn codes(&self, row: usize, codes: &mut Vec<Code>) {
        match &self.source {
            Source::EventTime => {
                self.slot_codes(Slot::Long(self.rows.origins[row].time_ms), codes);
            }
            Source::Column(column) => {
                let mut is_missing = true;
                for slot in column.iter().flat_map(|column| column.slots(row)) {
                    is_missing = false;
                    self.slot_codes(slot, codes);
                }
                if is_missing && let Kind::Terms(Wanted { missing: Some(_), .. }) = self.level.kind
                {
                    codes.push(Code(MISSING, 0));
                }
                if codes.len() > 1 {
                    codes.sort_unstable();
                    codes.dedup();
                }
            }
            Source::Filters(filters) => {
                let matching = filters.iter().enumerate().filter(|(_, filters)| filters.row(row));
                codes.extend(matching.map(|(index, _)| Level::place(index)));
            }
        }
    }

    fn slot_codes(&self, slot: Slot, codes: &mut Vec<Code>) {
        match (&self.level.kind, slot) {
            (Kind::Series(series), _) => {
                let place = match (&self.rounder, slot) {
                    (Some(rounder), Slot::Long(at)) => Some(rounder.start(at)),
                    (Some(_), _) => None,
                    (None, _) => slot.number().and_then(|number| series.number_place(number)),
                };
                codes.extend(place.filter(|place| series.admits(*place)).map(Level::at));
            }
            (Kind::Stretches(stretches), _) => {
                stretches.places(slot, self.words, |place| codes.push(Level::place(place)));
            }
            (Kind::Tiles { zoom, bounds }, Slot::Point(at)) => {
                let tile = Tile::at(at, *zoom);
                if bounds.as_ref().is_none_or(|bounds| bounds.intersects(&tile.bounds())) {
                    codes.push(Code(PLACE, tile.to_bits()));
                }
            }
            (Kind::Geohashes { length, bounds }, Slot::Point(at)) => {
                let number = geohash::number(at, *length);
                let inside = bounds.as_ref().is_none_or(|bounds| {
                    geohash::decode(&geohash::name(number, *length))
                        .is_ok_and(|cell| bounds.intersects(&cell))
                });
                if inside {
                    codes.push(Code(PLACE, number));
                }
            }
            (Kind::Terms(wanted), _) => {
                let (kind, number) = identity(slot);
                let code = Code(kind, number);
                let admitted = || wanted.admits(&self.level.key(code, self.words));
                if !wanted.chooses()
                    || *self.admitted.borrow_mut().entry(code).or_insert_with(admitted)
                {
                    codes.push(code);
                }
            }
            (Kind::Filters(_) | Kind::Tiles { .. } | Kind::Geohashes { .. }, _) => {}
        }
    }
}
