//! Buckets: records sorted into heaps, heap by heap.

use std::collections::{BTreeMap, BTreeSet};

use hailstream_protocol::{QueryResult, Row, RowFlags, Truncated, Value};
use hailstream_query::{Bucket, Direction, Query, Terms, resolve_time};
use jiff::tz::TimeZone;

use super::heaps::{self, Heap};
use super::{Facts, Record, filter, metric, pipelines};

/// Rows up to which axes are filled up with empty ones.
const MAX_FILLED: f64 = 65_535.0;

struct Answer<'q> {
    query: &'q Query,
    facts: &'q Facts<'q>,
    asker: filter::Asker<'q>,
    length_ms: i64,
    rows: Vec<Row>,
    flags: Vec<RowFlags>,
    counts: Vec<usize>,
    truncated: BTreeMap<String, Truncated>,
    estimated: BTreeSet<String>,
}

pub(super) fn evaluate<'q>(
    query: &'q Query,
    facts: &'q Facts<'q>,
    records: &[&Record],
) -> QueryResult {
    let total = records.len() as u64;
    let mut answer = Answer {
        query,
        facts,
        asker: filter::Asker::of(query, facts),
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
    range.map_or(0, |(from, to)| to.saturating_sub(from).max(0))
}

impl Answer<'_> {
    fn scope(&self) -> metric::Scope<'_> {
        metric::Scope { query: self.query, facts: self.facts, asker: &self.asker }
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
        let now_ms = self.facts.now_ms.unwrap_or_default();
        let time = self.facts.time_field;
        let (heaps, beyond) = match bucket {
            Bucket::DateHistogram(date) => {
                let line = heaps::Dates::of(date, self.query, self.length_ms, now_ms);
                (self.line(heaps::dates(&line, time, records), &line, &date.id, is_leaf), None)
            }
            Bucket::Histogram(numbers) => {
                (self.line(heaps::numbers(numbers, records), numbers, &numbers.id, is_leaf), None)
            }
            Bucket::Filters(filters) => (heaps::labelled(filters, &self.asker, records), None),
            Bucket::Range(range) => (heaps::ranges(range, records), None),
            Bucket::DateRange(range) => {
                (heaps::date_ranges(range, self.query, now_ms, time, records), None)
            }
            Bucket::IpRange(range) => (heaps::ip_ranges(range, records), None),
            Bucket::Terms(terms) => {
                let heaps = heaps::words(terms, self.facts, records);
                let heaps = self.ranked(heaps, terms);
                let (heaps, beyond) = self.cut(heaps, terms.size as usize, &terms.id);
                (heaps, beyond.filter(|_| terms.other))
            }
            Bucket::GeotileGrid(grid) => {
                let heaps = heaps::most_first(heaps::tiles(grid, records));
                (self.cut(heaps, grid.size as usize, &grid.id).0, None)
            }
            Bucket::GeohashGrid(grid) => {
                let heaps = heaps::most_first(heaps::geohashes(grid, records));
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

    /// Heaps along a line: without those that are too small, with the empty ones between.
    fn line<'a>(
        &mut self,
        heaps: BTreeMap<Value, Vec<&'a Record>>,
        line: &impl heaps::Line,
        id: &str,
        is_leaf: bool,
    ) -> Vec<Heap<'a>> {
        let least = line.min_doc_count();
        let mut heaps = heaps;
        heaps.retain(|_, records| records.len() as u64 >= least);
        if least > 0 || !is_leaf {
            return heaps.into_iter().collect();
        }
        let (first, last) = line.extended();
        let hits = [heaps.first_key_value(), heaps.last_key_value()];
        let hits = hits.into_iter().flatten().map(|(key, _)| key.clone());
        let ends: Vec<Value> = hits.chain(first).chain(last).collect();
        let (Some(first), Some(last)) = (ends.iter().min(), ends.iter().max()) else {
            return heaps.into_iter().collect();
        };
        let of = line.count(first, last);
        if of + self.rows.len() as f64 > MAX_FILLED {
            let truncated = self.truncated.entry(id.to_owned()).or_default();
            truncated.shown += heaps.len() as u64;
            truncated.of += of as u64;
            return heaps.into_iter().collect();
        }
        for key in line.between(first, last) {
            heaps.entry(key).or_default();
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
            .enumerate()
            .map(|(place, (key, records))| match (terms.order.by.as_str(), by) {
                (_, Some((by, column))) => {
                    (metric::cells(by, &records, self.scope()).swap_remove(column), (key, records))
                }
                ("_key", None) => (Value::Int(place as i64), (key, records)),
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
