//! The law: a view's answer at any moment equals the naive evaluation of the records accepted so far, whatever the
//! batch cuts, the moments at which views were opened, and the interleaving of partitions; and what viewers put together
//! from deltas equals it too.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod buckets;
mod judge;
mod metrics;
mod queries;
mod records;

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_engine::naive::evaluate;
use hailstream_engine::{Backfill, Clock, Engine, RawRecord, ViewId};
use hailstream_fuzz::{Plan, holds};
use hailstream_protocol::{QueryResult, TimestampType};
use hailstream_query::Query;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use judge::Judge;
use records::{Made, Stream, T0};

/// `percent` of the cases there are in all: 10,000, or as many as `HAILSTREAM_LAW_CASES` says, from the seed
/// `HAILSTREAM_LAW_SEED` on. Another number is another seed too, so that a long run does not begin with what every test
/// has seen.
fn plan(percent: u32) -> Plan {
    Plan::from_environment("LAW", 10_000).share(percent)
}

/// When a view is opened and when its back-fill is swapped in, in batches.
#[derive(Clone, Debug)]
struct Opening {
    query: serde_json::Value,
    at: usize,
    delay: usize,
}

#[derive(Clone)]
struct Scenario {
    stream: Stream,
    records: Vec<Made>,
    /// Lengths of batches; the last takes what is left.
    cuts: Vec<usize>,
    openings: Vec<Opening>,
    /// Answers are compared after every so many batches.
    every: usize,
}

impl std::fmt::Debug for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}\nbatches {:?}, compared every {}", self.stream, self.cuts, self.every)?;
        for Opening { query, at, delay } in &self.openings {
            writeln!(f, "view at batch {at}, filled {delay} later: {query}")?;
        }
        self.records.iter().try_for_each(|record| writeln!(f, "{record:?}"))
    }
}

fn scenario() -> impl Strategy<Value = Scenario> {
    // Made once: there is much in it.
    let opening = (queries::query(), 0_usize..8, 0_usize..4)
        .prop_map(|(query, at, delay)| Opening { query, at, delay })
        .boxed();
    records::stream().prop_flat_map(move |stream| {
        (
            Just(stream.clone()),
            records::records(stream, 1..90),
            prop::collection::vec(1_usize..25, 1..9),
            prop::collection::vec(opening.clone(), 1..4),
            1_usize..4,
        )
            .prop_map(|(stream, records, cuts, openings, every)| Scenario {
                stream,
                records,
                cuts,
                openings,
                every,
            })
    })
}

/// A viewer who has only ever seen a snapshot and deltas.
struct Viewer {
    query: Query,
    seen: Option<QueryResult>,
}

struct Run {
    engine: Engine,
    judge: Judge,
    viewers: BTreeMap<ViewId, Viewer>,
    filling: Vec<(usize, Backfill)>,
    wall_ms: i64,
}

impl Run {
    fn new(stream: &Stream) -> Self {
        let config = Arc::new(stream.config());
        Self {
            engine: Engine::new(Arc::clone(&config), "e"),
            judge: Judge::new(stream.clone()),
            viewers: BTreeMap::new(),
            filling: Vec::new(),
            wall_ms: T0,
        }
    }

    fn open(&mut self, opening: &Opening, batch: usize) {
        let query = Query::from_json(&opening.query).expect("generated queries are valid");
        let (id, backfill) = self.engine.open_view(&query).expect("the stream answers it");
        if let Some(backfill) = backfill {
            self.filling.push((batch + opening.delay, backfill));
            self.viewers.insert(id, Viewer { query, seen: None });
        }
    }

    fn install(&mut self, batch: usize) {
        let (due, waiting) = self.filling.drain(..).partition(|(at, _)| *at <= batch);
        self.filling = waiting;
        let due: Vec<(usize, Backfill)> = due;
        for (_, backfill) in due {
            let filled = backfill.run();
            self.engine.install(filled);
        }
    }

    fn ingest(&mut self, batch: &[Made]) {
        let Some(last) = batch.last() else { return };
        self.wall_ms = self.wall_ms.max(last.arrives_ms);
        let raw: Vec<RawRecord<'_>> = batch.iter().map(raw).collect();
        let letters = self.engine.ingest(&raw, self.wall_ms);
        let refused: Vec<usize> = letters.iter().map(|letter| letter.index).collect();
        let expected: Vec<usize> = batch
            .iter()
            .enumerate()
            .filter(|(_, record)| self.judge.judge(record, self.wall_ms))
            .map(|(index, _)| index)
            .collect();
        assert_eq!(refused, expected, "refused records of {batch:#?}: {letters:#?}");
    }

    /// Compares every view with the naive answer.
    fn check(&mut self) -> Result<(), TestCaseError> {
        self.engine.advance(self.wall_ms);
        prop_assert_eq!(self.engine.account(), self.judge.account);
        prop_assert!(self.engine.account().is_balanced());
        prop_assert_eq!(self.engine.clock_ms(), self.judge.now_ms(self.wall_ms));
        let changed = self.engine.changed();
        for (id, viewer) in &mut self.viewers {
            let Some(tick) = self.engine.tick(*id, self.wall_ms) else { continue };
            if let Some(seen) = &viewer.seen
                && !changed.contains(id)
            {
                let delta = tick.delta.as_ref().expect("there was a result before");
                prop_assert!(delta.is_quiet(seen.rows.len()), "changed unnoticed: {delta:#?}");
            }
            let shown = match (viewer.seen.take(), tick.delta) {
                (Some(mut seen), Some(delta)) => {
                    let text = serde_json::to_string(&delta).expect("deltas are plain data");
                    let delta: hailstream_protocol::Delta =
                        serde_json::from_str(&text).expect("and read back");
                    prop_assert_eq!(delta.apply(&mut seen), Ok(()));
                    seen
                }
                (seen, _) => {
                    prop_assert!(seen.is_none(), "a second result comes with a delta");
                    QueryResult::clone(&tick.result)
                }
            };
            prop_assert_eq!(&shown, tick.result.as_ref());
            let naive = evaluate(&viewer.query, &self.judge.facts(self.wall_ms, tick.result.range));
            same(&naive, &tick.result, &viewer.query)?;
            viewer.seen = Some(shown);
        }
        Ok(())
    }
}

/// Estimates are compared within their error and then taken as they are.
fn same(naive: &QueryResult, answer: &QueryResult, query: &Query) -> Result<(), TestCaseError> {
    let naive = &with_estimates(naive, answer);
    let parts = |result: &QueryResult| {
        let QueryResult { columns, rows, row_flags, total, truncated, approximate, .. } =
            result.clone();
        (columns, rows, row_flags, total, truncated, approximate)
    };
    prop_assert_eq!(
        parts(answer),
        parts(naive),
        "answer and naive differ, range {:?}\n{}",
        answer.range,
        serde_json::to_string(query).unwrap_or_default()
    );
    Ok(())
}

/// The exact answer, with the estimates in place of what they are near enough to. Of fewer than a hundred values, registers
/// tell nearly all apart.
fn with_estimates(exact: &QueryResult, answer: &QueryResult) -> QueryResult {
    let mut exact = exact.clone();
    let approximate: Vec<usize> = (0..exact.columns.len())
        .filter(|index| exact.approximate.contains(&exact.columns[*index]))
        .collect();
    for (row, answered) in exact.rows.iter_mut().zip(&answer.rows) {
        for index in &approximate {
            let (Some(want), Some(got)) = (row[*index].as_f64(), answered[*index].as_f64()) else {
                continue;
            };
            if (want - got).abs() <= (want * 0.1).max(1.0) {
                row[*index] = answered[*index].clone();
            }
        }
    }
    exact
}

fn raw(record: &Made) -> RawRecord<'_> {
    RawRecord {
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        timestamp_ms: Some(record.timestamp_ms),
        timestamp_type: TimestampType::Create,
        key: record.key.as_deref().map(str::as_bytes),
        value: record.text.as_deref().map(str::as_bytes),
    }
}

/// Takes in all records in the scenario's batches, views opened and filled between them; `look` is called after each.
fn play(
    scenario: &Scenario,
    records: &[Made],
    mut look: impl FnMut(&mut Run, usize) -> Result<(), TestCaseError>,
) -> Result<Run, TestCaseError> {
    let mut run = Run::new(&scenario.stream);
    let mut rest = records;
    for (batch, length) in scenario.cuts.iter().chain([&usize::MAX]).enumerate() {
        scenario.openings.iter().filter(|opening| opening.at == batch).for_each(|opening| {
            run.open(opening, batch);
        });
        let (now, later) = rest.split_at((*length).min(rest.len()));
        run.ingest(now);
        rest = later;
        run.install(batch);
        look(&mut run, batch)?;
    }
    run.install(usize::MAX);
    Ok(run)
}

fn equals_naive(scenario: &Scenario) -> Result<(), TestCaseError> {
    let mut run = play(scenario, &scenario.records, |run, batch| {
        if batch % scenario.every == 0 { run.check() } else { Ok(()) }
    })?;
    run.check()?;
    // Time passes, no records come: windows run empty, entities expire.
    for _ in 0..3 {
        run.wall_ms += 7_300;
        run.check()?;
    }
    Ok(())
}

/// Another order of arrival: `picks` say which partition is next; the order inside a partition is kept.
fn interleaved(records: &[Made], picks: &[usize]) -> Vec<Made> {
    let mut lines: BTreeMap<(&str, i32), std::collections::VecDeque<Made>> = BTreeMap::new();
    for record in records {
        lines.entry((record.topic, record.partition)).or_default().push_back(record.clone());
    }
    let mut other = Vec::new();
    let mut picks = picks.iter().cycle();
    while !lines.is_empty() {
        let pick = picks.next().copied().unwrap_or_default() % lines.len();
        let line = *lines.keys().nth(pick).expect("there are so many");
        let queue = lines.get_mut(&line).expect("it is there");
        other.extend(queue.pop_front());
        if queue.is_empty() {
            lines.remove(&line);
        }
    }
    other
}

fn final_answers(scenario: &Scenario, records: &[Made]) -> Result<Vec<QueryResult>, TestCaseError> {
    let mut run = play(scenario, records, |_, _| Ok(()))?;
    run.wall_ms = T0 + 200_000;
    run.engine.advance(run.wall_ms);
    let ids: Vec<ViewId> = run.viewers.keys().copied().collect();
    let results = ids.into_iter().filter_map(|id| run.engine.tick(id, run.wall_ms));
    Ok(results
        .map(|tick| {
            let mut result = QueryResult::clone(&tick.result);
            result.as_of.received_ms = None;
            result.as_of.record_timestamp_ms = None;
            result
        })
        .collect())
}

#[test]
fn a_view_equals_the_naive_evaluation_at_any_moment() {
    holds("views", &plan(80), scenario, |scenario| equals_naive(&scenario));
}

#[test]
fn the_interleaving_of_partitions_does_not_show() {
    let made = || (scenario(), prop::collection::vec(0_usize..6, 1..40));
    holds("interleavings", &plan(20), made, |(mut scenario, picks)| {
        // Which of two duplicates in different partitions counts, and how far ahead of the wall's clock a record is,
        // depend on the moment of arrival by their nature.
        scenario.stream.dedupe = false;
        scenario.stream.clock = Clock::Stream;
        let other = interleaved(&scenario.records, &picks);
        prop_assert_eq!(
            final_answers(&scenario, &scenario.records)?,
            final_answers(&scenario, &other)?
        );
        Ok(())
    });
}
