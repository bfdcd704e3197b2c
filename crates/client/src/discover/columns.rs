//! Which fields stand in the table, in which order its rows: as addresses keep it, and what holds where they say nothing.

use std::cmp::Ordering;

use hailstream_protocol::{Row, Value};

use crate::stream_fields::{StreamField, StreamFields};

/// Columns of a table that nobody has chosen.
const COLUMNS: usize = 6;
/// At most so many of them are words: numbers shall have room, too.
const WORDS: usize = 4;

/// The order of rows; where there is none, the newest come first as they arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// Field.
    pub field: String,
    /// Which end comes first.
    pub direction: Direction,
}

/// Which end of an order comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The least.
    Ascending,
    /// The most.
    Descending,
}

impl Sort {
    /// As addresses have it: `speed`, `-speed`.
    #[must_use]
    pub fn address(&self) -> String {
        match self.direction {
            Direction::Ascending => self.field.clone(),
            Direction::Descending => format!("-{}", self.field),
        }
    }

    /// Reads an address's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let (field, direction) = match word.strip_prefix('-') {
            Some(field) => (field, Direction::Descending),
            None => (word, Direction::Ascending),
        };
        (!field.is_empty()).then(|| Self { field: field.to_owned(), direction })
    }

    /// The order after one more click on the heading of a column: the most first, then the least, then none.
    #[must_use]
    pub fn clicked(before: Option<&Self>, field: &str) -> Option<Self> {
        let direction = match before.filter(|sort| sort.field == field).map(|sort| sort.direction) {
            None => Direction::Descending,
            Some(Direction::Descending) => Direction::Ascending,
            Some(Direction::Ascending) => return None,
        };
        Some(Self { field: field.to_owned(), direction })
    }

    /// The places of rows in this order, by the values in `column`. Rows without a value come last, equals stay as they were.
    #[must_use]
    pub fn places(&self, rows: &[Row], column: usize) -> Vec<usize> {
        let value = |place: &usize| rows.get(*place).and_then(|row| row.get(column));
        let missing = |value: Option<&Value>| value.is_none_or(Value::is_null);
        let mut places: Vec<usize> = (0..rows.len()).collect();
        places.sort_by(|a, b| {
            let (a, b) = (value(a), value(b));
            let order = match self.direction {
                _ if missing(a) || missing(b) => Ordering::Equal,
                Direction::Ascending => a.cmp(&b),
                Direction::Descending => b.cmp(&a),
            };
            missing(a).cmp(&missing(b)).then(order)
        });
        places
    }
}

/// Columns as addresses have them: `cab_id,speed`. Commas within names are percent-encoded.
#[must_use]
pub fn columns_address(columns: &[String]) -> String {
    let words: Vec<String> =
        columns.iter().map(|name| name.replace('%', "%25").replace(',', "%2C")).collect();
    words.join(",")
}

/// Reads an address's word.
#[must_use]
pub fn parse_columns(word: &str) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in word.split(',').map(|name| name.replace("%2C", ",").replace("%25", "%")) {
        if !name.is_empty() && !columns.contains(&name) {
            columns.push(name);
        }
    }
    columns
}

/// The columns of a stream whose reader has not chosen any.
#[must_use]
pub fn usual_columns(stream: &StreamFields) -> Vec<String> {
    let telling = stream.telling();
    let is_rare = |field: &StreamField| field.share.is_some_and(|share| share < 0.5);
    let (words, others): (Vec<_>, Vec<_>) = telling
        .into_iter()
        .filter(|field| field.is_declared || !is_rare(field))
        .partition(|field| !field.is_number() && field.kind != "boolean");
    let words = words.into_iter().take(WORDS);
    let all = words.chain(others).map(|field| field.name.clone());
    all.take(COLUMNS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream_fields::tests::telemetry;

    #[test]
    fn columns_nobody_chose_are_the_telling_ones() {
        assert_eq!(
            usual_columns(&telemetry()),
            ["cab_id", "status", "zone", "heading", "speed", "occupied"]
        );
    }

    #[test]
    fn an_address_keeps_columns_and_order() {
        let columns = ["cab_id".to_owned(), "a,b%2C".to_owned()];
        assert_eq!(columns_address(&columns), "cab_id,a%2Cb%252C");
        assert_eq!(parse_columns("cab_id,a%2Cb%252C,,cab_id"), columns);
        for word in ["speed", "-speed"] {
            assert_eq!(Sort::parse(word).map(|sort| sort.address()).as_deref(), Some(word));
        }
        assert_eq!(Sort::parse("-"), None);
    }

    #[test]
    fn clicks_go_from_the_most_to_the_least_to_none() {
        let first = Sort::clicked(None, "speed");
        assert_eq!(first.as_ref().map(Sort::address).as_deref(), Some("-speed"));
        let second = Sort::clicked(first.as_ref(), "speed");
        assert_eq!(second.as_ref().map(Sort::address).as_deref(), Some("speed"));
        assert_eq!(Sort::clicked(second.as_ref(), "speed"), None);
        assert_eq!(
            Sort::clicked(second.as_ref(), "zone").map(|sort| sort.address()).as_deref(),
            Some("-zone")
        );
    }

    #[test]
    fn rows_without_a_value_come_last_in_both_directions() {
        let row = |value: Value| vec![Value::text("x"), value];
        let rows =
            [row(Value::Int(2)), row(Value::Null), row(Value::Float(7.5)), row(Value::Int(2))];
        let places = |word: &str| Sort::parse(word).unwrap().places(&rows, 1);
        assert_eq!(places("n"), [0, 3, 2, 1]);
        assert_eq!(places("-n"), [2, 0, 3, 1]);
    }
}
