//! The part of Lucene's query language that old boards use, read into the same tree: `field:value`, `AND OR NOT + - && || !`,
//! groups, phrases, `[a TO b]`, `{a TO b}`, `>= > <= <`, `*` and `?`, `_exists_:field`, `/regex/`. Boosts (`^2`) are
//! dropped: they only change an order that nobody sees here. Fuzzy terms and proximity (`~`) are refused.
//!
//! As in Lucene's classic parser, `AND` and `OR` have no precedence: `AND` makes both its sides required, and what is
//! merely optional beside something required does not filter.

mod clauses;
mod print;

pub use print::print;

use crate::error::{Error, Fault};
use crate::pattern::{Part, Pattern};
use crate::tree::{Bound, Expr, Name, Node, Value};
use crate::{MAX_BYTES, MAX_DEPTH, MAX_NODES, Span};

use clauses::{Clauses, Occur};

/// Reads a query. An empty text asks for everything.
///
/// # Errors
/// Where the text is not of this language, asks for what is not understood here, or goes beyond the limits.
pub fn parse(text: &str) -> Result<Node, Error> {
    if text.len() > MAX_BYTES {
        let span = Span::new(text.floor_char_boundary(MAX_BYTES), text.len());
        return Err(Error::of(Fault::TooLong, span, format!("longer than {MAX_BYTES} bytes")));
    }
    let mut parser = Parser { text, at: 0, depth: 0, nodes: 0 };
    let node = parser.clauses(None)?;
    match parser.peek() {
        None => Ok(node),
        Some(c) => {
            let place = Span::new(parser.at, parser.at + c.len_utf8());
            Err(Error::syntax(place, format!("`{c}` closes nothing"))
                .suggest(format!("write `\\{c}` for the character")))
        }
    }
}

/// Characters that end a term.
pub(crate) fn is_special(c: char) -> bool {
    matches!(c, '(' | ')' | ':' | '^' | '[' | ']' | '"' | '{' | '}' | '~')
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    nodes: usize,
}

/// What joins a clause to the one before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    None,
    And,
    Or,
}

impl<'t> Parser<'t> {
    fn clauses(&mut self, field: Option<&Name>) -> Result<Node, Error> {
        let start = self.at;
        let mut clauses = Clauses::default();
        loop {
            self.skip_space();
            if matches!(self.peek(), None | Some(')')) {
                break;
            }
            let join_at = self.at;
            let join = self.join();
            if join != Join::None && clauses.is_empty() {
                let place = Span::new(join_at, self.at);
                let message = format!("`{}` has nothing before it", place.of(self.text));
                return Err(Error::syntax(place, message));
            }
            self.skip_space();
            let run = if join == Join::None { self.several(field)? } else { None };
            let (occur, node) = match run {
                Some(node) => (Occur::Should, node),
                None => (self.modifier(), self.clause(field)?),
            };
            clauses.add(join == Join::And, occur, node);
        }
        if clauses.is_empty() && self.depth > 0 {
            let place = Span::new(self.at, self.at);
            return Err(Error::syntax(place, "expected a condition after `(`"));
        }
        let (node, made) = clauses.joined(Span::new(start, self.at));
        self.count(made, node.span)?;
        Ok(node)
    }

    /// Two words or more without anything between them are one literal.
    fn several(&mut self, field: Option<&Name>) -> Result<Option<Node>, Error> {
        let start = self.at;
        let Some(mut text) = self.plain_word()? else { return Ok(None) };
        let mut end = self.at;
        let mut words = 1;
        loop {
            self.skip_space();
            let Some(word) = self.plain_word()? else { break };
            let after = self.at;
            self.skip_space();
            if matches!(self.peek(), Some(':' | '~' | '^')) || self.join() != Join::None {
                break;
            }
            text.push(' ');
            text.push_str(&word);
            (self.at, end) = (after, after);
            words += 1;
        }
        if words < 2 {
            self.at = start;
            return Ok(None);
        }
        self.at = end;
        let span = Span::new(start, end);
        self.node(Expr::Is { field: field.cloned(), value: Value::Text(text) }, span).map(Some)
    }

    /// A word without wildcards that is no keyword and no field.
    fn plain_word(&mut self) -> Result<Option<String>, Error> {
        let start = self.at;
        let starts = |c: char| is_special(c) || matches!(c, '+' | '-' | '!' | '/' | '<' | '>');
        let is_word = self.peek().is_some_and(|c| !starts(c)) && self.keyword().is_none();
        if is_word {
            let pattern = self.term()?;
            if let (Some(text), false) = (pattern.as_plain(), self.peek() == Some(':')) {
                return Ok(Some(text.to_owned()));
            }
        }
        self.at = start;
        Ok(None)
    }

    /// `AND`, `OR` or `NOT` and its length, if it comes next.
    fn keyword(&self) -> Option<(&'static str, usize)> {
        let rest = self.rest();
        let all = [("AND", "AND"), ("&&", "AND"), ("OR", "OR"), ("||", "OR"), ("NOT", "NOT")];
        all.into_iter().find_map(|(written, keyword)| {
            let after = rest.strip_prefix(written)?;
            let ends = after.is_empty()
                || after.starts_with(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
            (ends || !written.starts_with(char::is_alphabetic)).then_some((keyword, written.len()))
        })
    }

    fn join(&mut self) -> Join {
        let (join, length) = match self.keyword() {
            Some(("AND", length)) => (Join::And, length),
            Some(("OR", length)) => (Join::Or, length),
            _ => (Join::None, 0),
        };
        self.at += length;
        join
    }

    /// `+`, `-`, `!` or `NOT`.
    fn modifier(&mut self) -> Occur {
        let (occur, length) = match (self.peek(), self.keyword()) {
            (Some('+'), _) => (Occur::Must, 1),
            (Some('-' | '!'), _) => (Occur::MustNot, 1),
            (_, Some(("NOT", length))) => (Occur::MustNot, length),
            _ => (Occur::Should, 0),
        };
        self.at += length;
        self.skip_space();
        occur
    }

    /// `field:` and a clause, or a clause alone.
    fn clause(&mut self, around: Option<&Name>) -> Result<Node, Error> {
        let start = self.at;
        let starts = |c: char| is_special(c) || matches!(c, '/' | '<' | '>');
        if self.peek().is_none_or(starts) {
            return self.unnamed(around);
        }
        let term = self.word()?;
        let span = Span::new(start, self.at);
        self.skip_space();
        if self.peek() != Some(':') {
            self.at = start;
            return self.unnamed(around);
        }
        self.at += 1;
        self.skip_space();
        if matches!(self.peek(), None | Some(')')) {
            let message = format!("expected a value after `{}:`", span.of(self.text));
            return Err(Error::syntax(Span::new(self.at, self.at), message));
        }
        let pattern = term.parts().iter().flat_map(stars).collect();
        let name = Name { pattern, span };
        if name.pattern.as_plain() == Some("_exists_") {
            let value_at = self.at;
            let pattern = self.term()?;
            let field = Name { pattern, span: Span::new(value_at, self.at) };
            return self.node(Expr::Exists { field }, Span::new(start, self.at));
        }
        let mut node = self.unnamed(Some(&name))?;
        node.span = Span::new(start, node.span.end);
        Ok(node)
    }

    /// A group, a phrase, a range or a term.
    fn unnamed(&mut self, field: Option<&Name>) -> Result<Node, Error> {
        let start = self.at;
        let node = match self.peek() {
            None | Some(')') => {
                return Err(Error::syntax(Span::new(start, start), "expected a condition"));
            }
            Some('(') => self.group(field)?,
            Some('"') => {
                let value = Value::Phrase(self.phrase()?);
                self.node(Expr::Is { field: field.cloned(), value }, Span::new(start, self.at))?
            }
            Some('/') => {
                let value = Value::Regex(self.regex()?);
                self.node(Expr::Is { field: field.cloned(), value }, Span::new(start, self.at))?
            }
            Some('[' | '{') => self.range(field)?,
            Some('<' | '>') => self.one_sided(field)?,
            Some(c) if is_special(c) => {
                let place = Span::new(start, start + c.len_utf8());
                return Err(Error::syntax(place, format!("`{c}` cannot stand here"))
                    .suggest(format!("write `\\{c}` for the character")));
            }
            Some(_) => {
                let term = self.word()?;
                self.is(field.cloned(), term, Span::new(start, self.at))?
            }
        };
        self.suffix()?;
        Ok(node)
    }

    /// A term that is no keyword.
    fn word(&mut self) -> Result<Pattern, Error> {
        let Some((keyword, length)) = self.keyword() else { return self.term() };
        let place = Span::new(self.at, self.at + length);
        Err(Error::syntax(place, format!("expected a condition, found `{keyword}`"))
            .suggest(format!("write `\\{keyword}` for the word")))
    }

    fn is(&mut self, field: Option<Name>, term: Pattern, span: Span) -> Result<Node, Error> {
        let expr = match (field, term.is_any()) {
            (Some(field), true) if !field.pattern.is_any() => Expr::Exists { field },
            (_, true) => Expr::All,
            (field, false) => {
                let value = match term.as_plain() {
                    Some(text) => Value::Text(text.to_owned()),
                    None => Value::Wild(vec![term]),
                };
                Expr::Is { field, value }
            }
        };
        self.node(expr, span)
    }

    fn group(&mut self, field: Option<&Name>) -> Result<Node, Error> {
        let open = Span::new(self.at, self.at + 1);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(Error::of(Fault::TooDeep, open, message));
        }
        self.at += 1;
        let node = self.clauses(field)?;
        self.depth -= 1;
        if self.peek() != Some(')') {
            return Err(Error::syntax(open, "`(` is not closed").suggest("add `)`"));
        }
        self.at += 1;
        Ok(node)
    }

    fn phrase(&mut self) -> Result<String, Error> {
        self.delimited('"', "the quote is not closed", "add `\"`")
    }

    fn regex(&mut self) -> Result<String, Error> {
        let open = self.at;
        let mut text = String::new();
        let mut chars = self.text[open + 1..].char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match (c, chars.peek()) {
                ('/', _) => {
                    self.at = open + at + 2;
                    return Ok(text);
                }
                ('\\', Some((_, '/'))) => {
                    text.push('/');
                    chars.next();
                }
                ('\\', Some((_, next))) => {
                    text.extend([c, *next]);
                    chars.next();
                }
                _ => text.push(c),
            }
        }
        let place = Span::new(open, open + 1);
        Err(Error::syntax(place, "the regular expression is not closed").suggest("add `/`"))
    }

    /// Text up to the closing delimiter, its escapes resolved.
    fn delimited(&mut self, by: char, open: &str, suggestion: &str) -> Result<String, Error> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((at, c)) = chars.next() {
            if c == by {
                self.at = start + 1 + at + c.len_utf8();
                return Ok(text);
            }
            text.push(if c == '\\' { chars.next().map_or(c, |(_, next)| next) } else { c });
        }
        Err(Error::syntax(Span::new(start, start + 1), open).suggest(suggestion))
    }

    /// `[a TO b]`, `{a TO b}` and mixtures; `*` is an open end.
    fn range(&mut self, field: Option<&Name>) -> Result<Node, Error> {
        let open = Span::new(self.at, self.at + 1);
        let opens_closed = self.peek() == Some('[');
        self.at += 1;
        let low = self.end(opens_closed)?;
        self.skip_space();
        if !self.rest().starts_with("TO") {
            let place = Span::new(self.at, self.at);
            return Err(Error::syntax(place, "expected `TO`").suggest("`[1 TO 5]`, `[* TO 5}`"));
        }
        self.at += 2;
        let mut high = self.end(false)?;
        self.skip_space();
        let closing = self.peek().filter(|c| matches!(c, ']' | '}'));
        let Some(closing) = closing else {
            return Err(Error::syntax(open, "the range is not closed").suggest("add `]` or `}`"));
        };
        self.at += 1;
        if let Some(high) = &mut high {
            high.inclusive = closing == ']';
        }
        let span = Span::new(open.start, self.at);
        let field = self.ranged(field, span)?;
        let expr = match (low, high) {
            (None, None) => Expr::Exists { field },
            (low, high) => Expr::Range { field, low, high },
        };
        self.node(expr, span)
    }

    fn end(&mut self, inclusive: bool) -> Result<Option<Bound>, Error> {
        self.skip_space();
        if self.peek() == Some('"') {
            return Ok(Some(Bound { value: self.phrase()?, inclusive }));
        }
        let rest = self.rest();
        let ends = |c: char| c.is_whitespace() || matches!(c, ']' | '}');
        let value = &rest[..rest.find(ends).unwrap_or(rest.len())];
        if value.is_empty() {
            let place = Span::new(self.at, self.at);
            return Err(Error::syntax(place, "expected a bound").suggest("`*` for an open end"));
        }
        self.at += value.len();
        Ok((value != "*").then(|| Bound { value: value.to_owned(), inclusive }))
    }

    /// `>=5` and the like.
    fn one_sided(&mut self, field: Option<&Name>) -> Result<Node, Error> {
        let start = self.at;
        let rest = self.rest();
        let operator = ["<=", ">=", "<", ">"].into_iter().find(|o| rest.starts_with(o));
        // The caller saw one of the last two.
        let operator = operator.unwrap_or(">");
        self.at += operator.len();
        self.skip_space();
        let value = match self.peek() {
            Some('"') => self.phrase()?,
            Some(c) if !is_special(c) => {
                let term_at = self.at;
                let term = self.term()?;
                let place = Span::new(term_at, self.at);
                let plain = term.as_plain().map(str::to_owned);
                plain.ok_or_else(|| Error::syntax(place, "a bound has no wildcards"))?
            }
            _ => {
                let place = Span::new(self.at, self.at);
                return Err(Error::syntax(place, format!("expected a value after `{operator}`")));
            }
        };
        let span = Span::new(start, self.at);
        let field = self.ranged(field, span)?;
        let bound = Some(Bound { value, inclusive: operator.ends_with('=') });
        let (low, high) = if operator.starts_with('>') { (bound, None) } else { (None, bound) };
        self.node(Expr::Range { field, low, high }, span)
    }

    fn ranged(&self, field: Option<&Name>, span: Span) -> Result<Name, Error> {
        let message = "a range needs a field";
        field.cloned().ok_or_else(|| {
            Error::of(Fault::Unsupported, span, message)
                .suggest(format!("`field:{}`", span.of(self.text)))
        })
    }

    /// A term with its escapes resolved and its wildcards apart.
    fn term(&mut self) -> Result<Pattern, Error> {
        let start = self.at;
        let (mut parts, mut text) = (Vec::new(), String::new());
        let mut chars = self.text[start..].char_indices();
        let mut end = self.text.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '*' => parts.extend([Part::Text(std::mem::take(&mut text)), Part::Any]),
                '?' => parts.extend([Part::Text(std::mem::take(&mut text)), Part::One]),
                '\\' => match chars.next() {
                    Some((_, next)) => text.push(next),
                    None => {
                        let place = Span::new(start + at, start + at + 1);
                        return Err(Error::syntax(place, "`\\` has nothing behind it")
                            .suggest("write `\\\\` for the character"));
                    }
                },
                c if c.is_whitespace() || is_special(c) => {
                    end = start + at;
                    break;
                }
                c => text.push(c),
            }
        }
        parts.push(Part::Text(text));
        if end == start {
            return Err(Error::syntax(Span::new(start, start), "expected a word"));
        }
        self.at = end;
        Ok(parts.into_iter().collect())
    }

    /// A boost is dropped; `~` is refused.
    fn suffix(&mut self) -> Result<(), Error> {
        if self.peek() == Some('~') {
            let place = Span::new(self.at, self.at + 1);
            let message = "fuzzy terms and proximity are not understood";
            return Err(Error::of(Fault::Unsupported, place, message).suggest("leave `~` out"));
        }
        if self.peek() == Some('^') {
            let digits = |c: char| c.is_ascii_digit() || c == '.';
            self.at = self.text.len() - self.rest()[1..].trim_start_matches(digits).len();
        }
        Ok(())
    }

    fn node(&mut self, expr: Expr, span: Span) -> Result<Node, Error> {
        self.count(1, span)?;
        Ok(Node::new(expr, span))
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Error> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(Error::of(
                Fault::TooMany,
                span,
                format!("more than {MAX_NODES} conditions"),
            ));
        }
        Ok(())
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }
}

/// A part of a name. An escaped star is a wildcard, too: `city.\*` is how Lucene's users write one in a name.
fn stars(part: &Part) -> Vec<Part> {
    let Part::Text(text) = part else { return vec![part.clone()] };
    let mut parts = Vec::new();
    for (index, piece) in text.split('*').enumerate() {
        if index > 0 {
            parts.push(Part::Any);
        }
        parts.push(Part::Text(piece.to_owned()));
    }
    parts
}
