//! One value, one colour: what the board chose, else a colour of its own that it keeps, in every panel and on the map.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hailstream_chart::{Registry, Token, ValueStyle};
use hailstream_protocol::Value;
use hailstream_protocol::saved_object::Dashboard;

/// Colours and words of a board's values.
#[derive(Debug)]
pub(crate) struct BoardStyle {
    chosen: BTreeMap<String, BTreeMap<String, Token>>,
    labels: BTreeMap<String, BTreeMap<String, String>>,
    /// Values nobody chose a colour for. One registry for all fields, because the same value turns up under several
    /// (a zone where a trip began, and where it ended).
    given: Mutex<Registry>,
}

impl BoardStyle {
    pub(super) fn of(dashboard: &Dashboard) -> Self {
        let mut chosen: BTreeMap<String, BTreeMap<String, Token>> = BTreeMap::new();
        let mut taken = Vec::new();
        for (field, colors) in &dashboard.colors {
            let of_field = chosen.entry(field.clone()).or_default();
            for (value, name) in colors {
                if let Some(token) = token_named(name) {
                    of_field.insert(value.clone(), token);
                    taken.push((Value::text(value), token));
                }
            }
        }
        let given = Mutex::new(Registry::with(taken));
        Self { chosen, labels: dashboard.labels.clone(), given }
    }

    /// The colour of a value of a field.
    pub(crate) fn color(&self, field: &str, value: &Value) -> Token {
        let chosen = self.chosen.get(field).and_then(|colors| colors.get(&value.to_string()));
        chosen.copied().unwrap_or_else(|| {
            self.given.lock().unwrap_or_else(PoisonError::into_inner).color(value)
        })
    }

    /// The words for a value of a field.
    pub(crate) fn label(&self, field: &str, value: &Value) -> Option<String> {
        self.labels.get(field)?.get(&value.to_string()).cloned()
    }
}

fn token_named(name: &str) -> Option<Token> {
    Token::ALL.into_iter().find(|token| token.name() == name)
}

/// The same for one panel, which knows its buckets by id.
#[derive(Clone, Debug)]
pub(crate) struct PanelStyle {
    board: Arc<BoardStyle>,
    fields: Arc<BTreeMap<String, String>>,
}

impl PanelStyle {
    pub(super) fn new(board: Arc<BoardStyle>, fields: BTreeMap<String, String>) -> Self {
        Self { board, fields: Arc::new(fields) }
    }

    /// The board's.
    pub(crate) fn board(&self) -> &BoardStyle {
        &self.board
    }

    /// The field of a column, which for hits and entities is the column itself.
    pub(crate) fn field<'a>(&'a self, column: &'a str) -> &'a str {
        self.fields.get(column).map_or(column, String::as_str)
    }

    /// The words for a cell of a column.
    pub(crate) fn words(&self, column: &str, value: &Value) -> String {
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
