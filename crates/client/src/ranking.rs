//! How the rows of a ranking moved from one result to the next, and how long two that are as good as level keep their places.

use std::collections::BTreeMap;

use hailstream_protocol::Value;

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

/// More rows than this are shown as they come: nobody follows them with the eye.
const MOST_ROWS: usize = 1_000;

/// Follows rows by their keys: the cells of their buckets.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// Places and last moves, by key.
    rows: BTreeMap<Vec<Value>, (usize, Option<Move>)>,
    seen: bool,
    changed_ms: Option<i64>,
}

impl Ranking {
    /// Takes the keys of the rows of the next result of the same question, as they are to stand, and answers in which order to
    /// show them, as places among them. The order shown follows the one wanted, but changes at most once a second; rows that
    /// came or went change it at once.
    pub fn update(&mut self, keys: &[&[Value]], now_ms: i64) -> Vec<usize> {
        if keys.len() > MOST_ROWS {
            *self = Self::default();
            return (0..keys.len()).collect();
        }
        let held = self.held(keys, now_ms);
        let order = held.unwrap_or_else(|| (0..keys.len()).collect());
        let before = std::mem::take(&mut self.rows);
        let mut has_moved = false;
        for (place, &at) in order.iter().enumerate() {
            let old = before.get(keys[at]);
            let way = match old {
                None => self.seen.then_some(Way::In),
                Some((old, _)) if *old > place => Some(Way::Up),
                Some((old, _)) if *old < place => Some(Way::Down),
                Some(_) => None,
            };
            has_moved |= way.is_some();
            let places = old.map_or(0, |(old, _)| place as i32 - *old as i32);
            let earlier = old.and_then(|(_, last_move)| *last_move);
            let last_move = way.map(|way| Move { way, places, at_ms: now_ms }).or(earlier);
            self.rows.insert(keys[at].to_vec(), (place, last_move));
        }
        self.seen = true;
        if has_moved {
            self.changed_ms = Some(now_ms);
        }
        order
    }

    /// The rows are wanted in another order: it is shown at once, and nothing has moved.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// The order of before, while it holds and the rows are the same.
    fn held(&self, keys: &[&[Value]], now_ms: i64) -> Option<Vec<usize>> {
        let is_fresh = self.changed_ms.is_some_and(|at_ms| now_ms - at_ms < HOLD_MS);
        if !is_fresh || keys.len() != self.rows.len() {
            return None;
        }
        let mut order = vec![None; keys.len()];
        for (at, key) in keys.iter().enumerate() {
            let (place, _) = self.rows.get(*key)?;
            *order.get_mut(*place)? = Some(at);
        }
        // Rows that share a key cannot be told apart: they are shown as they come.
        order.into_iter().collect()
    }

    /// The last move of the row with this key.
    #[must_use]
    pub fn last_move(&self, key: &[Value]) -> Option<Move> {
        self.rows.get(key)?.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(ranking: &mut Ranking, keys: &[&str], now_ms: i64) -> Vec<usize> {
        let keys: Vec<[Value; 1]> = keys.iter().map(|key| [Value::text(key)]).collect();
        let keys: Vec<&[Value]> = keys.iter().map(<[Value; 1]>::as_slice).collect();
        ranking.update(&keys, now_ms)
    }

    fn last_move(ranking: &Ranking, key: &str) -> Option<Move> {
        ranking.last_move(&[Value::text(key)])
    }

    #[test]
    fn rows_that_change_places_are_known() {
        let mut ranking = Ranking::default();
        update(&mut ranking, &["a", "b", "c"], 1);
        assert_eq!(last_move(&ranking, "a"), None);
        update(&mut ranking, &["b", "a", "d"], 2);
        let way = |key: &str| last_move(&ranking, key).map(|moved| moved.way);
        assert_eq!(way("b"), Some(Way::Up));
        assert_eq!(way("a"), Some(Way::Down));
        assert_eq!(way("d"), Some(Way::In));
        assert_eq!(way("c"), None);
    }

    #[test]
    fn places_are_held_for_a_second() {
        let mut ranking = Ranking::default();
        assert_eq!(update(&mut ranking, &["a", "b"], 0), [0, 1]);
        assert_eq!(update(&mut ranking, &["b", "a"], 100), [0, 1], "the first change is at once");
        assert_eq!(update(&mut ranking, &["a", "b"], 200), [1, 0], "b stays first for a second");
        assert_eq!(update(&mut ranking, &["a", "b"], 1_099), [1, 0]);
        assert_eq!(update(&mut ranking, &["a", "b"], 1_100), [0, 1]);
        assert_eq!(last_move(&ranking, "a").map(|moved| moved.places), Some(-1));
        assert_eq!(update(&mut ranking, &["c", "a"], 1_200), [0, 1], "a new row is shown at once");
    }

    #[test]
    fn rows_that_share_a_first_cell_are_all_shown() {
        let mut ranking = Ranking::default();
        update(&mut ranking, &["a", "b", "a"], 0);
        assert_eq!(update(&mut ranking, &["a", "a", "b"], 100), [0, 1, 2]);
        assert_eq!(update(&mut ranking, &["a", "a", "b"], 200), [0, 1, 2]);
    }
}
