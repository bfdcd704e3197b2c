//! Buckets: records sorted into heaps, heap by heap.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_geo::Bounds;
use hailstream_geo::mercator::Tile;
use hailstream_protocol::{QueryResult, Row, RowFlags, Truncated, Value};
use hailstream_query::{
    Bucket, DateHistogram, Direction, Filters, GeotileGrid, Histogram, Interval, Query, Terms,
    resolve_time,
};
use jiff::tz::TimeZone;

use super::{Facts, Record, filter, metric, pipelines, position};

type Heap<'a> = (Value, Vec<&'a Record>);

struct Answer<'q> {
    query: &'q Query,
    facts: &'q Facts<'q>,
    time_field: Option<&'q str>,
    length_ms: i64,
    rows: Vec<Row>,
    flags: Vec<RowFlags>,
    counts: Vec<usize>,
    truncated: BTreeMap<String, Truncated>,
    estimated: BTreeSet<String>,
}

pub(super) fn evaluate(query: &Query, facts: &Facts<'_>, records: &[&Record]) -> QueryResult {
    let total = records.len() as u64;
    let mut answer = Answer {
        query,
        facts,
        time_field: facts.time_field,
        length_ms: length_ms(query, facts.now_ms),
        rows: Vec::new(),
        flags: Vec::new(),
        counts: Vec::new(),
        truncated: BTreeMap::new(),
        estimated: BTreeSet::new(),
    };
    answer.write(&query.buckets, records, &mut Vec::new(), false);
    let buckets = query.buckets.iter().map(|bucket| bucket.id().to_owned());
    let columns = buckets.chain(query.metric_columns()).collect();
    let mut approximate = query.metric_columns();
    approximate.retain(|column| answer.is_estimated(column));
    pipelines::fill(query, &mut answer.rows, &answer.flags, &answer.counts);
    let flagged = answer.flags.iter().any(|flags| flags.other);
    QueryResult {
        columns,
        rows: answer.rows,
        row_flags: if flagged { answer.flags } else { Vec::new() },
        truncated: answer.truncated,
        approximate,
        total,
        ..QueryResult::default()
    }
}

/// Length of the query's time range; automatic intervals follow from it.
fn length_ms(query: &Query, now_ms: Option<i64>) -> i64 {
    let zone = query.zone().unwrap_or(TimeZone::UTC);
    let range = query.time.as_ref().and_then(|time| {
        resolve_time(&time.from, &time.to, now_ms.unwrap_or_default(), &zone).ok()
    });
    range.map_or(0, |(from, to)| (to - from).max(0))
}

impl Answer<'_> {
    fn scope(&self) -> metric::Scope<'_> {
        metric::Scope { query: self.query, facts: self.facts }
    }

    /// Whether a column has estimates, or reads such a one.
    fn is_estimated(&self, column: &str) -> bool {
        let metric = self.query.metrics.iter().find(|metric| metric.id() == column);
        let path = metric.and_then(|metric| metric.buckets_path());
        self.estimated.contains(column) || path.is_some_and(|path| self.is_estimated(path))
    }

    /// One row per leaf, depth first.
    fn write(&mut self, buckets: &[Bucket], records: &[&Record], key: &mut Row, other: bool) {
        let Some((bucket, below)) = buckets.split_first() else {
            let mut row = key.clone();
            for one in &self.query.metrics {
                row.extend(metric::cells(one, records, self.scope()));
                if metric::may_be_estimate(one, records, self.scope()) {
                    self.estimated.extend(one.columns());
                }
            }
            self.rows.push(row);
            self.flags.push(RowFlags { other });
            self.counts.push(records.len());
            return;
        };
        let is_leaf = below.is_empty();
        let (heaps, beyond) = match bucket {
            Bucket::DateHistogram(date) => (self.dates(date, records, is_leaf), None),
            Bucket::Histogram(histogram) => (numbers(histogram, records, is_leaf), None),
            Bucket::Filters(filters) => (labelled(filters, records), None),
            Bucket::Terms(terms) => {
                let heaps = self.ranked(self.words(terms, records), terms);
                let (heaps, beyond) = self.cut(heaps, terms.size as usize, &terms.id);
                (heaps, beyond.filter(|_| terms.other))
            }
            Bucket::GeotileGrid(grid) => {
                let mut heaps = tiles(grid, records);
                heaps.sort_by_key(|(_, records)| std::cmp::Reverse(records.len()));
                (self.cut(heaps, grid.size as usize, &grid.id).0, None)
            }
        };
        for (value, records) in heaps {
            key.push(value);
            self.write(below, &records, key, other);
            key.pop();
        }
        if let Some(beyond) = beyond {
            key.push(Value::Null);
            self.write(below, &beyond, key, true);
            key.pop();
        }
    }

    fn dates<'a>(&self, date: &DateHistogram, records: &[&'a Record], fill: bool) -> Vec<Heap<'a>> {
        let interval = date.interval_ms(self.length_ms).unwrap_or(60_000);
        let offset = date.offset.map_or(0, Interval::millis);
        let is_event_time = date.field.is_none() || date.field.as_deref() == self.time_field;
        let places = |record: &Record| -> Vec<i64> {
            let times: Vec<i64> = match &date.field {
                Some(field) if !is_event_time => {
                    record.all(field).iter().filter_map(Value::as_i64).collect()
                }
                _ => vec![record.time_ms],
            };
            times.into_iter().map(|time| (time - offset).div_euclid(interval)).collect()
        };
        let heaps = series(records, places, fill && date.min_doc_count == 0);
        heaps
            .into_iter()
            .map(|(place, heap)| (Value::Int(place * interval + offset), heap))
            .collect()
    }

    /// The heaps of a terms bucket, by key.
    fn words<'a>(&self, terms: &Terms, records: &[&'a Record]) -> Vec<Heap<'a>> {
        let read = |json: &serde_json::Value| -> Value {
            serde_json::from_value(json.clone()).unwrap_or_default()
        };
        let listed =
            |list: &Vec<serde_json::Value>, key: &Value| list.iter().any(|json| read(json) == *key);
        let mut heaps: BTreeMap<Value, Vec<&Record>> = BTreeMap::new();
        for record in records {
            let values: BTreeSet<&Value> = record.all(&terms.field).iter().collect();
            for key in &values {
                let included = terms.include.as_ref().is_none_or(|list| listed(list, key));
                let excluded = terms.exclude.as_ref().is_some_and(|list| listed(list, key));
                if included && !excluded {
                    heaps.entry((*key).clone()).or_default().push(record);
                }
            }
            if let (true, Some(missing)) = (values.is_empty(), &terms.missing) {
                heaps.entry(read(missing)).or_default().push(record);
            }
        }
        heaps.into_iter().collect()
    }

    /// Heaps by key put into the order asked for; ties stay by key.
    fn ranked<'a>(&self, heaps: Vec<Heap<'a>>, terms: &Terms) -> Vec<Heap<'a>> {
        let by = self.query.metrics.iter().find_map(|metric| {
            let column = metric.columns().iter().position(|id| *id == terms.order.by)?;
            Some((metric, column))
        });
        let mut ranked: Vec<(Value, Heap<'_>)> = heaps
            .into_iter()
            .map(|(key, records)| match (terms.order.by.as_str(), by) {
                (_, Some((by, column))) => {
                    (metric::cells(by, &records, self.scope()).swap_remove(column), (key, records))
                }
                ("_key", None) => (key.clone(), (key, records)),
                (_, None) => (Value::Int(records.len() as i64), (key, records)),
            })
            .collect();
        match terms.order.direction {
            Direction::Asc => ranked.sort_by(|(a, _), (b, _)| a.cmp(b)),
            Direction::Desc => ranked.sort_by(|(a, _), (b, _)| b.cmp(a)),
        }
        ranked.into_iter().map(|(_, heap)| heap).collect()
    }

    /// The first `size` heaps, and all records of the others.
    fn cut<'a>(
        &mut self,
        mut heaps: Vec<Heap<'a>>,
        size: usize,
        id: &str,
    ) -> (Vec<Heap<'a>>, Option<Vec<&'a Record>>) {
        if heaps.len() <= size {
            return (heaps, None);
        }
        let truncated = self.truncated.entry(id.to_owned()).or_default();
        truncated.shown += size as u64;
        truncated.of += heaps.len() as u64;
        let beyond = heaps.split_off(size);
        (heaps, Some(beyond.into_iter().flat_map(|(_, records)| records).collect()))
    }
}

/// Heaps along a line of places; `fill` adds the empty ones between the first and the last.
fn series<'a>(
    records: &[&'a Record],
    places: impl Fn(&Record) -> Vec<i64>,
    fill: bool,
) -> BTreeMap<i64, Vec<&'a Record>> {
    let mut heaps: BTreeMap<i64, Vec<&Record>> = BTreeMap::new();
    for record in records {
        for place in BTreeSet::from_iter(places(record)) {
            heaps.entry(place).or_default().push(record);
        }
    }
    if let (true, Some((first, _)), Some((last, _))) =
        (fill, heaps.first_key_value(), heaps.last_key_value())
    {
        for place in *first..=*last {
            heaps.entry(place).or_default();
        }
    }
    heaps
}

fn numbers<'a>(histogram: &Histogram, records: &[&'a Record], fill: bool) -> Vec<Heap<'a>> {
    let (interval, offset) = (histogram.interval, histogram.offset);
    let places = |record: &Record| -> Vec<i64> {
        let numbers = record.all(&histogram.field).iter().filter_map(metric::number);
        numbers
            .filter_map(|number| number.as_f64())
            .map(|number| ((number - offset) / interval).floor() as i64)
            .collect()
    };
    let heaps = series(records, places, fill && histogram.min_doc_count == 0);
    heaps
        .into_iter()
        .map(|(place, heap)| (Value::float(place as f64 * interval + offset), heap))
        .collect()
}

fn labelled<'a>(filters: &Filters, records: &[&'a Record]) -> Vec<Heap<'a>> {
    let heap = |(label, query): &(String, hailstream_query::FilterQuery)| {
        let matching =
            records.iter().copied().filter(|record| filter::all(query.filters(), record));
        (Value::text(label), matching.collect())
    };
    filters.filters.iter().map(heap).collect()
}

/// Heaps by tile name.
fn tiles<'a>(grid: &GeotileGrid, records: &[&'a Record]) -> Vec<Heap<'a>> {
    let area = grid.bounds.and_then(|[w, s, e, n]| Bounds::new(w, s, e, n).ok());
    let mut heaps: BTreeMap<Value, Vec<&Record>> = BTreeMap::new();
    for record in records {
        let places = record.all(&grid.field).iter().filter_map(position);
        let touched: BTreeSet<String> = places
            .map(|at| Tile::at(at, grid.precision))
            .filter(|tile| area.as_ref().is_none_or(|area| area.intersects(&tile.bounds())))
            .map(|tile| tile.to_string())
            .collect();
        for tile in touched {
            heaps.entry(Value::text(&tile)).or_default().push(record);
        }
    }
    heaps.into_iter().collect()
}
