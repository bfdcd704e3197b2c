//! One tree for questions that are equal: nested conjunctions joined, operands in order and without repetition.

use crate::print::print;
use crate::tree::{Expr, Node};

/// The normal form of a query: matches the same records, and is the same for queries that differ only in the order,
/// repetition or grouping of their conditions.
#[must_use]
pub fn normal(node: Node) -> Node {
    let span = node.span;
    let expr = match node.expr {
        Expr::And(nodes) => operands(nodes, |expr| match expr {
            Expr::And(inner) => Ok(inner),
            other => Err(other),
        })
        .map_or(Expr::All, |nodes| one_or(nodes, Expr::And)),
        Expr::Or(nodes) => operands(nodes, |expr| match expr {
            Expr::Or(inner) => Ok(inner),
            other => Err(other),
        })
        .map_or(Expr::All, |nodes| one_or(nodes, Expr::Or)),
        Expr::Not(inner) => match normal(*inner).expr {
            Expr::Not(twice) => twice.expr,
            expr => Expr::Not(Box::new(Node::new(expr, span))),
        },
        Expr::Nested { path, inner } => Expr::Nested { path, inner: Box::new(normal(*inner)) },
        expr => expr,
    };
    Node::new(expr, span)
}

/// Operands in their normal form, those of a group of the same kind among them.
fn operands(nodes: Vec<Node>, same: impl Fn(Expr) -> Result<Vec<Node>, Expr>) -> Option<Vec<Node>> {
    let mut all: Vec<Node> = Vec::new();
    for node in nodes {
        let Node { expr, span } = normal(node);
        match same(expr) {
            Ok(inner) => all.extend(inner),
            Err(expr) => all.push(Node::new(expr, span)),
        }
    }
    all.sort_by_cached_key(print);
    all.dedup();
    (!all.is_empty()).then_some(all)
}

fn one_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Expr) -> Expr {
    match nodes.len() {
        1 => nodes.swap_remove(0).expr,
        _ => join(nodes),
    }
}
