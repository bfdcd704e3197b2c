//! Engine scripts: what goes in, and the frames that come out, as text that reads like documentation.
//!
//! Each file of `scripts/` is one script. Lines that start with `>` are what the line above them gives; they are
//! rewritten with `UPDATE_EXPECT=1 cargo test --test scripts`. `T12:00:05` stands for that moment of 2026-01-01 (UTC) in
//! epoch ms, in both directions. The commands:
//!
//! - `stream`, followed by the indented lines of a stream file; `start TOPIC PARTITION OFFSET [complete]`
//! - `record JSON [@p1] [key=K]`, `null key=K`: a record of the first topic; `end @p1 OFFSET`, `gap @p1 FROM TO WHY`
//! - `advance T12:01:00`: the wall's clock
//! - `view NAME QUERY`: opens and fills a view; `tick NAME`: a snapshot, then deltas; `show NAME`: the result in full
//! - `account`, `letters`, `fields`: what the stream tells of itself

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use hailstream_engine::{DeadLetter, Engine, RawRecord, StreamConfig, ViewId};
use hailstream_protocol::{Gap, QueryResult, TimestampType};
use hailstream_query::Query;
use serde_json::Value as Json;

const DAY_MS: i64 = 1_767_225_600_000;

struct Script {
    engine: Option<Engine>,
    topic: String,
    wall_ms: i64,
    next: BTreeMap<i32, i64>,
    views: BTreeMap<String, (ViewId, Option<QueryResult>)>,
    letters: Vec<DeadLetter>,
}

/// `T12:00:05` → epoch ms.
fn with_millis(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('T') {
        let token: String = rest[at + 1..]
            .chars()
            .take_while(|c| c.is_ascii_digit() || ":.".contains(*c))
            .collect();
        let numbers: Option<Vec<f64>> = token.split(':').map(|part| part.parse().ok()).collect();
        let starts_word = !rest[..at].ends_with(|c: char| c.is_alphanumeric());
        match numbers.as_deref() {
            Some([hours, minutes, seconds]) if starts_word => {
                let ms = ((hours * 60.0 + minutes) * 60.0 + seconds) * 1_000.0;
                write!(out, "{}{}", &rest[..at], DAY_MS + ms.round() as i64).unwrap();
                rest = &rest[at + 1 + token.len()..];
            }
            _ => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

/// Epoch ms → `T12:00:05`.
fn with_clock(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits: String = rest[at..].chars().take_while(char::is_ascii_digit).collect();
        out.push_str(&rest[..at]);
        match digits.parse::<i64>().map(|number| number - DAY_MS) {
            Ok(ms @ 0..86_400_000) => {
                let (seconds, milli) = (ms / 1_000, ms % 1_000);
                let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
                write!(out, "T{h:02}:{m:02}:{s:02}").unwrap();
                if milli > 0 {
                    write!(out, ".{milli:03}").unwrap();
                }
            }
            _ => out.push_str(&digits),
        }
        rest = &rest[at + digits.len()..];
    }
    out + rest
}

fn table(result: &QueryResult) -> String {
    let mut out = format!("{}\n", result.columns.join(" | "));
    for (index, row) in result.rows.iter().enumerate() {
        let cells: Vec<String> =
            row.iter().map(|cell| serde_json::to_string(cell).unwrap()).collect();
        let flag =
            result.row_flags.get(index).filter(|flags| flags.other).map_or("", |_| "   (other)");
        writeln!(out, "{}{flag}", cells.join(" | ")).unwrap();
    }
    writeln!(out, "total {}", result.total).unwrap();
    if !result.approximate.is_empty() {
        writeln!(out, "approximate {}", result.approximate.join(", ")).unwrap();
    }
    for (id, cut) in &result.truncated {
        writeln!(out, "truncated {id}: {} of {}", cut.shown, cut.of).unwrap();
    }
    if let Some(range) = result.range {
        writeln!(out, "range {} to {}", range.from_ms, range.to_ms).unwrap();
    }
    if let Some(from) = result.provisional_from_ms {
        writeln!(out, "provisional from {from}").unwrap();
    }
    if !result.coverage.complete || result.coverage.from_ms.is_some() {
        writeln!(out, "coverage {}", serde_json::to_string(&result.coverage).unwrap()).unwrap();
    }
    out
}

/// The parts of a delta that say something; stamps are left out.
fn changes(delta: &hailstream_protocol::Delta) -> String {
    let Json::Object(parts) = serde_json::to_value(delta).unwrap() else { unreachable!() };
    let said = parts.iter().filter(|(name, part)| {
        let is_quiet = **part == "same" || (*name == "cells" && **part == Json::Array(vec![]));
        !is_quiet && !["base", "as_of"].contains(&name.as_str())
    });
    said.map(|(name, part)| format!("{name} {part}\n")).collect()
}

impl Script {
    fn new() -> Self {
        Self {
            engine: None,
            topic: String::new(),
            wall_ms: DAY_MS + 43_200_000,
            next: BTreeMap::new(),
            views: BTreeMap::new(),
            letters: Vec::new(),
        }
    }

    fn run(&mut self, command: &str, rest: &str) -> Result<String, String> {
        if command == "stream" {
            return self.stream(rest);
        }
        let engine = self.engine.as_mut().ok_or("a script begins with a stream")?;
        let json = |part: Json| format!("{part}\n");
        match command {
            "record" | "null" => self.record(command == "null", rest),
            "view" => self.view(rest),
            "tick" => self.tick(rest),
            "show" => Ok(self.views[rest].1.as_ref().map_or_else(String::new, table)),
            "advance" => {
                self.wall_ms = rest.parse().map_err(|_| format!("no time: {rest}"))?;
                engine.advance(self.wall_ms);
                Ok(String::new())
            }
            "account" => {
                let account = engine.account();
                assert!(account.is_balanced());
                Ok(json(serde_json::to_value(account).unwrap()))
            }
            "letters" => {
                let letter = |l: DeadLetter| {
                    format!("{}@{} {}: {}\n", l.partition, l.offset, l.reason, l.detail)
                };
                Ok(self.letters.drain(..).map(letter).collect())
            }
            "fields" => {
                let field = |f: hailstream_protocol::stream_info::FieldInfo| {
                    format!(
                        "{}: {}{}\n",
                        f.name,
                        f.kind,
                        if f.declared { "" } else { " (inferred)" }
                    )
                };
                Ok(engine.fields().into_iter().map(field).collect())
            }
            "start" | "end" | "gap" => self.partition(command, rest),
            other => Err(format!("unknown command {other}")),
        }
    }

    fn stream(&mut self, yaml: &str) -> Result<String, String> {
        let config = StreamConfig::from_yaml(yaml, "stream.yaml").map_err(|e| e.to_string())?;
        self.topic =
            yaml.split_once("topics: [").unwrap().1.split([',', ']']).next().unwrap().to_owned();
        self.engine = Some(Engine::new(Arc::new(config), "e"));
        Ok(String::new())
    }

    fn partition(&mut self, command: &str, rest: &str) -> Result<String, String> {
        let engine = self.engine.as_mut().ok_or("a script begins with a stream")?;
        let mut words = rest.split(' ');
        let number = |word: Option<&str>| -> Result<i64, String> {
            let word = word.ok_or("a number is missing")?.trim_start_matches("@p");
            word.parse().map_err(|_| format!("no number: {word}"))
        };
        let partition = number(words.next())? as i32;
        let offset = number(words.next())?;
        match command {
            "start" => {
                let complete = words.next() == Some("complete");
                engine.partition_started(&self.topic, partition, offset, complete);
                self.next.insert(partition, offset);
            }
            "end" => engine.partition_end(&self.topic, partition, offset),
            _ => {
                let to_offset = number(words.next())?;
                let why = words.collect::<Vec<_>>().join(" ");
                let topic = self.topic.clone();
                engine.gap(Gap { topic, partition, from_offset: offset, to_offset, why });
            }
        }
        Ok(String::new())
    }

    fn record(&mut self, is_null: bool, rest: &str) -> Result<String, String> {
        let (mut value, mut partition, mut key) = (rest, 0, None);
        loop {
            let (before, word) = value.rsplit_once(' ').unwrap_or(("", value));
            if let Some(number) = word.strip_prefix("@p") {
                partition = number.parse().map_err(|_| format!("no partition: {word}"))?;
            } else if let Some(name) = word.strip_prefix("key=") {
                key = Some(name);
            } else {
                break;
            }
            value = before;
        }
        let offset = self.next.entry(partition).or_default();
        let record = RawRecord {
            topic: &self.topic,
            partition,
            offset: *offset,
            timestamp_ms: Some(self.wall_ms),
            timestamp_type: TimestampType::Create,
            key: key.map(str::as_bytes),
            value: (!is_null).then_some(value.as_bytes()),
        };
        *offset += 1;
        let engine = self.engine.as_mut().ok_or("a script begins with a stream")?;
        self.letters.extend(engine.ingest(&[record], self.wall_ms));
        Ok(String::new())
    }

    fn view(&mut self, rest: &str) -> Result<String, String> {
        let (name, query) = rest.split_once(' ').ok_or("view NAME QUERY")?;
        let mut query: Json = serde_json::from_str(query).map_err(|e| e.to_string())?;
        query["stream"] = Json::from("s");
        let query = Query::from_json(&query).map_err(|e| e.to_string())?;
        let engine = self.engine.as_mut().ok_or("a script begins with a stream")?;
        let (id, backfill) = engine.open_view(&query).map_err(|e| e.to_string())?;
        if let Some(backfill) = backfill {
            engine.install(backfill.run());
        }
        self.views.insert(name.to_owned(), (id, None));
        Ok(String::new())
    }

    fn tick(&mut self, name: &str) -> Result<String, String> {
        let engine = self.engine.as_mut().ok_or("a script begins with a stream")?;
        let (id, seen) = self.views.get_mut(name).ok_or("no such view")?;
        engine.advance(self.wall_ms);
        if !engine.dirty().contains(id) {
            return Ok("nothing new\n".to_owned());
        }
        let tick = engine.tick(*id, self.wall_ms).ok_or("not filled")?;
        let Some(mut before) = seen.take() else {
            *seen = Some(QueryResult::clone(&tick.result));
            return Ok(table(&tick.result));
        };
        let delta = tick.delta.ok_or("a delta was due")?;
        let text = changes(&delta);
        delta.apply(&mut before).map_err(|e| e.to_string())?;
        assert_eq!(before, *tick.result, "snapshot and deltas make the result");
        *seen = Some(before);
        Ok(text)
    }
}

/// The script with the answers that the engine gives.
fn played(text: &str) -> String {
    let (mut script, mut out) = (Script::new(), String::new());
    let given: Vec<&str> = text.lines().filter(|line| !line.starts_with('>')).collect();
    let mut lines = given.iter().peekable();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut rest = with_millis(rest);
        while let Some(more) = lines.next_if(|line| line.starts_with("  ")) {
            writeln!(out, "{more}").unwrap();
            let text =
                if command == "stream" { (*more).to_owned() } else { with_millis(more.trim()) };
            rest.push_str(&text);
            rest.push(if command == "stream" { '\n' } else { ' ' });
        }
        let answer =
            script.run(command, rest.trim_end()).unwrap_or_else(|error| format!("error {error}\n"));
        with_clock(&answer).lines().for_each(|line| writeln!(out, "> {line}").unwrap());
    }
    out
}

#[test]
fn scripts_give_their_frames() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 16, "all scripts are there");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let answer = played(&text);
        if answer == text {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, answer).unwrap();
            continue;
        }
        let differing = text.lines().zip(answer.lines()).enumerate().find(|(_, (a, b))| a != b);
        let shown = differing
            .map(|(line, (a, b))| format!("line {}\n  expected {a}\n  got      {b}", line + 1));
        wrong.push(format!("{}: {}", path.display(), shown.unwrap_or_else(|| "length".to_owned())));
    }
    assert!(wrong.is_empty(), "{}\nrewrite with UPDATE_EXPECT=1", wrong.join("\n"));
}
