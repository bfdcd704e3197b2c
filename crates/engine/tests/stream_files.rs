//! Wrong stream files: every error names the file, the line or key, and what was expected.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use hailstream_engine::StreamConfig;

const GOOD: &str = "stream: s\ntopics: [t]\n";

/// A good file with one line added.
fn error_of(line: &str) -> String {
    let text = format!("{GOOD}{line}\n");
    match StreamConfig::from_yaml(&text, "streams/s.yaml") {
        Ok(_) => "no error".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_good_file_has_its_defaults() {
    let config = StreamConfig::from_yaml(GOOD, "s.yaml").unwrap();
    assert_eq!((config.disorder_ms(), config.future_ms()), (5_000, 300_000));
    assert_eq!((config.retention_ms(), config.lateness_ms()), (900_000, 900_000));
    assert_eq!(
        (config.retention_bytes(), config.expire_ms(), config.time()),
        (1 << 30, None, None)
    );
}

#[test]
fn errors_name_the_file_the_place_and_what_was_expected() {
    let mut failures = Vec::new();
    for (line, wanted) in [
        ("latenes: 5m", ["latenes", "did you mean `lateness`?"]),
        ("time: {feld: ts}", ["feld", "did you mean `field`?"]),
        ("time: {field: ts, unit: sec}", ["sec", "iso8601"]),
        ("retention: {memroy: 5m}", ["memroy", "did you mean `memory`?"]),
        ("retention: {memory_bytes: 5 GB}", ["retention.memory_bytes: \"5 GB\"", "512MiB"]),
        ("mode: upsrt", ["upsrt", "did you mean `upsert`?"]),
        ("clock: sundial", ["sundial", "wall"]),
        ("lateness: soon", ["soon", "30s"]),
        ("disorder: 5", ["line 3", "5"]),
        ("entity: [a, b]", ["line 3", "string"]),
        ("fields: {speed: number}", ["speed", "double"]),
        ("fields: {at: {type: geo_point, lat: y}}", ["fields.at", "lat and lon go together"]),
        ("fields: {at: {type: double, lat: y, lon: x}}", ["fields.at", "geo_point"]),
        ("key: [id]", ["key", "mode: upsert"]),
        ("mode: upsert\ndedupe: {by: [id], within: 1h}", ["dedupe", "mode: append"]),
        ("dedupe: {by: [id]}", ["within", "line 3"]),
        ("format: xml", ["format: \"xml\"", "json"]),
        ("csv: {delimiter: \";\"}", ["csv", "format: csv"]),
        ("format: csv\ncsv: {delimiter: \"::\"}", ["csv.delimiter: \"::\"", "one character"]),
        ("format: csv", ["csv.columns", "fields in their order"]),
        ("format: csv\ncsv: {columns: [a, b, a]}", ["csv.columns", "\"a\" is there twice"]),
        ("format: avro", ["format: avro", "not supported yet"]),
        ("mode: latest", ["mode: latest", "not supported yet"]),
        ("where: \"status: (a\"", ["where", "character"]),
        ("where: \"speed > fast\"\nfields: {speed: double}", ["where", "`fast` is not a number"]),
        ("where: \"at > now-1h\"\nfields: {at: date}", ["where", "each time a record is read"]),
        ("history: {}", ["history", "not supported yet"]),
        ("time: {field: at, zone: Mars/Olympus}", ["time.zone: \"Mars/Olympus\"", "IANA"]),
        ("stream: again", ["stream", "line 3"]),
        ("fields: {a: long, a: double}", ["a", "line 3"]),
        ("topics", ["line 3", ""]),
    ] {
        let error = error_of(line);
        let named = error.starts_with("streams/s.yaml: ");
        if !named || wanted.iter().any(|words| !error.contains(words)) {
            failures.push(format!("{line}\n  got    {error}\n  wanted {wanted:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn names_and_topics_are_checked() {
    for (text, words) in [
        ("topics: [t]", "stream"),
        ("stream: s", "topics"),
        ("{stream: s, topics: []}", "topics: at least one topic"),
        ("{stream: My Stream, topics: [t]}", "stream: \"My Stream\" is not a name"),
        ("", "streams/s.yaml"),
        ("- a\n- b", "streams/s.yaml"),
    ] {
        let error = StreamConfig::from_yaml(text, "streams/s.yaml").unwrap_err().to_string();
        assert!(
            error.starts_with("streams/s.yaml: ") && error.contains(words),
            "{text}\n  {error}"
        );
    }
}
