//! Hostile input: records, queries and stream files of any kind get an answer or a refusal with its reason and place, in
//! bounded memory, and nothing panics. Whether answers are right is the law's business (`tests/law`).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod play;
mod queries;
mod records;
mod streams;

use hailstream_fuzz::{Plan, holds};
use records::Raw;

/// A few hundred cases, or what `make fuzz` asks for.
fn plan() -> Plan {
    Plan::from_environment("FUZZ", 300)
}

#[test]
fn any_record_is_accounted_for_and_harms_no_other() {
    let made = || (0..play::STREAMS.len(), records::batches(), queries::some_good());
    holds("records", &plan(), made, |(stream, batches, queries)| {
        play::records_are_judged(play::STREAMS[stream], &batches, &queries)
    });
}

#[test]
fn any_query_is_answered_or_refused_with_its_place() {
    let made = || (0..play::STREAMS.len(), records::few(), queries::spoilt());
    holds("queries", &plan(), made, |(stream, records, query)| {
        play::query_is_answered(play::STREAMS[stream], &records, &query)
    });
}

#[test]
fn any_stream_file_is_used_or_refused_with_its_reason() {
    let made = || (streams::spoilt(), records::few(), queries::some_good());
    holds("streams", &plan(), made, |(file, records, queries)| {
        play::stream_is_used(&file, &records, &queries)
    });
}

#[test]
fn what_is_told_of_large_records_is_small() {
    let long = "x".repeat(1 << 20);
    let records = [
        format!(r#"{{"ts":1700000000000,"{long}":1,"a":{{"{long}":2}},"cab":"{long}","n":3}}"#),
        format!(r#"{{"ts":1700000000000,"at":"{long}"}}"#),
    ];
    let batch: Vec<Raw> = records.into_iter().map(|text| Raw(text.into_bytes())).collect();
    play::records_are_judged(play::STREAMS[0], &[batch], &[]).unwrap();
}
