//! What a text of a CSV file becomes: the declared type, or a number where nothing is lost, else the text.
//!
//! A text that is not of its declared type is handed on as it is: the engine judges records, not the reader.

use serde_json::Value;
use std::collections::BTreeMap;

/// The declared types of fields, by name.
pub type FieldTyping = BTreeMap<String, FieldType>;

/// The types a text can be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Double,
    /// `true`, `false`, `1`, `0`.
    Boolean,
    /// A number of time units or a written date.
    Date,
}

impl FieldType {
    /// The type that an OpenSearch field type is read as.
    pub fn of_opensearch(name: &str) -> Option<Self> {
        Some(match name {
            "keyword" | "text" | "ip" | "geo_point" => Self::Text,
            "long" | "integer" | "short" | "byte" => Self::Integer,
            "double" | "float" => Self::Double,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            _ => return None,
        })
    }
}

/// The value of a text; none for the empty one.
pub(super) fn value(text: &str, declared: Option<FieldType>) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    let typed = match declared {
        Some(FieldType::Text) => None,
        Some(FieldType::Integer) => text.parse::<i64>().ok().map(Value::from),
        Some(FieldType::Double) => double(text),
        Some(FieldType::Boolean) => boolean(text),
        Some(FieldType::Date) => text.parse::<i64>().ok().map(Value::from).or_else(|| double(text)),
        None => lossless(text),
    };
    Some(typed.unwrap_or_else(|| Value::from(text)))
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "1" | "true" => Some(Value::Bool(true)),
        "0" | "false" => Some(Value::Bool(false)),
        _ => None,
    }
}

/// JSON has no NaN and no infinities: those stay texts.
fn double(text: &str) -> Option<Value> {
    text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from)
}

/// The number whose shortest spelling is exactly the text.
fn lossless(text: &str) -> Option<Value> {
    if let Ok(number) = text.parse::<i64>() {
        return (number.to_string() == text).then(|| Value::from(number));
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    (number.to_string() == text).then(|| Value::from(number))
}
