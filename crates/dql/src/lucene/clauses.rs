//! Clauses of a group and how they join, after `addClause` of Lucene's classic query parser.

use crate::Span;
use crate::tree::{Expr, Node};

/// Whether a clause has to match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occur {
    Must,
    Should,
    MustNot,
}

/// The clauses of a group so far.
#[derive(Default)]
pub(super) struct Clauses {
    all: Vec<(Occur, Node)>,
}

impl Clauses {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds a clause. `AND` makes the clause before it required, too.
    pub(super) fn add(&mut self, by_and: bool, occur: Occur, node: Node) {
        if by_and
            && let Some((before, _)) = self.all.last_mut()
            && *before != Occur::MustNot
        {
            *before = Occur::Must;
        }
        let occur = if by_and && occur == Occur::Should { Occur::Must } else { occur };
        self.all.push((occur, node));
    }

    /// The clauses as one condition, and how many nodes that made. Optional clauses only count where none is required;
    /// where all are prohibited, everything else matches.
    pub(super) fn joined(self, span: Span) -> (Node, usize) {
        let (mut must, mut should, mut must_not) = (Vec::new(), Vec::new(), Vec::new());
        for (occur, node) in self.all {
            match occur {
                Occur::Must => must.push(node),
                Occur::Should => should.push(node),
                Occur::MustNot => {
                    let span = node.span;
                    must_not.push(Node::new(Expr::Not(Box::new(node)), span));
                }
            }
        }
        let mut made = must_not.len() + 2;
        if must.is_empty() && !should.is_empty() {
            must.push(match should.len() {
                1 => should.swap_remove(0),
                _ => Node::new(Expr::Or(should), span),
            });
        }
        must.extend(must_not);
        let node = match must.len() {
            0 => Node::new(Expr::All, span),
            1 => {
                made -= 1;
                must.swap_remove(0)
            }
            _ => Node::new(Expr::And(must), span),
        };
        (node, made)
    }
}
