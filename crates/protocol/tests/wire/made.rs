//! Results, deltas and messages of any kind.

use std::collections::BTreeMap;

use hailstream_protocol::{
    AsOf, AsOfDelta, CellChange, Change, ColumnSteps, Coverage, Delta, Gap, OffsetsDelta,
    QueryResult, Range, Refusals, Row, RowFlags, Run, ServerMessage, Steps, StreamHealth,
    StreamState, TimestampType, Truncated, Value,
};
use proptest::prelude::*;

/// What means something in the text encoding.
pub(crate) const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\n",
    "null",
    "-1",
    "1e999",
    "18446744073709551616",
    "0.5",
    "\"\\ud800\"",
    "\u{0}",
    "true",
    "{\"keep\":{\"from\":0,\"count\":4294967295}}",
    "\"same\"",
    "{\"to\":null}",
    "\"query\":",
    "\"id\":",
    "\u{5}\u{1}",
    "\u{6}\u{1}",
    "{\"pause\":{}}",
];

pub(crate) const CLIENT_MESSAGES: &[&str] = &[
    r#"{"hello":{"versions":[1],"ticket":"t"}}"#,
    r#"{"subscribe":{"id":1,"query":{"stream":"s","metrics":[{"id":"n","type":"count"}]},"since":{"epoch":"e","sequence":4}}}"#,
    r#"{"subscribe":{"id":4294967295,"panel":{"dashboard":"taxis","panel":"p"}}}"#,
    r#"{"unsubscribe":{"id":1}}"#,
    r#"{"pause":{}}"#,
    r#"{"resume":{}}"#,
    r#"{"ping":{"sent_ms":1700000000000,"round_trip_ms":7}}"#,
    r#"{"ping":{"sent_ms":-9223372036854775808}}"#,
];

/// Numbers that any reader of JSON reads exactly.
fn float() -> impl Strategy<Value = Value> {
    any::<i32>().prop_map(|eighths| Value::float(f64::from(eighths) / 8.0))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ab]{0,2}", 1 => any::<String>()]
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        4 => (-2_i64..3).prop_map(Value::Int),
        1 => prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)].prop_map(Value::Int),
        1 => float(),
        1 => text().prop_map(|text| Value::text(&text)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            prop::collection::btree_map(text(), inner, 0..3).prop_map(Value::Object),
        ]
    })
}

fn row() -> impl Strategy<Value = Row> {
    let key =
        prop_oneof![Just(Value::Null), (0_i64..4).prop_map(Value::Int), Just(Value::text("k"))];
    (prop::collection::vec(key, 0..3), prop::collection::vec(value(), 0..3)).prop_map(
        |(mut row, cells)| {
            row.extend(cells);
            row
        },
    )
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(), 0..8)
}

fn offsets() -> impl Strategy<Value = BTreeMap<String, BTreeMap<i32, i64>>> {
    prop::collection::btree_map(
        "[tu]",
        prop::collection::btree_map(any::<i32>(), any::<i64>(), 0..3),
        0..2,
    )
}

fn timestamp_type() -> impl Strategy<Value = TimestampType> {
    prop::sample::select(vec![TimestampType::None, TimestampType::Create, TimestampType::LogAppend])
}

type Time = Option<i64>;

fn times() -> impl Strategy<Value = (Time, Time, Time, Time, Time)> {
    any::<(Time, Time, Time, Time, Time)>()
}

fn as_of() -> impl Strategy<Value = AsOf> {
    (text(), 0_u64..4, times(), timestamp_type(), offsets()).prop_map(
        |(epoch, sequence, times, timestamp_type, offsets)| AsOf {
            epoch,
            sequence,
            event_time_ms: times.0,
            watermark_ms: times.1,
            record_timestamp_ms: times.2,
            timestamp_type,
            received_ms: times.3,
            pushed_ms: times.4,
            offsets,
        },
    )
}

fn range() -> impl Strategy<Value = Option<Range>> {
    any::<Option<(i64, i64)>>()
        .prop_map(|ends| ends.map(|(from_ms, to_ms)| Range { from_ms, to_ms }))
}

fn coverage() -> impl Strategy<Value = Coverage> {
    let gap = (text(), any::<i32>(), any::<i64>(), any::<i64>(), text()).prop_map(
        |(topic, partition, from_offset, to_offset, why)| Gap {
            topic,
            partition,
            from_offset,
            to_offset,
            why,
        },
    );
    (any::<Time>(), any::<bool>(), prop::collection::vec(gap, 0..2))
        .prop_map(|(from_ms, complete, gaps)| Coverage { from_ms, complete, gaps })
}

fn flags() -> impl Strategy<Value = Vec<RowFlags>> {
    prop::collection::vec(any::<bool>().prop_map(|other| RowFlags { other }), 0..4)
}

fn truncated() -> impl Strategy<Value = BTreeMap<String, Truncated>> {
    let cut = any::<(u64, u64)>().prop_map(|(shown, of)| Truncated { shown, of });
    prop::collection::btree_map(text(), cut, 0..2)
}

fn columns() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![3 => Just(vec!["b".to_owned(), "m".to_owned()]), 1 => prop::collection::vec(text(), 0..3)]
}

pub(crate) fn result() -> BoxedStrategy<QueryResult> {
    let parts = (columns(), rows(), flags(), any::<u64>(), prop::collection::vec(text(), 0..2));
    (parts, any::<Time>(), truncated(), range(), coverage(), as_of())
        .prop_map(
            |(
                (columns, rows, row_flags, total, approximate),
                from,
                truncated,
                range,
                coverage,
                as_of,
            )| {
                QueryResult {
                    columns,
                    rows,
                    row_flags,
                    total,
                    approximate,
                    provisional_from_ms: from,
                    truncated,
                    range,
                    coverage,
                    as_of,
                    ..QueryResult::default()
                }
            },
        )
        .boxed()
}

fn change<T: Clone + std::fmt::Debug>(
    new: impl Strategy<Value = T>,
) -> impl Strategy<Value = Change<T>> {
    prop::option::of(new).prop_map(|new| new.map_or(Change::Same, Change::To))
}

/// Small numbers mostly, and such as overflow.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![12 => 0_u32..6, 1 => any::<u32>(), 1 => Just(u32::MAX)]
}

/// Steps of a few rows and columns, in any form.
fn steps() -> impl Strategy<Value = Option<Steps>> {
    let rows = prop::collection::btree_set(number(), 1..4);
    let step = prop_oneof![-2_i64..3, any::<i64>()];
    let column = (number(), prop::collection::vec(step, 4), 0_u8..3);
    (rows, prop::collection::vec(column, 1..3)).prop_map(|(rows, mut columns)| {
        columns.sort_by_key(|(column, ..)| *column);
        let columns = columns.into_iter().map(|(column, mut steps, form)| {
            steps.truncate(rows.len());
            match form {
                0 => ColumnSteps::By { column, steps },
                1 => {
                    let newest = steps[0];
                    let steps = steps.into_iter().map(|by| by as u64).collect();
                    ColumnSteps::Behind { column, newest, steps }
                }
                _ => ColumnSteps::Few { column, places: vec![0], steps: vec![steps[0] | 1] },
            }
        });
        Steps::new(rows.iter().copied().collect(), columns.collect()).ok()
    })
}

/// Runs, steps and cells that need not fit one another.
fn row_changes() -> BoxedStrategy<(Vec<Run>, Option<Steps>, Vec<CellChange>)> {
    let run = prop_oneof![
        3 => (number(), number()).prop_map(|(from, count)| Run::Keep { from, count }),
        1 => rows().prop_map(Run::Insert),
    ];
    let cell = (number(), number(), value()).prop_map(|(row, column, value)| CellChange {
        row,
        column,
        value,
    });
    (prop::collection::vec(run, 0..5), steps(), prop::collection::vec(cell, 0..4)).boxed()
}

/// A delta that need not fit anything.
pub(crate) fn delta() -> BoxedStrategy<Delta> {
    let changes = (
        change(columns()),
        change(flags()),
        change(any::<u64>()),
        change(truncated()),
        change(range()),
    );
    let moved = prop_oneof![
        offsets().prop_map(OffsetsDelta::Named),
        prop::collection::btree_map(number(), any::<i64>(), 0..3).prop_map(OffsetsDelta::Known),
    ];
    let as_of = (any::<u64>(), times(), prop::option::of(timestamp_type()), moved).prop_map(
        |(sequence, times, timestamp_type, offsets)| AsOfDelta {
            sequence,
            event_time: times.0,
            watermark: times.1,
            record_timestamp: times.2,
            timestamp_type,
            received: times.3,
            pushed: times.4,
            offsets,
        },
    );
    (0_u64..4, row_changes(), changes, change(any::<Time>()), change(coverage()), as_of)
        .prop_map(
            |(
                base,
                (runs, steps, cells),
                (columns, row_flags, total, truncated, range),
                from,
                coverage,
                as_of,
            )| {
                Delta {
                    base,
                    columns,
                    runs,
                    steps,
                    cells,
                    row_flags,
                    total,
                    approximate: Change::Same,
                    provisional_from_ms: from,
                    truncated,
                    range,
                    coverage,
                    as_of,
                }
            },
        )
        .boxed()
}

/// Lists in lists in the binary encoding, far deeper than any stack.
pub(crate) fn deep_binary() -> BoxedStrategy<Vec<u8>> {
    let snapshot = |cell: &[u8]| {
        let result = QueryResult {
            columns: vec!["c".to_owned()],
            rows: vec![vec![Value::text("cell")]],
            ..QueryResult::default()
        };
        let message = ServerMessage::Snapshot { view: 1, result };
        let frame = hailstream_protocol::frame::Encoding::Binary.frame(&message).unwrap();
        let written = postcard::to_stdvec(&Value::text("cell")).unwrap();
        let at = frame.windows(written.len()).position(|part| part == written).unwrap();
        let mut frame = frame[4..].to_vec();
        frame.splice(at - 4..at - 4 + written.len(), cell.iter().copied());
        [&(frame.len() as u32).to_le_bytes()[..], &frame].concat()
    };
    (1_usize..400_000, prop::sample::select(vec![vec![5_u8, 1], vec![6, 1, 1, b'k']]))
        .prop_map(move |(depth, open)| snapshot(&[open.repeat(depth), vec![0]].concat()))
        .boxed()
}

/// One of each kind.
pub(crate) fn server_messages() -> Vec<ServerMessage> {
    let mut result = QueryResult {
        columns: vec!["b".to_owned(), "m".to_owned()],
        rows: vec![vec![Value::text("k"), Value::Int(3)], vec![Value::Null, Value::float(0.5)]],
        ..QueryResult::default()
    };
    let delta = Delta::between(&QueryResult::default(), &result, 1);
    let table = |by: i64| QueryResult {
        columns: ["k", "x", "t", "n"].map(str::to_owned).to_vec(),
        rows: (0..9)
            .map(|row| [row, row * by, 50 - row + by, row / 8 * by].map(Value::Int).to_vec())
            .collect(),
        ..QueryResult::default()
    };
    let stepping = Delta::between(&table(1), &table(3), 1);
    let object = BTreeMap::from([("x".to_owned(), Value::List(vec![Value::Bool(true)]))]);
    result.rows.push(vec![Value::Object(object), Value::Int(i64::MIN)]);
    let refusals = Refusals {
        count: 3,
        in_a_row: 1,
        topic: "t".to_owned(),
        partition: 0,
        offset: 9,
        reason: "not_json".to_owned(),
        detail: "no".to_owned(),
    };
    let health = StreamHealth {
        stream: "s".to_owned(),
        state: StreamState::Live,
        why: String::new(),
        lag: 0,
        clock_ms: Some(1),
        event_time_ms: None,
        received_ms: Some(-1),
        refusals: Some(refusals),
    };
    let (code, detail) = ("invalid_query".to_owned(), "buckets".to_owned());
    vec![
        ServerMessage::Welcome {
            protocol: 1,
            build: "b".to_owned(),
            epoch: "e".to_owned(),
            now_ms: 1,
            heartbeat_ms: 5,
        },
        ServerMessage::Subscribed { id: 1, view: 2, resumed: true },
        ServerMessage::Snapshot { view: 2, result },
        ServerMessage::Delta { view: 2, delta },
        ServerMessage::Delta { view: 2, delta: stepping },
        ServerMessage::Heartbeat { now_ms: 1, streams: vec![health] },
        ServerMessage::Pong { sent_ms: 1, now_ms: 2 },
        ServerMessage::Drain { reconnect_after_ms: 100 },
        ServerMessage::Error { id: Some(1), code, detail, at: Some("buckets[0]".to_owned()) },
        ServerMessage::DashboardChanged {
            dashboard: "d".to_owned(),
            version: Some("7".to_owned()),
        },
        ServerMessage::DashboardChanged { dashboard: "d".to_owned(), version: None },
    ]
}
