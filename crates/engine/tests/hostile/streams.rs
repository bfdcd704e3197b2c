//! Stream files, spoilt.

use hailstream_fuzz::spoil;
use proptest::prelude::*;

const SEEDS: &[&str] = &[
    include_str!("../../../../assets/presets/taxis/streams/telemetry.yaml"),
    include_str!("../../../../assets/presets/taxis/streams/trips.yaml"),
    include_str!("../../../../assets/presets/taxis/streams/events.yaml"),
    include_str!("../../../../assets/presets/taxis/streams/zone_minute.yaml"),
    "stream: s\ntopics: [t, ^u.*]\nmode: upsert\nkey: [a, b]\nexpire: 1s\nclock: stream\nentity: a\nfields: {a: ip, b: text}\n",
    "{stream: s, topics: [t], time: {field: ts, unit: iso8601, zone: Asia/Kolkata}, dedupe: {by: [a], within: 1d},
      lateness: 1h, future: 1s, disorder: 0s, dead_letter: d, retention: {memory: 1m, memory_bytes: 1MiB}}",
    "stream: s\ntopics: [t]\ntime: {field: a, unit: s}\nruntime:\n  h: {type: hour_of_day, field: a, time_zone: Asia/Tokyo}\n  \
     r: {type: formula, formula: \"a / (b - 1)\"}\n",
];

const PIECES: &[&str] = &[
    "\n",
    "\n  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "\"",
    "'",
    "#",
    "|",
    ">-\n",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "? ",
    "---\n",
    "...\n",
    "%YAML 9\n",
    "~",
    "null",
    "yes",
    "0x7f",
    "1e999",
    ".nan",
    "9223372036854775808",
    "-1",
    "fields",
    "a",
    "stream",
    "geo_point",
    "1d",
    "99999999999999d",
    "\t",
    "\u{feff}",
    "\u{0}",
    "&b [*a, *a, *a, *a]",
];

pub(crate) fn spoilt() -> BoxedStrategy<String> {
    prop_oneof![
        20 => spoil::text(SEEDS, PIECES),
        1 => (1_usize..100_000, prop::sample::select(vec!["[", "{a: ", "- ", "a:\n "]))
            .prop_map(|(depth, open)| open.repeat(depth)),
        1 => any::<String>(),
    ]
    .boxed()
}
