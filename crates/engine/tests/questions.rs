//! The text of the query bar and pills over every type of field: the engine answers as the naive evaluator does, at any
//! moment, whatever the batches, and whether a field was known when the view was opened or came later.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_engine::naive::{Facts, Record, evaluate};
use hailstream_engine::{Engine, FieldType, RawRecord, StreamConfig, ViewId};
use hailstream_protocol::{TimestampType, Value};
use hailstream_query::Query;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError};
use serde_json::{Map, Value as Json, json};

/// 2024-03-05T10:20:30.500Z.
const NOW: i64 = 1_709_634_030_500;

const STREAM: &str = "
stream: s
topics: [t]
format: json
mode: append
time: {field: ts, unit: ms}
fields:
  status: keyword
  note: text
  host: ip
  seen: date
  trips: long
  speed: double
  occupied: boolean
  at: geo_point
";

fn types() -> BTreeMap<String, FieldType> {
    let types = [
        ("note", FieldType::Text),
        ("host", FieldType::Ip),
        ("seen", FieldType::Date),
        ("ts", FieldType::Date),
    ];
    types.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect()
}

/// A cell's JSON, and the value it becomes.
type Cell = (Json, Value);

fn cell(choices: Vec<Cell>) -> impl Strategy<Value = Option<Cell>> {
    prop::option::weighted(0.8, prop::sample::select(choices))
}

fn words(all: &[&str]) -> Vec<Cell> {
    all.iter().map(|text| (json!(text), Value::text(text))).collect()
}

fn record() -> impl Strategy<Value = Vec<(&'static str, Option<Cell>)>> {
    let seen = |text: &str, ms: i64| (json!(text), Value::Int(ms));
    let cells = (
        cell(words(&["free", "hired", "off duty", "off", "", "Free", "a*b", "OR", "ünï"])),
        cell(words(&[
            "The quick brown fox",
            "quick, brown?",
            "Brown quick",
            "fox",
            "",
            "don't 3.14 x-ray",
            "...",
        ])),
        cell(words(&["10.1.2.3", "10.200.0.1", "192.168.0.1", "2001:db8::1", "::ffff:10.1.2.3"])),
        cell(vec![
            seen("2024-03-05", 1_709_596_800_000),
            seen("2024-03-05T10:20:00Z", 1_709_634_000_000),
            seen("2024-03-06T07:59:59.999Z", 1_709_711_999_999),
            seen("2024-03-06T08:00:00Z", 1_709_712_000_000),
            (json!(1_704_067_200_000_i64), Value::Int(1_704_067_200_000)),
            (json!(NOW - 30_000), Value::Int(NOW - 30_000)),
        ]),
        cell(
            [0, 1, 3, -2, 12, i64::MAX, 9_007_199_254_740_993]
                .map(|number| (json!(number), Value::Int(number)))
                .to_vec(),
        ),
        cell(
            [0.0, 0.1, 12.5, 12.0, -3.25, 1e17, 9_007_199_254_740_992.0]
                .map(|number| (json!(number), Value::Float(number)))
                .to_vec(),
        ),
        cell(vec![(json!(true), Value::Bool(true)), (json!(false), Value::Bool(false))]),
        cell(vec![(
            json!("37.7,-122.4"),
            Value::List(vec![Value::Float(-122.4), Value::Float(37.7)]),
        )]),
        cell(vec![
            (json!(1), Value::Int(1)),
            (json!(2), Value::Int(2)),
            (json!(2.5), Value::Float(2.5)),
        ]),
        cell(words(&["Rome", "San Francisco", "san jose"])),
    );
    cells.prop_map(|(status, note, host, seen, trips, speed, occupied, at, level, city)| {
        vec![
            ("status", status),
            ("note", note),
            ("host", host),
            ("seen", seen),
            ("trips", trips),
            ("speed", speed),
            ("occupied", occupied),
            ("at", at),
            ("level", level),
            ("place.city", city),
        ]
    })
}

fn pick(choices: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    prop::sample::select(choices.to_vec()).prop_map(str::to_owned)
}

/// Values that every type of field can read, or makes nothing of where several types are asked.
const ANY: &[&str] = &[
    "free",
    "hired",
    "fox",
    "quick brown",
    "\"quick brown\"",
    "12",
    "12.5",
    "true",
    "\"10.1.2.3\"",
    "2024",
    "Rome",
    "2024-03-05",
    "fr*",
    "*i*",
    "null",
];

/// Fields and what is asked of them.
const VALUES: &[(&str, &[&str])] = &[
    (
        "status",
        &[
            "free",
            "FREE",
            "off duty",
            "off d*",
            "f*e",
            "*",
            "\"a*b\"",
            r"a\*b",
            "OR",
            "(free or OR and not off)",
            "ü*ï",
        ],
    ),
    ("status.keyword", &["free", "off*", "*"]),
    (
        "note",
        &[
            "quick",
            "QUICK fox",
            "\"quick brown\"",
            "\"brown quick\"",
            "qu*",
            "*OX",
            "\"...\"",
            "don't",
            "3.14",
            "*",
            "brow* fox",
        ],
    ),
    ("note.keyword", &["fox", "\"The quick brown fox\"", "The*"]),
    ("host", &["10.1.2.3", "\"10.0.0.0/8\"", "\"2001:db8::/32\"", "*"]),
    ("seen", &["2024-03-05", "\"2024-03-05T10:20\"", "2024", "1704067200000", "now/d", "*"]),
    (
        "trips",
        &["3", "3.0", "-2", "12.5", "9007199254740993", "9223372036854775807", "*", "(1 or 3)"],
    ),
    ("speed", &["12", "12.50", "1e17", "9007199254740993", "*"]),
    ("occupied", &["true", "false", "*"]),
    ("at", &["*"]),
    ("level", &["2", "2.0", "2.5", "*"]),
    ("place.city", &["Rome", "san*", "*"]),
    ("place", &["*", "{ city: Rome }", "{ Rome }", "{ c*: *an* or not city: * }"]),
    ("p*.c*", &["Rome", "*an*"]),
    ("*", &["free", "12", "*"]),
    ("nowhere", &["x", "*"]),
];

/// Fields and the ends of ranges.
const BOUNDS: &[(&str, &[&str])] = &[
    ("status", &["free", "off", "\"\""]),
    ("note", &["Fox", "q"]),
    ("host", &["10.1.2.3", "\"::\"", "192.0.0.0"]),
    ("seen", &["2024-03-05", "2024-03", "now-1m", "now/d", "\"2024-03-05||+1d/d\"", "now-30s"]),
    ("trips", &["2.5", "0", "9223372036854775807", "1e3"]),
    ("speed", &["0.1", "12", "1e17"]),
    ("occupied", &["true", "false"]),
    ("level", &["2"]),
    ("s*", &["12"]),
    ("nowhere", &["1"]),
];

fn dql_leaf() -> impl Strategy<Value = String> {
    let is = prop::sample::select(VALUES.to_vec()).prop_flat_map(|(field, values)| {
        pick(values).prop_map(move |value| format!("{field}: {value}"))
    });
    let range = prop::sample::select(BOUNDS.to_vec()).prop_flat_map(|(field, values)| {
        (pick(&["<", "<=", ">", ">="]), pick(values))
            .prop_map(move |(operator, value)| format!("{field} {operator} {value}"))
    });
    prop_oneof![5 => is, 3 => range, 2 => pick(ANY)]
}

fn dql() -> impl Strategy<Value = String> {
    dql_leaf().prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), pick(&["and", "or", "and not"]), inner.clone())
                .prop_map(|(a, join, b)| format!("({a}) {join} ({b})")),
            inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
}

fn lucene() -> impl Strategy<Value = String> {
    let leaf = pick(&[
        "free",
        "status:free",
        "status:(free OR hired)",
        "status:off\\ d*",
        "status:f?ee",
        "status:/[fh].*/",
        "note:/br.wn/",
        "note:quick fox",
        "note:\"quick brown\"",
        "note:qu?ck",
        "_exists_:level",
        "trips:[0 TO 3]",
        "trips:{0 TO 3}",
        "speed:>=12",
        "seen:[now-1d/d TO now]",
        "seen:{2024-03-05 TO *}",
        "host:10.0.0.0\\/8",
        "*:*",
        "place.\\*:Rome",
        "status:[free TO off}",
        "occupied:true",
        "nowhere:1",
    ]);
    leaf.prop_recursive(3, 8, 2, |inner| {
        let joins = [" AND ", " OR ", " ", " AND NOT ", " && !", " -", " +"];
        prop_oneof![
            (inner.clone(), pick(&joins), inner.clone())
                .prop_map(|(a, join, b)| format!("{a}{join}{b}")),
            inner.clone().prop_map(|inner| format!("({inner})")),
            inner.prop_map(|inner| format!("NOT ({inner})")),
        ]
    })
}

fn pill() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        2 => prop::sample::select(vec![
            json!({"phrase": {"field": "note", "value": "quick brown"}}),
            json!({"phrase": {"field": "status.keyword", "value": "free"}}),
            json!({"phrase": {"field": "occupied", "value": true}}),
            json!({"phrase": {"field": "trips", "value": 3}}),
            json!({"phrases": {"field": "status", "values": ["free", "OR", null, 7]}}),
            json!({"phrases": {"field": "note", "values": ["fox", "brown quick"]}}),
            json!({"phrases": {"field": "nowhere", "values": []}}),
            json!({"exists": {"field": "level"}}),
            json!({"range": {"field": "speed", "gte": 0, "lt": 12.5}}),
            json!({"range": {"field": "seen", "gt": "2024-03-05", "lte": "2024-03-06"}}),
            json!({"range": {"field": "seen", "gte": "now-1m", "lt": "2024-03-05||+1d/d"}}),
            json!({"range": {"field": "host", "gte": "10.1.2.3", "lt": "10.200.0.1"}}),
            json!({"range": {"field": "note", "gte": "fox"}}),
            json!({"range": {"field": "occupied", "gt": false}}),
            json!({"range": {"field": "trips", "gt": 0.5, "lte": [3]}}),
            json!({"term": {"field": "status", "value": "off duty"}}),
        ]),
        1 => dql().prop_map(|text| json!({"query": {"query": text}})),
        1 => lucene().prop_map(|text| json!({"query": {"query": text, "language": "lucene"}})),
    ];
    let dressed = |pill: Json, negate: bool, disabled: bool| {
        let mut pill = pill;
        pill["negate"] = json!(negate);
        pill["disabled"] = json!(disabled);
        pill
    };
    leaf.prop_recursive(2, 8, 3, move |inner| {
        let some = || prop::collection::vec(inner.clone(), 0..3);
        (
            some(),
            some(),
            some(),
            prop::sample::select(vec![json!(null), json!(0), json!(1), json!(2)]),
        )
            .prop_map(|(must, should, must_not, least)| {
                let mut joined = json!({"must": must, "should": should, "must_not": must_not});
                if !least.is_null() {
                    joined["minimum_should_match"] = least;
                }
                json!({ "bool": joined })
            })
    })
    .prop_flat_map(move |pill| {
        (Just(pill), prop::bool::weighted(0.3), prop::bool::weighted(0.1))
            .prop_map(move |(pill, negate, disabled)| dressed(pill, negate, disabled))
    })
}

fn question() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        4 => dql().prop_map(|text| (text, "dql")),
        2 => lucene().prop_map(|text| (text, "lucene")),
        1 => Just((String::new(), "dql")),
    ];
    let zone = pick(&["UTC", "America/Los_Angeles"]);
    (text, prop::collection::vec(pill(), 0..2), zone).prop_map(|((text, language), pills, zone)| {
        json!({"stream": "s", "query": text, "language": language, "filters": pills, "time_zone": zone,
            "hits": {"size": 1000, "fields": ["status"]}})
    })
}

struct Run {
    engine: Engine,
    records: Vec<Record>,
    views: Vec<(Query, ViewId)>,
    types: BTreeMap<String, FieldType>,
}

impl Run {
    fn new() -> Self {
        let config = StreamConfig::from_yaml(STREAM, "s.yaml").unwrap();
        let mut engine = Engine::new(Arc::new(config), "e");
        engine.advance(NOW);
        Self { engine, records: Vec::new(), views: Vec::new(), types: types() }
    }

    fn ingest(&mut self, batch: &[Vec<(&'static str, Option<Cell>)>]) {
        let mut texts = Vec::new();
        for cells in batch {
            let offset = (self.records.len()) as i64;
            let time_ms = NOW - 40_000 + offset * 700;
            let mut values = BTreeMap::from([("ts".to_owned(), vec![Value::Int(time_ms)])]);
            let mut json = Map::from_iter([("ts".to_owned(), json!(time_ms))]);
            for (name, cell) in cells {
                let Some((text, value)) = cell else { continue };
                values.insert((*name).to_owned(), vec![value.clone()]);
                match name.split_once('.') {
                    Some((object, name)) => json.insert(object.to_owned(), json!({name: text})),
                    None => json.insert((*name).to_owned(), text.clone()),
                };
            }
            let (topic, timestamp_ms) = ("t".to_owned(), Some(time_ms));
            self.records.push(Record {
                time_ms,
                topic,
                partition: 0,
                offset,
                timestamp_ms,
                values,
            });
            texts.push((offset, time_ms, Json::Object(json).to_string()));
        }
        let raw: Vec<RawRecord<'_>> = texts
            .iter()
            .map(|(offset, time_ms, text)| RawRecord {
                topic: "t",
                partition: 0,
                offset: *offset,
                timestamp_ms: Some(*time_ms),
                timestamp_type: TimestampType::Create,
                key: None,
                value: Some(text.as_bytes()),
            })
            .collect();
        assert_eq!(self.engine.ingest(&raw, NOW), [], "{texts:?}");
    }

    fn open(&mut self, questions: &[Json]) {
        for question in questions {
            // What cannot be read, and what does not fit a type, is refused; that is tested by its words.
            let Ok(query) = Query::from_json(question) else { continue };
            let Ok((id, backfill)) = self.engine.open_view(&query) else { continue };
            if let Some(backfill) = backfill {
                self.engine.install(backfill.run());
            }
            self.views.push((query, id));
        }
    }

    fn check(&mut self, now_ms: i64) -> Result<(), TestCaseError> {
        self.engine.advance(now_ms);
        for (query, id) in &self.views {
            let tick = self.engine.tick(*id, now_ms).unwrap();
            let facts = Facts {
                records: &self.records,
                time_field: Some("ts"),
                entity: None,
                expire_ms: None,
                position: Some("at"),
                fields: &[],
                types: &self.types,
                now_ms: Some(now_ms),
                range: None,
            };
            let naive = evaluate(query, &facts);
            let query = serde_json::to_string(query).unwrap();
            prop_assert_eq!(&tick.result.rows, &naive.rows, "{} of {:#?}", query, self.records);
            prop_assert_eq!(tick.result.total, naive.total, "{}", query);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(2_008),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::with_cases(1_500)
    })]

    #[test]
    fn a_question_is_answered_as_the_naive_evaluator_does(
        records in prop::collection::vec(record(), 1..24),
        questions in prop::collection::vec(question(), 1..12),
        opened_after in 0_usize..24,
        cut in 1_usize..24,
    ) {
        let (before, after) = records.split_at(opened_after.min(records.len()));
        let mut run = Run::new();
        run.ingest(before);
        run.open(&questions);
        after.chunks(cut).for_each(|batch| run.ingest(batch));
        run.check(NOW)?;
        // What was inside a minute ago is outside now.
        run.check(NOW + 31_000)?;
        run.check(NOW + 31_400)?;
    }
}

#[test]
fn what_does_not_fit_a_type_is_refused_with_its_place() {
    let mut run = Run::new();
    for (language, text, want) in [
        (
            "dql",
            "status: x and trips: many",
            "query: `trips` is of type long: `many` is not a number (character 15)",
        ),
        (
            "dql",
            "speed: 1*",
            "query: wildcards are for fields of words; `speed` is of type double (character 1)",
        ),
        (
            "dql",
            "seen > noon",
            "query: `seen` is of type date: `noon` is not a date, epoch ms or date math such as now-1h/h (character 1)",
        ),
        (
            "dql",
            "occupied: yes",
            "query: `occupied` is of type boolean: `yes` is not true or false (character 1)",
        ),
        (
            "dql",
            "host: here",
            "query: `host` is of type ip: `here` is not an address or a block such as 10.0.0.0/8 (character 1)",
        ),
        (
            "dql",
            "at: 5",
            "query: `at` is a position: ask for it with a filter on the map (character 1)",
        ),
        ("lucene", "status:/a(/", "query: /a(/: unclosed group (character 1)"),
        (
            "lucene",
            "status:/a~b/",
            "query: /a~b/: `~` is not understood in regular expressions; write `\\~` (character 1)",
        ),
    ] {
        let query =
            Query::from_json(&json!({"stream": "s", "query": text, "language": language})).unwrap();
        let error = run.engine.open_view(&query).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(want), "{text}");
    }
}
