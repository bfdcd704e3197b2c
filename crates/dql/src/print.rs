//! From tree to text: one text for each tree, with as few parentheses and quotes as read back the same.

use crate::literal::{quoted, unquoted};
use crate::pattern::{Part, Pattern};
use crate::tree::{Bound, Expr, Name, Node, Value};

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Or,
    And,
    Not,
}

/// A query as text. What [`parse`](crate::parse) gave reads back as the same tree.
///
/// Of a tree from Lucene text, a range with two ends becomes two conditions, and `?` and regular expressions have no
/// words in DQL: print those with [`lucene::print`](crate::lucene::print).
#[must_use]
pub fn print(node: &Node) -> String {
    let mut out = String::new();
    if node.expr != Expr::All {
        write(node, Tightness::Or, &mut out);
    }
    out
}

/// The name of a field as it is written in a query.
#[must_use]
pub fn field_text(name: &str) -> String {
    literal_text(name)
}

/// A value as it is written in a query: quoted where it needs to be, so that it is taken as a whole.
#[must_use]
pub fn value_text(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@');
    let is_word = !value.is_empty() && value.chars().all(plain) && value != "null";
    if is_word && crate::literal::keyword(value).is_none() {
        value.to_owned()
    } else {
        quoted(value)
    }
}

/// A text that is a literal, without quotes where that is possible.
fn literal_text(text: &str) -> String {
    let trimmed =
        text.trim_matches(|c: char| c.is_whitespace() && !matches!(c, '\t' | '\r' | '\n'));
    if text.is_empty() || trimmed != text || crate::literal::keyword(text).is_some() {
        return quoted(text);
    }
    unquoted(&Pattern::plain(text))
}

fn write(node: &Node, around: Tightness, out: &mut String) {
    let own = match &node.expr {
        Expr::Or(_) => Tightness::Or,
        Expr::And(_) => Tightness::And,
        Expr::Range { low: Some(_), high: Some(_), .. } => Tightness::And,
        _ => Tightness::Not,
    };
    let closes = own < around;
    if closes {
        out.push('(');
    }
    expression(&node.expr, out);
    if closes {
        out.push(')');
    }
}

fn expression(expr: &Expr, out: &mut String) {
    match expr {
        Expr::All => out.push_str("*: *"),
        // One level of operands inside another of the same kind keeps its parentheses: it is another tree.
        Expr::And(nodes) => joined(nodes, " and ", Tightness::Not, out),
        Expr::Or(nodes) => joined(nodes, " or ", Tightness::And, out),
        Expr::Not(inner) => {
            out.push_str("not ");
            write(inner, Tightness::Not, out);
        }
        Expr::Nested { path, inner } => {
            name(path, out);
            out.push_str(": { ");
            write(inner, Tightness::Or, out);
            out.push_str(" }");
        }
        Expr::Exists { field } => {
            name(field, out);
            out.push_str(": *");
        }
        Expr::Is { field, value } => {
            if let Some(field) = field {
                name(field, out);
                out.push_str(": ");
            }
            out.push_str(&value_as_written(value));
        }
        Expr::Range { field, low, high } => {
            let signs = [(low, '>'), (high, '<')];
            let bounds = signs.iter().filter_map(|(bound, sign)| Some((bound.as_ref()?, *sign)));
            for (index, (bound, sign)) in bounds.enumerate() {
                if index > 0 {
                    out.push_str(" and ");
                }
                range(field, bound, sign, out);
            }
        }
    }
}

fn joined(nodes: &[Node], word: &str, around: Tightness, out: &mut String) {
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            out.push_str(word);
        }
        write(node, around, out);
    }
}

fn range(field: &Name, bound: &Bound, sign: char, out: &mut String) {
    name(field, out);
    out.extend([' ', sign]);
    out.push_str(if bound.inclusive { "= " } else { " " });
    out.push_str(&literal_text(&bound.value));
}

fn name(field: &Name, out: &mut String) {
    match field.pattern.as_plain() {
        Some(plain) => out.push_str(&literal_text(plain)),
        None => out.push_str(&unquoted(&field.pattern)),
    }
}

fn value_as_written(value: &Value) -> String {
    match value {
        Value::Text(text) => unquoted(&Pattern::plain(text)),
        Value::Phrase(text) => quoted(text),
        Value::Wild(words) => {
            let space = Part::Text(" ".to_owned());
            let spaced = words.iter().flat_map(|word| std::iter::once(&space).chain(word.parts()));
            unquoted(&spaced.skip(1).cloned().collect())
        }
        Value::Regex(regex) => quoted(&format!("/{regex}/")),
    }
}
