//! One record: as JSON, and where it lies in Kafka.

use std::fmt::Write;

use hailstream_protocol::{Row, Value};

/// Topic, partition, offset: what tells a record from all others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i64,
    /// Offset.
    pub offset: i64,
}

impl Place {
    /// The place of a row of hits, whose first columns are `_topic, _partition, _offset`.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        let whole = |place: usize| row.get(place).and_then(Value::as_i64).unwrap_or_default();
        let topic = row.first().and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { topic, partition: whole(1), offset: whole(2) }
    }

    /// The command that reads this record, its key first. The brokers are the reader's to name.
    #[must_use]
    pub fn kcat(&self) -> String {
        let Self { topic, partition, offset } = self;
        let topic = quoted(topic);
        format!("kcat -C -b \"$BROKERS\" -t {topic} -p {partition} -o {offset} -c 1 -f '%k %s\\n'")
    }
}

/// A word of a shell. Kafka allows no other characters in topics; were it otherwise, they would still be no command.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let safe = !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain);
    if safe { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// The fields a record has, as JSON in lines. Names that begin with `_` are ours and left out.
#[must_use]
pub fn json_text(columns: &[String], row: &Row) -> String {
    let own = columns.iter().zip(row).filter(|(name, value)| is_own(name) && !value.is_null());
    let mut text = String::from("{");
    for (place, (name, value)) in own.enumerate() {
        text.push_str(if place == 0 { "\n  " } else { ",\n  " });
        text.push_str(&string(name));
        text.push_str(": ");
        write_value(&mut text, value);
    }
    text.push_str(if text.len() > 1 { "\n}" } else { "}" });
    text
}

/// Whether a column is a field of the record.
#[must_use]
pub fn is_own(column: &str) -> bool {
    !column.starts_with('_')
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Text(word) => text.push_str(&string(word)),
        Value::List(values) => {
            text.push('[');
            for (place, value) in values.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { ", " });
                write_value(text, value);
            }
            text.push(']');
        }
        Value::Object(entries) => {
            text.push('{');
            for (place, (name, value)) in entries.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { ", " });
                text.push_str(&string(name));
                text.push_str(": ");
                write_value(text, value);
            }
            text.push('}');
        }
        Value::Null => text.push_str("null"),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            // A String takes whatever is written.
            let _infallible = write!(text, "{value}");
        }
    }
}

fn string(word: &str) -> String {
    serde_json::Value::from(word).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_json_that_reads() {
        let columns = ["_topic", "name", "gone", "ids", "n"].map(str::to_owned);
        let ids = Value::List(vec![Value::Int(1), Value::text("a\"b\u{1}")]);
        let row =
            vec![Value::text("t"), Value::text("</script>"), Value::Null, ids, Value::Float(1.5)];
        let text = json_text(&columns, &row);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            read,
            serde_json::json!({"name": "</script>", "ids": [1, "a\"b\u{1}"], "n": 1.5})
        );
        assert_eq!(json_text(&columns, &vec![]), "{}");
    }

    #[test]
    fn a_topic_is_never_a_command() {
        let at = |topic: &str| Place { topic: topic.to_owned(), partition: 4, offset: 18 }.kcat();
        assert_eq!(
            at("taxi.trips"),
            "kcat -C -b \"$BROKERS\" -t taxi.trips -p 4 -o 18 -c 1 -f '%k %s\\n'"
        );
        assert!(at("a';rm -rf ~;'").contains(r"-t 'a'\'';rm -rf ~;'\''' -p"));
    }
}
