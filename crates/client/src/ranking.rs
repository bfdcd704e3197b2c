//! How the rows of a ranking moved from one result to the next.

use std::collections::BTreeMap;

use hailstream_protocol::{QueryResult, Value};

/// A row's last change of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Which way.
    pub way: Way,
    /// When, our clock.
    pub at_ms: i64,
}

/// Which way a row moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the first.
    Up,
    /// Towards the last.
    Down,
    /// It was not among the rows before.
    In,
}

/// Follows the rows of one result by their first cell.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    places: BTreeMap<Value, usize>,
    moves: BTreeMap<Value, Move>,
    /// Epoch and range belong together: after a new question nothing has "moved".
    seen: bool,
}

impl Ranking {
    /// Takes the next result of the same question.
    pub fn update(&mut self, result: &QueryResult, now_ms: i64) {
        // Inserted one by one: collecting sorts first, which costs the page a sort of its own.
        let mut places = BTreeMap::new();
        for (place, row) in result.rows.iter().enumerate() {
            if let Some(key) = row.first() {
                places.insert(key.clone(), place);
            }
        }
        if self.seen {
            for (key, place) in &places {
                let way = match self.places.get(key) {
                    None => Way::In,
                    Some(before) if before > place => Way::Up,
                    Some(before) if before < place => Way::Down,
                    Some(_) => continue,
                };
                self.moves.insert(key.clone(), Move { way, at_ms: now_ms });
            }
        }
        self.moves.retain(|key, _| places.contains_key(key));
        self.places = places;
        self.seen = true;
    }

    /// The last move of the row with this key.
    #[must_use]
    pub fn last_move(&self, key: &Value) -> Option<Move> {
        self.moves.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(keys: &[&str]) -> QueryResult {
        let rows = keys.iter().map(|key| vec![Value::text(key)]).collect();
        QueryResult { rows, ..QueryResult::default() }
    }

    #[test]
    fn rows_that_change_places_are_known() {
        let mut ranking = Ranking::default();
        ranking.update(&result(&["a", "b", "c"]), 1);
        assert_eq!(ranking.last_move(&Value::text("a")), None);
        ranking.update(&result(&["b", "a", "d"]), 2);
        let way = |key: &str| ranking.last_move(&Value::text(key)).map(|moved| moved.way);
        assert_eq!(way("b"), Some(Way::Up));
        assert_eq!(way("a"), Some(Way::Down));
        assert_eq!(way("d"), Some(Way::In));
        assert_eq!(way("c"), None);
    }
}
