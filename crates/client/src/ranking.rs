//! How the rows of a ranking moved from one result to the next, and how long two that are as good as level keep their places.

use hailstream_protocol::{QueryResult, Value};

/// A row's last change of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Which way.
    pub way: Way,
    /// How many places it went down; negative where it went up, 0 where it is new.
    pub places: i32,
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

/// Places change no more often than this: rows that overtake each other ten times a second cannot be read.
const HOLD_MS: i64 = 1_000;

/// Follows the rows of one result by their first cell. Rankings are short: rows are looked through, not indexed.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    rows: Vec<Ranked>,
    seen: bool,
    changed_ms: Option<i64>,
}

#[derive(Clone, Debug)]
struct Ranked {
    key: Value,
    last_move: Option<Move>,
}

impl Ranking {
    /// Takes the next result of the same question and answers in which order to show its rows, as places in it. The order shown
    /// follows the result's, but changes at most once a second; rows that came or went change it at once.
    pub fn update(&mut self, result: &QueryResult, now_ms: i64) -> Vec<usize> {
        let keys: Vec<&Value> = result.rows.iter().filter_map(|row| row.first()).collect();
        let held = self.held(&keys, now_ms);
        let order = held.unwrap_or_else(|| (0..keys.len()).collect());
        let before = std::mem::take(&mut self.rows);
        let mut has_moved = false;
        for (place, &at) in order.iter().enumerate() {
            let old = before.iter().position(|row| row.key == *keys[at]);
            let way = match old {
                None => self.seen.then_some(Way::In),
                Some(old) if old > place => Some(Way::Up),
                Some(old) if old < place => Some(Way::Down),
                Some(_) => None,
            };
            has_moved |= way.is_some();
            let places = old.map_or(0, |old| place as i32 - old as i32);
            let earlier = old.and_then(|old| before[old].last_move);
            let last_move = way.map(|way| Move { way, places, at_ms: now_ms }).or(earlier);
            self.rows.push(Ranked { key: keys[at].clone(), last_move });
        }
        self.seen = true;
        if has_moved {
            self.changed_ms = Some(now_ms);
        }
        order
    }

    /// The order of before, while it holds and the rows are the same.
    fn held(&self, keys: &[&Value], now_ms: i64) -> Option<Vec<usize>> {
        let is_fresh = self.changed_ms.is_some_and(|at_ms| now_ms - at_ms < HOLD_MS);
        if !is_fresh || keys.len() != self.rows.len() {
            return None;
        }
        let order: Vec<usize> = self
            .rows
            .iter()
            .filter_map(|row| keys.iter().position(|key| **key == row.key))
            .collect();
        // Rows that share a first cell cannot be told apart: they are shown as they come.
        let is_whole = (0..keys.len()).all(|place| order.contains(&place));
        is_whole.then_some(order)
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

    #[test]
    fn places_are_held_for_a_second() {
        let mut ranking = Ranking::default();
        assert_eq!(ranking.update(&result(&["a", "b"]), 0), [0, 1]);
        assert_eq!(
            ranking.update(&result(&["b", "a"]), 100),
            [0, 1],
            "the first change is at once"
        );
        assert_eq!(ranking.update(&result(&["a", "b"]), 200), [1, 0], "b stays first for a second");
        assert_eq!(ranking.update(&result(&["a", "b"]), 1_099), [1, 0]);
        assert_eq!(ranking.update(&result(&["a", "b"]), 1_100), [0, 1]);
        assert_eq!(ranking.last_move(&Value::text("a")).map(|moved| moved.places), Some(-1));
        assert_eq!(
            ranking.update(&result(&["c", "a"]), 1_200),
            [0, 1],
            "a new row is shown at once"
        );
    }

    #[test]
    fn rows_that_share_a_first_cell_are_all_shown() {
        let mut ranking = Ranking::default();
        ranking.update(&result(&["a", "b", "a"]), 0);
        assert_eq!(ranking.update(&result(&["a", "a", "b"]), 100), [0, 1, 2]);
        assert_eq!(ranking.update(&result(&["a", "a", "b"]), 200), [0, 1, 2]);
    }
}
