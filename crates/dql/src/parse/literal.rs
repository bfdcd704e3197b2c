//! Reading literals: quoted, or up to a keyword or a character that means something.

use super::Parser;
use crate::Span;
use crate::complete::{Expected, What};
use crate::error::Error;
use crate::literal::{escaped_space, is_special, keyword};
use crate::pattern::{Part, Pattern};
use crate::tree::{Name, Value};

/// A literal as read.
pub(super) struct Literal {
    pub(super) pattern: Pattern,
    pub(super) quoted: bool,
    pub(super) span: Span,
}

/// What a literal stands for.
pub(super) enum Role<'f> {
    /// A field, or a value alone.
    Condition,
    /// A value of this field.
    Value(&'f Name),
}

impl Literal {
    pub(super) fn into_name(self) -> Name {
        Name { pattern: self.pattern, span: self.span }
    }

    pub(super) fn into_value(self) -> Value {
        match self.pattern.as_plain() {
            Some(text) if self.quoted => Value::Phrase(text.to_owned()),
            Some(text) => Value::Text(text.to_owned()),
            None => Value::Wild(words(&self.pattern)),
        }
    }
}

/// The words of a pattern, split at white space.
fn words(pattern: &Pattern) -> Vec<Pattern> {
    let (mut words, mut word) = (Vec::new(), Vec::new());
    for part in pattern.parts() {
        let Part::Text(text) = part else {
            word.push(part.clone());
            continue;
        };
        for (index, piece) in text.split(char::is_whitespace).enumerate() {
            if index > 0 {
                words.push(std::mem::take(&mut word));
            }
            word.push(Part::Text(piece.to_owned()));
        }
    }
    words.push(word);
    let words = words.into_iter().map(|parts| parts.into_iter().collect::<Pattern>());
    words.filter(|word| !word.is_empty()).collect()
}

/// The characters up to white space or one that means something.
pub(super) fn word(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || is_special(c));
    &text[..end.unwrap_or(text.len())]
}

/// Whether a literal ends here, before white space and a keyword.
fn ends_before(text: &str) -> bool {
    let after = text.trim_start();
    let next = word(after);
    let behind = &after[next.len()..];
    let alone = behind.is_empty()
        || behind.starts_with(|c: char| c.is_whitespace() || matches!(c, '(' | '"'));
    match keyword(next) {
        // "why not" is a text of two words.
        Some("not") => alone && !behind.trim_start().is_empty(),
        Some(_) => alone || behind.starts_with([')', '}']),
        None => false,
    }
}

impl Parser<'_> {
    pub(super) fn literal(&mut self, role: &Role<'_>) -> Result<Literal, Error> {
        if self.peek() == Some('"') { self.quoted(role) } else { self.unquoted(role) }
    }

    fn quoted(&mut self, role: &Role<'_>) -> Result<Literal, Error> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.text[start + 1..].char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            match (c, next) {
                ('"', _) => {
                    self.at = start + 1 + at + 1;
                    let span = Span::new(start, self.at);
                    return Ok(Literal { pattern: Pattern::plain(&text), quoted: true, span });
                }
                ('\\', Some(next @ ('\\' | '"'))) => {
                    text.push(next);
                    chars.next();
                }
                ('\\', Some(next)) if escaped_space(next).is_some() => {
                    text.extend(escaped_space(next));
                    chars.next();
                }
                _ => text.push(c),
            }
        }
        self.expect_quoted(role, start, text);
        let place = Span::new(start, start + 1);
        Err(Error::syntax(place, "the quote is not closed").suggest("add `\"`"))
    }

    fn unquoted(&mut self, role: &Role<'_>) -> Result<Literal, Error> {
        let start = self.at;
        let mut parts: Vec<Part> = Vec::new();
        let mut text = String::new();
        // Bytes of `text` that are not white space to be trimmed.
        let (mut kept, mut end) = (0, start);
        // White space just before, or the start: a keyword may begin here.
        let mut at_word = true;
        while let Some(c) = self.peek() {
            if c.is_whitespace() {
                if !at_word && ends_before(self.rest()) {
                    break;
                }
                text.push(c);
                self.at += c.len_utf8();
                at_word = true;
                continue;
            }
            if c == '*' {
                parts.extend([Part::Text(std::mem::take(&mut text)), Part::Any]);
                self.at += 1;
            } else if c == '\\' {
                self.escape(at_word, &mut text)?;
            } else if is_special(c) {
                break;
            } else {
                text.push(c);
                self.at += c.len_utf8();
            }
            (kept, end, at_word) = (text.len(), self.at, false);
        }
        let ends_text = self.at == self.text.len();
        text.truncate(kept);
        parts.push(Part::Text(text));
        let span = Span::new(start, end);
        let pattern: Pattern = parts.into_iter().collect();
        if pattern.is_empty() {
            return Err(self.unexpected());
        }
        if ends_text {
            self.expect_more(role, &pattern, span);
        }
        Ok(Literal { pattern, quoted: false, span })
    }

    /// What `\` and the characters behind it stand for.
    fn escape(&mut self, at_word: bool, text: &mut String) -> Result<(), Error> {
        let behind = &self.text[self.at + 1..];
        let escaped = word(behind);
        if let Some(keyword) = keyword(escaped)
            && (at_word || keyword != "not")
        {
            text.push_str(escaped);
            self.at += 1 + escaped.len();
            return Ok(());
        }
        let next = behind.chars().next();
        let meant = next.and_then(|c| escaped_space(c).or(is_special(c).then_some(c)));
        let (Some(next), Some(meant)) = (next, meant) else {
            let place = Span::new(self.at, self.at + 1);
            let message = "`\\` only stands before \\ ( ) : < > \" * { } t r n, and, or, not";
            return Err(Error::syntax(place, message).suggest("write `\\\\` for the character"));
        };
        text.push(meant);
        self.at += 1 + next.len_utf8();
        Ok(())
    }

    /// Inside quotes at the end of the text.
    fn expect_quoted(&mut self, role: &Role<'_>, start: usize, prefix: String) {
        let what = match role {
            Role::Condition => What::Field { within: self.paths.join(".") },
            Role::Value(field) => What::Value { field: self.full_name(field), quoted: true },
        };
        self.expect([Expected { what, prefix, span: Span::new(start, self.text.len()) }]);
    }

    /// After an unquoted literal at the end of the text, which may not be complete.
    fn expect_more(&mut self, role: &Role<'_>, pattern: &Pattern, span: Span) {
        let prefix = pattern.as_plain().unwrap_or(span.of(self.text)).to_owned();
        let last = self.text.rsplit(char::is_whitespace).next().unwrap_or_default();
        let last_span = Span::new(self.text.len() - last.len(), self.text.len());
        let conjunction =
            Expected { what: What::Conjunction, prefix: last.to_owned(), span: last_span };
        let is_done = span.end < self.text.len();
        let has_words = last_span.start > span.start;
        let own = match role {
            Role::Condition if is_done => Expected {
                what: What::Operator { field: prefix },
                prefix: String::new(),
                span: last_span,
            },
            Role::Condition => {
                Expected { what: What::Field { within: self.paths.join(".") }, prefix, span }
            }
            Role::Value(_) if is_done => return self.expect([conjunction]),
            Role::Value(field) => Expected {
                what: What::Value { field: self.full_name(field), quoted: false },
                prefix,
                span,
            },
        };
        self.expect(std::iter::once(own).chain((is_done || has_words).then_some(conjunction)));
    }
}
