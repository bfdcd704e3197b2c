//! Records of any kind: nearly good ones, odd ones, and none at all.

use hailstream_fuzz::spoil;
use proptest::prelude::*;

/// 2023-11-14T22:13:20Z.
pub(crate) const T0: i64 = 1_700_000_000_000;

/// What a record holds; as text for people.
#[derive(Clone)]
pub(crate) struct Raw(pub(crate) Vec<u8>);

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(bytes) = self;
        let shown = &bytes[..bytes.len().min(400)];
        write!(f, "{} bytes: {}", bytes.len(), shown.escape_ascii())
    }
}

const KEYS: &[&str] = &[
    "ts",
    "ts",
    "ts",
    "cab",
    "status",
    "speed",
    "trips",
    "occupied",
    "host",
    "seen",
    "at",
    "note",
    "level",
    "level",
    "lat",
    "lon",
    "items",
    "items.n",
    "n",
    "a",
    "b",
    "c",
    "__proto__",
    "constructor",
    "",
    ".",
    "a.b",
    ".keyword",
    "_id",
    "ü",
    "\\u0061",
    "\\ud83d\\ude00",
];

const SCALARS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0",
    "1",
    "2",
    "2.5",
    "12.5",
    "-3",
    "1700000000000",
    "1700000000500",
    "1700000003000",
    "1699999999999",
    "253402207200000",
    "-377705023201000",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1e308",
    "-1e308",
    "1.7976931348623157e308",
    "1e309",
    "5e-324",
    "1e-400",
    "1E+2",
    "9007199254740993",
    "01",
    "+1",
    "1.",
    ".5",
    "0x10",
    "NaN",
    "-Infinity",
    "nul",
    "\"\"",
    "\"x\"",
    "\"free\"",
    "\"hired\"",
    "\"true\"",
    "\"7\"",
    "\"-7.5e3\"",
    "\"10.0.0.2\"",
    "\"::ffff:10.0.0.2\"",
    "\"2023-11-14T22:13:20Z\"",
    "\"2023-11-14\"",
    "\"-009999-01-01T00:00:00Z\"",
    "\"37.7,-122.4\"",
    "\"POINT (1e308 91)\"",
    "\"drm3btev3e86\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\u0000\\u001f\"",
    "\"\u{202e}\u{301}\"",
    "\"ends",
];

const SEEDS: &[&str] = &[
    r#"{"ts":1700000000000,"cab":"c1","speed":12.5,"trips":3,"occupied":true,"lat":37.7,"lon":-122.4,"status":"free"}"#,
    r#"{"ts":1700000001000,"cab":"c2","host":"10.0.0.2","seen":"2023-11-14T22:13:20Z","at":{"lat":1,"lon":2},"note":"a b"}"#,
    r#"{"ts":1700000002000,"cab":"c3","items":[{"n":1,"kind":["bag"]},{"n":2}],"at":[-122.4,37.7],"level":2.5}"#,
    r#"{"ts":"1700000003000","cab":7,"status":["free","hired"],"trips":"4","at":"37.7,-122.4"}"#,
    r#"{"ts":1700000004000,"a":{"b":{"c":[[[{"d":null}]]]}},"a.b.c.d":1,"a":2,"a":"x"}"#,
    "[1]",
];

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "\\u",
    "\\ud800",
    "\\udfff",
    "null",
    "-",
    "e",
    "E999",
    ".",
    "0",
    "9",
    "\n",
    "\u{0}",
    "\"ts\":",
    "\"a\":",
    "\"__proto__\":{}",
    "\"\":",
    "{\"a\":",
    "[[",
    "//",
    "'",
    "\u{feff}",
    "1e400",
];

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => prop::sample::select(SCALARS.to_vec()).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| format!("{number:e}")),
        1 => any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        1 => (T0 - 100_000..T0 + 100_000).prop_map(|ms| ms.to_string()),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        30 => prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned),
        1 => (0_u32..2_000).prop_map(|number| format!("k{number}")),
    ]
}

fn object(members: Vec<(String, String)>) -> String {
    let members: Vec<String> =
        members.into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((key(), inner), 0..4).prop_map(object),
        ]
    })
}

fn composed() -> impl Strategy<Value = String> {
    let time = prop_oneof![
        20 => (-5_000_i64..5_000).prop_map(|ms| format!("\"ts\":{},", T0 + ms)),
        1 => scalar().prop_map(|scalar| format!("\"ts\":{scalar},")),
        1 => Just(String::new()),
    ];
    (time, prop::collection::vec((key(), value()), 1..8)).prop_map(|(time, members)| {
        let object = object(members);
        format!("{{{time}{}", &object[1..])
    })
}

/// What is large: deep, long, or of many parts.
fn large() -> impl Strategy<Value = Vec<u8>> {
    let good = |inside: &str| format!("{{\"ts\":{T0},{inside}}}");
    prop_oneof![
        (1_usize..100_000).prop_map(move |depth| good(&format!("\"a\":{}", "[".repeat(depth)))),
        (1_usize..140).prop_map(move |depth| {
            good(&format!("\"a\":{}1{}", "{\"b\":".repeat(depth), "}".repeat(depth)))
        }),
        (1_usize..140).prop_map(move |depth| good(&format!(
            "\"a\":{}1{}",
            "[".repeat(depth),
            "]".repeat(depth)
        ))),
        (0_usize..8, 1_usize..1 << 20)
            .prop_map(move |(name, length)| good(&format!("\"{name}{}\":1", "k".repeat(length)))),
        (1_usize..1 << 20)
            .prop_map(move |length| good(&format!("\"cab\":\"{}\"", "v".repeat(length)))),
        (1_usize..1 << 16)
            .prop_map(move |count| good(&format!("\"level\":[{}1]", "1,".repeat(count)))),
        (1_usize..1 << 12)
            .prop_map(move |count| good(&format!("{}\"a\":1", "\"a\":1,".repeat(count)))),
        (0_usize..3_000, 1_usize..1_500).prop_map(move |(from, count)| {
            let members: Vec<String> =
                (from..from + count).map(|i| format!("\"k{i}\":{i}")).collect();
            good(&members.join(","))
        }),
    ]
    .prop_map(String::into_bytes)
}

fn record() -> BoxedStrategy<Raw> {
    let seeds: Vec<Vec<u8>> = SEEDS.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    prop_oneof![
        20 => composed().prop_map(String::into_bytes),
        10 => spoil::bytes(seeds.clone(), PIECES),
        10 => prop::sample::select(seeds),
        2 => prop::collection::vec(any::<u8>(), 0..40),
        1 => large(),
    ]
    .prop_map(Raw)
    .boxed()
}

/// Records in batches.
pub(crate) fn batches() -> BoxedStrategy<Vec<Vec<Raw>>> {
    prop::collection::vec(prop::collection::vec(record(), 1..10), 1..4).boxed()
}

/// Enough to ask something of.
pub(crate) fn few() -> BoxedStrategy<Vec<Raw>> {
    let good = SEEDS.iter().map(|seed| Raw(seed.as_bytes().to_vec())).collect::<Vec<_>>();
    prop::collection::vec(composed().prop_map(|text| Raw(text.into_bytes())), 0..8)
        .prop_map(move |mut odd| {
            odd.extend(good.clone());
            odd
        })
        .boxed()
}
