//! Random streams and their records, good and bad; each record knows what its cells must become.

use std::collections::BTreeMap;
use std::ops::Range;

use hailstream_engine::naive::Record;
use hailstream_engine::{Clock, StreamConfig};
use hailstream_protocol::Value;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// 2023-11-14T22:13:20Z.
pub(crate) const T0: i64 = 1_700_000_000_000;

pub(crate) const FIELDS: [&str; 9] =
    ["cab", "host", "occupied", "position", "lat", "lon", "speed", "status", "trips"];

/// A stream file's choices.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) upsert: bool,
    pub(crate) keyed_by_fields: bool,
    pub(crate) dedupe: bool,
    pub(crate) clock: Clock,
    /// Event time from the field `ts`, or from the record timestamp.
    pub(crate) by_field: bool,
    pub(crate) unit: &'static str,
    pub(crate) lateness_ms: i64,
    pub(crate) future_ms: i64,
    pub(crate) expire_ms: i64,
    /// `where`, if not empty.
    pub(crate) filter: &'static str,
}

impl Stream {
    pub(crate) fn config(&self) -> StreamConfig {
        let mut lines = vec!["stream: s".to_owned(), "topics: [a, b]".to_owned()];
        lines.push(format!("mode: {}", if self.upsert { "upsert" } else { "append" }));
        if self.upsert && self.keyed_by_fields {
            lines.push("key: [cab]".to_owned());
        }
        if self.dedupe {
            lines.push("dedupe: {by: [cab, ts], within: 1d}".to_owned());
        }
        if self.by_field {
            lines.push(format!("time: {{field: ts, unit: {}}}", self.unit));
        }
        let clock = if self.clock == Clock::Wall { "wall" } else { "stream" };
        lines.push(format!("clock: {clock}"));
        lines.push(format!("lateness: {}ms", self.lateness_ms));
        lines.push(format!("future: {}ms", self.future_ms));
        lines.push(format!("expire: {}ms", self.expire_ms));
        lines.push("entity: cab".to_owned());
        if !self.filter.is_empty() {
            lines.push(format!("where: \"{}\"", self.filter));
        }
        lines.push(
            "fields: {cab: keyword, status: keyword, speed: double, occupied: boolean, trips: long, ts: date, host: ip, \
             position: {type: geo_point, lat: lat, lon: lon}}"
                .to_owned(),
        );
        StreamConfig::from_yaml(&lines.join("\n"), "s.yaml").expect("a good stream file")
    }
}

pub(crate) fn stream() -> impl Strategy<Value = Stream> {
    (
        prop::sample::select(vec![(false, false), (false, false), (true, false), (true, true)]),
        any::<bool>(),
        prop::sample::select(vec![Clock::Wall, Clock::Stream]),
        prop::sample::select(vec![(true, "ms"), (true, "s"), (true, "us"), (false, "ms")]),
        prop::sample::select(vec![5_000_i64, 20_000, 900_000]),
        prop::sample::select(vec![3_000_i64, 15_000, 60_000]),
        prop::sample::select(vec![
            "",
            "",
            "",
            "status: *",
            "speed > 20 or occupied: true",
            "not c1",
        ]),
    )
        .prop_map(
            |(
                (upsert, keyed_by_fields),
                dedupe,
                clock,
                (by_field, unit),
                lateness_ms,
                expire_ms,
                filter,
            )| {
                Stream {
                    upsert,
                    keyed_by_fields,
                    dedupe: dedupe && !upsert && by_field,
                    clock,
                    by_field,
                    unit,
                    lateness_ms,
                    future_ms: 10_000,
                    expire_ms,
                    filter,
                }
            },
        )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Good,
    /// No JSON, no object, a wrong type, off the globe.
    Broken,
    /// Without the time field, or with a wrong one.
    Timeless,
    Tombstone,
}

/// A record, and what it must become.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) topic: &'static str,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) timestamp_ms: i64,
    pub(crate) key: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) time_ms: i64,
    pub(crate) arrives_ms: i64,
    values: BTreeMap<String, Vec<Value>>,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { topic, partition, offset, key, text, kind, .. } = self;
        let at = (self.time_ms - T0, self.arrives_ms - T0);
        write!(
            f,
            "{topic}/{partition}@{offset} {kind:?} {at:?} {key:?} {}",
            text.as_deref().unwrap_or("null")
        )
    }
}

impl Made {
    pub(crate) fn cab(&self) -> Option<String> {
        self.values.get("cab")?.last()?.as_str().map(str::to_owned)
    }

    pub(crate) fn row(&self, time_ms: i64) -> Record {
        Record {
            time_ms,
            topic: self.topic.to_owned(),
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: Some(self.timestamp_ms),
            values: self.values.clone(),
        }
    }
}

/// JSON of a cell, and its values; `Err` where it refuses the record.
type CellOf = (Json, Result<Vec<Value>, ()>);

fn cells(choices: Vec<(u32, CellOf)>) -> impl Strategy<Value = Option<CellOf>> {
    let weighted: Vec<_> = choices.into_iter().map(|(weight, cell)| (weight, Just(cell))).collect();
    prop::option::weighted(0.9, prop::strategy::Union::new_weighted(weighted))
}

fn good(json: Json, value: impl Into<Value>) -> CellOf {
    (json, Ok(vec![value.into()]))
}

fn several<T: Into<Value> + Clone>(json: Json, values: &[T]) -> CellOf {
    (json, Ok(values.iter().cloned().map(Into::into).collect()))
}

fn null() -> CellOf {
    (Json::Null, Ok(Vec::new()))
}

fn wrong(json: Json) -> CellOf {
    (json, Err(()))
}

fn float(number: f64) -> Value {
    Value::Float(number)
}

fn cab() -> impl Strategy<Value = Option<CellOf>> {
    let mut choices: Vec<(u32, CellOf)> =
        ["c1", "c2", "c3", "c4"].iter().map(|name| (6, good(json!(name), *name))).collect();
    choices.extend([(1, good(json!(7), "7")), (1, null())]);
    cells(choices)
}

fn status() -> impl Strategy<Value = Option<CellOf>> {
    let names = ["free", "hired", "off duty", ""];
    let mut choices: Vec<(u32, CellOf)> =
        names.iter().map(|name| (5, good(json!(name), *name))).collect();
    choices.extend([(1, good(json!(true), "true")), (1, null())]);
    choices.extend([
        (2, several(json!(["free", "hired"]), &["free", "hired"])),
        (2, several(json!(["hired", null, "hired", ""]), &["hired", "hired", ""])),
        (1, several::<&str>(json!([]), &[])),
    ]);
    cells(choices)
}

fn host() -> impl Strategy<Value = Option<CellOf>> {
    cells(vec![
        (4, good(json!("10.0.0.2"), "10.0.0.2")),
        (4, good(json!("10.0.0.12"), "10.0.0.12")),
        (3, good(json!("::FFFF:10.0.0.2"), "10.0.0.2")),
        (3, good(json!("2001:DB8:0::1"), "2001:db8::1")),
        (2, several(json!(["192.168.1.9", "::1"]), &["192.168.1.9", "::1"])),
        (1, null()),
        (1, wrong(json!("10.0.0.256"))),
    ])
}

/// Objects in an array: the members of each are values of one field.
fn items() -> impl Strategy<Value = Option<(Json, Vec<&'static str>, Vec<i64>)>> {
    prop::option::weighted(
        0.5,
        prop::sample::select(vec![
            (json!({"kind": "bag", "n": 2}), vec!["bag"], vec![2]),
            (json!([{"kind": "bag", "n": 1}, {"kind": "box"}]), vec!["bag", "box"], vec![1]),
            (json!([{"kind": "box", "n": 3}, {"n": 3}]), vec!["box"], vec![3, 3]),
            (json!([[{"n": 5}], {"kind": ["bag", "box"]}]), vec!["bag", "box"], vec![5]),
            (json!([]), vec![], vec![]),
        ]),
    )
}

fn speed() -> impl Strategy<Value = Option<CellOf>> {
    cells(vec![
        (4, good(json!(0.1), float(0.1))),
        (4, good(json!(12.5), float(12.5))),
        (3, good(json!(-3.25), float(-3.25))),
        (3, good(json!(1e17), float(1e17))),
        (3, good(json!(-1e17), float(-1e17))),
        (2, good(json!(1e-30), float(1e-30))),
        (4, good(json!(12), float(12.0))),
        (2, good(json!("2.5"), float(2.5))),
        (2, good(json!(-0.0), float(0.0))),
        (1, null()),
        (1, wrong(json!("fast"))),
        (1, wrong(json!(true))),
    ])
}

fn occupied() -> impl Strategy<Value = Option<CellOf>> {
    cells(vec![
        (6, good(json!(true), true)),
        (6, good(json!(false), false)),
        (2, good(json!("true"), true)),
        (1, null()),
        (1, wrong(json!("yes"))),
    ])
}

fn trips() -> impl Strategy<Value = Option<CellOf>> {
    let mut choices: Vec<(u32, CellOf)> =
        (-2_i64..5).map(|number| (4, good(json!(number), number))).collect();
    choices.extend([
        (1, good(json!(i64::MAX), i64::MAX)),
        (1, good(json!(9_007_199_254_740_993_i64), 9_007_199_254_740_993)),
        (2, good(json!(3.0), 3)),
        (2, good(json!("4"), 4)),
        (1, null()),
        (2, several(json!([1, 2, 2]), &[1, 2, 2])),
        (1, several(json!([4, "-2"]), &[4, -2])),
        (1, wrong(json!(2.5))),
        (1, wrong(json!([1, "many"]))),
        (1, wrong(json!("many"))),
    ]);
    cells(choices)
}

/// Fields that no stream file names: whole numbers that fractions widen, and words.
fn level() -> impl Strategy<Value = Option<CellOf>> {
    cells(vec![
        (5, good(json!(1), 1)),
        (5, good(json!(2), 2)),
        (3, good(json!(2.0), float(2.0))),
        (2, good(json!(2.5), float(2.5))),
        (1, several(json!([1, 2.5, 2]), &[float(1.0), float(2.5), float(2.0)])),
        (1, null()),
    ])
}

fn note() -> impl Strategy<Value = Option<CellOf>> {
    cells(vec![(3, good(json!("x"), "x")), (3, good(json!("y"), "y")), (1, null())])
}

/// Latitude and longitude; together they make a position.
fn place() -> impl Strategy<Value = Option<(f64, f64)>> {
    prop::option::weighted(0.8, (0_u8..8, 0_u8..8)).prop_map(|steps| {
        steps.map(|(x, y)| (37.7 + f64::from(y) * 0.011, -122.5 + f64::from(x) * 0.013))
    })
}

pub(crate) fn records(stream: Stream, count: Range<usize>) -> impl Strategy<Value = Vec<Made>> {
    let cells =
        (cab(), status(), speed(), occupied(), trips(), level(), note(), host(), items(), place());
    let jitter = prop_oneof![
        6 => -2_000_i64..2_000,
        2 => -40_000_i64..0,
        1 => 0_i64..25_000,
    ];
    let trouble = prop_oneof![
        30 => Just(""),
        1 => Just("not json"),
        1 => Just("not an object"),
        1 => Just("no time"),
        1 => Just("wrong time"),
        1 => Just("off the globe"),
        2 => Just("tombstone"),
        2 => Just("again"),
        1 => Just("no key"),
    ];
    let one = (cells, jitter, trouble, 0_u8..4, any::<bool>());
    prop::collection::vec(one, count).prop_map(move |all| {
        let mut made: Vec<Made> = Vec::new();
        let mut offsets: BTreeMap<(&str, i32), i64> = BTreeMap::new();
        for (index, (cells, jitter, trouble, partition, topic)) in all.into_iter().enumerate() {
            let arrives_ms = T0 + index as i64 * 700;
            let mut record = match (trouble, made.last()) {
                ("again", Some(last)) => last.clone(),
                _ => make(&stream, cells, arrives_ms + jitter, trouble, partition, topic),
            };
            let offset = offsets.entry((record.topic, record.partition)).or_default();
            (record.offset, record.arrives_ms) = (*offset, arrives_ms);
            *offset += 1;
            made.push(record);
        }
        made
    })
}

type Cells = (
    Option<CellOf>,
    Option<CellOf>,
    Option<CellOf>,
    Option<CellOf>,
    Option<CellOf>,
    Option<CellOf>,
    Option<CellOf>,
    Option<CellOf>,
    Option<(Json, Vec<&'static str>, Vec<i64>)>,
    Option<(f64, f64)>,
);

/// A record's value under construction.
struct Content {
    json: Map<String, Json>,
    values: BTreeMap<String, Vec<Value>>,
    kind: Kind,
}

impl Content {
    fn time(&mut self, stream: &Stream, time_ms: i64, trouble: &str) {
        let time = match stream.unit {
            "s" => json!(time_ms / 1_000),
            "us" => json!(time_ms * 1_000 + 999),
            _ => json!(time_ms),
        };
        match trouble {
            "no time" => self.kind = Kind::Timeless,
            "wrong time" if stream.by_field => {
                self.json.insert("ts".to_owned(), json!("noon"));
                self.kind = Kind::Timeless;
            }
            _ => {
                self.json.insert("ts".to_owned(), time);
                self.values.insert("ts".to_owned(), vec![Value::Int(time_ms)]);
            }
        }
    }

    fn cell(&mut self, name: &str, cell: Option<CellOf>) {
        let Some((json, value)) = cell else { return };
        self.json.insert(name.to_owned(), json);
        match value {
            Ok(values) if values.is_empty() => {}
            Ok(values) => {
                self.values.insert(name.to_owned(), values);
            }
            Err(()) => self.kind = Kind::Broken,
        }
    }

    fn items(&mut self, items: Option<(Json, Vec<&str>, Vec<i64>)>) {
        let Some((json, kinds, numbers)) = items else { return };
        self.cell("items", Some((json, Ok(Vec::new()))));
        let mut put = |name: &str, values: Vec<Value>| {
            if !values.is_empty() {
                self.values.insert(name.to_owned(), values);
            }
        };
        put("items.kind", kinds.into_iter().map(Value::text).collect());
        put("items.n", numbers.into_iter().map(Value::Int).collect());
    }

    fn place(&mut self, place: Option<(f64, f64)>) {
        let Some((lat, lon)) = place else { return };
        let at = Value::List(vec![float(lon), float(lat)]);
        for (name, json, value) in
            [("lat", json!(lat), float(lat)), ("lon", json!(lon), float(lon))]
        {
            self.json.insert(name.to_owned(), json);
            self.values.insert(name.to_owned(), vec![value]);
        }
        self.values.insert("position".to_owned(), vec![at]);
    }
}

fn make(
    stream: &Stream,
    cells: Cells,
    time_ms: i64,
    trouble: &str,
    partition: u8,
    topic: bool,
) -> Made {
    let (cab, status, speed, occupied, trips, level, note, host, items, place) = cells;
    let named = [
        ("cab", cab),
        ("status", status),
        ("speed", speed),
        ("occupied", occupied),
        ("trips", trips),
        ("level", level),
        ("note", note),
        ("host", host),
    ];
    let time_ms = if stream.unit == "s" { time_ms.div_euclid(1_000) * 1_000 } else { time_ms };
    let mut content = Content { json: Map::new(), values: BTreeMap::new(), kind: Kind::Good };
    content.time(stream, time_ms, trouble);
    named.into_iter().for_each(|(name, cell)| content.cell(name, cell));
    content.items(items);
    content.place(if trouble == "off the globe" { Some((95.0, 0.0)) } else { place });
    let Content { json, values, kind } = content;
    let name = values.get("cab").map_or_else(String::new, |cab: &Vec<Value>| cab[0].to_string());
    // Kafka keeps the records of one key in one partition.
    let (topic, partition) = match stream.upsert {
        true => ("a", name.len() as i32 + name.bytes().map(i32::from).sum::<i32>() % 3),
        false => (if topic { "a" } else { "b" }, i32::from(partition)),
    };
    let (key, text) = match trouble {
        "tombstone" => (Some(name), None),
        "not json" => (Some(name), Some("{\"ts\": 17".to_owned())),
        "not an object" => (Some(name), Some("[1, 2]".to_owned())),
        "no key" => (None, Some(Json::Object(json).to_string())),
        _ => (Some(name), Some(Json::Object(json).to_string())),
    };
    let kind = match trouble {
        "tombstone" => Kind::Tombstone,
        "not json" | "not an object" | "off the globe" => Kind::Broken,
        _ => kind,
    };
    let timestamp_ms = time_ms;
    Made {
        topic,
        partition,
        offset: 0,
        timestamp_ms,
        key,
        text,
        kind,
        time_ms,
        arrives_ms: 0,
        values,
    }
}
