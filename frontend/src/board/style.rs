//! One value, one colour: what the board chose, else a colour of its own that it keeps, in every panel and on the map.

use std::sync::{Arc, Mutex, PoisonError};

use hailstream_chart::{Registry, Token, ValueStyle};
use hailstream_protocol::Value;
use serde_json::Value as Json;

use super::document::entries;

/// Colours and words of a board's values.
#[derive(Debug)]
pub(crate) struct BoardStyle {
    /// Field, value, token. Short lists: looked through, not indexed.
    chosen: Vec<(String, String, Token)>,
    /// Field, value, words.
    labels: Vec<(String, String, String)>,
    /// Values nobody chose a colour for. One registry for all fields, because the same value turns up under several
    /// (a zone where a trip began, and where it ended).
    given: Mutex<Registry>,
}

impl BoardStyle {
    /// Reads the attributes of a dashboard.
    pub(super) fn of(saved: &Json) -> Self {
        let mut chosen = Vec::new();
        for (field, value, name) in triples(saved, "colors") {
            if let Some(token) = token_named(&name) {
                chosen.push((field, value, token));
            }
        }
        let taken = chosen.iter().map(|(_, value, token)| (Value::text(value), *token));
        let given = Mutex::new(Registry::with(taken));
        Self { chosen, labels: triples(saved, "labels"), given }
    }

    /// The colour of a value of a field.
    pub(crate) fn color(&self, field: &str, value: &Value) -> Token {
        let word = value.to_string();
        let chosen = self.chosen.iter().find(|(of, value, _)| of == field && *value == word);
        chosen.map_or_else(
            || self.given.lock().unwrap_or_else(PoisonError::into_inner).color(value),
            |(_, _, token)| *token,
        )
    }

    /// The words for a value of a field.
    pub(crate) fn label(&self, field: &str, value: &Value) -> Option<String> {
        let word = value.to_string();
        let label = self.labels.iter().find(|(of, value, _)| of == field && *value == word);
        label.map(|(_, _, words)| words.clone())
    }
}

/// `{field: {value: word}}` as field, value, word.
fn triples(saved: &Json, key: &str) -> Vec<(String, String, String)> {
    let mut triples = Vec::new();
    for (field, values) in entries(saved, key) {
        for (value, word) in values.as_object().into_iter().flatten() {
            let word = word.as_str().unwrap_or_default();
            triples.push((field.clone(), value.clone(), word.to_owned()));
        }
    }
    triples
}

fn token_named(name: &str) -> Option<Token> {
    Token::ALL.into_iter().find(|token| token.name() == name)
}

/// The same for one panel, which knows its buckets by id.
#[derive(Clone, Debug)]
pub(crate) struct PanelStyle {
    board: Arc<BoardStyle>,
    /// Bucket id, field.
    fields: Arc<Vec<(String, String)>>,
}

impl PanelStyle {
    pub(super) fn new(board: Arc<BoardStyle>, fields: Vec<(String, String)>) -> Self {
        Self { board, fields: Arc::new(fields) }
    }

    /// The board's.
    pub(crate) fn board(&self) -> &BoardStyle {
        &self.board
    }

    /// The field of a column, which for hits and entities is the column itself.
    pub(crate) fn field<'a>(&'a self, column: &'a str) -> &'a str {
        let known = self.fields.iter().find(|(id, _)| id == column);
        known.map_or(column, |(_, field)| field)
    }

    /// The words for a cell of a column; of several values those of each.
    pub(crate) fn words(&self, column: &str, value: &Value) -> String {
        if let Value::List(values) = value {
            let words: Vec<String> = values.iter().map(|value| self.words(column, value)).collect();
            return words.join(", ");
        }
        self.board.label(self.field(column), value).unwrap_or_else(|| value.to_string())
    }
}

impl ValueStyle for PanelStyle {
    fn color(&self, bucket_id: &str, value: &Value) -> Option<Token> {
        Some(self.board.color(self.field(bucket_id), value))
    }

    fn label(&self, bucket_id: &str, value: &Value) -> Option<String> {
        self.board.label(self.field(bucket_id), value)
    }
}
