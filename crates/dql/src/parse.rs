//! From text to tree, by recursive descent: each character is looked at a bounded number of times.
//!
//! Whoever meets the end of the text first notes what could be typed there; completion is this parser on the text before
//! the cursor.

mod literal;

use crate::complete::{Expected, What};
use crate::error::{Error, Fault};
use crate::literal::keyword;
use crate::pattern::Pattern;
use crate::tree::{Bound, Expr, Name, Node, Value};
use crate::{MAX_BYTES, MAX_DEPTH, MAX_NODES, Span};

use literal::{Literal, Role};

/// Reads a query. An empty text asks for everything.
///
/// # Errors
/// Where the text is not DQL, or goes beyond the limits; with its place and, where there is one, a suggestion.
pub fn parse(text: &str) -> Result<Node, Error> {
    Parser::new(text).query()
}

pub(crate) struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    nodes: usize,
    /// Names of the objects around, outermost first.
    paths: Vec<String>,
    /// What could be typed at the end of the text.
    pub(crate) expected: Vec<Expected>,
}

/// Where a condition stands, for words about a missing one.
#[derive(Clone, Copy)]
enum After<'w> {
    Start,
    Keyword(&'w str),
    Open(&'w str),
}

impl<'t> Parser<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, nodes: 0, paths: Vec::new(), expected: Vec::new() }
    }

    pub(crate) fn query(&mut self) -> Result<Node, Error> {
        if self.text.len() > MAX_BYTES {
            let span = Span::new(self.text.floor_char_boundary(MAX_BYTES), self.text.len());
            let message = format!("longer than {MAX_BYTES} bytes");
            return Err(Error::of(Fault::TooLong, span, message));
        }
        self.skip_space();
        if self.rest().is_empty() {
            self.expect_condition();
            return Ok(Node::new(Expr::All, self.here()));
        }
        let node = self.disjunction(None, After::Start)?;
        self.skip_space();
        if self.rest().is_empty() { Ok(node) } else { Err(self.unexpected()) }
    }

    fn disjunction(&mut self, list: Option<&Name>, after: After<'_>) -> Result<Node, Error> {
        let mut nodes = vec![self.conjunction(list, after)?];
        while let Some(word) = self.take_keyword("or") {
            nodes.push(self.conjunction(list, After::Keyword(word))?);
        }
        self.joined(nodes, Expr::Or)
    }

    fn conjunction(&mut self, list: Option<&Name>, after: After<'_>) -> Result<Node, Error> {
        let mut nodes = vec![self.negation(list, after)?];
        while let Some(word) = self.take_keyword("and") {
            nodes.push(self.negation(list, After::Keyword(word))?);
        }
        self.joined(nodes, Expr::And)
    }

    fn joined(&mut self, mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Expr) -> Result<Node, Error> {
        if nodes.len() > 1 {
            let span = Span::new(nodes[0].span.start, nodes[nodes.len() - 1].span.end);
            return self.node(join(nodes), span);
        }
        // There is one: each list of operands begins with one.
        Ok(nodes.swap_remove(0))
    }

    fn negation(&mut self, list: Option<&Name>, after: After<'_>) -> Result<Node, Error> {
        self.skip_space();
        let start = self.at;
        let Some(word) = self.take_not() else { return self.operand(list, after) };
        let inner = self.deeper(start, |parser| parser.negation(list, After::Keyword(word)))?;
        let span = Span::new(start, inner.span.end);
        self.node(Expr::Not(Box::new(inner)), span)
    }

    /// A group, a condition, or a value of a list.
    fn operand(&mut self, list: Option<&Name>, after: After<'_>) -> Result<Node, Error> {
        let start = self.at;
        match (self.peek(), list) {
            (None, None) => {
                self.expect_condition();
                Err(self.missing(after))
            }
            (None, Some(field)) => {
                self.expect_value(field, start);
                Err(self.missing(after))
            }
            (Some('('), _) => self.deeper(start, |parser| {
                parser.at += 1;
                let node = parser.disjunction(list, After::Open("("))?;
                parser.close(start, '(', ')')?;
                Ok(node)
            }),
            (Some(')' | '}'), _) if !matches!(after, After::Start) => Err(self.missing(after)),
            (Some(')' | '}' | ':' | '<' | '>' | '{'), _) => Err(self.unexpected()),
            (Some(_), Some(field)) => {
                let value = self.literal(&Role::Value(field))?;
                self.skip_space();
                if matches!(self.peek(), Some(':' | '<' | '>' | '{')) {
                    let message = "a list in parentheses holds values of one field only";
                    let place = Span::new(self.at, self.at + 1);
                    return Err(Error::syntax(place, message)
                        .suggest("close the list before the next field"));
                }
                self.not_null(field, &value)?;
                self.is(Some(field.clone()), value)
            }
            (Some(_), None) => self.condition(after),
        }
    }

    /// `field: …`, `field > …`, or a value alone.
    fn condition(&mut self, after: After<'_>) -> Result<Node, Error> {
        let start = self.at;
        let word = self.word();
        if let Some(keyword) = keyword(word)
            && self.stands_alone(word)
            && !matches!(self.after_word(word), Some(':' | '<' | '>'))
        {
            self.note_word(word);
            let span = Span::new(start, start + word.len());
            let found = match after {
                After::Start => {
                    format!("`{keyword}` joins two conditions; there is none before it")
                }
                _ => format!("expected a condition, found `{word}`"),
            };
            let quote = format!("to look for the word, write \"{word}\"");
            return Err(Error::syntax(span, found).suggest(quote));
        }
        let literal = self.literal(&Role::Condition)?;
        self.skip_space();
        match self.peek() {
            Some(':') => {
                self.at += 1;
                let field = literal.into_name();
                self.values(field)
            }
            Some('<' | '>') => self.range(literal),
            _ => self.is(None, literal),
        }
    }

    /// What follows `field:`.
    fn values(&mut self, field: Name) -> Result<Node, Error> {
        let start = field.span.start;
        self.skip_space();
        match self.peek() {
            Some('(') => {
                let open = self.at;
                let mut node = self.deeper(open, |parser| {
                    parser.at += 1;
                    let node = parser.disjunction(Some(&field), After::Open("("))?;
                    parser.close(open, '(', ')')?;
                    Ok(node)
                })?;
                node.span = Span::new(start, self.at);
                Ok(node)
            }
            Some('{') => self.nested(field),
            Some(')' | '}' | ':' | '<' | '>') | None => {
                self.expect_value(&field, self.at);
                Err(self.no_value(&field, ":"))
            }
            Some(_) => {
                let (value_at, word) = (self.at, self.word());
                // `state: OR` asks for Oregon; `state: or speed > 3` forgot the value.
                let rest = self.text[value_at + word.len()..].trim_start();
                let next = rest.split(|c: char| c.is_whitespace() || c == ')').next();
                let is_last = rest.is_empty() || rest.starts_with([')', '}']);
                let is_keyword = keyword(word).is_some() && self.stands_alone(word);
                if is_keyword && !is_last && next.and_then(keyword).is_none() {
                    return Err(self.no_value(&field, ":"));
                }
                let literal = self.literal(&Role::Value(&field))?;
                self.not_null(&field, &literal)?;
                self.is(Some(field), literal)
            }
        }
    }

    fn nested(&mut self, path: Name) -> Result<Node, Error> {
        let open = self.at;
        self.paths.push(path.span.of(self.text).trim().to_owned());
        let inner = self.deeper(open, |parser| {
            parser.at += 1;
            let node = parser.disjunction(None, After::Open("{"))?;
            parser.close(open, '{', '}')?;
            Ok(node)
        })?;
        self.paths.pop();
        let span = Span::new(path.span.start, self.at);
        self.node(Expr::Nested { path, inner: Box::new(inner) }, span)
    }

    fn range(&mut self, literal: Literal) -> Result<Node, Error> {
        let field = literal.into_name();
        let rest = self.rest();
        let operators = ["<=", ">=", "<", ">"];
        // The caller saw one of the last two.
        let operator = operators.into_iter().find(|o| rest.starts_with(o)).unwrap_or(">");
        let name = field.span.of(self.text);
        if let Some(name) = name.strip_suffix(['=', '!']) {
            let message =
                format!("`{}{operator}` is no operator", &field.span.of(self.text)[name.len()..]);
            let place = Span::new(field.span.start + name.len(), self.at + operator.len());
            return Err(
                Error::syntax(place, message).suggest(format!("`{} {operator}=`", name.trim_end()))
            );
        }
        self.at += operator.len();
        self.skip_space();
        if matches!(self.peek(), None | Some(')' | '}' | ':' | '<' | '>' | '(' | '{')) {
            self.expect_value(&field, self.at);
            return Err(self.no_value(&field, operator));
        }
        let literal = self.literal(&Role::Value(&field))?;
        let span = Span::new(field.span.start, literal.span.end);
        let Some(value) = literal.pattern.as_plain() else {
            let message = "a bound has no wildcards";
            return Err(Error::syntax(literal.span, message).suggest(format!(
                "`{}: {}`",
                field.span.of(self.text),
                literal.span.of(self.text)
            )));
        };
        let bound = Some(Bound { value: value.to_owned(), inclusive: operator.ends_with('=') });
        let (low, high) = if operator.starts_with('>') { (bound, None) } else { (None, bound) };
        self.node(Expr::Range { field, low, high }, span)
    }

    fn is(&mut self, field: Option<Name>, literal: Literal) -> Result<Node, Error> {
        let start = field.as_ref().map_or(literal.span.start, |field| field.span.start);
        let span = Span::new(start.min(literal.span.start), literal.span.end);
        let value = literal.into_value();
        let is_any = matches!(&value, Value::Wild(words) if words.iter().all(Pattern::is_any));
        let expr = match (field, is_any) {
            (Some(field), true) if !field.pattern.is_any() => Expr::Exists { field },
            (_, true) => Expr::All,
            (field, false) => Expr::Is { field, value },
        };
        self.node(expr, span)
    }

    fn not_null(&self, field: &Name, literal: &Literal) -> Result<(), Error> {
        if literal.quoted || literal.span.of(self.text) != "null" {
            return Ok(());
        }
        let message = "nothing equals `null`";
        Err(Error::of(Fault::Unsupported, literal.span, message)
            .suggest(format!("records without the field: `not {}: *`", field.span.of(self.text))))
    }

    fn node(&mut self, expr: Expr, span: Span) -> Result<Node, Error> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Error::of(
                Fault::TooMany,
                span,
                format!("more than {MAX_NODES} conditions"),
            ));
        }
        Ok(Node::new(expr, span))
    }

    fn deeper<T>(
        &mut self,
        start: usize,
        inside: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(Error::of(Fault::TooDeep, Span::new(start, start + 1), message));
        }
        let done = inside(self)?;
        self.depth -= 1;
        Ok(done)
    }

    fn close(&mut self, open: usize, opening: char, closing: char) -> Result<(), Error> {
        self.skip_space();
        match self.peek() {
            Some(c) if c == closing => {
                self.at += 1;
                Ok(())
            }
            None => {
                self.expect_conjunction("");
                Err(Error::syntax(Span::new(open, open + 1), format!("`{opening}` is not closed"))
                    .suggest(format!("add `{closing}`")))
            }
            Some(_) => Err(self.unexpected()),
        }
    }

    /// `and` or `or`, if it comes next as a word.
    fn take_keyword(&mut self, wanted: &str) -> Option<&'t str> {
        let start = self.at;
        self.skip_space();
        let word = self.word();
        if self.rest().is_empty() {
            self.expect_conjunction("");
        }
        if word.eq_ignore_ascii_case(wanted) && self.stands_alone(word) {
            self.note_word(word);
            self.at += word.len();
            return Some(word);
        }
        self.at = start;
        None
    }

    /// `not`, if it comes next as a word with something behind it.
    fn take_not(&mut self) -> Option<&'t str> {
        let word = self.word();
        let is_not = word.eq_ignore_ascii_case("not")
            && self.stands_alone(word)
            && !matches!(self.after_word(word), Some(':' | '<' | '>'));
        if !is_not {
            return None;
        }
        if self.at + word.len() == self.text.len() {
            self.expect_word(word);
        }
        self.at += word.len();
        Some(word)
    }

    fn missing(&self, after: After<'_>) -> Error {
        let here = self.here();
        match after {
            After::Start => Error::syntax(here, "expected a condition"),
            After::Keyword(word) => {
                Error::syntax(here, format!("expected a condition after `{word}`"))
                    .suggest(format!("to look for the word, write \"{word}\""))
            }
            After::Open(open) => {
                Error::syntax(here, format!("expected a condition after `{open}`"))
            }
        }
    }

    fn no_value(&self, field: &Name, operator: &str) -> Error {
        let name = field.span.of(self.text);
        if operator == ":" {
            return Error::syntax(self.here(), format!("expected a value after `{name}:`"))
                .suggest(format!("`{name}: *` finds records that have it"));
        }
        Error::syntax(self.here(), format!("expected a value after `{name} {operator}`"))
            .suggest(format!("`{name} {operator} 10`"))
    }

    /// The words about what stands where `and` or `or` could.
    fn unexpected(&mut self) -> Error {
        let word = self.word();
        let Some(c) = self.peek() else { return Error::syntax(self.here(), "the text ends early") };
        self.note_word(word);
        let span = Span::new(self.at, self.at + word.len().max(c.len_utf8()));
        let found = span.of(self.text);
        match c {
            ')' | '}' => Error::syntax(span, format!("`{c}` closes nothing"))
                .suggest(format!("write `\\{c}` for the character")),
            ':' if self.at == 0 => Error::syntax(span, "expected a field before `:`"),
            ':' => Error::syntax(span, "`:` cannot stand here")
                .suggest("put values that contain `:` into quotes"),
            '<' | '>' | '{' => Error::syntax(span, format!("`{c}` cannot stand here")).suggest(
                format!("expected `and`, `or` or the end; write `\\{c}` for the character"),
            ),
            _ => Error::syntax(span, format!("expected `and` or `or` before `{found}`")),
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn here(&self) -> Span {
        Span::new(self.at, self.at)
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// The characters up to white space or one that means something.
    fn word(&self) -> &'t str {
        literal::word(self.rest())
    }

    /// Whether nothing is behind a word that would make it part of a longer literal.
    fn stands_alone(&self, word: &str) -> bool {
        !self.rest()[word.len()..].starts_with(['*', '\\'])
    }

    fn after_word(&self, word: &str) -> Option<char> {
        self.rest()[word.len()..].trim_start().chars().next()
    }

    fn expect(&mut self, all: impl IntoIterator<Item = Expected>) {
        if self.expected.is_empty() {
            self.expected.extend(all);
        }
    }

    fn expect_condition(&mut self) {
        let within = self.paths.join(".");
        let what = What::Field { within };
        self.expect([Expected { what, prefix: String::new(), span: self.here() }]);
    }

    fn expect_value(&mut self, field: &Name, start: usize) {
        if start == self.text.len() {
            let what = What::Value { field: self.full_name(field), quoted: false };
            self.expect([Expected { what, prefix: String::new(), span: self.here() }]);
        }
    }

    fn expect_conjunction(&mut self, word: &str) {
        let span = Span::new(self.text.len() - word.len(), self.text.len());
        self.expect([Expected { what: What::Conjunction, prefix: word.to_owned(), span }]);
    }

    fn expect_word(&mut self, word: &str) {
        let within = self.paths.join(".");
        let span = Span::new(self.text.len() - word.len(), self.text.len());
        self.expect([Expected { what: What::Field { within }, prefix: word.to_owned(), span }]);
    }

    /// A word that reaches the end of the text may become a keyword.
    fn note_word(&mut self, word: &str) {
        if !word.is_empty() && self.at + word.len() == self.text.len() {
            self.expect_conjunction(word);
        }
    }

    /// A field's name with those of the objects around it.
    fn full_name(&self, field: &Name) -> String {
        let own = field.pattern.as_plain().unwrap_or(field.span.of(self.text));
        let mut parts: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        parts.push(own);
        parts.join(".")
    }
}
