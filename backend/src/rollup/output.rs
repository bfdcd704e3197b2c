//! Output rows as Kafka records: a JSON object under a key that is the same whenever the row is written.
//!
//! ```json
//! {"zone":"Mission","window":1211356800000,"window_end":1211356860000,"trips":3,"revenue":41.25}
//! ```
//!
//! The key is the values of the key fields ([`key`]). The window is its start, epoch ms: `Mission|1211356800000`.

use hailstream_protocol::Value;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::config::{RollupConfig, WINDOW, WINDOW_END};
use super::windows::Row;
use crate::derived::key;

/// A row with the names of its columns.
struct NamedRow<'a> {
    config: &'a RollupConfig,
    row: &'a Row,
}

impl Serialize for NamedRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { config, row } = self;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in config.by.iter().zip(row.group.iter()) {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry(WINDOW, &row.window_ms)?;
        map.serialize_entry(WINDOW_END, &(row.window_ms + config.window.millis()))?;
        for (metric, value) in config.metrics.iter().zip(&row.values) {
            map.serialize_entry(metric.id(), value)?;
        }
        map.end()
    }
}

/// The record's value.
pub(super) fn value_of(config: &RollupConfig, row: &Row) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&NamedRow { config, row })
}

/// The record's key.
pub(super) fn key_of(config: &RollupConfig, row: &Row) -> String {
    key::of(config.key.iter().map(|name| {
        if name == WINDOW {
            return Value::Int(row.window_ms);
        }
        let place = config.by.iter().position(|by| by == name);
        place.and_then(|place| row.group.get(place)).cloned().unwrap_or_default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derived::file::File as _;

    #[test]
    fn rows_and_their_keys() {
        let config = RollupConfig::from_yaml(
            "{rollup: r, from: s, window: {tumbling: 1m}, by: [zone, hired], to: t, key: [window, zone, hired],\n\
             metrics: [{id: n, type: count}, {id: fares, type: sum, field: fare}]}",
            "r.yaml",
        )
        .unwrap();
        let row = |zone: Value, hired: Value, sum: Value| Row {
            window_ms: 60_000,
            group: [zone, hired].into(),
            values: vec![Value::Int(2), sum],
        };
        for (row, key, value) in [
            (
                row(Value::text("Mission"), Value::Bool(true), Value::Float(41.25)),
                "60000|Mission|true",
                r#"{"zone":"Mission","hired":true,"window":60000,"window_end":120000,"n":2,"fares":41.25}"#,
            ),
            (
                row(Value::text("a|b\\N"), Value::Null, Value::Int(7)),
                "60000|a\\|b\\\\N|\\N",
                r#"{"zone":"a|b\\N","hired":null,"window":60000,"window_end":120000,"n":2,"fares":7}"#,
            ),
        ] {
            assert_eq!(key_of(&config, &row), key);
            assert_eq!(String::from_utf8(value_of(&config, &row).unwrap()).unwrap(), value);
        }
    }
}
