//! Heaps: the records of each key of one bucket.

use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};

use hailstream_geo::mercator::Tile;
use hailstream_geo::{Bounds, LonLat, geohash};
use hailstream_protocol::Value;
use hailstream_query::{
    CalendarUnit, DateHistogram, DateRange, Filters, GeohashGrid, GeotileGrid, Histogram, IpRange,
    Keys, Query, Range, Terms, TimeBounds, address_number,
};
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::filter::Asker;
use super::{Facts, Record, dates, metric, position};
use crate::config::FieldType;

pub(super) type Heap<'a> = (Value, Vec<&'a Record>);

/// Buckets along a line.
pub(super) trait Line {
    fn min_doc_count(&self) -> u64;
    /// Keys out to which empty buckets are shown.
    fn extended(&self) -> (Option<Value>, Option<Value>);
    /// About how many buckets lie between two keys, both included.
    fn count(&self, first: &Value, last: &Value) -> f64;
    /// Their keys.
    fn between(&self, first: &Value, last: &Value) -> Vec<Value>;
}

/// Records by key, each in a heap once.
fn heaped<'a>(
    records: &[&'a Record],
    keys: impl Fn(&Record) -> BTreeSet<Value>,
) -> BTreeMap<Value, Vec<&'a Record>> {
    let mut heaps: BTreeMap<Value, Vec<&Record>> = BTreeMap::new();
    for record in records {
        for key in keys(record) {
            heaps.entry(key).or_default().push(record);
        }
    }
    heaps
}

/// The times of a field, or the event time.
fn times(record: &Record, field: Option<&str>, time_field: Option<&str>) -> Vec<i64> {
    match field {
        Some(field) if Some(field) != time_field => {
            record.all(field).iter().filter_map(Value::as_i64).collect()
        }
        _ => vec![record.time_ms],
    }
}

/// A `date_histogram` at one moment.
pub(super) struct Dates<'q> {
    bucket: &'q DateHistogram,
    zone: TimeZone,
    length_ms: Option<i64>,
    extended: (Option<i64>, Option<i64>),
    hard: (Option<i64>, Option<i64>),
}

impl<'q> Dates<'q> {
    pub(super) fn of(bucket: &'q DateHistogram, query: &Query, range_ms: i64, now_ms: i64) -> Self {
        let zone = query.zone_of(bucket.time_zone.as_deref()).unwrap_or(TimeZone::UTC);
        let ends = |bounds: &Option<TimeBounds>| {
            bounds
                .as_ref()
                .and_then(|bounds| bounds.resolve(now_ms, &zone).ok())
                .unwrap_or_default()
        };
        let (extended, hard) = (ends(&bucket.extended_bounds), ends(&bucket.hard_bounds));
        Self { length_ms: bucket.interval_ms(range_ms), bucket, zone, extended, hard }
    }

    fn start(&self, at_ms: i64) -> i64 {
        let offset = self.bucket.offset.map_or(0, hailstream_query::Offset::millis);
        let start = match (self.bucket.calendar_interval, self.length_ms) {
            (Some(unit), _) => dates::of_calendar(at_ms - offset, unit, &self.zone),
            (None, length) => dates::on_grid(at_ms - offset, length.unwrap_or(60_000), &self.zone),
        };
        start + offset
    }

    fn admits(&self, start: i64) -> bool {
        let (min, max) = self.hard;
        min.is_none_or(|min| start >= self.start(min)) && max.is_none_or(|max| start < max)
    }

    fn about_ms(&self) -> i64 {
        self.bucket
            .calendar_interval
            .map_or(self.length_ms.unwrap_or(60_000), CalendarUnit::about_ms)
    }
}

impl Line for Dates<'_> {
    fn min_doc_count(&self) -> u64 {
        self.bucket.min_doc_count
    }

    fn extended(&self) -> (Option<Value>, Option<Value>) {
        let key = |at: Option<i64>| at.map(|at| Value::Int(self.start(at)));
        (key(self.extended.0), key(self.extended.1))
    }

    fn count(&self, first: &Value, last: &Value) -> f64 {
        let (first, last) = (first.as_i64().unwrap_or(0), last.as_i64().unwrap_or(0));
        ((last - first) / self.about_ms() + 1) as f64
    }

    fn between(&self, first: &Value, last: &Value) -> Vec<Value> {
        let (first, last) = (first.as_i64().unwrap_or(0), last.as_i64().unwrap_or(0));
        let step =
            if self.about_ms() > 60_000 { self.about_ms().min(1_800_000) } else { self.about_ms() };
        let looks = (0..).map(|step_number| first + step_number * step);
        let starts = looks.take_while(|at| *at <= last).map(|at| self.start(at));
        starts.filter(|start| self.admits(*start)).map(Value::Int).collect()
    }
}

pub(super) fn dates<'a>(
    line: &Dates<'_>,
    time_field: Option<&str>,
    records: &[&'a Record],
) -> BTreeMap<Value, Vec<&'a Record>> {
    heaped(records, |record| {
        let times = times(record, line.bucket.field.as_deref(), time_field);
        let starts = times.into_iter().map(|at| line.start(at));
        starts.filter(|start| line.admits(*start)).map(Value::Int).collect()
    })
}

/// The first number of the bucket that a number lies in.
fn lower(histogram: &Histogram, number: f64) -> f64 {
    ((number - histogram.offset) / histogram.interval).floor() * histogram.interval
        + histogram.offset
}

fn admits(histogram: &Histogram, key: f64) -> bool {
    let bounds = histogram.hard_bounds;
    let (min, max) = bounds.map_or((None, None), |bounds| (bounds.min, bounds.max));
    min.is_none_or(|min| key >= lower(histogram, min)) && max.is_none_or(|max| key < max)
}

impl Line for Histogram {
    fn min_doc_count(&self) -> u64 {
        self.min_doc_count
    }

    fn extended(&self) -> (Option<Value>, Option<Value>) {
        let key = |number: Option<f64>| number.map(|number| Value::float(lower(self, number)));
        self.extended_bounds.map_or((None, None), |bounds| (key(bounds.min), key(bounds.max)))
    }

    fn count(&self, first: &Value, last: &Value) -> f64 {
        let place =
            |key: &Value| ((key.as_f64().unwrap_or(0.0) - self.offset) / self.interval).round();
        place(last) - place(first) + 1.0
    }

    fn between(&self, first: &Value, last: &Value) -> Vec<Value> {
        let first = ((first.as_f64().unwrap_or(0.0) - self.offset) / self.interval).round();
        // Beyond 2⁵³ a step of one is none.
        let next = |place: &f64| (place + 1.0 > *place).then_some(place + 1.0);
        let places = std::iter::successors(Some(first), next);
        let keys = places.map(|place| Value::float(place * self.interval + self.offset));
        let keys = keys.take_while(|key| key <= last);
        keys.filter(|key| key.as_f64().is_some_and(|key| admits(self, key))).collect()
    }
}

pub(super) fn numbers<'a>(
    histogram: &Histogram,
    records: &[&'a Record],
) -> BTreeMap<Value, Vec<&'a Record>> {
    heaped(records, |record| {
        let numbers = record.all(&histogram.field).iter().filter_map(metric::number);
        let keys =
            numbers.filter_map(|number| number.as_f64()).map(|number| lower(histogram, number));
        keys.filter(|key| admits(histogram, *key)).map(Value::float).collect()
    })
}

pub(super) fn labelled<'a>(
    filters: &Filters,
    asker: &Asker<'_>,
    records: &[&'a Record],
) -> Vec<Heap<'a>> {
    let heap = |(label, query): &(String, hailstream_query::FilterQuery)| {
        let matching = records.iter().copied().filter(|record| asker.labelled(query, record));
        (Value::text(label), matching.collect())
    };
    filters.filters.iter().map(heap).collect()
}

pub(super) fn ranges<'a>(bucket: &Range, records: &[&'a Record]) -> Vec<Heap<'a>> {
    let heap = |range: &hailstream_query::NumberRange| {
        let inside = |record: &&Record| {
            let numbers = record.all(&bucket.field).iter().filter_map(metric::number);
            numbers.filter_map(|number| number.as_f64()).any(|number| {
                range.from.is_none_or(|from| from <= number)
                    && range.to.is_none_or(|to| number < to)
            })
        };
        (Value::text(&range.label()), records.iter().copied().filter(inside).collect())
    };
    bucket.ranges.iter().map(heap).collect()
}

pub(super) fn date_ranges<'a>(
    bucket: &DateRange,
    query: &Query,
    now_ms: i64,
    time_field: Option<&str>,
    records: &[&'a Record],
) -> Vec<Heap<'a>> {
    let stretches = bucket.resolve(query, now_ms).unwrap_or_default();
    let heap = |range: &hailstream_query::ResolvedStretch| {
        let inside = |record: &&Record| {
            times(record, bucket.field.as_deref(), time_field).into_iter().any(|at| {
                range.from_ms.is_none_or(|from| from <= at) && range.to_ms.is_none_or(|to| at < to)
            })
        };
        (Value::text(&range.key), records.iter().copied().filter(inside).collect())
    };
    stretches.iter().map(heap).collect()
}

fn address(value: &Value) -> Option<u128> {
    value.as_str()?.parse::<IpAddr>().ok().map(address_number)
}

pub(super) fn ip_ranges<'a>(bucket: &IpRange, records: &[&'a Record]) -> Vec<Heap<'a>> {
    let heap = |range: &hailstream_query::AddressRange| {
        let ends = range.ends().ok().flatten();
        let inside = |record: &&Record| {
            let mut addresses = record.all(&bucket.field).iter().filter_map(address);
            addresses.any(|at| ends.is_some_and(|(first, last)| first <= at && at <= last))
        };
        (Value::text(&range.label()), records.iter().copied().filter(inside).collect())
    };
    bucket.ranges.iter().map(heap).collect()
}

fn read(json: &Json) -> Value {
    serde_json::from_value(json.clone()).unwrap_or_default()
}

/// Whether a key is among those listed, or written as one of them, or matches the expression.
fn meant(keys: &Keys, key: &Value) -> bool {
    let written = key.to_string();
    match keys {
        Keys::List(list) => {
            let same_address =
                |json: &Json| address(key).is_some() && address(key) == address(&read(json));
            list.iter().any(|json| {
                read(json) == *key || json.as_str() == Some(&written) || same_address(json)
            })
        }
        Keys::Pattern(_) => {
            keys.regex().ok().flatten().is_some_and(|regex| regex.is_match(&written))
        }
    }
}

/// The heaps of a terms bucket, by key; addresses in their order as numbers.
pub(super) fn words<'a>(terms: &Terms, facts: &Facts<'_>, records: &[&'a Record]) -> Vec<Heap<'a>> {
    let heaps = heaped(records, |record| {
        let values: BTreeSet<&Value> = record.all(&terms.field).iter().collect();
        if let (true, Some(missing)) = (values.is_empty(), &terms.missing) {
            return BTreeSet::from([read(missing)]);
        }
        let wanted = values.into_iter().filter(|key| {
            terms.include.as_ref().is_none_or(|keys| meant(keys, key))
                && !terms.exclude.as_ref().is_some_and(|keys| meant(keys, key))
        });
        wanted.cloned().collect()
    });
    let mut heaps: Vec<Heap<'a>> = heaps.into_iter().collect();
    let name = terms.field.strip_suffix(".keyword").unwrap_or(&terms.field);
    if facts.types.get(name) == Some(&FieldType::Ip) {
        heaps.sort_by_key(|(key, _)| {
            address(key)
                .map_or_else(|| key.clone(), |number| Value::text(&format!("{number:032x}")))
        });
    }
    heaps
}

pub(super) fn most_first<'a>(heaps: BTreeMap<Value, Vec<&'a Record>>) -> Vec<Heap<'a>> {
    let mut heaps: Vec<Heap<'a>> = heaps.into_iter().collect();
    heaps.sort_by_key(|(_, records)| std::cmp::Reverse(records.len()));
    heaps
}

fn area(bounds: Option<[f64; 4]>) -> Option<Bounds> {
    bounds.and_then(|[w, s, e, n]| Bounds::new(w, s, e, n).ok())
}

/// Heaps by the name of the cell that a position lies in, of cells that touch an area.
fn cells<'a>(
    field: &str,
    bounds: Option<[f64; 4]>,
    records: &[&'a Record],
    cell: impl Fn(LonLat) -> (String, Bounds),
) -> BTreeMap<Value, Vec<&'a Record>> {
    let area = area(bounds);
    heaped(records, |record| {
        let cells = record.all(field).iter().filter_map(position).map(&cell);
        let touching =
            cells.filter(|(_, bounds)| area.as_ref().is_none_or(|area| area.intersects(bounds)));
        touching.map(|(name, _)| Value::text(&name)).collect()
    })
}

/// Heaps by tile name.
pub(super) fn tiles<'a>(
    grid: &GeotileGrid,
    records: &[&'a Record],
) -> BTreeMap<Value, Vec<&'a Record>> {
    cells(&grid.field, grid.bounds, records, |at| {
        let tile = Tile::at(at, grid.precision);
        (tile.to_string(), tile.bounds())
    })
}

/// Heaps by geohash.
pub(super) fn geohashes<'a>(
    grid: &GeohashGrid,
    records: &[&'a Record],
) -> BTreeMap<Value, Vec<&'a Record>> {
    cells(&grid.field, grid.bounds, records, |at| {
        let name = geohash::encode(at, usize::from(grid.precision));
        let everywhere = || Bounds::around([at]);
        let bounds = geohash::decode(&name).ok().or_else(everywhere);
        (name, bounds.unwrap_or_else(|| unreachable!("a position has bounds")))
    })
}
