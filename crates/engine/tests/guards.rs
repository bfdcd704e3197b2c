//! What keeps a view within its memory, and what is refused for what it would cost.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_engine::{Budget, Engine, RawRecord, StreamConfig, ViewId};
use hailstream_protocol::{QueryResult, TimestampType, Upkeep, Value};
use hailstream_query::{Query, QueryError};

const T0: i64 = 1_700_000_000_000;

fn engine(budget: usize) -> Engine {
    let config = "{stream: s, topics: [t], time: {field: ts}, clock: stream, lateness: 1d, fields: {word: keyword}}";
    let config = StreamConfig::from_yaml(config, "s.yaml").unwrap();
    Engine::new(Arc::new(config), "e").with_budget(Budget::new(budget, 8 * budget))
}

fn ingest(engine: &mut Engine, lines: &[String]) {
    for batch in lines.chunks(1_000) {
        let records: Vec<RawRecord<'_>> = batch
            .iter()
            .map(|line| RawRecord {
                topic: "t",
                partition: 0,
                offset: 0,
                timestamp_ms: None,
                timestamp_type: TimestampType::None,
                key: None,
                value: Some(line.as_bytes()),
            })
            .collect();
        assert_eq!(engine.ingest(&records, T0), []);
    }
}

fn open(engine: &mut Engine, query: &str) -> Result<ViewId, QueryError> {
    let (id, fill) = engine.open_view(&Query::from_text(query)?)?;
    engine.install(fill.expect("a new view").run());
    Ok(id)
}

fn answer(engine: &mut Engine, id: ViewId) -> QueryResult {
    engine.advance(T0);
    QueryResult::clone(&engine.tick(id, 0).unwrap().result)
}

/// Every third record is of one of five frequent words, the others are each of a word of their own.
fn line(index: usize) -> String {
    let ts = T0 + index as i64;
    let word = if index.is_multiple_of(3) {
        format!("often-{}", index / 3 % 5)
    } else {
        format!("once-{index}")
    };
    format!(r#"{{"ts":{ts},"word":"{word}","one":1}}"#)
}

#[test]
fn a_million_keys_stay_within_the_budget_and_totals_stay_exact() {
    const BUDGET: usize = 1 << 20;
    let mut engine = engine(BUDGET);
    let query = r#"{"stream":"s","buckets":[{"id":"w","type":"terms","field":"word","size":5,"other":true}],
        "metrics":[{"id":"n","type":"count"},{"id":"sum","type":"sum","field":"one"}]}"#;
    let id = open(&mut engine, query).unwrap();
    const RECORDS: usize = 300_000;
    for part in 0..30 {
        let lines: Vec<String> =
            (part * RECORDS / 30..(part + 1) * RECORDS / 30).map(line).collect();
        ingest(&mut engine, &lines);
        assert!(engine.view_bytes(id) <= BUDGET + BUDGET / 2, "{}", engine.view_bytes(id));
    }
    let result = answer(&mut engine, id);
    assert_eq!(result.total, RECORDS as u64);
    assert_eq!(result.approximate, ["w"]);
    let cut = result.truncated["w"];
    assert!(cut.shown == 5 && cut.of >= RECORDS as u64 * 2 / 3, "{cut:?}");
    // Frequent keys are never folded, so that even they are exact here.
    let counts: BTreeMap<String, (Value, Value)> = result
        .rows
        .iter()
        .map(|row| (row[0].to_string(), (row[1].clone(), row[2].clone())))
        .collect();
    for word in 0..5 {
        assert_eq!(counts[&format!("often-{word}")], (Value::Int(20_000), Value::Float(20_000.0)));
    }
    assert_eq!(counts["null"], (Value::Int(200_000), Value::Float(200_000.0)));
    assert!(result.row_flags[5].other);
}

#[test]
fn all_views_keep_within_what_they_may_take_together() {
    const ALL: usize = 2 << 20;
    let config =
        "{stream: s, topics: [t], time: {field: ts}, clock: stream, fields: {word: keyword}}";
    let config = Arc::new(StreamConfig::from_yaml(config, "s.yaml").unwrap());
    let budget = Budget::new(ALL, ALL);
    let mut engines =
        [0, 1].map(|_| Engine::new(Arc::clone(&config), "e").with_budget(budget.clone()));
    let dear = |size: u32| {
        format!(
            r#"{{"stream":"s","buckets":[{{"id":"w","type":"terms","field":"word","size":{size}}}]}}"#
        )
    };
    let cheap = r#"{"stream":"s","buckets":[{"id":"w","type":"terms","field":"one"}]}"#;
    let mut views = Vec::new();
    for (index, engine) in engines.iter_mut().enumerate() {
        for query in [dear(3), dear(4), cheap.to_owned()] {
            views.push((index, query == cheap, open(engine, &query).unwrap()));
        }
    }
    for part in 0..20 {
        let lines: Vec<String> = (part * 5_000..(part + 1) * 5_000).map(line).collect();
        engines.iter_mut().for_each(|engine| ingest(engine, &lines));
        assert!(budget.booked_bytes() <= ALL + ALL / 2, "{}", budget.booked_bytes());
    }
    for (engine, is_cheap, id) in views {
        let result = answer(&mut engines[engine], id);
        let approximate = if is_cheap { vec![] } else { vec!["w".to_owned()] };
        assert_eq!((result.total, result.approximate), (100_000, approximate));
    }
    drop(engines);
    assert_eq!(budget.booked_bytes(), 0);
}

#[test]
fn what_metrics_remember_counts_towards_the_budget() {
    const BUDGET: usize = 1 << 20;
    let query = r#"{"stream":"s","buckets":[{"id":"w","type":"terms","field":"word","size":500,"other":true}],
        "metrics":[{"id":"n","type":"count"},{"id":"times","type":"cardinality","field":"ts"}]}"#;
    // 200 words: little by themselves, much with 500 values of each.
    let line = |index: i64| format!(r#"{{"ts":{},"word":"w{}"}}"#, T0 + index, index % 200);
    for (budget, want) in [(BUDGET, vec!["w"]), (64 * BUDGET, vec![])] {
        let mut engine = engine(budget);
        let id = open(&mut engine, query).unwrap();
        for part in 0..100 {
            let lines: Vec<String> = (part * 1_000..(part + 1) * 1_000).map(line).collect();
            ingest(&mut engine, &lines);
            let bytes = engine.view_bytes(id);
            assert!(bytes <= budget + budget / 2, "{bytes} after {part}");
        }
        let mut result = answer(&mut engine, id);
        result.approximate.retain(|column| column != "times");
        assert_eq!(
            (result.total, result.approximate),
            (100_000, want.into_iter().map(str::to_owned).collect())
        );
    }
}

#[test]
fn what_was_folded_leaves_with_the_window() {
    let mut engine = engine(300_000);
    let query = r#"{"stream":"s","time":{"from":"now-1m","to":"now"},
        "buckets":[{"id":"w","type":"terms","field":"word","size":2},{"id":"d","type":"date_histogram","fixed_interval":"10s"}]}"#;
    let id = open(&mut engine, query).unwrap();
    let lines: Vec<String> = (0..20_000).map(line).collect();
    ingest(&mut engine, &lines);
    assert_eq!(answer(&mut engine, id).approximate, ["w"]);
    let later =
        |index: i64| format!(r#"{{"ts":{},"word":"w{}"}}"#, T0 + 200_000 + index, index % 3);
    ingest(&mut engine, &(0..90).map(later).collect::<Vec<_>>());
    let result = answer(&mut engine, id);
    assert_eq!(result.approximate, Vec::<String>::new());
    assert_eq!((result.total, result.truncated["w"].of, result.rows.len()), (90, 3, 2));
}

#[test]
fn of_too_many_buckets_there_is_no_number() {
    let of = |field: &str| {
        format!(
            r#"{{"stream":"s","metrics":[{{"id":"m","type":"sum_bucket","bucket":{{"id":"w","type":"terms","field":"{field}"}}}}]}}"#
        )
    };
    let lines = |words: std::ops::Range<usize>| -> Vec<String> {
        words.map(|word| format!(r#"{{"ts":{T0},"word":"{word}"}}"#)).collect()
    };
    let mut engine = engine(64 << 20);
    let id = open(&mut engine, &of("word")).unwrap();
    ingest(&mut engine, &lines(0..65_535));
    let known = answer(&mut engine, id);
    assert_eq!((known.rows, known.approximate), (vec![vec![Value::Int(10)]], Vec::<String>::new()));
    let before = engine.view_bytes(id);
    ingest(&mut engine, &lines(65_535..65_536));
    let unknown = answer(&mut engine, id);
    assert_eq!(
        (unknown.rows, unknown.approximate),
        (vec![vec![Value::Null]], vec!["m".to_owned()])
    );
    ingest(&mut engine, &lines(70_000..71_000));
    assert!(engine.view_bytes(id) < before / 100, "{} of {before}", engine.view_bytes(id));
    let error = open(&mut engine, &of("word.keyword")).unwrap_err();
    assert_eq!(
        format!("{} {error}", error.code),
        "too_expensive metrics[0].bucket: there would be about 66536 buckets of \"w\", at most 65535 are made one number of: \
         choose a field of fewer values, a longer interval or a shorter time"
    );
}

#[test]
fn absurd_queries_are_refused_with_the_reason() {
    let mut engine = engine(64 << 20);
    let lines: Vec<String> = (0..80_000).map(line).collect();
    ingest(&mut engine, &lines);
    let mut check = |buckets: &str| {
        let query = format!(r#"{{"stream":"s","buckets":[{buckets}]}}"#);
        open(&mut engine, &query)
            .map_or_else(|error| format!("{} {error}", error.code), |_| "ok".to_owned())
    };
    let words = |size: u32| format!(r#"{{"id":"w","type":"terms","field":"word","size":{size}}}"#);
    let dates = |length: &str| {
        format!(r#"{{"id":"d","type":"date_histogram","fixed_interval":"{length}"}}"#)
    };
    assert_eq!(check(&words(50_000)), "ok");
    assert_eq!(check(&dates("10ms")), "ok");
    assert_eq!(check(&format!("{},{}", words(10), dates("100ms"))), "ok");
    assert_eq!(
        check(&format!("{},{}", words(1_000), dates("100ms"))),
        "too_expensive buckets: the answer would have about 800000 rows (1000 of \"w\" × 800 of \"d\"), at most 65535 are \
         given: choose a smaller size, a longer interval or a shorter time"
    );
}

#[test]
fn what_an_answer_would_cost_is_told_before_it_is_worked_out() {
    let mut engine = engine(64 << 20);
    let lines: Vec<String> = (0..9_000).map(line).collect();
    ingest(&mut engine, &lines);
    let explain = |engine: &Engine, query: &str| engine.explain(&Query::from_text(query)?);

    let frequent = r#"{"stream":"s","time":{"from":"now-1m","to":"now"},"buckets":[{"id":"w","type":"terms","field":"word","size":3},
        {"id":"t","type":"date_histogram","fixed_interval":"1s"}],"metrics":[{"id":"n","type":"sum","field":"one"}]}"#;
    let told = explain(&engine, frequent).unwrap();
    let keys: Vec<(&str, u64)> = told.buckets.iter().map(|b| (b.id.as_str(), b.keys)).collect();
    assert_eq!((told.records, told.rows), (9_000, 27));
    assert_eq!(keys, [("w", 3), ("t", 9)]);
    assert_eq!((told.upkeep, told.is_standing, told.refused), (Upkeep::Incremental, false, None));

    // What is told of memory is of the size of what is taken.
    let id = open(&mut engine, frequent).unwrap();
    let taken = engine.view_bytes(id) as u64;
    assert!((taken / 3..taken * 3).contains(&told.bytes), "{} told, {taken} taken", told.bytes);
    assert!(explain(&engine, frequent).unwrap().is_standing);

    let absurd = r#"{"stream":"s","buckets":[{"id":"w","type":"terms","field":"word","size":10000},
        {"id":"t","type":"date_histogram","fixed_interval":"10ms","min_doc_count":0}]}"#;
    let told = explain(&engine, absurd).unwrap();
    assert!(told.rows > told.most_rows);
    assert_eq!(told.refused, open(&mut engine, absurd).err().map(|error| error.detail));
    assert!(told.refused.is_some());

    let moving = r#"{"stream":"s","query":"ts >= now-1m"}"#;
    assert_eq!(explain(&engine, moving).unwrap().upkeep, Upkeep::Anew);
    let error = explain(&engine, r#"{"stream":"s","query":"ts > soon"}"#).unwrap_err();
    assert_eq!(error.at, "query");
}
