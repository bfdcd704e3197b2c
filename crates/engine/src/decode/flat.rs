//! The short way to read a record: flat objects of plain values, which most records are, in one look at each byte.
//!
//! It is guarded: whatever is not plain (escapes, nesting, numbers beyond what a `f64` holds exactly, any fault) makes it
//! give up, and [`super::json`] reads the record from its start. Both give the same cells; a property holds them together.

use std::borrow::Cow;

use super::key_order::KeyOrder;
use super::{Cell, FieldId};
use crate::fields::Fields;

/// Powers of ten that a `f64` holds exactly: a whole number below 2⁵³ divided by one is rounded once, so correctly
/// (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990).
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
const EXACT: u64 = 1 << 53;
/// So many digits fit a `u64`, whatever they are.
const DIGITS: usize = 18;

/// Reads a flat record into `cells`; `None` where it is none, and `cells` may hold anything.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    fields: &mut Fields,
    order: &mut KeyOrder,
    cells: &mut Vec<(FieldId, Cell<'a>)>,
) -> Option<()> {
    let mut text = Text { bytes, at: 0 };
    text.take(b'{')?;
    if text.next_is(b'}') {
        return text.end();
    }
    loop {
        text.blank();
        let (key, known) = match order.guess_at(text.rest()) {
            Some((length, id)) => {
                let key = text.bytes.get(text.at + 1..text.at + 1 + length)?;
                text.at += length + 2;
                (key, Some(id))
            }
            None => {
                let key = text.string()?;
                let known = fields.id(key);
                if let Some(id) = known {
                    order.learn(key, id);
                }
                (key.as_bytes(), known)
            }
        };
        text.take(b':')?;
        let cell = text.value()?;
        if let Some(kind) = cell.kind() {
            let id = match known {
                Some(id) => Some(id),
                None => fields.found(std::str::from_utf8(key).ok()?, kind),
            };
            cells.extend(id.map(|id| (id, cell)));
        }
        if text.next_is(b'}') {
            return text.end();
        }
        text.take(b',')?;
    }
}

/// A place in a record.
struct Text<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Text<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at.min(self.bytes.len())..]
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn next_is(&mut self, wanted: u8) -> bool {
        self.blank();
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        self.next_is(wanted).then_some(())
    }

    fn end(&mut self) -> Option<()> {
        self.blank();
        (self.at == self.bytes.len()).then_some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let found = self.rest().starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        (self.peek()? == b'"').then_some(())?;
        let rest = &self.bytes[self.at + 1..];
        let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        if rest[length] != b'"' {
            return None;
        }
        self.at += length + 2;
        std::str::from_utf8(&rest[..length]).ok()
    }

    fn value(&mut self) -> Option<Cell<'a>> {
        self.blank();
        match self.peek()? {
            b'"' => self.string().map(|text| Cell::Text(Cow::Borrowed(text))),
            b't' => self.word(b"true").map(|()| Cell::Bool(true)),
            b'f' => self.word(b"false").map(|()| Cell::Bool(false)),
            b'n' => self.word(b"null").map(|()| Cell::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    /// Digits from here on, taken into `number`: how many.
    fn digits(&mut self, number: &mut u64) -> usize {
        let start = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            *number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Option<Cell<'a>> {
        let is_negative = self.peek() == Some(b'-');
        self.at += usize::from(is_negative);
        let leads_with_zero = self.peek() == Some(b'0');
        let mut number = 0;
        let whole = self.digits(&mut number);
        if whole == 0 || whole > DIGITS || (leads_with_zero && whole > 1) {
            return None;
        }
        match self.peek() {
            Some(b'.') => {}
            Some(b'e' | b'E') => return None,
            // Minus nought is a float, says the long way.
            _ if is_negative && number == 0 => return None,
            _ => {
                let number = i64::try_from(number).ok()?;
                return Some(Cell::Int(if is_negative { -number } else { number }));
            }
        }
        self.at += 1;
        let parts = self.digits(&mut number);
        let is_plain = parts > 0 && whole + parts <= DIGITS && number < EXACT;
        if !is_plain || matches!(self.peek(), Some(b'e' | b'E')) {
            return None;
        }
        let float = number as f64 / POWERS[parts];
        Some(Cell::Float(if is_negative { -float } else { float }))
    }
}
