//! What could be typed at a cursor.

use crate::Span;
use crate::literal::is_special;
use crate::parse::Parser;

/// One kind of thing that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What.
    pub what: What,
    /// What is typed of it before the cursor, without escapes.
    pub prefix: String,
    /// What a choice replaces: what is typed of it, before and behind the cursor.
    pub span: Span,
}

/// Kinds of things to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A field, one of an object's where `within` is not empty; or `not`, or a value alone. Write it with
    /// [`field_text`](crate::field_text).
    Field {
        /// Path of the object around.
        within: String,
    },
    /// What compares this field: `:`, `<`, `<=`, `>`, `>=`.
    Operator {
        /// Field.
        field: String,
    },
    /// A value of this field. Write it with [`value_text`](crate::value_text).
    Value {
        /// Full name of the field.
        field: String,
        /// Whether quotes were opened; the span has the opening one.
        quoted: bool,
    },
    /// `and` or `or`.
    Conjunction,
}

/// What could be typed at byte `cursor` of a text, likeliest first; nothing where the text before it is wrong.
#[must_use]
pub fn complete(text: &str, cursor: usize) -> Vec<Expected> {
    let cursor = text.floor_char_boundary(cursor);
    let (before, behind) = text.split_at(cursor);
    let mut parser = Parser::new(before);
    // Before the cursor a query is seldom whole; what was expected where the text ended is the answer all the same.
    let _tree_or_error = parser.query();
    let mut expected = parser.expected;
    for one in &mut expected {
        let quoted = one.span.of(before).starts_with('"');
        let open = match one.span.start == one.span.end && one.prefix.is_empty() {
            true => 0,
            false => behind
                .find(|c: char| if quoted { c == '"' } else { c.is_whitespace() || is_special(c) })
                .map_or(behind.len(), |end| end + usize::from(quoted)),
        };
        one.span.end = cursor + open;
    }
    expected
}
