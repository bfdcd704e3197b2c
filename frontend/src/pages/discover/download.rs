//! The rows that are shown, as a CSV file.

use hailstream_client::csv::csv;
use hailstream_client::stream_fields::StreamFields;
use hailstream_protocol::{Row, Value};

use super::calm::Seen;
use crate::dom;
use crate::local_time::iso;

/// Saves `rows` of an answer: their time, the columns, and their place in Kafka.
pub(super) fn download(stream: &StreamFields, seen: &Seen, columns: &[String], rows: &[&Row]) {
    let time = if stream.time_field.is_empty() { "_timestamp" } else { stream.time_field.as_str() };
    let others = columns.iter().map(String::as_str).filter(|name| *name != time);
    let places = ["_topic", "_partition", "_offset"];
    let names = std::iter::once(time).chain(others).chain(places);
    let columns: Vec<String> = names.map(str::to_owned).collect();
    let rows = rows.iter().map(|row| file_row(stream, seen, &columns, row));
    let table: Vec<Vec<String>> = std::iter::once(columns.clone()).chain(rows).collect();
    dom::download(&format!("{}.csv", stream.stream), &csv(&table));
}

/// The cells of a row for a file: times in ISO 8601, nothing where there is no value.
fn file_row(stream: &StreamFields, seen: &Seen, columns: &[String], row: &Row) -> Vec<String> {
    let cell = |name: &String| {
        let place = seen.0.columns.iter().position(|column| column == name);
        let is_time =
            name == "_timestamp" || stream.field(name).is_some_and(|field| field.kind == "date");
        match place.and_then(|place| row.get(place)) {
            None | Some(Value::Null) => String::new(),
            Some(Value::Int(at_ms)) if is_time => iso(*at_ms),
            Some(value) => value.to_string(),
        }
    };
    columns.iter().map(cell).collect()
}
