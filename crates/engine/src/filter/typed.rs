//! A value or a range of the query bar as each type of field understands it, the way OpenSearch parses it for that type.
//! What does not parse matches nothing.

use std::cell::RefCell;

use hailstream_dql::{Bound, Value as Asked};
use hailstream_protocol::Value;
use hailstream_query::{Edge, resolve_date};

use crate::config::FieldType;
use crate::fields::{Code, Dictionary, Field};
use crate::rows::{Column, Slot};

use super::When;
use super::words::WordTest;

/// Words whose answer is remembered, those met first: what has few values has them early. A byte each, for each test of a
/// view, so that memory is bounded; others are worked out anew.
const REMEMBERED: usize = 1 << 16;

/// What must hold of a cell, by the type of its field.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    keyword: WordTest,
    text: WordTest,
    address: WordTest,
    number: (Option<Bounded>, Option<Bounded>),
    /// First and last, epoch ms.
    date: Option<(i64, i64)>,
    /// Whether false matches, and whether true does.
    boolean: [bool; 2],
    /// Whether its dates follow the clock.
    pub(super) moves: bool,
    remembered: RefCell<[Vec<Option<bool>>; 3]>,
}

/// An end of a range of numbers; `Err` where the asked text is no number, so that nothing is inside.
type Bounded = Result<(Value, bool), ()>;

/// How a column is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Keyword,
    Text,
    Address,
    Number,
    Date,
    Boolean,
    /// Positions: nothing equals them.
    Other,
}

impl Class {
    pub(super) fn of(field: &Field, column: &Column) -> Self {
        match (field.kind, column.cells()) {
            (FieldType::Text, _) => Self::Text,
            (FieldType::Ip, _) => Self::Address,
            (FieldType::Date, _) => Self::Date,
            (_, Column::Words(_)) => Self::Keyword,
            (_, Column::Longs(_) | Column::Doubles(_)) => Self::Number,
            (_, Column::Bools(_)) => Self::Boolean,
            (_, Column::Points(..) | Column::Many(_)) => Self::Other,
        }
    }
}

/// A text as a number: whole where that is possible.
pub(super) fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(whole) = text.parse() {
        return Some(Value::Int(whole));
    }
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float)
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

impl Typed {
    pub(super) fn value(value: &Asked, when: &When) -> Self {
        let text = match value {
            Asked::Text(text) | Asked::Phrase(text) => Some(text.as_str()),
            Asked::Wild(_) | Asked::Regex(_) => None,
        };
        let bound = || Some(text.and_then(number).map(|number| (number, true)).ok_or(()));
        let wanted = text.and_then(boolean);
        let date = text.and_then(|text| {
            Some((when.resolve(text, Edge::First)?, when.resolve(text, Edge::Last)?))
        });
        Self {
            keyword: WordTest::of_keyword(value),
            text: WordTest::of_text(value),
            address: WordTest::of_address(value),
            number: (bound(), bound()),
            date,
            boolean: [wanted == Some(false), wanted == Some(true)],
            moves: date.is_some() && text.is_some_and(|text| text.starts_with("now")),
            remembered: RefCell::default(),
        }
    }

    pub(super) fn range(low: Option<&Bound>, high: Option<&Bound>, when: &When) -> Self {
        let bound =
            |bound: &Bound| number(&bound.value).map(|number| (number, bound.inclusive)).ok_or(());
        let holds = |value: bool| {
            let order = |bound: &Bound| boolean(&bound.value).map(|other| value.cmp(&other));
            let above = low.is_none_or(|bound| {
                order(bound).is_some_and(|o| o.is_gt() || (bound.inclusive && o.is_eq()))
            });
            let below = high.is_none_or(|bound| {
                order(bound).is_some_and(|o| o.is_lt() || (bound.inclusive && o.is_eq()))
            });
            above && below
        };
        let date = when.first(low).zip(when.last(high));
        let relative = |bound: &Bound| bound.value.starts_with("now");
        Self {
            keyword: WordTest::keywords(low, high),
            text: WordTest::text_between(low, high),
            address: WordTest::addresses(low, high),
            number: (low.map(bound), high.map(bound)),
            date,
            boolean: [holds(false), holds(true)],
            moves: date.is_some() && (low.is_some_and(relative) || high.is_some_and(relative)),
            remembered: RefCell::default(),
        }
    }

    pub(super) fn holds(&self, class: Class, slot: Slot, words: &Dictionary) -> bool {
        match (class, slot) {
            (Class::Keyword, Slot::Word(code)) => self.word(0, &self.keyword, code, words),
            (Class::Text, Slot::Word(code)) => self.word(1, &self.text, code, words),
            (Class::Address, Slot::Word(code)) => self.word(2, &self.address, code, words),
            (Class::Date, Slot::Long(ms)) => {
                self.date.is_some_and(|(first, last)| (first..=last).contains(&ms))
            }
            (Class::Number, Slot::Long(number)) => self.number(&Value::Int(number)),
            (Class::Number, Slot::Double(number)) => self.number(&Value::Float(number)),
            (Class::Boolean, Slot::Bool(value)) => self.boolean[usize::from(value)],
            _ => false,
        }
    }

    /// The answer for a word, worked out once.
    fn word(&self, class: usize, test: &WordTest, code: Code, words: &Dictionary) -> bool {
        let place = code as usize;
        if place >= REMEMBERED {
            return test.holds(words.word(code));
        }
        let remembered = &mut self.remembered.borrow_mut()[class];
        if remembered.len() <= place {
            remembered.resize(place + 1, None);
        }
        *remembered[place].get_or_insert_with(|| test.holds(words.word(code)))
    }

    fn number(&self, found: &Value) -> bool {
        let within = |bound: &Option<Bounded>, low: bool| match bound {
            None => true,
            Some(Err(())) => false,
            Some(Ok((asked, inclusive))) => {
                let order = match found {
                    // As OpenSearch does, what is asked of a double is read as a double.
                    Value::Float(_) => asked.as_f64().map(|asked| found.cmp(&Value::Float(asked))),
                    _ => Some(found.cmp(asked)),
                };
                let order = if low { order } else { order.map(std::cmp::Ordering::reverse) };
                order.is_some_and(|order| order.is_gt() || (*inclusive && order.is_eq()))
            }
        };
        within(&self.number.0, true) && within(&self.number.1, false)
    }
}

impl When {
    pub(super) fn resolve(&self, text: &str, edge: Edge) -> Option<i64> {
        resolve_date(text, self.now_ms, &self.zone, edge).ok()
    }

    /// The first ms inside a lower bound: beyond a bound that is outside lies what follows all of it.
    fn first(&self, low: Option<&Bound>) -> Option<i64> {
        match low {
            None => Some(i64::MIN),
            Some(bound) if bound.inclusive => self.resolve(&bound.value, Edge::First),
            Some(bound) => Some(self.resolve(&bound.value, Edge::Last)?.saturating_add(1)),
        }
    }

    /// The last ms inside an upper bound.
    fn last(&self, high: Option<&Bound>) -> Option<i64> {
        match high {
            None => Some(i64::MAX),
            Some(bound) if bound.inclusive => self.resolve(&bound.value, Edge::Last),
            Some(bound) => Some(self.resolve(&bound.value, Edge::First)?.saturating_sub(1)),
        }
    }
}
