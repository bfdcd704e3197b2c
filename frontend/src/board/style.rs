//! One value, one colour: what the board chose, else a colour of its own that it keeps, in every panel and on the map.

use std::sync::{Arc, Mutex, PoisonError};

use hailstream_chart::{Registry, Token, ValueStyle};
use hailstream_protocol::Value;
use serde_json::{Map, Value as Json};

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

    /// Takes what a panel chose as its values' colours here, too: nobody else gets them, and others follow where nothing is said.
    fn take(&self, chosen: &[(String, Token)]) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        for (words, token) in chosen {
            given.choose(Value::text(words), *token);
            if let Ok(number) = words.parse::<i64>() {
                given.choose(Value::from(number), *token);
            }
        }
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
    /// What the panel says itself: value or metric id, token.
    chosen: Arc<Vec<(String, Token)>>,
}

impl PanelStyle {
    /// Of a board; `params` are those of the panel.
    pub(super) fn new(
        board: Arc<BoardStyle>,
        fields: Vec<(String, String)>,
        params: &Map<String, Json>,
    ) -> Self {
        let said = params.get("colors").and_then(Json::as_object).into_iter().flatten();
        let token = |(words, name): (&String, &Json)| {
            Some((words.clone(), token_named(name.as_str().unwrap_or_default())?))
        };
        let chosen: Vec<(String, Token)> = said.filter_map(token).collect();
        board.take(&chosen);
        Self { board, fields: Arc::new(fields), chosen: Arc::new(chosen) }
    }

    fn chosen(&self, words: &str) -> Option<Token> {
        self.chosen.iter().find(|(of, _)| of == words).map(|(_, token)| *token)
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
        let own = if self.chosen.is_empty() { None } else { self.chosen(&value.to_string()) };
        Some(own.unwrap_or_else(|| self.board.color(self.field(bucket_id), value)))
    }

    fn metric(&self, metric_id: &str) -> Option<Token> {
        self.chosen(metric_id)
    }

    fn label(&self, bucket_id: &str, value: &Value) -> Option<String> {
        self.board.label(self.field(bucket_id), value)
    }
}
