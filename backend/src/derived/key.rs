//! Keys of output records: the same whenever a row is written. Values joined by `|`; in a value `|` and `\` are written
//! `\|` and `\\`; an absent value is `\N`.

use hailstream_protocol::Value;

/// The key of these values.
pub(crate) fn of(values: impl IntoIterator<Item = Value>) -> String {
    let mut key = String::new();
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            key.push('|');
        }
        push_escaped(&mut key, &value);
    }
    key
}

fn push_escaped(key: &mut String, value: &Value) {
    if value.is_null() {
        key.push_str("\\N");
        return;
    }
    for c in value.to_string().chars() {
        if matches!(c, '|' | '\\') {
            key.push('\\');
        }
        key.push(c);
    }
}
