//! Which token a series is painted in: a measure, a value of a field, or the rest.
//!
//! One value has one colour on a whole board. The board's own choice comes first, then a stable hash; a [`Registry`] keeps
//! the values of one board apart where their hashes meet.

use std::collections::BTreeMap;

use hailstream_protocol::Value;

use crate::table::SeriesKey;
use crate::theme::Token;

/// The colours of values, in order.
pub const DATA: [Token; 10] = [
    Token::Data1,
    Token::Data2,
    Token::Data3,
    Token::Data4,
    Token::Data5,
    Token::Data6,
    Token::Data7,
    Token::Data8,
    Token::Data9,
    Token::Data10,
];

/// The ramp of a heat map, less to more.
pub const SEQUENCE: [Token; 8] = [
    Token::Seq1,
    Token::Seq2,
    Token::Seq3,
    Token::Seq4,
    Token::Seq5,
    Token::Seq6,
    Token::Seq7,
    Token::Seq8,
];

/// What a board decides about the values of its fields.
pub trait ValueStyle {
    /// The colour of a value of a bucket; `None` leaves it to the stable hash.
    fn color(&self, bucket_id: &str, value: &Value) -> Option<Token> {
        let _ = (bucket_id, value);
        None
    }

    /// The colour of a metric whose series no bucket splits; `None` leaves it to its place.
    fn metric(&self, metric_id: &str) -> Option<Token> {
        let _ = metric_id;
        None
    }

    /// The words for a value of a bucket; `None` shows the value itself.
    fn label(&self, bucket_id: &str, value: &Value) -> Option<String> {
        let _ = (bucket_id, value);
        None
    }
}

/// A board that decides nothing.
impl ValueStyle for () {}

/// The colour that a value has wherever nobody chose one: the same in every session and on every machine.
#[must_use]
pub fn stable_color(value: &Value) -> Token {
    DATA[slot(value)]
}

fn slot(value: &Value) -> usize {
    // FNV-1a over the words: short, and not allowed to change, because people learn colours.
    let hash = value.to_string().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    ((hash ^ (hash >> 32)) % DATA.len() as u64) as usize
}

/// The colours that the values of one field have on one board: a value keeps what it got, and two values share a colour
/// only when all ten are taken.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    given: BTreeMap<Value, Token>,
}

impl Registry {
    /// A registry in which some colours are chosen already.
    #[must_use]
    pub fn with(chosen: impl IntoIterator<Item = (Value, Token)>) -> Self {
        // Inserted one by one: collecting sorts first.
        let mut given = BTreeMap::new();
        for (value, token) in chosen {
            given.insert(value, token);
        }
        Self { given }
    }

    /// The colour of a value, given to it now if it has none.
    pub fn color(&mut self, value: &Value) -> Token {
        if let Some(token) = self.given.get(value) {
            return *token;
        }
        let start = slot(value);
        let free = (0..DATA.len())
            .map(|step| DATA[(start + step) % DATA.len()])
            .find(|token| !self.given.values().any(|taken| taken == token));
        let token = free.unwrap_or(DATA[start]);
        self.given.insert(value.clone(), token);
        token
    }

    /// Gives a value a colour, unless it has one.
    pub fn choose(&mut self, value: Value, token: Token) {
        self.given.entry(value).or_insert(token);
    }

    /// The colour of a value that has one.
    #[must_use]
    pub fn get(&self, value: &Value) -> Option<Token> {
        self.given.get(value).copied()
    }
}

/// The token of a series, `index` being its place among `count`.
pub(crate) fn series_color(
    key: &SeriesKey,
    style: &dyn ValueStyle,
    (index, count): (usize, usize),
) -> Token {
    match key {
        SeriesKey::Other { .. } => Token::Other,
        SeriesKey::Value { bucket_id, value } => {
            style.color(bucket_id, value).unwrap_or_else(|| stable_color(value))
        }
        SeriesKey::Of { within, .. } if matches!(**within, SeriesKey::Other { .. }) => Token::Other,
        // The other metrics of a value have a colour of their own, the same everywhere.
        SeriesKey::Of { metric_id, within } => {
            let SeriesKey::Value { value, .. } = within.within() else { return Token::Measure };
            stable_color(&Value::text(&format!("{value}: {metric_id}")))
        }
        SeriesKey::Under { own, .. } => series_color(own, style, (index, count)),
        SeriesKey::Metric(id) => style
            .metric(id)
            .unwrap_or_else(|| if count == 1 { Token::Measure } else { DATA[index % DATA.len()] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_colour() {
        assert_eq!(stable_color(&Value::from("hired")), stable_color(&Value::from("hired")));
        assert_eq!(stable_color(&Value::from("Mission")).name(), "data-6");
    }

    #[test]
    fn ten_values_of_a_board_have_ten_colours() {
        let mut registry = Registry::with([(Value::from("hired"), Token::Data3)]);
        let mut tokens: Vec<Token> =
            (0..9).map(|index| registry.color(&Value::from(index))).collect();
        tokens.push(registry.color(&Value::from("hired")));
        tokens.sort();
        assert_eq!(tokens, DATA);
        assert!(DATA.contains(&registry.color(&Value::from("eleventh"))));
    }
}
