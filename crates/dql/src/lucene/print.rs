//! From tree to Lucene text.

use super::is_special;
use crate::pattern::{Part, Pattern};
use crate::tree::{Bound, Expr, Name, Node, Value};

/// A query as Lucene text. What [`lucene::parse`](crate::lucene::parse) gave reads back as the same tree.
#[must_use]
pub fn print(node: &Node) -> String {
    let mut out = String::new();
    if node.expr != Expr::All {
        expression(node, &mut out);
    }
    out
}

/// Writes a node as one clause; `is_alone` where a prohibited one is a group of its own.
fn clause(node: &Node, is_alone: bool, out: &mut String) {
    let joins = match &node.expr {
        Expr::And(_) | Expr::Or(_) => true,
        // Beside `OR` a prohibited clause would prohibit, not be one of the alternatives.
        Expr::Not(_) => is_alone,
        _ => false,
    };
    if joins {
        out.push('(');
    }
    expression(node, out);
    if joins {
        out.push(')');
    }
}

fn expression(node: &Node, out: &mut String) {
    match &node.expr {
        Expr::All => out.push_str("*:*"),
        Expr::And(nodes) => joined(nodes, " AND ", false, out),
        Expr::Or(nodes) => joined(nodes, " OR ", true, out),
        Expr::Not(inner) => {
            out.push_str("NOT ");
            clause(inner, true, out);
        }
        // Fields inside an object are fields like others.
        Expr::Nested { inner, .. } => clause(inner, true, out),
        Expr::Exists { field } => {
            out.push_str("_exists_:");
            word(&field.pattern, out);
        }
        Expr::Is { field, value: given } => {
            field.iter().for_each(|field| name(field, out));
            value(given, out);
        }
        Expr::Range { field, low, high } => {
            name(field, out);
            let is_open = low.as_ref().is_some_and(|bound| !bound.inclusive);
            out.push(if is_open { '{' } else { '[' });
            bound(low.as_ref(), out);
            out.push_str(" TO ");
            bound(high.as_ref(), out);
            let is_open = high.as_ref().is_some_and(|bound| !bound.inclusive);
            out.push(if is_open { '}' } else { ']' });
        }
    }
}

fn joined(nodes: &[Node], by: &str, is_optional: bool, out: &mut String) {
    // What is prohibited is read as the last of its group: before others it is a group of its own.
    let is_required = |node: &Node| !matches!(node.expr, Expr::Not(_));
    let last_required = nodes.iter().rposition(is_required).unwrap_or(0);
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            out.push_str(by);
        }
        clause(node, is_optional || index < last_required, out);
    }
}

fn name(field: &Name, out: &mut String) {
    for part in field.pattern.parts() {
        match part {
            Part::Any if !field.pattern.is_any() => out.push_str("\\*"),
            part => word(&[part.clone()].into_iter().collect(), out),
        }
    }
    out.push(':');
}

fn value(value: &Value, out: &mut String) {
    match value {
        Value::Text(text) => word(&Pattern::plain(text), out),
        Value::Phrase(text) => quoted(text, out),
        Value::Wild(words) => {
            for (index, pattern) in words.iter().enumerate() {
                out.push_str(if index > 0 { " OR " } else { "" });
                word(pattern, out);
            }
        }
        Value::Regex(regex) => {
            out.push('/');
            let mut escaped = false;
            for c in regex.chars() {
                if c == '/' && !escaped {
                    out.push('\\');
                }
                escaped = c == '\\' && !escaped;
                out.push(c);
            }
            out.push('/');
        }
    }
}

/// A word; white space and what means something is escaped.
fn word(pattern: &Pattern, out: &mut String) {
    for part in pattern.parts() {
        match part {
            Part::Any => out.push('*'),
            Part::One => out.push('?'),
            Part::Text(text) => {
                let keyword = ["AND", "OR", "NOT"].contains(&text.as_str());
                for (index, c) in text.chars().enumerate() {
                    let starts = index == 0
                        && (keyword || matches!(c, '+' | '-' | '!' | '/' | '<' | '>' | '&' | '|'));
                    let means = is_special(c) || matches!(c, '\\' | '*' | '?');
                    if starts || means || c.is_whitespace() {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
        }
    }
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

fn bound(bound: Option<&Bound>, out: &mut String) {
    match bound {
        None => out.push('*'),
        Some(bound) => quoted(&bound.value, out),
    }
}
