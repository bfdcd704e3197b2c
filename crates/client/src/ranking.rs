//! How the rows of a ranking moved from one result to the next.

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

/// Follows the rows of one result by their first cell. Rankings are short: rows are looked through, not indexed.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    rows: Vec<Ranked>,
    seen: bool,
}

#[derive(Clone, Debug)]
struct Ranked {
    key: Value,
    last_move: Option<Move>,
}

impl Ranking {
    /// Takes the next result of the same question.
    pub fn update(&mut self, result: &QueryResult, now_ms: i64) {
        let before = std::mem::take(&mut self.rows);
        let keys = result.rows.iter().filter_map(|row| row.first());
        for (place, key) in keys.enumerate() {
            let old = before.iter().position(|row| row.key == *key);
            let way = match old {
                None => self.seen.then_some(Way::In),
                Some(old) if old > place => Some(Way::Up),
                Some(old) if old < place => Some(Way::Down),
                Some(_) => None,
            };
            let earlier = old.and_then(|old| before[old].last_move);
            let last_move = way.map(|way| Move { way, at_ms: now_ms }).or(earlier);
            self.rows.push(Ranked { key: key.clone(), last_move });
        }
        self.seen = true;
    }

    /// The last move of the row with this key.
    #[must_use]
    pub fn last_move(&self, key: &Value) -> Option<Move> {
        self.rows.iter().find(|row| row.key == *key)?.last_move
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
